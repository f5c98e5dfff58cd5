/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the volatile profile of a LAN says. */
#pragma once

#include "core/plan.h"

#include <NetworkManager.h>

/* @device: where it will be active. */
NMConnection *
cs_lan_settings_new (const CsSharePlan *share, const char *uuid, NMDevice *device);
/* A copy of @profile with the address of @share. */
NMConnection *cs_lan_settings_change (NMConnection *profile, const CsSharePlan *share);

/* Whether the device was not to connect by itself before the profile came. */
gboolean cs_lan_settings_was_idle (NMConnection *profile);
