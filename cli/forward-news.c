/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "forward-news.h"

#include "dictionary.h"
#include "errors.h"

typedef struct
{
  GVariant *mappings; /* (owned) (nullable) aa{sv}; NULL: hidden, or not known yet */
  gboolean looked;
} Lan;

typedef struct
{
  CsForwardNewsFunc func;
  gpointer user_data;
} News;

static gpointer
lan_new (CsDbusShare *share)
{
  return g_new0 (Lan, 1);
}

static void
lan_free (gpointer data)
{
  Lan *lan = data;

  g_clear_pointer (&lan->mappings, g_variant_unref);
  g_free (lan);
}

/* What names a mapping: protocol and port. */
static char *
name_mapping (GVariant *mapping)
{
  guint16 port = 0;

  g_variant_lookup (mapping, "port", "q", &port);
  return g_strdup_printf ("%s %u", cs_dictionary_get_string (mapping, "protocol"), port);
}

/* (owned) name (owned) -> a{sv} (owned) */
static GHashTable *
index_mappings (GVariant *mappings)
{
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify)g_variant_unref);

  for (gsize i = 0; i < g_variant_n_children (mappings); i++)
    {
      GVariant *mapping = g_variant_get_child_value (mappings, i);

      g_hash_table_replace (index, name_mapping (mapping), mapping);
    }
  return index;
}

/* Whether @mapping, of a client that asks for it again and again, is @before but for its
 * new end. */
static gboolean
is_renewed (GVariant *before, GVariant *mapping)
{
  g_auto (GVariantDict) one = G_VARIANT_DICT_INIT (before);
  g_auto (GVariantDict) other = G_VARIANT_DICT_INIT (mapping);
  g_autoptr (GVariant) a = NULL;
  g_autoptr (GVariant) b = NULL;

  g_variant_dict_remove (&one, "expires");
  g_variant_dict_remove (&other, "expires");
  a = g_variant_ref_sink (g_variant_dict_end (&one));
  b = g_variant_ref_sink (g_variant_dict_end (&other));
  return g_variant_equal (a, b);
}

/* In the order of the lists: what is gone first. */
static void
tell_difference (const News *self, const char *lan, GVariant *before, GVariant *after)
{
  g_autoptr (GHashTable) old = index_mappings (before);
  g_autoptr (GHashTable) new = index_mappings (after);

  for (gsize i = 0; i < g_variant_n_children (before); i++)
    {
      g_autoptr (GVariant) mapping = g_variant_get_child_value (before, i);
      g_autofree char *name = name_mapping (mapping);

      if (!g_hash_table_contains (new, name))
        self->func (lan, CS_FORWARD_REMOVED, mapping, self->user_data);
    }
  for (gsize i = 0; i < g_variant_n_children (after); i++)
    {
      g_autoptr (GVariant) mapping = g_variant_get_child_value (after, i);
      g_autofree char *name = name_mapping (mapping);
      GVariant *was = g_hash_table_lookup (old, name);

      if (was == NULL)
        self->func (lan, CS_FORWARD_ADDED, mapping, self->user_data);
      else if (!g_variant_equal (was, mapping) && !is_renewed (was, mapping))
        self->func (lan, CS_FORWARD_CHANGED, mapping, self->user_data);
    }
}

static void
take (CsDbusShare *share,
      const char *name,
      gpointer known,
      GVariant *mappings,
      const GError *error,
      gpointer user_data)
{
  const News *self = user_data;
  Lan *lan = known;

  if (lan->mappings != NULL && mappings != NULL)
    tell_difference (self, name, lan->mappings, mappings);
  else if (lan->looked
           && (mappings != NULL
               || g_error_matches (error, CS_ERROR, CS_ERROR_NOT_AUTHORIZED)))
    self->func (name, CS_FORWARD_HIDDEN, NULL, self->user_data);
  g_clear_pointer (&lan->mappings, g_variant_unref);
  lan->mappings = mappings != NULL ? g_variant_ref (mappings) : NULL;
  lan->looked = TRUE;
}

static const CsShareQuestion question = {
  .call = cs_dbus_share_call_list_forwards,
  .finish = cs_dbus_share_call_list_forwards_finish,
  .begin = lan_new,
  .end = lan_free,
  .take = take,
};

CsShareNews *
cs_forward_news_new (CsForwardNewsFunc func, gpointer user_data)
{
  News *news = g_new0 (News, 1);

  news->func = func;
  news->user_data = user_data;
  return cs_share_news_new (&question, news);
}
