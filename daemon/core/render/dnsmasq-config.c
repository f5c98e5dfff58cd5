/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A template, the arithmetic of the range, and the servers. dnsmasq's user and bus
 * name are not in it: these are arguments. */
#include "dnsmasq-config.h"

#include "core/plan/ipv6.h"
#include "core/value/dhcp-option.h"
#include "core/value/domain.h"
#include "core/value/ifname.h"
#include "core/value/reservation.h"
#include "dbus/names.h"

#include <string.h>

/* In a network of this size or larger, the first few addresses stay free for those
 * that people assign by hand. */
#define ROOMY_PREFIX 24
#define LEFT_FREE    9
#define MOST_LEASES  65536
/* Of an IPv6 address, without the last one. */
#define ZEROS "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."

#define DIRECTORY_BEGIN "dnsmasq-"

char *
cs_dnsmasq_bus_name (const char *lan)
{
  g_autofree char *id = cs_ifname_escape (lan);

  return g_strconcat (CS_DNSMASQ_NAME_PREFIX, id, NULL);
}

guint
cs_dhcp_range (CsCidr address, CsAddress *first, CsAddress *last)
{
  guint32 gateway = cs_address_to_number (address.address);
  guint32 low = cs_address_to_number (cs_cidr_network (address).address) + 1;
  guint32 high = cs_address_to_number (cs_cidr_last (address)) - 1;

  if (address.prefix <= ROOMY_PREFIX)
    low += LEFT_FREE;
  if (gateway >= low && gateway <= high)
    {
      if (gateway - low > high - gateway)
        high = gateway - 1;
      else
        low = gateway + 1;
    }
  *first = cs_address_from_number (low);
  *last = cs_address_from_number (high);
  return high - low + 1;
}

static void
add_dhcp (GString *out, const CsSharePlan *plan, const char *gateway)
{
  CsAddress mask = cs_address_from_number (~(G_MAXUINT32 >> plan->address.prefix));
  CsAddress first, last;
  guint count = cs_dhcp_range (plan->address, &first, &last);
  g_autofree char *first_text = cs_address_to_string (first);
  g_autofree char *last_text = cs_address_to_string (last);
  g_autofree char *netmask = cs_address_to_string (mask);

  g_string_append_printf (
      out,
      "dhcp-range=%s,%s,%s,%d\n"
      "dhcp-lease-max=%u\n"
      "dhcp-option=option:router,%s\n"
      "dhcp-option=option:dns-server,%s\n",
      first_text, last_text, netmask, CS_LEASE_TIME,
      MIN (MIN (count, MOST_LEASES), plan->max_clients ? plan->max_clients : MOST_LEASES),
      gateway, gateway);
  if (plan->lan_mtu)
    g_string_append_printf (out, "dhcp-option=option:mtu,%u\n", plan->lan_mtu);
}

/* The LAN may have another network now. */
static void
add_reservation (GString *out, const CsSharePlan *plan, const char *reservation)
{
  g_autofree char *mac = NULL;
  g_autofree char *address = NULL;
  CsHolder holder;

  if (!cs_reservation_parse (reservation, &holder)
      || !cs_cidr_contains (plan->address, holder.address)
      || cs_address_equal (plan->address.address, holder.address))
    return;
  mac = cs_mac_to_string (holder.mac);
  address = cs_address_to_string (holder.address);
  g_string_append_printf (out, "%s,%s\n", mac, address);
}

char *
cs_dnsmasq_hosts_render (const CsSharePlan *plan)
{
  GString *out = g_string_new (NULL);

  for (char **one = plan->reservations; one && *one; one++)
    add_reservation (out, plan, *one);
  return g_string_free (out, FALSE);
}

/* What users ask for, and the word by which Android's own hotspots tell their clients
 * that they should save traffic: most do not request the option. */
static void
add_options (GString *out, const CsSharePlan *plan)
{
  g_autoptr (GString) ntp = g_string_new (NULL);
  const char *file = NULL, *server = NULL;

  for (char **one = plan->dhcp_options; one && *one; one++)
    {
      CsDhcpOption option;
      const char *value;

      if (!cs_dhcp_option_parse (*one, &option, &value))
        continue;
      if (option == CS_DHCP_NTP_SERVER)
        g_string_append_printf (ntp, ",%s", value);
      else if (option == CS_DHCP_BOOT_FILE)
        file = value;
      else
        server = value;
    }
  if (ntp->len > 0)
    g_string_append_printf (out, "dhcp-option=option:ntp-server%s\n", ntp->str);
  if (file)
    g_string_append_printf (out, "dhcp-boot=%s%s%s\n", file, server ? ",," : "",
                            server ? server : "");
  if (plan->metered)
    g_string_append (out, "dhcp-option-force=43,ANDROID_METERED\n");
}

