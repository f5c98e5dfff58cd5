/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes a dump of the rules and one of each set. */
#include "nft-outline.h"

#include "nft-rules.h"
#include "nft-set.h"

#include "core/render/ruleset.h"

#include <errno.h>
#include <linux/netfilter.h>

typedef struct
{
  CsOutline *outline;
  const char *set;
} Elements;

static int
on_element (struct nftnl_set_elem *element, void *user_data)
{
  const Elements *elements = user_data;

  if (!cs_nft_set_is_end (element))
    cs_outline_add (elements->outline, CS_OUTLINE_SET, elements->set, 1);
  return 0;
}

static gboolean
read_rules (CsOutline *outline)
{
  g_autoptr (GPtrArray) rules = cs_nft_rules_read (NFPROTO_INET, CS_NFT_TABLE);

  for (guint i = 0; rules != NULL && i < rules->len; i++)
    cs_outline_add (outline, CS_OUTLINE_CHAIN,
                    nftnl_rule_get_str (rules->pdata[i], NFTNL_RULE_CHAIN), 1);
  return rules != NULL;
}

static gboolean
read_set (CsOutline *outline, const char *name)
{
  Elements elements = { outline, name };
  int failure
      = cs_nft_set_visit (NFPROTO_INET, CS_NFT_TABLE, name, on_element, &elements);

  if (failure == 0)
    cs_outline_add (outline, CS_OUTLINE_SET, name, 0);
  return failure == 0 || failure == ENOENT;
}

CsOutline *
cs_nft_outline_read (const CsOutline *wanted)
{
  g_autoptr (CsOutline) outline = cs_outline_new ();
  GHashTableIter iter;
  gpointer name;

  if (!read_rules (outline))
    return NULL;
  g_hash_table_iter_init (&iter, wanted->counts[CS_OUTLINE_SET]);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!read_set (outline, name))
      return NULL;
  return g_steal_pointer (&outline);
}
