/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/ifname.h"
#include "core/value/quote.h"
#include "dbus/errors.h"

#include <gio/gio.h>
#include <string.h>

static void
test_check (void)
{
  static const struct
  {
    const char *name;
    gboolean usable;
  } rows[] = {
    { "lan0", TRUE },
    { "enp0s31f6.100", TRUE },
    { "veth1a2b@if7", TRUE },
    { "abcdefghijklmno", TRUE },
    { "0", TRUE },
    { "...", TRUE },
    { "_+=@-", TRUE },
    { "a+b", TRUE },
    { "", FALSE },
    { "+", FALSE },
    { "lan+", FALSE },
    { ".", FALSE },
    { "..", FALSE },
    { "all", FALSE },
    { "default", FALSE },
    { "-lan0", FALSE },
    { "abcdefghijklmnop", FALSE },
    { "la n0", FALSE },
    { "lan\"0", FALSE },
    { "lan'0", FALSE },
    { "lan;0", FALSE },
    { "lan/0", FALSE },
    { "lan:0", FALSE },
    { "lan*", FALSE },
    { "lan%d", FALSE },
    { "lan\n0", FALSE },
    { "lan\0330", FALSE },
    { "l\xc3\xa4n", FALSE },
    { "l\xff", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *quoted = cs_quote (rows[i].name);

      g_test_message ("%s", quoted);
      g_assert_cmpint (cs_ifname_check (rows[i].name, "LAN", &error), ==, rows[i].usable);
      if (rows[i].usable)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_str_has_prefix (error->message, "invalid LAN "));
      g_assert_nonnull (strstr (error->message, quoted));
    }
}

static void
test_escape (void)
{
  static const char *const names[]
      = { "lan0", "a_b", "eth0.5", "a-b", "x@y", "+=", "3g" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *escaped = cs_ifname_escape (names[i]);
      g_autofree char *path_element = g_dbus_escape_object_path (names[i]);
      g_autofree char *again = cs_ifname_unescape (escaped);

      g_assert_cmpstr (escaped, ==, path_element);
      g_assert_cmpstr (again, ==, names[i]);
    }
}

static void
test_unescape (void)
{
  static const char *const strange[]
      = { "a-b", "a_", "a_2", "a_zz", "a_61", "a_2E", "_00" };

  for (gsize i = 0; i < G_N_ELEMENTS (strange); i++)
    g_assert_null (cs_ifname_unescape (strange[i]));
}

static void
test_quote (void)
{
  static const struct
  {
    const char *text;
    const char *quoted;
  } rows[] = {
    { "", "\"\"" },
    { "lan0", "\"lan0\"" },
    { "a\"b\\c", "\"a\\\"b\\\\c\"" },
    { "a\nb\033[1m", "\"a\\x0ab\\x1b[1m\"" },
    { "Gr\xc3\xbc\xc3\x9f"
      "e",
      "\"Gr\xc3\xbc\xc3\x9f"
      "e\"" },
    { "\xff\xc3", "\"\\xff\\xc3\"" },
    { "\xe2\x80\xae", "\"\\xe2\\x80\\xae\"" }, /* right-to-left override */
    { "1234567890123456789012345678901234567890",
      "\"1234567890123456789012345678901234567890\"" },
    { "12345678901234567890123456789012345678901",
      "\"1234567890123456789012345678901234567890...\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *quoted = cs_quote (rows[i].text);

      g_assert_cmpstr (quoted, ==, rows[i].quoted);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ifname/check", test_check);
  g_test_add_func ("/ifname/escape", test_escape);
  g_test_add_func ("/ifname/unescape", test_unescape);
  g_test_add_func ("/quote", test_quote);
  return g_test_run ();
}
