/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value: a table of its fields, which copying, comparing and the ledger use, the
 * checks on a ledger that is read, and its words for users. */
#include "share-plan.h"

#include "core/value/dhcp-option.h"
#include "core/value/domain.h"
#include "core/value/fields.h"
#include "core/value/ifname.h"
#include "core/value/client-choices.h"
#include "core/value/reservation.h"
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
  CS_FIELD (CsSharePlan, ipv6.displaced, "ipv6-displaced", NUMBER),
  CS_FIELD (CsSharePlan, ipv6.mode, "ipv6-mode", NUMBER),
  CS_FIELD (CsSharePlan, ipv6.addresses, "ipv6-addresses", CIDRS),
  CS_FIELD (CsSharePlan, ipv6.deprecated, "ipv6-deprecated", CIDRS),
  CS_FIELD (CsSharePlan, ipv6.left_uplink, "ipv6-left-uplink", STRING),
  CS_FIELD (CsSharePlan, ipv6.left_forwarding, "ipv6-left-forwarding", BOOL),
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

/* NULL or a single digit from 0 to @max. */
static gboolean
is_digit (const char *text, char max)
{
  return !text || (text[0] >= '0' && text[0] <= max && text[1] == '\0');
}

static gboolean
are_servers (const GArray *dns)
{
  for (guint i = 0; i < dns->len; i++)
    {
      CsAddress server = g_array_index (dns, CsAddress, i);

      if (!cs_address_is_remote (server) && !cs_address_is_loopback (server))
        return FALSE;
    }
  return TRUE;
}

static gboolean
are_domains (char **domains)
{
  for (; domains && *domains; domains++)
    if (!cs_domain_is_valid (*domains))
      return FALSE;
  return TRUE;
}

static gboolean
is_ipv4 (CsCidr cidr)
{
  return cidr.address.family == AF_INET;
}

static gboolean
are_own_addresses (const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      CsCidr address = g_array_index (addresses, CsCidr, i);

      if (!cs_cidr_is_address (address) || !cs_address_is_set (address.address))
        return FALSE;
    }
  return TRUE;
}

static guint
count (char **words)
{
  return words ? g_strv_length (words) : 0;
}

/* Ours lead to the uplink or, with keep-lan, behind the LAN. */
static gboolean
are_own_routes (const CsSharePlan *plan)
{
  for (guint i = 0; i < plan->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (plan->routes, CsRoute, i);

      if (route->table != plan->table || route->ifindex == 0
          || (route->ifindex != plan->lan_ifindex
              && route->ifindex != plan->uplink_ifindex))
        return FALSE;
    }
  return TRUE;
}

/* Networks, none within another, as a set of nft requires. */
static gboolean
are_disjoint (const GArray *networks)
{
  for (guint i = 0; i < networks->len; i++)
    {
      CsCidr network = g_array_index (networks, CsCidr, i);

      if (!is_ipv4 (network) || network.prefix < 8
          || !cs_cidr_equal (network, cs_cidr_network (network)))
        return FALSE;
      for (guint k = 0; k < i; k++)
        if (cs_cidr_overlaps (network, g_array_index (networks, CsCidr, k)))
          return FALSE;
    }
  return TRUE;
}

/* Likewise, of both families. */
static gboolean
are_left (const GArray *networks)
{
  g_autoptr (GArray) ipv4 = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  for (guint i = 0; i < networks->len; i++)
    {
      CsCidr network = g_array_index (networks, CsCidr, i);

      if (is_ipv4 (network))
        g_array_append_val (ipv4, network);
      else if (network.prefix != 64
               || !cs_cidr_equal (network, cs_cidr_network (network)))
        return FALSE;
    }
  return are_disjoint (ipv4);
}

/* With an address, just its network. */
static gboolean
are_own_subnets (const CsSharePlan *plan)
{
  if (!are_disjoint (plan->subnets))
    return FALSE;
  return plan->address.prefix == 0
         || (plan->subnets->len == 1
             && cs_cidr_equal (g_array_index (plan->subnets, CsCidr, 0),
                               cs_cidr_network (plan->address)));
}

/* Each in a network of its own. */
static gboolean
are_gateways (const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      CsCidr address = g_array_index (addresses, CsCidr, i);

      if (address.address.family != AF_INET6 || address.prefix != 64
          || !cs_address_is_remote (address.address)
          || cs_address_is_link_local (address.address))
        return FALSE;
      for (guint k = 0; k < i; k++)
        if (cs_cidr_overlaps (address, g_array_index (addresses, CsCidr, k)))
          return FALSE;
    }
  return TRUE;
}

/* Or "default". */
static gboolean
are_interfaces (char **names)
{
  for (; names && *names; names++)
    if (!g_str_equal (*names, "default") && !cs_ifname_check (*names, "interface", NULL))
      return FALSE;
  return TRUE;
}

static gboolean
is_own_hotspot (const CsHotspot *hotspot)
{
  if (!hotspot->ssid)
    return !hotspot->passphrase;
  return cs_ssid_is_valid (hotspot->ssid) && hotspot->security <= CS_SECURITY_OPEN
         && hotspot->band <= CS_BAND_5GHZ
         && (hotspot->security == CS_SECURITY_OPEN) == !hotspot->passphrase
         && (!hotspot->passphrase || cs_passphrase_is_valid (hotspot->passphrase, TRUE))
         && (hotspot->channel == 0
             || cs_band_of_channel (hotspot->channel) == hotspot->band);
}

/* The key of the first field with a value that no plan of ours has, or NULL. Names are
 * checked separately, for their errors. */
