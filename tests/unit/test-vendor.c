/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/vendor.h"

#include <string.h>

/* The lines of an oui.txt, and some that are none. */
static const char text[]
    = "OUI/MA-L                                                    Organization\r\n"
      "company_id                                                  Organization\r\n"
      "\r\n"
      "00-22-72   (hex)\t\tAmerican Micro-Fuel Device Corp.\r\n"
      "002272     (base 16)\t\tSomebody Else\r\n"
      "\t\t\t\tFerndale  WA  98248\r\n"
      "\r\n"
      "28-6F-B9   (hex)\t\tNokia Shanghai Bell Co., Ltd.\r\n"
      "98-06-37   (hex)\t\tIEEE Registration Authority\r\n"
      "11-00-AA   (hex)\t\tPrivate\r\n"
      "AA-00-01   (hex)\t\t\r\n"
      "AA-00-02   (hex)\t\tBad\033[31m\xff\r\n"
      "AA-00-03   (hex)\t\t"
      "0123456789012345678901234567890123456789012345678901234567890123456789\r\n"
      "AA-00-0G   (hex)\t\tNo Number\n"
      "AA:00:04   (hex)\t\tNo Hyphens\n"
      "AA-00-05   (hex)\n"
      "   (hex)\t\tNo Number\n"
      "xAA-00-07   (hex)\t\tNot at the Start\n"
      "AA-00-06   (hex)\t\tWithout an End";

static void
test_find (void)
{
  static const struct
  {
    guint8 mac[6];
    const char *vendor; /* NULL: none */
  } rows[] = {
    { { 0x00, 0x22, 0x72, 1, 2, 3 }, "American Micro-Fuel Device Corp." },
    { { 0x28, 0x6f, 0xb9, 1, 2, 3 }, "Nokia Shanghai Bell Co., Ltd." },
    { { 0x28, 0x6f, 0xb8, 1, 2, 3 }, NULL },
    { { 0x98, 0x06, 0x37, 1, 2, 3 }, NULL },
    { { 0x11, 0x00, 0xaa, 1, 2, 3 }, NULL },
    { { 0xaa, 0x00, 0x01, 1, 2, 3 }, NULL },
    { { 0xaa, 0x00, 0x02, 1, 2, 3 }, "Bad [31m\xef\xbf\xbd" },
    { { 0xaa, 0x00, 0x03, 1, 2, 3 },
      "0123456789012345678901234567890123456789012345678901234567890123" },
    { { 0xaa, 0x00, 0x00, 1, 2, 3 }, NULL },
    { { 0xaa, 0x00, 0x04, 1, 2, 3 }, NULL },
    { { 0xaa, 0x00, 0x05, 1, 2, 3 }, NULL },
    { { 0xaa, 0x00, 0x07, 1, 2, 3 }, NULL },
    { { 0xaa, 0x00, 0x06, 1, 2, 3 }, "Without an End" },
  };
  g_autoptr (GHashTable) vendors = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_hash_table_insert (vendors, GUINT_TO_POINTER (cs_vendor_key (rows[i].mac)), NULL);
  cs_vendors_find (text, strlen (text), vendors);
  g_assert_cmpuint (g_hash_table_size (vendors), ==, G_N_ELEMENTS (rows));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gpointer key = GUINT_TO_POINTER (cs_vendor_key (rows[i].mac));

      g_test_message ("%06x", cs_vendor_key (rows[i].mac));
      g_assert_cmpstr (g_hash_table_lookup (vendors, key), ==, rows[i].vendor);
    }
}

/* A mapped file has no NUL at its end. */
static void
test_find_to_any_end (void)
{
  for (gsize size = 0; size < strlen (text); size++)
    {
      g_autofree char *part = g_memdup2 (text, size);
      g_autoptr (GHashTable) vendors = g_hash_table_new_full (NULL, NULL, NULL, g_free);

      g_hash_table_insert (vendors, GUINT_TO_POINTER (0xaa0006), NULL);
      cs_vendors_find (part, size, vendors);
      g_assert_cmpuint (g_hash_table_size (vendors), ==, 1);
    }
}

static void
test_private (void)
{
  static const struct
  {
    guint8 first;
    gboolean private;
  } rows[] = {
    { 0x00, FALSE }, { 0x02, TRUE },  { 0x28, FALSE }, { 0xda, TRUE },
    { 0xfe, TRUE },  { 0x03, FALSE }, { 0x01, FALSE }, { 0xff, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint8 mac[6] = { rows[i].first, 2, 2, 2, 2, 2 };

      g_assert_cmpint (cs_mac_is_private (mac), ==, rows[i].private);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vendor/find", test_find);
  g_test_add_func ("/vendor/find-to-any-end", test_find_to_any_end);
  g_test_add_func ("/vendor/private", test_private);
  return g_test_run ();
}
