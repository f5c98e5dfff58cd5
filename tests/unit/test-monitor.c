/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots: what is on a real kernel's network is what they say. */
#include "monitor-fixture.h"
#include "private-net.h"

#include "core/plan/plan.h"
#include "core/value/routes.h"
#include "core/plan/rules.h"

static void
test_links (MonitorFixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;
  const CsInterface *lan, *wan;

  private_net_ip_batch ("link add br7 type bridge\nlink set far0 master br7\n");
  snapshot = monitor_look (f);
  private_net_ip ("link del br7");
  lan = monitor_find (snapshot, "lan0");
  wan = monitor_find (snapshot, "wan0");
  g_assert_cmpint (monitor_find (snapshot, "far0")->master, ==,
                   monitor_find (snapshot, "br7")->ifindex);
  g_assert_cmpint (monitor_find (snapshot, "lo")->kind, ==, CS_KIND_LOOPBACK);
  g_assert_true (lan->up && lan->carrier && !lan->point_to_point);
  g_assert_true (wan->up && !wan->carrier);
  g_assert_cmpuint (lan->mtu, ==, 1500);
  g_assert_cmpuint (wan->mtu, ==, 1400);
  g_assert_cmpint (lan->master, ==, 0);
  g_assert_true (lan->managed == CS_MANAGED_NO && lan->label == NULL);
  g_assert_false (snapshot->nm_running);
  g_assert_null (snapshot->primary);
  for (guint i = 1; i < snapshot->interfaces->len; i++)
    g_assert_cmpint (((CsInterface *)snapshot->interfaces->pdata[i - 1])->ifindex, <,
                     ((CsInterface *)snapshot->interfaces->pdata[i])->ifindex);
}

static void
test_kinds (MonitorFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *add;
    CsKind kind;
  } rows[] = {
    { "br7", "link add br7 type bridge", CS_KIND_BRIDGE },
    { "dum7", "link add dum7 type dummy", CS_KIND_ETHERNET },
    { "lan0.7", "link add lan0.7 link lan0 type vlan id 7", CS_KIND_ETHERNET },
    { "wg7", "link add wg7 type wireguard", CS_KIND_VPN },
    { "ipip7", "link add ipip7 type ipip remote 198.18.0.9", CS_KIND_VPN },
    { "tun7", "tuntap add tun7 mode tun", CS_KIND_VPN },
    { "tap7", "tuntap add tap7 mode tap", CS_KIND_ETHERNET },
    { "vrf7", "link add vrf7 type vrf table 77", CS_KIND_OTHER },
  };
  guint tried = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = NULL;
      g_autofree char *command = g_strdup_printf ("ip %s", rows[i].add);

      /* which kinds there are depends on the kernel's modules */
      if (!g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL))
        continue;
      snapshot = monitor_look (f);
      if (cs_snapshot_find (snapshot, rows[i].name) == NULL)
        continue;
      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (monitor_find (snapshot, rows[i].name)->kind, ==, rows[i].kind);
      private_net_ip ("link del %s", rows[i].name);
      tried++;
    }
  g_assert_cmpuint (tried, >=, 3);
}

static void
test_sysctls (MonitorFixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;
  const CsInterface *lan, *wan;

  private_net_write_sysctl ("lan0", "forwarding", "1");
  private_net_write_sysctl ("all", "rp_filter", "1");
  private_net_write_sysctl ("wan0", "rp_filter", "2");
  private_net_write_sysctl ("lan0", "rp_filter", "0");
  snapshot = monitor_look (f);
  lan = monitor_find (snapshot, "lan0");
  wan = monitor_find (snapshot, "wan0");
  private_net_write_sysctl ("all", "rp_filter", "0");
  g_assert_cmpint (lan->forwarding, ==, 1);
  g_assert_cmpint (wan->forwarding, ==, 0);
  g_assert_cmpint (lan->rp_filter, ==, 1);
  g_assert_cmpint (lan->rp_filter_own, ==, 0);
  g_assert_cmpint (wan->rp_filter, ==, 2);
  g_assert_cmpint (wan->rp_filter_own, ==, 2);
}

