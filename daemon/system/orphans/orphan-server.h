/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the dnsmasq and radvd of shares that are in no ledger. */
#pragma once

#include "core/plan/orphan.h"

/* Adds the LANs that have one running to @orphans (of CsOrphan), with the address that a
 * dnsmasq serves. Their steps recognize a process by its record in the LAN's folder in
 * @runtime_dir; so this creates the folder where it is missing. */
void cs_orphan_server_find (const char *runtime_dir, GPtrArray *orphans);
