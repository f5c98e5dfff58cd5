/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is on a LAN, from what is told at one moment after the other. */
#include "core/value/client-list.h"

#include <string.h>

#define NOW 1000000

static CsMac
mac (guint8 last)
{
  return (CsMac){ { 2, 0, 0, 0, 0, last } };
}

static CsAddress
address (guint8 last)
{
  return (CsAddress)CS_IPV4 (192, 168, 137, last);
}

static CsAddress
address6 (guint16 last)
{
  guint8 bytes[16] = { 0xfd, [14] = (guint8)(last >> 8), [15] = (guint8)last };

  return cs_address_new (AF_INET6, bytes);
}

/* One look, of a LAN with a cable: "lease 1 10 NAME", "neighbor 1 10 AGO", the same with
 * an IPv6 address "neighbor6 1 10 AGO", "station 1", "wireless", separated by ";".
 * Returns whether anything has changed. */
static gboolean
look (CsClientList *list, gint64 now, const char *told)
{
  g_auto (GStrv) facts = g_strsplit (told, ";", -1);

  cs_client_list_begin (list, now);
  for (char **fact = facts; *fact && **fact; fact++)
    {
      g_auto (GStrv) words = g_strsplit (*fact, " ", -1);
      CsMac who = mac (words[1] ? (guint8)atoi (words[1]) : 0);
      CsAddress where = address (words[1] && words[2] ? (guint8)atoi (words[2]) : 0);

      if (g_str_equal (words[0], "lease"))
        cs_client_list_add_lease (list, who, where, words[3]);
      else if (g_str_equal (words[0], "neighbor"))
        cs_client_list_add_neighbor (list, who, where, now - atoi (words[3]));
      else if (g_str_equal (words[0], "neighbor6"))
        cs_client_list_add_neighbor (list, who, address6 ((guint16)atoi (words[2])),
                                     now - atoi (words[3]));
      else if (g_str_equal (words[0], "station"))
        cs_client_list_add_station (list, who, -40);
      else
        cs_client_list_set_wireless (list);
    }
  return cs_client_list_end (list);
}

/* "1 online 10 11 6:10; 2 away" */
static char *
describe (CsClientList *list)
{
  g_autoptr (GPtrArray) clients = cs_client_list_get_all (list);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < clients->len; i++)
    {
      const CsClient *client = clients->pdata[i];

      g_string_append_printf (out, "%s%u %s%s%s", i ? "; " : "", client->mac.bytes[5],
                              client->online ? "online" : "away",
                              client->hostname ? " " : "",
                              client->hostname ? client->hostname : "");
      for (guint k = 0; k < client->addresses->len; k++)
        {
          CsAddress one = g_array_index (client->addresses, CsAddress, k);

          g_string_append_printf (out, one.family == AF_INET6 ? " 6:%u" : " %u",
                                  one.bytes[cs_address_size (one) - 1]);
        }
    }
  return g_string_free (out, FALSE);
}

typedef struct
{
  int later; /* seconds after the look before */
  const char *told;
  const char *clients;
  gboolean changed;
} Row;

static void
check_looks (const Row *rows, gsize n_rows)
{
  g_autoptr (CsClientList) list = cs_client_list_new ();
  gint64 now = NOW;

  for (gsize i = 0; i < n_rows; i++)
    {
      gboolean changed = look (list, now += rows[i].later, rows[i].told);
      g_autofree char *clients = describe (list);

      g_assert_cmpstr (clients, ==, rows[i].clients);
      g_assert_cmpint (changed, ==, rows[i].changed);
    }
}

static void
test_looks (void)
{
  static const Row rows[] = {
    { 0, "", "", FALSE },
    /* a lease alone is a client that has not been heard */
    { 1, "lease 1 10 phone", "1 away phone 10", TRUE },
    { 1, "lease 1 10 phone;neighbor 1 10 0", "1 online phone 10", TRUE },
    { 1, "lease 1 10 phone;neighbor 1 10 0", "1 online phone 10", FALSE },
    /* what the kernel has long forgotten to ask is no client */
    { 1, "lease 1 10 phone;neighbor 2 20 500", "1 online phone 10", FALSE },
    { 1, "lease 1 10 phone;neighbor 2 20 50", "1 online phone 10; 2 online 20", TRUE },
    { 60, "lease 1 10 phone", "1 online phone 10; 2 away", TRUE },
    { 60, "lease 1 10 phone", "1 away phone 10; 2 away", TRUE },
    /* an address that was exchanged for another is left behind after a while */
    { 1, "lease 1 11 tablet;neighbor 1 11 0;neighbor 1 10 5",
      "1 online tablet 11 10; 2 away", TRUE },
    { 200, "lease 1 11 tablet;neighbor 1 11 0;neighbor 1 10 205",
      "1 online tablet 11; 2 away", TRUE },
    /* and may be somebody else's by then */
    { 1, "lease 1 11 tablet;neighbor 1 11 0;neighbor 2 10 0",
      "1 online tablet 11; 2 online 10", TRUE },
    /* on Wi-Fi it is the stations that are there */
    { 1, "wireless;station 2;neighbor 1 11 0;neighbor 2 10 0",
      "1 away tablet 11; 2 online 10", TRUE },
    { 1, "wireless", "1 away tablet; 2 away", TRUE },
    /* who has left is forgotten after a day */
    { 24 * 60 * 60 + 10, "", "", TRUE },
  };

  check_looks (rows, G_N_ELEMENTS (rows));
}

