/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row that lets the user pick one of several: those that cannot be picked are shown
 * greyed out, each with the reason. Signal "picked" (id) when the user has chosen
 * another. */
#pragma once

#include "pick.h"

#include <adwaita.h>

#define CS_TYPE_PICKER (cs_picker_get_type ())
G_DECLARE_FINAL_TYPE (CsPicker, cs_picker, CS, PICKER, AdwComboRow)

/* Shows these, (element-type CsPick), with that of this id chosen; an open list stays as
 * it is while nothing in it changes. */
void cs_picker_show (CsPicker *picker, GPtrArray *picks, const char *id);
