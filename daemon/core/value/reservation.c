/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only the way in which we write it is accepted. */
#include "reservation.h"

#include "quote.h"

#include "dbus/errors.h"

#define MOST 256

gboolean
cs_reservation_parse (const char *text, CsHolder *holder)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  g_autofree char *again = NULL;

  if (!words[0] || !words[1] || !cs_mac_parse (words[0], &holder->mac)
      || !cs_address_parse (words[1], &holder->address)
      || holder->address.family != AF_INET || !cs_address_is_remote (holder->address))
    return FALSE;
  again = cs_mac_to_string (holder->mac);
  return g_str_equal (words[0], again);
}

/* Whether one before @i is for the same client or address. */
static gboolean
is_taken (char **reservations, guint i, const CsHolder *holder)
{
  for (guint k = 0; k < i; k++)
    {
      CsHolder other;

      if (cs_reservation_parse (reservations[k], &other)
          && (cs_address_equal (other.address, holder->address)
              || cs_mac_equal (other.mac, holder->mac)))
        return TRUE;
    }
  return FALSE;
}

gboolean
cs_reservations_check (char **reservations, GError **error)
{
  for (guint i = 0; reservations && reservations[i]; i++)
    {
      g_autofree char *quoted = cs_quote (reservations[i]);
      CsHolder holder;

      if (i < MOST && cs_reservation_parse (reservations[i], &holder)
          && !is_taken (reservations, i, &holder))
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "invalid reservation %s: expected a client's MAC address and an IPv4 "
                   "address, such as \"02:00:00:00:00:01 192.168.137.50\", each of them "
                   "once, in %d at most",
                   quoted, MOST);
      return FALSE;
    }
  return TRUE;
}

gboolean
cs_reservations_have (char **reservations, CsAddress address)
{
  CsHolder holder;

  for (; reservations && *reservations; reservations++)
    if (cs_reservation_parse (*reservations, &holder)
        && cs_address_equal (holder.address, address))
      return TRUE;
  return FALSE;
}
