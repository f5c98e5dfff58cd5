/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much data the devices may use: only there where the service has the feature
 * "limit". */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_LIMIT_GROUP (cs_limit_group_get_type ())
G_DECLARE_FINAL_TYPE (CsLimitGroup, cs_limit_group, CS, LIMIT_GROUP, AdwPreferencesGroup)

void cs_limit_group_set_setup (CsLimitGroup *group, CsSetup *setup);
