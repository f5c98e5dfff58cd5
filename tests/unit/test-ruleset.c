/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts against golden files, and against the real nft and kernel in a network of the
 * test's own: each golden file is applied, and each change of a share gives the table
 * that making it anew would give. */
#include "golden.h"
#include "plans.h"
#include "private-net.h"

#include "core/render/extras.h"
#include "core/render/ruleset-clients.h"
#include "core/render/ruleset.h"

#include <glib/gstdio.h>
#include <string.h>

#define UPLINKS \
  "link ppp0 ppp ptp mtu=1492 addr=10.64.0.9/32>10.64.64.64;" \
  "link eth1 addr=192.0.2.2/24 gw=192.0.2.1;"
#define LANS "link lan0; link lan1;"

/* Runs nft with @text on its standard input; its output. */
static char *
nft (const char *arguments, const char *text)
{
  g_autofree char *path = NULL;
  g_autofree char *command = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int fd = g_file_open_tmp ("connshare-test-XXXXXX", &path, &error);
  int status;

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  command = g_strdup_printf ("nft %s %s", arguments, text[0] ? path : "");
  g_spawn_command_line_sync (command, &output, &errors, &status, &error);
  g_unlink (path);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s\n%s", command, errors, text);
  return output;
}

static void
nft_apply (const char *text)
{
  if (text[0])
    g_free (nft ("-f", text));
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Adds what one line of a listing says, with where it says so; rules with their number.
 */
static void
add_facts (GPtrArray *facts, const char *where, guint number, char *line)
{
  g_auto (GStrv) elements = NULL;

  if (g_str_has_prefix (where, "chain "))
    {
      g_ptr_array_add (facts, g_strdup_printf ("%s %02u %s", where, number, line));
      return;
    }
  if (g_str_has_prefix (line, "elements = { "))
    line += strlen ("elements = { ");
  g_strdelimit (line, "}", ' ');
  elements = g_strsplit (line, ",", -1);
  for (char **element = elements; *element; element++)
    if (*g_strstrip (*element))
      g_ptr_array_add (facts, g_strdup_printf ("%s %s", where, *element));
}

/* The table as the kernel has it; the order of chains, sets and elements, which is one of
 * their making, does not show. */
static char *
list_table (void)
{
  g_autofree char *listing = nft ("list table inet connshare", "");
  g_auto (GStrv) lines = g_strsplit (listing, "\n", -1);
  g_autoptr (GPtrArray) facts = g_ptr_array_new_with_free_func (g_free);
  const char *where = "";
  guint number = 0;

  for (guint i = 0; lines[i]; i++)
    {
      char *line = g_strstrip (lines[i]);

      number++;
      if (g_str_has_suffix (line, " {"))
        {
          where = line;
          number = 0;
        }
      else if (!g_str_equal (line, "") && !g_str_equal (line, "}"))
        add_facts (facts, where, number, line);
    }
  g_ptr_array_sort (facts, compare_strings);
  g_ptr_array_add (facts, NULL);
  return g_strjoinv ("\n", (char **)facts->pdata);
}

#define PUBLISHES "forwards; translates;"

static CsCidr
parse_cidr (const char *text)
{
  g_autoptr (GError) error = NULL;
  CsCidr cidr;

  cs_cidr_parse (text, &cidr, &error);
  g_assert_no_error (error);
  return cidr;
}

/* Gives the share what @words say of IPv6: a mode; addresses of its LAN ("+") and earlier
 * ones ("-"), of its uplink ("@"), a network that it has left ("<") or
 * extended ("="); whether it has the whole host forward ("all"), or its uplink
 * ("forced"), has a rate ("paced"), or has lost its LAN to somebody else ("taken"). */
static void
add_ipv6 (CsSharePlan *share, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (char **word = words; *word; word++)
    {
      GArray *list = **word == '+'   ? share->ipv6.addresses
                     : **word == '-' ? share->ipv6.deprecated
                     : **word == '@' ? share->uplink_addresses
                     : **word == '<' ? share->left_networks
                     : **word == '=' ? share->ipv6.extended
                                     : NULL;
      CsCidr cidr = list ? parse_cidr (*word + 1) : (CsCidr)CS_ALL_IPV4;

      if (list)
        g_array_append_val (list, cidr);
      else if (g_str_equal (*word, "all"))
        share->ipv6.found_all_forwarding = g_strdup ("0");
      else if (g_str_equal (*word, "paced"))
        share->rate = 8000000;
      else if (g_str_equal (*word, "taken"))
        share->lan_taken = CS_LAN_TAKEN_OTHERS;
      else if (g_str_equal (*word, "forced"))
        share->ipv6.found_uplink_forced = g_strdup ("0");
      else
        for (CsIpv6Mode mode = 0; mode < CS_IPV6_AUTO; mode++)
          if (g_str_equal (*word, cs_ipv6_mode_to_string (mode)))
            share->ipv6.mode = mode;
    }
}

#define OWN0       "+fd64:1:2::1/64"
#define OWN1       "+fd64:1:2:1::1/64"
#define MASQUERADE "masquerade forced " OWN0 " @2001:db8:0:1::9/128"
#define DELEGATED \
  "delegated forced paced " OWN0 " +2001:db8:8:a::1/64 -2001:db8:7:a::1/64 " \
  "@2001:db8:0:1::9/128"
#define EXTENDED \
  "extended forced " OWN0 " +2001:db8:0:1::1/64 =2001:db8:0:1::/64 " \
  "@2001:db8:0:1::9/128"
#define NONE  "none " OWN0 " -2001:db8:8:a::1/64 <2001:db8:6:a::/64"
#define TAKEN "none taken <192.168.137.0/24 <fd64:1:2::/64"
#define ALL   "masquerade all " OWN1 " @2001:db8:0:1::9/128"

/* Whole tables. */
static void
test_tables (void)
{
  static const struct
  {
    const char *golden;
    const char *requests;
    const char *network;
    const char *ipv6[2];
  } rows[] = {
    { "empty.nft", "", "" },
    { "active.nft", "lan0 via ppp0", LANS UPLINKS },
    { "waiting.nft", "lan0 via wwan0", LANS UPLINKS },
    { "published.nft", "lan0 via ppp0; lan1 via wwan0", LANS UPLINKS PUBLISHES },
    { "closed.nft", "lan0 via lo", LANS UPLINKS },
    { "failed.nft", "lo via ppp0", LANS UPLINKS },
    { "two-shares.nft", "lan0 via ppp0; lan1 via eth1", LANS UPLINKS },
    { "one-uplink.nft", "lan0 via ppp0; lan1 via ppp0", LANS UPLINKS },
    { "keep-lan.nft", "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.42.0.1/16; link eth9; route 10.42.0.0/16 dev lan0;"
      "route 10.7.0.0/24 dev lan0 via 10.42.0.9; route 10.42.9.0/24 dev lan0;" UPLINKS },
    { "keep-lan-without-address.nft", "lan0 via ppp0 keep-lan", LANS UPLINKS },
    { "lan-missing.nft", "usb0 via ppp0", UPLINKS },
    { "limit.nft", "lan0 via ppp0 limit=5; lan1 via eth1 limit=2000 limit-period=month",
      "month 2026 11;" LANS UPLINKS },
    { "dns-port.nft", "lan0 via ppp0; lan1 via ppp0 keep-lan",
      "port 251; link lan0; link lan1 addr=10.0.0.1/24;" UPLINKS },
    { "strange-names.nft", "a_b-c.d+e=f@234 via mmmmmmmmmmmmm.5",
      "link a_b-c.d+e=f@234; link mmmmmmmmmmmmm.5 addr=192.0.2.2/24 gw=192.0.2.1" },
    { "ipv6-masquerade.nft", "lan0 via ppp0", LANS UPLINKS, { MASQUERADE } },
    { "ipv6-delegated.nft", "lan0 via eth1", LANS UPLINKS, { DELEGATED } },
    { "ipv6-extended.nft", "lan0 via eth1 limit=5", LANS UPLINKS, { EXTENDED } },
    { "ipv6-waiting.nft", "lan0 via wwan0", LANS UPLINKS, { NONE } },
    { "ipv6-one-uplink.nft",
      "lan0 via ppp0; lan1 via ppp0",
      LANS UPLINKS,
      { DELEGATED, ALL } },
    { "ipv6-beside-none.nft",
      "lan0 via eth1; lan1 via ppp0",
      LANS UPLINKS,
      { MASQUERADE } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].requests, rows[i].network, NULL);
      g_autofree char *text = NULL;

      for (guint k = 0; k < G_N_ELEMENTS (rows[i].ipv6); k++)
        if (rows[i].ipv6[k])
          add_ipv6 (plan->shares->pdata[k], rows[i].ipv6[k]);
      text = cs_ruleset_render (plan);
      g_test_message ("%s", rows[i].golden);
      golden_assert (rows[i].golden, text);
      g_free (nft ("-c -f", text));
      /* from nothing, from itself, and back to nothing */
      nft_apply (text);
      nft_apply (text);
      g_free (text);
      text = cs_ruleset_render_end ();
      nft_apply (text);
      nft_apply (text);
    }
}

