/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IPv4 address with a prefix length. Addresses are in host byte order here and
 * everywhere in core; system/ converts at its border. */
#pragma once

#include <glib.h>

typedef struct
{
  guint32 address; /* host byte order */
  guint8 prefix;   /* 0 to 32 */
} CsCidr;

/* "192.168.50.1/24", nothing left out. The error names @text. */
gboolean cs_cidr_parse (const char *text, CsCidr *cidr, GError **error);
char *cs_cidr_to_string (CsCidr cidr);
/* The same prefix with all host bits zero. */
CsCidr cs_cidr_network (CsCidr cidr);
gboolean cs_cidr_contains (CsCidr cidr, guint32 address);
gboolean cs_cidr_overlaps (CsCidr a, CsCidr b);
gboolean cs_cidr_equal (CsCidr a, CsCidr b);
/* Whether @cidr can be a gateway's: a unicast host address (not the network's own, not
 * its broadcast, not loopback, link-local, multicast or reserved) of a network of 8 to
 * 30 bits. The error says which of these it is not, and names it. */
gboolean cs_cidr_check_gateway (CsCidr cidr, GError **error);

gboolean cs_ipv4_parse (const char *text, guint32 *address);
char *cs_ipv4_to_string (guint32 address);
