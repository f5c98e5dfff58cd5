/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether devices may have ports lead to them without asking a user: only there where the
 * service has the feature "upnp". */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_UPNP_GROUP (cs_upnp_group_get_type ())
G_DECLARE_FINAL_TYPE (CsUpnpGroup, cs_upnp_group, CS, UPNP_GROUP, AdwPreferencesGroup)

void cs_upnp_group_set_setup (CsUpnpGroup *group, CsSetup *setup);
