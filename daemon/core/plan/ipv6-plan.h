/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share's plan has of IPv6 alone. What both families have in common is in the
 * fields of the share: .routes, .uplink_addresses, .former_addresses and .left_networks
 * hold both. */
#pragma once

#include "core/value/ipv6.h"

typedef struct
{
  CsIpv6Mode mode; /* never CS_IPV6_AUTO */

  /* Of CsCidr (owned): the gateway's own addresses on the LAN, each of another /64, from
   * which clients have theirs. The unique local one, which is there as long as the share
   * has any, comes first; names are resolved there. None: the LAN has no IPv6 of ours. */
  GArray *addresses;
  /* Likewise (owned): of earlier prefixes, which clients are told not to use any more. */
  GArray *deprecated;
  /* Of CsCidr (owned): with "keep-lan", instead of both, the LAN's own networks, each of
   * /64. What clients know of them is not our business. */
  GArray *kept;
  gint64 deprecated_since; /* the newest, as CsSnapshot.now; 0: there are none */
  /* Of CsCidr (owned): those networks of both lists that an uplink has, or had, on its
   * own link, too. The LAN has no route to the whole of one, only to clients in it. */
  GArray *extended;
  guint displaced; /* as CsSharePlan.displaced, among IPv6's policy rules */

  /* What the share has just left, guarded until the next step has undone it, as with
   * CsSharePlan.left_uplink. */
  char *left_uplink;        /* (owned) (nullable) what comes in by it was forwarded ... */
  gboolean left_forwarding; /* ... or by all interfaces */

  gboolean asks; /* the uplink's network is asked for a prefix */

  /* Clients may still take this computer for their router: it could not tell them, as the
   * LAN was away. */
  gboolean farewell;

  gboolean blocked; /* and so off: other packet filters drop it, which are not ours to
                       open */

  /* What was found before the first change of each; NULL: not changed. */
  char *found_lan_disabled;  /* (owned) (nullable) disable_ipv6, set to "0" */
  char *found_lan_accept_ra; /* (owned) (nullable) set to "0": clients are no routers */
  char *found_lan_forced;    /* (owned) (nullable) force_forwarding, set to "1" */
  /* (owned) (nullable) forwarding, set to "1": the gateway says that it is a router */
  char *found_lan_forwarding;
  char *found_uplink_forced;      /* (owned) (nullable) likewise */
  char *found_uplink_forwarding;  /* (owned) (nullable) set to "1", with "extended" */
  char *found_uplink_proxy_ndp;   /* (owned) (nullable) likewise */
  char *found_uplink_proxy_delay; /* (owned) (nullable) likewise, set to "0" */
  char *found_all_forwarding;     /* (owned) (nullable) before Linux 6.17: set to "1" */
  char **raised; /* (owned) (nullable) the interfaces, and "default", whose
                    accept_ra was set from "1" to "2", so that the kernel
                    takes RAs although it forwards: for as long as it does
                    there, or else until "forwarding" was written */
} CsIpv6Plan;
