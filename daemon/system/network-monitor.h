/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsNetworkMonitor: the real network as a CsMonitor, from rtnetlink, /proc and libnm. */
#pragma once

#include "engine/monitor.h"
#include "firewalld.h"
#include "network-manager.h"
#include "opening-log.h"

#define CS_TYPE_NETWORK_MONITOR (cs_network_monitor_get_type ())
G_DECLARE_FINAL_TYPE (CsNetworkMonitor, cs_network_monitor, CS, NETWORK_MONITOR, GObject)

/* All may be NULL: then the snapshots are those of a host without NetworkManager, without
 * firewalld, or where nobody refuses anything.
 * Fails where the kernel's announcements cannot be subscribed. */
CsMonitor *cs_network_monitor_new (CsNetworkManager *manager,
                                   CsFirewalld *firewalld,
                                   CsOpeningLog *openings,
                                   GError **error);
