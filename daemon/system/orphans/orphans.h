/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds what shares leave on the host by our names and numbers alone, for when the ledger
 * is gone. Synchronous: for start-up, after the bus name is owned. */
#pragma once

#include "core/plan/orphan.h"

/* All LANs in force in this network namespace (CsOrphan, transfer full). Removes whatever
 * belongs to none of them: policy rules, routes, packet filters, our accepts in those of
 * others; logs failures. @runtime_dir is that of the step "dnsmasq", which this leads to
 * their dnsmasq. */
GPtrArray *cs_orphans_find (const char *runtime_dir);
