/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What routers upstream do for port mappings: where an uplink's address is private, its
 * gateway is asked to lead the same ports here, so that they are reached from the
 * Internet. Of an uplink with a public address, or a share without mappings, nothing is
 * asked. */
#pragma once

#include "router-mapping.h"

#include "core/plan/plan-list.h"
#include "system/forwards/forwards.h"

typedef struct _CsUpstreams CsUpstreams;

typedef struct
{
  CsRouterMappingState state;
  guint16 port;       /* the router's, MAPPED only; of a range the first */
  guint16 last;       /* likewise the last */
  CsAddress external; /* MAPPED only */
} CsUpstream;

/* @changed: what cs_upstreams_find () says of @lan's mappings is different. */
CsUpstreams *cs_upstreams_new (CsForwards *forwards,
                               void (*changed) (const char *lan, gpointer user_data),
                               gpointer user_data);
/* Routers keep what they were asked for, for as long as they have said. */
void cs_upstreams_free (CsUpstreams *self);
/* @plan is what is shown of the shares now. */
void cs_upstreams_follow (CsUpstreams *self, const CsPlan *plan);

/* Has the routers of @plan's shares forget all mappings, whoever asked for them; until
 * then cs_upstreams_is_busy (). */
void cs_upstreams_release (CsUpstreams *self, const CsPlan *plan);
gboolean cs_upstreams_is_busy (const CsUpstreams *self);

/* FALSE: nothing is asked for this mapping. */
gboolean cs_upstreams_find (const CsUpstreams *self,
                            const char *lan,
                            const CsForward *forward,
                            CsUpstream *upstream);
/* Of the router behind @lan's uplink, if it is one of the Internet; unset: not known. */
CsAddress cs_upstreams_external_address (const CsUpstreams *self, const char *lan);