/* States that lan0 can be in, beside a lan1; the first is no share at all. */
static const struct
{
  const char *request; /* of lan0 */
  const char *network;
  const char *ipv6; /* likewise; NULL: none */
} states[] = {
  { "", LANS UPLINKS },
  { "lan0 via ppp0;", LANS UPLINKS },
  { "lan0 via eth1;", LANS UPLINKS },
  { "lan0 via wwan0;", LANS UPLINKS },
  { "lan0 via lo;", LANS UPLINKS },
  { "lan0 via ppp0 address=10.9.0.1/24;", LANS UPLINKS },
  { "lan0 via ppp0;", "port 251;" LANS UPLINKS },
  { "lan0 via ppp0;", LANS "link ppp0 ppp ptp mtu=1400 addr=10.64.0.9/32>10.64.64.64" },
  { "lan0 via ppp0;", "link lan1;" UPLINKS },
  { "lan0 via ppp0 keep-lan;",
    "link lan0 addr=10.42.0.1/16 addr=10.43.0.1/16; link lan1;" UPLINKS },
  { "lan0 via ppp0 keep-lan;", LANS UPLINKS },
  { "lo via ppp0;", LANS UPLINKS },
  { "lan0 via ppp0;", LANS "link ppp0 ppp ptp mtu=1500 addr=10.64.0.9/32>10.64.64.64" },
  { "lan0 via ppp0 limit=5;", LANS UPLINKS },
  { "lan0 via eth1 limit=5 limit-period=month;", "month 2026 11;" LANS UPLINKS },
  { "lan0 via wwan0 limit=5;", "used lan0 5 5;" LANS UPLINKS },
  { "lan0 via ppp0;", LANS UPLINKS, MASQUERADE },
  { "lan0 via eth1;", LANS UPLINKS, DELEGATED },
  { "lan0 via wwan0;", LANS UPLINKS, NONE },
  { "lan0 via eth1 limit=5;", LANS UPLINKS, "all " EXTENDED },
  { "lan0 via wwan0;", LANS UPLINKS, TAKEN },
};

