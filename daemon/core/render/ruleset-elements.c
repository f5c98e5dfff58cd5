/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each entry is a value in the words of nft(8), so that those of two shares can be
 * compared. */
#include "ruleset-elements.h"

#include "core/plan/ipv6.h"
#include "core/value/ifname.h"

#define PAIR CS_IFINDEX_FORMAT " . " CS_IFINDEX_FORMAT

gboolean
cs_ruleset_clamps (const CsSharePlan *share)
{
  return share->uplink_mtu > CS_TCP_HEADERS;
}

gboolean
cs_ruleset_clamps6 (const CsSharePlan *share)
{
  return share->uplink_mtu > CS_TCP_HEADERS6;
}

GArray *
cs_ruleset_list_leaving6 (const CsSharePlan *share)
{
  GArray *networks = cs_share_plan_own_sources6 (share);
  g_autoptr (GArray) masqueraded = cs_share_plan_masqueraded6 (share);

  g_array_append_vals (networks, masqueraded->data, masqueraded->len);
  return networks;
}

gboolean
cs_ruleset_has_short_path (const CsSharePlan *share)
{
  return cs_share_plan_guards (share) && !share->rate && !share->limit
         && share->uplink_ifindex && share->lan_ifindex;
}

static void
element_free (gpointer data)
{
  CsElement *element = data;

  g_free (element->value);
  g_free (element);
}

GPtrArray *
cs_ruleset_new_elements (void)
{
  return g_ptr_array_new_with_free_func (element_free);
}

gboolean
cs_ruleset_has_element (const GPtrArray *elements, const CsElement *element)
{
  for (guint i = 0; i < elements->len; i++)
    {
      const CsElement *other = elements->pdata[i];

      if (g_str_equal (other->set, element->set)
          && g_str_equal (other->value, element->value))
        return TRUE;
    }
  return FALSE;
}

/* An uplink that returns, or another one, may have the address of the previous one. */
static void G_GNUC_PRINTF (3, 4)
    add (GPtrArray *elements, const char *set, const char *format, ...)
{
  CsElement *element = g_new (CsElement, 1);
  va_list arguments;

  element->set = set;
  va_start (arguments, format);
  element->value = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (cs_ruleset_has_element (elements, element))
    element_free (element);
  else
    g_ptr_array_add (elements, element);
}

static void
add_flow_elements (GPtrArray *elements,
                   const CsSharePlan *share,
                   const char *id,
                   gboolean ipv6)
{
  int lan = share->lan_ifindex, uplink = share->uplink_ifindex;
  gboolean clamps = ipv6 ? cs_ruleset_clamps6 (share) : cs_ruleset_clamps (share);
  const char *flows = ipv6 ? "flows6" : "flows", *six = ipv6 ? "6" : "";
  g_autofree char *sent = g_strdup_printf (PAIR, lan, uplink);
  g_autofree char *received = g_strdup_printf (PAIR, uplink, lan);

  add (elements, "inward", "%s", received);
  add (elements, flows, "established . %s : jump flow%s_%s", sent, six, id);
  if (clamps)
    add (elements, flows, "established . %s : jump in%s_%s", received, six, id);
  else
    add (elements, "answers", "ipv%s . %s : \"received_%s\"", ipv6 ? "6" : "4", received,
         id);
}

static gboolean
is_ipv6 (CsCidr cidr)
{
  return cidr.address.family == AF_INET6;
}

static void
add_address_elements (GPtrArray *elements, const char *uplink, CsCidr address)
{
  g_autofree char *text = cs_address_to_string (address.address);
  gboolean ipv6 = is_ipv6 (address);

  add (elements, ipv6 ? "uplink_addresses6" : "uplink_addresses", "%s", text);
  add (elements, ipv6 ? "uplink_paths6" : "uplink_paths", "%s . \"%s\"", text, uplink);
}

/* What the host forwards of IPv6 only because of shares. */
static void
add_guard6_elements (GPtrArray *elements, const CsSharePlan *share)
{
  if (cs_share_plan_guards_uplink6 (share))
    add (elements, "uplinks6", "\"%s\"", share->uplink);
  if (share->ipv6.left_uplink)
    add (elements, "uplinks6", "\"%s\"", share->ipv6.left_uplink);
  if (share->ipv6.found_all_forwarding || share->ipv6.left_forwarding)
    add (elements, "strangers6", "ipv6 : drop");
}

