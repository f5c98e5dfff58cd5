/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports of shares lead to clients, and which no longer do, as far as
 * this user may know without a password: otherwise only that something has changed. */
#pragma once

#include "share-news.h"

typedef enum
{
  CS_FORWARD_ADDED,
  CS_FORWARD_CHANGED,
  CS_FORWARD_REMOVED,
  CS_FORWARD_HIDDEN, /* one of these */
} CsForwardEvent;

/* @mapping, a{sv}, is NULL for what is hidden. */
typedef void (*CsForwardNewsFunc) (const char *lan,
                                   CsForwardEvent event,
                                   GVariant *mapping,
                                   gpointer user_data);

/* What each share that is looked at tells; the mappings of the first time are no news. */
CsShareNews *cs_forward_news_new (CsForwardNewsFunc func, gpointer user_data);