#define COMPANY "lan1 via ppp0 address=10.8.0.1/24; lan2 via eth1 address=10.11.0.1/24"

/* With @company, which is the same in all states. */
static CsPlan *
plan_of_state (gsize state, const char *company)
{
  CsPlan *plan = plan_in (states[state].request, states[state].network, NULL);
  g_autoptr (CsPlan) others = plan_in (company, LANS UPLINKS "link lan2;", NULL);

  if (states[state].ipv6)
    add_ipv6 (plan->shares->pdata[0], states[state].ipv6);
  if (others->shares->len > 0)
    add_ipv6 (others->shares->pdata[0], ALL);
  for (guint i = 0; i < others->shares->len; i++)
    g_ptr_array_add (plan->shares, cs_share_plan_copy (others->shares->pdata[i]));
  return plan;
}

static gboolean
is_applied (const CsPlan *plan)
{
  return cs_share_plan_applied (cs_plan_find (plan, "lan0")) != NULL;
}

/* The table of a plan with its traffic counted. */
static char *
render_counted (const CsPlan *plan)
{
  g_autofree char *rendered = cs_ruleset_render (plan);
  g_autoptr (GString) text = g_string_new (rendered);

  g_string_replace (text, "counter sent_lan0 {\n\t}",
                    "counter sent_lan0 {\n\tpackets 7 bytes 700\n}", 0);
  g_string_replace (text, "counter received_lan0 {\n\t}",
                    "counter received_lan0 {\n\tpackets 7 bytes 700\n}", 0);
  g_string_replace (text, "counter received_lan1 {\n\t}",
                    "counter received_lan1 {\n\tpackets 7 bytes 700\n}", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
list_made_anew (gsize state, const char *company)
{
  g_autoptr (CsPlan) plan = plan_of_state (state, company);
  g_autofree char *text = cs_ruleset_render (plan);

  nft_apply (text);
  return list_table ();
}

/* @wanted is the table of @to made anew, where all counters are zero. */
static void
check_change (gsize from, gsize to, const char *company, const char *wanted)
{
  g_autoptr (CsPlan) old = plan_of_state (from, company);
  g_autoptr (CsPlan) new = plan_of_state (to, company);
  g_autofree char *counted = render_counted (old);
  g_autofree char *change = cs_ruleset_render_change (
      cs_plan_find (old, "lan0"), cs_plan_find (new, "lan0"), new, NULL);
  g_autofree char *listing = NULL;
  g_autoptr (GString) changed = NULL;
  guint kept;

  g_test_message ("%s -> %s beside %s", states[from].request, states[to].request,
                  company);
  nft_apply (counted);
  nft_apply (change);
  listing = list_table ();
  changed = g_string_new (listing);
  kept = g_string_replace (changed, "packets 7 bytes 700", "packets 0 bytes 0", 0);
  g_assert_cmpuint (kept, ==,
                    2 * (is_applied (old) && is_applied (new)) + (company[0] != '\0'));
  g_assert_cmpstr (changed->str, ==, wanted);
}

/* Every change beside another share, and every start and stop alone. */
static void
test_changes (void)
{
  for (gsize to = 0; to < G_N_ELEMENTS (states); to++)
    {
      g_autofree char *wanted = list_made_anew (to, COMPANY);
      g_autofree char *wanted_alone = list_made_anew (to, "");

      for (gsize from = 0; from < G_N_ELEMENTS (states); from++)
        {
          check_change (from, to, COMPANY, wanted);
          if (from == 0 || to == 0)
            check_change (from, to, "", wanted_alone);
        }
    }
}

static void
test_change_texts (void)
{
  static const struct
  {
    const char *golden;
    gsize from, to; /* in states[] */
  } rows[] = {
    { "change-start.nft", 0, 1 },         { "change-uplink.nft", 1, 2 },
    { "change-to-waiting.nft", 1, 3 },    { "change-stop.nft", 6, 0 },
    { "change-stop-answers.nft", 2, 0 },  { "change-start-ipv6.nft", 0, 16 },
    { "change-uplink-ipv6.nft", 16, 17 }, { "change-stop-ipv6.nft", 17, 0 },
    { "change-to-ipv6.nft", 2, 17 },      { "change-lose-ipv6.nft", 17, 18 },
    { "change-to-taken.nft", 16, 20 },
  };
  g_autofree char *nothing = cs_ruleset_render_change (NULL, NULL, NULL, NULL);

  g_assert_cmpstr (nothing, ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) old = plan_of_state (rows[i].from, "");
      g_autoptr (CsPlan) new = plan_of_state (rows[i].to, "");
      g_autofree char *change = cs_ruleset_render_change (
          cs_plan_find (old, "lan0"), cs_plan_find (new, "lan0"), new, NULL);

      golden_assert (rows[i].golden, change);
    }
}

/* Two shares of the same plan that change places of LAN. */
static void
test_other_lan (gconstpointer data)
{
  const char *uplink = data;
  g_autofree char *request_first = g_strdup_printf ("lan0 via %s", uplink);
  g_autofree char *request_second = g_strdup_printf ("lan1 via %s", uplink);
  g_autofree char *requests = g_strconcat (request_first, "; ", request_second, NULL);
  g_autoptr (CsPlan) plan = plan_in (requests, LANS UPLINKS, NULL);
  g_autoptr (CsPlan) first = plan_in (request_first, LANS UPLINKS, NULL);
  g_autoptr (CsPlan) second = plan_in (request_second, LANS UPLINKS, NULL);
  g_autofree char *rendered = cs_ruleset_render (first);
  g_autofree char *change = cs_ruleset_render_change (
      cs_plan_find (plan, "lan0"), cs_plan_find (second, "lan1"), second, NULL);
  g_autofree char *anew = cs_ruleset_render (second);
  g_autofree char *listing = NULL;
  g_autofree char *wanted = NULL;

  nft_apply (rendered);
  nft_apply (change);
  listing = list_table ();
  nft_apply (anew);
  wanted = list_table ();
  g_assert_cmpstr (listing, ==, wanted);
}

/* The golden file of what is refused in a state, or NULL. */
static const char *
reject_table_of (const char *request)
{
  if (g_str_has_prefix (request, "lan0 via wwan0"))
    return "reject-table.nft";
  return g_str_equal (request, "lan0 via lo;") ? "reject-table-closed.nft" : NULL;
}

/* Only of what waits or is closed; put in place of itself, and ended twice. */
static void
test_reject_tables (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (CsPlan) plan = plan_of_state (i, "");
      const CsSharePlan *share = cs_plan_find (plan, "lan0");
      g_autofree char *reject_table = cs_ruleset_render_reject_table (share);
      g_autofree char *end = cs_ruleset_render_reject_table_end (share);
      g_autofree char *listing = NULL;
      const char *golden = reject_table_of (states[i].request);

      g_test_message ("%s", states[i].request);
      g_assert_true ((reject_table[0] == '\0') == (golden == NULL));
      g_assert_true ((end[0] == '\0') == (golden == NULL));
      if (golden == NULL)
        continue;
      golden_assert (golden, reject_table);
      nft_apply (reject_table);
      nft_apply (reject_table);
      listing = nft ("list table netdev connshare_lan0", "");
      g_assert_nonnull (strstr (listing, "reject with icmp host-unreachable"));
      nft_apply (end);
      nft_apply (end);
      g_free (listing);
      listing = nft ("list tables netdev", "");
      g_assert_cmpstr (listing, ==, "");
    }
}

