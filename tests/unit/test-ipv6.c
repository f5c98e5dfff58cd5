/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/ipv6.h"

static void
test_words (void)
{
  static const struct
  {
    const char *text;
    CsIpv6Mode wish;
    gboolean good;
  } rows[] = {
    { NULL, CS_IPV6_AUTO, TRUE },
    { "auto", CS_IPV6_AUTO, TRUE },
    { "off", CS_IPV6_OFF, TRUE },
    { "masquerade", CS_IPV6_MASQUERADE, TRUE },
    { "extended", CS_IPV6_EXTENDED, TRUE },
    { "delegated", CS_IPV6_DELEGATED, TRUE },
    { "none", CS_IPV6_AUTO, FALSE },
    { "Auto", CS_IPV6_AUTO, FALSE },
    { "", CS_IPV6_AUTO, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsIpv6Mode wish;

      g_test_message ("%s", rows[i].text ? rows[i].text : "NULL");
      g_assert_cmpint (cs_ipv6_parse_wish (rows[i].text, &wish), ==, rows[i].good);
      g_assert_cmpint (wish, ==, rows[i].wish);
      if (rows[i].good && rows[i].text)
        g_assert_cmpstr (cs_ipv6_mode_to_string (wish), ==, rows[i].text);
    }
  g_assert_cmpstr (cs_ipv6_mode_to_string (CS_IPV6_NONE), ==, "none");
}

static void
assert_cidr (CsCidr cidr, const char *text)
{
  g_autofree char *printed = cs_cidr_to_string (cidr);

  g_assert_cmpstr (printed, ==, text);
}

/* The same for the same computer, another for another. */
static void
test_own_network (void)
{
  CsCidr one = cs_ipv6_own_network ("0123456789abcdef0123456789abcdef");
  CsCidr same = cs_ipv6_own_network ("0123456789abcdef0123456789abcdef");
  CsCidr other = cs_ipv6_own_network ("0123456789abcdef0123456789abcdee");

  g_assert_cmpuint (one.prefix, ==, 48);
  g_assert_cmphex (one.address.bytes[0], ==, 0xfd);
  g_assert_true (cs_ipv6_is_unique_local (one.address));
  g_assert_true (cs_cidr_equal (one, cs_cidr_network (one)));
  g_assert_true (cs_cidr_equal (one, same));
  g_assert_false (cs_cidr_equal (one, other));
}

static void
test_subnets (void)
{
  static const struct
  {
    const char *network;
    guint index;
    const char *subnet;
    const char *gateway;
  } rows[] = {
    { "2001:db8:1::/48", 0, "2001:db8:1::/64", "2001:db8:1::1/64" },
    { "2001:db8:1::/48", 0x1234, "2001:db8:1:1234::/64", "2001:db8:1:1234::1/64" },
    { "2001:db8:1::/48", 0x10001, "2001:db8:1:1::/64", "2001:db8:1:1::1/64" },
    { "2001:db8:1:20::/60", 3, "2001:db8:1:23::/64", "2001:db8:1:23::1/64" },
    { "2001:db8:1:20::/60", 16, "2001:db8:1:20::/64", "2001:db8:1:20::1/64" },
    { "2001:db8:1:20::/64", 7, "2001:db8:1:20::/64", "2001:db8:1:20::1/64" },
    { "2001:db8::/32", 0xffffffff, "2001:db8:ffff:ffff::/64",
      "2001:db8:ffff:ffff::1/64" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsCidr network, subnet;

      g_assert_true (cs_cidr_parse (rows[i].network, &network, NULL));
      subnet = cs_ipv6_subnet (network, rows[i].index);
      assert_cidr (subnet, rows[i].subnet);
      assert_cidr (cs_ipv6_gateway (subnet), rows[i].gateway);
    }
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *text;
    gboolean global, unique_local;
  } rows[] = {
    { "2001:db8::1", TRUE, FALSE },
    { "3fff:ffff::1", TRUE, FALSE },
    { "4000::1", FALSE, FALSE },
    { "fe80::1", FALSE, FALSE },
    { "fd00::1", FALSE, TRUE },
    { "fc00::1", FALSE, TRUE },
    { "::ffff:192.0.2.1", FALSE, FALSE },
    { "32.1.13.184", FALSE, FALSE }, /* 2001:db8 in bytes */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsAddress address;

      g_test_message ("%s", rows[i].text);
      g_assert_true (cs_address_parse (rows[i].text, &address));
      g_assert_cmpint (cs_ipv6_is_global (address), ==, rows[i].global);
      g_assert_cmpint (cs_ipv6_is_unique_local (address), ==, rows[i].unique_local);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ipv6/words", test_words);
  g_test_add_func ("/ipv6/own-network", test_own_network);
  g_test_add_func ("/ipv6/subnets", test_subnets);
  g_test_add_func ("/ipv6/kinds", test_kinds);
  return g_test_run ();
}
