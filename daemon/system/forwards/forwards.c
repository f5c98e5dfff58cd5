/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One mapping more or less is a commit of its elements alone. Only the first one of a LAN
 * and the last need a pass, which puts the rule for them into the share's chain and opens
 * other packet filters. */
#include "forwards-private.h"

#include "base/log.h"
#include "system/nft/forward-elements.h"

G_DEFINE_FINAL_TYPE (CsForwards, cs_forwards, G_TYPE_OBJECT)

static guint changed_signal, lan_changed_signal, added_signal, removed_signal;

CsLanForwards *
cs_forwards_find_lan (CsForwards *self, const char *lan)
{
  return g_hash_table_lookup (self->lans, lan);
}

static CsSharePlan *
find_share (const CsForwards *self, const char *lan)
{
  CsSharePlan *share = self->plan != NULL ? cs_plan_find (self->plan, lan) : NULL;

  return cs_share_plan_applied (share) != NULL ? share : NULL;
}

CsLanForwards *
cs_forwards_get_lan (CsForwards *self, const char *name)
{
  CsLanForwards *lan = cs_forwards_find_lan (self, name);

  if (lan != NULL)
    return lan;
  lan = cs_lan_forwards_new (self->folder, name);
  g_hash_table_insert (self->lans, lan->lan, lan);
  cs_lan_forwards_set_share (lan, find_share (self, name));
  return lan;
}

CsClientList *
cs_forwards_look (const CsForwards *self, const char *lan)
{
  return self->look != NULL ? self->look (self->clients, lan) : NULL;
}

/* Of shares that have the same uplink, one may have a port that another has left. */
static void
tell_others (CsForwards *self, const CsLanForwards *lan)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    if (other != lan && cs_lan_forwards_is_mapped (other)
        && cs_lan_forwards_meet (lan, other))
      g_signal_emit (self, lan_changed_signal, 0, ((CsLanForwards *)other)->lan);
}

void
cs_forwards_tell (CsForwards *self, const char *name)
{
  const CsLanForwards *lan = cs_forwards_find_lan (self, name);

  g_signal_emit (self, lan_changed_signal, 0, name);
  if (lan != NULL)
    tell_others (self, lan);
}

/* --- The end of a mapping ----------------------------------------------------------- */

/* Returns as cs_lan_forwards_remove (). */
gboolean
cs_forwards_take_away (CsForwards *self,
                       CsLanForwards *lan,
                       const CsForward *forward,
                       GAsyncReadyCallback callback,
                       gpointer user_data,
                       GError **error)
{
  gboolean done;

  g_signal_emit (self, removed_signal, 0, lan->lan, forward);
  done = cs_lan_forwards_remove (lan, forward, callback, user_data, error);
  if (!cs_lan_forwards_is_mapped (lan))
    g_signal_emit (self, changed_signal, 0);
  cs_forwards_await_end (self);
  cs_forwards_tell (self, lan->lan);
  return done;
}

static void
end_expired (CsForwards *self, CsLanForwards *lan, gint64 now)
{
  const CsForward *forward;

  while ((forward = cs_forward_table_find_expired (lan->table, now)) != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!cs_forwards_take_away (self, lan, forward, NULL, NULL, &error))
        cs_message (lan->lan, "%s", error->message);
    }
}

static gboolean
on_timer (gpointer user_data)
{
  CsForwards *self = user_data;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  GHashTableIter iter;
  gpointer lan;

  self->timer = 0;
  self->timer_at = 0;
  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    end_expired (self, lan, now);
  cs_forwards_await_end (self);
  return G_SOURCE_REMOVE;
}

/* The clock may be set, so no timer waits for longer than an hour. */
void
cs_forwards_await_end (CsForwards *self)
{
  gint64 first = 0, now = g_get_real_time () / G_USEC_PER_SEC;
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    {
      gint64 next = cs_forward_table_next_expiry (((CsLanForwards *)lan)->table);

      if (next != 0 && (first == 0 || next < first))
        first = next;
    }
  if (first == self->timer_at && self->timer != 0)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer_at = first;
  if (first != 0)
    self->timer
        = g_timeout_add_seconds ((guint)CLAMP (first - now, 0, 3600), on_timer, self);
}

/* --- With the engine --------------------------------------------------------------- */

void
cs_forwards_fill (CsForwards *self, CsSnapshot *snapshot)
{
  g_autoptr (GStrvBuilder) mapped = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    if (cs_lan_forwards_is_mapped (lan))
      g_strv_builder_add (mapped, ((CsLanForwards *)lan)->lan);
  g_clear_pointer (&snapshot->mapped, g_strfreev);
  snapshot->mapped = g_strv_builder_end (mapped);
}

static void
apply_to (CsForwards *self, CsLanForwards *lan)
{
  CsSharePlan *share = find_share (self, lan->lan);

  if (share == lan->share)
    return;
  cs_lan_forwards_set_share (lan, share);
  if (cs_lan_forwards_is_mapped (lan))
    cs_lan_forwards_follow_clients (lan, cs_forwards_look (self, lan->lan));
  cs_forwards_tell (self, lan->lan);
}

