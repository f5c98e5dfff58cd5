/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of conditions, each with the key of the field that it is about. A ledger counts
 * as hostile, as whoever wrote it may have been another version. */
#include "ledger-plan.h"

#include "core/value/client-choices.h"
#include "core/value/dhcp-option.h"
#include "core/value/domain.h"
#include "core/value/ifname.h"
#include "core/value/reservation.h"
#include "dbus/errors.h"

#include <string.h>

/* NULL or a single digit from 0 to @max. */
static gboolean
is_digit (const char *text, char max)
{
  return !text || (text[0] >= '0' && text[0] <= max && text[1] == '\0');
}

static gboolean
is_number (const char *text)
{
  return !text || (text[0] && strlen (text) < 10 && !text[strspn (text, "0123456789")]);
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
    { are_left (plan->ipv6.kept), "ipv6-kept" },
    { plan->ipv6.displaced < CS_SKIP_RULE_PRIORITY, "ipv6-displaced" },
    { is_digit (plan->ipv6.found_lan_disabled, '1'), "found-lan-disable-ipv6" },
    { is_digit (plan->ipv6.found_lan_accept_ra, '2'), "found-lan-accept-ra" },
    { is_digit (plan->ipv6.found_lan_forced, '1'), "found-lan-force-forwarding" },
    { is_digit (plan->ipv6.found_lan_forwarding, '1'), "found-lan-forwarding6" },
    { is_digit (plan->ipv6.found_uplink_forced, '1'), "found-uplink-force-forwarding" },
    { is_digit (plan->ipv6.found_uplink_forwarding, '1'), "found-uplink-forwarding6" },
    { is_digit (plan->ipv6.found_uplink_proxy_ndp, '1'), "found-uplink-proxy-ndp" },
    { is_number (plan->ipv6.found_uplink_proxy_delay), "found-uplink-proxy-delay" },
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

  if (!cs_share_plan_read_fields (plan, file, group, error)
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
