/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel view has kept up by the kernel's news is what a fresh one reads,
 * whatever happens in whatever order, and also when news are lost. */
#include "private-net.h"

#include "system/watch/kernel-view.h"

#include <sys/socket.h>

#define ROUNDS 150
#define LINKS  4
/* How long the kernel may take to tell that a link has a carrier: a second at most. */
#define CARRIER_MS 3000

/* "%d" is a link, "%r" a small random number. */
static const char *const operations[] = {
  "link add v%d type veth peer name p%d",
  "link add v%d mtu 1400 type veth peer name p%d",
  "link del v%d",
  "link set v%d up",
  "link set p%d up",
  "link set v%d up",
  "link set v%d down",
  "link set p%d down",
  "link set v%d mtu 13%r0",
  "link set v%d name w%d",
  "link set w%d name v%d",
  "link set v%d master br0",
  "link set v%d nomaster",
  "link set v%d master vrf0",
  "link set v%d promisc on",
  "link set br0 up",
  "link set br0 down",
  "address add 10.%d.%r.1/24 dev v%d",
  "address add 10.%d.%r.1/24 dev v%d",
  "address add 10.%d.%r.2/24 dev v%d",
  "address add 10.%d.%r.3/32 dev v%d",
  "address add 10.9.%d.%r peer 10.9.9.9/32 dev v%d",
  "address del 10.%d.%r.1/24 dev v%d",
  "address del 10.%d.%r.2/24 dev v%d",
  "address flush dev v%d",
  "route add 20.%r.0.0/16 dev v%d",
  "route add 20.%r.0.0/16 dev v%d metric %r",
  "route add 20.%r.0.0/16 dev v%d table 700",
  "route add default dev v%d metric %r",
  "route add 20.%r.0.0/16 via 10.%d.%r.9",
  "route add 20.%r.0.0/16 via 10.9.9.9 dev v%d onlink",
  "route add 20.%r.0.0/16 dev v%d src 10.%d.%r.1",
  "route append 20.%r.0.0/16 dev v%d",
  "route prepend 20.%r.0.0/16 dev v%d",
  "route replace 20.%r.0.0/16 dev v%d",
  "route replace 20.%r.0.0/16 via 10.%d.%r.9",
  "route change 20.%r.0.0/16 dev v%d",
  "route add tos 16 20.%r.0.0/16 dev v%d",
  "route add blackhole 20.%r.0.0/16 metric 9",
  "route add unreachable 20.%r.0.0/16 metric 9",
  "route replace throw 20.%r.0.0/16 metric 9",
  "route add 21.%r.0.0/16 nexthop dev v%d nexthop dev v%d weight 2",
  "route replace 21.%r.0.0/16 nexthop dev v%d nexthop via 10.%d.%r.9",
  "route append 21.%r.0.0/16 nexthop dev v%d nexthop dev v%d",
  "route del 20.%r.0.0/16",
  "route del 20.%r.0.0/16 dev v%d",
  "route del 21.%r.0.0/16",
  "route flush table 700",
  "route flush dev v%d",
  "nexthop add id %r dev v%d",
  "nexthop replace id %r dev v%d",
  "nexthop add id 1%r group %r/%r",
  "nexthop del id %r",
  "route add 22.%r.0.0/16 nhid %r",
  "route add 22.%r.0.0/16 nhid 1%r",
  "rule add pref 10%r iif v%d lookup 700",
  "rule add pref 10%r from 10.%d.%r.1 lookup main",
  "rule del pref 10%r",
  "-6 rule add pref 10%r oif v%d lookup 700",
  "-6 address add 2001:db8::%r/64 dev v%d",
  "-6 address add 2001:db8:%d::%r/64 dev v%d nodad",
  "-6 address add 2001:db8:%d::%r/64 dev v%d noprefixroute",
  "-6 address add 2001:db8:9::%r peer 2001:db8:9::9 dev v%d",
  "-6 address change 2001:db8:%d::%r/64 dev v%d valid_lft 9%r0 preferred_lft 0",
  "-6 address change 2001:db8:%d::%r/64 dev v%d valid_lft 9%r0 preferred_lft 8%r0",
  "-6 address del 2001:db8:%d::%r/64 dev v%d",
  "-6 address flush dev v%d",
  "-6 route add 2001:db8:a%r::/48 dev v%d",
  "-6 route add 2001:db8:a%r::/48 dev v%d metric %r",
  "-6 route add 2001:db8:a%r::/48 dev v%d table 700",
  "-6 route add 2001:db8:a%r::/48 dev v%d table 1370%r",
  "-6 route add default dev v%d metric %r",
  "-6 route add default via fe80::%r dev v%d expires 9%r0",
  "-6 route replace default via fe80::%r dev v%d expires 9%r0",
  "-6 route add 2001:db8:a%r::/48 via 2001:db8:%d::9",
  "-6 route add 2001:db8:a%r::/48 via 2001:db8:%d::9 dev v%d onlink",
  "-6 route add 2001:db8:a%r::/48 dev v%d src 2001:db8:%d::%r",
  "-6 route append 2001:db8:a%r::/48 dev v%d",
  "-6 route append 2001:db8:a%r::/48 via fe80::%r dev v%d",
  "-6 route prepend 2001:db8:a%r::/48 dev v%d",
  "-6 route replace 2001:db8:a%r::/48 dev v%d",
  "-6 route replace 2001:db8:a%r::/48 via fe80::%r dev v%d",
  "-6 route change 2001:db8:a%r::/48 dev v%d",
  "-6 route add blackhole 2001:db8:a%r::/48 metric 9",
  "-6 route add unreachable 2001:db8:a%r::/48 metric 9",
  "-6 route add unreachable default metric 9",
  "-6 route add 2001:db8:b%r::/48 nexthop via fe80::%r dev v0 nexthop via fe80::%r dev "
  "v%d",
  "-6 route add 2001:db8:b%r::/48 nexthop via fe80::%r dev v%d nexthop via fe80::%r dev "
  "v%d",
  "-6 route replace 2001:db8:b%r::/48 nexthop via fe80::%r dev v%d nexthop via fe80::%r "
  "dev v%d",
  "-6 route append 2001:db8:b%r::/48 nexthop via fe80::%r dev v%d nexthop via fe80::7 "
  "dev v1",
  "-6 route del 2001:db8:a%r::/48",
  "-6 route del 2001:db8:a%r::/48 dev v%d",
  "-6 route del 2001:db8:b%r::/48",
  "-6 route del 2001:db8:b%r::/48 via fe80::%r",
  "-6 route del default",
  "-6 route flush table 700",
  "-6 route flush table 1370%r",
  "-6 route flush dev v%d",
  "-6 nexthop add id 2%r via fe80::%r dev v%d",
  "-6 route add 2001:db8:c%r::/48 nhid 2%r",
  "-6 nexthop add id 3%r dev v%d",
  "-6 nexthop add id 4%r group 2%r/3%r",
  "-6 route add 2001:db8:c%r::/48 nhid 3%r",
  "-6 route add 2001:db8:c%r::/48 nhid 4%r",
  "-6 rule add pref 10%r iif v%d lookup 1370%r",
  "-6 rule del pref 10%r",
  "neighbour add 10.%d.%r.9 lladdr 02:00:00:00:00:09 dev v%d",
};