static void
test_addresses (MonitorFixture *f, gconstpointer data)
{
  static const struct
  {
    CsCidr local;
    CsAddress peer;
  } rows[] = {
    { CS_CIDR4 (192, 168, 137, 1, 24) },
    { CS_CIDR4 (192, 168, 137, 2, 24) }, /* a secondary one */
    { CS_CIDR4 (10, 0, 0, 1, 32), CS_IPV4 (10, 0, 0, 2) },
    { CS_CIDR4 (203, 0, 113, 1, 28), CS_IPV4 (172, 16, 0, 1) },
  };
  g_autoptr (CsSnapshot) snapshot = NULL;
  GArray *addresses;

  private_net_ip_batch ("address add 192.168.137.1/24 dev lan0\n"
                        "address add 192.168.137.2/24 dev lan0\n"
                        "address add 10.0.0.1 peer 10.0.0.2 dev lan0\n"
                        "address add 203.0.113.1 peer 172.16.0.1/28 dev lan0\n"
                        "address add 2001:db8::1/64 dev lan0\n");
  snapshot = monitor_look (f);
  addresses = monitor_find (snapshot, "lan0")->addresses;
  g_assert_cmpuint (addresses->len, ==, G_N_ELEMENTS (rows));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean found = FALSE;

      for (guint k = 0; k < addresses->len && !found; k++)
        {
          const CsInterfaceAddress *address
              = &g_array_index (addresses, CsInterfaceAddress, k);

          found = cs_cidr_equal (address->local, rows[i].local)
                  && cs_address_equal (address->peer, rows[i].peer);
        }
      g_assert_true (found);
    }
}

#define NONE \
  { \
    AF_UNSPEC \
  }
#define GATEWAY(last) CS_IPV4 (198, 18, 0, last)
#define GATEWAY6(last) \
  { \
    AF_INET6, \
    { \
      0xfe, 0x80, [15] = last \
    } \
  }

/* A route, by ip(8) and as it should be seen; ifindex 1 is wan0, 2 lan0. */
typedef struct
{
  const char *add;
  CsRoute route;
} RouteRow;

static const RouteRow route_rows[] = {
  { "default via 198.18.0.1 metric 100",
    { CS_ALL_IPV4, GATEWAY (1), NONE, 100, 1, 254, TRUE, 0 } },
  { "default dev wan0 table 13700", { CS_ALL_IPV4, NONE, NONE, 0, 1, 13700, TRUE, 0 } },
  { "0.0.0.0/1 via 198.18.0.7 dev wan0",
    { CS_CIDR4 (0, 0, 0, 0, 1), GATEWAY (7), NONE, 0, 1, 254, TRUE, 0 } },
  { "10.7.0.0/16 via 198.18.0.1 src 198.18.0.2 table 42",
    { CS_CIDR4 (10, 7, 0, 0, 16), GATEWAY (1), GATEWAY (2), 0, 1, 42, TRUE, 0 } },
  { "10.8.0.0/16 via 192.0.2.1 dev wan0 onlink",
    { CS_CIDR4 (10, 8, 0, 0, 16), CS_IPV4 (192, 0, 2, 1), NONE, 0, 1, 254, TRUE, TRUE } },
  { "10.9.0.0/16 via inet6 fe80::5 dev wan0",
    { CS_CIDR4 (10, 9, 0, 0, 16), GATEWAY6 (5), NONE, 0, 1, 254, TRUE, 0 } },
  { "10.9.1.0/24 via inet6 fe80::6 dev wan0 onlink",
    { CS_CIDR4 (10, 9, 1, 0, 24), GATEWAY6 (6), NONE, 0, 1, 254, TRUE, TRUE } },
  { "unreachable default metric 4278198272 table 13700",
    { CS_ALL_IPV4, NONE, NONE, 4278198272u, 0, 13700, FALSE, 0 } },
  { "blackhole 10.10.0.0/16",
    { CS_CIDR4 (10, 10, 0, 0, 16), NONE, NONE, 0, 0, 254, FALSE, 0 } },
};

