/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One mapping more or less is a commit of its elements alone. Only the first one of a LAN
 * and the last need a pass, which puts the rule for them into the share's chain and opens
 * other packet filters. */
#include "forwards.h"

#include "forward-flows.h"
#include "forward-rivals.h"
#include "lan-forwards.h"

#include "base/log.h"
#include "dbus/errors.h"
#include "system/nft/forward-elements.h"

/* How long a pass may take to put a LAN's first mapping in force. Milliseconds. */
#define FIRST_WAIT 2000

struct _CsForwards
{
  GObject parent;
  char *folder;       /* (owned) */
  GHashTable *lans;   /* (owned) name (owned by the value) -> CsLanForwards (owned) */
  CsPlan *plan;       /* (owned) (nullable) in force */
  GPtrArray *waiting; /* (owned) of GTask (owned): until their LAN's plan has mappings */
  guint timer;        /* timeout source for the next one that ends, or 0 */
  gint64 timer_at;    /* when that is, in seconds since the Epoch */
  CsClientList *(*look) (gpointer clients, const char *lan); /* (nullable) */
  gpointer clients;                                          /* unowned */
};

G_DEFINE_FINAL_TYPE (CsForwards, cs_forwards, G_TYPE_OBJECT)

static guint changed_signal, lan_changed_signal, added_signal, removed_signal;

static CsLanForwards *
find_lan (CsForwards *self, const char *lan)
{
  return g_hash_table_lookup (self->lans, lan);
}

static gboolean
has_mappings (const CsLanForwards *lan)
{
  return lan != NULL && cs_forward_table_count (lan->table) > 0;
}

static CsSharePlan *
find_share (const CsForwards *self, const char *lan)
{
  CsSharePlan *share = self->plan != NULL ? cs_plan_find (self->plan, lan) : NULL;

  return cs_share_plan_applied (share) != NULL ? share : NULL;
}

static CsLanForwards *
get_lan (CsForwards *self, const char *name)
{
  CsLanForwards *lan = find_lan (self, name);

  if (lan != NULL)
    return lan;
  lan = cs_lan_forwards_new (self->folder, name);
  g_hash_table_insert (self->lans, lan->lan, lan);
  cs_lan_forwards_set_share (lan, find_share (self, name));
  return lan;
}

static CsClientList *
look_at_clients (const CsForwards *self, const char *lan)
{
  return self->look != NULL ? self->look (self->clients, lan) : NULL;
}

static void
tell (CsForwards *self, const char *lan)
{
  g_signal_emit (self, lan_changed_signal, 0, lan);
}

/* --- The end of a mapping ----------------------------------------------------------- */

static void await_end (CsForwards *self);

/* Returns as cs_lan_forwards_remove (). */
static gboolean
take_away (CsForwards *self,
           CsLanForwards *lan,
           const CsForward *forward,
           GAsyncReadyCallback callback,
           gpointer user_data,
           GError **error)
{
  gboolean done;

  g_signal_emit (self, removed_signal, 0, lan->lan, forward);
  done = cs_lan_forwards_remove (lan, forward, callback, user_data, error);
  if (!has_mappings (lan))
    g_signal_emit (self, changed_signal, 0);
  await_end (self);
  tell (self, lan->lan);
  return done;
}

static void
end_expired (CsForwards *self, CsLanForwards *lan, gint64 now)
{
  const CsForward *forward;

  while ((forward = cs_forward_table_find_expired (lan->table, now)) != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!take_away (self, lan, forward, NULL, NULL, &error))
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
  await_end (self);
  return G_SOURCE_REMOVE;
}

/* The clock may be set, so no timer waits for longer than an hour. */
static void
await_end (CsForwards *self)
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
    if (has_mappings (lan))
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
  if (has_mappings (lan))
    cs_lan_forwards_follow_clients (lan, look_at_clients (self, lan->lan));
  tell (self, lan->lan);
}

