/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host name that a client claims: what is shown of it is harmless, and stays the
 * same when it is looked at again. */
#include "core/value/client-name.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_harmless (const char *name)
{
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (strlen (name), <=, 63);
  g_assert_true (*name != '-' && !g_str_has_suffix (name, "-"));
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    g_assert_true (*c == '-' || g_unichar_isalnum (g_utf8_get_char (c)));
  g_assert_cmpint (g_ascii_strcasecmp (name, "localhost"), !=, 0);
  g_assert_cmpint (g_ascii_strcasecmp (name, "wpad"), !=, 0);
  g_assert_cmpint (g_ascii_strcasecmp (name, "isatap"), !=, 0);
  g_assert_cmpint (g_ascii_strcasecmp (name, "desk"), !=, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *name = cs_client_name_from_claim ((const char *)data, size, "desk");
  g_autofree char *again = NULL;

  if (name)
    {
      check_harmless (name);
      again = cs_client_name_from_claim (name, strlen (name), "desk");
      g_assert_cmpstr (again, ==, name);
      g_assert_true (cs_client_name_is_valid (name));
    }
  return 0;
}
