/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager's part of a snapshot, from what libnm has in memory. */
#pragma once

#include "core/snapshot.h"

#include "dial-log.h"

/* Fills nm_running, profiles, primary, and what NetworkManager says of each interface
 * that is in
 * @snapshot already; adds its name servers to resolv_dns where there are none. */
void cs_nm_view_fill (NMClient *client, CsDialLog *dials, CsSnapshot *snapshot);
