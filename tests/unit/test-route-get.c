/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's word on single packets, in the cases that its callers tell apart. */
#include "system/netlink/rtnetlink.h"

#include "private-net.h"

#include <errno.h>

static void
set_up (void)
{
  private_net_ip_batch ("link add lan0 type veth peer name far0\n"
                        "link add wan0 type veth peer name far1\n"
                        "link add wg0 type veth peer name far2\n"
                        "link set lan0 up\nlink set far0 up\n"
                        "link set wan0 up\nlink set far1 up\n"
                        "link set wg0 up\nlink set far2 up\n"
                        "address add 192.168.137.1/24 dev lan0\n"
                        "address add 198.18.0.2/24 dev wan0\n"
                        "address add 10.2.0.2/32 dev wg0\n"
                        "route add default via 198.18.0.1\n"
                        "route add default dev wg0 table 51820\n"
                        "rule add priority 32765 not fwmark 51820 lookup 51820\n"
                        "rule add priority 32764 lookup main suppress_prefixlength 0\n"
                        "route add unreachable 172.16.1.0/24\n"
                        "route add prohibit 172.16.2.0/24\n"
                        "route add blackhole 172.16.3.0/24\n"
                        "rule add priority 100 to 172.16.4.0/24 unreachable\n"
                        "rule add priority 100 to 172.16.5.0/24 lookup 42\n"
                        "rule add priority 101 to 172.16.5.0/24 goto 40000\n"
                        "rule add priority 40000 to 172.16.5.0/24 lookup 43\n");
  private_net_write_sysctl ("lan0", "forwarding", "1");
  private_net_write_sysctl ("wg0", "forwarding", "1");
}

typedef struct
{
  const char *destination;
  const char *iif; /* "": this computer itself */
  const char *source;
  const char *device; /* "": none */
  guint32 table;
  int type;
  int failure;
} Row;

static CsAddress
address_of (const char *text)
{
  CsAddress address = { 0 };

  g_assert_true (*text == '\0' || cs_address_parse (text, &address));
  return address;
}

static void
test_answers (void)
{
  static const Row rows[] = {
    { "9.0.0.1", "", "", "wg0", 51820, RTN_UNICAST, 0 },
    { "198.18.0.9", "", "", "wan0", 254, RTN_UNICAST, 0 },
    { "198.18.0.2", "", "", "lo", 255, RTN_LOCAL, 0 },
    { "192.168.137.9", "", "", "lan0", 254, RTN_UNICAST, 0 },
    { "9.0.0.1", "", "198.18.0.2", "wg0", 51820, RTN_UNICAST, 0 },
    { "9.0.0.1", "lan0", "192.168.137.9", "wg0", 51820, RTN_UNICAST, 0 },
    { "192.168.137.9", "wg0", "9.0.0.1", "lan0", 254, RTN_UNICAST, 0 },
    { "172.16.1.1", "", "", "", 0, 0, EHOSTUNREACH },
    { "172.16.2.1", "", "", "", 0, 0, EACCES },
    { "172.16.3.1", "", "", "", 0, 0, EINVAL },
    { "172.16.4.1", "", "", "", 0, 0, ENETUNREACH },
    { "172.16.5.1", "", "", "", 0, 0, ENETUNREACH },
    { "172.16.5.1", "lan0", "192.168.137.9", "", 0, 0, ENETUNREACH },
    { "9.0.0.1", "wan0", "198.18.0.9", "", 0, 0, EHOSTUNREACH },
    { "9.0.0.1", "lan0", "192.168.137.1", "", 0, 0, EINVAL },
    { "9.0.0.1", "gone0", "192.168.137.9", "", 0, 0, ENODEV },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      int iif = *row->iif ? (int)if_nametoindex (row->iif) : 0;
      CsRouteAnswer answer;
      gboolean done;

      if (g_str_equal (row->iif, "gone0"))
        iif = 9999;
      g_test_message ("%s iif %s", row->destination, row->iif);
      done = cs_rtnetlink_route_get (netlink, address_of (row->destination), iif,
                                     address_of (row->source), &answer, &error);
      g_assert_no_error (error);
      g_assert_true (done);
      g_assert_cmpint (answer.failure, ==, row->failure);
      g_assert_cmpint (answer.ifindex, ==, if_nametoindex (row->device));
      g_assert_cmpuint (answer.table, ==, row->table);
      g_assert_cmpuint (answer.type, ==, row->type);
    }
}

/* A question that the kernel does not understand is no answer. */
static void
test_no_answer (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, &error);
  CsRouteAnswer answer;

  g_assert_no_error (error);
  close (mnl_socket_get_fd (netlink->socket));
  g_assert_false (cs_rtnetlink_route_get (netlink, address_of ("9.0.0.1"), 0,
                                          address_of (""), &answer, &error));
  g_assert_nonnull (error);
  g_assert_true (
      g_str_has_prefix (error->message, "cannot ask for the route to 9.0.0.1: "));
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  set_up ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/route-get/answers", test_answers);
  g_test_add_func ("/route-get/no-answer", test_no_answer);
  return g_test_run ();
}
