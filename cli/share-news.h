/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsShareNews: asks shares what a signal of theirs does not say, one question at a time
 * for each: what happens meanwhile leads to one more. */
#pragma once

#include <connshare-dbus.h>

typedef struct
{
  /* The generated functions of the method, whose reply is one value. */
  void (*call) (CsDbusShare *share,
                GDBusCallFlags flags,
                int timeout,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data);
  gboolean (*finish) (CsDbusShare *share,
                      GVariant **reply,
                      GAsyncResult *result,
                      GError **error);
  /* What is known of a share before the first answer, owned; and what frees it. */
  gpointer (*begin) (CsDbusShare *share);
  GDestroyNotify end;
  /* @reply is NULL if there is an @error. */
  void (*take) (CsDbusShare *share,
                const char *lan,
                gpointer known,
                GVariant *reply,
                const GError *error,
                gpointer user_data);
} CsShareQuestion;

typedef struct _CsShareNews CsShareNews;

/* @question is static; @user_data (transfer full), for its take (), is freed by g_free
 * (). */
CsShareNews *cs_share_news_new (const CsShareQuestion *question, gpointer user_data);
void cs_share_news_free (CsShareNews *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsShareNews, cs_share_news_free)

void cs_share_news_look (CsShareNews *self, CsDbusShare *share);
/* The share of @lan has ended. */
void cs_share_news_forget (CsShareNews *self, const char *lan);
/* The service has exited: what is known is to be found out again when it returns. */
void cs_share_news_forget_all (CsShareNews *self);
