/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

#include "core/plan/subnet.h"
#include "dbus/errors.h"

#include <string.h>

static CsCidr
cidr_of (const char *text)
{
  CsCidr cidr;

  g_assert_true (cs_cidr_parse (text, &cidr, NULL));
  return cidr;
}

/* Networks that the share of lan9 has, separated by ','. */
static GArray *
taken_of (const char *text)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (CsTaken));
  g_auto (GStrv) networks = g_strsplit (text, ",", -1);

  for (char **network = networks; *network; network++)
    {
      CsTaken entry = { cidr_of (*network), "lan9" };

      g_array_append_val (taken, entry);
    }
  return taken;
}

static void
test_conflict (void)
{
  static const struct
  {
    const char *network; /* with lan0 */
    const char *taken;
    gboolean count_lan;
    const char *conflict; /* of 10.1.2.1/24; NULL: none */
  } rows[] = {
    { "link lan0; link eth1 addr=10.1.3.5/24; route 10.1.3.0/24 dev eth1", "", TRUE },
    { "link lan0; link eth1 addr=10.1.2.5/24", "", TRUE, "10.1.2.5/24 of eth1" },
    { "link lan0; link eth1 addr=10.0.0.5/8", "", TRUE, "10.0.0.5/8 of eth1" },
    { "link lan0; link eth1 addr=10.1.2.129/25", "", TRUE, "10.1.2.129/25 of eth1" },
    { "link lan0; link eth1 addr=192.0.2.1/32>10.1.2.7", "", TRUE,
      "192.0.2.1/32 of eth1" },
    { "link lan0; link eth1 addr=10.1.2.7/32>192.0.2.1", "", TRUE,
      "10.1.2.7/32 of eth1" },
    { "link lan0; link eth1; route 10.1.2.0/24 dev eth1", "", TRUE,
      "a route to 10.1.2.0/24 via eth1" },
    { "link lan0; link eth1; route 10.1.2.77/32 dev eth1 table 99", "", TRUE,
      "a route to 10.1.2.77/32 via eth1" },
    /* behind a wider route: only who is known to be there */
    { "link lan0; link eth1; route 10.1.0.0/16 dev eth1", "", TRUE },
    { "link lan0; link eth1 dns=10.1.3.53; route 10.1.0.0/16 dev eth1; resolv 10.1.3.53",
      "", TRUE },
    { "link lan0; link eth1 dns=9.9.9.9,10.1.2.53; route 10.1.0.0/16 dev eth1", "", TRUE,
      "the name server 10.1.2.53" },
    { "link lan0; link eth1; route 10.1.0.0/16 dev eth1; resolv 10.1.2.54", "", TRUE,
      "the name server 10.1.2.54" },
    { "link lan0; link eth1 dns=10.1.2.53; route default dev eth1", "", TRUE },
    /* who says nothing about who is there */
    { "link lan0; link eth1; route default dev eth1; route 0.0.0.0/1 dev eth1;"
      "route 10.0.0.0/7 dev eth1; unreachable 10.0.0.0/8",
      "", TRUE },
    { "link lan0; link eth1; route 10.1.2.0/24 dev eth1 table 13700;"
      "route 10.1.2.0/24 dev eth1 table 14699",
      "", TRUE },
    { "link lan0; link eth1; route 10.1.2.0/24 dev eth1 table 14700", "", TRUE,
      "a route to 10.1.2.0/24 via eth1" },
    { "link lan0; unreachable 10.1.2.0/24", "", TRUE, "a route that blocks 10.1.2.0/24" },
    { "link lan0; unreachable 10.1.2.64/26", "", TRUE,
      "a route that blocks 10.1.2.64/26" },
    /* its own */
    { "link lan0 addr=10.1.2.5/24; route 10.1.2.0/24 dev lan0", "", FALSE },
    { "link lan0 addr=10.1.2.5/24; route 10.1.2.0/24 dev lan0", "", TRUE,
      "10.1.2.5/24 of lan0" },
    { "link lan0 addr=10.1.2.1/24; route 10.1.2.0/24 dev lan0", "", TRUE },
    { "link lan0; route 10.1.2.0/25 dev lan0", "", TRUE,
      "a route to 10.1.2.0/25 via lan0" },
    { "link eth1", "", TRUE },
    /* others' */
    { "link lan0", "10.1.3.0/24", TRUE },
    { "link lan0", "10.1.3.0/24,10.1.0.0/16", TRUE, "the share of lan9" },
    { "link lan0; link lan9 addr=10.1.2.1/24", "10.1.2.0/24", TRUE, "the share of lan9" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GArray) taken = taken_of (rows[i].taken);
      g_autofree char *conflict = cs_subnet_conflict (cidr_of ("10.1.2.1/24"), "lan0",
                                                      rows[i].count_lan, snapshot, taken);

      g_test_message ("%s", rows[i].network);
      g_assert_cmpstr (conflict, ==, rows[i].conflict);
    }
}