/* The oldest share comes first: of two that have the same port, it has it. */
static void
apply_all (CsForwards *self)
{
  GHashTableIter iter;
  gpointer lan;

  for (guint i = 0; i < self->plan->shares->len; i++)
    {
      CsLanForwards *one = cs_forwards_find_lan (
          self, ((CsSharePlan *)self->plan->shares->pdata[i])->lan);

      if (one != NULL)
        apply_to (self, one);
    }
  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &lan))
    if (find_share (self, ((CsLanForwards *)lan)->lan) == NULL)
      apply_to (self, lan);
}

void
cs_forwards_apply_async (CsForwards *self,
                         CsPlan *plan,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_clear_pointer (&self->plan, cs_plan_unref);
  self->plan = cs_plan_ref (plan);
  apply_all (self);
  cs_forward_elements_commit_async (TRUE, callback, user_data);
}

gboolean
cs_forwards_apply_finish (GAsyncResult *result, GError **error)
{
  return cs_forward_elements_commit_finish (result, error);
}

void
cs_forwards_follow_clients (CsForwards *self, const char *name)
{
  CsLanForwards *lan = cs_forwards_find_lan (self, name);

  if (!cs_lan_forwards_is_mapped (lan)
      || !cs_lan_forwards_follow_clients (lan, cs_forwards_look (self, name)))
    return;
  cs_forward_elements_commit_async (FALSE, NULL, NULL);
  cs_forwards_tell (self, name);
}

void
cs_forwards_forget (CsForwards *self, const char *name)
{
  CsLanForwards *lan = cs_forwards_find_lan (self, name);

  if (lan == NULL)
    return;
  cs_forward_file_remove (lan->file);
  tell_others (self, lan);
  g_hash_table_remove (self->lans, name);
  cs_forwards_await_end (self);
  cs_forward_elements_commit_async (FALSE, NULL, NULL);
}

void
cs_forwards_keep (CsForwards *self, const char *const *lans)
{
  g_autofree gpointer *names = g_hash_table_get_keys_as_array (self->lans, NULL);

  for (gsize i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (lans, names[i]))
      cs_forwards_forget (self, names[i]);
}

/* --- What there is ----------------------------------------------------------------- */

const CsForward *
cs_forwards_find (CsForwards *self,
                  const char *name,
                  guint8 protocol,
                  guint port,
                  const char *client)
{
  const CsLanForwards *lan = cs_forwards_find_lan (self, name);

  return lan != NULL ? cs_forward_table_find (lan->table, protocol, port, client) : NULL;
}

const CsForwardTable *
cs_forwards_get_table (CsForwards *self, const char *name)
{
  const CsLanForwards *lan = cs_forwards_find_lan (self, name);

  return lan != NULL ? lan->table : NULL;
}

GPtrArray *
cs_forwards_list (CsForwards *self, const char *name)
{
  const CsLanForwards *lan = cs_forwards_find_lan (self, name);

  return lan != NULL ? cs_forward_table_list (lan->table) : g_ptr_array_new ();
}

CsAddress
cs_forwards_find_address (CsForwards *self,
                          const char *name,
                          const CsForward *forward,
                          const GArray **addresses6)
{
  const CsLanForwards *lan = cs_forwards_find_lan (self, name);
  const CsForwardClient *client
      = lan != NULL ? cs_forward_table_find_client (lan->table, forward->client) : NULL;

  *addresses6 = client != NULL && lan->networks6->len > 0 ? client->addresses6 : NULL;
  return client != NULL ? client->address : (CsAddress){ 0 };
}

CsAddress
cs_forwards_external_address (CsForwards *self, const char *name)
{
  const CsSharePlan *share = find_share (self, name);

  for (guint i = 0; share != NULL && share->uplink != NULL && cs_share_plan_guards (share)
                    && i < share->uplink_addresses->len;
       i++)
    if (g_array_index (share->uplink_addresses, CsCidr, i).address.family == AF_INET)
      return g_array_index (share->uplink_addresses, CsCidr, i).address;
  return (CsAddress){ 0 };
}

/* --- The object -------------------------------------------------------------------- */

static void
cs_forwards_finalize (GObject *object)
{
  CsForwards *self = CS_FORWARDS (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_unref (self->waiting);
  g_hash_table_unref (self->lans);
  g_clear_pointer (&self->plan, cs_plan_unref);
  g_free (self->folder);
  G_OBJECT_CLASS (cs_forwards_parent_class)->finalize (object);
}

static void
cs_forwards_class_init (CsForwardsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_forwards_finalize;
  changed_signal = g_signal_new ("changed", CS_TYPE_FORWARDS, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  lan_changed_signal = g_signal_new ("lan-changed", CS_TYPE_FORWARDS, G_SIGNAL_RUN_LAST,
                                     0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  added_signal = g_signal_new ("added", CS_TYPE_FORWARDS, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
  removed_signal
      = g_signal_new ("removed", CS_TYPE_FORWARDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
cs_forwards_init (CsForwards *self)
{
  self->lans
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, cs_lan_forwards_free);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

CsForwards *
cs_forwards_new (const char *folder)
{
  CsForwards *self = g_object_new (CS_TYPE_FORWARDS, NULL);
  g_auto (GStrv) lans = cs_forward_files_list (folder);

  self->folder = g_strdup (folder);
  for (char **lan = lans; *lan != NULL; lan++)
    cs_forwards_get_lan (self, *lan);
  cs_forwards_await_end (self);
  return self;
}

void
cs_forwards_set_clients (CsForwards *self,
                         CsClientList *(*look) (gpointer clients, const char *lan),
                         gpointer clients)
{
  self->look = look;
  self->clients = clients;
}
