/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The router behind an uplink, which is asked for each port of the uplink's address that
 * a mapping has; and asked to forget it when the mapping ends. */
#pragma once

#include "router-mapping.h"

/* Ports; more are not asked for. */
#define CS_ROUTER_MAPPINGS_MAX 1024

typedef struct _CsRouter CsRouter;

typedef struct
{
  /* What others see of mappings of @lan is different. */
  void (*changed) (const char *lan, gpointer user_data);
  /* It has no mappings any more. Neither may free it. */
  void (*emptied) (gpointer user_data);
  gpointer user_data;
} CsRouterWatcher;

/* At @router, seen from @own, an address of the interface @device. */
CsRouter *cs_router_new (const char *device,
                         CsAddress own,
                         CsAddress router,
                         const CsRouterWatcher *watcher);
void cs_router_free (CsRouter *self);
gboolean cs_router_is_at (const CsRouter *self,
                          const char *device,
                          CsAddress own,
                          CsAddress router);
gboolean cs_router_is_empty (const CsRouter *self);

void cs_router_add (CsRouter *self, const char *lan, guint8 protocol, guint16 port);
void cs_router_remove (CsRouter *self, const char *lan, guint8 protocol, guint16 port);
/* All of this LAN. */
void cs_router_remove_lan (CsRouter *self, const char *lan);

/* Has the router forget what an earlier process may have asked it for. */
void cs_router_release (CsRouter *self, const char *lan, guint8 protocol, guint16 port);

/* (nullable) */
const CsRouterMapping *
cs_router_find (const CsRouter *self, guint8 protocol, guint16 port);
/* Of the Internet; unset: not known. */
CsAddress cs_router_get_external (const CsRouter *self);
