/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots of a real kernel's network, made with ip(8) in namespaces of the test's own,
 * and the signal that announces the next. NetworkManager is not there. */
#include "system/network-monitor.h"

#include "private-net.h"

#include <time.h>

typedef struct
{
  CsMonitor *monitor; /* (owned) */
  guint changes;      /* emissions */
} Fixture;

static void
on_changed (CsMonitor *monitor, gpointer user_data)
{
  Fixture *f = user_data;

  f->changes++;
}

static gboolean
on_timeout (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the main loop for so long. */
static void
turn (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_timeout, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* Runs the main loop until a change is announced, and a little longer. */
static void
await_change (Fixture *f)
{
  for (int i = 0; i < 200 && f->changes == 0; i++)
    turn (10);
  g_assert_cmpuint (f->changes, >=, 1);
  turn (20);
}

static CsSnapshot *
look (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  CsSnapshot *snapshot = cs_monitor_snapshot (f->monitor, &error);

  g_assert_no_error (error);
  return snapshot;
}

/* What has gathered so far is not news any more. */
static void
settle (Fixture *f)
{
  g_autoptr (CsSnapshot) snapshot = NULL;

  turn (50);
  snapshot = look (f);
  f->changes = 0;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  private_net_ip_batch ("link add lan0 type veth peer name far0\n"
                        "link add wan0 mtu 1400 type veth peer name far1\n"
                        "link set lan0 up\n"
                        "link set far0 up\n"
                        "link set wan0 up\n"
                        "address add 198.18.0.2/24 dev wan0\n");
  f->monitor = cs_network_monitor_new (NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (f->monitor, "changed", G_CALLBACK (on_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->monitor);
  private_net_ip_batch ("link del lan0\nlink del wan0\n");
}

static const CsInterface *
find (const CsSnapshot *snapshot, const char *name)
{
  const CsInterface *interface = cs_snapshot_find (snapshot, name);

  g_assert_nonnull (interface);
  return interface;
}

static void
test_links (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;
  const CsInterface *lan, *wan;

  private_net_ip_batch ("link add br7 type bridge\nlink set far0 master br7\n");
  snapshot = look (f);
  private_net_ip ("link del br7");
  lan = find (snapshot, "lan0");
  wan = find (snapshot, "wan0");
  g_assert_cmpint (find (snapshot, "far0")->master, ==, find (snapshot, "br7")->ifindex);
  g_assert_cmpint (find (snapshot, "lo")->kind, ==, CS_KIND_LOOPBACK);
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
test_kinds (Fixture *f, gconstpointer data)
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
      snapshot = look (f);
      if (cs_snapshot_find (snapshot, rows[i].name) == NULL)
        continue;
      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (find (snapshot, rows[i].name)->kind, ==, rows[i].kind);
      private_net_ip ("link del %s", rows[i].name);
      tried++;
    }
  g_assert_cmpuint (tried, >=, 3);
}

static void
write_sysctl (const char *interface, const char *key, const char *value)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/sys/net/ipv4/conf/%s/%s", interface, key);

  g_assert_true (
      g_file_set_contents_full (path, value, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

static void
test_sysctls (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;
  const CsInterface *lan, *wan;

  write_sysctl ("lan0", "forwarding", "1");
  write_sysctl ("all", "rp_filter", "1");
  write_sysctl ("wan0", "rp_filter", "2");
  write_sysctl ("lan0", "rp_filter", "0");
  snapshot = look (f);
  lan = find (snapshot, "lan0");
  wan = find (snapshot, "wan0");
  write_sysctl ("all", "rp_filter", "0");
  g_assert_cmpint (lan->forwarding, ==, 1);
  g_assert_cmpint (wan->forwarding, ==, 0);
  g_assert_cmpint (lan->rp_filter, ==, 1);
  g_assert_cmpint (lan->rp_filter_own, ==, 0);
  g_assert_cmpint (wan->rp_filter, ==, 2);
  g_assert_cmpint (wan->rp_filter_own, ==, 2);
}

static void
test_addresses (Fixture *f, gconstpointer data)
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
  snapshot = look (f);
  addresses = find (snapshot, "lan0")->addresses;
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
  int wan = find (snapshot, "wan0")->ifindex;
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
test_routes (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (route_rows); i++)
    private_net_ip ("route add %s", route_rows[i].add);
  snapshot = look (f);
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
test_rules (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSnapshot) snapshot = NULL;

  private_net_ip_batch ("rule add iif lan0 lookup 13700\n"
                        "rule add iif far0 lookup 13700\n"
                        "rule add from 10.0.0.0/8 lookup 42\n"
                        "rule add from 10.1.0.0/16 unreachable\n");
  snapshot = look (f);
  private_net_ip_batch ("rule del iif lan0 lookup 13700\n"
                        "rule del iif far0 lookup 13700\n"
                        "rule del from 10.0.0.0/8 lookup 42\n"
                        "rule del from 10.1.0.0/16 unreachable\n");
  g_assert_true (has_table (snapshot, 13700) && has_table (snapshot, 42));
  g_assert_true (has_table (snapshot, 254) && !has_table (snapshot, 0));
}

/* More routes than any use for them: the way out and what may be in the way stay. */
static void
test_many_routes (Fixture *f, gconstpointer data)
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
  snapshot = look (f);
  g_assert_cmpuint (snapshot->routes->len, <, 3000);
  g_assert_cmpuint (count_routes (snapshot, &private), ==, 1);
  g_assert_cmpuint (
      count_routes (snapshot,
                    &(CsRoute){ { 0xe0000000, 3 }, 0xc6120001, 0, 0, 1, 254, TRUE, 0 }),
      ==, 1);
}

static void
test_news (Fixture *f, gconstpointer data)
{
  static const char *const rows[] = {
    "link set wan0 mtu 1300",
    "link set far1 up",
    "link set lan0 down",
    "link set lan0 up",
    "address add 10.1.1.1/24 dev lan0",
    "address del 10.1.1.1/24 dev lan0",
    "route add 10.2.0.0/16 via 198.18.0.1",
    "route add unreachable default table 13700",
    "route del unreachable default table 13700",
    "rule add iif lan0 lookup 13700",
    "rule del iif lan0 lookup 13700",
    "link set far0 name far9",
    "link set far9 name far0",
    "link add br7 type bridge",
    "link del br7",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      settle (f);
      g_test_message ("%s", rows[i]);
      private_net_ip ("%s", rows[i]);
      await_change (f);
      g_assert_cmpuint (f->changes, <=, 3);
    }
  settle (f);
  write_sysctl ("lan0", "forwarding", "1");
  await_change (f);
  settle (f);
  g_assert_true (
      g_file_set_contents ("/etc/resolv.conf", "nameserver 192.0.2.1\n", -1, NULL));
  await_change (f);
}

static void
test_noise (Fixture *f, gconstpointer data)
{
  static const char *const rows[] = {
    "link set lan0 promisc on",
    "link set lan0 promisc off",
    "link set lan0 multicast off",
    "link set lan0 alias something",
    "address add 2001:db8::1/64 dev lan0",
    "neighbour add 198.18.0.9 lladdr 02:00:00:00:00:09 dev wan0",
    "route add 2001:db8:1::/48 dev lan0",
    "route add local 10.3.0.1 dev lo table local",
  };

  settle (f);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      private_net_ip ("%s", rows[i]);
      turn (10);
      g_test_message ("%s", rows[i]);
      g_assert_cmpuint (f->changes, ==, 0);
    }
  private_net_ip ("route del local 10.3.0.1 dev lo table local");
}

/* A burst is one change, or few; the last word counts. */
static void
test_burst (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) batch = g_string_new (NULL);
  g_autoptr (CsSnapshot) snapshot = NULL;

  for (int i = 1; i <= 100; i++)
    g_string_append_printf (batch, "address add 10.4.%d.1/24 dev lan0\n", i);
  settle (f);
  private_net_ip_batch (batch->str);
  await_change (f);
  g_assert_cmpuint (f->changes, ==, 1);
  snapshot = look (f);
  g_assert_cmpuint (find (snapshot, "lan0")->addresses->len, ==, 100);
}

/* The kernel drops messages when a reader is slow, and says so once. */
static void
test_overflow (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) batch = g_string_new (NULL);

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (batch, "route add 10.%d.%d.0/24 via 198.18.0.1\n",
                            100 + i / 256, i % 256);
  settle (f);
  private_net_ip_batch (batch->str);
  await_change (f);
  g_assert_cmpuint (f->changes, ==, 1);
  settle (f);
  private_net_ip ("address add 10.1.1.1/24 dev lan0");
  await_change (f);
  g_assert_cmpuint (f->changes, ==, 1);
}

