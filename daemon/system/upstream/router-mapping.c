/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "router-mapping.h"

/* Of its lifetime. */
#define SLACK 16

CsRouterMapping *
cs_router_mapping_new (const char *lan, guint8 protocol, guint16 port)
{
  CsRouterMapping *self = g_new0 (CsRouterMapping, 1);

  self->lan = g_strdup (lan);
  self->protocol = protocol;
  self->port = port;
  return self;
}

void
cs_router_mapping_free (CsRouterMapping *self)
{
  g_free (self->lan);
  g_free (self);
}

gboolean
cs_router_mapping_works (const CsRouterMapping *self)
{
  return self->state == CS_ROUTER_MAPPING_MAPPED
         || self->state == CS_ROUTER_MAPPING_PRIVATE;
}

gboolean
cs_router_mapping_set_state (CsRouterMapping *self, CsRouterMappingState state)
{
  gboolean changes = self->state != state;

  self->state = state;
  return changes;
}

gboolean
cs_router_mapping_move (CsRouterMapping *self, CsAddress external)
{
  gboolean moves = !cs_address_equal (self->external, external);
  gboolean hidden = !cs_address_is_set (external) || cs_address_is_private (external);

  if (!cs_router_mapping_works (self))
    return FALSE;
  self->external = external;
  return cs_router_mapping_set_state (self, hidden ? CS_ROUTER_MAPPING_PRIVATE
                                                   : CS_ROUTER_MAPPING_MAPPED)
         || moves;
}

gboolean
cs_router_mapping_grant (CsRouterMapping *self,
                         const CsRouterReply *reply,
                         CsAddress external,
                         gint64 now)
{
  guint32 lifetime
      = CLAMP (reply->lifetime, CS_ROUTER_MIN_LIFETIME, CS_ROUTER_MAX_LIFETIME);
  gboolean changes
      = !cs_router_mapping_works (self) || self->external_port != reply->external_port;

  self->granted = TRUE;
  self->refusals = 0;
  self->expires = now + lifetime * CS_ROUTER_SECOND;
  self->due = now + cs_router_renew_after (lifetime);
  self->slack = lifetime * CS_ROUTER_SECOND / SLACK;
  self->external_port = reply->external_port;
  if (changes)
    self->state = CS_ROUTER_MAPPING_MAPPED;
  return cs_router_mapping_move (self, external) || changes;
}

static CsRouterMappingState
state_of_result (CsRouterResult result)
{
  if (result == CS_ROUTER_FULL)
    return CS_ROUTER_MAPPING_FULL;
  return result == CS_ROUTER_OFFLINE ? CS_ROUTER_MAPPING_OFFLINE
                                     : CS_ROUTER_MAPPING_REFUSED;
}

gboolean
cs_router_mapping_refuse (CsRouterMapping *self,
                          CsRouterResult result,
                          guint32 lifetime,
                          gint64 now)
{
  self->refusals++;
  self->due = now + cs_router_ask_after_refusal (self->refusals, lifetime);
  self->slack = 0;
  return cs_router_mapping_set_state (self, state_of_result (result));
}

const char *
cs_router_mapping_state_to_string (CsRouterMappingState state)
{
  static const char *const words[]
      = { "asking", "mapped", "private", "refused", "full", "offline", "silent" };

  return words[state];
}
