/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots: what is on a real kernel's network is what they say. */
#include "monitor-fixture.h"
#include "private-net.h"

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

  monitor_write_sysctl ("lan0", "forwarding", "1");
  monitor_write_sysctl ("all", "rp_filter", "1");
  monitor_write_sysctl ("wan0", "rp_filter", "2");
  monitor_write_sysctl ("lan0", "rp_filter", "0");
  snapshot = monitor_look (f);
  lan = monitor_find (snapshot, "lan0");
  wan = monitor_find (snapshot, "wan0");
  monitor_write_sysctl ("all", "rp_filter", "0");
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
    guint32 local;
    guint8 prefix;
    guint32 peer;
  } rows[] = {
    { 0xc0a88901, 24, 0 },          /* 192.168.137.1/24 */
    { 0xc0a88902, 24, 0 },          /* a secondary one */
    { 0x0a000001, 32, 0x0a000002 }, /* 10.0.0.1 peer 10.0.0.2 */
    { 0xcb007101, 28, 0xac100001 }, /* 203.0.113.1 peer 172.16.0.1/28 */
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
          const CsAddress *address = &g_array_index (addresses, CsAddress, k);

          found = address->local.address == rows[i].local
                  && address->local.prefix == rows[i].prefix
                  && address->peer == rows[i].peer;
        }
      g_assert_true (found);
    }
}

/* A route, by ip(8) and as it should be seen; ifindex says which of the two: 1 wan0. */
typedef struct
{
  const char *add;
  CsRoute route;
} RouteRow;

static const RouteRow route_rows[] = {
  { "default via 198.18.0.1 metric 100",
    { { 0, 0 }, 0xc6120001, 0, 100, 1, 254, TRUE, 0 } },
  { "default dev wan0 table 13700", { { 0, 0 }, 0, 0, 0, 1, 13700, TRUE, 0 } },
  { "0.0.0.0/1 via 198.18.0.7 dev wan0",
    { { 0, 1 }, 0xc6120007, 0, 0, 1, 254, TRUE, 0 } },
  { "10.7.0.0/16 via 198.18.0.1 src 198.18.0.2 table 42",
    { { 0x0a070000, 16 }, 0xc6120001, 0xc6120002, 0, 1, 42, TRUE, 0 } },
  { "10.8.0.0/16 via 192.0.2.1 dev wan0 onlink",
    { { 0x0a080000, 16 }, 0xc0000201, 0, 0, 1, 254, TRUE, TRUE } },
  { "10.9.0.0/16 nexthop via 198.18.0.5 dev wan0 nexthop via 198.18.0.6 dev wan0",
    { { 0x0a090000, 16 }, 0xc6120005, 0, 0, 1, 254, TRUE, 0 } },
  { "unreachable default metric 4278198272 table 13700",
    { { 0, 0 }, 0, 0, 4278198272u, 0, 13700, FALSE, 0 } },
  { "blackhole 10.10.0.0/16", { { 0x0a0a0000, 16 }, 0, 0, 0, 0, 254, FALSE, 0 } },
};

static guint
count_routes (const CsSnapshot *snapshot, const CsRoute *wanted)
{
  int wan = monitor_find (snapshot, "wan0")->ifindex;
  guint count = 0;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      g_assert_cmpuint (route->table, !=, 255);
      if (cs_cidr_equal (route->destination, wanted->destination)
          && route->gateway == wanted->gateway && route->source == wanted->source
          && route->metric == wanted->metric && route->table == wanted->table
          && route->unicast == wanted->unicast && route->onlink == wanted->onlink
          && route->ifindex == (wanted->ifindex == 1 ? wan : 0))
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

static gboolean
has_table (const CsSnapshot *snapshot, guint32 table)
{
  for (guint i = 0; i < snapshot->rule_tables->len; i++)
    if (g_array_index (snapshot->rule_tables, guint32, i) == table)
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
  g_assert_true (has_table (snapshot, 254) && !has_table (snapshot, 0));
}

/* More routes than any use for them: the way out and what may be in the way stay. */
static void
test_many_routes (MonitorFixture *f, gconstpointer data)
{
  static const CsRoute private
      = { { 0x0aff0000, 16 }, 0xc6120001, 0, 0, 1, 254, TRUE, 0 };
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
  g_assert_cmpuint (
      count_routes (snapshot,
                    &(CsRoute){ { 0xe0000000, 3 }, 0xc6120001, 0, 0, 1, 254, TRUE, 0 }),
      ==, 1);
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
    { "/monitor/rules", test_rules },
    { "/monitor/many-routes", test_many_routes },
  };

  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  return monitor_run (tests, G_N_ELEMENTS (tests));
}
