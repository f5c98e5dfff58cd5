/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Through this computer to the uplink, out, and back. */
#include "diagnose-private.h"

#include "opening.h"

/* What IPv6 asks of every link (RFC 8200, 5), and many servers on the Internet of any. */
#define LEAST_MTU 1280
/* So many packets without any answer are no coincidence. */
#define PACKETS_SURE 20

static char *
remedy_of (const CsWalk *w, const CsBlock *block, const char *refusal)
{
  g_autofree char *remedy = cs_block_remedy (block, w->share);

  if (refusal)
    return g_strdup_printf ("have this done by the program that keeps the table, or end "
                            "that program: %s",
                            remedy);
  if (block->firewall == w->snapshot->legacy_filter && !w->snapshot->legacy_tool)
    return g_strdup_printf ("install iptables, which has the program for it: %s", remedy);
  return g_steal_pointer (&remedy);
}

/* What other packet filters drop though all is open that is ours to open. */
void
cs_walk_check_blocks (CsWalk *w)
{
  g_autoptr (GArray) blocks = cs_blocks_find (w->share, w->snapshot);

  for (guint i = 0; i < blocks->len; i++)
    {
      const CsBlock *block = &g_array_index (blocks, CsBlock, i);
      g_autofree char *owner = cs_block_owner (block);
      g_autofree char *words = cs_block_describe (block, w->share);
      const char *refusal = cs_block_refusal (block, w->share, w->snapshot);

      cs_walk_add (w, block->drop.certain ? CS_SEVERITY_ERROR : CS_SEVERITY_WARNING,
                   "blocked",
                   refusal ? g_strdup_printf ("%s: %s. %s", owner, words, refusal)
                           : g_strdup_printf ("%s: %s", owner, words),
                   remedy_of (w, block, refusal));
    }
  if (w->snapshot->legacy && !w->snapshot->legacy_filter && !w->snapshot->legacy_tool)
    cs_walk_add (w, CS_SEVERITY_WARNING, "blocked",
                 g_strdup ("iptables-legacy: rules of the older iptables are in the "
                           "kernel, and may drop; they cannot be read, and the program "
                           "that would open them is not there"),
                 g_strdup ("install iptables, or restart what made these rules with the "
                           "newer iptables-nft"));
}

void
cs_walk_check_mtu (CsWalk *w)
{
  const CsInterface *const both[] = { w->lan, w->uplink };

  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    if (both[i] && both[i]->mtu < LEAST_MTU)
      cs_walk_add (w, CS_SEVERITY_WARNING, "small-mtu",
                   g_strdup_printf ("%s takes packets of %u bytes at most: some servers "
                                    "cannot be reached that way",
                                    both[i]->name, both[i]->mtu),
                   g_strdup_printf ("more helps, if the line allows it: ip link set %s "
                                    "mtu %d",
                                    both[i]->name, LEAST_MTU));
}

/* "198.51.100.53 (no answer), 198.51.100.54 (refuses)" of those that do not help. */
static char *
list_dead_servers (const CsWalk *w, guint *dead)
{
  static const char *const words[] = { [CS_ANSWER_REFUSED] = "refuses",
                                       [CS_ANSWER_CLOSED] = "not a name server",
                                       [CS_ANSWER_NO_WAY] = "no way there",
                                       [CS_ANSWER_NONE] = "no answer" };
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < w->found->upstream->len; i++)
    {
      CsAnswer answer = g_array_index (w->found->upstream, CsAnswer, i);

      if (answer == CS_ANSWER_GOOD || answer == CS_ANSWER_NOT_ASKED)
        continue;
      (*dead)++;
      g_string_append_printf (list, "%s%s (%s)", list->len > 0 ? ", " : "",
                              w->share->dns[i], words[answer]);
    }
  return g_string_free (list, FALSE);
}

void
cs_walk_check_upstream (CsWalk *w)
{
  guint dead = 0;
  g_autofree char *list = list_dead_servers (w, &dead);
  gboolean all = dead == w->found->upstream->len;

  if (!w->uplink || !cs_walk_serves_lan (w))
    return;
  if (!w->share->dns)
    cs_walk_add (
        w, CS_SEVERITY_ERROR, "dns-none",
        g_strdup_printf ("%s came without name servers, so clients find no names",
                         w->share->uplink),
        g_strdup_printf ("name one: sharectl share %s via WAN --dns ADDRESS",
                         w->share->lan));
  else if (dead > 0)
    cs_walk_add (
        w, all ? CS_SEVERITY_ERROR : CS_SEVERITY_WARNING, "dns-upstream",
        g_strdup_printf (all ? "no name server of %s answers through it: %s"
                             : "not all name servers of %s answer through it: %s",
                         w->share->uplink, list),
        g_strdup_printf ("connect %s anew, or name other servers: sharectl "
                         "share %s via WAN --dns ADDRESS",
                         w->share->uplink, w->share->lan));
}

void
cs_walk_check_replies (CsWalk *w)
{
  if (!w->uplink || w->found->packets_received > 0
      || w->found->packets_sent < PACKETS_SURE)
    return;
  cs_walk_add (
      w, CS_SEVERITY_WARNING, "no-replies",
      g_strdup_printf ("clients have sent %" G_GUINT64_FORMAT
                       " packets through %s, and none came back",
                       w->found->packets_sent, w->share->uplink),
      g_strdup_printf ("see whether %s works for this computer itself: ping -I %s "
                       "9.9.9.9",
                       w->share->uplink, w->share->uplink));
}

/* Not a flaw: that it works, and for whom. */
void
cs_walk_check_clients (CsWalk *w)
{
  guint clients = w->found->clients;
  g_autofree char *words = NULL;

  if (w->share->state != CS_STATE_ACTIVE)
    return;
  if (!cs_walk_serves_lan (w))
    words = g_strdup ("its addresses, DHCP and DNS are left to others");
  else if (clients == 0)
    words = g_strdup ("no client has asked for an address yet");
  else
    words = g_strdup_printf ("%u client%s an address", clients,
                             clients == 1 ? " has" : "s have");
  cs_walk_add (w, CS_SEVERITY_INFO, "shared",
               g_strdup_printf ("%s; %s", w->share->message, words), g_strdup (""));
}
