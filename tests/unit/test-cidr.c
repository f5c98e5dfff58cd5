/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/cidr.h"
#include "dbus/errors.h"

#include <string.h>

typedef enum
{
  ANY = 1,
  LOOPBACK = 2,
  LINK_LOCAL = 4,
  MULTICAST = 8,
  REMOTE = 16,
  PRIVATE = 32,
} Kind;

static Kind
kind_of (CsAddress address)
{
  return (cs_address_is_any (address) ? ANY : 0)
         | (cs_address_is_loopback (address) ? LOOPBACK : 0)
         | (cs_address_is_link_local (address) ? LINK_LOCAL : 0)
         | (cs_address_is_multicast (address) ? MULTICAST : 0)
         | (cs_address_is_remote (address) ? REMOTE : 0)
         | (cs_address_is_private (address) ? PRIVATE : 0);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *text;
    guint size; /* 0: malformed */
    Kind kind;
    const char *printed; /* NULL: as it is */
  } rows[] = {
    { "192.0.2.1", 4, REMOTE },
    { "0.0.0.0", 4, ANY },
    { "127.0.0.53", 4, LOOPBACK },
    { "169.254.1.2", 4, LINK_LOCAL | REMOTE | PRIVATE },
    { "9.255.255.255", 4, REMOTE },
    { "10.0.0.0", 4, REMOTE | PRIVATE },
    { "10.255.255.255", 4, REMOTE | PRIVATE },
    { "11.0.0.0", 4, REMOTE },
    { "100.64.0.1", 4, REMOTE | PRIVATE },
    { "100.127.255.255", 4, REMOTE | PRIVATE },
    { "100.128.0.0", 4, REMOTE },
    { "172.15.255.255", 4, REMOTE },
    { "172.31.0.1", 4, REMOTE | PRIVATE },
    { "172.32.0.0", 4, REMOTE },
    { "192.0.0.2", 4, REMOTE | PRIVATE },
    { "192.168.1.20", 4, REMOTE | PRIVATE },
    { "224.0.0.251", 4, MULTICAST },
    { "255.255.255.255", 4, REMOTE },
    { "2001:db8::53", 16, REMOTE },
    { "2001:0DB8:0:0:0:0:0:53", 16, REMOTE, "2001:db8::53" },
    { "::", 16, ANY },
    { "0:0:0:0:0:0:0:0", 16, ANY, "::" },
    { "::1", 16, LOOPBACK },
    { "fe80::1", 16, LINK_LOCAL | REMOTE },
    { "febf::1", 16, LINK_LOCAL | REMOTE },
    { "fec0::1", 16, REMOTE },
    { "fd00::1", 16, REMOTE },
    { "ff02::fb", 16, MULTICAST },
    { "::ffff:192.0.2.1", 16, 0 },
    { "::ffff:c000:201", 16, 0, "::ffff:192.0.2.1" },
    { "::ffff:127.0.0.1", 16, 0 },
    { "64:ff9b::192.0.2.1", 16, REMOTE, "64:ff9b::c000:201" },
    { "" },
    { " 192.0.2.1" },
    { "192.0.2.1 " },
    { "192.0.2" },
    { "192.0.2.256" },
    { "192.0.2.01" },
    { "0xc0000201" },
    { "3221225985" },
    { "localhost" },
    { ":" },
    { ":::" },
    { "1::2::3" },
    { "1:2:3:4:5:6:7" },
    { "1:2:3:4:5:6:7:8:9" },
    { "12345::" },
    { "g::" },
    { "fe80::1%eth0" },
    { "[::1]" },
    { "2001:db8::1/64" },
    { "::192.0.2.256" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CsAddress before = CS_IPV4 (1, 2, 3, 4);
      CsAddress address = before;
      g_autofree char *text = NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (cs_address_parse (rows[i].text, &address), ==, rows[i].size != 0);
      if (rows[i].size == 0)
        {
          g_assert_true (cs_address_equal (address, before));
          continue;
        }
      g_assert_cmpuint (cs_address_size (address), ==, rows[i].size);
      g_assert_cmpint (kind_of (address), ==, rows[i].kind);
      text = cs_address_to_string (address);
      g_assert_cmpstr (text, ==, rows[i].printed ? rows[i].printed : rows[i].text);
    }
}

