/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client for each uplink (prefix-client.h), and the folder of their files, which is
 * watched; it is there as long as what is in it may be of use. */
#include "delegations.h"

#include "prefix-client.h"

#include "base/inotify.h"

#include <glib/gstdio.h>
#include <string.h>

struct _CsDelegations
{
  GObject parent;
  char *folder;        /* (owned) */
  char *hook;          /* (owned) */
  CsInotify *inotify;  /* (owned) */
  int watch;           /* -1: there is no folder yet */
  GHashTable *clients; /* (owned) name of the uplink (owned) -> CsPrefixClient (owned) */
  gboolean of_use;     /* what uplinks had may be of use again */
  GPtrArray *waiting;  /* (owned) of GTask (owned), for all that stops to have stopped */
};

G_DEFINE_FINAL_TYPE (CsDelegations, cs_delegations, G_TYPE_OBJECT)

static guint changed_signal;

/* A file of the folder has changed; without @name, any may have. */
static void
on_file (int watch, guint32 what, const char *name, gpointer user_data)
{
  CsDelegations *self = user_data;
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    cs_prefix_client_take_news (client, name, (what & IN_MOVED_TO) != 0);
}

static void
on_changed (gpointer user_data)
{
  g_signal_emit (user_data, changed_signal, 0);
}

static gboolean
is_stopping (CsDelegations *self)
{
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    if (cs_prefix_client_is_stopping (client))
      return TRUE;
  return FALSE;
}

/* The folder and all that is in it. */
static void
sweep (CsDelegations *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *file;

  cs_inotify_remove (self->inotify, self->watch);
  self->watch = -1;
  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, file, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_hash_table_remove_all (self->clients);
}

/* When nothing stops any more. */
static void
finish_following (CsDelegations *self)
{
  g_autoptr (GPtrArray) waiting = NULL;

  if (is_stopping (self))
    return;
  if (!self->of_use)
    sweep (self);
  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_boolean (waiting->pdata[i], TRUE);
}

static void
on_stopped (gpointer user_data)
{
  g_autoptr (CsDelegations) self = g_object_ref (user_data);

  finish_following (self);
}

/* --- Which are asked -------------------------------------------------------------- */

static gboolean
is_wanted (const CsPlan *plan, const char *name)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && share->ipv6.asks && g_strcmp0 (share->uplink, name) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether what uplinks had may be of use again. */
static gboolean
is_of_use (const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && share->ipv6.mode != CS_IPV6_OFF)
        return TRUE;
    }
  return FALSE;
}

static void
add (CsDelegations *self, const char *uplink)
{
  const CsPrefixClientSetup setup = { .folder = self->folder,
                                      .hook = self->hook,
                                      .interface = uplink,
                                      .changed = on_changed,
                                      .stopped = on_stopped,
                                      .user_data = self };

  if (!g_hash_table_contains (self->clients, uplink))
    g_hash_table_insert (self->clients, g_strdup (uplink), cs_prefix_client_new (&setup));
}

/* Those of a service before this one. */
static void
add_found (CsDelegations *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (file, CS_PREFIX_CLIENT_NOTE) && file[0] != '.')
      {
        g_autofree char *name
            = g_strndup (file, strlen (file) - strlen (CS_PREFIX_CLIENT_NOTE));

        add (self, name);
      }
}

static void
watch_folder (CsDelegations *self)
{
  if (self->watch < 0)
    self->watch = cs_inotify_add (self->inotify, self->folder,
                                  IN_MOVED_TO | IN_DELETE | IN_ONLYDIR);
}

static void
follow (CsDelegations *self, const CsPlan *plan)
{
  GHashTableIter iter;
  gpointer uplink, client;

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && share->ipv6.asks && share->uplink != NULL)
        add (self, share->uplink);
    }
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &uplink, &client))
    {
      gboolean wanted = is_wanted (plan, uplink);

      if (wanted && g_mkdir_with_parents (self->folder, 0700) == 0)
        watch_folder (self);
      cs_prefix_client_set_wanted (client, wanted);
    }
}

void
cs_delegations_follow_async (CsDelegations *self,
                             const CsPlan *plan,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_delegations_follow_async);
  g_ptr_array_add (self->waiting, task);
  self->of_use = is_of_use (plan);
  follow (self, plan);
  finish_following (self);
}

gboolean
cs_delegations_follow_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cs_delegations_fill (CsDelegations *self, CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = snapshot->interfaces->pdata[i];
      const CsPrefixClient *client = g_hash_table_lookup (self->clients, interface->name);
      const GArray *prefixes
          = client != NULL ? cs_prefix_client_get_prefixes (client) : NULL;

      g_array_set_size (interface->delegated, 0);
      if (prefixes != NULL)
        g_array_append_vals (interface->delegated, prefixes->data, prefixes->len);
    }
}

/* --- The object ------------------------------------------------------------------- */

static void
cs_delegations_finalize (GObject *object)
{
  CsDelegations *self = CS_DELEGATIONS (object);

  g_hash_table_unref (self->clients);
  g_ptr_array_unref (self->waiting);
  cs_inotify_free (self->inotify);
  g_free (self->folder);
  g_free (self->hook);
  G_OBJECT_CLASS (cs_delegations_parent_class)->finalize (object);
}

static void
cs_delegations_class_init (CsDelegationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_delegations_finalize;
  changed_signal = g_signal_new ("changed", CS_TYPE_DELEGATIONS, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_delegations_init (CsDelegations *self)
{
  self->watch = -1;
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->inotify = cs_inotify_new (on_file, self);
  self->clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify)cs_prefix_client_free);
}

CsDelegations *
cs_delegations_new (const char *folder, const char *hook)
{
  CsDelegations *self = g_object_new (CS_TYPE_DELEGATIONS, NULL);

  self->folder = g_strdup (folder);
  self->hook = g_strdup (hook);
  add_found (self);
  watch_folder (self);
  return self;
}
