/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsClientNews: who joins and leaves shares, as far as this user may know: with names
 * where ListClients() is permitted without a password, and as numbers otherwise. */
#pragma once

#include <connshare-dbus.h>

/* @client, a{sv}, has joined or left @lan; NULL: one that the user may not see. */
typedef void (*CsClientNewsFunc) (const char *lan,
                                  gboolean joined,
                                  GVariant *client,
                                  gpointer user_data);
typedef struct _CsClientNews CsClientNews;

CsClientNews *cs_client_news_new (CsClientNewsFunc func, gpointer user_data);
void cs_client_news_free (CsClientNews *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsClientNews, cs_client_news_free)

/* Asks who is there; whoever was not, or no longer is, is told. Who is there at the first
 * time is no news. */
void cs_client_news_look (CsClientNews *self, CsDbusShare *share);
/* The share of @lan has ended. */
void cs_client_news_forget (CsClientNews *self, const char *lan);
/* The service has exited: it has to find out itself who is there when it returns. */
void cs_client_news_forget_all (CsClientNews *self);