static guint
count_routes (const CsSnapshot *snapshot, const CsRoute *wanted)
{
  const int devices[] = { 0, monitor_find (snapshot, "wan0")->ifindex,
                          monitor_find (snapshot, "lan0")->ifindex };
  guint count = 0;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      g_assert_cmpuint (route->table, !=, 255);
      if (cs_cidr_equal (route->destination, wanted->destination)
          && cs_address_equal (route->gateway, wanted->gateway)
          && cs_address_equal (route->source, wanted->source)
          && route->metric == wanted->metric && route->table == wanted->table
          && route->unicast == wanted->unicast && route->onlink == wanted->onlink
          && route->ifindex == devices[wanted->ifindex])
        count++;
    }
  return count;
}

static void
test_routes (MonitorFixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (route_rows); i++)
    private_net_ip ("route add %s", route_rows[i].add);
  snapshot = monitor_look (f);
  private_net_ip_batch ("route del unreachable default metric 4278198272 table 13700\n"
                        "route del blackhole 10.10.0.0/16\n");
  for (gsize i = 0; i < G_N_ELEMENTS (route_rows); i++)
    {
      g_test_message ("%s", route_rows[i].add);
      g_assert_cmpuint (count_routes (snapshot, &route_rows[i].route), ==, 1);
    }
}

/* Several next hops, each by one of the ways to write them: one route each, but for those
 * that are dead. */
typedef struct
{
  const char *commands;
  CsRoute routes[3]; /* those to 10.9.0.0/16; prefix 0 ends them */
} HopsRow;

#define TO CS_CIDR4 (10, 9, 0, 0, 16)
#define HOP(gateway, device) \
  { \
    TO, gateway, NONE, 7, device, 254, TRUE, 0 \
  }

static void
check_hops (MonitorFixture *f, const HopsRow *row)
{
  g_autoptr (CsSnapshot) snapshot = NULL;
  guint count = 0, there = 0;

  monitor_settle (f);
  private_net_ip_batch (row->commands);
  monitor_await_change (f);
  snapshot = monitor_look (f);
  g_test_message ("%s", row->commands);
  for (; count < G_N_ELEMENTS (row->routes) && row->routes[count].destination.prefix;
       count++)
    g_assert_cmpuint (count_routes (snapshot, &row->routes[count]), ==, 1);
  for (guint i = 0; i < snapshot->routes->len; i++)
    there += cs_cidr_equal (g_array_index (snapshot->routes, CsRoute, i).destination,
                            (CsCidr)TO);
  g_assert_cmpuint (there, ==, count);
}

static void
test_hops (MonitorFixture *f, gconstpointer data)
{
  static const HopsRow rows[] = {
    { "route add 10.9.0.0/16 metric 7 nexthop via 198.18.0.5 dev wan0 nexthop via "
      "198.18.0.6 dev wan0\n",
      { HOP (GATEWAY (5), 1), HOP (GATEWAY (6), 1) } },
    { "route replace 10.9.0.0/16 metric 7 nexthop via 198.18.0.5 dev wan0 nexthop via "
      "inet6 fe80::5 dev lan0\n",
      { HOP (GATEWAY (5), 1), HOP (GATEWAY6 (5), 2) } },
    { "route replace 10.9.0.0/16 metric 7 nexthop dev lan0 nexthop via 198.18.0.5 dev "
      "wan0\n",
      { HOP (NONE, 2), HOP (GATEWAY (5), 1) } },
    { "link set lan0 down\n", { HOP (GATEWAY (5), 1) } },
    { "link set lan0 up\nroute del 10.9.0.0/16 metric 7\n" },
    { "nexthop add id 1 via 198.18.0.5 dev wan0\n"
      "nexthop add id 2 via fe80::5 dev lan0\nnexthop add id 3 group 1/2\n"
      "route add 10.9.0.0/16 metric 7 nhid 1\n",
      { HOP (GATEWAY (5), 1) } },
    { "route replace 10.9.0.0/16 metric 7 nhid 3\n",
      { HOP (GATEWAY (5), 1), HOP (GATEWAY6 (5), 2) } },
    { "nexthop replace id 1 via 198.18.0.6 dev wan0\n",
      { HOP (GATEWAY (6), 1), HOP (GATEWAY6 (5), 2) } },
    { "nexthop del id 2\n", { HOP (GATEWAY (6), 1) } },
    { "nexthop add id 4 blackhole\nroute replace 10.9.0.0/16 metric 7 nhid 4\n",
      { { TO, NONE, NONE, 7, 0, 254, FALSE, 0 } } },
    { "nexthop del id 1\nnexthop del id 4\n" },
  };

  private_net_ip ("link set far1 up");
  for (guint spelled_out = 0; spelled_out < 2; spelled_out++)
    {
      g_assert_true (g_file_set_contents_full ("/proc/sys/net/ipv4/nexthop_compat_mode",
                                               spelled_out ? "1" : "0", 1,
                                               G_FILE_SET_CONTENTS_NONE, 0644, NULL));
      for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
        check_hops (f, &rows[i]);
    }
}