static void
add_operation (GString *batch, GRand *random)
{
  gint32 number = g_rand_int_range (random, 0, (gint32)G_N_ELEMENTS (operations));
  int link = g_rand_int_range (random, 0, LINKS);

  for (const char *at = operations[number]; *at != '\0'; at++)
    if (at[0] == '%' && at[1] == 'd')
      g_string_append_printf (batch, "%d", link), at++;
    else if (at[0] == '%' && at[1] == 'r')
      g_string_append_printf (batch, "%d", g_rand_int_range (random, 1, 6)), at++;
    else
      g_string_append_c (batch, *at);
  g_string_append_c (batch, '\n');
}

static void
run_lines (const char *family, const char *text)
{
  char *argv[] = { (char *)"ip",     (char *)family,       (char *)"-force",
                   (char *)"-batch", (char *)"/run/batch", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents ("/run/batch", text, -1, NULL));
  g_spawn_sync (NULL, argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                    | G_SPAWN_STDERR_TO_DEV_NULL,
                NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Lines that begin with "-6" are IPv6's. Much of it is impossible, which is as good. */
static void
run_batch (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) some = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean ipv6 = g_str_has_prefix (lines[i], "-6 ");
      const char *next = lines[i + 1];

      g_string_append_printf (some, "%s\n", lines[i] + (ipv6 ? 3 : 0));
      if (next != NULL && g_str_has_prefix (next, "-6 ") == ipv6)
        continue;
      run_lines (ipv6 ? "-6" : "-4", some->str);
      g_string_truncate (some, 0);
    }
}

