/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value: a table of its fields, which copying, comparing and the ledger use, and
 * its words for users. */
#include "share-plan.h"

#include "core/value/fields.h"
#include "core/value/ifname.h"
#include "dbus/errors.h"

#include <string.h>

/* What the host depends on, and thus the ledger. */
static const CsField host_fields[] = {
  CS_FIELD (CsSharePlan, lan, "lan", STRING),
  CS_FIELD (CsSharePlan, uplink, "uplink", STRING),
  CS_FIELD (CsSharePlan, lan_ifindex, "lan-ifindex", NUMBER),
  CS_FIELD (CsSharePlan, uplink_ifindex, "uplink-ifindex", NUMBER),
  CS_FIELD (CsSharePlan, uplink_mtu, "uplink-mtu", NUMBER),
  CS_FIELD (CsSharePlan, uplink_addresses, "uplink-addresses", CIDRS),
  CS_FIELD (CsSharePlan, lan_method, "lan-method", NUMBER),
  CS_FIELD (CsSharePlan, address, "address", CIDR),
  CS_FIELD (CsSharePlan, subnets, "subnets", CIDRS),
  CS_FIELD (CsSharePlan, closed, "closed", BOOL),
  CS_FIELD (CsSharePlan, table, "table", NUMBER),
  CS_FIELD (CsSharePlan, routes, "routes", ROUTES),
  CS_FIELD (CsSharePlan, uplink_rules_shared, "uplink-led", BOOL),
  CS_FIELD (CsSharePlan, uplink_sealed, "uplink-sealed", BOOL),
  CS_FIELD (CsSharePlan, elsewhere, "elsewhere", CIDRS),
  CS_FIELD (CsSharePlan, former_uplinks, "former-uplinks", STRV),
  CS_FIELD (CsSharePlan, former_addresses, "former-addresses", CIDRS),
  CS_FIELD (CsSharePlan, left_networks, "left-networks", CIDRS),
  CS_FIELD (CsSharePlan, left_uplink, "left-uplink", STRING),
  CS_FIELD (CsSharePlan, host_forwards, "host-forwards", BOOL),
  CS_FIELD (CsSharePlan, publishes, "publishes", BOOL),
  CS_FIELD (CsSharePlan, displaced, "displaced", NUMBER),
  CS_FIELD (CsSharePlan, allow_rebind, "allow-rebind", STRV),
  CS_FIELD (CsSharePlan, host_name, "host-name", STRING),
  CS_FIELD (CsSharePlan, domain, "domain", STRING),
  CS_FIELD (CsSharePlan, reservations, "reservations", STRV),
  CS_FIELD (CsSharePlan, blocked, "blocked", STRV),
  CS_FIELD (CsSharePlan, limit, "limit", SIZE),
  CS_FIELD (CsSharePlan, limit_month, "limit-month", NUMBER),
  CS_FIELD (CsSharePlan, rate, "rate", SIZE),
  CS_FIELD (CsSharePlan, max_clients, "max-clients", NUMBER),
  CS_FIELD (CsSharePlan, dhcp_options, "dhcp-options", STRV),
  CS_FIELD (CsSharePlan, maps, "maps", BOOL),
  CS_FIELD (CsSharePlan, upnp, "upnp", BOOL),
  CS_FIELD (CsSharePlan, metered, "metered", BOOL),
  CS_FIELD (CsSharePlan, dns_port, "dns-port", NUMBER),
  CS_FIELD (CsSharePlan, lan_mtu, "lan-mtu", NUMBER),
  CS_FIELD (CsSharePlan, dns, "dns", ADDRESSES),
  CS_FIELD (CsSharePlan, dial, "dial", STRING),
  CS_FIELD (CsSharePlan, open, "open", PLACES),
  CS_FIELD (CsSharePlan, zone, "zone", STRING),
  CS_FIELD (CsSharePlan, found_zone, "found-zone", STRING),
  CS_FIELD (CsSharePlan, lan_taken, "lan-taken", NUMBER),
  CS_FIELD (CsSharePlan, found_connection, "found-connection", STRING),
  CS_FIELD (CsSharePlan, found_link_down, "found-link-down", BOOL),
  CS_FIELD (CsSharePlan, found_address, "found-address", BOOL),
  CS_FIELD (CsSharePlan, found_lan_forwarding, "found-lan-forwarding", STRING),
  CS_FIELD (CsSharePlan, found_uplink_forwarding, "found-uplink-forwarding", STRING),
  CS_FIELD (CsSharePlan, found_uplink_rp_filter, "found-uplink-rp-filter", STRING),
  CS_FIELD (CsSharePlan, found_src_valid_mark, "found-src-valid-mark", STRING),
  CS_FIELD (CsSharePlan, hotspot.ssid, "hotspot-ssid", STRING),
  CS_FIELD (CsSharePlan, hotspot.passphrase, "hotspot-passphrase", SECRET),
  CS_FIELD (CsSharePlan, hotspot.security, "hotspot-security", NUMBER),
  CS_FIELD (CsSharePlan, hotspot.band, "hotspot-band", NUMBER),
  CS_FIELD (CsSharePlan, hotspot.channel, "hotspot-channel", NUMBER),
  CS_FIELD (CsSharePlan, hotspot.hidden, "hotspot-hidden", BOOL),
  CS_FIELD (CsSharePlan, hotspot.isolate, "hotspot-isolate", BOOL),
  CS_FIELD (CsSharePlan, ipv6.extended, "ipv6-extended", CIDRS),
  CS_FIELD (CsSharePlan, ipv6.kept, "ipv6-kept", CIDRS),
  CS_FIELD (CsSharePlan, ipv6.displaced, "ipv6-displaced", NUMBER),
  CS_FIELD (CsSharePlan, ipv6.mode, "ipv6-mode", NUMBER),
  CS_FIELD (CsSharePlan, ipv6.addresses, "ipv6-addresses", CIDRS),
  CS_FIELD (CsSharePlan, ipv6.deprecated, "ipv6-deprecated", CIDRS),
  CS_FIELD (CsSharePlan, ipv6.left_uplink, "ipv6-left-uplink", STRING),
  CS_FIELD (CsSharePlan, ipv6.left_forwarding, "ipv6-left-forwarding", BOOL),
  CS_FIELD (CsSharePlan, ipv6.farewell, "ipv6-farewell", BOOL),
  CS_FIELD (CsSharePlan, ipv6.asks, "ipv6-asks", BOOL),
  CS_FIELD (CsSharePlan, ipv6.found_lan_disabled, "found-lan-disable-ipv6", STRING),
  CS_FIELD (CsSharePlan, ipv6.found_lan_accept_ra, "found-lan-accept-ra", STRING),
  CS_FIELD (CsSharePlan, ipv6.found_lan_forced, "found-lan-force-forwarding", STRING),
  CS_FIELD (CsSharePlan, ipv6.found_lan_forwarding, "found-lan-forwarding6", STRING),
  CS_FIELD (CsSharePlan,
            ipv6.found_uplink_forced,
            "found-uplink-force-forwarding",
            STRING),
  CS_FIELD (CsSharePlan,
            ipv6.found_uplink_forwarding,
            "found-uplink-forwarding6",
            STRING),
  CS_FIELD (CsSharePlan, ipv6.found_uplink_proxy_ndp, "found-uplink-proxy-ndp", STRING),
  CS_FIELD (CsSharePlan,
            ipv6.found_uplink_proxy_delay,
            "found-uplink-proxy-delay",
            STRING),
  CS_FIELD (CsSharePlan, ipv6.found_all_forwarding, "found-all-forwarding6", STRING),
  CS_FIELD (CsSharePlan, ipv6.raised, "raised-accept-ra", STRV),
  { NULL },
};

