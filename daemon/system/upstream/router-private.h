/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files that implement CsRouter have in common. */
#pragma once

#include "router-socket.h"
#include "router.h"

/* Between two times that something unasked makes a router be asked, in seconds. */
#define CS_ROUTER_URGED_PAUSE 60

struct _CsRouter
{
  char *device; /* (owned) */
  CsAddress own, router;
  CsRouterWatcher watcher;
  CsRouterSocket *socket; /* (owned) (nullable) until something is asked */
  GHashTable *mappings;   /* (owned) set of CsRouterMapping (owned) by port */
  guint timer;            /* timeout source, or 0 */

  CsRouterProtocol spoken;
  gboolean known;   /* that it speaks this one */
  gboolean inexact; /* it cannot say "that port or none" */
  CsRouterEpoch epoch;
  CsAddress external; /* unset: not known */
  gint64 located;     /* when it was last asked for that, by NAT-PMP; 0: never */

  gboolean asking;
  CsRouterMapping *asked; /* (unowned) (nullable) whether it is its address */
  CsRouterRequest request;
  guint tries;
  gint64 repeat; /* when it has waited long enough */

  gint64 silent; /* since when; 0: it is not */
  gint64 pause;  /* until when nothing is asked of it */
  gint64 urged;
};

/* Does what is to be done now, and waits for what comes next. */
void cs_router_step (CsRouter *self);
/* What is said of @mapping has changed, if @changes. */
void cs_router_tell (CsRouter *self, const CsRouterMapping *mapping, gboolean changes);
void cs_router_drop (CsRouter *self, CsRouterMapping *mapping);
/* Nothing has replied for long enough. */
void cs_router_be_silent (CsRouter *self);
/* It does not know the protocol that it was asked by. */
void cs_router_try_next_protocol (CsRouter *self);
/* (router-replies.c) A CsRouterSocketInput. */
void
cs_router_take (const guint8 *data, gsize size, gboolean announced, gpointer user_data);