/* What the kernel lacks is in the way of nothing else, and each trial leaves nothing. */
static void
test_extras (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", LANS UPLINKS, NULL);
  g_autofree char *end = cs_ruleset_render_end ();

  for (guint lacking = 0; lacking < 1u << CS_EXTRAS; lacking++)
    {
      g_autofree char *frame = cs_ruleset_render_frame (lacking);
      g_autofree char *shares = cs_ruleset_render_shares (plan, NULL);
      g_autoptr (CsOutline) outline = cs_ruleset_outline (plan, lacking);
      g_autofree char *listing = NULL;

      nft_apply (end);
      nft_apply (frame);
      nft_apply (shares);
      listing = nft ("list chain inet connshare masquerading", "");
      for (CsExtra extra = 0; extra < CS_EXTRAS; extra++)
        g_assert_cmpint (strstr (listing, cs_extra_get_rule (extra)) == NULL, ==,
                         (lacking & CS_EXTRA_BIT (extra)) != 0);
      g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (
                            outline->counts[CS_OUTLINE_CHAIN], "masquerading")),
                        ==, (guint)(2 + CS_EXTRAS - __builtin_popcount (lacking)));
    }
  nft_apply (end);
  for (CsExtra extra = 0; extra < CS_EXTRAS; extra++)
    {
      g_autofree char *trial = cs_extra_render_trial (extra);
      g_autofree char *tables = NULL;

      nft_apply (trial);
      tables = nft ("list tables", "");
      g_assert_cmpstr (tables, ==, "");
    }
}