static void
test_ipv6 (void)
{
  static const Row rows[] = {
    { 0, "neighbor6 1 10 0", "1 online 6:10", TRUE },
    /* IPv4 comes first, and then the newest */
    { 1, "lease 1 10 phone;neighbor6 1 10 1", "1 online phone 10 6:10", TRUE },
    { 1, "lease 1 10 phone;neighbor6 1 10 1;neighbor6 1 11 0",
      "1 online phone 10 6:11 6:10", TRUE },
    /* that another one was heard last is no news */
    { 1, "lease 1 10 phone;neighbor6 1 10 0;neighbor6 1 11 1",
      "1 online phone 10 6:11 6:10", FALSE },
    /* earlier ones stay, as a client has several */
    { 200, "lease 1 10 phone;neighbor6 1 10 200;neighbor6 1 11 5",
      "1 online phone 10 6:11 6:10", FALSE },
    { 200, "lease 1 10 phone;neighbor6 1 10 400;neighbor6 1 11 205",
      "1 away phone 10 6:11 6:10", TRUE },
    { 1, "lease 1 10 phone;neighbor6 1 11 206;neighbor6 2 10 0",
      "1 away phone 10 6:11; 2 online 6:10", TRUE },
    { 24 * 60 * 60, "lease 1 10 phone;neighbor6 1 11 86606", "1 away phone 10; 2 away",
      TRUE },
  };

  check_looks (rows, G_N_ELEMENTS (rows));
}

static void
test_find (void)
{
  g_autoptr (CsClientList) list = cs_client_list_new ();

  look (list, NOW, "neighbor 1 10 0;neighbor 2 20 30");
  g_assert_cmpuint (cs_client_list_count_online (list), ==, 2);
  g_assert_true (cs_client_list_find_address (list, address (20))
                 == cs_client_list_find (list, mac (2)));
  g_assert_null (cs_client_list_find_address (list, address (30)));
  g_assert_null (cs_client_list_find (list, mac (3)));
  g_assert_cmpint (cs_client_list_next_silence (list), ==, NOW - 30 + CS_CLIENT_PRESENCE);
  look (list, NOW + 200, "");
  g_assert_cmpint (cs_client_list_next_silence (list), ==, 0);
}

/* One that has more than are kept has the latest. */
static void
test_many_addresses (void)
{
  g_autoptr (CsClientList) list = cs_client_list_new ();
  const CsClient *client;

  cs_client_list_begin (list, NOW);
  for (guint i = 0; i < 5000; i++)
    cs_client_list_add_neighbor (list, mac (1), address6 ((guint16)(i * 7919 % 5000)),
                                 NOW - (gint64)(i * 7919 % 5000));
  cs_client_list_end (list);
  client = cs_client_list_find (list, mac (1));
  g_assert_cmpuint (client->addresses->len, ==, CS_CLIENT_ADDRESSES6_MAX);
  for (guint16 i = 0; i < CS_CLIENT_ADDRESSES6_MAX; i++)
    g_assert_true (
        cs_address_equal (g_array_index (client->addresses, CsAddress, i), address6 (i)));
}

