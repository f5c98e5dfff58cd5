/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has said nothing for a while is asked: one timer, for as long as somebody is
 * online; all else waits for news. */
#include "clients.h"

#include "neighborhood.h"
#include "stations.h"
#include "vendors.h"

#include "base/files.h"
#include "base/inotify.h"
#include "base/log.h"
#include "core/render/dnsmasq-config.h"
#include "core/value/client-name.h"
#include "core/value/leases.h"
#include "core/value/client-choices.h"
#include "system/nft/client-counts.h"
#include "system/nft/usages.h"

#include <string.h>

/* From news to a look, which takes what else comes meanwhile; and between two of them.
 * Milliseconds. */
#define SOON  50
#define PAUSE 500
/* A client that was not heard for so long is asked, and again if it is silent. Seconds.
 */
#define SILENCE   50
#define ASK_AGAIN 10
/* Between two times that the file is written because of traffic alone. Seconds. */
#define SAVE_PAUSE 60
/* Of NetworkManager's own sharing, for the interface. */
#define NM_LEASES "/var/lib/NetworkManager/dnsmasq-%s.leases"

typedef struct
{
  CsClientList *list; /* (owned) */
  CsSharePlan *share; /* (owned) in force */
  int watch;          /* of the leases, or -1 */
  gboolean has_news;  /* that nobody was told of yet */
  guint count;        /* online at the last look */
} Lan;

struct _CsClients
{
  char *path; /* (owned) of the file */
  void (*changed) (const char *lan, gpointer user_data);
  gpointer user_data;
  GHashTable *lans;             /* (owned) name (owned) -> Lan (owned) */
  CsVendors *vendors;           /* (owned) */
  CsNeighborhood *neighborhood; /* (owned) */
  CsStations *stations;         /* (owned) */
  CsInotify *inotify;           /* (owned) */
  guint due;                    /* timeout source until the next look, or 0 */
  gint64 looked;                /* monotonic time of the last one */
  guint silence;                /* timeout source until somebody is asked, or 0 */
  gint64 saved;                 /* monotonic time */
};

static void look_soon (CsClients *self);

static void
lan_free (gpointer data)
{
  Lan *lan = data;

  cs_client_list_free (lan->list);
  cs_share_plan_unref (lan->share);
  g_free (lan);
}

/* --- A look ------------------------------------------------------------------------ */

/* One look at a LAN. */
typedef struct
{
  CsClients *self;
  Lan *lan;
  gint64 now;
  GArray *silent;  /* (owned) of CsNeighbor: they may have left */
  GArray *blocked; /* (owned) of CsMac: stations that must go */
} Look;

static gboolean
is_of_lan (const Lan *lan, CsAddress address)
{
  const GArray *subnets = lan->share->subnets;

  for (guint i = 0; i < subnets->len; i++)
    if (cs_cidr_contains (g_array_index (subnets, CsCidr, i), address))
      return TRUE;
  return FALSE;
}