/* They replace those that were there. */
static void
test_own_ports (void)
{
  static const char *const ports[] = { "6 . 4000", "17 . 51820" };
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", LANS UPLINKS, NULL);
  g_autofree char *rendered = cs_ruleset_render (plan);
  g_autofree char *end = cs_ruleset_render_end ();

  nft_apply (rendered);
  for (guint count = 3; count-- > 0;)
    {
      g_autoptr (GPtrArray) list = g_ptr_array_new ();
      g_autofree char *text = NULL;
      g_autofree char *listing = NULL;

      for (guint i = 0; i < count; i++)
        g_ptr_array_add (list, (gpointer)ports[i]);
      text = cs_ruleset_render_own_ports (list);
      nft_apply (text);
      listing = nft ("list set inet connshare own_ports", "");
      g_assert_cmpint (strstr (listing, " . 4000") != NULL, ==, count > 0);
      g_assert_cmpint (strstr (listing, " . 51820") != NULL, ==, count > 1);
    }
  nft_apply (end);
}

/* Clients on and off the short path of a share. */
static void
test_short_path (void)
{
  g_autoptr (CsPlan) plan
      = plan_in ("lan0 via eth1; lan1 via ppp0 limit=100", LANS UPLINKS, NULL);
  g_autoptr (CsShortPath) path = cs_short_path_new (plan->shares->pdata[0]);
  g_autoptr (CsShortPath) none = cs_short_path_new (NULL);
  g_autoptr (CsShortPath) limited = cs_short_path_new (plan->shares->pdata[1]);
  g_autofree char *rendered = cs_ruleset_render (plan);
  g_autofree char *end = cs_ruleset_render_end ();
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  g_autofree char *nothing = cs_short_path_render (path, AF_INET, "add", addresses);
  g_autofree char *add = NULL;
  g_autofree char *delete = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_null (none);
  g_assert_null (limited);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_true (cs_short_path_fits (path, (CsAddress)CS_IPV4 (192, 168, 137, 82)));
  g_assert_false (cs_short_path_fits (path, (CsAddress)CS_IPV4 (192, 168, 138, 82)));
  g_ptr_array_add (addresses, (gpointer) "192.168.137.82");
  g_ptr_array_add (addresses, (gpointer) "192.168.137.83");
  add = cs_short_path_render (path, AF_INET, "add", addresses);
  delete = cs_short_path_render (path, AF_INET, "delete", addresses);
  nft_apply (rendered);
  before = list_table ();
  nft_apply (add);
  after = list_table ();
  g_assert_nonnull (strstr (after, "map short_sent { 192.168.137.83 . "));
  g_assert_nonnull (strstr (after, "map short_received { 192.168.137.82 . "));
  g_free (g_steal_pointer (&after));
  nft_apply (delete);
  after = list_table ();
  g_assert_cmpstr (before, ==, after);
  nft_apply (end);
}

