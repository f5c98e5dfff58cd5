/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making, freeing and finding. */
#include "facts.h"

static void
share_facts_free (CsShareFacts *share)
{
  g_free (share->lan);
  g_array_unref (share->upstream);
  g_free (share->dns_owner);
  g_free (share->dhcp_owner);
  g_free (share->upnp_problem);
  g_free (share->router_says);
  g_free (share);
}

CsFacts *
cs_facts_new (void)
{
  CsFacts *facts = g_new0 (CsFacts, 1);

  facts->shares = g_ptr_array_new_with_free_func ((GDestroyNotify)share_facts_free);
  return facts;
}

void
cs_facts_free (CsFacts *facts)
{
  g_free (facts->nftables_error);
  g_free (facts->polkit_error);
  g_free (facts->table_flaw);
  g_free (facts->resolver_owner);
  g_ptr_array_unref (facts->shares);
  g_free (facts);
}

CsShareFacts *
cs_facts_get_share (CsFacts *facts, const char *lan)
{
  CsShareFacts *share;

  for (guint i = 0; i < facts->shares->len; i++)
    {
      share = facts->shares->pdata[i];
      if (g_str_equal (share->lan, lan))
        return share;
    }
  share = g_new0 (CsShareFacts, 1);
  share->lan = g_strdup (lan);
  share->upstream = g_array_new (FALSE, TRUE, sizeof (CsDnsReply));
  g_ptr_array_add (facts->shares, share);
  return share;
}
