/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the rules and turns the differences into one transaction, by handles. If another
 * program changes them in between, the kernel reports a missing handle, and this tries
 * again. */
#include "nft-accepts.h"

#include "core/plan/opening.h"
#include "core/value/firewall-words.h"
#include "dbus/errors.h"
#include "system/nft/nft-commit.h"
#include "system/nft/nft-firewall.h"

#define ATTEMPTS 3

static const struct
{
  const char *name;
  const char *program;
} tables[CS_NFT_ACCEPTS_TABLES] = {
  { CS_OPENING_TABLE, "iptables" },
  { CS_OPENING_TABLE6, "ip6tables" },
};

/* "CHAIN RULE", the key to find it by. */
static char *
key_of (const CsAccept *accept)
{
  g_autofree char *conditions = cs_accept_to_nft (accept);

  return g_strdup_printf ("%s %s accept", accept->chain, conditions);
}

/* Whether our rules in @chain are dealt with together with those in @table. */
static gboolean
belongs_to (const CsFilterChain *chain, const char *table)
{
  if (g_str_equal (chain->table, CS_OPENING_TABLE6))
    return g_str_equal (table, CS_OPENING_TABLE6);
  return g_str_equal (table, CS_OPENING_TABLE);
}

/* Records in @found our rules in @chain that may stay, and deletes our others. */
static void
sweep (GString *commands,
       const char *table,
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
      if (!g_str_equal (chain->table, table) || !g_hash_table_contains (wanted, key)
          || !g_hash_table_add (found, g_steal_pointer (&key)))
        g_string_append_printf (commands,
                                "delete rule %s %s handle %" G_GUINT64_FORMAT "\n",
                                chain->table, chain->name, rule->handle);
    }
}

/* Puts a counter before the verdict, as iptables always does. */
static void
insert_missing (GString *commands,
                const char *table,
                const CsFirewall *firewall,
                const CsSharePlan *to,
                GHashTable *found)
{
  g_autoptr (GArray) accepts = cs_opening_list (to, table);

  for (guint i = 0; i < accepts->len; i++)
    {
      const CsAccept *accept = &g_array_index (accepts, CsAccept, i);
      g_autofree char *key = key_of (accept);
      g_autofree char *conditions = cs_accept_to_nft (accept);

      if (cs_firewall_find (firewall, table, accept->chain) != NULL
          && !g_hash_table_contains (found, key))
        g_string_append_printf (commands,
                                "insert rule %s %s %s counter accept comment \"%s\"\n",
                                table, accept->chain, conditions, CS_OPENING_COMMENT);
    }
}

/* The commands for nft(8), "" if nothing differs. */
static char *
make_commands (const char *table,
               const CsFirewall *firewall,
               const CsPlan *plan,
               const CsSharePlan *to)
{
  g_autoptr (GHashTable) wanted = cs_opening_list_all (plan, table, key_of);
  g_autoptr (GHashTable) found
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GString *commands = g_string_new (NULL);

  for (guint i = 0; i < firewall->chains->len; i++)
    if (belongs_to (firewall->chains->pdata[i], table))
      sweep (commands, table, firewall->chains->pdata[i], wanted, found);
  insert_missing (commands, table, firewall, to, found);
  return g_string_free (commands, FALSE);
}

gboolean
cs_nft_accepts_are_due (const CsPlan *plan, const CsSharePlan *to)
{
  guint32 generation;
  g_autoptr (CsFirewall) firewall = cs_nft_firewall_read (&generation);

  for (gsize i = 0; firewall != NULL && i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *commands = make_commands (tables[i].name, firewall, plan, to);

      if (commands[0] != '\0')
        return TRUE;
    }
  return firewall == NULL;
}

static gboolean
apply (const char *table, const CsPlan *plan, const CsSharePlan *to, GError **error)
{
  guint32 generation;
  g_autoptr (CsFirewall) firewall = cs_nft_firewall_read (&generation);
  g_autofree char *commands
      = firewall != NULL ? make_commands (table, firewall, plan, to) : NULL;

  if (commands != NULL)
    return commands[0] == '\0' || cs_nft_commit (commands, NULL, error);
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "they cannot be read");
  return FALSE;
}

void
cs_nft_accepts_apply (const CsPlan *plan, const CsSharePlan *to, GError *errors[])
{
  g_autoptr (GMutexLocker) locker = cs_nft_lock ();

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      gboolean done = FALSE;

      for (int attempt = 0; !done && attempt < ATTEMPTS; attempt++)
        {
          g_clear_error (&errors[i]);
          done = apply (tables[i].name, plan, to, &errors[i]);
        }
      g_prefix_error (&errors[i], "cannot change the rules of %s: ", tables[i].program);
    }
}