/* Likewise of IPv6, whose addresses are counted beside those of IPv4. */
static void
test_clients6 (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", LANS UPLINKS, NULL);
  CsSharePlan *share = plan->shares->pdata[0];
  g_autoptr (CsShortPath) path = NULL;
  g_autofree char *rendered = NULL;
  g_autofree char *end = cs_ruleset_render_end ();
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *new = NULL;
  g_autofree char *add = NULL;
  g_autofree char *delete = NULL;
  g_autofree char *old = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  CsAddress address;

  add_ipv6 (share, MASQUERADE);
  path = cs_short_path_new (share);
  address = g_array_index (share->ipv6.addresses, CsCidr, 0).address;
  g_assert_true (cs_short_path_fits (path, address));
  address.bytes[7]++;
  g_assert_false (cs_short_path_fits (path, address));
  g_ptr_array_add (addresses, (gpointer) "fd00::82");
  new = cs_ruleset_render_clients (AF_INET6, addresses, none);
  add = cs_short_path_render (path, AF_INET6, "add", addresses);
  delete = cs_short_path_render (path, AF_INET6, "delete", addresses);
  old = cs_ruleset_render_clients (AF_INET6, none, addresses);
  rendered = cs_ruleset_render (plan);
  nft_apply (rendered);
  before = list_table ();
  nft_apply (new);
  nft_apply (add);
  after = list_table ();
  g_assert_nonnull (strstr (after, "set clients_sent6 { fd00::82"));
  g_assert_nonnull (strstr (after, "map short_sent6 { fd00::82 . "));
  g_assert_nonnull (strstr (after, "map short_received6 { fd00::82 . "));
  g_free (g_steal_pointer (&after));
  nft_apply (delete);
  nft_apply (old);
  after = list_table ();
  g_assert_cmpstr (before, ==, after);
  nft_apply (end);
}

/* No change touches anybody else's rules. */
static void
test_others (void)
{
  static const char theirs[]
      = "table inet filter {\n"
        "chain forward {\n"
        "type filter hook forward priority 0; policy accept; counter drop\n"
        "}\n}\n";
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", LANS UPLINKS, NULL);
  g_autofree char *rendered = cs_ruleset_render (plan);
  g_autofree char *end = cs_ruleset_render_end ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  nft_apply (end);
  nft_apply (theirs);
  before = nft ("list ruleset", "");
  nft_apply (rendered);
  nft_apply (end);
  after = nft ("list ruleset", "");
  g_assert_cmpstr (before, ==, after);
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  private_net_ip ("link add lan0 type veth peer name lan0-far");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ruleset/tables", test_tables);
  g_test_add_func ("/ruleset/change-texts", test_change_texts);
  g_test_add_func ("/ruleset/changes", test_changes);
  g_test_add_data_func ("/ruleset/other-lan/ppp0", "ppp0", test_other_lan);
  g_test_add_data_func ("/ruleset/other-lan/eth1", "eth1", test_other_lan);
  g_test_add_func ("/ruleset/reject-tables", test_reject_tables);
  g_test_add_func ("/ruleset/extras", test_extras);
  g_test_add_func ("/ruleset/own-ports", test_own_ports);
  g_test_add_func ("/ruleset/short-path", test_short_path);
  g_test_add_func ("/ruleset/clients6", test_clients6);
  g_test_add_func ("/ruleset/others", test_others);
  return g_test_run ();
}