/* What by itself changes nothing on the host: for users, for the next plan, and for
 * how a step proceeds. */
static const CsField shown_fields[] = {
  CS_FIELD (CsSharePlan, lan_wireless, "lan-wireless", BOOL),
  CS_FIELD (CsSharePlan, better, "better", STRING),
  CS_FIELD (CsSharePlan, better_since, "better-since", TIME),
  CS_FIELD (CsSharePlan, damping.ifindex, "settle-ifindex", NUMBER),
  CS_FIELD (CsSharePlan, damping.lost, "settle-lost", TIME),
  CS_FIELD (CsSharePlan, damping.unrest, "settle-unrest", TIME),
  CS_FIELD (CsSharePlan, damping.details, "settle-details", TIME),
  CS_FIELD (CsSharePlan, asked_again, "renewed", BOOL),
  CS_FIELD (CsSharePlan, blocked_by, "blocked-by", STRV),
  CS_FIELD (CsSharePlan, ports_blocked_by, "ports-blocked-by", STRING),
  CS_FIELD (CsSharePlan, ports_blocked_by6, "ports-blocked-by6", STRING),
  CS_FIELD (CsSharePlan, ipv6.blocked, "ipv6-blocked", BOOL),
  CS_FIELD (CsSharePlan, ipv6.deprecated_since, "ipv6-deprecated-since", TIME),
  CS_FIELD (CsSharePlan, state, "state", NUMBER),
  CS_FIELD (CsSharePlan, reason, "reason", NUMBER),
  CS_FIELD (CsSharePlan, message, "message", STRING),
  { NULL },
};