#define FILE_BEGIN "dnsmasq.connshare-"
#define LEASES_END ".leases"
#define HOSTS_END  ".hosts"

char *
cs_dnsmasq_leases (const char *lan)
{
  g_autofree char *escaped = cs_ifname_escape (lan);

  return g_strconcat (CS_LEASES_DIR "/" FILE_BEGIN, escaped, LEASES_END, NULL);
}

char *
cs_dnsmasq_hosts (const char *lan)
{
  g_autofree char *escaped = cs_ifname_escape (lan);

  return g_strconcat (CS_LEASES_DIR "/" FILE_BEGIN, escaped, HOSTS_END, NULL);
}

char *
cs_dnsmasq_directory_of_file (const char *runtime_dir, const char *name)
{
  const char *end = g_str_has_suffix (name, HOSTS_END) ? HOSTS_END : LEASES_END;
  g_autofree char *directory = NULL;

  if (!g_str_has_prefix (name, FILE_BEGIN) || !g_str_has_suffix (name, end)
      || strlen (name) < strlen (FILE_BEGIN) + strlen (end))
    return NULL;
  directory = g_strndup (name + strlen (FILE_BEGIN),
                         strlen (name) - strlen (FILE_BEGIN) - strlen (end));
  return g_strconcat (runtime_dir, "/" DIRECTORY_BEGIN, directory, NULL);
}

char *
cs_dnsmasq_directory (const char *runtime_dir, const char *lan)
{
  g_autofree char *escaped = cs_ifname_escape (lan);
  g_autofree char *name = g_strconcat (DIRECTORY_BEGIN, escaped, NULL);

  return g_build_filename (runtime_dir, name, NULL);
}

/* Names that no client may have: those by which programs look for a proxy, a tunnel or
 * themselves, and this computer's own. A client may send a domain with the name, which
 * dnsmasq removes only later. */
static void
add_reserved_names (GString *out, const char *host_name)
{
  const char *const names[] = { "isatap", "localhost", "wpad", host_name, NULL };

  for (const char *const *name = names; *name; name++)
    g_string_append_printf (out,
                            "dhcp-name-match=set:reserved,%s\n"
                            "dhcp-name-match=set:reserved,%s.*\n",
                            *name, *name);
  g_string_append (out, "dhcp-ignore-names=tag:reserved\n");
}

/* Names that belong to nobody, or to each host, are answered here: reverse names of
 * special addresses (RFC 6303; other private addresses may well have names at the
 * uplink), those of the LAN, and special names of RFC 6761, 7686 and 8375. "test" is
 * for tests, and so passed on. */
static void
add_local_names (GString *out, const CsSharePlan *plan)
{
  g_string_append (
      out, "address=/localhost/127.0.0.1\n"
           "address=/localhost/::1\n"
           "local=/invalid/onion/home.arpa/\n"
           "local=/0.in-addr.arpa/127.in-addr.arpa/254.169.in-addr.arpa/"
           "2.0.192.in-addr.arpa/100.51.198.in-addr.arpa/113.0.203.in-addr.arpa/"
           "255.255.255.255.in-addr.arpa/\n"
           "local=/" ZEROS "0.ip6.arpa/1." ZEROS "ip6.arpa/8.e.f.ip6.arpa/9.e.f.ip6.arpa/"
           "a.e.f.ip6.arpa/b.e.f.ip6.arpa/8.b.d.0.1.0.0.2.ip6.arpa/\n");
  for (guint i = 0; i < plan->subnets->len; i++)
    {
      g_auto (GStrv) zones
          = cs_domain_reverse_zones (g_array_index (plan->subnets, CsCidr, i));

      for (char **zone = zones; *zone; zone++)
        g_string_append_printf (out, "local=/%s/\n", *zone);
    }
}

/* Names of the LAN are answered here, too, and clients look for short names in its
 * domain. The first name is the one that the reverse lookup gives. Clients' names come
 * with their leases, without any domain that they claim. */
static void
add_domain (GString *out,
            const CsSharePlan *plan,
            const char *gateway,
            const char *gateway6)
{
  const char *domain = plan->domain, *host = plan->host_name;

  if (!domain)
    return;
  g_string_append_printf (out,
                          "domain=%s\n"
                          "local=/%s/\n"
                          "dhcp-option=option:domain-search,%s\n",
                          domain, domain, domain);
  if (host && !g_str_equal (host, "localhost"))
    g_string_append_printf (out, "host-record=%s.%s,%s,%s%s%s\n", host, domain, host,
                            gateway, gateway6 ? "," : "", gateway6 ? gateway6 : "");
}

