/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who joins and leaves shares, as far as this user may know: with names
 * where ListClients() is permitted without a password, and as numbers otherwise. */
#pragma once

#include "share-news.h"

/* @client, a{sv}, has joined or left @lan; NULL: one that the user may not see. */
typedef void (*CsClientNewsFunc) (const char *lan,
                                  gboolean joined,
                                  GVariant *client,
                                  gpointer user_data);

/* What each share that is looked at tells; who is there at the first time is no news. */
CsShareNews *cs_client_news_new (CsClientNewsFunc func, gpointer user_data);