static void
write_conf (GRand *random)
{
  static const char *const names[] = { "all", "default", "v0", "v1", "br0" };
  static const char *const keys[] = { "4/forwarding", "4/rp_filter", "6/forwarding",
                                      "6/accept_ra",  "6/proxy_ndp", "6/disable_ipv6" };
  g_auto (GStrv) key
      = g_strsplit (keys[g_rand_int_range (random, 0, G_N_ELEMENTS (keys))], "/", 2);
  g_autofree char *path = g_strdup_printf (
      "/proc/sys/net/ipv%s/conf/%s/%s", key[0],
      names[g_rand_int_range (random, 0, G_N_ELEMENTS (names))], key[1]);

  g_file_set_contents_full (path, g_rand_boolean (random) ? "1" : "0", -1,
                            G_FILE_SET_CONTENTS_NONE, 0644, NULL);
}

/* --- A snapshot as text ---------------------------------------------------------- */

static void
print_interface (GPtrArray *lines, const CsInterface *interface, gboolean carrier)
{
  GString *line = g_string_new (NULL);

  g_string_printf (
      line, "%s %d mtu %u kind %d up %d carrier %d ptp %d master %d %d %d %d",
      interface->name, interface->ifindex, interface->mtu, interface->kind, interface->up,
      carrier && interface->carrier, interface->point_to_point, interface->master,
      interface->forwarding, interface->rp_filter, interface->rp_filter_own);
  for (guint i = 0; i < interface->addresses->len; i++)
    {
      CsInterfaceAddress *address
          = &g_array_index (interface->addresses, CsInterfaceAddress, i);

      g_autofree char *local = cs_cidr_to_string (address->local);
      g_autofree char *peer = cs_address_to_string (address->peer);

      g_string_append_printf (line, " %s-%s", local, peer);
    }
  for (guint i = 0; i < interface->addresses6->len; i++)
    {
      CsIpv6Address *address = &g_array_index (interface->addresses6, CsIpv6Address, i);

      g_autofree char *local = cs_cidr_to_string (address->local);

      g_string_append_printf (line, " %s%s%s%s%s", local, address->unusable ? "!" : "",
                              address->deprecated ? "~" : "",
                              address->temporary ? "^" : "",
                              address->permanent ? "=" : "");
    }
  g_string_append_printf (line, " conf %d %d %d %d %d", interface->ipv6.disabled,
                          interface->ipv6.accept_ra, interface->ipv6.forwarding,
                          interface->ipv6.force_forwarding, interface->ipv6.proxy_ndp);
  g_ptr_array_add (lines, g_string_free (line, FALSE));
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

static void
print_routes (GPtrArray *out, const GArray *routes)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  for (guint i = 0; i < routes->len; i++)
    {
      CsRoute *route = &g_array_index (routes, CsRoute, i);

      g_autofree char *destination = cs_cidr_to_string (route->destination);
      g_autofree char *gateway = cs_address_to_string (route->gateway);
      g_autofree char *source = cs_address_to_string (route->source);

      g_ptr_array_add (
          lines,
          g_strdup_printf ("table %u %s via %s dev %d src %s metric %u %d %d %d",
                           route->table, destination, gateway, route->ifindex, source,
                           route->metric, route->unicast, route->onlink, route->end));
    }
  g_ptr_array_sort (lines, compare_lines);
  for (guint i = 0; i < lines->len; i++)
    g_ptr_array_add (out, lines->pdata[i]);
}