/* A storm is thinned out: snapshots take a fifth of the processor at most. */
static void
test_storm (Fixture *f, gconstpointer data)
{
  gint64 spent = 0, begin = g_get_monotonic_time ();
  guint seen = 0;

  settle (f);
  while (g_get_monotonic_time () - begin < G_USEC_PER_SEC / 4)
    {
      private_net_ip ("address add 10.1.1.1/24 dev lan0");
      private_net_ip ("address del 10.1.1.1/24 dev lan0");
      while (g_main_context_iteration (NULL, FALSE))
        if (f->changes != seen)
          {
            g_autoptr (CsSnapshot) snapshot = NULL;
            clock_t before = clock ();

            seen = f->changes;
            snapshot = look (f);
            spent += clock () - before;
          }
    }
  g_assert_cmpuint (seen, >, 1);
  g_assert_cmpint (spent, <, (g_get_monotonic_time () - begin) / 4);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/monitor/links", test_links },
    { "/monitor/kinds", test_kinds },
    { "/monitor/sysctls", test_sysctls },
    { "/monitor/addresses", test_addresses },
    { "/monitor/routes", test_routes },
    { "/monitor/rules", test_rules },
    { "/monitor/many-routes", test_many_routes },
    { "/monitor/news", test_news },
    { "/monitor/noise", test_noise },
    { "/monitor/burst", test_burst },
    { "/monitor/overflow", test_overflow },
    { "/monitor/storm", test_storm },
  };

  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
