/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which connection is shared, and with whom: two pickers. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_PLACES_GROUP (cs_places_group_get_type ())
G_DECLARE_FINAL_TYPE (CsPlacesGroup,
                      cs_places_group,
                      CS,
                      PLACES_GROUP,
                      AdwPreferencesGroup)

void cs_places_group_set_setup (CsPlacesGroup *group, CsSetup *setup);
/* Where the user is to choose another one. */
void cs_places_group_focus (CsPlacesGroup *group, CsSide side);
