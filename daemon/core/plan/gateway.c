/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address is chosen by hand, kept from the plan in force, or taken from the first
 * free network; with keep-lan the networks are what they are, and where NetworkManager
 * shares, the address is the one that it has given. */
#include "gateway.h"

#include "lan-networks.h"

#include "dbus/errors.h"

/* Takes @wanted, unless something is in its way. */
static gboolean
try_address (CsSharePlan *share,
             CsCidr wanted,
             gboolean count_lan,
             const GArray *taken,
             const CsSnapshot *snapshot,
             GError **error)
{
  g_autofree char *conflict
      = cs_subnet_conflict (wanted, share->lan, count_lan, snapshot, taken);
  g_autofree char *text = cs_cidr_to_string (wanted);

  if (!conflict)
    {
      share->address = wanted;
      return TRUE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT,
               "%s cannot be the address of %s: %s is in the way; choose another "
               "\"address\", or none",
               text, share->lan, conflict);
  return FALSE;
}

/* NetworkManager removes what the LAN has when it activates our profile; otherwise the
 * LAN's own addresses stay, and are in the way unless the address is in force already. */
static gboolean
choose_address (CsSharePlan *share,
                CsCidr wanted,
                CsCidr before,
                const GArray *taken,
                const CsSnapshot *snapshot,
                GError **error)
{
  gboolean count_lan = share->lan_method == CS_LAN_METHOD_ADDRESS;

  if (wanted.prefix)
    return try_address (share, wanted, count_lan && !cs_cidr_equal (wanted, before),
                        taken, snapshot, error);
  if (before.prefix && try_address (share, before, FALSE, taken, snapshot, NULL))
    return TRUE;
  return cs_subnet_choose (share->lan, count_lan, snapshot, taken, &share->address,
                           error);
}

static gboolean
check_kept_networks (const CsSharePlan *share, const GArray *taken, GError **error)
{
  for (guint i = 0; i < share->subnets->len; i++)
    for (guint k = 0; k < taken->len; k++)
      {
        CsCidr network = g_array_index (share->subnets, CsCidr, i);
        const CsTaken *other = &g_array_index (taken, CsTaken, k);
        g_autofree char *text = NULL;

        if (!cs_cidr_overlaps (network, other->network))
          continue;
        text = cs_cidr_to_string (network);
        g_set_error (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT,
                     "the network %s of %s overlaps that of the share of %s; give one of "
                     "them another network",
                     text, share->lan, other->lan);
        return FALSE;
      }
  return TRUE;
}

/* They are used through the uplink. */
static gboolean
check_servers (CsCidr network, const CsRequest *request, GError **error)
{
  for (guint i = 0; request->dns && request->dns[i]; i++)
    {
      g_autofree char *text = cs_cidr_to_string (network);
      CsAddress server;

      if (!cs_address_parse (request->dns[i], &server)
          || !cs_cidr_contains (network, server))
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT,
                   "invalid name server %s in \"dns\": it is in the network %s of %s "
                   "itself; choose a server behind the uplink, or another \"address\"",
                   request->dns[i], text, request->lan);
      return FALSE;
    }
  return TRUE;
}

gboolean
cs_gateway_plan (CsSharePlan *share,
                 const CsRequest *request,
                 const CsSharePlan *before,
                 const GArray *taken,
                 const CsSnapshot *snapshot,
                 GError **error)
{
  const CsInterface *lan = cs_snapshot_find (snapshot, share->lan);
  CsCidr address_before
      = before && cs_share_plan_serves (before) ? before->address : (CsCidr){ 0 };
  CsCidr network;

  if (request->keep_lan)
    {
      if (lan)
        {
          cs_lan_networks (lan, before, snapshot, share->subnets);
          cs_lan_elsewhere (lan, share->subnets, snapshot, share->elsewhere);
          if (request->adopted && lan->addresses->len > 0)
            share->address = g_array_index (lan->addresses, CsInterfaceAddress, 0).local;
        }
      return check_kept_networks (share, taken, error);
    }
  if (!choose_address (share, request->address, address_before, taken, snapshot, error))
    return FALSE;
  network = cs_cidr_network (share->address);
  g_array_append_val (share->subnets, network);
  return check_servers (network, request, error);
}