/* A public name with a private address would let a web page reach what is in the LAN.
 * Names below one of these domains are not public: nobody can register them. */
static void
add_rebind (GString *out, char **allowed)
{
  g_string_append (out, "stop-dns-rebind\n"
                        "rebind-domain-ok=/corp/home/internal/lan/local/test/\n");
  for (; allowed && *allowed; allowed++)
    g_string_append_printf (out, "rebind-domain-ok=/%s/\n", *allowed);
}

/* What DHCP is like here, whatever it gives. */
static void
add_server (GString *out, const CsSharePlan *plan)
{
  g_autofree char *leases = cs_dnsmasq_leases (plan->lan);
  g_autofree char *hosts = cs_dnsmasq_hosts (plan->lan);

  g_string_append_printf (out,
                          "dhcp-authoritative\n"
                          "dhcp-rapid-commit\n"
                          "no-ping\n"
                          "quiet-dhcp\n"
                          "dhcp-leasefile=%s\n"
                          "dhcp-hostsfile=%s\n",
                          leases, hosts);
  add_reserved_names (out, plan->host_name);
}

/* (transfer full) (nullable) Where names are resolved by IPv6. */
static char *
gateway6_of (const CsSharePlan *plan)
{
  if (!cs_share_plan_serves_ipv6 (plan))
    return NULL;
  return cs_address_to_string (g_array_index (plan->ipv6.addresses, CsCidr, 0).address);
}

/* "interface" makes dnsmasq bind its DHCP socket to the device, so that nothing comes
 * in from elsewhere and other programs can have port 67 on their devices.
 * "except-interface" with the same device and "listen-address" (which wins, see
 * iface_check () in its network.c) keep its name service off any other address of the
 * device. With "bind-dynamic", IPv4 is served as well while the IPv6 address is missing,
 * without which "bind-interfaces" ends dnsmasq. It logs to syslog, which is the
 * journal. */
char *
cs_dnsmasq_config_render (const CsSharePlan *plan)
{
  GString *out = g_string_new ("# Written by connshared; changes are lost.\n");
  g_autofree char *gateway = cs_address_to_string (plan->address.address);

  g_autofree char *gateway6 = gateway6_of (plan);

  g_string_append_printf (out,
                          "interface=%s\n"
                          "except-interface=%s\n"
                          "except-interface=lo\n"
                          "%s\n"
                          "listen-address=%s\n"
                          "port=%u\n"
                          "pid-file\n",
                          plan->lan, plan->lan,
                          gateway6 ? "bind-dynamic" : "bind-interfaces", gateway,
                          plan->dns_port);
  if (gateway6)
    g_string_append_printf (out, "listen-address=%s\n", gateway6);
  g_string_append (out, "no-resolv\n"
                        "no-poll\n"
                        "no-hosts\n"
                        "domain-needed\n"
                        "clear-on-reload\n"
                        "cache-size=1000\n"
                        "dns-forward-max=1000\n");
  if (cs_share_plan_serves (plan))
    add_server (out, plan);
  add_local_names (out, plan);
  add_domain (out, plan, gateway, gateway6);
  add_rebind (out, plan->allow_rebind);
  if (cs_share_plan_serves (plan))
    {
      add_dhcp (out, plan, gateway);
      add_options (out, plan);
    }
  return g_string_free (out, FALSE);
}

char **
cs_dnsmasq_servers (const CsSharePlan *plan)
{
  GPtrArray *servers = g_ptr_array_new ();

  for (guint i = 0; plan->uplink && i < plan->dns->len; i++)
    {
      CsAddress address = g_array_index (plan->dns, CsAddress, i);
      gboolean scoped = address.family == AF_INET6 && cs_address_is_link_local (address);
      g_autofree char *server = cs_address_to_string (address);

      /* by "lo", as the kernel routes it */
      if (cs_address_is_loopback (address))
        g_ptr_array_add (servers, g_steal_pointer (&server));
      else
        g_ptr_array_add (servers, g_strconcat (server, scoped ? "%" : "",
                                               scoped ? plan->uplink : "", "@",
                                               plan->uplink, NULL));
    }
  g_ptr_array_add (servers, NULL);
  return (char **)g_ptr_array_free (servers, FALSE);
}
