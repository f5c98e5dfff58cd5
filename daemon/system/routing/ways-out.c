/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ways-out.h"

#include <errno.h>

/* One address in each half of the Internet, because a VPN may have taken only one half so
 * far, or each on its own. They are from the pools that two large American providers
 * (Comcast's 73.0.0.0/8, Verizon's 174.192.0.0/10) give their customers' lines: nobody's
 * name server, service or probe, on no list of special or forged networks, so that no
 * route is just for them. Nothing is sent there. */
static const CsAddress far_away[CS_HALVES]
    = { CS_IPV4 (73, 128, 128, 1), CS_IPV4 (174, 224, 128, 1) };

/* Likewise one of Comcast's 2601::/20. */
static const CsAddress far_away6
    = { AF_INET6, { 0x26, 0x01, 0x06, 0x47, 0x80, 0x80, 0x80, 0x80, [15] = 0x81 } };

static int
way_of (const CsRouteAnswer *answer, const CsSnapshot *snapshot)
{
  const CsInterface *interface = cs_snapshot_find_index (snapshot, answer->ifindex);

  if (answer->failure != 0 && answer->failure != ENETUNREACH)
    return CS_WAY_REFUSED;
  if (answer->type != RTN_UNICAST
      || (interface != NULL && interface->kind == CS_KIND_LOOPBACK))
    return CS_WAY_NONE;
  return answer->ifindex;
}

/* Asked without a mark: a VPN's own packets have one, to bypass it. */
gboolean
cs_ways_out_fill (CsNetlink *netlink, CsSnapshot *snapshot, GError **error)
{
  CsRouteAnswer answer6;

  for (guint i = 0; i < CS_HALVES; i++)
    {
      CsRouteAnswer answer;

      if (!cs_rtnetlink_route_get (netlink, far_away[i], 0, (CsAddress){ 0 }, &answer,
                                   error))
        return FALSE;
      snapshot->ways_out[i] = way_of (&answer, snapshot);
    }
  snapshot->way_out6 = CS_WAY_NONE;
  if (snapshot->routes6->len > 0)
    {
      if (!cs_rtnetlink_route_get (netlink, far_away6, 0, (CsAddress){ 0 }, &answer6,
                                   error))
        return FALSE;
      snapshot->way_out6 = way_of (&answer6, snapshot);
    }
  return TRUE;
}
