/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsForwardNews: which ports of shares lead to clients, and which no longer do, as far as
 * this user may know without a password: otherwise only that something has changed. */
#pragma once

#include <connshare-dbus.h>

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
typedef struct _CsForwardNews CsForwardNews;

CsForwardNews *cs_forward_news_new (CsForwardNewsFunc func, gpointer user_data);
void cs_forward_news_free (CsForwardNews *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsForwardNews, cs_forward_news_free)

/* Asks which mappings there are, and tells what is different from before. Those of the
 * first time are no news. */
void cs_forward_news_look (CsForwardNews *self, CsDbusShare *share);
/* The share of @lan has ended. */
void cs_forward_news_forget (CsForwardNews *self, const char *lan);
/* The service has exited. */
void cs_forward_news_forget_all (CsForwardNews *self);