/* Whatever is claimed. */
static void
test_bounds (void)
{
  g_autoptr (CsClientList) list = cs_client_list_new ();
  g_autoptr (GPtrArray) clients = NULL;
  CsClient *first;

  cs_client_list_begin (list, NOW);
  cs_client_list_add_lease (list, mac (1), address (10), NULL);
  for (guint i = 0; i < 5000; i++)
    {
      CsMac forged = { { 2, 9, 9, 9, (guint8)(i >> 8), (guint8)i } };

      cs_client_list_add_neighbor (list, forged, address (20), NOW);
      cs_client_list_add_neighbor (list, mac (1), cs_address_from_number (i), NOW);
    }
  cs_client_list_add_neighbor (list, (CsMac){ { 1, 0, 0, 0, 0, 1 } }, address (9), NOW);
  cs_client_list_add_neighbor (list, (CsMac){ { 0 } }, address (9), NOW);
  cs_client_list_end (list);
  clients = cs_client_list_get_all (list);
  g_assert_cmpuint (clients->len, ==, CS_CLIENTS_MAX);
  first = cs_client_list_find (list, mac (1));
  g_assert_cmpuint (first->addresses->len, ==, CS_CLIENT_ADDRESSES_MAX);
  g_assert_null (cs_client_list_find_address (list, address (9)));
  /* those that are away make room */
  look (list, NOW + 1000, "lease 1 10 phone");
  look (list, NOW + 1000, "lease 1 10 phone;neighbor 2 20 0");
  g_assert_nonnull (cs_client_list_find (list, mac (2)));
}

static void
test_text (void)
{
  g_autoptr (CsClientList) list = cs_client_list_new ();
  g_autoptr (CsClientList) next = cs_client_list_new ();
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;

  look (list, NOW, "neighbor 1 10 0;neighbor 2 20 0");
  cs_client_list_find (list, mac (1))->usage = (CsUsage){ 12, G_MAXUINT64 };
  text = cs_client_list_to_text (list);
  cs_client_list_from_text (next, text);
  again = cs_client_list_to_text (next);
  g_assert_cmpstr (again, ==, text);
  g_assert_true (strstr (text, "02:00:00:00:00:01 1000000 1000000 12 "));
}

static void
test_hostile_text (void)
{
  static const char *const texts[] = {
    "",
    "\n\n",
    "02:00:00:00:00:01",
    "02:00:00:00:00:01 x x x x",
    "nonsense 1 1 1 1",
    "01:00:5e:00:00:01 1 1 1 1",
    "02:00:00:00:00:01 1 1 1",
    "02:00:00:00:00:0123456789 1 1 1 1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (CsClientList) list = cs_client_list_new ();
      g_autoptr (GPtrArray) clients = NULL;

      cs_client_list_from_text (list, texts[i]);
      clients = cs_client_list_get_all (list);
      g_assert_cmpuint (clients->len, ==, 0);
    }
}

static void
test_mac (void)
{
  static const struct
  {
    const char *text;
    const char *mac; /* NULL: none */
  } rows[] = {
    { "02:aB:00:00:00:01", "02:ab:00:00:00:01" },
    { "02-ab-00-00-00-01", "02:ab:00:00:00:01" },
    { "02:ab:00:00:00:0", NULL },
    { "02:ab:00:00:00:01:", NULL },
    { "02:ab:00:00:00:0g", NULL },
    { "02.ab.00.00.00.01", NULL },
    { "00:00:00:00:00:00", NULL },
    { "ff:ff:ff:ff:ff:ff", NULL },
    { "01:00:5e:00:00:01", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsMac parsed;
      gboolean ok = cs_mac_parse (rows[i].text, &parsed);
      g_autofree char *text = ok ? cs_mac_to_string (parsed) : NULL;

      g_assert_cmpstr (text, ==, rows[i].mac);
    }
}

/* Between looks: who is online is no news, and stays so. */
static void
test_heard (void)
{
  g_autoptr (CsClientList) list = cs_client_list_new ();

  g_assert_false (cs_client_list_hear (list, mac (1), address (10), NOW));
  look (list, NOW, "neighbor 1 10 40;lease 2 20");
  g_assert_cmpint (cs_client_list_next_silence (list), ==, NOW + 60);
  g_assert_false (cs_client_list_hear (list, mac (1), address (11), NOW + 1));
  g_assert_false (cs_client_list_hear (list, mac (2), address (20), NOW + 1));
  g_assert_false (cs_client_list_hear (list, mac (3), address (30), NOW + 1));
  g_assert_cmpint (cs_client_list_next_silence (list), ==, NOW + 60);
  g_assert_true (cs_client_list_hear (list, mac (1), address (10), NOW + 2));
  g_assert_true (cs_client_list_hear (list, mac (1), address (10), NOW + 1));
  g_assert_cmpint (cs_client_list_next_silence (list), ==, NOW + 102);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-list/looks", test_looks);
  g_test_add_func ("/client-list/ipv6", test_ipv6);
  g_test_add_func ("/client-list/many-addresses", test_many_addresses);
  g_test_add_func ("/client-list/find", test_find);
  g_test_add_func ("/client-list/bounds", test_bounds);
  g_test_add_func ("/client-list/text", test_text);
  g_test_add_func ("/client-list/hostile-text", test_hostile_text);
  g_test_add_func ("/client-list/mac", test_mac);
  g_test_add_func ("/client-list/heard", test_heard);
  return g_test_run ();
}
