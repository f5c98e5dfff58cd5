/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When there are more clients than places, the one that has been quiet for the longest
 * is forgotten; who comes under many addresses is held by the rate of all. */
#include "rate.h"

static gboolean
is_early (gint64 due, gint64 now)
{
  return due - now > G_USEC_PER_SEC;
}

static gint64
later (gint64 due, gint64 now, guint rate)
{
  return MAX (due, now) + G_USEC_PER_SEC / rate;
}

gboolean
cs_rate_take (CsRate *rate, CsAddress client, gint64 now)
{
  guint place = 0;

  for (guint i = 0; i < CS_RATE_CLIENTS; i++)
    {
      if (cs_address_equal (rate->clients[i].client, client))
        {
          place = i;
          break;
        }
      if (rate->clients[i].due < rate->clients[place].due)
        place = i;
    }
  if (!cs_address_equal (rate->clients[place].client, client))
    {
      rate->clients[place].client = client;
      rate->clients[place].due = 0;
    }
  if (is_early (rate->clients[place].due, now) || is_early (rate->due, now))
    return FALSE;
  rate->clients[place].due = later (rate->clients[place].due, now, rate->each);
  rate->due = later (rate->due, now, rate->all);
  return TRUE;
}