static char *
print (CsKernelView *view, gboolean carrier)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();
  g_autoptr (GError) error = NULL;

  cs_kernel_view_hear (view);
  cs_kernel_view_fill (view, snapshot, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    print_interface (lines, snapshot->interfaces->pdata[i], carrier);
  print_routes (lines, snapshot->routes);
  print_routes (lines, snapshot->routes6);
  for (guint i = 0; i < snapshot->rules->len; i++)
    {
      CsRule *rule = &g_array_index (snapshot->rules, CsRule, i);

      g_autofree char *source = cs_cidr_to_string (rule->source);

      g_ptr_array_add (lines, g_strdup_printf ("rule %d %u %s %s %s %u", rule->ipv6,
                                               rule->priority, rule->iif, rule->oif,
                                               source, rule->table));
    }
  g_ptr_array_add (lines, g_strdup_printf ("forwards %d %d", snapshot->host_forwards,
                                           snapshot->host_forwards6));
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

static char *
print_fresh (gboolean carrier)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKernelView) view = cs_kernel_view_new (&error);

  g_assert_no_error (error);
  return print (view, carrier);
}

/* --- Tests ----------------------------------------------------------------------- */

static CsKernelView *
begin (void)
{
  g_autoptr (GError) error = NULL;
  CsKernelView *view;

  run_batch ("link add br0 type bridge\n"
             "link add vrf0 type vrf table 500\n"
             "link set vrf0 up\n"
             "link add v0 type veth peer name p0\n"
             "link add v1 type veth peer name p1\n");
  view = cs_kernel_view_new (&error);
  g_assert_no_error (error);
  g_free (print (view, FALSE));
  return view;
}

static void
end (void)
{
  run_batch ("link del v0\nlink del v1\nlink del v2\nlink del v3\nlink del w0\n"
             "link del w1\nlink del w2\nlink del w3\nlink del br0\nlink del vrf0\n"
             "nexthop flush\nroute flush table main\nroute flush table 700\n"
             "-6 route flush table main\n-6 route flush table 700\n");
  for (int i = 0; i < 6; i++)
    run_batch ("rule del pref 101\nrule del pref 102\nrule del pref 103\n"
               "rule del pref 104\nrule del pref 105\n"
               "-6 rule del pref 101\n-6 rule del pref 102\n-6 rule del pref 103\n"
               "-6 rule del pref 104\n-6 rule del pref 105\n"
               "-6 route flush table 13701\n-6 route flush table 13702\n"
               "-6 route flush table 13703\n-6 route flush table 13704\n"
               "-6 route flush table 13705\n");
}

static void
assert_same (CsKernelView *view, const char *cause)
{
  g_autofree char *kept = print (view, FALSE);
  g_autofree char *fresh = print_fresh (FALSE);

  if (!g_str_equal (kept, fresh))
    g_error ("after\n%s\nkept:\n%s\n\nfresh:\n%s", cause, kept, fresh);
}

/* What goes with a carrier goes a while after it. */
static void
await_same (CsKernelView *view, const char *cause)
{
  for (int i = 0; i < CARRIER_MS; i += 20)
    {
      g_autofree char *kept = print (view, TRUE);
      g_autofree char *fresh = print_fresh (TRUE);

      if (g_str_equal (kept, fresh))
        return;
      g_usleep (20000);
    }
  assert_same (view, cause);
  g_error ("after\n%s\ncarriers differ", cause);
}

