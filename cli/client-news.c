/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client-news.h"

#include "dictionary.h"

typedef struct
{
  GHashTable *online; /* (owned) (nullable) MAC (owned) -> a{sv} (owned); NULL: hidden */
  guint count;        /* who is there, while they are hidden */
} Lan;

typedef struct
{
  CsClientNewsFunc func;
  gpointer user_data;
} News;

static gpointer
lan_new (CsDbusShare *share)
{
  Lan *lan = g_new0 (Lan, 1);

  lan->count = cs_dbus_share_get_client_count (share);
  return lan;
}

static void
lan_free (gpointer data)
{
  Lan *lan = data;

  g_clear_pointer (&lan->online, g_hash_table_unref);
  g_free (lan);
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
tell_difference (const News *self,
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
take_clients (const News *self, const char *name, Lan *lan, GVariant *clients)
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
take_count (const News *self, const char *name, Lan *lan, guint count)
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
take (CsDbusShare *share,
      const char *name,
      gpointer lan,
      GVariant *clients,
      const GError *error,
      gpointer self)
{
  if (clients != NULL)
    take_clients (self, name, lan, clients);
  else
    take_count (self, name, lan, cs_dbus_share_get_client_count (share));
}

static const CsShareQuestion question = {
  .call = cs_dbus_share_call_list_clients,
  .finish = cs_dbus_share_call_list_clients_finish,
  .begin = lan_new,
  .end = lan_free,
  .take = take,
};

CsShareNews *
cs_client_news_new (CsClientNewsFunc func, gpointer user_data)
{
  News *news = g_new0 (News, 1);

  news->func = func;
  news->user_data = user_data;
  return cs_share_news_new (&question, news);
}