static void
test_no_address (void)
{
  const CsAddress none = { 0 }, any = CS_IPV4 (0, 0, 0, 0);
  g_autofree char *text = cs_address_to_string (none);

  g_assert_cmpstr (text, ==, "");
  g_assert_false (cs_address_is_set (none));
  g_assert_true (cs_address_is_set (any));
  g_assert_false (cs_address_equal (none, any));
  g_assert_cmpint (kind_of (none), ==, 0);
  g_assert_cmpuint (cs_address_bits (none), ==, 0);
  g_assert_cmphex (cs_address_to_number ((CsAddress)CS_IPV4 (192, 0, 2, 1)), ==,
                   0xc0000201);
  g_assert_true (cs_address_equal (cs_address_from_number (0xc0000201),
                                   (CsAddress)CS_IPV4 (192, 0, 2, 1)));
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gboolean valid;
  } rows[] = {
    { "192.168.50.1/24", TRUE },
    { "0.0.0.0/0", TRUE },
    { "255.255.255.255/32", TRUE },
    { "10.0.0.1/9", TRUE },
    { "fd00::1/64", TRUE },
    { "::/0", TRUE },
    { "2001:db8::1/128", TRUE },
    { "::ffff:10.0.0.1/104", TRUE },
    { "", FALSE },
    { "/", FALSE },
    { "/24", FALSE },
    { "10.0.0.1", FALSE },
    { "10.0.0.1/", FALSE },
    { "10.0.0.1/33", FALSE },
    { "10.0.0.1/128", FALSE },
    { "10.0.0.1/-1", FALSE },
    { "10.0.0.1/4294967304", FALSE },
    { "10.0.0.1/024", FALSE },
    { "10.0.0.1/08", FALSE },
    { "10.0.0.1/+8", FALSE },
    { "10.0.0.1/ 8", FALSE },
    { "10.0.0.1/8 ", FALSE },
    { " 10.0.0.1/8", FALSE },
    { "10.0.0.1/8/8", FALSE },
    { "10.0.1/8", FALSE },
    { "10.0.0.256/8", FALSE },
    { "10.0.0.01/8", FALSE },
    { "0x0a000001/8", FALSE },
    { "10.0.0.1/255.0.0.0", FALSE },
    { "fd00::1", FALSE },
    { "fd00::1/", FALSE },
    { "fd00::1/129", FALSE },
    { "fd00::1/064", FALSE },
    { "fd00:::1/64", FALSE },
    { "fe80::1%lan0/64", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CsCidr before = CS_CIDR4 (1, 2, 3, 4, 5);
      CsCidr cidr = before;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (cs_cidr_parse (rows[i].text, &cidr, &error), ==, rows[i].valid);
      if (!rows[i].valid)
        {
          g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
          g_assert_nonnull (strstr (error->message, rows[i].text));
          g_assert_true (cs_cidr_equal (cidr, before));
          continue;
        }
      g_assert_no_error (error);
      text = cs_cidr_to_string (cidr);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static CsCidr
cidr_of (const char *text)
{
  CsCidr cidr;

  g_assert_true (cs_cidr_parse (text, &cidr, NULL));
  return cidr;
}

static void
test_networks (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean overlap, equal;
    const char *network_of_a, *last_of_a;
  } rows[] = {
    { "10.1.2.3/16", "10.1.9.9/24", TRUE, FALSE, "10.1.0.0/16", "10.1.255.255" },
    { "10.1.2.3/24", "10.1.3.3/24", FALSE, FALSE, "10.1.2.0/24", "10.1.2.255" },
    { "10.1.2.3/24", "10.1.2.3/24", TRUE, TRUE, "10.1.2.0/24", "10.1.2.255" },
    { "0.0.0.0/0", "203.0.113.9/32", TRUE, FALSE, "0.0.0.0/0", "255.255.255.255" },
    { "203.0.113.9/32", "203.0.113.8/32", FALSE, FALSE, "203.0.113.9/32", "203.0.113.9" },
    { "128.0.0.0/1", "127.255.255.255/32", FALSE, FALSE, "128.0.0.0/1",
      "255.255.255.255" },
    { "10.0.0.0/8", "10.0.0.0/9", TRUE, FALSE, "10.0.0.0/8", "10.255.255.255" },
    { "192.0.2.5/30", "192.0.2.6/31", TRUE, FALSE, "192.0.2.4/30", "192.0.2.7" },
    { "fd00::1/64", "fd00::ffff:0:0:1/128", TRUE, FALSE, "fd00::/64",
      "fd00::ffff:ffff:ffff:ffff" },
    { "fd00::1/64", "fd00:0:0:1::1/64", FALSE, FALSE, "fd00::/64",
      "fd00::ffff:ffff:ffff:ffff" },
    { "2001:db8::/33", "2001:db8:8000::/33", FALSE, FALSE, "2001:db8::/33",
      "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff" },
    { "fe80::1/10", "febf::/128", TRUE, FALSE, "fe80::/10",
      "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
    { "2001:db8::1/128", "2001:db8::1/128", TRUE, TRUE, "2001:db8::1/128",
      "2001:db8::1" },
    /* families do not mix */
    { "0.0.0.0/0", "::/0", FALSE, FALSE, "0.0.0.0/0", "255.255.255.255" },
    { "::/0", "10.0.0.1/32", FALSE, FALSE, "::/0",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
    { "::ffff:10.0.0.1/104", "10.0.0.1/8", FALSE, FALSE, "::ffff:10.0.0.0/104",
      "::ffff:10.255.255.255" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsCidr a = cidr_of (rows[i].a), b = cidr_of (rows[i].b);
      g_autofree char *last = cs_address_to_string (cs_cidr_last (a));

      g_test_message ("%s, %s", rows[i].a, rows[i].b);
      g_assert_cmpint (cs_cidr_overlaps (a, b), ==, rows[i].overlap);
      g_assert_cmpint (cs_cidr_overlaps (b, a), ==, rows[i].overlap);
      g_assert_cmpint (cs_cidr_equal (a, b), ==, rows[i].equal);
      g_assert_true (cs_cidr_equal (cs_cidr_network (a), cidr_of (rows[i].network_of_a)));
      g_assert_cmpstr (last, ==, rows[i].last_of_a);
    }
}

static void
test_contains (void)
{
  static const struct
  {
    const char *cidr, *address;
    gboolean inside;
  } rows[] = {
    { "10.0.0.1/30", "10.0.0.3", TRUE }, { "10.0.0.1/30", "10.0.0.4", FALSE },
    { "10.0.0.1/32", "10.0.0.1", TRUE }, { "0.0.0.0/0", "255.255.255.255", TRUE },
    { "fd00::1/127", "fd00::", TRUE },   { "fd00::1/127", "fd00::2", FALSE },
    { "::/0", "fd00::2", TRUE },         { "::/0", "10.0.0.1", FALSE },
    { "0.0.0.0/0", "::", FALSE },        { "0.0.0.0/0", "::ffff:10.0.0.1", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsAddress address;

      g_assert_true (cs_address_parse (rows[i].address, &address));
      g_assert_cmpint (cs_cidr_contains (cidr_of (rows[i].cidr), address), ==,
                       rows[i].inside);
      g_assert_true (cs_cidr_is_address (cs_cidr_of_address (address)));
    }
  g_assert_false (cs_cidr_contains ((CsCidr)CS_ALL_IPV4, (CsAddress){ 0 }));
  g_assert_false (cs_cidr_is_address ((CsCidr){ 0 }));
}

static void
test_gateway (void)
{
  static const struct
  {
    const char *text;
    const char *complaint; /* NULL: none */
  } rows[] = {
    { "192.168.137.1/24", NULL },
    { "10.255.255.254/8", NULL },
    { "203.0.113.1/30", NULL },
    { "192.168.137.0/24", "the network itself" },
    { "192.168.137.255/24", "broadcast" },
    { "192.168.137.1/31", "prefix length" },
    { "192.168.137.1/32", "prefix length" },
    { "10.0.0.1/7", "prefix length" },
    { "0.1.2.3/8", "this network" },
    { "127.0.0.1/8", "loopback" },
    { "169.254.1.1/16", "link-local" },
    { "224.0.0.5/24", "multicast" },
    { "240.0.0.1/24", "reserved" },
    { "255.255.255.254/24", "reserved" },
    { "fd00::1/64", "not IPv4" },
    { "fd00::1/24", "not IPv4" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean ok = cs_cidr_check_gateway (cidr_of (rows[i].text), &error);

      g_assert_cmpint (ok, ==, rows[i].complaint == NULL);
      if (ok)
        continue;
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, rows[i].text));
      g_assert_nonnull (strstr (error->message, rows[i].complaint));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/rows", test_addresses);
  g_test_add_func ("/address/none", test_no_address);
  g_test_add_func ("/cidr/contains", test_contains);
  g_test_add_func ("/cidr/parse", test_parse);
  g_test_add_func ("/cidr/networks", test_networks);
  g_test_add_func ("/cidr/gateway", test_gateway);
  return g_test_run ();
}
