/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bounds are those of IEEE 802.11 and WPA; see network.h. */
#include "network.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NAME_MAX_BYTES 32
#define PASSWORD_MIN   8
#define PASSWORD_MAX   63
#define KEY_HEX_DIGITS 64

const char *
cs_network_check_name (const char *name)
{
  if (*name == '\0')
    return _ ("A network needs a name.");
  if (strlen (name) > NAME_MAX_BYTES)
    return _ ("The name is too long: 32 letters at most, fewer with accents.");
  for (const char *byte = name; *byte != '\0'; byte++)
    if (g_ascii_iscntrl (*byte))
      return _ ("The name has characters that cannot be seen.");
  return NULL;
}

static gboolean
is_key (const char *password)
{
  if (strlen (password) != KEY_HEX_DIGITS)
    return FALSE;
  for (const char *byte = password; *byte != '\0'; byte++)
    if (!g_ascii_isxdigit (*byte))
      return FALSE;
  return TRUE;
}

const char *
cs_network_check_password (const char *password)
{
  gsize length = strlen (password);

  if (length == 0 || is_key (password))
    return NULL;
  for (const char *byte = password; *byte != '\0'; byte++)
    if (!g_ascii_isprint (*byte))
      return _ ("A password can only have letters without accents, digits and signs.");
  if (length < PASSWORD_MIN)
    return _ ("The password is too short: 8 characters at least.");
  if (length > PASSWORD_MAX)
    return _ ("The password is too long: 63 characters at most.");
  return NULL;
}
