/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/delegation.h"

#define PD(n, prefix, length, pltime, vltime) \
  "new_dhcp6_ia_pd1_prefix" n "=" prefix "\n" \
  "new_dhcp6_ia_pd1_prefix" n "_length=" length "\n" \
  "new_dhcp6_ia_pd1_prefix" n "_pltime=" pltime "\n" \
  "new_dhcp6_ia_pd1_prefix" n "_vltime=" vltime "\n"

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    const char *prefixes;
  } rows[] = {
    { "", "" },
    { PD ("1", "2001:db8:77::", "60", "3600", "7200"), "2001:db8:77::/60" },
    /* in any order, among other words */
    { "PATH=/bin\nnew_dhcp6_ia_pd1_t1=1000\nnew_dhcp6_ia_pd1_prefix1_vltime=9\n"
      "new_dhcp6_ia_pd1_prefix1_length=56\nnew_dhcp6_ia_pd1_prefix1=2001:db8::\n"
      "new_dhcp6_ia_pd1_prefix1_pltime=9\nnew_dhcp6_ia_pd1_iaid=00000001\n",
      "2001:db8::/56" },
    { PD ("1", "2001:db8:77::5", "60", "3600", "7200"), "2001:db8:77::/60" },
    { PD ("1", "2001:db8:1::", "64", "10", "7200")
          PD ("2", "2001:db8:2::", "64", "20", "7200")
              PD ("12", "fd00:3::", "48", "4294967295", "4294967295"),
      "fd00:3::/48 2001:db8:2::/64 2001:db8:1::/64" },
    /* of no use */
    { PD ("1", "2001:db8:77::", "65", "3600", "7200"), "" },
    { PD ("1", "2001:db8:77::", "0", "3600", "7200"), "" },
    { PD ("1", "2001:db8:77::", "60", "0", "7200"), "" },
    { PD ("1", "2001:db8:77::", "60", "7201", "7200"), "" },
    { PD ("1", "2001:db8:77::", "60", "3600", "4294967296"), "" },
    { PD ("1", "fe80::", "60", "3600", "7200"), "" },
    { PD ("1", "10.0.0.0", "24", "3600", "7200"), "" },
    { PD ("1", "::", "8", "3600", "7200"), "" },
    { PD ("1", "zz", "60", "3600", "7200"), "" },
    { "new_dhcp6_ia_pd1_prefix1=2001:db8:77::", "" },
    { "new_dhcp6_ia_pd1_prefix1", "" },
    { "new_dhcp6_ia_pd=", "" },
    { "new_dhcp6_ia_pd1_prefix1x=2001:db8::\n", "" },
    { "old_dhcp6_ia_pd1_prefix1=2001:db8:77::\n", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GArray) prefixes = cs_delegation_parse (rows[i].text);
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint k = 0; k < prefixes->len; k++)
        {
          g_autofree char *prefix
              = cs_cidr_to_string (g_array_index (prefixes, CsCidr, k));

          g_string_append_printf (text, "%s%s", k ? " " : "", prefix);
        }
      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (text->str, ==, rows[i].prefixes);
    }
}

/* No more than a few, whatever a network says. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) prefixes = NULL;

  for (int i = 1; i < 100; i++)
    g_string_append_printf (text,
                            "new_dhcp6_ia_pd1_prefix%d=2001:db8:%d::\n"
                            "new_dhcp6_ia_pd1_prefix%d_length=48\n"
                            "new_dhcp6_ia_pd1_prefix%d_pltime=100\n"
                            "new_dhcp6_ia_pd1_prefix%d_vltime=100\n",
                            i, i, i, i, i);
  prefixes = cs_delegation_parse (text->str);
  g_assert_cmpuint (prefixes->len, ==, 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/delegation/parse", test_parse);
  g_test_add_func ("/delegation/many", test_many);
  return g_test_run ();
}
