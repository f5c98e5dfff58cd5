/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whitelist, and an escape for where even that is too much. */
#include "ifname.h"

#include "quote.h"

#include "dbus/errors.h"

#include <net/if.h>
#include <string.h>

/* "all" and "default" are no interfaces in /proc/sys/net/ipv4/conf, but all of them and
 * the future ones; the kernel allows no device these names either. */
static gboolean
is_usable (const char *name)
{
  if (name[0] == '\0' || name[0] == '-' || strlen (name) >= IFNAMSIZ)
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
      "%s %s is not a usable interface name: it needs 1 to 15 letters, digits or "
      ". _ - @ + = and no '-' in front, and is not \"all\" or \"default\"; see "
      "\"sharectl interfaces\"",
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
