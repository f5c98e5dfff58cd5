/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lan-clients.h"

#include "base/files.h"
#include "core/plan/ipv6.h"
#include "core/render/dnsmasq-config.h"
#include "core/value/client-choices.h"
#include "core/value/client-name.h"
#include "core/value/leases.h"
#include "system/nft/client-counts.h"

#include <string.h>

/* Of NetworkManager's own sharing, for the interface. */
#define NM_LEASES "/var/lib/NetworkManager/dnsmasq-%s.leases"

CsLanClients *
cs_lan_clients_new (void)
{
  CsLanClients *self = g_new0 (CsLanClients, 1);

  self->list = cs_client_list_new ();
  self->watch = -1;
  return self;
}

void
cs_lan_clients_free (gpointer data)
{
  CsLanClients *self = data;

  cs_client_list_free (self->list);
  cs_share_plan_unref (self->share);
  g_free (self);
}

gint64
cs_lan_clients_next_silence (const CsLanClients *self)
{
  gint64 away = cs_client_list_next_silence (self->list);

  return away != 0 ? away - CS_CLIENT_PRESENCE + CS_CLIENT_SILENCE : 0;
}

void
cs_lan_clients_add_usage (CsLanClients *self)
{
  g_autoptr (GPtrArray) clients = cs_client_list_get_all (self->list);

  for (guint i = 0; i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);

      for (guint k = 0; k < client->addresses->len; k++)
        {
          CsUsage usage
              = cs_client_counts_take (g_array_index (client->addresses, CsAddress, k));

          client->usage.bytes_sent += usage.bytes_sent;
          client->usage.bytes_received += usage.bytes_received;
        }
    }
}

/* --- A look ------------------------------------------------------------------------ */

/* One look. */
typedef struct
{
  CsLanClients *lan;
  gint64 now;
  GArray *networks; /* (owned) of CsCidr: the LAN's, of IPv6 */
  GArray *silent;   /* (owned) of CsNeighbor: they may have left */
  GArray *blocked;  /* (owned) of CsMac: stations that must go */
} Look;

static gboolean
is_of_lan (const Look *look, CsAddress address)
{
  return cs_cidrs_contain (look->lan->share->subnets, address)
         || cs_cidrs_contain (look->networks, address);
}

static void
on_neighbor (const CsNeighbor *neighbor, gpointer user_data)
{
  Look *look = user_data;

  if (!is_of_lan (look, neighbor->address))
    return;
  cs_client_list_add_neighbor (look->lan->list, neighbor->mac, neighbor->address,
                               neighbor->reachable ? look->now
                                                   : look->now - neighbor->heard_ago);
  if (!neighbor->reachable && neighbor->heard_ago >= CS_CLIENT_SILENCE
      && neighbor->heard_ago < CS_CLIENT_PRESENCE)
    g_array_append_val (look->silent, *neighbor);
}

static void
on_station (CsMac mac, int signal, gpointer user_data)
{
  const Look *look = user_data;

  if (cs_blocked_has (look->lan->share->blocked, mac))
    g_array_append_val (look->blocked, mac);
  else
    cs_client_list_add_station (look->lan->list, mac, signal);
}

static void
on_lease (const CsLease *lease, gpointer user_data)
{
  const Look *look = user_data;
  const char *claim = lease->hostname;
  g_autofree char *hostname = claim != NULL ? cs_client_name_from_claim (
                                  claim, strlen (claim), look->lan->share->host_name)
                                            : NULL;

  if (lease->expiry == 0 || lease->expiry <= look->now)
    return;
  cs_client_list_add_lease (look->lan->list, lease->mac, lease->address, hostname);
  /* one that has just asked us for it is there */
  if (cs_share_plan_serves (look->lan->share)
      && lease->expiry - CS_LEASE_TIME > look->now - CS_CLIENT_PRESENCE)
    cs_client_list_add_neighbor (look->lan->list, lease->mac, lease->address,
                                 lease->expiry - CS_LEASE_TIME);
}

char *
cs_lan_clients_find_leases (const CsLanClients *self)
{
  const CsSharePlan *share = self->share;

  if (cs_share_plan_serves (share))
    return cs_dnsmasq_leases (share->lan);
  return cs_share_plan_resolves (share) ? g_strdup_printf (NM_LEASES, share->lan) : NULL;
}

static void
read_leases (Look *look)
{
  g_autofree char *path = cs_lan_clients_find_leases (look->lan);
  g_autofree char *text = path != NULL ? cs_file_read (path, NULL) : NULL;

  if (text != NULL)
    cs_leases_visit (text, on_lease, look);
}

static void
read_neighbors (Look *look, CsNeighborhood *neighborhood)
{
  int ifindex = look->lan->share->lan_ifindex;

  cs_neighborhood_list (neighborhood, AF_INET, ifindex, on_neighbor, look);
  if (look->networks->len > 0)
    cs_neighborhood_list (neighborhood, AF_INET6, ifindex, on_neighbor, look);
}

/* What the kernel is asked to do waits until it has told everything; and nothing is asked
 * of addresses that are too many to be listed. */
static void
probe (const Look *look, CsNeighborhood *neighborhood)
{
  for (guint i = 0; i < look->silent->len; i++)
    {
      const CsNeighbor *neighbor = &g_array_index (look->silent, CsNeighbor, i);
      const CsClient *client = cs_client_list_find (look->lan->list, neighbor->mac);

      if (client != NULL && cs_addresses_contain (client->addresses, neighbor->address))
        cs_neighborhood_probe (neighborhood, look->lan->share->lan_ifindex, neighbor);
    }
}

static void
dismiss (const Look *look, CsStations *stations)
{
  const CsSharePlan *share = look->lan->share;

  for (guint i = 0; i < look->blocked->len; i++)
    cs_stations_dismiss (stations, share->lan, share->lan_ifindex,
                         g_array_index (look->blocked, CsMac, i));
}

void
cs_lan_clients_look (CsLanClients *self,
                     CsNeighborhood *neighborhood,
                     CsStations *stations,
                     gboolean asks)
{
  g_autoptr (GArray) networks = cs_share_plan_networks6 (self->share);
  g_autoptr (GArray) silent = g_array_new (FALSE, FALSE, sizeof (CsNeighbor));
  g_autoptr (GArray) blocked = g_array_new (FALSE, FALSE, sizeof (CsMac));
  Look look = { self, g_get_real_time () / G_USEC_PER_SEC, networks, silent, blocked };
  int ifindex = self->share->lan_ifindex;

  cs_client_list_begin (self->list, look.now);
  read_leases (&look);
  read_neighbors (&look, neighborhood);
  if (self->share->lan_wireless
      && cs_stations_list (stations, ifindex, on_station, &look))
    cs_client_list_set_wireless (self->list);
  self->has_news |= cs_client_list_end (self->list);
  cs_lan_clients_add_usage (self); /* of addresses that are new to it */
  if (asks)
    probe (&look, neighborhood);
  dismiss (&look, stations);
}
