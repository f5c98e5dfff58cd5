/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients forget a network within hours although nobody takes it back, and do without it
 * at once when somebody does: the lifetimes are those of RFC 9096. A router that leads
 * nowhere is none: then clients have only what is unique local, which they prefer to
 * nothing else.
 *
 * "DeprecatePrefix" is for the last one that radvd sends, with which clients drop the
 * router and the name server. */
#include "radvd-config.h"

#include "core/value/ifname.h"

/* Seconds. */
#define MIN_INTERVAL    150
#define MAX_INTERVAL    450
#define ROUTER_LIFETIME 1800
#define NAMES_LIFETIME  900

/* The least of IPv6, in bytes. */
#define MIN_MTU 1280

static void
add_prefix (GString *out, CsCidr address, gboolean on_link, gboolean preferred)
{
  g_autofree char *network = cs_cidr_to_string (cs_cidr_network (address));

  g_string_append_printf (out,
                          "  prefix %s\n"
                          "  {\n"
                          "    AdvOnLink %s;\n"
                          "    AdvAutonomous on;\n"
                          "    AdvValidLifetime %d;\n"
                          "    AdvPreferredLifetime %d;\n"
                          "    DeprecatePrefix on;\n"
                          "  };\n",
                          network, on_link ? "on" : "off", CS_IPV6_VALID,
                          preferred ? CS_IPV6_PREFERRED : 0);
}

/* With "extended", a network of the Internet is the uplink's as well: its addresses are
 * not all on this link. */
static void
add_prefixes (GString *out, const CsSharePlan *plan)
{
  const CsIpv6Plan *ipv6 = &plan->ipv6;
  gboolean forwards = cs_share_plan_forwards_ipv6 (plan);

  for (guint i = 0; i < ipv6->addresses->len; i++)
    {
      CsCidr one = g_array_index (ipv6->addresses, CsCidr, i);
      gboolean own = cs_ipv6_is_unique_local (one.address);

      add_prefix (out, one, !cs_share_plan_extends (plan, one), own || forwards);
    }
  for (guint i = 0; i < ipv6->deprecated->len; i++)
    {
      CsCidr one = g_array_index (ipv6->deprecated, CsCidr, i);

      add_prefix (out, one, !cs_share_plan_extends (plan, one), FALSE);
    }
}

static void
add_names (GString *out, const CsSharePlan *plan)
{
  CsCidr server = g_array_index (plan->ipv6.addresses, CsCidr, 0);
  g_autofree char *text = cs_address_to_string (server.address);

  if (plan->dns_port != 0)
    g_string_append_printf (out,
                            "  RDNSS %s\n"
                            "  {\n"
                            "    AdvRDNSSLifetime %d;\n"
                            "  };\n",
                            text, NAMES_LIFETIME);
  if (plan->domain != NULL)
    g_string_append_printf (out,
                            "  DNSSL %s\n"
                            "  {\n"
                            "    AdvDNSSLLifetime %d;\n"
                            "  };\n",
                            plan->domain, NAMES_LIFETIME);
}

/* Without a hop limit, because radvd also tries to set what it announces here, and
 * complains that it may not. */
char *
cs_radvd_config_render (const CsSharePlan *plan)
{
  GString *out = g_string_new ("# Written by connshared; changes are lost.\n");
  g_autofree char *router = cs_address_to_string (cs_share_plan_router6 (plan).address);

  g_string_append_printf (out,
                          "interface %s\n"
                          "{\n"
                          "  IgnoreIfMissing on;\n"
                          "  AdvSendAdvert on;\n"
                          "  MinRtrAdvInterval %d;\n"
                          "  MaxRtrAdvInterval %d;\n"
                          "  AdvDefaultLifetime %d;\n"
                          "  AdvManagedFlag off;\n"
                          "  AdvOtherConfigFlag off;\n"
                          "  AdvCurHopLimit 0;\n",
                          plan->lan, MIN_INTERVAL, MAX_INTERVAL,
                          cs_share_plan_forwards_ipv6 (plan) ? ROUTER_LIFETIME : 0);
  if (plan->lan_mtu != 0)
    g_string_append_printf (out, "  AdvLinkMTU %u;\n", MAX (plan->lan_mtu, MIN_MTU));
  add_prefixes (out, plan);
  add_names (out, plan);
  g_string_append_printf (out,
                          "  AdvRASrcAddress\n"
                          "  {\n"
                          "    %s;\n"
                          "  };\n"
                          "};\n",
                          router);
  return g_string_free (out, FALSE);
}

char *
cs_radvd_directory (const char *runtime_dir, const char *lan)
{
  g_autofree char *escaped = cs_ifname_escape (lan);
  g_autofree char *name = g_strconcat ("radvd-", escaped, NULL);

  return g_build_filename (runtime_dir, name, NULL);
}

/* radvd writes no log file unless told to by another option. */
char *
cs_radvd_argument (const char *directory)
{
  return g_strconcat ("--logfile=", directory, "/log", NULL);
}
