/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where accepts of ours go in other programs' packet filters. */
#pragma once

#include <glib.h>

/* The chains that iptables-nft keeps, and which all programs that use it share; and those
 * of the older iptables, which are none of nftables. */
#define CS_OPENING_TABLE  "ip filter"
#define CS_OPENING_TABLE6 "ip6 filter"
#define CS_LEGACY_TABLE   "iptables-legacy"
/* How ours are known again. */
#define CS_OPENING_COMMENT "connshare"

/* firewalld's table is its own, and it is asked instead: the LAN is put into this zone,
 * which it has for sharing: DHCP, DNS, ICMP and SSH for this host, and all forwarding. */
#define CS_FIREWALLD_TABLE "inet firewalld"
#define CS_FIREWALLD_ZONE  "nm-shared"

typedef enum
{
  CS_PLACE_DOCKER_USER,    /* Docker's chain, made for such rules */
  CS_PLACE_FORWARD,        /* clients' packets */
  CS_PLACE_INPUT,          /* DHCP and DNS */
  CS_PLACE_ANSWERS,        /* of name servers */
  CS_PLACE_OUTPUT,         /* what DHCP and DNS reply */
  CS_PLACE_QUESTIONS,      /* to name servers */
  CS_PLACE_LEGACY,         /* clients' packets, DHCP and DNS */
  CS_PLACE_LEGACY_ANSWERS, /* as above */
  CS_PLACE_LEGACY_OUTPUT,
  CS_PLACE_LEGACY_QUESTIONS,
  CS_PLACE_DOCKER_USER6, /* the same by IPv6 */
  CS_PLACE_FORWARD6,
  CS_PLACE_INPUT6, /* neighbor discovery and DNS */
  CS_PLACE_OUTPUT6,
  CS_PLACES,
} CsPlace;

#define CS_PLACE_BIT(place) (1u << (place))

/* The words of a set of places, by their bits: strv, owned; NULL for none. */
char **cs_places_to_words (guint places);
/* FALSE: there is one that is no place. */
gboolean cs_places_from_words (const char *const *words, guint *places);
