/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd's id, or where there is no systemd, that of D-Bus, which is as lasting. */
#include "own-network.h"

#include "core/value/ipv6.h"

#include <string.h>

/* machine-id(5): as many hexadecimal digits; "uninitialized" during the first boot. */
#define DIGITS 32

static gboolean
is_id (const char *text)
{
  return strlen (text) == DIGITS && strspn (text, "0123456789abcdef") == DIGITS
         && strspn (text, "0") < DIGITS;
}

CsCidr
cs_own_network_read (void)
{
  static const char *const paths[] = { "/etc/machine-id", "/var/lib/dbus/machine-id" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *text = NULL;

      if (g_file_get_contents (paths[i], &text, NULL, NULL) && is_id (g_strstrip (text)))
        return cs_ipv6_own_network (text);
    }
  return (CsCidr){ 0 };
}