/* The oldest share comes first: of two that have the same port, it has it. */
static void
apply_all (CsForwards *self)
{
  GHashTableIter iter;
  gpointer lan;

  for (guint i = 0; i < self->plan->shares->len; i++)
    {
      CsLanForwards *one
          = find_lan (self, ((CsSharePlan *)self->plan->shares->pdata[i])->lan);

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
  CsLanForwards *lan = find_lan (self, name);

  if (!has_mappings (lan)
      || !cs_lan_forwards_follow_clients (lan, look_at_clients (self, name)))
    return;
  cs_forward_elements_commit_async (FALSE, NULL, NULL);
  tell (self, name);
}

void
cs_forwards_forget (CsForwards *self, const char *name)
{
  CsLanForwards *lan = find_lan (self, name);

  if (lan == NULL)
    return;
  cs_forward_file_remove (lan->file);
  g_hash_table_remove (self->lans, name);
  await_end (self);
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

/* --- Adding ------------------------------------------------------------------------ */

/* A mapping that is being added, of a GTask whose source is the CsForwards. */
typedef struct
{
  char *lan;          /* (owned) */
  CsForward *forward; /* (owned) */
  guint timeout;      /* source, or 0 */
} Adding;

static void
adding_free (gpointer data)
{
  Adding *adding = data;

  g_clear_handle_id (&adding->timeout, g_source_remove);
  cs_forward_free (adding->forward);
  g_free (adding->lan);
  g_free (adding);
}

static void
set_taken (const CsForward *rival, const char *lan, GError **error)
{
  g_autofree char *what = cs_forward_to_string (rival);

  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "%s leads to %s%s%s already: remove that port mapping first, or choose "
               "another port",
               what, rival->client, lan != NULL ? " on " : "", lan != NULL ? lan : "");
}

/* Another LAN's, by the same uplink. */
static gboolean
check_others (CsForwards *self,
              const CsLanForwards *own,
              const CsForward *forward,
              GError **error)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    {
      const CsLanForwards *lan = other;
      const CsForward *rival = lan != own && cs_lan_forwards_meet (own, lan)
                                   ? cs_forward_table_find_rival (lan->table, forward)
                                   : NULL;

      if (rival == NULL)
        continue;
      set_taken (rival, lan->lan, error);
      return FALSE;
    }
  return TRUE;
}

/* @known (nullable) is set to the mapping that leads alike. */
static gboolean
check (CsForwards *self,
       const CsLanForwards *lan,
       const CsForward *forward,
       const CsForward **known,
       GError **error)
{
  const CsForward *rival = cs_forward_table_find_rival (lan->table, forward);
  g_autoptr (GArray) outside = cs_lan_forwards_outside (lan);

  *known = NULL;
  if (rival != NULL && cs_forward_leads_alike (rival, forward))
    {
      *known = rival;
      return TRUE;
    }
  if (rival != NULL)
    {
      set_taken (rival, NULL, error);
      return FALSE;
    }
  return cs_forward_table_has_room (lan->table, forward, error)
         && check_others (self, lan, forward, error)
         && cs_forward_rivals_check (forward, outside, error);
}

