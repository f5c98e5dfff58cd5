/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file also has lines for IPv6, which begin with "duid" or have an address with a
 * colon: these are skipped. */
#include "leases.h"

#include <stdio.h>
#include <string.h>

#define MOST_HELD   32
#define MOST_OF_ONE 4
#define HELD_SHARE  4 /* one in so many */

typedef struct
{
  guint64 expiry; /* seconds since the Epoch; 0: a lease without an end */
  CsAddress address;
} Lease;

static gboolean
parse (const char *line, Lease *lease)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  return g_strv_length (words) >= 4
         && g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXINT64, &lease->expiry, NULL)
         && cs_address_parse (words[2], &lease->address)
         && lease->address.family == AF_INET;
}

static gboolean
is_in_force (const char *line, gint64 now)
{
  Lease lease;

  return parse (line, &lease) && (lease.expiry == 0 || (gint64)lease.expiry > now);
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

guint
cs_leases_count_since (const char *text, gint64 now, gint64 since, guint lease_time)
{
  g_autoptr (GArray) held = cs_leases_list_held (text);

  return cs_leases_count (text, MAX (now, since + lease_time - 1)) - held->len;
}

static gboolean
is_between (CsAddress address, CsAddress first, CsAddress last)
{
  guint32 number = cs_address_to_number (address);

  return number >= cs_address_to_number (first) && number <= cs_address_to_number (last);
}

char *
cs_leases_resume (const char *text, CsAddress first, CsAddress last, gint64 until)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *out = g_string_new (NULL);

  for (char **line = lines; *line; line++)
    {
      Lease lease;

      if (!parse (*line, &lease) || !is_between (lease.address, first, last)
          || (lease.expiry == 0 && until != 0))
        continue;
      if (lease.expiry != 0 && (gint64)lease.expiry < until)
        g_string_append_printf (out, "%" G_GINT64_FORMAT "%s\n", until,
                                strchr (*line, ' '));
      else
        g_string_append_printf (out, "%s\n", *line);
    }
  return g_string_free (out, FALSE);
}

gboolean
cs_leases_have (const char *text, CsAddress address, gint64 now)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  Lease lease;

  for (char **line = lines; *line; line++)
    if (is_in_force (*line, now) && parse (*line, &lease)
        && cs_address_equal (lease.address, address))
      return TRUE;
  return FALSE;
}

GArray *
cs_leases_list_held (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GArray *held = g_array_new (FALSE, FALSE, sizeof (CsHolder));

  for (char **line = lines; *line; line++)
    {
      CsHolder holder = { 0 };
      guint8 *mac = holder.mac.bytes;
      Lease lease;

      if (!parse (*line, &lease) || lease.expiry != 0)
        continue;
      sscanf (*line, "%*s %2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mac[0], &mac[1], &mac[2],
              &mac[3], &mac[4], &mac[5]);
      holder.address = lease.address;
      g_array_append_val (held, holder);
    }
  return held;
}

void
cs_leases_visit (const char *text,
                 void (*visit) (const CsLease *lease, gpointer user_data),
                 gpointer user_data)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line; line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", -1);
      CsLease lease = { 0 };
      Lease parsed;

      if (!parse (*line, &parsed) || !cs_mac_parse (words[1], &lease.mac))
        continue;
      lease.expiry = (gint64)parsed.expiry;
      lease.address = parsed.address;
      lease.hostname = g_str_equal (words[3], "*") ? NULL : words[3];
      visit (&lease, user_data);
    }
}

char *
cs_leases_hold (const char *text, const CsHolder *holder, guint count, gint64 now)
{
  g_autoptr (GArray) held = cs_leases_list_held (text);
  g_autofree char *address = cs_address_to_string (holder->address);
  g_autofree char *mac = cs_mac_to_string (holder->mac);
  guint of_one = 0;

  for (guint i = 0; i < held->len; i++)
    of_one += cs_mac_equal (g_array_index (held, CsHolder, i).mac, holder->mac);
  if (held->len >= MIN (MOST_HELD, count / HELD_SHARE) || of_one >= MOST_OF_ONE
      || cs_leases_have (text, holder->address, now))
    return NULL;
  return g_strdup_printf ("0 %s %s * *\n", mac, address);
}
