/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS names, and those that belong to nobody, which are answered here. */
#pragma once

#include "cidr.h"

/* Letters, digits, "-" and "_", in labels of up to 63 with dots between (RFC
 * 1035, 2.3.4). */
gboolean cs_domain_is_valid (const char *name);

/* Whether @name has a meaning of its own (RFC 6761 and others), so that a LAN cannot have
 * it. home.arpa is for LANs, RFC 8375. */
gboolean cs_domain_is_special (const char *name);

/* (transfer full) The first label of a computer's @name (nullable), in lower case;
 * NULL if it is not valid. */
char *cs_domain_host_label (const char *name);

/* (transfer full) "137.168.192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa": where names
 * for the addresses of @network are looked up, which has a prefix of at least 8 bits;
 * several for one between the dots, a strv. */
char **cs_domain_reverse_zones (CsCidr network);
