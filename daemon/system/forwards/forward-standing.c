/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the way of mappings: that another program's packet filter drops what they
 * let in, the plan knows; which of two shares has a port, the elements that are wanted.
 */
#include "forwards-private.h"

#include "system/nft/forward-elements.h"

/* --- Other packet filters ---------------------------------------------------------- */

static gboolean
replace (char **word, const char *new_word)
{
  if (g_strcmp0 (*word, new_word) == 0)
    return FALSE;
  g_free (*word);
  *word = g_strdup (new_word);
  return TRUE;
}

void
cs_forwards_note_blocks (CsForwards *self, const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];
      CsLanForwards *lan = cs_forwards_find_lan (self, share->lan);
      gboolean is_news
          = lan != NULL && replace (&lan->blocked_by, share->ports_blocked_by);

      if (lan != NULL
          && (replace (&lan->blocked_by6, share->ports_blocked_by6) || is_news))
        cs_forwards_tell (self, share->lan);
    }
}

/* --- Other shares ------------------------------------------------------------------ */

static void
check_element (CsForwardKind kind, const char *key, const char *value, gpointer user_data)
{
  gboolean *holds = user_data;

  if (kind == CS_FORWARD_MAP && !cs_forward_elements_hold (key, value))
    *holds = FALSE;
}

/* Of all ports of it; its client has an address, and its share an uplink. */
static gboolean
holds_ports (const CsLanForwards *lan,
             const CsForward *forward,
             const CsForwardClient *client)
{
  gboolean holds = TRUE;

  cs_forward_visit_elements (forward, client, lan->uplinks, check_element, &holds);
  return holds;
}

const CsForward *
cs_forwards_find_rival (CsForwards *self,
                        const CsLanForwards *own,
                        const CsForward *forward,
                        const CsLanForwards **whose)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    {
      const CsLanForwards *lan = other;
      const CsForward *rival = lan != own && cs_lan_forwards_meet (own, lan)
                                   ? cs_forward_table_find_rival (lan->table, forward)
                                   : NULL;

      *whose = lan;
      if (rival != NULL)
        return rival;
    }
  return NULL;
}

/* --- Both -------------------------------------------------------------------------- */

static void
look (CsForwards *self,
      const CsLanForwards *lan,
      const CsForward *forward,
      const CsForwardClient *client,
      CsForwardStanding *standing)
{
  const CsLanForwards *whose;
  const CsForward *rival = cs_forwards_find_rival (self, lan, forward, &whose);
  gboolean is_led = cs_address_is_set (client->address)
                    && cs_address_is_set (cs_forwards_external_address (self, lan->lan));
  gboolean is_open = lan->networks6->len > 0 && client->addresses6->len > 0;
  const char *blocked_by = is_led ? lan->blocked_by : lan->blocked_by6;

  if (!is_led && !is_open)
    standing->state = cs_address_is_set (client->address) ? CS_FORWARD_NO_UPLINK
                                                          : CS_FORWARD_NO_ADDRESS;
  else if (is_led && rival != NULL && !holds_ports (lan, forward, client))
    *standing = (CsForwardStanding){ .state = CS_FORWARD_TAKEN,
                                     .taken_on = whose->lan,
                                     .taken_by = rival->client };
  else if (blocked_by != NULL)
    *standing
        = (CsForwardStanding){ .state = CS_FORWARD_BLOCKED, .blocked_by = blocked_by };
}

CsForwardStanding
cs_forwards_find_standing (CsForwards *self, const char *name, const CsForward *forward)
{
  const CsLanForwards *lan = cs_forwards_find_lan (self, name);
  const CsForwardClient *client
      = lan != NULL ? cs_forward_table_find_client (lan->table, forward->client) : NULL;
  CsForwardStanding standing = { CS_FORWARD_ACTIVE };

  if (client != NULL)
    look (self, lan, forward, client, &standing);
  else
    standing.state = CS_FORWARD_NO_ADDRESS;
  return standing;
}