/* What is announced, and what the kernel is asked, while VPNs do what theirs do to a
 * host's routes and rules. */
static void
test_ways_out (MonitorFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *commands;
    const char *ways[CS_HALVES]; /* "": none; "-": refused */
  } rows[] = {
    { "route add default via 198.18.0.1 metric 100\n", { "wan0", "wan0" } },
    /* OpenVPN's redirect-gateway def1 */
    { "route add 0.0.0.0/1 dev lan0\n", { "lan0", "wan0" } },
    { "route add 128.0.0.0/1 dev lan0\n", { "lan0", "lan0" } },
    { "route del 0.0.0.0/1 dev lan0\n", { "wan0", "lan0" } },
    { "route del 128.0.0.0/1 dev lan0\n", { "wan0", "wan0" } },
    /* wg-quick */
    { "route add default dev lan0 table 51820\n", { "wan0", "wan0" } },
    { "rule add priority 32765 not fwmark 51820 table 51820\n", { "lan0", "lan0" } },
    { "rule add priority 32764 table main suppress_prefixlength 0\n",
      { "lan0", "lan0" } },
    { "route del default dev lan0 table 51820\n", { "wan0", "wan0" } },
    { "route add unreachable default table 51820\n", { "-", "-" } },
    { "route del unreachable default table 51820\n"
      "rule del priority 32764\nrule del priority 32765\n",
      { "wan0", "wan0" } },
    /* Tailscale's exit node */
    { "rule add priority 5210 fwmark 0x80000/0xff0000 table main\n"
      "rule add priority 5250 fwmark 0x80000/0xff0000 unreachable\n"
      "rule add priority 5270 table 52\n",
      { "wan0", "wan0" } },
    { "route add default dev lan0 table 52\n", { "lan0", "lan0" } },
    { "route replace throw default table 52\n", { "wan0", "wan0" } },
    { "rule add priority 5271 blackhole\n", { "-", "-" } },
    { "rule del priority 5271\nrule add priority 5271 unreachable\n", { "", "" } },
    { "rule del priority 5210\nrule del priority 5250\nrule del priority 5270\n"
      "rule del priority 5271\nroute del throw default table 52\n",
      { "wan0", "wan0" } },
    { "route add local 73.0.0.0/8 dev lo table main\n", { "", "wan0" } },
    { "route del local 73.0.0.0/8 dev lo table main\n", { "wan0", "wan0" } },
    { "route add default dev lo\n", { "", "" } },
    { "route del default dev lo\nroute del default\n", { "", "" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = NULL;

      monitor_settle (f);
      private_net_ip_batch (rows[i].commands);
      monitor_await_change (f);
      snapshot = monitor_look (f);
      g_test_message ("%s", rows[i].commands);
      for (guint k = 0; k < CS_HALVES; k++)
        {
          int way = snapshot->ways_out[k];

          if (*rows[i].ways[k] == '\0')
            g_assert_cmpint (way, ==, CS_WAY_NONE);
          else if (*rows[i].ways[k] == '-')
            g_assert_cmpint (way, ==, CS_WAY_REFUSED);
          else
            g_assert_cmpint (way, ==, monitor_find (snapshot, rows[i].ways[k])->ifindex);
        }
    }
}

static gboolean
has_table (const CsSnapshot *snapshot, guint32 table)
{
  for (guint i = 0; i < snapshot->rules->len; i++)
    if (g_array_index (snapshot->rules, CsRule, i).table == table)
      return TRUE;
  return FALSE;
}

static void
test_rules (MonitorFixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;

  private_net_ip_batch ("rule add iif lan0 lookup 13700\n"
                        "rule add iif far0 lookup 13700\n"
                        "rule add from 10.0.0.0/8 lookup 42\n"
                        "rule add from 10.1.0.0/16 unreachable\n");
  snapshot = monitor_look (f);
  private_net_ip_batch ("rule del iif lan0 lookup 13700\n"
                        "rule del iif far0 lookup 13700\n"
                        "rule del from 10.0.0.0/8 lookup 42\n"
                        "rule del from 10.1.0.0/16 unreachable\n");
  g_assert_true (has_table (snapshot, 13700) && has_table (snapshot, 42));
  g_assert_true (has_table (snapshot, 254));
}

/* In front of what others have, whatever it does; ours, and "local", do not count. */
static void
test_place_of_rules (MonitorFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *command;
    guint displaced;
  } rows[] = {
    { "rule add priority 5000 iif lan0 lookup 13700 protocol 137", 0 },
    { "rule add priority 5002 lookup 13699 protocol 137", 0 },
    { "rule add from 10.1.0.0/16 unreachable", 5 }, /* the kernel's choice */
    { "rule add priority 77 lookup 13700", 4927 },
    { "rule add priority 76 lookup 42 protocol 137", 4928 },
    { "rule del priority 76", 4927 },
    { "rule del priority 77", 5 },
    { "rule del priority 4999", 0 },
    { "rule del priority 5000", 0 },
    { "rule del priority 5002", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = NULL;

      private_net_ip ("%s", rows[i].command);
      snapshot = monitor_look (f);
      g_test_message ("%s", rows[i].command);
      g_assert_cmpuint (cs_policy_rules_find_place (snapshot, AF_INET), ==,
                        rows[i].displaced);
    }
}

/* More routes than any use for them: the way out and what may be in the way stay. */
static void
test_many_routes (MonitorFixture *f, gconstpointer data)
{
  static const CsRoute private
      = { CS_CIDR4 (10, 255, 0, 0, 16), GATEWAY (1), NONE, 0, 1, 254, TRUE, 0 };
  static const CsRoute wide
      = { CS_CIDR4 (224, 0, 0, 0, 3), GATEWAY (1), NONE, 0, 1, 254, TRUE, 0 };
  g_autoptr (GString) batch = g_string_new (NULL);
  g_autoptr (CsSnapshot) snapshot = NULL;

  for (int i = 0; i < 6000; i++)
    g_string_append_printf (batch, "route add 11.%d.%d.0/24 via 198.18.0.1\n", i / 256,
                            i % 256);
  g_string_append (batch, "route add 10.255.0.0/16 via 198.18.0.1\n"
                          "route add 224.0.0.0/3 via 198.18.0.1\n");
  private_net_ip_batch (batch->str);
  snapshot = monitor_look (f);
  g_assert_cmpuint (snapshot->routes->len, <, 3000);
  g_assert_cmpuint (count_routes (snapshot, &private), ==, 1);
  g_assert_cmpuint (count_routes (snapshot, &wide), ==, 1);
}

int
main (int argc, char **argv)
{
  static const MonitorTest tests[] = {
    { "/monitor/links", test_links },
    { "/monitor/kinds", test_kinds },
    { "/monitor/sysctls", test_sysctls },
    { "/monitor/addresses", test_addresses },
    { "/monitor/routes", test_routes },
    { "/monitor/hops", test_hops },
    { "/monitor/ways-out", test_ways_out },
    { "/monitor/place-of-rules", test_place_of_rules },
    { "/monitor/rules", test_rules },
    { "/monitor/many-routes", test_many_routes },
  };

  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  return monitor_run (tests, G_N_ELEMENTS (tests));
}
