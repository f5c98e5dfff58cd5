/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump of the rules, and one of each set. */
#include "nft-outline.h"

#include "nft-netlink.h"

#include <errno.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#define TABLE "connshare"

typedef struct nftnl_rule CsNftRule;
static void
rule_free (CsNftRule *rule)
{
  nftnl_rule_free (rule);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftRule, rule_free)

typedef struct nftnl_set CsNftSet;
static void
set_free (CsNftSet *set)
{
  nftnl_set_free (set);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftSet, set_free)

static int
on_rule (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftRule) rule = nftnl_rule_alloc ();

  if (rule == NULL)
    g_error ("out of memory");
  if (nftnl_rule_nlmsg_parse (message, rule) < 0)
    return MNL_CB_ERROR;
  cs_outline_add (user_data, "chain", nftnl_rule_get_str (rule, NFTNL_RULE_CHAIN), 1);
  return MNL_CB_OK;
}

typedef struct
{
  CsOutline *outline;
  const char *set;
} Elements;

/* Where an interval ends is an element too, with a flag. */
static int
on_element (struct nftnl_set_elem *element, void *user_data)
{
  const Elements *elements = user_data;

  if (!nftnl_set_elem_is_set (element, NFTNL_SET_ELEM_FLAGS)
      || (nftnl_set_elem_get_u32 (element, NFTNL_SET_ELEM_FLAGS)
          & NFT_SET_ELEM_INTERVAL_END)
             == 0)
    cs_outline_add (elements->outline, "set", elements->set, 1);
  return 0;
}

static int
on_elements (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftSet) set = nftnl_set_alloc ();

  if (set == NULL)
    g_error ("out of memory");
  if (nftnl_set_elems_nlmsg_parse (message, set) < 0
      || nftnl_set_elem_foreach (set, on_element, user_data) < 0)
    return MNL_CB_ERROR;
  return MNL_CB_OK;
}

static gboolean
read_rules (CsOutline *outline)
{
  CsNftQuestion question;
  g_autoptr (CsNftRule) rule = nftnl_rule_alloc ();
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETRULE, NFPROTO_INET, TRUE);

  if (rule == NULL)
    g_error ("out of memory");
  nftnl_rule_set_str (rule, NFTNL_RULE_TABLE, TABLE);
  nftnl_rule_nlmsg_build_payload (message, rule);
  return cs_nft_ask (&question, on_rule, outline) == 0;
}

static gboolean
read_set (CsOutline *outline, const char *name)
{
  CsNftQuestion question;
  g_autoptr (CsNftSet) set = nftnl_set_alloc ();
  Elements elements = { outline, name };
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETSETELEM, NFPROTO_INET, TRUE);
  int refusal;

  if (set == NULL)
    g_error ("out of memory");
  nftnl_set_set_str (set, NFTNL_SET_TABLE, TABLE);
  nftnl_set_set_str (set, NFTNL_SET_NAME, name);
  nftnl_set_elems_nlmsg_build_payload (message, set);
  refusal = cs_nft_ask (&question, on_elements, &elements);
  if (refusal == 0)
    cs_outline_add (outline, "set", name, 0);
  return refusal == 0 || refusal == ENOENT;
}

CsOutline *
cs_nft_outline_read (CsOutline *wanted)
{
  g_autoptr (GHashTable) outline = cs_outline_new ();
  GHashTableIter iter;
  gpointer key;

  if (!read_rules (outline))
    return NULL;
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, "set ")
        && !read_set (outline, (const char *)key + strlen ("set ")))
      return NULL;
  return g_steal_pointer (&outline);
}
