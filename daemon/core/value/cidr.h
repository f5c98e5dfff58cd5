/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address with a prefix length: a network, or an interface's address in one. */
#pragma once

#include "address.h"

typedef struct
{
  CsAddress address;
  guint8 prefix; /* 0 to cs_address_bits () */
} CsCidr;

/* Initializers: of IPv4, and of all of it, 0.0.0.0/0. */
#define CS_CIDR4(a, b, c, d, prefix) \
  { \
    CS_IPV4 (a, b, c, d), prefix \
  }
#define CS_ALL_IPV4 CS_CIDR4 (0, 0, 0, 0, 0)

/* "192.168.50.1/24", "2001:db8::1/64", complete. The error names @text. */
gboolean cs_cidr_parse (const char *text, CsCidr *cidr, GError **error);
char *cs_cidr_to_string (CsCidr cidr);
/* @address alone: with the prefix length 32 or 128. */
CsCidr cs_cidr_of_address (CsAddress address);
/* Whether it is a single address. */
gboolean cs_cidr_is_address (CsCidr cidr);
/* The same prefix with all host bits zero. */
CsCidr cs_cidr_network (CsCidr cidr);
/* With all host bits one: for IPv4 usually the broadcast address. */
CsAddress cs_cidr_last (CsCidr cidr);
gboolean cs_cidr_contains (CsCidr cidr, CsAddress address);
/* Whether one of @networks (nullable), of CsCidr, does. */
gboolean cs_cidrs_contain (const GArray *networks, CsAddress address);
gboolean cs_cidr_overlaps (CsCidr a, CsCidr b);
gboolean cs_cidr_overlaps_any (CsCidr cidr, const GArray *networks); /* of CsCidr */
gboolean cs_cidr_equal (CsCidr a, CsCidr b);
/* Whether both lists, of CsCidr, have the same ones in the same order. */
gboolean cs_cidrs_equal (const GArray *a, const GArray *b);
/* Whether @cidr can be a gateway's: an IPv4 unicast host address (not the network's
 * own, not its broadcast, not loopback, link-local, multicast or reserved) in a
 * network of 8 to 30 bits. The error names it and says why not. */
gboolean cs_cidr_check_gateway (CsCidr cidr, GError **error);