CsSharePlan *
cs_share_plan_new (const char *lan)
{
  CsSharePlan *plan = g_new0 (CsSharePlan, 1);

  g_atomic_ref_count_init (&plan->references);
  cs_fields_init (host_fields, plan);
  cs_fields_init (shown_fields, plan);
  plan->lan = g_strdup (lan);
  plan->state = CS_STATE_STARTING;
  plan->message = g_strdup ("");
  return plan;
}

CsSharePlan *
cs_share_plan_ref (CsSharePlan *plan)
{
  if (plan)
    g_atomic_ref_count_inc (&plan->references);
  return plan;
}

CsSharePlan *
cs_share_plan_copy (const CsSharePlan *plan)
{
  CsSharePlan *copy = cs_share_plan_new (plan->lan);

  cs_fields_copy (host_fields, plan, copy);
  cs_fields_copy (shown_fields, plan, copy);
  copy->error = plan->error ? g_error_copy (plan->error) : NULL;
  return copy;
}

CsSharePlan *
cs_share_plan_restate (const CsSharePlan *plan, const CsSharePlan *words)
{
  CsSharePlan *copy = cs_share_plan_new (plan->lan);

  cs_fields_copy (host_fields, plan, copy);
  cs_fields_copy (shown_fields, words, copy);
  return copy;
}

CsSharePlan *
cs_share_plan_without_clients (const CsSharePlan *plan)
{
  CsSharePlan *copy = cs_share_plan_copy (plan);

  g_clear_pointer (&copy->blocked, g_strfreev);
  g_clear_pointer (&copy->reservations, g_strfreev);
  return copy;
}

CsSharePlan *
cs_share_plan_close (const CsSharePlan *plan)
{
  CsSharePlan *closed = cs_share_plan_new (plan->lan);

  closed->closed = TRUE;
  closed->lan_ifindex = plan->lan_ifindex;
  closed->lan_taken = plan->lan_taken;
  closed->table = plan->table;
  closed->displaced = plan->displaced;
  g_free (closed->message);
  closed->message
      = g_strdup_printf ("clients of %s are refused until it is shared", plan->lan);
  return closed;
}

const CsSharePlan *
cs_share_plan_applied (const CsSharePlan *plan)
{
  return plan && (!plan->error || plan->closed) ? plan : NULL;
}

gboolean
cs_share_plan_guards (const CsSharePlan *plan)
{
  return plan->lan_taken != CS_LAN_TAKEN_OTHERS;
}

gboolean
cs_share_plan_has_way_out (const CsSharePlan *plan, int family)
{
  for (guint i = 0; plan->uplink && i < plan->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (plan->routes, CsRoute, i);

      if (route->ifindex == plan->uplink_ifindex
          && route->destination.address.family == family)
        return TRUE;
    }
  return FALSE;
}

