/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What our table looks like in outline, and leases in a file of dnsmasq's. */
#include "network.h"

#include "core/leases.h"
#include "core/outline.h"
#include "core/ruleset.h"

#define NETWORK "link lan0; link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64;"

/* --- Outlines ------------------------------------------------------------------- */

static void
test_outline (void)
{
  static const struct
  {
    const char *kind, *name;
    guint more;
    const char *difference;
  } rows[] = {
    { "chain", "forward", 0, NULL },
    { "chain", "to_lan0", 1, "chain to_lan0 has 3 instead of 2 rules" },
    { "set", "gateways", 2, "set gateways has 3 instead of 1 elements" },
    { "set", "name_servers", 1, "set name_servers has 1 instead of 0 elements" },
    { "chain", "mine", 0, "chain mine is not one of ours" },
  };
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", NETWORK, NULL);
  g_autofree char *ruleset = cs_ruleset_render (plan);
  g_autoptr (GHashTable) wanted = cs_outline_of_ruleset (ruleset);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GHashTable) found = cs_outline_of_ruleset (ruleset);
      g_autofree char *difference = NULL;

      cs_outline_add (found, rows[i].kind, rows[i].name, rows[i].more);
      difference = cs_outline_compare (wanted, found);
      g_assert_cmpstr (difference, ==, rows[i].difference);
    }
}

static void
test_outline_missing (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", NETWORK, NULL);
  g_autofree char *ruleset = cs_ruleset_render (plan);
  g_autoptr (GHashTable) wanted = cs_outline_of_ruleset (ruleset);
  g_autoptr (GHashTable) found = cs_outline_new ();
  g_autofree char *difference = cs_outline_compare (wanted, found);

  g_assert_cmpstr (difference, ==, "chain flow_lan0 is missing");
  g_assert_cmpuint (g_hash_table_size (wanted), ==, 19);
}

/* --- Leases --------------------------------------------------------------------- */

static void
test_leases (void)
{
  static const struct
  {
    const char *text;
    guint count;
  } rows[] = {
    { "", 0 },
    { "101 02:00:00:00:00:01 192.168.137.10 laptop *\n", 1 },
    { "100 02:00:00:00:00:01 192.168.137.10 laptop *\n", 0 },
    { "0 02:00:00:00:00:01 192.168.137.10 * *\n200 02:00:00:00:00:02 192.168.137.11 * "
      "*\n",
      2 },
    { "duid 00:01:00:01\n200 1234 fd00::1 laptop 00:01\n", 0 },
    { "200 02:00:00:00:00:01 192.168.137.10\nx y 192.168.137.10 * *\n", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (cs_leases_count (rows[i].text, 100), ==, rows[i].count);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outline/compare", test_outline);
  g_test_add_func ("/leases", test_leases);
  g_test_add_func ("/outline/missing", test_outline_missing);
  return g_test_run ();
}
