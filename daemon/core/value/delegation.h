/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixes that a network has delegated to this computer, as dhcpcd(8) tells its hook. */
#pragma once

#include "cidr.h"

/* Of CsCidr (transfer full), the longest-lived first: the usable ones of lines such as
 * "new_dhcp6_ia_pd1_prefix1=2001:db8:77::", with "_length", "_pltime" and "_vltime"
 * behind the same name (dhcpcd-run-hooks(8)). Usable are those of at most 64 bits that
 * may be preferred, global or unique local ones. The text counts as hostile. */
GArray *cs_delegation_parse (const char *text);
