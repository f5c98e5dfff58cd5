/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address of either family, as a value. Families never mix: an IPv4-mapped address
 * (::ffff:192.0.2.1) is an IPv6 address, and equals no other. */
#pragma once

#include <glib.h>
#include <sys/socket.h>

typedef struct
{
  guint8 family;    /* AF_INET or AF_INET6; AF_UNSPEC: none */
  guint8 bytes[16]; /* as on the wire; those beyond the family's length are 0 */
} CsAddress;

/* An initializer. */
#define CS_IPV4(a, b, c, d) \
  { \
    AF_INET, \
    { \
      a, b, c, d \
    } \
  }

/* @bytes as on the wire, 4 or 16 of them. */
CsAddress cs_address_new (int family, const void *bytes);
/* Of either family, as inet_pton(3) takes it: complete, and without a scope. Otherwise
 * FALSE, and @address stays as it was. */
gboolean cs_address_parse (const char *text, CsAddress *address);
/* "192.0.2.1", "2001:db8::1"; "" for none. */
char *cs_address_to_string (CsAddress address);

gboolean cs_address_is_set (CsAddress address);
gboolean cs_address_equal (CsAddress a, CsAddress b);
/* For hash tables whose keys point to a CsAddress. */
guint cs_address_hash (gconstpointer address);
gboolean cs_address_key_equal (gconstpointer a, gconstpointer b);
/* 0.0.0.0 or :: */
gboolean cs_address_is_any (CsAddress address);
/* Of 127.0.0.0/8, or ::1 */
gboolean cs_address_is_loopback (CsAddress address);
/* Of 169.254.0.0/16 or fe80::/10 */
gboolean cs_address_is_link_local (CsAddress address);
/* Of 224.0.0.0/4 or ff00::/8 */
gboolean cs_address_is_multicast (CsAddress address);
/* Whether another computer may have it: set, neither "any" nor loopback nor multicast,
 * and not IPv4-mapped. */
gboolean cs_address_is_remote (CsAddress address);
/* Whether it is of IPv4 and of a network that is not the Internet's: private (RFC 1918),
 * between a provider and its customers (RFC 6598, RFC 7335) or link-local. Who has one is
 * behind another router's NAT. */
gboolean cs_address_is_private (CsAddress address);
/* One of these that a provider shares among its customers. */
gboolean cs_address_is_shared (CsAddress address);

/* How many of .bytes, or their bits, the family has: 4 or 16, 32 or 128; 0 for none. */
guint cs_address_size (CsAddress address);
guint cs_address_bits (CsAddress address);

/* Lists, of CsAddress. */
GArray *cs_addresses_new (void);
void cs_addresses_add (GArray *addresses, CsAddress address);
gboolean cs_addresses_contain (const GArray *addresses, CsAddress address);
gboolean cs_addresses_equal (const GArray *a, const GArray *b);
/* Drops link-local IPv6 addresses. */
void cs_addresses_drop_link_local (GArray *addresses);

/* IPv4 addresses as numbers, for arithmetic. */
CsAddress cs_address_from_number (guint32 number);
guint32 cs_address_to_number (CsAddress address);
