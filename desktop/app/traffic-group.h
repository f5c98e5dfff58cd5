/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much goes through a share: a graph of the last minute, the rates now, and the
 * totals. The counters are only read while somebody looks. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_TRAFFIC_GROUP (cs_traffic_group_get_type ())
G_DECLARE_FINAL_TYPE (CsTrafficGroup,
                      cs_traffic_group,
                      CS,
                      TRAFFIC_GROUP,
                      AdwPreferencesGroup)

void cs_traffic_group_set_setup (CsTrafficGroup *group, CsSetup *setup);
