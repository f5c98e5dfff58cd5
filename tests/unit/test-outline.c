/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What our table looks like in outline, and leases in a file of dnsmasq's. */
#include "plans.h"

#include "core/value/leases.h"
#include "core/render/outline.h"
#include "core/render/ruleset.h"

#define NETWORK "link lan0; link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64;"

/* --- Outlines ------------------------------------------------------------------- */

static void
test_outline (void)
{
  static const struct
  {
    CsOutlineKind kind;
    const char *name;
    guint more;
    const char *difference;
  } rows[] = {
    { CS_OUTLINE_CHAIN, "forward", 0, NULL },
    { CS_OUTLINE_CHAIN, "to_lan0", 1, "chain to_lan0 has 3 instead of 2 rules" },
    { CS_OUTLINE_SET, "gateways", 2, "set gateways has 3 instead of 1 elements" },
    { CS_OUTLINE_SET, "name_servers", 1, "set name_servers has 2 instead of 1 elements" },
    { CS_OUTLINE_CHAIN, "mine", 0, "chain mine is not one of ours" },
  };
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", NETWORK, NULL);
  g_autoptr (CsOutline) wanted = cs_ruleset_outline (plan, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsOutline) found = cs_ruleset_outline (plan, 0);
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
  g_autoptr (CsOutline) wanted = cs_ruleset_outline (plan, 0);
  g_autoptr (CsOutline) found = cs_outline_new ();
  g_autofree char *difference = cs_outline_compare (wanted, found);

  g_assert_cmpstr (difference, ==, "chain arrivals is missing");
  g_assert_cmpuint (g_hash_table_size (wanted->counts[CS_OUTLINE_CHAIN]), ==, 35);
  g_assert_cmpuint (g_hash_table_size (wanted->counts[CS_OUTLINE_SET]), ==, 38);
}

/* What several shares have in common is there once. */
static void
test_outline_common (void)
{
  g_autoptr (CsPlan) plan
      = plan_in ("lan0 via ppp0; lan1 via ppp0", NETWORK "link lan1", NULL);
  g_autoptr (CsOutline) outline = cs_ruleset_outline (plan, 0);
  GHashTable *sets = outline->counts[CS_OUTLINE_SET];

  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (sets, "uplinks")), ==, 1);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (sets, "uplink_paths")), ==, 1);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (sets, "lans")), ==, 2);
}

/* --- Leases --------------------------------------------------------------------- */

static void
test_leases (void)
{
  const char *recent = "200 02:00:00:00:00:01 192.168.137.10 laptop *\n";
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

  /* one that lasts for 120 seconds and ends at 200 is of 80 */
  g_assert_cmpuint (cs_leases_count_since (recent, 100, 80, 120), ==, 1);
  g_assert_cmpuint (cs_leases_count_since (recent, 100, 81, 120), ==, 0);
}

static void
test_resume (void)
{
#define OLD     "50 02:00:00:00:00:01 192.168.137.10 laptop 01:02\n"
#define NEW     "300 02:00:00:00:00:02 192.168.137.254 * *\n"
#define ENDLESS "0 02:00:00:00:00:03 192.168.137.11 * *\n"
  static const struct
  {
    const char *text;
    gint64 until;
    const char *result;
  } rows[] = {
    { "", 200, "" },
    { OLD NEW ENDLESS, 0, OLD NEW ENDLESS },
    { OLD NEW ENDLESS, 200, "200 02:00:00:00:00:01 192.168.137.10 laptop 01:02\n" NEW },
    { "300 02:00:00:00:00:01 192.168.137.9 * *\n" NEW
      "300 02:00:00:00:00:01 10.0.0.1 * *\nx\n",
      0, NEW },
  };
  const CsAddress first = CS_IPV4 (192, 168, 137, 10);
  const CsAddress last = CS_IPV4 (192, 168, 137, 254);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = cs_leases_resume (rows[i].text, first, last, rows[i].until);

      g_assert_cmpstr (text, ==, rows[i].result);
    }
}

static void
test_hold (void)
{
#define LEASED    "200 02:00:00:00:00:01 192.168.137.10 laptop *\n"
#define EXPIRED   "99 02:00:00:00:00:01 192.168.137.10 laptop *\n"
#define HELD(n)   "0 02:00:00:00:00:0" #n " 192.168.137.3" #n " * *\n"
#define OF_ONE(n) "0 02:00:00:00:00:09 192.168.137.4" #n " * *\n"
  static const struct
  {
    const char *text;
    guint count;
    gboolean held;
  } rows[] = {
    { "", 245, TRUE },
    { "", 3, FALSE },
    { EXPIRED, 245, TRUE },
    { LEASED, 245, FALSE },
    { "0 02:00:00:00:00:05 192.168.137.10 * *\n", 245, FALSE },
    { HELD (1) HELD (2) HELD (3), 16, TRUE },
    { HELD (1) HELD (2) HELD (3) HELD (4), 16, FALSE },
    { OF_ONE (1) OF_ONE (2) OF_ONE (3), 245, TRUE },
    { OF_ONE (1) OF_ONE (2) OF_ONE (3) OF_ONE (4), 245, FALSE },
  };
  const CsHolder holder = { CS_IPV4 (192, 168, 137, 10), { { 2, 0, 0, 0, 0, 9 } } };
  GString *many = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = cs_leases_hold (rows[i].text, &holder, rows[i].count, 100);

      g_assert_cmpstr (line, ==,
                       rows[i].held ? "0 02:00:00:00:00:09 192.168.137.10 * *\n" : NULL);
    }
  for (guint i = 0; i < 65000; i++)
    {
      const CsHolder one = { cs_address_from_number (0x0a000001 + i),
                             { { 2, 0, 0, 0, (guint8)(i >> 8), (guint8)i } } };
      g_autofree char *line = cs_leases_hold (many->str, &one, 65000, 100);

      if (line == NULL)
        {
          g_assert_cmpuint (i, ==, 32);
          break;
        }
      g_string_append (many, line);
    }
  /* they are no recent leases */
  g_assert_cmpuint (cs_leases_count (many->str, 100), ==, 32);
  g_assert_cmpuint (cs_leases_count_since (many->str, 100, 80, 120), ==, 0);
  g_string_free (many, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outline/compare", test_outline);
  g_test_add_func ("/outline/common", test_outline_common);
  g_test_add_func ("/leases/count", test_leases);
  g_test_add_func ("/leases/resume", test_resume);
  g_test_add_func ("/leases/hold", test_hold);
  g_test_add_func ("/outline/missing", test_outline_missing);
  return g_test_run ();
}