/* Other shares may have the same uplink. */
static void
add_mapped_elements (GPtrArray *elements, const CsSharePlan *share, const char *from)
{
  for (guint i = 0; cs_share_plan_maps (share) && i < share->uplink_addresses->len; i++)
    {
      CsAddress address = g_array_index (share->uplink_addresses, CsCidr, i).address;
      g_autofree char *text = cs_address_to_string (address);

      if (address.family == AF_INET)
        add (elements, "forward_paths", "%s . \"%s\"", text, from);
    }
}

void
cs_ruleset_add_uplink_elements (GPtrArray *elements, const CsSharePlan *share)
{
  if (cs_share_plan_guards_uplink (share))
    add (elements, "uplinks", "\"%s\"", share->uplink);
  if (share->left_uplink)
    add (elements, "uplinks", "\"%s\"", share->left_uplink);
  add_guard6_elements (elements, share);
  if (!cs_share_plan_guards (share))
    return;
  for (guint i = 0; i < share->uplink_addresses->len; i++)
    add_address_elements (elements, share->uplink,
                          g_array_index (share->uplink_addresses, CsCidr, i));
  add_mapped_elements (elements, share, share->uplink);
  for (guint i = 0; i < share->former_addresses->len; i++)
    add_address_elements (elements, share->former_uplinks[i],
                          g_array_index (share->former_addresses, CsCidr, i));
}

static void
add_subnet_elements (GPtrArray *elements, const CsSharePlan *share)
{
  if (share->uplink && share->subnets->len > 0)
    add (elements, "masqueraded", "\"%s\" . \"%s\"", share->lan, share->uplink);
  for (guint i = 0; i < share->subnets->len; i++)
    {
      g_autofree char *subnet
          = cs_cidr_to_string (g_array_index (share->subnets, CsCidr, i));

      if (share->elsewhere->len == 0)
        add (elements, "lan_networks", "%s", subnet);
    }
}

static void
add_guard_elements (GPtrArray *elements, const CsSharePlan *share, const char *id)
{
  if (share->closed)
    add (elements, "closed_lans", "\"%s\"", share->lan);
  else if (share->subnets->len > 0)
    add (elements, "lan_sources", "\"%s\" : jump source_%s", share->lan, id);
  if (share->closed || !cs_share_plan_has_ipv6 (share))
    add (elements, "lan_sources6", "\"%s\" : jump refused6", share->lan);
}

/* Even for a share that no longer guards its LAN: that one is closed, too, until it
 * forwards no more. */
static void
add_left_elements (GPtrArray *elements, const CsSharePlan *share)
{
  for (guint i = 0; i < share->left_networks->len; i++)
    {
      g_autofree char *network
          = cs_cidr_to_string (g_array_index (share->left_networks, CsCidr, i));

      add (elements,
           is_ipv6 (g_array_index (share->left_networks, CsCidr, i)) ? "left_networks6"
                                                                     : "left_networks",
           "%s", network);
    }
  if (share->left_networks->len > 0 && !cs_share_plan_guards (share))
    add (elements, "closed_lans", "\"%s\"", share->lan);
}

static void
add_gateway_elements (GPtrArray *elements, const CsSharePlan *share)
{
  g_autofree char *gateway = cs_address_to_string (share->address.address);

  add (elements, "gateways", "%s", gateway);
  add (elements, "gateway_lans", "%s . \"%s\"", gateway, share->lan);
  if (share->dns_port)
    add (elements, "name_servers", "\"%s\" : %s . %u", share->lan, gateway,
         share->dns_port);
}

static gboolean
has_address_in (const GArray *addresses, CsCidr network)
{
  for (guint i = 0; i < addresses->len; i++)
    if (cs_cidr_contains (network, g_array_index (addresses, CsCidr, i).address))
      return TRUE;
  return FALSE;
}

/* Whether none but the LAN's clients have addresses in @network: not in one that the
 * uplink has, too. */
static gboolean
is_exclusive (const CsSharePlan *share, CsCidr network)
{
  if (cs_ipv6_is_unique_local (network.address))
    return TRUE;
  return share->ipv6.mode != CS_IPV6_EXTENDED
         && !has_address_in (share->uplink_addresses, network)
         && !has_address_in (share->former_addresses, network);
}

