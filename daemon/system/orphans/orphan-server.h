/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the dnsmasq of shares that are in no ledger. */
#pragma once

#include "core/plan/orphan.h"

/* Adds the LANs that have a dnsmasq running to @orphans (of CsOrphan), with the address
 * each one serves. The step "dnsmasq" recognizes a process by its record in the LAN's
 * folder in @runtime_dir; so this creates the folder where it is missing. */
void cs_orphan_server_find (const char *runtime_dir, GPtrArray *orphans);
