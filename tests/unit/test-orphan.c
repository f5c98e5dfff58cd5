/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan of a share that is known by what is left of it only. */
#include "network.h"

#include "core/plan/ledger-plan.h"
#include "core/plan/orphan.h"

#define PPP0      "link ppp0 index=7 ptp addr=203.0.113.10/32>203.0.113.1 fwd=1;"
#define ROUTE     "route 0.0.0.0/0 dev ppp0 table 13700; unreachable 0.0.0.0/0 table 13700;"
#define MARK_RULE "rule 13699 mark=268435456 goto=5002;"
#define LANS      "route 192.168.137.0/24 dev lan0 table 13699;"

#define RULE6 "rule 13700 ipv6 iif=lan0;"

typedef struct
{
  const char *network;
  guint32 table;
  const char *uplink;
  const char *served;
  const char *plan;
} Row;

static const Row rows[] = {
  /* nothing but a name: there is no such interface either */
  { "", 0, NULL, NULL, "closed table=14699 dns-port=53" },
  { "link lan0;", 0, NULL, NULL, "closed lan=1 table=14699 dns-port=53" },
  { "rule 14699; rule 14698; link lan0;", 0, NULL, NULL,
    "closed lan=1 table=14697 dns-port=53" },
  /* one that waits */
  { "link lan0 fwd=1 addr=192.168.137.1/24; rule 13700;", 13700, NULL, "192.168.137.1",
    "closed lan=3 address=192.168.137.1/24 subnets=192.168.137.0/24 table=13700 "
    "dns-port=53 found-lan=0" },
  /* one that is active, by a profile and without */
  { "link lan0 fwd=1 addr=192.168.137.1/24 ours;" PPP0 ROUTE, 13700, NULL, NULL,
    "lan=2 address=192.168.137.1/24 subnets=192.168.137.0/24 uplink=ppp0 table=13700 "
    "dns-port=53 found-lan=0 found-uplink=0" },
  { "link lan0 fwd=1 addr=10.0.0.9/24 addr=192.168.137.1/24;" PPP0 ROUTE, 13700, NULL,
    "192.168.137.1",
    "lan=3 address=192.168.137.1/24 subnets=192.168.137.0/24 uplink=ppp0 table=13700 "
    "dns-port=53 found-lan=0 found-uplink=0" },
  /* addresses that nobody serves may be the user's */
  { "link lan0 fwd=1 addr=192.168.137.1/24;" PPP0 ROUTE LANS, 13700, NULL, NULL,
    "lan=1 subnets=192.168.137.0/24 routes=192.168.137.0/24 uplink=ppp0 table=13700 "
    "dns-port=53 found-lan=0 found-uplink=0" },
  { "link lan0; throw 10.7.1.0/24 table 13699; throw 10.9.0.0/24 table 13699;"
    "route 10.7.0.0/16 dev lan0 table 13699; blackhole 10.7.0.0/16 table 13699;",
    13700, NULL, NULL,
    "closed lan=1 subnets=10.7.0.0/16 routes=10.7.0.0/16 elsewhere=10.7.1.0/24 "
    "table=13700 dns-port=53" },
  { "link lan0; link lan1; blackhole 192.168.138.0/24 table 13699;"
    "route 192.168.137.0/24 dev lan1 table 13699;"
    "blackhole 192.168.137.0/24 table 13699;",
    13700, NULL, NULL, "closed lan=1 subnets=192.168.138.0/24 table=13700 dns-port=53" },
  /* the uplink, as a rule or as a route has it; or it is gone */
  { "link lan0;" PPP0, 13700, "ppp0", NULL,
    "lan=1 uplink=ppp0 table=13700 dns-port=53 found-uplink=0" },
  { "link lan0;", 13700, "ppp0", NULL, "closed lan=1 table=13700 dns-port=53" },
  { "link lan0;" PPP0 "route 0.0.0.0/0 dev ppp0 table 13701;", 13700, NULL, NULL,
    "closed lan=1 table=13700 dns-port=53" },
  /* forwarding that is none of ours */
  { "forwards; link lan0 fwd=1;" PPP0 ROUTE, 13700, NULL, NULL,
    "lan=1 uplink=ppp0 table=13700 dns-port=53" },
  /* marks count: for a share's rule; as before one; for somebody else's rule, too */
  { "valid-marks;" MARK_RULE, 13700, NULL, NULL,
    "closed table=13700 dns-port=53 found-marks=0" },
  { MARK_RULE, 13700, NULL, NULL, "closed table=13700 dns-port=53" },
  { "valid-marks; rule 13699;", 13700, NULL, NULL, "closed table=13700 dns-port=53" },
  { "valid-marks;" MARK_RULE "rule 51820 mark=51820 proto=3;", 13700, NULL, NULL,
    "closed table=13700 dns-port=53" },
  { "valid-marks;" MARK_RULE "rule 51820 mark=51820 proto=3 ipv6;", 13700, NULL, NULL,
    "closed table=13700 dns-port=53 found-marks=0" },
  /* IPv6 */
  { "link lan0 conf6=0/0/0/1/0 addr6=fd12:3456:789a:5::1/64;" RULE6, 13700, NULL, NULL,
    "closed lan=1 table=13700 dns-port=53 ipv6=fd12:3456:789a:5::1/64 lan-forced=0" },
  { "no-forces6; link lan0 addr6=2001:db8:1::ff/64;" RULE6
    "blackhole6 2001:db8:1::/64 table 13699; blackhole6 fd12:3456:789a:5::/64 table "
    "13699;"
    "route6 fd12:3456:789a:5::/64 dev lan0 table 13699;",
    13700, NULL, NULL,
    "closed lan=1 table=13700 dns-port=53 "
    "ipv6=fd12:3456:789a:5::1/64,2001:db8:1::ff/64" },
  { "no-forces6; forwards6; link lan0 addr6=2001:db8:1::ff/64;"
    "link ppp0 addr6=2001:db8:1::9/64;" RULE6 "rule 13700 ipv6 iif=ppp0 blackhole;"
    "blackhole6 fd12:3456:789a:5::/64 table 13699;",
    13700, "ppp0", NULL,
    "lan=1 uplink=ppp0 table=13700 dns-port=53 "
    "ipv6=fd12:3456:789a:5::1/64,2001:db8:1::ff/64 extended=2001:db8:1::/64 "
    "all-forwarding=0" },
  { "link lan0 addr6=2001:db8:1::ff/64;" RULE6 "blackhole6 2001:db8:1::/64 table 13699;"
    "route6 2001:db8:1::/64 dev lan0 table 13699;",
    13700, NULL, NULL,
    "closed lan=1 routes=2001:db8:1::/64 table=13700 dns-port=53 kept=2001:db8:1::/64" },
  { "link lan0; rule 0 ipv6 iif=lan0 blackhole;", 13700, NULL, NULL,
    "closed lan=1 table=13700 dns-port=53" },
};

