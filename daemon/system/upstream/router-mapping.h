/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One port of the uplink's address, and the router's port that leads to it, as far as is
 * known. */
#pragma once

#include "router-times.h"

typedef enum
{
  CS_ROUTER_MAPPING_ASKING, /* no reply yet */
  CS_ROUTER_MAPPING_MAPPED,
  CS_ROUTER_MAPPING_PRIVATE, /* likewise, but the router has no address of the Internet */
  CS_ROUTER_MAPPING_REFUSED,
  CS_ROUTER_MAPPING_FULL,    /* the router has no room for it */
  CS_ROUTER_MAPPING_OFFLINE, /* the router has no network */
  CS_ROUTER_MAPPING_SILENT,  /* it speaks neither protocol */
} CsRouterMappingState;

typedef struct
{
  guint8 protocol; /* IPPROTO_TCP or IPPROTO_UDP */
  guint16 port;
  char *lan; /* (owned) whose it is */
  CsRouterMappingState state;
  guint16 external_port; /* MAPPED or PRIVATE, and so .external, which may be unset */
  CsAddress external;

  gboolean ending;  /* it is to go */
  gboolean granted; /* the router may have it */
  guint refusals;   /* in a row */
  gint64 due;       /* when the router is asked next */
  gint64 expires;   /* MAPPED or PRIVATE */
  gint64 slack;     /* how much earlier it may be renewed, together with others */
} CsRouterMapping;

CsRouterMapping *cs_router_mapping_new (const char *lan, guint8 protocol, guint16 port);
void cs_router_mapping_free (CsRouterMapping *self);

gboolean cs_router_mapping_works (const CsRouterMapping *self);
/* These return whether what others see of it has changed. */
gboolean cs_router_mapping_set_state (CsRouterMapping *self, CsRouterMappingState state);
/* @reply grants it; @external (may be unset): the router's address. */
gboolean cs_router_mapping_grant (CsRouterMapping *self,
                                  const CsRouterReply *reply,
                                  CsAddress external,
                                  gint64 now);
gboolean cs_router_mapping_refuse (CsRouterMapping *self,
                                   CsRouterResult result,
                                   guint32 lifetime,
                                   gint64 now);
/* The router has, or tells, another address. */
gboolean cs_router_mapping_move (CsRouterMapping *self, CsAddress external);

/* "mapped" and so on, for D-Bus. */
const char *cs_router_mapping_state_to_string (CsRouterMappingState state);
