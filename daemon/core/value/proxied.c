/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proxied.h"

/* A client answers at most a second after its address is its own. */
#define SOON (2 * (gint64)G_USEC_PER_SEC)

CsProxied *
cs_proxied_find (const GArray *list, CsAddress address)
{
  for (guint i = 0; i < list->len; i++)
    if (cs_address_equal (g_array_index (list, CsProxied, i).address, address))
      return &g_array_index (list, CsProxied, i);
  return NULL;
}

/* Who has never answered goes before all who have, and the last of them first: so a flood
 * takes nothing from those that were there before it. */
static gboolean
goes_before (const CsProxied *one, const CsProxied *other)
{
  if ((one->seen == 0) != (other->seen == 0))
    return one->seen == 0;
  return one->seen == 0 ? one->since > other->since : one->seen < other->seen;
}

static gboolean
make_room (GArray *list, gint64 now, CsProxied *dropped)
{
  guint first = 0;

  for (guint i = 1; i < list->len; i++)
    if (goes_before (&g_array_index (list, CsProxied, i),
                     &g_array_index (list, CsProxied, first)))
      first = i;
  *dropped = g_array_index (list, CsProxied, first);
  if (dropped->seen != 0 && !cs_proxied_is_quiet (dropped, now))
    {
      *dropped = (CsProxied){ 0 };
      return FALSE;
    }
  g_array_remove_index (list, first);
  return TRUE;
}

gboolean
cs_proxied_add (GArray *list, CsAddress address, gint64 now, CsProxied *dropped)
{
  const CsProxied one = { .address = address, .state = CS_PROXIED_ASKED, .since = now };

  *dropped = (CsProxied){ 0 };
  if (cs_proxied_find (list, address)
      || (list->len >= CS_PROXIED_MAX && !make_room (list, now, dropped)))
    return FALSE;
  g_array_append_val (list, one);
  return TRUE;
}

gboolean
cs_proxied_is_over (const CsProxied *one, gint64 now)
{
  if (one->state == CS_PROXIED_REFUSED)
    return now - one->since >= CS_PROXIED_TAKEN;
  return one->seen == 0 ? now - one->since >= CS_PROXIED_UNSEEN
                        : now - one->seen >= CS_PROXIED_SILENT;
}

gboolean
cs_proxied_is_quiet (const CsProxied *one, gint64 now)
{
  if (one->state != CS_PROXIED_HELD)
    return FALSE;
  return one->seen == 0 ? now - one->since >= SOON : now - one->seen >= CS_PROXIED_QUIET;
}
