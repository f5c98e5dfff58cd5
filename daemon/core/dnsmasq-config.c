/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A template, the arithmetic of the range, and the servers. dnsmasq is given its own user
 * by no line here: its default works wherever it is installed. */
#include "dnsmasq-config.h"

#include "ifname.h"

#include "dbus/names.h"

/* In a network as large as this or larger, the first few addresses stay free for what
 * people like to number by hand. */
#define ROOMY_PREFIX 24
#define LEFT_FREE    9
#define MOST_LEASES  65536
/* The least that dnsmasq gives. When the LAN gets another network, because an uplink came
 * up with this one, clients that do not see its link go down and up (behind a switch, or
 * on Wi-Fi) find out within this time: dnsmasq cannot force a renewal (RFC 3203), and few
 * clients would heed it. Seconds. */
#define LEASE_TIME 120

char *
cs_dnsmasq_bus_name (const char *lan)
{
  g_autofree char *id = cs_ifname_escape (lan);

  return g_strconcat (CS_DNSMASQ_NAME_PREFIX, id, NULL);
}

void
cs_dhcp_range (CsCidr address, guint32 *first, guint32 *last)
{
  guint32 network = cs_cidr_network (address).address;
  guint32 gateway = address.address;

  *first = network + 1 + (address.prefix <= ROOMY_PREFIX ? LEFT_FREE : 0);
  *last = network + (G_MAXUINT32 >> address.prefix) - 1;
  if (gateway < *first || gateway > *last)
    return;
  if (gateway - *first > *last - gateway)
    *last = gateway - 1;
  else
    *first = gateway + 1;
}

static void
add_dhcp (GString *out, const CsSharePlan *plan, const char *gateway)
{
  guint32 first, last;
  g_autofree char *first_text = NULL;
  g_autofree char *last_text = NULL;
  g_autofree char *netmask = cs_ipv4_to_string (~(G_MAXUINT32 >> plan->address.prefix));

  cs_dhcp_range (plan->address, &first, &last);
  first_text = cs_ipv4_to_string (first);
  last_text = cs_ipv4_to_string (last);
  g_string_append_printf (out,
                          "dhcp-range=%s,%s,%s,%d\n"
                          "dhcp-lease-max=%u\n"
                          "dhcp-option=option:router,%s\n"
                          "dhcp-option=option:dns-server,%s\n",
                          first_text, last_text, netmask, LEASE_TIME,
                          MIN (last - first + 1, MOST_LEASES), gateway, gateway);
  if (plan->lan_mtu)
    g_string_append_printf (out, "dhcp-option=option:mtu,%u\n", plan->lan_mtu);
}

char *
cs_dnsmasq_directory (const char *runtime_dir, const char *lan)
{
  g_autofree char *escaped = cs_ifname_escape (lan);
  g_autofree char *name = g_strconcat ("dnsmasq-", escaped, NULL);

  return g_build_filename (runtime_dir, name, NULL);
}

/* "conf-file=-" makes dnsmasq wait there until its standard input ends: so it can be
 * loaded and linked while the LAN gets the address that it is to listen on.
 * "interface" makes dnsmasq bind its DHCP socket to the device, so that nothing comes in
 * from elsewhere and others can have port 67 on their devices; "except-interface" of the
 * same and "listen-address" (which wins, see iface_check () in its network.c) keep its
 * name service off any other address that the device may have. It logs to syslog, that is
 * the journal. */
char *
cs_dnsmasq_config_render (const CsSharePlan *plan, const char *directory)
{
  GString *out = g_string_new ("# Written by connshared; changes are lost.\n");
  g_autofree char *bus_name = cs_dnsmasq_bus_name (plan->lan);
  g_autofree char *gateway = cs_ipv4_to_string (plan->address.address);

  g_string_append_printf (out,
                          "conf-file=-\n"
                          "interface=%s\n"
                          "except-interface=%s\n"
                          "except-interface=lo\n"
                          "bind-interfaces\n"
                          "listen-address=%s\n"
                          "port=%u\n"
                          "pid-file=%s/pid\n"
                          "enable-dbus=%s\n",
                          plan->lan, plan->lan, gateway, plan->dns_port, directory,
                          bus_name);
  g_string_append (out, "no-resolv\n"
                        "no-poll\n"
                        "no-hosts\n"
                        "domain-needed\n"
                        "clear-on-reload\n"
                        "cache-size=1000\n"
                        "dns-forward-max=1000\n");
  g_string_append_printf (out,
                          "dhcp-authoritative\n"
                          "dhcp-rapid-commit\n"
                          "no-ping\n"
                          "dhcp-leasefile=%s/leases\n"
                          "dhcp-name-match=set:wpad,wpad\n"
                          "dhcp-ignore-names=tag:wpad\n",
                          directory);
  add_dhcp (out, plan, gateway);
  return g_string_free (out, FALSE);
}

char **
cs_dnsmasq_servers (const CsSharePlan *plan)
{
  GPtrArray *servers = g_ptr_array_new ();

  for (guint i = 0; plan->uplink && plan->dns && plan->dns[i]; i++)
    g_ptr_array_add (servers, g_strdup_printf ("%s@%s", plan->dns[i], plan->uplink));
  g_ptr_array_add (servers, NULL);
  return (char **)g_ptr_array_free (servers, FALSE);
}