gboolean
cs_forwards_can_add (CsForwards *self,
                     const char *name,
                     const CsForward *forward,
                     GError **error)
{
  const CsForward *known;

  return check (self, get_lan (self, name), forward, &known, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsForwards *self = g_task_get_source_object (task);
  const Adding *adding = g_task_get_task_data (task);
  const CsLanForwards *lan = find_lan (self, adding->lan);
  const CsForward *forward
      = lan != NULL ? cs_forward_table_find_rival (lan->table, adding->forward) : NULL;
  GError *error = NULL;

  if (!cs_forward_elements_commit_finish (result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (forward != NULL)
    cs_lan_forwards_clear_flows (lan, forward);
  g_task_return_boolean (task, TRUE);
}

static void
bring (GTask *task)
{
  cs_forward_elements_commit_async (FALSE, on_added, task);
}

static gboolean
on_late (gpointer user_data)
{
  GTask *task = user_data;
  CsForwards *self = g_task_get_source_object (task);
  Adding *adding = g_task_get_task_data (task);

  adding->timeout = 0;
  bring (g_object_ref (task));
  g_ptr_array_remove (self->waiting, task);
  return G_SOURCE_REMOVE;
}

static void
await_plan (CsForwards *self, GTask *task)
{
  Adding *adding = g_task_get_task_data (task);

  adding->timeout = g_timeout_add (FIRST_WAIT, on_late, task);
  g_ptr_array_add (self->waiting, task);
  g_signal_emit (self, changed_signal, 0);
}

void
cs_forwards_follow (CsForwards *self, const CsPlan *plan)
{
  for (guint i = self->waiting->len; i-- > 0;)
    {
      GTask *task = self->waiting->pdata[i];
      Adding *adding = g_task_get_task_data (task);
      const CsSharePlan *share = cs_plan_find (plan, adding->lan);

      if (share == NULL || !share->maps)
        continue;
      g_clear_handle_id (&adding->timeout, g_source_remove);
      bring (g_object_ref (task));
      g_ptr_array_remove_index (self->waiting, i);
    }
}

/* Only who asks for one, and until when, may be different. */
static void
renew (CsForwards *self, CsLanForwards *lan, GTask *task, const CsForward *known)
{
  const Adding *adding = g_task_get_task_data (task);
  GError *error = NULL;

  if (cs_forward_equal (known, adding->forward))
    g_task_return_boolean (task, TRUE);
  else if (cs_lan_forwards_add (lan, cs_forward_copy (adding->forward), NULL, &error))
    {
      await_end (self);
      tell (self, lan->lan);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
add (CsForwards *self, CsLanForwards *lan, GTask *task)
{
  const Adding *adding = g_task_get_task_data (task);
  gboolean is_first = !has_mappings (lan);
  GError *error = NULL;

  if (!cs_lan_forwards_add (lan, cs_forward_copy (adding->forward),
                            look_at_clients (self, lan->lan), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  await_end (self);
  g_signal_emit (self, added_signal, 0, lan->lan, adding->forward);
  tell (self, lan->lan);
  if (is_first)
    await_plan (self, g_object_ref (task));
  else
    bring (g_object_ref (task));
}

void
cs_forwards_add_async (CsForwards *self,
                       const char *name,
                       CsForward *forward,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  CsLanForwards *lan = get_lan (self, name);
  Adding *adding = g_new0 (Adding, 1);
  const CsForward *known;
  GError *error = NULL;

  adding->lan = g_strdup (name);
  adding->forward = forward;
  g_task_set_source_tag (task, cs_forwards_add_async);
  g_task_set_task_data (task, adding, adding_free);
  if (!check (self, lan, forward, &known, &error))
    g_task_return_error (task, error);
  else if (known != NULL)
    renew (self, lan, task, known);
  else
    add (self, lan, task);
}

gboolean
cs_forwards_add_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Removing ---------------------------------------------------------------------- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const GError *unkept = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_forward_flows_end_finish (result, &error))
    g_task_return_error (task, error);
  else if (unkept != NULL)
    g_task_return_error (task, g_error_copy (unkept));
  else
    g_task_return_boolean (task, TRUE);
}

static void
set_unknown (const CsForward *around, guint8 protocol, guint port, GError **error)
{
  const char *word = cs_forward_protocol_to_string (protocol);
  g_autofree char *range = around != NULL ? cs_forward_to_string (around) : NULL;

  if (around == NULL)
    g_set_error (
        error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
        "there is no port mapping of %s port %u; \"sharectl forward list\" shows "
        "those that there are",
        word, port);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "%s port %u is part of the port mapping of %s: name its first port",
                 word, port, range);
}

void
cs_forwards_remove_async (CsForwards *self,
                          const char *name,
                          guint8 protocol,
                          guint port,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  CsLanForwards *lan = find_lan (self, name);
  const CsForward *forward
      = lan != NULL ? cs_forward_table_find (lan->table, protocol, port) : NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, cs_forwards_remove_async);
  if (forward == NULL || forward->port != port)
    {
      set_unknown (forward, protocol, port, &error);
      g_task_return_error (task, error);
    }
  else if (!take_away (self, lan, forward, on_removed, g_object_ref (task), &error))
    g_task_set_task_data (task, error, (GDestroyNotify)g_error_free);
}

gboolean
cs_forwards_remove_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- What there is ----------------------------------------------------------------- */

const CsForward *
cs_forwards_find (CsForwards *self, const char *name, guint8 protocol, guint port)
{
  const CsLanForwards *lan = find_lan (self, name);

  return lan != NULL ? cs_forward_table_find (lan->table, protocol, port) : NULL;
}

const CsForwardTable *
cs_forwards_get_table (CsForwards *self, const char *name)
{
  const CsLanForwards *lan = find_lan (self, name);

  return lan != NULL ? lan->table : NULL;
}

GPtrArray *
cs_forwards_list (CsForwards *self, const char *name)
{
  const CsLanForwards *lan = find_lan (self, name);

  return lan != NULL ? cs_forward_table_list (lan->table) : g_ptr_array_new ();
}

CsAddress
cs_forwards_find_address (CsForwards *self,
                          const char *name,
                          const CsForward *forward,
                          const GArray **addresses6)
{
  const CsLanForwards *lan = find_lan (self, name);
  const CsForwardClient *client
      = lan != NULL ? cs_forward_table_find_client (lan->table, forward->client) : NULL;

  *addresses6 = client != NULL && lan->networks6->len > 0 ? client->addresses6 : NULL;
  return client != NULL ? client->address : (CsAddress){ 0 };
}

CsAddress
cs_forwards_external_address (CsForwards *self, const char *name)
{
  const CsSharePlan *share = find_share (self, name);

  for (guint i = 0;
       share != NULL && share->uplink != NULL && i < share->uplink_addresses->len; i++)
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
    get_lan (self, *lan);
  await_end (self);
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
