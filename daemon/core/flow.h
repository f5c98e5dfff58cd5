/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether other packet filters drop what a share lives by. */
#pragma once

#include "opening.h"

#define CS_DHCP_PORT 67
#define CS_DNS_PORT  53

/* Whether @base, of @firewall, drops any of the flows from @first to @last; if so, which
 * and how. */
gboolean cs_block_find (const CsSharePlan *share,
                        const CsFirewall *firewall,
                        const CsFilterChain *base,
                        gboolean without_ours,
                        CsFlow first,
                        CsFlow last,
                        CsBlock *block);
/* Any of all flows, with our accepts. */
gboolean cs_block_find_any (const CsSharePlan *share,
                            const CsFirewall *firewall,
                            const CsFilterChain *base,
                            CsBlock *block);
