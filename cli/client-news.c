/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One question at a time for each share: what happens meanwhile leads to one more. */
#include "client-news.h"

#include "dictionary.h"

typedef struct
{
  GHashTable *online; /* (owned) (nullable) MAC (owned) -> a{sv} (owned); NULL: hidden */
  guint count;        /* who is there, while they are hidden */
  gboolean asking;
  gboolean stale; /* since the question that is under way */
} Lan;

struct _CsClientNews
{
  CsClientNewsFunc func;
  gpointer user_data;
  GHashTable *lans;          /* (owned) name (owned) -> Lan (owned) */
  GCancellable *cancellable; /* (owned) */
};

static void
lan_free (gpointer data)
{
  Lan *lan = data;

  g_clear_pointer (&lan->online, g_hash_table_unref);
  g_free (lan);
}

CsClientNews *
cs_client_news_new (CsClientNewsFunc func, gpointer user_data)
{
  CsClientNews *self = g_new0 (CsClientNews, 1);

  self->func = func;
  self->user_data = user_data;
  self->lans = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lan_free);
  self->cancellable = g_cancellable_new ();
  return self;
}

/* The answers that are still to come find that they are cancelled, and nothing else. */
void
cs_client_news_free (CsClientNews *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->lans);
  g_free (self);
}

static GHashTable *
select_online (GVariant *clients)
{
  GHashTable *online = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)g_variant_unref);

  for (gsize i = 0; i < g_variant_n_children (clients); i++)
    {
      GVariant *client = g_variant_get_child_value (clients, i);
      char *mac = g_strdup (cs_dictionary_get_string (client, "mac"));

      if (g_str_equal (cs_dictionary_get_string (client, "state"), "online"))
        g_hash_table_replace (online, mac, client);
      else
        {
          g_free (mac);
          g_variant_unref (client);
        }
    }
  return online;
}

/* Tells of those in @some that are not in @others. */
static void
tell_difference (CsClientNews *self,
                 const char *name,
                 gboolean joined,
                 GHashTable *some,
                 GHashTable *others)
{
  GHashTableIter iter;
  gpointer mac;
  gpointer client;

  g_hash_table_iter_init (&iter, some);
  while (g_hash_table_iter_next (&iter, &mac, &client))
    if (!g_hash_table_contains (others, mac))
      self->func (name, joined, client, self->user_data);
}

static void
take_clients (CsClientNews *self, const char *name, Lan *lan, GVariant *clients)
{
  g_autoptr (GHashTable) online = select_online (clients);

  if (lan->online != NULL)
    {
      tell_difference (self, name, FALSE, lan->online, online);
      tell_difference (self, name, TRUE, online, lan->online);
    }
  g_clear_pointer (&lan->online, g_hash_table_unref);
  lan->online = g_steal_pointer (&online);
}

static void
take_count (CsClientNews *self, const char *name, Lan *lan, guint count)
{
  guint before = lan->online == NULL ? lan->count : count;

  g_clear_pointer (&lan->online, g_hash_table_unref);
  lan->count = count;
  for (; before > count; before--)
    self->func (name, FALSE, NULL, self->user_data);
  for (; before < count; before++)
    self->func (name, TRUE, NULL, self->user_data);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsDbusShare *share = CS_DBUS_SHARE (source);
  CsClientNews *self = user_data;
  g_autoptr (GVariant) clients = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup (cs_dbus_share_get_lan (share));
  Lan *lan;

  cs_dbus_share_call_list_clients_finish (share, &clients, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  lan = g_hash_table_lookup (self->lans, name);
  if (lan == NULL)
    return;
  lan->asking = FALSE;
  if (clients != NULL)
    take_clients (self, name, lan, clients);
  else
    take_count (self, name, lan, cs_dbus_share_get_client_count (share));
  if (lan->stale)
    cs_client_news_look (self, share);
}

void
cs_client_news_look (CsClientNews *self, CsDbusShare *share)
{
  const char *name = cs_dbus_share_get_lan (share);
  Lan *lan = g_hash_table_lookup (self->lans, name);

  if (lan == NULL)
    {
      lan = g_new0 (Lan, 1);
      lan->count = cs_dbus_share_get_client_count (share);
      g_hash_table_insert (self->lans, g_strdup (name), lan);
    }
  lan->stale = lan->asking;
  if (lan->asking)
    return;
  lan->asking = TRUE;
  cs_dbus_share_call_list_clients (share, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                                   listed_cb, self);
}

void
cs_client_news_forget (CsClientNews *self, const char *lan)
{
  g_hash_table_remove (self->lans, lan);
}

void
cs_client_news_forget_all (CsClientNews *self)
{
  g_hash_table_remove_all (self->lans);
}
