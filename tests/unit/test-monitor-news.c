/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signal that announces a change of the network: for what, and how often. */
#include "core/value/request.h"

#include "monitor-fixture.h"
#include "private-net.h"
#include "turn.h"

#include <time.h>

static void
test_news (MonitorFixture *f, gconstpointer data)
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
      monitor_settle (f);
      g_test_message ("%s", rows[i]);
      private_net_ip ("%s", rows[i]);
      monitor_await_change (f);
      g_assert_cmpuint (f->changes, <=, 3);
    }
  monitor_settle (f);
  private_net_write_sysctl ("lan0", "forwarding", "1");
  monitor_await_change (f);
  monitor_settle (f);
  g_assert_true (
      g_file_set_contents ("/etc/resolv.conf", "nameserver 192.0.2.1\n", -1, NULL));
  monitor_await_change (f);
}

static void
test_noise (MonitorFixture *f, gconstpointer data)
{
  static const char *const rows[] = {
    "link set lan0 promisc on",
    "link set lan0 promisc off",
    "link set lan0 multicast off",
    "link set lan0 alias something",
    "neighbour add 198.18.0.9 lladdr 02:00:00:00:00:09 dev wan0",
    "route add 2001:db8:1::/48 dev lan0 table 700",
    "route add local 10.3.0.1 dev lo table local",
  };

  monitor_settle (f);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      private_net_ip ("%s", rows[i]);
      turn (10);
      g_test_message ("%s", rows[i]);
      g_assert_cmpuint (f->changes, ==, 0);
    }
  private_net_ip ("route del local 10.3.0.1 dev lo table local");
}

/* Each router advertisement has everything announced again, with new lifetimes. */
static void
test_lifetimes (MonitorFixture *f, gconstpointer data)
{
  static const char *const rows[][2] = {
    { "address add 2001:db8::1/64 dev lan0 nodad valid_lft 5300 preferred_lft 2600",
      "address change 2001:db8::1/64 dev lan0 nodad valid_lft 5400 preferred_lft 2700" },
    { "route add 2001:db8:1::/48 dev lan0", NULL },
    { "route add default via fe80::1 dev lan0 expires 1000",
      "route replace default via fe80::1 dev lan0 expires 2000" },
    { "address change 2001:db8::1/64 dev lan0 nodad valid_lft 5400 preferred_lft 0",
      NULL },
    { "route del 2001:db8:1::/48 dev lan0", NULL },
    { "address del 2001:db8::1/64 dev lan0", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      monitor_settle (f);
      g_test_message ("%s", rows[i][0]);
      private_net_ip ("-6 %s", rows[i][0]);
      monitor_await_change (f);
      if (rows[i][1] == NULL)
        continue;
      monitor_settle (f);
      private_net_ip ("-6 %s", rows[i][1]);
      turn (10);
      g_assert_cmpuint (f->changes, ==, 0);
    }
}

/* Links that nobody has to do with, as containers have them; not so what a request names,
 * or what gets an address. */
static void
test_minded (MonitorFixture *f, gconstpointer data)
{
  static const char *const unheard[] = {
    "link add veth7 type veth peer name far7",
    "link set veth7 up",
    "link set far7 up",
    "address add fe80::7/64 dev veth7",
    "link add br7 type bridge",
    "link set br7 up",
    "link set veth7 master br7",
    "link set veth7 mtu 1400",
    "link del veth7",
  };
  static const char *const heard[] = {
    "address add 10.7.0.1/24 dev br7",
    "link set br7 down",
    "address del 10.7.0.1/24 dev br7",
    "link set br7 up",
    "address add 2001:db8:7::1/64 dev br7",
    "link set br7 mtu 1400",
    "link del br7",
    "link add lan7 type veth peer name far7",
    "link set lan7 up",
    "link del lan7",
    "link set lan0 mtu 1400",
    "link set wan0 mtu 1300",
  };
  g_autoptr (GPtrArray) requests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_request_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (requests, cs_request_new ("lan7", "lan0", NULL, &error));
  g_assert_no_error (error);
  private_net_skip_dad ();
  monitor_settle (f);
  cs_monitor_mind (f->monitor, requests);
  for (gsize i = 0; i < G_N_ELEMENTS (unheard); i++)
    {
      private_net_ip ("%s", unheard[i]);
      turn (10);
      g_test_message ("%s", unheard[i]);
      g_assert_cmpuint (f->changes, ==, 0);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (heard); i++)
    {
      monitor_settle (f);
      g_test_message ("%s", heard[i]);
      private_net_ip ("%s", heard[i]);
      monitor_await_change (f);
    }
}

/* A burst is one change, or few; the last word counts. */
static void
test_burst (MonitorFixture *f, gconstpointer data)
{
  g_autoptr (GString) batch = g_string_new (NULL);
  g_autoptr (CsSnapshot) snapshot = NULL;

  for (int i = 1; i <= 100; i++)
    g_string_append_printf (batch, "address add 10.4.%d.1/24 dev lan0\n", i);
  monitor_settle (f);
  private_net_ip_batch (batch->str);
  monitor_await_change (f);
  g_assert_cmpuint (f->changes, ==, 1);
  snapshot = monitor_look (f);
  g_assert_cmpuint (monitor_find (snapshot, "lan0")->addresses->len, ==, 100);
}

/* The kernel drops messages when a reader is slow, and says so once. */
static void
test_overflow (MonitorFixture *f, gconstpointer data)
{
  g_autoptr (GString) batch = g_string_new (NULL);

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (batch, "route add 10.%d.%d.0/24 via 198.18.0.1\n",
                            100 + i / 256, i % 256);
  monitor_settle (f);
  private_net_ip_batch (batch->str);
  monitor_await_change (f);
  g_assert_cmpuint (f->changes, ==, 1);
  monitor_settle (f);
  private_net_ip ("address add 10.1.1.1/24 dev lan0");
  monitor_await_change (f);
  g_assert_cmpuint (f->changes, ==, 1);
}

/* The kernel tells of a lost address before it removes its routes, and not at all that it
 * does. */
static void
test_lost_address (MonitorFixture *f, gconstpointer data)
{
  CsAddress address;

  g_assert_true (cs_address_parse ("10.7.7.7", &address));
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (CsSnapshot) snapshot = NULL;

      private_net_ip ("address add 10.7.7.7/24 dev lan0 noprefixroute");
      private_net_ip ("route add 10.7.7.0/24 dev lan0 src 10.7.7.7 metric 100");
      monitor_settle (f);
      private_net_ip ("address del 10.7.7.7/24 dev lan0");
      cs_snapshot_free (monitor_look (f));
      monitor_await_change (f);
      snapshot = monitor_look (f);
      for (guint k = 0; k < snapshot->routes->len; k++)
        g_assert_false (cs_address_equal (
            g_array_index (snapshot->routes, CsRoute, k).source, address));
    }
}

