/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other firewalls' rules, made by the real nft and iptables in a network of the test's
 * own (private-net.h). */
#pragma once

#include "core/value/firewall.h"

#define FIREWALL_BASE "type filter hook forward priority 0;"

/* What @command writes, which must succeed; "iptables" is iptables-nft, and so with
 * ip6tables. Owned. */
char *firewall_shell (const char *command);
void firewall_run (const char *command);
/* Ends with no rules at all. */
void firewall_clear (void);
/* As nftables has it now. */
CsFirewall *firewall_read (void);
