/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps.h"

#include "system/delegation/delegation.h"
#include "system/dnsmasq/dnsmasq.h"
#include "system/filters/foreign-firewall.h"
#include "system/forwards/forwards-step.h"
#include "system/lan/bounce.h"
#include "system/lan/lan-ipv6.h"
#include "system/lan/lan.h"
#include "system/neighbors/nd-proxy.h"
#include "system/nft/nft.h"
#include "system/nm/dial.h"
#include "system/radvd/radvd.h"
#include "system/routing/conntrack.h"
#include "system/routing/route.h"
#include "system/routing/sysctl.h"

#include "config.h"

GPtrArray *
cs_steps_new (CsNetworkManager *nm,
              CsFirewalld *firewalld,
              CsOpeningLog *openings,
              CsDelegations *delegations,
              CsForwards *forwards,
              CsStep *portd,
              GDBusConnection *connection)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_step_unref);

  /* The filter comes first, so that it is in place before a packet can flow; what
   * clients do not wait for comes last. */
  g_ptr_array_add (steps, cs_nft_step_new ());
  g_ptr_array_add (steps, cs_forwards_step_new (forwards));
  g_ptr_array_add (steps, cs_foreign_firewall_step_new (firewalld, openings));
  g_ptr_array_add (steps, cs_lan_step_new (nm));
  g_ptr_array_add (steps, cs_lan_ipv6_step_new ());
  g_ptr_array_add (steps, cs_nd_proxy_step_new ());
  g_ptr_array_add (steps, cs_route_step_new ());
  g_ptr_array_add (steps, cs_sysctl_step_new ());
  g_ptr_array_add (steps, cs_dnsmasq_step_new (CS_RUNTIME_DIR, connection));
  g_ptr_array_add (steps, cs_radvd_step_new (CS_RUNTIME_DIR));
  g_ptr_array_add (steps, cs_delegation_step_new (delegations));
  g_ptr_array_add (steps, cs_step_ref (portd));
  g_ptr_array_add (steps, cs_conntrack_step_new ());
  g_ptr_array_add (steps, cs_bounce_step_new ());
  g_ptr_array_add (steps, cs_dial_step_new (nm));
  return steps;
}
