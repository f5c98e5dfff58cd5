/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The switch, and what sharing is doing in one sentence; a few words on what all of it is
 * for, for who has not used it yet. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_STATE_GROUP (cs_state_group_get_type ())
G_DECLARE_FINAL_TYPE (CsStateGroup, cs_state_group, CS, STATE_GROUP, AdwPreferencesGroup)

void cs_state_group_set_setup (CsStateGroup *group, CsSetup *setup);
