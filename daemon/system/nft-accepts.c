/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is there is read, what differs becomes one transaction, by handles. Another
 * program may come in between, which the kernel then notices as a handle that is gone: so
 * it is done again. */
#include "nft-accepts.h"

#include "nft-commit.h"
#include "nft-firewall.h"

#include "core/opening.h"
#include "dbus/errors.h"

#include <string.h>

#define ATTEMPTS 3

/* "CHAIN RULE" of every accept that @share wants. */
static void
add_wanted (GHashTable *set, const CsSharePlan *share)
{
  for (char **place = share->open; place != NULL && *place != NULL; place++)
    {
      g_autofree char *chain = cs_opening_chain (*place);
      g_auto (GStrv) rules = cs_opening_rules (share, *place);

      for (guint i = 0; rules[i] != NULL; i++)
        g_hash_table_add (set, g_strdup_printf ("%s %s", chain, rules[i]));
    }
}

static GHashTable *
list_wanted (const CsPlan *plan)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL)
        add_wanted (set, share);
    }
  return set;
}

/* Notes each of ours in @chain that may stay in @found, and has the others deleted. */
static void
sweep (GString *commands,
       const CsFilterChain *chain,
       GHashTable *wanted,
       GHashTable *found)
{
  for (guint i = 0; i < chain->rules->len; i++)
    {
      const CsFilterRule *rule = chain->rules->pdata[i];
      g_autofree char *text = NULL;
      g_autofree char *key = NULL;

      if (!rule->ours)
        continue;
      text = cs_filter_rule_to_string (rule);
      key = g_strdup_printf ("%s %s", chain->name, text);
      if (!g_str_equal (chain->table, CS_OPENING_TABLE)
          || !g_hash_table_contains (wanted, key)
          || !g_hash_table_add (found, g_steal_pointer (&key)))
        g_string_append_printf (commands,
                                "delete rule %s %s handle %" G_GUINT64_FORMAT "\n",
                                chain->table, chain->name, rule->handle);
    }
}

/* @rule ends with its verdict, before which goes a counter, as iptables always has. */
static void
insert (GString *commands, const char *chain, const char *rule)
{
  g_string_append_printf (
      commands,
      "insert rule " CS_OPENING_TABLE " %s %.*s counter accept comment \"%s\"\n", chain,
      (int)(strlen (rule) - strlen (" accept")), rule, CS_OPENING_COMMENT);
}

static void
insert_missing (GString *commands,
                const CsFirewall *firewall,
                const CsSharePlan *to,
                const char *place,
                GHashTable *found)
{
  g_autofree char *chain = cs_opening_chain (place);
  g_auto (GStrv) rules = cs_opening_rules (to, place);

  if (cs_firewall_find (firewall, CS_OPENING_TABLE, chain) == NULL)
    return;
  for (guint i = 0; rules[i] != NULL; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s %s", chain, rules[i]);

      if (!g_hash_table_contains (found, key))
        insert (commands, chain, rules[i]);
    }
}

/* The commands for nft(8), "" if all is well; NULL if the rules cannot be read. */
static char *
make_commands (const CsPlan *plan, const CsSharePlan *to)
{
  guint32 generation;
  g_autoptr (CsFirewall) firewall = cs_nft_firewall_read (&generation);
  g_autoptr (GHashTable) wanted = list_wanted (plan);
  g_autoptr (GHashTable) found
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GString *commands;

  if (firewall == NULL)
    return NULL;
  commands = g_string_new (NULL);
  for (guint i = 0; i < firewall->chains->len; i++)
    sweep (commands, firewall->chains->pdata[i], wanted, found);
  for (char **place = to != NULL ? to->open : NULL; place != NULL && *place != NULL;
       place++)
    insert_missing (commands, firewall, to, *place, found);
  return g_string_free (commands, FALSE);
}

gboolean
cs_nft_accepts_are_due (const CsPlan *plan, const CsSharePlan *to)
{
  g_autofree char *commands = make_commands (plan, to);

  return commands == NULL || commands[0] != '\0';
}

gboolean
cs_nft_accepts_apply (const CsPlan *plan, const CsSharePlan *to, GError **error)
{
  g_autoptr (GMutexLocker) locker = cs_nft_lock ();
  g_autoptr (GError) refusal = NULL;

  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      g_autofree char *commands = make_commands (plan, to);

      g_clear_error (&refusal);
      if (commands != NULL
          && (commands[0] == '\0' || cs_nft_commit (commands, NULL, &refusal)))
        return TRUE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "The rules of iptables cannot be changed: %s",
               refusal != NULL ? refusal->message : "they cannot be read");
  return FALSE;
}
