/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that makes the kernel forget a client's flows by an uplink that is no longer
 * the share's, or from a network that the LAN has left. Masquerade gives a flow its
 * address once. The kernel drops such flows when their interface or address goes and,
 * where a better uplink takes over while the old one stays, each as its client sends the
 * next packet (nf_nat_oif_changed ()), which is lost; this step is for those whose client
 * does not send, but waits for an answer that would come by the old uplink. */
#pragma once

#include "engine/step.h"

#define CS_TYPE_CONNTRACK_STEP (cs_conntrack_step_get_type ())
G_DECLARE_FINAL_TYPE (CsConntrackStep, cs_conntrack_step, CS, CONNTRACK_STEP, GObject)

CsStep *cs_conntrack_step_new (void);