static void
on_neighbor (const CsNeighbor *neighbor, gpointer user_data)
{
  Look *look = user_data;

  if (!is_of_lan (look->lan, neighbor->address))
    return;
  cs_client_list_add_neighbor (look->lan->list, neighbor->mac, neighbor->address,
                               neighbor->reachable ? look->now
                                                   : look->now - neighbor->heard_ago);
  if (!neighbor->reachable && neighbor->heard_ago >= SILENCE
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

/* Owned; NULL: nobody here gives any. */
static char *
find_leases (const CsSharePlan *share)
{
  if (cs_share_plan_serves (share))
    return cs_dnsmasq_leases (share->lan);
  return cs_share_plan_resolves (share) ? g_strdup_printf (NM_LEASES, share->lan) : NULL;
}

static void
read_leases (Look *look)
{
  g_autofree char *path = find_leases (look->lan->share);
  g_autofree char *text = path != NULL ? cs_file_read (path, NULL) : NULL;

  if (text != NULL)
    cs_leases_visit (text, on_lease, look);
}

static void
add_usage (CsClientList *list)
{
  g_autoptr (GPtrArray) clients = cs_client_list_get_all (list);

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

/* What the kernel is asked to do waits until it has told everything. */
static void
act (const Look *look, gboolean asks)
{
  int ifindex = look->lan->share->lan_ifindex;

  for (guint i = 0; asks && i < look->silent->len; i++)
    cs_neighborhood_probe (look->self->neighborhood, ifindex,
                           &g_array_index (look->silent, CsNeighbor, i));
  for (guint i = 0; i < look->blocked->len; i++)
    cs_stations_dismiss (look->self->stations, look->lan->share->lan, ifindex,
                         g_array_index (look->blocked, CsMac, i));
}

/* @asks: those that have been silent for a while. */
static void
look_at (CsClients *self, Lan *lan, gboolean asks)
{
  g_autoptr (GArray) silent = g_array_new (FALSE, FALSE, sizeof (CsNeighbor));
  g_autoptr (GArray) blocked = g_array_new (FALSE, FALSE, sizeof (CsMac));
  Look look = { self, lan, g_get_real_time () / G_USEC_PER_SEC, silent, blocked };

  cs_client_list_begin (lan->list, look.now);
  read_leases (&look);
  cs_neighborhood_list (self->neighborhood, lan->share->lan_ifindex, on_neighbor, &look);
  if (lan->share->lan_wireless
      && cs_stations_list (self->stations, lan->share->lan_ifindex, on_station, &look))
    cs_client_list_set_wireless (lan->list);
  lan->has_news |= cs_client_list_end (lan->list);
  add_usage (lan->list); /* of addresses that are new to it */
  act (&look, asks);
}

/* --- What they use ----------------------------------------------------------------- */

/* Before addresses move from one client to another. */
static void
read_usage (CsClients *self)
{
  GHashTableIter iter;
  gpointer lan;

  cs_client_counts_read ();
  cs_usages_read (CS_USAGES_PAUSE);
  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    add_usage (((Lan *)lan)->list);
}

static void
follow_addresses (CsClients *self)
{
  g_autoptr (GArray) addresses = cs_addresses_new ();
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    {
      g_autoptr (GPtrArray) clients = cs_client_list_get_all (((Lan *)lan)->list);

      for (guint i = 0; i < clients->len; i++)
        {
          const CsClient *client = g_ptr_array_index (clients, i);

          g_array_append_vals (addresses, client->addresses->data,
                               client->addresses->len);
        }
    }
  cs_client_counts_follow (addresses);
}

/* --- On disk ----------------------------------------------------------------------- */

#define FILE_NAME   "clients"
#define LAN_LINE    "LAN "
#define COUNTS_LINE "COUNTS\n"

static void
save (CsClients *self)
{
  g_autofree char *counts = cs_client_counts_to_text ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer name, lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, &name, &lan))
    {
      g_autofree char *list = cs_client_list_to_text (((Lan *)lan)->list);

      g_string_append_printf (text, LAN_LINE "%s\n%s", (char *)name, list);
    }
  g_string_append_printf (text, COUNTS_LINE "%s", counts);
  self->saved = g_get_monotonic_time ();
  if (!g_file_set_contents_full (self->path, text->str, (gssize)text->len,
                                 G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_warning ("%s", error->message);
}

/* The part of the file that is about @name (nullable). */
static char *
load (const CsClients *self, const char *name)
{
  g_autofree char *text = cs_file_read (self->path, NULL);
  g_autofree char *begin
      = name != NULL ? g_strdup_printf (LAN_LINE "%s\n", name) : g_strdup (COUNTS_LINE);
  char *part = text != NULL ? strstr (text, begin) : NULL;
  const char *end;

  if (part == NULL)
    return NULL;
  part += strlen (begin);
  end = strstr (part, LAN_LINE);
  if (end == NULL)
    end = strstr (part, COUNTS_LINE);
  return end != NULL ? g_strndup (part, (gsize)(end - part)) : g_strdup (part);
}

/* dnsmasq writes into the file that it has opened; a next one may have another. */
static void
watch_leases (CsClients *self, Lan *lan)
{
  g_autofree char *path = find_leases (lan->share);

  if (lan->watch < 0 && path != NULL)
    lan->watch = cs_inotify_add (self->inotify, path, IN_MODIFY | IN_DELETE_SELF);
}

/* --- When -------------------------------------------------------------------------- */

static gboolean on_silence (gpointer user_data);

/* Until the first that is online must be asked. */
static void
await_silence (CsClients *self)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, first = 0;
  GHashTableIter iter;
  gpointer lan;

  g_clear_handle_id (&self->silence, g_source_remove);
  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    {
      gint64 next = cs_client_list_next_silence (((Lan *)lan)->list);

      if (next != 0 && (first == 0 || next < first))
        first = next;
    }
  if (first == 0)
    return;
  first += SILENCE - CS_CLIENT_PRESENCE;
  self->silence = g_timeout_add_seconds ((guint)CLAMP (first - now, ASK_AGAIN, SILENCE),
                                         on_silence, self);
}

static void
look_at_all (CsClients *self, gboolean asks)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name, lan;

  read_usage (self);
  self->looked = g_get_monotonic_time ();
  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, &name, &lan))
    {
      Lan *one = lan;

      watch_leases (self, one);
      look_at (self, one, asks);
      if (!one->has_news)
        continue;
      one->has_news = FALSE;
      one->count = cs_client_list_count_online (one->list);
      g_ptr_array_add (changed, name);
    }
  if (changed->len > 0)
    follow_addresses (self);
  if (changed->len > 0 || self->looked - self->saved > SAVE_PAUSE * G_USEC_PER_SEC)
    save (self);
  await_silence (self);
  for (guint i = 0; i < changed->len; i++)
    self->changed (g_ptr_array_index (changed, i), self->user_data);
}

