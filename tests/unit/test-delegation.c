/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/delegation.h"

#define SERVER "server 0001\n"
#define TIMES  "times 1000 100 200\n"

static char *
list (const CsDelegation *delegation, gint64 now)
{
  g_autoptr (GArray) prefixes = cs_delegation_list (delegation, now);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < prefixes->len; i++)
    {
      g_autofree char *prefix = cs_cidr_to_string (g_array_index (prefixes, CsCidr, i));

      g_string_append_printf (text, "%s%s", i ? " " : "", prefix);
    }
  return g_string_free (text, FALSE);
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    const char *prefixes; /* at 1500; NULL: it is not parsed */
  } rows[] = {
    { SERVER TIMES "prefix 2001:db8:77::/60 3600 7200\n", "2001:db8:77::/60" },
    { SERVER TIMES "prefix 2001:db8:77::5/60 3600 7200\n", "2001:db8:77::/60" },
    /* the longest-lived first */
    { SERVER TIMES "prefix 2001:db8:1::/64 10 7200\nprefix 2001:db8:2::/64 20 7200\n"
                   "prefix fd00:3::/48 4294967295 4294967295\n",
      "fd00:3::/48 2001:db8:2::/64 2001:db8:1::/64" },
    /* those that are still valid */
    { SERVER TIMES "prefix 2001:db8:1::/64 100 500\nprefix 2001:db8:2::/64 100 501\n",
      "2001:db8:2::/64" },
    { SERVER TIMES "prefix 2001:db8:77::/65 3600 7200\n", NULL },
    { SERVER TIMES "prefix 2001:db8:77::/32 3600 7200\n", "2001:db8::/32" },
    { SERVER TIMES "prefix 2001:db8:77::/31 3600 7200\n", NULL },
    { SERVER TIMES "prefix 2000::/8 3600 7200\n", NULL },
    { SERVER TIMES "prefix 2001:db8:77::/60 0 7200\n", NULL },
    { SERVER TIMES "prefix 2001:db8:77::/60 9 7200\n", NULL },
    { SERVER TIMES "prefix 2001:db8:77::/60 7201 7200\n", NULL },
    { SERVER TIMES "prefix 2001:db8:77::/60 3600 4294967296\n", NULL },
    { SERVER TIMES "prefix fe80::/60 3600 7200\n", NULL },
    { SERVER TIMES "prefix 10.0.0.0/24 3600 7200\n", NULL },
    { SERVER TIMES "prefix zz 3600 7200\n", NULL },
    { SERVER TIMES "prefix 2001:db8:77::/60 3600\n", NULL },
    { SERVER TIMES, NULL },
    { TIMES "prefix 2001:db8:77::/60 3600 7200\n", NULL },
    { "server \n" TIMES "prefix 2001:db8:77::/60 3600 7200\n", NULL },
    { "server 001\n" TIMES "prefix 2001:db8:77::/60 3600 7200\n", NULL },
    { "server xx\n" TIMES "prefix 2001:db8:77::/60 3600 7200\n", NULL },
    { SERVER "times 1000 200 100\nprefix 2001:db8:77::/60 3600 7200\n", NULL },
    { SERVER "times -1 100 200\nprefix 2001:db8:77::/60 3600 7200\n", NULL },
    { "new_dhcp6_ia_pd1_prefix1=2001:db8:77::\n", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsDelegation delegation;
      gboolean parsed = cs_delegation_parse (rows[i].text, &delegation);
      g_autofree char *prefixes = parsed ? list (&delegation, 1500) : NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (prefixes, ==, rows[i].prefixes);
    }
}

static void
test_print (void)
{
  static const char text[] = "server 000100ff\n" TIMES "prefix 2001:db8:77::/60 10 20\n"
                             "prefix fd00:3::/48 4294967295 4294967295\n";
  CsDelegation delegation;
  g_autofree char *printed = NULL;

  g_assert_true (cs_delegation_parse (text, &delegation));
  printed = cs_delegation_print (&delegation);
  g_assert_cmpstr (printed, ==, text);
}

/* What a server leaves to its client. */
static void
test_times (void)
{
  static const struct
  {
    guint32 renew, rebind, preferred, then_renew, then_rebind;
  } rows[] = {
    { 0, 0, 1000, 500, 800 },
    { 100, 0, 1000, 100, 800 },
    { 900, 0, 1000, 900, 900 },
    { 0, 100, 1000, 100, 100 },
    { 0, 0, CS_LIFETIME_INFINITE, CS_LIFETIME_INFINITE, CS_LIFETIME_INFINITE },
    { 100, CS_LIFETIME_INFINITE, 1000, 100, CS_LIFETIME_INFINITE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsDelegation delegation = { .renew = rows[i].renew, .rebind = rows[i].rebind };
      CsDelegatedPrefix prefix
          = { .preferred = rows[i].preferred, .valid = CS_LIFETIME_INFINITE };

      g_assert_true (cs_cidr_parse ("2001:db8::/56", &prefix.network, NULL));
      cs_delegation_add (&delegation, prefix);
      g_assert_true (cs_delegation_complete (&delegation));
      g_assert_cmpuint (delegation.renew, ==, rows[i].then_renew);
      g_assert_cmpuint (delegation.rebind, ==, rows[i].then_rebind);
    }
}

/* No more than a few, whatever a network says. */
static void
test_many (void)
{
  CsDelegation delegation = { 0 };
  g_autoptr (GArray) prefixes = NULL;

  for (guint8 i = 0; i < 100; i++)
    cs_delegation_add (
        &delegation,
        (CsDelegatedPrefix){ .network = { { AF_INET6, { 0x20, 1, 0x0d, 0xb8, i } }, 48 },
                             .preferred = 10,
                             .valid = 10 });
  prefixes = cs_delegation_list (&delegation, 0);
  g_assert_cmpuint (prefixes->len, ==, CS_DELEGATION_PREFIXES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/delegation/parse", test_parse);
  g_test_add_func ("/delegation/print", test_print);
  g_test_add_func ("/delegation/times", test_times);
  g_test_add_func ("/delegation/many", test_many);
  return g_test_run ();
}