static void
append_cidrs (GString *out, const char *key, const GArray *cidrs)
{
  for (guint i = 0; i < cidrs->len; i++)
    {
      g_autofree char *text = cs_cidr_to_string (g_array_index (cidrs, CsCidr, i));

      g_string_append_printf (out, "%s%s", i == 0 ? key : ",", text);
    }
}

static char *
describe (const CsSharePlan *share)
{
  GString *out = g_string_new (share->closed ? "closed" : "");
  g_autofree char *address = cs_cidr_to_string (share->address);
  g_autoptr (GArray) ways = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  if (share->lan_ifindex != 0)
    g_string_append_printf (out, " lan=%d", (int)share->lan_method);
  if (share->address.prefix != 0)
    g_string_append_printf (out, " address=%s", address);
  append_cidrs (out, " subnets=", share->subnets);
  for (guint i = 0; i < share->routes->len; i++)
    g_array_append_val (ways, g_array_index (share->routes, CsRoute, i).destination);
  append_cidrs (out, " routes=", ways);
  append_cidrs (out, " elsewhere=", share->elsewhere);
  if (share->uplink)
    g_string_append_printf (out, " uplink=%s", share->uplink);
  g_string_append_printf (out, " table=%u dns-port=%u", share->table, share->dns_port);
  if (share->found_lan_forwarding)
    g_string_append_printf (out, " found-lan=%s", share->found_lan_forwarding);
  if (share->found_uplink_forwarding)
    g_string_append_printf (out, " found-uplink=%s", share->found_uplink_forwarding);
  if (share->found_src_valid_mark)
    g_string_append_printf (out, " found-marks=%s", share->found_src_valid_mark);
  append_cidrs (out, " ipv6=", share->ipv6.addresses);
  append_cidrs (out, " extended=", share->ipv6.extended);
  append_cidrs (out, " kept=", share->ipv6.kept);
  if (share->ipv6.found_lan_forced)
    g_string_append_printf (out, " lan-forced=%s", share->ipv6.found_lan_forced);
  if (share->ipv6.found_all_forwarding)
    g_string_append_printf (out, " all-forwarding=%s", share->ipv6.found_all_forwarding);
  return g_strstrip (g_string_free (out, FALSE));
}

