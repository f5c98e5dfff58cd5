/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has said nothing for a while is asked: one timer, for as long as somebody is
 * online; all else waits for news. */
#include "clients.h"

#include "clients-file.h"
#include "vendors.h"

#include "base/files.h"
#include "base/inotify.h"
#include "system/nft/client-counts.h"
#include "system/nft/usages.h"

/* From news to a look, which takes what else comes meanwhile; and between two of them.
 * Milliseconds. */
#define SOON  50
#define PAUSE 500
/* Between two times that somebody is asked. Seconds. */
#define ASK_AGAIN 10
/* Between two times that the file is written because of traffic alone. Seconds. */
#define SAVE_PAUSE 60

struct _CsClients
{
  char *path; /* (owned) of clients-file.h */
  void (*changed) (const char *lan, gpointer user_data);
  gpointer user_data;
  GHashTable *lans;             /* (owned) name (owned) -> CsLanClients (owned) */
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
    cs_lan_clients_add_usage (lan);
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
      g_autoptr (GPtrArray) clients
          = cs_client_list_get_all (((CsLanClients *)lan)->list);

      for (guint i = 0; i < clients->len; i++)
        {
          const CsClient *client = g_ptr_array_index (clients, i);

          g_array_append_vals (addresses, client->addresses->data,
                               client->addresses->len);
        }
    }
  cs_client_counts_follow (addresses);
}

/* --- When -------------------------------------------------------------------------- */

/* dnsmasq writes into the file that it has opened; a next one may have another. */
static void
watch_leases (CsClients *self, CsLanClients *lan)
{
  g_autofree char *path = cs_lan_clients_find_leases (lan);

  if (lan->watch < 0 && path != NULL)
    lan->watch = cs_inotify_add (self->inotify, path, IN_MODIFY | IN_DELETE_SELF);
}

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
      gint64 next = cs_lan_clients_next_silence (lan);

      if (next != 0 && (first == 0 || next < first))
        first = next;
    }
  if (first == 0)
    return;
  self->silence = g_timeout_add_seconds (
      (guint)CLAMP (first - now, ASK_AGAIN, CS_CLIENT_SILENCE), on_silence, self);
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
      CsLanClients *one = lan;

      watch_leases (self, one);
      cs_lan_clients_look (one, self->neighborhood, self->stations, asks);
      if (!one->has_news)
        continue;
      one->has_news = FALSE;
      one->count = cs_client_list_count_online (one->list);
      g_ptr_array_add (changed, name);
    }
  if (changed->len > 0)
    follow_addresses (self);
  if (changed->len > 0 || self->looked - self->saved > SAVE_PAUSE * G_USEC_PER_SEC)
    {
      cs_clients_file_write (self->path, self->lans);
      self->saved = self->looked;
    }
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

/* That who is online is still there is no news. */
static gboolean
is_news (CsClients *self, int ifindex, const CsNeighbor *neighbor)
{
  gint64 heard = g_get_real_time () / G_USEC_PER_SEC - neighbor->heard_ago;
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    if (((CsLanClients *)lan)->share->lan_ifindex == ifindex)
      return !cs_client_list_hear (((CsLanClients *)lan)->list, neighbor->mac,
                                   neighbor->address, heard);
  return FALSE;
}

static void
on_heard (int ifindex, const CsNeighbor *neighbor, gpointer user_data)
{
  if (neighbor == NULL || is_news (user_data, ifindex, neighbor))
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
    if (((CsLanClients *)lan)->watch == watch)
      ((CsLanClients *)lan)->watch = -1;
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
  CsLanClients *lan = g_hash_table_lookup (self->lans, share->lan);

  if (lan == NULL)
    {
      lan = cs_lan_clients_new ();
      cs_clients_file_read_lan (self->path, share->lan, lan->list);
      g_hash_table_insert (self->lans, g_strdup (share->lan), lan);
    }
  g_clear_pointer (&lan->share, cs_share_plan_unref);
  lan->share = cs_share_plan_ref (share);
  watch_leases (self, lan);
}

static void
drop_lans (CsClients *self, const CsPlan *plan)
{
  guint before = g_hash_table_size (self->lans);
  GHashTableIter iter;
  gpointer name, lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, &name, &lan))
    if (cs_plan_find (plan, name) == NULL)
      {
        cs_inotify_remove (self->inotify, ((CsLanClients *)lan)->watch);
        g_hash_table_iter_remove (&iter);
      }
  /* or the next table would count for the addresses of their clients */
  if (g_hash_table_size (self->lans) < before)
    follow_addresses (self);
}

static void
hear_lans (CsClients *self)
{
  g_autoptr (GArray) ifindexes = g_array_new (FALSE, FALSE, sizeof (int));
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    g_array_append_val (ifindexes, ((CsLanClients *)lan)->share->lan_ifindex);
  cs_neighborhood_listen (self->neighborhood, ifindexes);
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
      hear_lans (self);
      look_soon (self);
      return;
    }
  rest (self);
  if (plan->shares->len == 0) /* not while they are starting */
    remove_file (self);
}

/* What one has just been told, all may know: no pause. */
static void
look_at_once (CsClients *self)
{
  g_clear_handle_id (&self->due, g_source_remove);
  self->due = g_idle_add (on_due, self);
}

CsClientList *
cs_clients_look (CsClients *self, const char *name)
{
  CsLanClients *lan = g_hash_table_lookup (self->lans, name);

  if (lan == NULL)
    return NULL;
  read_usage (self);
  cs_lan_clients_look (lan, self->neighborhood, self->stations, FALSE);
  if (lan->has_news)
    look_at_once (self);
  cs_vendors_fill (self->vendors, lan->list);
  return lan->list;
}

guint
cs_clients_count (const CsClients *self, const char *name)
{
  const CsLanClients *lan = g_hash_table_lookup (self->lans, name);

  return lan != NULL ? lan->count : 0;
}

void
cs_clients_forget (const char *runtime_dir)
{
  g_autofree char *path = cs_clients_file_path (runtime_dir);

  cs_file_remove (path, NULL);
}

CsClients *
cs_clients_new (const char *runtime_dir,
                void (*changed) (const char *lan, gpointer user_data),
                gpointer user_data)
{
  CsClients *self = g_new0 (CsClients, 1);

  self->path = cs_clients_file_path (runtime_dir);
  self->changed = changed;
  self->user_data = user_data;
  self->lans
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cs_lan_clients_free);
  self->vendors = cs_vendors_new ();
  self->neighborhood = cs_neighborhood_new (on_heard, self);
  self->stations = cs_stations_new (on_changed, self);
  self->inotify = cs_inotify_new (on_leases_changed, self);
  cs_clients_file_read_counts (self->path);
  return self;
}

void
cs_clients_free (CsClients *self)
{
  if (g_hash_table_size (self->lans) > 0)
    {
      read_usage (self);
      cs_clients_file_write (self->path, self->lans);
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
