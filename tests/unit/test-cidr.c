/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cidr.h"
#include "dbus/errors.h"

#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gboolean valid;
    guint32 address;
    guint8 prefix;
  } rows[] = {
    { "192.168.50.1/24", TRUE, 0xc0a83201, 24 },
    { "0.0.0.0/0", TRUE, 0, 0 },
    { "255.255.255.255/32", TRUE, 0xffffffff, 32 },
    { "10.0.0.1/9", TRUE, 0x0a000001, 9 },
    { "", FALSE },
    { "/", FALSE },
    { "/24", FALSE },
    { "10.0.0.1", FALSE },
    { "10.0.0.1/", FALSE },
    { "10.0.0.1/33", FALSE },
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
    { "fd00::1/64", FALSE },
    { "10.0.0.1/255.0.0.0", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsCidr cidr = { 1, 1 };
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (cs_cidr_parse (rows[i].text, &cidr, &error), ==, rows[i].valid);
      if (!rows[i].valid)
        {
          g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
          g_assert_nonnull (strstr (error->message, rows[i].text));
          g_assert_cmpuint (cidr.address, ==, 1);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmphex (cidr.address, ==, rows[i].address);
      g_assert_cmpuint (cidr.prefix, ==, rows[i].prefix);
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
    const char *network_of_a;
  } rows[] = {
    { "10.1.2.3/16", "10.1.9.9/24", TRUE, FALSE, "10.1.0.0/16" },
    { "10.1.2.3/24", "10.1.3.3/24", FALSE, FALSE, "10.1.2.0/24" },
    { "10.1.2.3/24", "10.1.2.3/24", TRUE, TRUE, "10.1.2.0/24" },
    { "0.0.0.0/0", "203.0.113.9/32", TRUE, FALSE, "0.0.0.0/0" },
    { "203.0.113.9/32", "203.0.113.8/32", FALSE, FALSE, "203.0.113.9/32" },
    { "128.0.0.0/1", "127.255.255.255/32", FALSE, FALSE, "128.0.0.0/1" },
    { "10.0.0.0/8", "10.0.0.0/9", TRUE, FALSE, "10.0.0.0/8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsCidr a = cidr_of (rows[i].a), b = cidr_of (rows[i].b);

      g_assert_cmpint (cs_cidr_overlaps (a, b), ==, rows[i].overlap);
      g_assert_cmpint (cs_cidr_overlaps (b, a), ==, rows[i].overlap);
      g_assert_cmpint (cs_cidr_equal (a, b), ==, rows[i].equal);
      g_assert_true (cs_cidr_equal (cs_cidr_network (a), cidr_of (rows[i].network_of_a)));
    }
  g_assert_true (cs_cidr_contains (cidr_of ("10.0.0.1/30"), 0x0a000003));
  g_assert_false (cs_cidr_contains (cidr_of ("10.0.0.1/30"), 0x0a000004));
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
  g_test_add_func ("/cidr/parse", test_parse);
  g_test_add_func ("/cidr/networks", test_networks);
  g_test_add_func ("/cidr/gateway", test_gateway);
  return g_test_run ();
}
