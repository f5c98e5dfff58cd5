/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An allow list, and an escape for where even that allows too much. */
#include "ifname.h"

#include "quote.h"

#include "dbus/errors.h"

#include <net/if.h>
#include <string.h>

/* "all" and "default" in /proc/sys/net/ipv4/conf are not interfaces, but all of them
 * and future ones; the kernel allows no device with these names. To iptables(8),
 * "lan+" is every interface whose name begins with "lan". */
static gboolean
is_usable (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length >= IFNAMSIZ || name[0] == '-' || name[length - 1] == '+')
    return FALSE;
  if (g_str_equal (name, ".") || g_str_equal (name, "..") || g_str_equal (name, "all")
      || g_str_equal (name, "default"))
    return FALSE;
  for (const char *c = name; *c; c++)
    if (!g_ascii_isalnum (*c) && !strchr ("._-@+=", *c))
      return FALSE;
  return TRUE;
}

gboolean
cs_ifname_check (const char *name, const char *what, GError **error)
{
  g_autofree char *quoted = NULL;

  if (is_usable (name))
    return TRUE;
  quoted = cs_quote (name);
  g_set_error (
      error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
      "invalid %s name %s: expected 1 to 15 letters, digits or . _ - @ + =, not starting "
      "with \"-\", not ending with \"+\", and not \"all\" or \"default\"",
      what, quoted);
  return FALSE;
}

char *
cs_ifname_escape (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *c = name; *c; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (out, *c);
    else
      g_string_append_printf (out, "_%02x", (guchar)*c);
  return g_string_free (out, FALSE);
}

char *
cs_ifname_unescape (const char *escaped)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *again = NULL;

  for (const char *c = escaped; *c; c++)
    if (c[0] == '_' && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2]))
      {
        g_string_append_c (
            name, (char)(g_ascii_xdigit_value (c[1]) * 16 + g_ascii_xdigit_value (c[2])));
        c += 2;
      }
    else
      g_string_append_c (name, *c);
  again = cs_ifname_escape (name->str);
  return g_str_equal (again, escaped) ? g_strdup (name->str) : NULL;
}
