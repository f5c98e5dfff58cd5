/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share's LAN is named in its policy rules, which carry our protocol number, in the
 * counters of our table, in the name of the table that refuses its clients, and in an
 * argument of its dnsmasq. */
#include "orphans.h"

#include "orphan-server.h"

#include "core/plan/rules.h"
#include "core/render/ruleset.h"
#include "core/value/ifname.h"
#include "system/filters/nft-accepts.h"
#include "system/netlink/rtnetlink.h"
#include "system/nft/nft-commit.h"
#include "system/nft/nft-netlink.h"
#include "system/nft/nft-table.h"
#include "system/routing/route.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#define REJECT_TABLE CS_NFT_TABLE "_"
#define COUNTER      "sent_"
/* How often to list when something changes during a listing. */
#define ATTEMPTS 3

/* --- Policy rules and routes ----------------------------------------------------- */

static gboolean
parse_own_rule (const struct nlmsghdr *message, CsRule *rule)
{
  return cs_rtnetlink_parse_rule (message, rule) && rule->protocol == CS_ROUTE_PROTOCOL;
}

/* "iif LAN lookup T", or for IPv6 "iif LAN blackhole" instead; rules of uplinks have
 * other actions. The priority says nothing: a rule moves when others' rules precede it.
 */
static const char *
lan_of_rule (const CsRule *rule)
{
  gboolean looks_up = rule->table != 0 && rule->skip_to == 0 && !rule->ends;

  if (!(looks_up || cs_rule_blocks_ipv6 (rule))
      || !cs_ifname_check (rule->iif, "LAN", NULL))
    return NULL;
  return rule->iif;
}

static void
note_rule (const struct nlmsghdr *message, gpointer orphans)
{
  CsRule rule;
  const char *lan = parse_own_rule (message, &rule) ? lan_of_rule (&rule) : NULL;
  CsOrphan *orphan = lan != NULL ? cs_orphan_list_get (orphans, lan) : NULL;

  if (orphan != NULL && cs_table_is_a_shares (rule.table))
    orphan->table = rule.table;
}

/* FALSE if the list is incomplete. */
static gboolean
ask_for_rules (CsNetlink *netlink, CsNetlinkFunc func, GPtrArray *orphans)
{
  for (guint i = 0; i < ATTEMPTS; i++)
    {
      netlink->interrupted = FALSE;
      if (!cs_rtnetlink_dump (netlink, RTM_GETRULE, AF_UNSPEC, 0, func, orphans, NULL))
        return FALSE;
      if (!netlink->interrupted)
        return TRUE;
    }
  return FALSE;
}

/* The first orphan with @table, or NULL; if @table is 0, one whose table no rule
 * names. */
static CsOrphan *
find_by_table (const GPtrArray *orphans, guint32 table)
{
  for (guint i = 0; i < orphans->len; i++)
    if (((CsOrphan *)orphans->pdata[i])->table == table)
      return orphans->pdata[i];
  return NULL;
}

/* "oif UPLINK lookup T" */
static void
note_uplink (const struct nlmsghdr *message, gpointer orphans)
{
  CsOrphan *orphan = NULL;
  CsRule rule;

  if (parse_own_rule (message, &rule) && rule.oif[0] != '\0' && rule.table != 0)
    orphan = find_by_table (orphans, rule.table);
  if (orphan == NULL)
    return;
  g_free (orphan->uplink);
  orphan->uplink = g_strdup (rule.oif);
}

/* Whether @table, which a rule or route of ours uses, belongs to no share. Tables outside
 * the range of shares' own tables belong to all shares. */
static gboolean
is_stray (const GPtrArray *orphans, guint32 table)
{
  return cs_table_is_a_shares (table) ? find_by_table (orphans, table) == NULL
                                      : orphans->len == 0;
}

typedef struct
{
  const GPtrArray *orphans;
  GPtrArray *strays; /* (owned) of struct nlmsghdr (owned) */
} Sweep;

static void
note_stray (Sweep *sweep, const struct nlmsghdr *message)
{
  g_ptr_array_add (sweep->strays, g_memdup2 (message, message->nlmsg_len));
}

static void
note_stray_rule (const struct nlmsghdr *message, gpointer user_data)
{
  Sweep *sweep = user_data;
  CsRule rule;

  if (parse_own_rule (message, &rule) && lan_of_rule (&rule) == NULL
      && is_stray (sweep->orphans, rule.table))
    note_stray (sweep, message);
}

static gboolean
parse_own_route (const struct nlmsghdr *message, CsRoute *route)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);

  return cs_rtnetlink_parse_route (message, route, NULL, NULL)
         && header->rtm_protocol == CS_ROUTE_PROTOCOL;
}

static void
note_stray_route (const struct nlmsghdr *message, gpointer user_data)
{
  Sweep *sweep = user_data;
  CsRoute route;

  if (parse_own_route (message, &route) && is_stray (sweep->orphans, route.table))
    note_stray (sweep, message);
}

/* Assigns a table without a rule to an orphan without a table. */
static void
note_table (const struct nlmsghdr *message, gpointer orphans)
{
  CsRoute route;
  CsOrphan *orphan;

  if (!parse_own_route (message, &route) || !route.unicast
      || !cs_table_is_a_shares (route.table)
      || find_by_table (orphans, route.table) != NULL)
    return;
  orphan = find_by_table (orphans, 0);
  if (orphan != NULL)
    orphan->table = route.table;
}