/* What is in the ledger must be good to be read again. */
static void
assert_can_be_kept (const CsSharePlan *share)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (CsSharePlan) again = NULL;
  g_autoptr (GError) error = NULL;

  cs_share_plan_to_key_file (share, file, "applied lan0");
  again = cs_share_plan_from_key_file (file, "applied lan0", &error);
  g_assert_no_error (error);
  g_assert_true (cs_share_plan_equal (share, again));
}

static void
test_plans (void)
{
  g_autoptr (CsPlan) none = cs_plan_new_empty ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GPtrArray) orphans = cs_orphan_list_new ();
      CsOrphan *orphan = cs_orphan_list_get (orphans, "lan0");
      g_autoptr (CsSharePlan) share = NULL;
      g_autofree char *plan = NULL;

      orphan->table = rows[i].table;
      orphan->uplink = g_strdup (rows[i].uplink);
      if (rows[i].served)
        g_assert_true (cs_address_parse (rows[i].served, &orphan->served));
      share = cs_orphan_plan (orphan, snapshot, none);
      plan = describe (share);
      g_test_message ("row %u", (guint)i);
      g_assert_cmpstr (plan, ==, rows[i].plan);
      assert_can_be_kept (share);
    }
}

/* Those whose tables nothing tells of do not get the same one. */
static void
test_tables (void)
{
  g_autoptr (CsSnapshot) snapshot = network_parse ("link lan0; link lan1");
  g_autoptr (GPtrArray) orphans = cs_orphan_list_new ();
  g_autoptr (CsPlan) known = cs_plan_new_empty ();
  CsSharePlan *first, *second;

  first = cs_orphan_plan (cs_orphan_list_get (orphans, "lan0"), snapshot, known);
  g_ptr_array_add (known->shares, first);
  second = cs_orphan_plan (cs_orphan_list_get (orphans, "lan1"), snapshot, known);
  g_ptr_array_add (known->shares, second);
  g_assert_cmpuint (first->table, !=, second->table);
}

static void
test_list (void)
{
  g_autoptr (GPtrArray) orphans = cs_orphan_list_new ();
  g_autoptr (CsSnapshot) snapshot
      = network_parse ("link lan0; link lan1 ours; link lan2 ours;");

  cs_orphan_list_get (orphans, "lan1")->table = 13701;
  cs_orphan_list_add_profiles (orphans, snapshot);
  g_assert_cmpuint (orphans->len, ==, 2);
  g_assert_cmpuint (cs_orphan_list_get (orphans, "lan1")->table, ==, 13701);
  g_assert_cmpuint (cs_orphan_list_get (orphans, "lan2")->table, ==, 0);
  g_assert_cmpuint (orphans->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/orphan/plans", test_plans);
  g_test_add_func ("/orphan/tables", test_tables);
  g_test_add_func ("/orphan/list", test_list);
  return g_test_run ();
}
