/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One question at a time for each share, as in client-news.c. */
#include "forward-news.h"

#include "dictionary.h"
#include "errors.h"

typedef struct
{
  GVariant *mappings; /* (owned) (nullable) aa{sv}; NULL: hidden, or not known yet */
  gboolean looked;
  gboolean asking;
  gboolean stale; /* since the question that is under way */
} Lan;

struct _CsForwardNews
{
  CsForwardNewsFunc func;
  gpointer user_data;
  GHashTable *lans;          /* (owned) name (owned) -> Lan (owned) */
  GCancellable *cancellable; /* (owned) */
};

static void
lan_free (gpointer data)
{
  Lan *lan = data;

  g_clear_pointer (&lan->mappings, g_variant_unref);
  g_free (lan);
}

CsForwardNews *
cs_forward_news_new (CsForwardNewsFunc func, gpointer user_data)
{
  CsForwardNews *self = g_new0 (CsForwardNews, 1);

  self->func = func;
  self->user_data = user_data;
  self->lans = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lan_free);
  self->cancellable = g_cancellable_new ();
  return self;
}

/* The answers that are still to come find that they are cancelled, and nothing else. */
void
cs_forward_news_free (CsForwardNews *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->lans);
  g_free (self);
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
tell_difference (CsForwardNews *self, const char *lan, GVariant *before, GVariant *after)
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
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsDbusShare *share = CS_DBUS_SHARE (source);
  CsForwardNews *self = user_data;
  g_autoptr (GVariant) mappings = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup (cs_dbus_share_get_lan (share));
  Lan *lan;

  cs_dbus_share_call_list_forwards_finish (share, &mappings, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  lan = g_hash_table_lookup (self->lans, name);
  if (lan == NULL)
    return;
  lan->asking = FALSE;
  if (lan->mappings != NULL && mappings != NULL)
    tell_difference (self, name, lan->mappings, mappings);
  else if (lan->looked
           && (mappings != NULL
               || g_error_matches (error, CS_ERROR, CS_ERROR_NOT_AUTHORIZED)))
    self->func (name, CS_FORWARD_HIDDEN, NULL, self->user_data);
  g_clear_pointer (&lan->mappings, g_variant_unref);
  lan->mappings = g_steal_pointer (&mappings);
  lan->looked = TRUE;
  if (lan->stale)
    cs_forward_news_look (self, share);
}

void
cs_forward_news_look (CsForwardNews *self, CsDbusShare *share)
{
  const char *name = cs_dbus_share_get_lan (share);
  Lan *lan = g_hash_table_lookup (self->lans, name);

  if (lan == NULL)
    {
      lan = g_new0 (Lan, 1);
      g_hash_table_insert (self->lans, g_strdup (name), lan);
    }
  lan->stale = lan->asking;
  if (lan->asking)
    return;
  lan->asking = TRUE;
  cs_dbus_share_call_list_forwards (share, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                                    listed_cb, self);
}

void
cs_forward_news_forget (CsForwardNews *self, const char *lan)
{
  g_hash_table_remove (self->lans, lan);
}

void
cs_forward_news_forget_all (CsForwardNews *self)
{
  g_hash_table_remove_all (self->lans);
}
