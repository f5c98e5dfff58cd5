/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First the chains of all tables; then the rules of those tables only that have a base
 * chain on a share's way. Without other firewalls that is one dump of a few chains. */
#include "nft-firewall.h"

#include "nft-netlink.h"
#include "nft-rule.h"
#include "nft-table.h"

#include <libnftnl/chain.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

/* How often to read when the rules change meanwhile. */
#define ATTEMPTS 3

typedef struct nftnl_chain CsNftChain;
static void
chain_free (CsNftChain *chain)
{
  nftnl_chain_free (chain);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftChain, chain_free)

static const char *
family_name (guint32 family)
{
  return family == NFPROTO_INET ? "inet" : family == NFPROTO_IPV4 ? "ip" : NULL;
}

static CsHook
hook_of (const CsNftChain *chain)
{
  if (!nftnl_chain_is_set (chain, NFTNL_CHAIN_HOOKNUM))
    return CS_HOOK_NONE;
  if (g_strcmp0 (nftnl_chain_get_str (chain, NFTNL_CHAIN_TYPE), "filter") != 0)
    return CS_HOOK_ELSEWHERE;
  switch (nftnl_chain_get_u32 (chain, NFTNL_CHAIN_HOOKNUM))
    {
    case NF_INET_FORWARD:
      return CS_HOOK_FORWARD;
    case NF_INET_LOCAL_IN:
      return CS_HOOK_INPUT;
    default:
      return CS_HOOK_ELSEWHERE;
    }
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
  g_autoptr (CsNftChain) item = nftnl_chain_alloc ();
  g_autofree char *table = NULL;
  const char *family;
  CsFilterChain *chain;

  if (item == NULL)
    g_error ("out of memory");
  if (nftnl_chain_nlmsg_parse (message, item) < 0)
    return MNL_CB_ERROR;
  family = family_name (nftnl_chain_get_u32 (item, NFTNL_CHAIN_FAMILY));
  if (family == NULL)
    return MNL_CB_OK;
  table
      = g_strdup_printf ("%s %s", family, nftnl_chain_get_str (item, NFTNL_CHAIN_TABLE));
  if (g_str_equal (table, "inet connshare"))
    return MNL_CB_OK;
  chain = cs_firewall_add_chain (reading->firewall, table,
                                 nftnl_chain_get_str (item, NFTNL_CHAIN_NAME));
  chain->hook = hook_of (item);
  chain->priority = nftnl_chain_get_s32 (item, NFTNL_CHAIN_PRIO);
  chain->drops = nftnl_chain_is_set (item, NFTNL_CHAIN_POLICY)
                 && nftnl_chain_get_u32 (item, NFTNL_CHAIN_POLICY) == NF_DROP;
  if ((chain->hook == CS_HOOK_FORWARD || chain->hook == CS_HOOK_INPUT)
      && !g_ptr_array_find_with_equal_func (reading->tables, table, g_str_equal, NULL))
    g_ptr_array_add (reading->tables, g_steal_pointer (&table));
  return MNL_CB_OK;
}

/* Rules come in their order, chain by chain. */
static gboolean
read_table (Reading *reading, const char *table)
{
  gboolean is_inet = g_str_has_prefix (table, "inet ");
  g_autoptr (GPtrArray) rules = cs_nft_rules_read (is_inet ? NFPROTO_INET : NFPROTO_IPV4,
                                                   strchr (table, ' ') + 1);
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
  CsNftQuestion question;
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