static const char *
find_flaw (const CsSharePlan *plan)
{
  const struct
  {
    gboolean ok;
    const char *key;
  } checks[] = {
    { plan->lan_ifindex >= 0, "lan-ifindex" },
    { plan->uplink_ifindex >= 0 && (plan->uplink_ifindex == 0) == !plan->uplink,
      "uplink-ifindex" },
    { are_own_addresses (plan->uplink_addresses)
          && (plan->uplink || plan->uplink_addresses->len == 0),
      "uplink-addresses" },
    { are_own_addresses (plan->former_addresses)
          && plan->former_addresses->len == count (plan->former_uplinks),
      "former-addresses" },
    { plan->lan_method <= CS_LAN_METHOD_ADDRESS, "lan-method" },
    { plan->lan_taken <= CS_LAN_TAKEN_UNAVAILABLE, "lan-taken" },
    { plan->address.prefix == 0 || cs_cidr_check_gateway (plan->address, NULL),
      "address" },
    { plan->address.prefix != 0 || !cs_share_plan_serves (plan), "address" },
    { are_own_subnets (plan), "subnets" },
    { are_disjoint (plan->elsewhere), "elsewhere" },
    { are_left (plan->left_networks), "left-networks" },
    { is_own_hotspot (&plan->hotspot), "hotspot-ssid" },
    { cs_table_is_a_shares (plan->table), "table" },
    { plan->displaced < CS_SKIP_RULE_PRIORITY, "displaced" },
    { are_own_routes (plan), "routes" },
    { plan->dns_port <= G_MAXUINT16, "dns-port" },
    { are_servers (plan->dns), "dns" },
    { are_domains (plan->allow_rebind), "allow-rebind" },
    { !plan->host_name || cs_domain_is_valid (plan->host_name), "host-name" },
    { !plan->domain || cs_domain_is_valid (plan->domain), "domain" },
    { cs_reservations_check (plan->reservations, NULL), "reservations" },
    { cs_blocked_check (plan->blocked, NULL), "blocked" },
    { cs_dhcp_options_check (plan->dhcp_options, NULL), "dhcp-options" },
    { !plan->zone || g_str_equal (plan->zone, CS_FIREWALLD_ZONE), "zone" },
    { plan->zone || !plan->found_zone, "found-zone" },
    { !plan->dial || g_uuid_string_is_valid (plan->dial), "dial" },
    { !plan->found_connection || g_uuid_string_is_valid (plan->found_connection),
      "found-connection" },
    { is_digit (plan->found_lan_forwarding, '1'), "found-lan-forwarding" },
    { is_digit (plan->found_uplink_forwarding, '1'), "found-uplink-forwarding" },
    { is_digit (plan->found_uplink_rp_filter, '2'), "found-uplink-rp-filter" },
    { is_digit (plan->found_src_valid_mark, '1'), "found-src-valid-mark" },
    { plan->ipv6.mode < CS_IPV6_AUTO, "ipv6-mode" },
    { are_gateways (plan->ipv6.addresses), "ipv6-addresses" },
    { are_gateways (plan->ipv6.deprecated), "ipv6-deprecated" },
    { are_left (plan->ipv6.extended), "ipv6-extended" },
    { plan->ipv6.displaced < CS_SKIP_RULE_PRIORITY, "ipv6-displaced" },
    { is_digit (plan->ipv6.found_lan_disabled, '1'), "found-lan-disable-ipv6" },
    { is_digit (plan->ipv6.found_lan_accept_ra, '2'), "found-lan-accept-ra" },
    { is_digit (plan->ipv6.found_lan_forced, '1'), "found-lan-force-forwarding" },
    { is_digit (plan->ipv6.found_lan_forwarding, '1'), "found-lan-forwarding6" },
    { is_digit (plan->ipv6.found_uplink_forced, '1'), "found-uplink-force-forwarding" },
    { is_digit (plan->ipv6.found_uplink_forwarding, '1'), "found-uplink-forwarding6" },
    { is_digit (plan->ipv6.found_uplink_proxy_ndp, '1'), "found-uplink-proxy-ndp" },
    { is_digit (plan->ipv6.found_all_forwarding, '1'), "found-all-forwarding6" },
    { are_interfaces (plan->ipv6.raised), "raised-accept-ra" },
    { plan->uplink || (!plan->found_uplink_forwarding && !plan->found_uplink_rp_filter),
      "uplink" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    if (!checks[i].ok)
      return checks[i].key;
  return NULL;
}

static gboolean
check_uplinks (char **names, GError **error)
{
  for (; names && *names; names++)
    if (!cs_ifname_check (*names, "uplink", error))
      return FALSE;
  return TRUE;
}

CsSharePlan *
cs_share_plan_from_key_file (GKeyFile *file, const char *group, GError **error)
{
  g_autoptr (CsSharePlan) plan = cs_share_plan_new ("");
  const char *flaw;

  if (!cs_fields_from_key_file (host_fields, plan, file, group, error)
      || !cs_ifname_check (plan->lan, "LAN", error)
      || !check_uplinks (plan->former_uplinks, error)
      || (plan->left_uplink && !cs_ifname_check (plan->left_uplink, "uplink", error))
      || (plan->ipv6.left_uplink
          && !cs_ifname_check (plan->ipv6.left_uplink, "uplink", error))
      || (plan->uplink && !cs_ifname_check (plan->uplink, "uplink", error)))
    return NULL;
  flaw = find_flaw (plan);
  if (flaw)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "invalid value for \"%s\" in the group [%s]", flaw, group);
      return NULL;
    }
  return g_steal_pointer (&plan);
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