static gboolean
on_silence (gpointer user_data)
{
  CsClients *self = user_data;

  self->silence = 0;
  look_at_all (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
remove_file (CsClients *self)
{
  if (!cs_file_remove (self->path, NULL))
    look_soon (self); /* and try again */
}

static gboolean
on_due (gpointer user_data)
{
  CsClients *self = user_data;

  self->due = 0;
  if (g_hash_table_size (self->lans) > 0)
    look_at_all (self, FALSE);
  else
    remove_file (self);
  return G_SOURCE_REMOVE;
}

static void
look_soon (CsClients *self)
{
  gint64 since = (g_get_monotonic_time () - self->looked) / G_TIME_SPAN_MILLISECOND;

  if (self->due == 0)
    self->due = g_timeout_add ((guint)CLAMP (PAUSE - since, SOON, PAUSE), on_due, self);
}

/* --- News -------------------------------------------------------------------------- */

static void
on_changed (gpointer user_data)
{
  look_soon (user_data);
}

static void
on_leases_changed (int watch, guint32 what, const char *name, gpointer user_data)
{
  CsClients *self = user_data;
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (what & (IN_IGNORED | IN_DELETE_SELF)
         && g_hash_table_iter_next (&iter, NULL, &lan))
    if (((Lan *)lan)->watch == watch)
      ((Lan *)lan)->watch = -1;
  look_soon (self);
}

static void
rest (CsClients *self)
{
  cs_neighborhood_ignore (self->neighborhood);
  g_clear_handle_id (&self->due, g_source_remove);
  g_clear_handle_id (&self->silence, g_source_remove);
}

/* --- Following the plan ------------------------------------------------------------ */

static gboolean
has_clients (const CsSharePlan *share)
{
  return share->lan_ifindex != 0 && cs_share_plan_guards (share);
}

static void
add_lan (CsClients *self, CsSharePlan *share)
{
  Lan *lan = g_hash_table_lookup (self->lans, share->lan);
  g_autofree char *before = NULL;

  if (lan == NULL)
    {
      lan = g_new0 (Lan, 1);
      lan->list = cs_client_list_new ();
      lan->watch = -1;
      before = load (self, share->lan);
      if (before != NULL)
        cs_client_list_from_text (lan->list, before);
      g_hash_table_insert (self->lans, g_strdup (share->lan), lan);
    }
  g_clear_pointer (&lan->share, cs_share_plan_unref);
  lan->share = cs_share_plan_ref (share);
  watch_leases (self, lan);
}

static void
drop_lans (CsClients *self, const CsPlan *plan)
{
  GHashTableIter iter;
  gpointer name, lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, &name, &lan))
    if (cs_plan_find (plan, name) == NULL)
      {
        cs_inotify_remove (self->inotify, ((Lan *)lan)->watch);
        g_hash_table_iter_remove (&iter);
      }
}

void
cs_clients_follow (CsClients *self, const CsPlan *plan)
{
  drop_lans (self, plan);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (plan->shares, i);

      if (has_clients (share))
        add_lan (self, share);
    }
  if (g_hash_table_size (self->lans) > 0)
    {
      cs_neighborhood_listen (self->neighborhood);
      look_soon (self);
      return;
    }
  rest (self);
  if (plan->shares->len == 0) /* not while they are starting */
    remove_file (self);
}

CsClientList *
cs_clients_look (CsClients *self, const char *name)
{
  Lan *lan = g_hash_table_lookup (self->lans, name);

  if (lan == NULL)
    return NULL;
  read_usage (self);
  look_at (self, lan, FALSE);
  if (lan->has_news)
    look_soon (self);
  cs_vendors_fill (self->vendors, lan->list);
  return lan->list;
}

guint
cs_clients_count (const CsClients *self, const char *name)
{
  const Lan *lan = g_hash_table_lookup (self->lans, name);

  return lan != NULL ? lan->count : 0;
}

void
cs_clients_forget (const char *runtime_dir)
{
  g_autofree char *path = g_build_filename (runtime_dir, FILE_NAME, NULL);

  cs_file_remove (path, NULL);
}

CsClients *
cs_clients_new (const char *runtime_dir,
                void (*changed) (const char *lan, gpointer user_data),
                gpointer user_data)
{
  CsClients *self = g_new0 (CsClients, 1);
  g_autofree char *counts = NULL;

  self->path = g_build_filename (runtime_dir, FILE_NAME, NULL);
  self->changed = changed;
  self->user_data = user_data;
  self->lans = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lan_free);
  self->vendors = cs_vendors_new ();
  self->neighborhood = cs_neighborhood_new (on_changed, self);
  self->stations = cs_stations_new (on_changed, self);
  self->inotify = cs_inotify_new (on_leases_changed, self);
  counts = load (self, NULL);
  if (counts != NULL)
    cs_client_counts_from_text (counts);
  return self;
}

void
cs_clients_free (CsClients *self)
{
  if (g_hash_table_size (self->lans) > 0)
    {
      read_usage (self);
      save (self);
    }
  rest (self);
  g_hash_table_unref (self->lans);
  cs_vendors_free (self->vendors);
  cs_neighborhood_free (self->neighborhood);
  cs_stations_free (self->stations);
  cs_inotify_free (self->inotify);
  g_free (self->path);
  g_free (self);
}