static void
sweep_kernel (CsNetlink *netlink,
              guint16 type,
              int family,
              CsNetlinkFunc note,
              const GPtrArray *orphans)
{
  g_autoptr (GPtrArray) strays = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  Sweep sweep = { orphans, strays };

  if (!cs_rtnetlink_dump (netlink, type, family, 0, note, &sweep, &error))
    g_warning ("%s", error->message);
  for (guint i = 0; i < strays->len; i++)
    {
      g_autoptr (GError) cause = NULL;

      if (!cs_netlink_check (netlink, cs_rtnetlink_delete (netlink, strays->pdata[i]),
                             &cause, "cannot delete a %s of an earlier run",
                             type == RTM_GETRULE ? "policy rule" : "route"))
        g_warning ("%s", cause->message);
    }
}

/* --- Packet filters -------------------------------------------------------------- */

/* Adds the LAN whose name follows @prefix in @name, if any. */
static void
note_name (GPtrArray *orphans, const char *name, const char *prefix)
{
  g_autofree char *lan = NULL;

  if (name == NULL || !g_str_has_prefix (name, prefix))
    return;
  lan = cs_ifname_unescape (name + strlen (prefix));
  if (lan != NULL && cs_ifname_check (lan, "LAN", NULL))
    cs_orphan_list_get (orphans, lan);
}

static int
on_counter (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftObject) object = cs_nft_made (nftnl_obj_alloc ());

  if (nftnl_obj_nlmsg_parse (message, object) == 0
      && g_strcmp0 (nftnl_obj_get_str (object, NFTNL_OBJ_TABLE), CS_NFT_TABLE) == 0)
    note_name (user_data, nftnl_obj_get_str (object, NFTNL_OBJ_NAME), COUNTER);
  return MNL_CB_OK;
}

static int
on_reject_table (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftTable) table = cs_nft_made (nftnl_table_alloc ());

  if (nftnl_table_nlmsg_parse (message, table) == 0)
    note_name (user_data, nftnl_table_get_str (table, NFTNL_TABLE_NAME), REJECT_TABLE);
  return MNL_CB_OK;
}

/* Lists all objects of one kind. FALSE if the list is incomplete. */
static gboolean
ask (uint16_t type, uint16_t family, mnl_cb_t on_message, GPtrArray *orphans)
{
  int failure = EINTR;

  for (guint i = 0; failure == EINTR && i < ATTEMPTS; i++)
    {
      CsNetlinkRequest question;

      cs_nft_question_begin (&question, type, family, TRUE);
      failure = cs_nft_ask (&question, on_message, orphans);
    }
  return failure == 0;
}

static gboolean
find_by_filters (GPtrArray *orphans)
{
  return ask (NFT_MSG_GETOBJ, NFPROTO_INET, on_counter, orphans)
         && ask (NFT_MSG_GETTABLE, NFPROTO_NETDEV, on_reject_table, orphans);
}

/* Call this only when there are no shares: our table has entries of theirs, and the
 * accepts are theirs. */
static void
sweep_filters (void)
{
  g_autoptr (CsPlan) nothing = cs_plan_new_empty ();
  GError *errors[CS_NFT_ACCEPTS_TABLES] = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean exists = FALSE;

  if (cs_nft_table_exists (&exists, &error) && exists)
    {
      g_autoptr (GMutexLocker) locker = cs_nft_lock ();

      cs_nft_commit ("delete table inet " CS_NFT_TABLE "\n", NULL, &error);
    }
  if (error == NULL && cs_nft_accepts_are_due (nothing, NULL))
    cs_nft_accepts_apply (nothing, NULL, errors);
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    if (errors[i] != NULL && error == NULL)
      error = errors[i];
    else
      g_clear_error (&errors[i]);
  if (error != NULL)
    g_warning ("cannot remove what an earlier run left in the packet filter: %s",
               error->message);
}

/* --- All of it ------------------------------------------------------------------- */

static void
sweep (CsNetlink *netlink, const GPtrArray *orphans)
{
  sweep_kernel (netlink, RTM_GETRULE, AF_UNSPEC, note_stray_rule, orphans);
  sweep_kernel (netlink, RTM_GETROUTE, AF_INET, note_stray_route, orphans);
  sweep_kernel (netlink, RTM_GETROUTE, AF_INET6, note_stray_route, orphans);
  if (orphans->len == 0)
    sweep_filters ();
}

/* Sweeps only after seeing all LANs: otherwise it cannot tell what belongs to none. */
GPtrArray *
cs_orphans_find (const char *runtime_dir)
{
  GPtrArray *orphans = cs_orphan_list_new ();
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, NULL);
  gboolean rules = netlink != NULL && ask_for_rules (netlink, note_rule, orphans);
  gboolean filters = find_by_filters (orphans);

  cs_orphan_server_find (runtime_dir, orphans);
  if (netlink == NULL)
    return orphans;
  if (find_by_table (orphans, 0) != NULL)
    cs_rtnetlink_dump (netlink, RTM_GETROUTE, AF_INET, 0, note_table, orphans, NULL);
  ask_for_rules (netlink, note_uplink, orphans);
  if (rules && filters)
    sweep (netlink, orphans);
  return orphans;
}
