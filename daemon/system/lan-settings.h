/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the volatile profile of a LAN says. */
#pragma once

#include "core/plan.h"

#include <NetworkManager.h>

/* For @device: an access point, if @share is to have one. Else @found, the profile that
 * was active there, lends its settings of the link: the MTU, a bridge's spanning tree. */
NMConnection *cs_lan_settings_new (const CsSharePlan *share,
                                   const char *uuid,
                                   NMDevice *device,
                                   NMConnection *found /* nullable */);

/* A copy of @profile with the address of @share. */
NMConnection *cs_lan_settings_change (NMConnection *profile, const CsSharePlan *share);

/* Whether the device was not to connect by itself before the profile came. */
gboolean cs_lan_settings_was_idle (NMConnection *profile);

/* For an end without NetworkManager: it keeps such profiles in files under /run, and
 * would take up this one at its next start. */
void cs_lan_settings_forget (const char *uuid);
