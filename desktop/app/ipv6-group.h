/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How devices get IPv6, and what they have of it now: only there where the service has
 * the feature "ipv6", and for shares whose addresses are its own. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_IPV6_GROUP (cs_ipv6_group_get_type ())
G_DECLARE_FINAL_TYPE (CsIpv6Group, cs_ipv6_group, CS, IPV6_GROUP, AdwPreferencesGroup)

void cs_ipv6_group_set_setup (CsIpv6Group *group, CsSetup *setup);
