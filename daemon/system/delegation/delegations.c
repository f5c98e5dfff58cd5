/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client for each uplink (prefix-client.h), and the folder of their files, which is
 * there as long as what is in it may be of use. */
#include "delegations.h"

#include "prefix-client.h"

#include <glib/gstdio.h>
#include <string.h>

struct _CsDelegations
{
  GObject parent;
  char *folder;        /* (owned) */
  GHashTable *clients; /* (owned) name of the uplink (owned) -> CsPrefixClient (owned) */
};

G_DEFINE_FINAL_TYPE (CsDelegations, cs_delegations, G_TYPE_OBJECT)

static guint changed_signal;

static void
on_changed (gpointer user_data)
{
  g_signal_emit (user_data, changed_signal, 0);
}

/* The folder and all that is in it. */
static void
sweep (CsDelegations *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, file, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_hash_table_remove_all (self->clients);
}

/* --- Which are asked -------------------------------------------------------------- */

/* The ifindex of uplink @name, if it is to be asked, or 0. */
static int
find_wanted (const CsPlan *plan, const char *name)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && share->ipv6.asks && g_strcmp0 (share->uplink, name) == 0)
        return share->uplink_ifindex;
    }
  return 0;
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
  if (!g_hash_table_contains (self->clients, uplink))
    g_hash_table_insert (self->clients, g_strdup (uplink),
                         cs_prefix_client_new (self->folder, uplink, on_changed, self));
}

/* Those of a service before this one. */
static void
add_found (CsDelegations *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (file, CS_PREFIX_CLIENT_FILE) && file[0] != '.')
      {
        g_autofree char *name
            = g_strndup (file, strlen (file) - strlen (CS_PREFIX_CLIENT_FILE));

        add (self, name);
      }
}

void
cs_delegations_follow (CsDelegations *self, const CsPlan *plan)
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
    cs_prefix_client_set_wanted (client, find_wanted (plan, uplink));
  if (!is_of_use (plan))
    sweep (self);
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
  g_free (self->folder);
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
  self->clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify)cs_prefix_client_free);
}

CsDelegations *
cs_delegations_new (const char *folder)
{
  CsDelegations *self = g_object_new (CS_TYPE_DELEGATIONS, NULL);

  self->folder = g_strdup (folder);
  add_found (self);
  return self;
}
