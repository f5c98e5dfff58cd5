/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nft-rules.h"

#include "nft-netlink.h"

#include <linux/netfilter/nf_tables.h>

static int
on_rule (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftRule) rule = cs_nft_made (nftnl_rule_alloc ());

  if (nftnl_rule_nlmsg_parse (message, rule) < 0)
    return MNL_CB_ERROR;
  g_ptr_array_add (user_data, g_steal_pointer (&rule));
  return MNL_CB_OK;
}

GPtrArray *
cs_nft_rules_read (guint16 family, const char *table)
{
  g_autoptr (GPtrArray) rules
      = g_ptr_array_new_with_free_func ((GDestroyNotify)nftnl_rule_free);
  g_autoptr (CsNftRule) pattern = cs_nft_made (nftnl_rule_alloc ());
  CsNetlinkRequest question;
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETRULE, family, TRUE);

  nftnl_rule_set_str (pattern, NFTNL_RULE_TABLE, table);
  nftnl_rule_nlmsg_build_payload (message, pattern);
  return cs_nft_ask (&question, on_rule, rules) == 0 ? g_steal_pointer (&rules) : NULL;
}