static void
play (CsKernelView *view, GRand *random, int operations_max)
{
  for (int round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GString) batch = g_string_new (NULL);

      for (int i = g_rand_int_range (random, 1, operations_max); i > 0; i--)
        add_operation (batch, random);
      run_batch (batch->str);
      if (g_rand_int_range (random, 0, 8) == 0)
        write_conf (random);
      await_same (view, batch->str);
    }
}

static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32)g_test_rand_int ());
  g_autoptr (CsKernelView) view = begin ();

  play (view, random, 12);
  end ();
}

/* What goes or comes with something else, and is not told. */
static void
test_silent (void)
{
  static const char *const rows[][3] = {
    { "link set v0 up\nlink set p0 up\nroute add 20.0.0.0/16 dev v0\n",
      "link set v0 down\n", NULL },
    { "link set v0 up\nlink set p0 up\nroute add 20.0.0.0/16 dev v0\n", "link del v0\n",
      NULL },
    { "link set v0 up\nlink set p0 up\nlink set v1 up\nlink set p1 up\n"
      "route add 20.0.0.0/16 nexthop dev v0 nexthop dev v1\n",
      "link set v0 down\n", "link set v0 up\nlink set p0 up\n" },
    { "link set v0 up\nlink set p0 up\nlink set v1 up\nlink set p1 up\n"
      "route add 20.0.0.0/16 nexthop dev v0 nexthop dev v1\n",
      "link del v0\n", NULL },
    { "link set v0 up\nlink set p0 up\naddress add 10.0.0.1/32 dev v0\nroute add "
      "20.0.0.0/16 dev v0\n",
      "address del 10.0.0.1/32 dev v0\n", NULL },
    { "link set v0 up\nlink set p0 up\nlink set v1 up\nlink set p1 up\naddress add "
      "10.0.0.1/24 dev v0\n"
      "route add 20.0.0.0/16 dev v1 src 10.0.0.1\nlink set v0 down\n",
      "address del 10.0.0.1/24 dev v0\n", NULL },
    { "link set v0 up\nlink set p0 up\nnexthop add id 1 dev v0\nroute add 20.0.0.0/16 "
      "nhid 1\n",
      "nexthop del id 1\n", NULL },
    { "link set v0 up\nlink set p0 up\nlink set v1 up\nlink set p1 up\nnexthop add id 1 "
      "dev v0\n"
      "route add 20.0.0.0/16 nhid 1\n",
      "nexthop replace id 1 dev v1\n", NULL },
    { "link set v0 up\nlink set p0 up\nroute add 20.0.0.0/16 dev v0\n"
      "route append 20.0.0.0/16 dev lo scope link\n",
      "route replace 20.0.0.0/16 dev lo metric 0\n", "route del 20.0.0.0/16\n" },
    { "link set v0 up\nlink set p0 up\n-6 route add 2001:db8:a::/48 dev v0\n",
      "link set v0 down\n", NULL },
    { "link set v0 up\nlink set p0 up\nlink set v1 up\nlink set p1 up\n"
      "-6 route add 2001:db8:a::/48 nexthop via fe80::9 dev v0 nexthop via fe80::9 dev "
      "v1\n",
      "link set v0 down\n", "link set v0 up\nlink set p0 up\n" },
    { "link set v0 up\nlink set p0 up\nlink set v1 up\nlink set p1 up\n"
      "-6 route add 2001:db8:a::/48 nexthop via fe80::9 dev v0 nexthop via fe80::9 dev "
      "v1\n",
      "link del v0\n", NULL },
    { "link set v0 up\nlink set p0 up\nlink set v1 up\nlink set p1 up\n"
      "-6 route add 2001:db8:a::/48 nexthop via fe80::9 dev v0 nexthop via fe80::9 dev "
      "v1\n",
      "-6 route replace 2001:db8:a::/48 via fe80::9 dev v0\n", NULL },
    { "-6 address add 2001:db8::1/128 dev lo\nlink set v1 up\nlink set p1 up\n"
      "-6 route add 2001:db8:a::/48 dev v1 src 2001:db8::1\n",
      "-6 address del 2001:db8::1/128 dev lo\n", NULL },
    { "link set v0 up\nlink set p0 up\n-6 nexthop add id 1 dev v0\n"
      "-6 route add 2001:db8:a::/48 nhid 1\n",
      "-6 nexthop del id 1\n", NULL },
    { "link set v0 up\nlink set p0 up\n-6 route add 2001:db8:a::/48 dev v0\n"
      "-6 route add 2001:db8:a::/48 dev v0 table 13701\n"
      "-6 route add 2001:db8:a::/48 dev v0 table 700\n",
      "-6 rule add pref 101 iif v1 lookup 13701\n", "-6 rule del pref 101\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsKernelView) view = begin ();

      for (gsize k = 0; k < G_N_ELEMENTS (rows[i]) && rows[i][k] != NULL; k++)
        {
          run_batch (rows[i][k]);
          await_same (view, rows[i][k]);
        }
      end ();
    }
}

/* With room for a message or two. */
static void
test_lost (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32)g_test_rand_int ());
  g_autoptr (CsKernelView) view = begin ();
  int size = 1;

  setsockopt (cs_kernel_view_get_fd (view), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  play (view, random, 30);
  end ();
}

