/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 for clients, in values: how a share provides it, what interfaces have of it, and
 * the addresses that this computer makes up itself. */
#pragma once

#include "cidr.h"

/* What the user wants, and what a share does. */
typedef enum
{
  CS_IPV6_OFF,        /* refused, because the user wants that, or "keep-lan" */
  CS_IPV6_NONE,       /* the uplink has none */
  CS_IPV6_MASQUERADE, /* behind an address of the uplink */
  CS_IPV6_EXTENDED,   /* with the uplink's own network on the LAN, too */
  CS_IPV6_DELEGATED,  /* with a network that was delegated by the uplink */
  CS_IPV6_AUTO,       /* only as a wish: the last possible of those before */
} CsIpv6Mode;

/* "off", "none", "masquerade", "extended", "delegated", "auto" */
const char *cs_ipv6_mode_to_string (CsIpv6Mode mode);
/* Of a wish: any of these but "none". NULL is "auto"; FALSE: it is not one of them. */
gboolean cs_ipv6_parse_wish (const char *text, CsIpv6Mode *wish);

/* An address of an interface. */
typedef struct
{
  CsCidr local;
  gboolean unusable;   /* tentative, or somebody else has it */
  gboolean deprecated; /* its preferred lifetime is over */
  gboolean temporary;  /* RFC 8981 */
  gboolean permanent;  /* it has no lifetime, so no router has announced it */
} CsIpv6Address;

/* What /proc/sys/net/ipv6/conf/IF says; -1: not known, or the kernel has no such thing.
 */
typedef struct
{
  int disabled; /* disable_ipv6 */
  int accept_ra;
  int forwarding;
  int force_forwarding; /* since Linux 6.17 */
  int proxy_ndp;
  int proxy_delay; /* neigh/IF/proxy_delay; only known where a router announces a network
                    */
} CsIpv6Conf;

#define CS_IPV6_CONF_UNKNOWN \
  { \
    -1, -1, -1, -1, -1, -1 \
  }

/* The kernel's own .proxy_delay. */
#define CS_IPV6_PROXY_DELAY "80"

/* An initializer: all of IPv6, ::/0. */
#define CS_ALL_IPV6 \
  { \
    { AF_INET6, { 0 } }, 0 \
  }

/* The unique local network of this computer (RFC 4193), fdxx:xxxx:xxxx::/48: always the
 * same one for @machine_id, and as random as that. Nobody can tell the id from it. */
CsCidr cs_ipv6_own_network (const char *machine_id);
/* The @index-th /64 of @network, which is no longer than that and whose further ones
 * begin again at the first. */
CsCidr cs_ipv6_subnet (CsCidr network, guint index);
/* Address 1 of @network, a /64, with its prefix length. */
CsCidr cs_ipv6_gateway (CsCidr network);
/* One that nobody else is likely to have in @network, a /64 that others have addresses
 * of, too, with its prefix length: always the same for @lan of the computer whose own
 * network is @own (as RFC 7217). */
CsCidr cs_ipv6_gateway_among (CsCidr network, CsCidr own, const char *lan);
/* Whether it belongs to the Internet: of 2000::/3. */
gboolean cs_ipv6_is_global (CsAddress address);
/* Of fc00::/7 */
gboolean cs_ipv6_is_unique_local (CsAddress address);
