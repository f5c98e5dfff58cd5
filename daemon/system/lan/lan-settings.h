/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contents of a LAN's volatile profile. */
#pragma once

#include "core/plan/plan.h"

#include <NetworkManager.h>

/* The UUID of the profile for @lan: always the same one. */
char *cs_lan_settings_uuid (const char *lan);

/* For @device: an access point, if @share has one. Otherwise the link's settings come
 * from @found, the profile that was active there: the MTU, a bridge's spanning tree. */
NMConnection *cs_lan_settings_new (const CsSharePlan *share,
                                   const char *uuid,
                                   NMDevice *device,
                                   NMConnection *found /* nullable */);

/* A copy of @profile with the address of @share. */
NMConnection *cs_lan_settings_change (NMConnection *profile, const CsSharePlan *share);

/* Whether the device was set not to connect by itself before the profile came. */
gboolean cs_lan_settings_was_idle (NMConnection *profile);

/* For ending without NetworkManager: it keeps such profiles in files under /run, and
 * would load this one at its next start. */
gboolean cs_lan_settings_forget (const char *uuid, GError **error);