/* A storm is thinned out: snapshots take a fifth of the processor at most. It lasts
 * longer where ip(8) takes its time. */
static void
test_storm (MonitorFixture *f, gconstpointer data)
{
  gint64 spent = 0, begin = g_get_monotonic_time (), now = begin;
  guint seen = 0;

  monitor_settle (f);
  for (; now - begin < G_USEC_PER_SEC / 4
         || (seen < 2 && now - begin < 10 * G_USEC_PER_SEC);
       now = g_get_monotonic_time ())
    {
      private_net_ip ("address add 10.1.1.1/24 dev lan0");
      private_net_ip ("address del 10.1.1.1/24 dev lan0");
      while (g_main_context_iteration (NULL, FALSE))
        if (f->changes != seen)
          {
            g_autoptr (CsSnapshot) snapshot = NULL;
            clock_t before = clock ();

            seen = f->changes;
            snapshot = monitor_look (f);
            spent += clock () - before;
          }
    }
  g_assert_cmpuint (seen, >, 1);
  g_assert_cmpint (spent, <, (g_get_monotonic_time () - begin) / 4);
}

int
main (int argc, char **argv)
{
  static const MonitorTest tests[] = {
    { "/monitor-news/news", test_news },
    { "/monitor-news/noise", test_noise },
    { "/monitor-news/lifetimes", test_lifetimes },
    { "/monitor-news/minded", test_minded },
    { "/monitor-news/burst", test_burst },
    { "/monitor-news/lost-address", test_lost_address },
    { "/monitor-news/overflow", test_overflow },
    { "/monitor-news/storm", test_storm },
  };

  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  return monitor_run (tests, G_N_ELEMENTS (tests));
}
