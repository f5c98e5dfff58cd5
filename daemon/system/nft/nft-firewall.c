/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the chains of all tables first, then the rules of only those tables that have a
 * base chain in a share's path. Without other firewalls that is one dump of a few
 * chains. */
#include "nft-firewall.h"

#include "nft-netlink.h"
#include "nft-rule.h"
#include "nft-rules.h"
#include "nft-table.h"

#include "core/render/ruleset.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* How often to try when the rules change during a reading. */
#define ATTEMPTS 3

/* Of the kinds that see packets on their way. */
static const struct
{
  guint16 number;
  const char *name;
} families[] = {
  { NFPROTO_INET, "inet" },
  { NFPROTO_IPV4, "ip" },
  { NFPROTO_IPV6, "ip6" },
  { NFPROTO_NETDEV, "netdev" },
};

static const char *
family_name (guint32 family)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (families[i].number == family)
      return families[i].name;
  return NULL;
}

static CsHook
hook_of_device (guint32 number)
{
  return number == NF_NETDEV_INGRESS  ? CS_HOOK_INGRESS
         : number == NF_NETDEV_EGRESS ? CS_HOOK_EGRESS
                                      : CS_HOOK_NONE;
}

/* A chain of the type "nat" sees only the first packet of a flow, and is not meant to
 * drop it; one of the type "route" filters as well. */
static CsHook
hook_of (const CsNftChain *chain)
{
  static const CsHook hooks[] = {
    [NF_INET_PRE_ROUTING] = CS_HOOK_PREROUTING,   [NF_INET_LOCAL_IN] = CS_HOOK_INPUT,
    [NF_INET_FORWARD] = CS_HOOK_FORWARD,          [NF_INET_LOCAL_OUT] = CS_HOOK_OUTPUT,
    [NF_INET_POST_ROUTING] = CS_HOOK_POSTROUTING, [NF_INET_INGRESS] = CS_HOOK_INGRESS,
  };
  guint32 number;

  if (!nftnl_chain_is_set (chain, NFTNL_CHAIN_HOOKNUM)
      || g_strcmp0 (nftnl_chain_get_str (chain, NFTNL_CHAIN_TYPE), "nat") == 0)
    return CS_HOOK_NONE;
  number = nftnl_chain_get_u32 (chain, NFTNL_CHAIN_HOOKNUM);
  if (nftnl_chain_get_u32 (chain, NFTNL_CHAIN_FAMILY) == NFPROTO_NETDEV)
    return hook_of_device (number);
  return number < G_N_ELEMENTS (hooks) ? hooks[number] : CS_HOOK_NONE;
}

static gboolean
is_translation (const CsNftChain *chain)
{
  return nftnl_chain_is_set (chain, NFTNL_CHAIN_HOOKNUM)
         && nftnl_chain_get_u32 (chain, NFTNL_CHAIN_FAMILY) != NFPROTO_IPV6
         && nftnl_chain_get_u32 (chain, NFTNL_CHAIN_HOOKNUM) == NF_INET_PRE_ROUTING
         && g_strcmp0 (nftnl_chain_get_str (chain, NFTNL_CHAIN_TYPE), "nat") == 0;
}

static char **
devices_of (const CsNftChain *chain)
{
  const char *one[] = { NULL, NULL };

  if (nftnl_chain_is_set (chain, NFTNL_CHAIN_DEVICES))
    return g_strdupv ((char **)nftnl_chain_get_array (chain, NFTNL_CHAIN_DEVICES));
  if (!nftnl_chain_is_set (chain, NFTNL_CHAIN_DEV))
    return NULL;
  one[0] = nftnl_chain_get_str (chain, NFTNL_CHAIN_DEV);
  return g_strdupv ((char **)one);
}

/* Our own table, and those that belong to it (strays.h, core/render/ruleset.c). */
static gboolean
is_ours (const char *table)
{
  return g_str_equal (table, "inet " CS_NFT_TABLE)
         || g_str_equal (table, "inet " CS_NFT_TABLE "_left")
         || g_str_has_prefix (table, "netdev " CS_NFT_TABLE "_");
}

/* One reading. */
typedef struct
{
  CsFirewall *firewall; /* (owned) */
  GPtrArray *tables; /* (owned) of char * (owned): those with a base chain that counts */
} Reading;

static int
on_chain (const struct nlmsghdr *message, void *user_data)
{
  Reading *reading = user_data;
  g_autoptr (CsNftChain) item = cs_nft_made (nftnl_chain_alloc ());
  g_autofree char *table = NULL;
  const char *family;
  CsFilterChain *chain;

  if (nftnl_chain_nlmsg_parse (message, item) < 0)
    return MNL_CB_ERROR;
  family = family_name (nftnl_chain_get_u32 (item, NFTNL_CHAIN_FAMILY));
  if (family == NULL)
    return MNL_CB_OK;
  table
      = g_strdup_printf ("%s %s", family, nftnl_chain_get_str (item, NFTNL_CHAIN_TABLE));
  if (is_ours (table))
    return MNL_CB_OK;
  chain = cs_firewall_add_chain (reading->firewall, table,
                                 nftnl_chain_get_str (item, NFTNL_CHAIN_NAME));
  chain->hook = hook_of (item);
  if (is_translation (item))
    reading->firewall->translates = TRUE;
  chain->priority = nftnl_chain_get_s32 (item, NFTNL_CHAIN_PRIO);
  chain->devices = devices_of (item);
  chain->drops = nftnl_chain_is_set (item, NFTNL_CHAIN_POLICY)
                 && nftnl_chain_get_u32 (item, NFTNL_CHAIN_POLICY) == NF_DROP;
  if (chain->hook != CS_HOOK_NONE
      && !g_ptr_array_find_with_equal_func (reading->tables, table, g_str_equal, NULL))
    g_ptr_array_add (reading->tables, g_steal_pointer (&table));
  return MNL_CB_OK;
}

static guint16
family_of (const char *table)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (families) - 1
         && !(g_str_has_prefix (table, families[i].name)
              && table[strlen (families[i].name)] == ' '))
    i++;
  return families[i].number;
}

/* The kernel lists rules in order, chain by chain. */
static gboolean
read_table (Reading *reading, const char *table)
{
  g_autoptr (GPtrArray) rules
      = cs_nft_rules_read (family_of (table), strchr (table, ' ') + 1);
  CsFilterChain *chain = NULL;

  for (guint i = 0; rules != NULL && i < rules->len; i++)
    {
      const char *name = nftnl_rule_get_str (rules->pdata[i], NFTNL_RULE_CHAIN);

      if (chain == NULL || !g_str_equal (chain->name, name))
        chain = cs_firewall_find (reading->firewall, table, name);
      if (chain != NULL)
        cs_nft_rule_append (chain->rules, rules->pdata[i]);
    }
  return rules != NULL;
}

static gboolean
read_all (Reading *reading)
{
  CsNetlinkRequest question;
  gboolean done;

  cs_nft_question_begin (&question, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, TRUE);
  done = cs_nft_ask (&question, on_chain, reading) == 0;
  for (guint i = 0; done && i < reading->tables->len; i++)
    done = read_table (reading, reading->tables->pdata[i]);
  return done;
}

CsFirewall *
cs_nft_firewall_read (guint32 *generation)
{
  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      g_autoptr (CsFirewall) firewall = cs_firewall_new ();
      g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
      Reading reading = { .firewall = firewall, .tables = tables };

      *generation = cs_nft_read_generation ();
      if (read_all (&reading) && cs_nft_read_generation () == *generation)
        return g_steal_pointer (&firewall);
    }
  return NULL;
}