/* Those of @networks that may leave by the uplink, in @set. */
static void
add_path6_elements (GPtrArray *elements,
                    const CsSharePlan *share,
                    const char *set,
                    const GArray *networks)
{
  for (guint i = 0; i < networks->len; i++)
    {
      g_autofree char *text
          = cs_address_to_string (g_array_index (networks, CsCidr, i).address);

      add (elements, set, "%s . \"%s\"", text, share->uplink);
    }
}

static void
add_network6_elements (GPtrArray *elements, const CsSharePlan *share)
{
  g_autoptr (GArray) networks = cs_share_plan_networks6 (share);
  g_autoptr (GArray) own = cs_share_plan_own_sources6 (share);
  g_autoptr (GArray) masqueraded = cs_share_plan_masqueraded6 (share);

  for (guint i = 0; i < networks->len; i++)
    {
      CsCidr network = g_array_index (networks, CsCidr, i);
      g_autofree char *text = cs_address_to_string (network.address);

      if (is_exclusive (share, network))
        add (elements, "lan_networks6", "%s", text);
    }
  add_path6_elements (elements, share, "paths6", own);
  add_path6_elements (elements, share, "masqueraded6", masqueraded);
  if (cs_share_plan_forwards_ipv6 (share))
    add (elements, "routed6", "\"%s\" . \"%s\"", share->lan, share->uplink);
}

static void
add_gateway6_elements (GPtrArray *elements,
                       const CsSharePlan *share,
                       const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      g_autofree char *gateway
          = cs_address_to_string (g_array_index (addresses, CsCidr, i).address);

      add (elements, "gateways6", "%s", gateway);
      add (elements, "gateway_lans6", "%s . \"%s\"", gateway, share->lan);
    }
}

static void
add_ipv6_elements (GPtrArray *elements,
                   const CsSharePlan *share,
                   const char *id,
                   gboolean flows)
{
  g_autofree char *first = NULL;

  add (elements, "from_lan6", "\"%s\" : jump from6_%s", share->lan, id);
  add (elements, "to_lan6", "\"%s\" : jump to6_%s", share->lan, id);
  add (elements, "lan_outputs6", "\"%s\" : jump output6_%s", share->lan, id);
  if (!share->closed)
    add (elements, "lan_sources6", "\"%s\" : jump source6_%s", share->lan, id);
  if (flows && cs_ruleset_has_short_path (share) && cs_share_plan_forwards_ipv6 (share))
    add_flow_elements (elements, share, id, TRUE);
  add_network6_elements (elements, share);
  if (!cs_share_plan_serves_ipv6 (share))
    return;
  add_gateway6_elements (elements, share, share->ipv6.addresses);
  add_gateway6_elements (elements, share, share->ipv6.deprecated);
  first = cs_address_to_string (g_array_index (share->ipv6.addresses, CsCidr, 0).address);
  if (share->dns_port)
    add (elements, "name_servers6", "\"%s\" : %s . %u", share->lan, first,
         share->dns_port);
}

void
cs_ruleset_add_elements (GPtrArray *elements, const CsSharePlan *share, gboolean flows)
{
  g_autofree char *id = share ? cs_ifname_escape (share->lan) : NULL;

  if (!share)
    return;
  add_left_elements (elements, share);
  cs_ruleset_add_uplink_elements (elements, share);
  if (!cs_share_plan_guards (share))
    return;
  add (elements, "from_lan", "\"%s\" : jump from_%s", share->lan, id);
  add (elements, "to_lan", "\"%s\" : jump to_%s", share->lan, id);
  add (elements, "lans", "\"%s\"", share->lan);
  if (cs_share_plan_publishes (share))
    add (elements, "published_lans", "\"%s\"", share->lan);
  add (elements, "lan_outputs", "\"%s\" : jump output_%s", share->lan, id);
  if (flows && cs_ruleset_has_short_path (share))
    add_flow_elements (elements, share, id, FALSE);
  add_subnet_elements (elements, share);
  add_mapped_elements (elements, share, share->lan);
  if (cs_share_plan_maps (share))
    add (elements, "hairpins", "\"%s\" . \"%s\"", share->lan, share->lan);
  add_guard_elements (elements, share, id);
  if (share->address.prefix != 0)
    add_gateway_elements (elements, share);
  if (cs_share_plan_has_ipv6 (share))
    add_ipv6_elements (elements, share, id, flows);
}