gboolean
cs_share_plan_serves (const CsSharePlan *plan)
{
  return plan->lan_method == CS_LAN_METHOD_PROFILE
         || plan->lan_method == CS_LAN_METHOD_ADDRESS;
}

gboolean
cs_share_plan_resolves (const CsSharePlan *plan)
{
  return cs_share_plan_serves (plan)
         || (plan->lan_method == CS_LAN_METHOD_KEEP && plan->address.prefix != 0);
}

const CsAddress *
cs_share_plan_own_server (const CsSharePlan *plan)
{
  for (guint i = 0; i < plan->dns->len; i++)
    {
      const CsAddress *server = &g_array_index (plan->dns, CsAddress, i);

      if (cs_address_is_loopback (*server))
        return server;
    }
  return NULL;
}

gboolean
cs_share_plan_guards_uplink (const CsSharePlan *plan)
{
  return cs_share_plan_forwards (plan) && plan->found_uplink_forwarding
         && cs_share_plan_guards (plan);
}

gboolean
cs_share_plan_publishes (const CsSharePlan *plan)
{
  return cs_share_plan_guards (plan) && plan->publishes;
}

gboolean
cs_share_plan_maps (const CsSharePlan *plan)
{
  return plan->maps && !plan->closed && plan->uplink && cs_share_plan_guards (plan);
}

/* Networks of one or two addresses have neither of these (RFC 3021). */
static gboolean
is_network_or_broadcast (CsCidr network, CsAddress address)
{
  return network.prefix < 31
         && (cs_address_equal (cs_cidr_network (network).address, address)
             || cs_address_equal (cs_cidr_last (network), address));
}

gboolean
cs_share_plan_can_hold (const CsSharePlan *plan, CsAddress address)
{
  if (cs_address_equal (plan->address.address, address)
      || cs_cidrs_contain (plan->elsewhere, address))
    return FALSE;
  for (guint i = 0; i < plan->subnets->len; i++)
    {
      CsCidr network = g_array_index (plan->subnets, CsCidr, i);

      if (cs_cidr_contains (network, address))
        return !is_network_or_broadcast (network, address);
    }
  return FALSE;
}

gboolean
cs_share_plan_forwards (const CsSharePlan *plan)
{
  return plan->uplink && plan->lan_method != CS_LAN_METHOD_ABSENT;
}

gboolean
cs_share_plan_equal (const CsSharePlan *a, const CsSharePlan *b)
{
  const CsSharePlan *applied_a = cs_share_plan_applied (a);
  const CsSharePlan *applied_b = cs_share_plan_applied (b);

  if (!applied_a || !applied_b || applied_a == applied_b)
    return applied_a == applied_b;
  return cs_fields_equal (host_fields, applied_a, applied_b);
}

gboolean
cs_share_plan_same (const CsSharePlan *a, const CsSharePlan *b)
{
  return a == b
         || (!a->error && !b->error && cs_fields_equal (host_fields, a, b)
             && cs_fields_equal (shown_fields, a, b));
}

void
cs_share_plan_unref (CsSharePlan *plan)
{
  if (!plan || !g_atomic_ref_count_dec (&plan->references))
    return;
  cs_fields_clear (host_fields, plan);
  cs_fields_clear (shown_fields, plan);
  g_clear_error (&plan->error);
  g_free (plan);
}

void
cs_share_plan_to_key_file (const CsSharePlan *plan, GKeyFile *file, const char *group)
{
  cs_fields_to_key_file (host_fields, plan, file, group);
}

gboolean
cs_share_plan_read_fields (CsSharePlan *plan,
                           GKeyFile *file,
                           const char *group,
                           GError **error)
{
  return cs_fields_from_key_file (host_fields, plan, file, group, error);
}

const char *
cs_state_to_string (CsState state)
{
  switch (state)
    {
    case CS_STATE_ACTIVE:
      return "active";
    case CS_STATE_WAITING:
      return "waiting";
    case CS_STATE_FAILED:
      return "failed";
    case CS_STATE_STARTING:
      break;
    }
  return "starting";
}
