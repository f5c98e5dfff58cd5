/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsNetworkMonitor: the real network as a CsMonitor, from rtnetlink, /proc and libnm. */
#pragma once

#include "engine/monitor.h"
#include "system/delegation/delegations.h"
#include "system/filters/firewalld.h"
#include "system/filters/opening-log.h"
#include "system/forwards/forwards.h"
#include "system/nm/network-manager.h"

#define CS_TYPE_NETWORK_MONITOR (cs_network_monitor_get_type ())
G_DECLARE_FINAL_TYPE (CsNetworkMonitor, cs_network_monitor, CS, NETWORK_MONITOR, GObject)

/* Each may be NULL: then snapshots look like those of a host without NetworkManager,
 * without firewalld, without refusals, without delegated prefixes, or without port
 * mappings. Fails if it cannot
 * subscribe to the kernel's announcements. */
CsMonitor *cs_network_monitor_new (CsNetworkManager *manager,
                                   CsFirewalld *firewalld,
                                   CsOpeningLog *openings,
                                   CsDelegations *delegations,
                                   CsForwards *forwards,
                                   GError **error);
