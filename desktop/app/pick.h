/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row of a picker's list. */
#pragma once

#include <glib-object.h>

#define CS_TYPE_PICK (cs_pick_get_type ())
G_DECLARE_FINAL_TYPE (CsPick, cs_pick, CS, PICK, GObject)

/* @id is what the program calls it; one that is unfit cannot be chosen, and its subtitle
 * says why. */
CsPick *
cs_pick_new (const char *id, const char *title, const char *subtitle, gboolean fit);

const char *cs_pick_get_id (CsPick *pick);
const char *cs_pick_get_title (CsPick *pick);
const char *cs_pick_get_subtitle (CsPick *pick);
gboolean cs_pick_is_fit (CsPick *pick);
gboolean cs_pick_equal (CsPick *pick, CsPick *other);
