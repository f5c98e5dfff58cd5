/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "share-news.h"

typedef struct
{
  gpointer known; /* (owned) of the question */
  GDestroyNotify end;
  gboolean asking;
  gboolean stale; /* since the question that is under way */
} Lan;

struct _CsShareNews
{
  const CsShareQuestion *question; /* static */
  gpointer user_data;              /* (owned) */
  GHashTable *lans;                /* (owned) name (owned) -> Lan (owned) */
  GCancellable *cancellable;       /* (owned) */
};

/* One question; .news is gone if it was cancelled. */
typedef struct
{
  const CsShareQuestion *question; /* static */
  CsShareNews *news;
} Call;

static Lan *
lan_new (const CsShareQuestion *question, CsDbusShare *share)
{
  Lan *lan = g_new0 (Lan, 1);

  lan->known = question->begin (share);
  lan->end = question->end;
  return lan;
}

static void
lan_free (gpointer data)
{
  Lan *lan = data;

  lan->end (lan->known);
  g_free (lan);
}

CsShareNews *
cs_share_news_new (const CsShareQuestion *question, gpointer user_data)
{
  CsShareNews *self = g_new0 (CsShareNews, 1);

  self->question = question;
  self->user_data = user_data;
  self->lans = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lan_free);
  self->cancellable = g_cancellable_new ();
  return self;
}

/* The answers that are still to come find that they are cancelled, and nothing else. */
void
cs_share_news_free (CsShareNews *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->lans);
  g_free (self->user_data);
  g_free (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsDbusShare *share = CS_DBUS_SHARE (source);
  g_autofree Call *call = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup (cs_dbus_share_get_lan (share));
  Lan *lan;

  call->question->finish (share, &reply, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  lan = g_hash_table_lookup (call->news->lans, name);
  if (lan == NULL)
    return;
  lan->asking = FALSE;
  call->question->take (share, name, lan->known, reply, error, call->news->user_data);
  if (lan->stale)
    cs_share_news_look (call->news, share);
}

void
cs_share_news_look (CsShareNews *self, CsDbusShare *share)
{
  const char *name = cs_dbus_share_get_lan (share);
  Lan *lan = g_hash_table_lookup (self->lans, name);
  Call *call;

  if (lan == NULL)
    {
      lan = lan_new (self->question, share);
      g_hash_table_insert (self->lans, g_strdup (name), lan);
    }
  lan->stale = lan->asking;
  if (lan->asking)
    return;
  lan->asking = TRUE;
  call = g_new0 (Call, 1);
  call->question = self->question;
  call->news = self;
  self->question->call (share, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, answered_cb,
                        call);
}

void
cs_share_news_forget (CsShareNews *self, const char *lan)
{
  g_hash_table_remove (self->lans, lan);
}

void
cs_share_news_forget_all (CsShareNews *self)
{
  g_hash_table_remove_all (self->lans);
}
