/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file also has lines of IPv6, which begin with "duid" or have an address with a
 * colon: they are none of these. */
#include "leases.h"

#include "cidr.h"

/* 0 stands for a lease without an end. */
static gboolean
is_in_force (const char *line, gint64 now)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint64 expiry;
  guint32 address;

  return g_strv_length (words) >= 4
         && g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXINT64, &expiry, NULL)
         && cs_ipv4_parse (words[2], &address) && (expiry == 0 || (gint64)expiry > now);
}

guint
cs_leases_count (const char *text, gint64 now)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint count = 0;

  for (char **line = lines; *line; line++)
    count += is_in_force (*line, now);
  return count;
}