static void
test_cover (void)
{
  static const struct
  {
    const char *network;
    const char *cover; /* of 10.1.2.1/24; NULL: none */
  } rows[] = {
    { "link lan0; link eth1; route default dev eth1; route 10.2.0.0/16 dev eth1" },
    { "link lan0; link eth1; route 10.0.0.0/8 dev eth1; route 10.1.0.0/16 dev eth1 table "
      "99; route 10.0.0.0/12 dev eth1",
      "a route to 10.1.0.0/16 via eth1" },
    { "link lan0; link eth1; route 10.1.2.0/24 dev eth1; route 10.1.2.64/26 dev eth1" },
    { "link lan0; link eth1; route 10.0.0.0/7 dev eth1; unreachable 10.0.0.0/8" },
    { "link lan0; route 10.0.0.0/8 dev lan0" },
    { "link lan0; link eth1; route 10.0.0.0/8 dev eth1 table 13700" },
    { "link eth1; route 10.0.0.0/8 dev eth1", "a route to 10.0.0.0/8 via eth1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autofree char *cover
          = cs_subnet_cover (cidr_of ("10.1.2.1/24"), "lan0", snapshot);

      g_test_message ("%s", rows[i].network);
      g_assert_cmpstr (cover, ==, rows[i].cover);
    }
}

static void
test_unknown_route (void)
{
  g_autoptr (CsSnapshot) snapshot = network_parse ("link lan0");
  g_autoptr (GArray) taken = taken_of ("");
  CsRoute route = {
    .destination = cidr_of ("10.1.2.0/24"), .ifindex = 77, .table = 254, .unicast = TRUE
  };
  g_autofree char *conflict = NULL;

  g_array_append_val (snapshot->routes, route);
  conflict = cs_subnet_conflict (cidr_of ("10.1.2.1/24"), "lan0", TRUE, snapshot, taken);
  g_assert_cmpstr (conflict, ==, "a route to 10.1.2.0/24 via another interface");
}

static void
test_choose (void)
{
  static const struct
  {
    const char *network;
    const char *taken;
    gboolean count_lan;
    const char *chosen; /* NULL: none is left */
  } rows[] = {
    { "link lan0", "", TRUE, "192.168.137.1/24" },
    { "link lan0 addr=192.168.137.9/24", "", TRUE, "192.168.138.1/24" },
    { "link lan0 addr=192.168.137.9/24", "", FALSE, "192.168.137.1/24" },
    { "link lan0 addr=192.168.137.1/24", "", TRUE, "192.168.137.1/24" },
    { "link lan0", "192.168.137.0/24,192.168.138.0/24", TRUE, "192.168.139.1/24" },
    { "link lan0; link eth1 addr=192.168.0.5/16", "", TRUE, "10.137.0.1/24" },
    { "link lan0", "192.168.0.0/16,10.137.0.0/17", TRUE, "10.137.128.1/24" },
    { "link lan0; link tun0; route 192.168.0.0/16 dev tun0; route 10.0.0.0/8 dev tun0",
      "", TRUE, "172.30.0.1/24" },
    /* what nothing routes first, then what only wider routes lead to */
    { "link lan0; link tun0; route 192.168.0.0/16 dev tun0; route 10.0.0.0/8 dev tun0;"
      "route 172.16.0.0/12 dev tun0",
      "", TRUE, "192.168.137.1/24" },
    { "link lan0; link tun0 dns=192.168.138.53; link eth1 addr=192.168.137.9/24;"
      "route 192.168.0.0/16 dev tun0; route 10.0.0.0/8 dev tun0; route 172.16.0.0/12 dev "
      "tun0; route 192.168.139.7/32 dev tun0",
      "192.168.140.0/24", TRUE, "192.168.141.1/24" },
    { "link lan0",
      "192.168.0.0/16,10.0.0.0/8,172.30.0.0/17,172.30.128.0/18,"
      "172.30.192.0/19,172.30.224.0/20,172.30.240.0/21,172.30.248.0/22,"
      "172.30.252.0/23,172.30.254.0/24",
      TRUE, "172.30.255.1/24" },
    { "link lan0", "192.168.0.0/16,10.0.0.0/8,172.16.0.0/12", TRUE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GArray) taken = taken_of (rows[i].taken);
      g_autoptr (GError) error = NULL;
      g_autofree char *chosen = NULL;
      CsCidr gateway = { 0 };

      if (cs_subnet_choose ("lan0", rows[i].count_lan, snapshot, taken, &gateway, &error))
        chosen = cs_cidr_to_string (gateway);
      g_assert_cmpstr (chosen, ==, rows[i].chosen);
      if (!chosen)
        {
          g_assert_error (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT);
          g_assert_nonnull (strstr (error->message, "lan0"));
        }
    }
}

/* Each of the list once, in its order, until none is left. */
static void
test_list (void)
{
  g_autoptr (CsSnapshot) snapshot = network_parse ("link lan0");
  g_autoptr (GArray) taken = taken_of ("");
  CsTaken entry = { .lan = "lan9" };
  g_autofree char *last = NULL;

  while (cs_subnet_choose ("lan0", TRUE, snapshot, taken, &entry.network, NULL))
    g_array_append_val (taken, entry);
  g_assert_cmpuint (taken->len, ==, 118 + 256 + 256);
  last = cs_cidr_to_string (g_array_index (taken, CsTaken, taken->len - 1).network);
  g_assert_cmpstr (last, ==, "172.30.255.1/24");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/subnet/conflict", test_conflict);
  g_test_add_func ("/subnet/cover", test_cover);
  g_test_add_func ("/subnet/unknown-route", test_unknown_route);
  g_test_add_func ("/subnet/choose", test_choose);
  g_test_add_func ("/subnet/list", test_list);
  return g_test_run ();
}
