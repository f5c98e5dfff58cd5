/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager's part of a snapshot, from what libnm has in memory. */
#pragma once

#include "core/value/snapshot.h"
#include "system/nm/dial-log.h"

/* Fills in nm_running, nm_starting, profiles, primary, and what NetworkManager says of
 * each interface that is already in @snapshot; adds its name servers to resolv_dns if
 * that has none. */
void cs_nm_view_fill (NMClient *client, CsDialLog *dials, CsSnapshot *snapshot);
