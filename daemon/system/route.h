/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "routes": the share's own routing table and the policy rules that lead to it.
 */
#pragma once

#include "engine/step.h"

/* Marks our rules and routes ("proto 137" in the words of ip(8)). The kernel gives no
 * meaning to numbers from RTPROT_STATIC on, and neither linux/rtnetlink.h nor iproute2's
 * rt_protos gives this one to anybody else. */
#define CS_ROUTE_PROTOCOL 137

#define CS_TYPE_ROUTE_STEP (cs_route_step_get_type ())
G_DECLARE_FINAL_TYPE (CsRouteStep, cs_route_step, CS, ROUTE_STEP, GObject)

CsStep *cs_route_step_new (void);
