/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accept.h"

#include "flow-private.h"

#include "core/value/firewall-words.h"

#include <netinet/in.h>

/* One for each server, by address. */
static void
add_for_servers (GArray *accepts, const CsSharePlan *share, CsFlow flow, CsAccept accept)
{
  for (guint i = 0; i < share->dns->len; i++)
    {
      CsAddress server = g_array_index (share->dns, CsAddress, i);

      if (!cs_flow_is_beyond_uplink (&server))
        continue;
      if (cs_flow_is_served (flow))
        accept.source = server;
      else
        accept.destination = server;
      g_array_append_val (accepts, accept);
    }
}

/* One for all types: what else there is of ICMPv6 is of the link as well, or tells of
 * errors. */
static gboolean
has_accept_of_link (const GArray *accepts, const CsAccept *accept)
{
  for (guint i = 0; i < accepts->len; i++)
    {
      const CsAccept *other = &g_array_index (accepts, CsAccept, i);

      if (g_strcmp0 (other->protocol, accept->protocol) == 0
          && g_str_equal (other->chain, accept->chain))
        return TRUE;
    }
  return FALSE;
}

void
cs_accepts_add (GArray *accepts,
                const CsSharePlan *share,
                CsFlow flow,
                const CsFilterChain *base)
{
  const CsFilterChain main = { .hook = cs_flow_hook (flow) };
  const CsFilterChain *on = base ? base : &main;
  guint port = cs_flow_port_of (share, flow, on);
  CsAccept accept = {
    .chain = base ? base->name : cs_flow_chain (flow),
    .iif
    = cs_flow_has_iif (on) ? cs_flow_name_of (share, cs_flow_kinds[flow].from) : NULL,
    .oif = cs_flow_has_oif (on) ? cs_flow_name_of (share, cs_flow_kinds[flow].to) : NULL,
    .protocol = cs_flow_kinds[flow].protocol == IPPROTO_UDP      ? "udp"
                : cs_flow_kinds[flow].protocol == IPPROTO_TCP    ? "tcp"
                : cs_flow_kinds[flow].protocol == IPPROTO_ICMPV6 ? "ipv6-icmp"
                                                                 : NULL,
  };

  if (!cs_flow_has_ends (share, flow))
    return;
  if (cs_flow_is_served (flow))
    accept.source_port = port;
  else
    accept.port = port;
  if (cs_flow_kinds[flow].service == SERVERS)
    add_for_servers (accepts, share, flow, accept);
  else if (cs_flow_kinds[flow].service != LINK || !has_accept_of_link (accepts, &accept))
    g_array_append_val (accepts, accept);
}

char *
cs_accept_to_nft (const CsAccept *accept)
{
  GString *out = g_string_new (NULL);
  g_autofree char *source = cs_address_to_string (accept->source);
  g_autofree char *destination = cs_address_to_string (accept->destination);

  if (accept->iif)
    g_string_append_printf (out, " iifname \"%s\"", accept->iif);
  if (accept->oif)
    g_string_append_printf (out, " oifname \"%s\"", accept->oif);
  if (source[0] != '\0')
    g_string_append_printf (out, " ip saddr %s", source);
  if (destination[0] != '\0')
    g_string_append_printf (out, " ip daddr %s", destination);
  if (g_strcmp0 (accept->protocol, "ipv6-icmp") == 0)
    g_string_append (out, " " CS_ICMPV6_WORDS);
  else if (accept->protocol)
    g_string_append_printf (out, " %s", accept->protocol);
  if (accept->source_port)
    g_string_append_printf (out, " sport %u", accept->source_port);
  if (accept->port)
    g_string_append_printf (out, " dport %u", accept->port);
  if (accept->established)
    g_string_append (out, " ct state established");
  g_string_erase (out, 0, 1);
  return g_string_free (out, FALSE);
}

char *
cs_accept_to_iptables (const CsAccept *accept, gboolean saved)
{
  GString *out = g_string_new (NULL);
  g_autofree char *source = cs_address_to_string (accept->source);
  g_autofree char *destination = cs_address_to_string (accept->destination);

  if (source[0] != '\0')
    g_string_append_printf (out, " -s %s/32", source);
  if (destination[0] != '\0')
    g_string_append_printf (out, " -d %s/32", destination);
  if (accept->iif)
    g_string_append_printf (out, " -i %s", accept->iif);
  if (accept->oif)
    g_string_append_printf (out, " -o %s", accept->oif);
  if (accept->protocol)
    g_string_append_printf (out, " -p %s", accept->protocol);
  if (accept->protocol && saved)
    g_string_append_printf (out, " -m %s", accept->protocol);
  if (accept->source_port)
    g_string_append_printf (out, " --sport %u", accept->source_port);
  if (accept->port)
    g_string_append_printf (out, " --dport %u", accept->port);
  if (accept->established)
    g_string_append (out, " -m conntrack --ctstate ESTABLISHED");
  g_string_erase (out, 0, 1);
  return g_string_free (out, FALSE);
}
