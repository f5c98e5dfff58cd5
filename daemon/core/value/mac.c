/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mac.h"

#include <string.h>

#define TEXT_LENGTH 17 /* of "02:00:00:00:00:01" */

gboolean
cs_mac_is_client (CsMac mac)
{
  static const CsMac zero = { { 0 } };

  return !cs_mac_equal (mac, zero) && (mac.bytes[0] & 1) == 0;
}

gboolean
cs_mac_parse (const char *text, CsMac *mac)
{
  CsMac parsed;

  if (strlen (text) != TEXT_LENGTH)
    return FALSE;
  for (guint i = 0; i < sizeof parsed.bytes; i++)
    {
      const char *digits = text + 3 * i;
      char separator = digits[2];

      if (!g_ascii_isxdigit (digits[0]) || !g_ascii_isxdigit (digits[1])
          || (separator != '\0' && separator != ':' && separator != '-'))
        return FALSE;
      parsed.bytes[i] = (guint8)(g_ascii_xdigit_value (digits[0]) << 4
                                 | g_ascii_xdigit_value (digits[1]));
    }
  if (!cs_mac_is_client (parsed))
    return FALSE;
  *mac = parsed;
  return TRUE;
}

char *
cs_mac_to_string (CsMac mac)
{
  const guint8 *bytes = mac.bytes;

  return g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
                          bytes[3], bytes[4], bytes[5]);
}

gboolean
cs_mac_equal (CsMac a, CsMac b)
{
  return memcmp (a.bytes, b.bytes, sizeof a.bytes) == 0;
}

guint
cs_mac_hash (gconstpointer mac)
{
  const guint8 *bytes = ((const CsMac *)mac)->bytes;

  return (guint)bytes[2] << 24 | (guint)bytes[3] << 16 | (guint)bytes[4] << 8 | bytes[5];
}

gboolean
cs_mac_key_equal (gconstpointer a, gconstpointer b)
{
  return cs_mac_equal (*(const CsMac *)a, *(const CsMac *)b);
}
