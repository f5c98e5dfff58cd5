/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word that it does not know ends the program. */
#include "findings.h"

#include <stdlib.h>

/* --- Facts in words ------------------------------------------------------------- */

static CsDnsReply
parse_reply (const char *word)
{
  static const char *const words[] = { [CS_DNS_REPLY_NOT_ASKED] = "not-asked",
                                       [CS_DNS_REPLY_GOOD] = "good",
                                       [CS_DNS_REPLY_REFUSED] = "refused",
                                       [CS_DNS_REPLY_FAILED] = "failed",
                                       [CS_DNS_REPLY_CLOSED] = "closed",
                                       [CS_DNS_REPLY_NO_WAY] = "no-way",
                                       [CS_DNS_REPLY_NONE] = "none" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      return i;
  g_error ("answer: %s?", word);
}

static void
set_share_fact (CsShareFacts *share, const char *key, const char *value)
{
  if (g_str_equal (key, "name-server"))
    share->name_server = parse_reply (value);
  else if (g_str_equal (key, "upstream"))
    {
      CsDnsReply reply = parse_reply (value);

      g_array_append_val (share->upstream, reply);
    }
  else if (g_str_equal (key, "dns-owner"))
    share->dns_owner = g_strdup (value);
  else if (g_str_equal (key, "dhcp-owner"))
    share->dhcp_owner = g_strdup (value);
  else if (g_str_equal (key, "alive"))
    share->server_alive = TRUE;
  else if (g_str_equal (key, "no-dhcp"))
    share->dhcp_missing = TRUE;
  else if (g_str_equal (key, "proxied"))
    share->proxied = (guint)atoi (value);
  else if (g_str_equal (key, "translates"))
    share->translates = TRUE;
  else if (g_str_equal (key, "radvd"))
    share->radvd_lives = TRUE;
  else if (g_str_equal (key, "ipv6"))
    g_assert_true (cs_ipv6_parse_wish (value, &share->ipv6_wish));
  else if (g_str_equal (key, "repairing"))
    share->repairing = TRUE;
  else if (g_str_equal (key, "pid"))
    share->server_pid = atoi (value);
  else if (g_str_equal (key, "recent"))
    share->recent = (guint)atoi (value);
  else if (g_str_equal (key, "held"))
    share->held = (guint)atoi (value);
  else if (g_str_equal (key, "clients"))
    share->clients = (guint)atoi (value);
  else if (g_str_equal (key, "upnp"))
    share->upnp_problem = g_strdup (value);
  else if (g_str_equal (key, "external"))
    g_assert_true (cs_address_parse (value, &share->external));
  else if (g_str_equal (key, "forwards"))
    share->forwards = (guint)atoi (value);
  else if (g_str_equal (key, "led"))
    share->forwards_led = (guint)atoi (value);
  else if (g_str_equal (key, "lost"))
    share->forwards_lost = (guint)atoi (value);
  else if (g_str_equal (key, "away"))
    share->forwards_away = (guint)atoi (value);
  else if (g_str_equal (key, "router"))
    share->router_says = g_strdup (value);
  else if (g_str_equal (key, "taken"))
    share->forwards_taken = (guint)atoi (value);
  else if (g_str_equal (key, "sent"))
    share->packets_sent = (guint64)atoi (value);
  else if (g_str_equal (key, "received"))
    share->packets_received = (guint64)atoi (value);
  else
    g_error ("fact: %s?", key);
}

static void
set_fact (CsFacts *facts, const char *key, const char *value)
{
  if (g_str_equal (key, "nftables"))
    facts->nftables_error = g_strdup (value);
  else if (g_str_equal (key, "polkit"))
    facts->polkit_error = g_strdup (value);
  else if (g_str_equal (key, "table"))
    facts->table_flaw = g_strdup (value);
  else if (g_str_equal (key, "lacking"))
    facts->lacking = (guint)atoi (value);
  else if (g_str_equal (key, "no-dnsmasq"))
    facts->dnsmasq_missing = TRUE;
  else if (g_str_equal (key, "no-radvd"))
    facts->radvd_missing = TRUE;
  else if (g_str_equal (key, "no-dns-user"))
    facts->dns_user_missing = TRUE;
  else if (g_str_equal (key, "resolver"))
    g_assert_true (cs_address_parse (value, &facts->resolver));
  else if (g_str_equal (key, "resolver-owner"))
    facts->resolver_owner = g_strdup (value);
  else if (g_str_equal (key, "ip-forward"))
    facts->ip_forward = TRUE;
  else
    set_share_fact (cs_facts_get_share (facts, "lan0"), key, value);
}

/* "KEY[=VALUE]; ...", those of a share about lan0. */
static CsFacts *
facts_parse (const char *text)
{
  g_auto (GStrv) statements = g_strsplit (text, "; ", -1);
  CsFacts *facts = cs_facts_new ();

  for (char **statement = statements; *statement; statement++)
    {
      g_auto (GStrv) parts = g_strsplit (*statement, "=", 2);

      if (parts[0])
        set_fact (facts, parts[0], parts[1] ? parts[1] : "");
    }
  return facts;
}

/* --- Findings as text ----------------------------------------------------------- */

/* "SEVERITY CODE SUBJECT: MESSAGE" and, if there is one, " [REMEDY]", a line each. */
static char *
findings_to_text (const GPtrArray *findings)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      const CsFinding *finding = findings->pdata[i];

      g_string_append_printf (text, "%s%s %s %s: %s", i > 0 ? "\n" : "",
                              cs_severity_to_string (finding->severity), finding->code,
                              finding->subject[0] ? finding->subject : "-",
                              finding->message);
      if (finding->remedy[0])
        g_string_append_printf (text, " [%s]", finding->remedy);
    }
  return g_string_free (text, FALSE);
}

void
assert_findings (const CsPlan *plan,
                 const CsSnapshot *now,
                 const char *facts_text,
                 const char *expected)
{
  g_autoptr (CsFacts) facts = facts_parse (facts_text);
  g_autoptr (GPtrArray) findings = cs_diagnose (plan, now, facts);
  g_autofree char *text = findings_to_text (findings);

  g_assert_cmpstr (text, ==, expected);
}

void
assert_findings_of (void (*check) (CsWalk *walk),
                    const CsSharePlan *share,
                    const CsPlan *plan,
                    const CsSnapshot *now,
                    const char *facts_text,
                    const char *expected)
{
  g_autoptr (CsFacts) facts = facts_parse (facts_text);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (cs_finding_free);
  g_autofree char *text = NULL;
  CsWalk walk = { .plan = plan, .snapshot = now, .facts = facts, .findings = findings };

  if (share)
    {
      walk.share = share;
      walk.found = cs_facts_get_share (facts, share->lan);
      walk.lan = cs_snapshot_find_index (now, share->lan_ifindex);
      walk.uplink = cs_snapshot_find_index (now, share->uplink_ifindex);
    }
  check (&walk);
  text = findings_to_text (findings);
  g_assert_cmpstr (text, ==, expected);
}

void
assert_finding_row (const FindingRow *row, const CsPlan *plan)
{
  g_autoptr (CsSnapshot) now = network_parse (row->now ? row->now : row->before);

  g_test_message ("%s in %s, then %s; %s", row->requests, row->before,
                  row->now ? row->now : "", row->facts);
  assert_findings (plan, now, row->facts, row->findings);
}

void
assert_finding_rows (const FindingRow *rows, gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].requests, rows[i].before, NULL);

      assert_finding_row (&rows[i], plan);
    }
}