/* Of v0. */
static void
await_carrier (CsKernelView *view, gboolean carrier)
{
  for (int i = 0; i < CARRIER_MS; i += 20)
    {
      g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();
      g_autoptr (GError) error = NULL;

      cs_kernel_view_hear (view);
      cs_kernel_view_fill (view, snapshot, &error);
      g_assert_no_error (error);
      if (cs_snapshot_find (snapshot, "v0")->carrier == carrier)
        return;
      g_usleep (20000);
    }
  g_error ("v0 has the wrong carrier");
}

/* Routes of a link without carrier are dead where somebody has said so. */
static void
test_linkdown (void)
{
  g_autoptr (CsKernelView) view = begin ();

  private_net_write_sysctl ("v0", "ignore_routes_with_linkdown", "1");
  private_net_write_sysctl6 ("v0", "ignore_routes_with_linkdown", "1");
  run_batch ("link set v0 up\nlink set p0 up\nroute add 20.0.0.0/16 dev v0\n"
             "route add 21.0.0.0/16 nexthop dev v0 nexthop dev lo\n"
             "-6 route add 2001:db8:a::/48 dev v0\n");
  await_same (view, "a carrier");
  run_batch ("link set p0 down\n");
  await_carrier (view, FALSE);
  await_same (view, "a carrier");
  run_batch ("link set p0 up\n");
  await_carrier (view, TRUE);
  await_same (view, "a carrier");
  end ();
}

/* So many routes, and all that goes with their link. */
static void
test_many (void)
{
  g_autoptr (CsKernelView) view = begin ();
  g_autoptr (GString) batch = g_string_new ("link set v0 up\n");

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (batch, "route add 30.%d.%d.0/24 dev v0\n", i / 256, i % 256);
  run_batch (batch->str);
  assert_same (view, "5000 routes");
  run_batch ("route del 30.3.3.0/24\nroute replace 30.3.4.0/24 dev v0 mtu 1300\n"
             "route add 31.0.0.0/8 dev v0\n");
  assert_same (view, "a few of them");
  run_batch ("link del v0\n");
  assert_same (view, "their link");
  end ();
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  private_net_skip_dad ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel-view/random", test_random);
  g_test_add_func ("/kernel-view/silent", test_silent);
  g_test_add_func ("/kernel-view/lost", test_lost);
  g_test_add_func ("/kernel-view/linkdown", test_linkdown);
  g_test_add_func ("/kernel-view/many", test_many);
  return g_test_run ();
}
