/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diagnosis says of port mappings: each row the facts, and what its checks find.
 */
#include "core/check/diagnose-forwards.h"

#include "findings.h"

typedef struct
{
  const char *facts;
  const char *findings;
} Row;

static void
check (const Row *rows, gsize count, void (*walk_check) (CsWalk *walk), gboolean maps)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", GOOD, NULL);
  g_autoptr (CsSnapshot) now = network_parse (GOOD);
  CsSharePlan *share = g_ptr_array_index (plan->shares, 0);

  share->maps = maps;
  for (gsize i = 0; i < count; i++)
    {
      g_test_message ("%s", rows[i].facts);
      assert_findings_of (walk_check, share, plan, now, rows[i].facts, rows[i].findings);
    }
}

#define PRIVATE(address) \
  "info forward-private lan0: ports of ppp0 lead to clients of lan0, but its " \
  "address " address \
  " is private: the Internet does not reach them there [forward the same ports " \
  "to " address " in the router of that network]"
#define SHARED_ADDRESS(address) \
  "info forward-private lan0: ports of ppp0 lead to clients of lan0, but its " \
  "address " address \
  " is one that a provider shares among customers: the Internet does not reach " \
  "them there [ask the provider for a public IPv4 address, or use IPv6]"

static void
test_external (void)
{
  static const Row rows[] = {
    { "", "" },
    { "forwards=1", "" },
    { "external=10.64.0.9", "" },
    { "forwards=1; external=10.64.0.9", PRIVATE ("10.64.0.9") },
    { "forwards=2; led=2; external=10.64.0.9", "" },
    { "forwards=2; led=1; external=10.64.0.9", PRIVATE ("10.64.0.9") },
    { "forwards=1; external=172.16.0.1", PRIVATE ("172.16.0.1") },
    { "forwards=1; external=172.31.255.255", PRIVATE ("172.31.255.255") },
    { "forwards=1; external=172.32.0.1", "" },
    { "forwards=1; external=192.168.1.2", PRIVATE ("192.168.1.2") },
    { "forwards=1; external=169.254.1.1", PRIVATE ("169.254.1.1") },
    { "forwards=1; external=100.63.255.255", "" },
    { "forwards=1; external=100.64.0.1", SHARED_ADDRESS ("100.64.0.1") },
    { "forwards=1; external=100.127.255.254", SHARED_ADDRESS ("100.127.255.254") },
    { "forwards=1; external=100.128.0.1", "" },
    { "forwards=1; external=203.0.113.5", "" },
  };
  static const Row none[] = { { "forwards=1; external=10.64.0.9", "" } };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_external, TRUE);
  check (none, G_N_ELEMENTS (none), cs_walk_check_external, FALSE);
}

#define LIST \
  " without a known address [connect the client, or remove what is no longer needed: " \
  "\"sharectl forward list lan0\" shows no-address]"

static void
test_clients (void)
{
  static const Row rows[] = {
    { "forwards=9", "" },
    { "forwards=9; lost=1", "warning forward-no-address lan0: 1 port mapping of lan0 "
                            "leads to a client" LIST },
    { "forwards=9; lost=2", "warning forward-no-address lan0: 2 port mappings of lan0 "
                            "lead to clients" LIST },
    { "forwards=9; away=1", "info forward-away lan0: 1 port mapping of lan0 leads to a "
                            "client that is not there now" },
    { "forwards=9; away=3", "info forward-away lan0: 3 port mappings of lan0 lead to "
                            "clients that are not there now" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_forwards, TRUE);
}

static void
test_ports (void)
{
  static const Row rows[] = {
    { "forwards=9", "" },
    { "forwards=9; taken=1",
      "warning forward-taken lan0: 1 port mapping of lan0 leads nowhere: another share "
      "has "
      "its port of ppp0 [choose another port, or remove the other share's: \"sharectl "
      "forward list\" shows which]" },
    { "forwards=9; taken=2",
      "warning forward-taken lan0: 2 port mappings of lan0 lead nowhere: other shares "
      "have "
      "their ports of ppp0 [choose another port, or remove the other share's: \"sharectl "
      "forward list\" shows which]" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_ports, TRUE);
}

#define NAT(type, why) \
  "info nat-type lan0: game consoles on lan0 have NAT type " type ": " why
#define OPEN NAT ("open", "the uplink's address is public, and its ports lead to clients")
#define LED \
  NAT ("open", \
       "the router before this computer leads ports to the uplink's address, and " \
       "its ports lead to clients")
#define MODERATE \
  NAT ("moderate", \
       "the Internet reaches the uplink's address, but no port of it leads to " \
       "a client")
#define LET_THEM " [let them ask for ports: sharectl change lan0 --upnp]"
#define STRICT \
  NAT ("strict", "the uplink's address 10.0.0.9 is behind another NAT, which leads no " \
                 "port to it [turn on UPnP, NAT-PMP or PCP in the router before this " \
                 "computer]")

static void
test_nat (void)
{
  static const struct
  {
    const char *facts;
    gboolean upnp;
    const char *blocked_by;
    const char *findings;
  } rows[] = {
    { "", TRUE, NULL, "" },
    { "external=8.8.8.8", FALSE, NULL, "" },
    { "external=8.8.8.8", TRUE, NULL, OPEN },
    { "external=8.8.8.8; upnp=x", TRUE, NULL, MODERATE },
    { "external=8.8.8.8; forwards=1", FALSE, NULL, OPEN },
    { "external=8.8.8.8; forwards=2; lost=1; taken=1", FALSE, NULL, MODERATE LET_THEM },
    { "external=8.8.8.8; forwards=1", TRUE, "ufw", MODERATE },
    { "external=10.0.0.9; forwards=1", TRUE, NULL, STRICT },
    { "external=10.0.0.9; forwards=2; led=1", TRUE, NULL, LED },
    { "external=10.0.0.9; forwards=1; led=1; lost=1", FALSE, NULL, MODERATE LET_THEM },
  };
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", GOOD, NULL);
  g_autoptr (CsSnapshot) now = network_parse (GOOD);
  CsSharePlan *share = g_ptr_array_index (plan->shares, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].facts);
      share->upnp = rows[i].upnp;
      g_free (share->ports_blocked_by);
      share->ports_blocked_by = g_strdup (rows[i].blocked_by);
      assert_findings_of (cs_walk_check_nat, share, plan, now, rows[i].facts,
                          rows[i].findings);
    }
}

static void
test_router (void)
{
  static const Row rows[] = {
    { "forwards=3", "" },
    { "forwards=3; router=2 mapped, 1 refused",
      "info forward-upstream lan0: the router before this computer was asked for the "
      "ports of lan0's mappings: 2 mapped, 1 refused" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_router, TRUE);
}

static void
test_upnp (void)
{
  static const Row rows[] = {
    { "", "" },
    { "upnp=other (process 7) has port 5351, which they ask",
      "warning upnp lan0: clients of lan0 cannot ask for port mappings: other (process "
      "7) "
      "has port 5351, which they ask [connshared keeps trying; to do without: sharectl "
      "change lan0 --no-upnp]" },
  };
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", GOOD, NULL);
  g_autoptr (CsSnapshot) now = network_parse (GOOD);
  CsSharePlan *share = g_ptr_array_index (plan->shares, 0);

  share->upnp = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_findings_of (cs_walk_check_upnp, share, plan, now, rows[i].facts,
                        rows[i].findings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnose-forwards/external", test_external);
  g_test_add_func ("/diagnose-forwards/clients", test_clients);
  g_test_add_func ("/diagnose-forwards/ports", test_ports);
  g_test_add_func ("/diagnose-forwards/nat", test_nat);
  g_test_add_func ("/diagnose-forwards/router", test_router);
  g_test_add_func ("/diagnose-forwards/upnp", test_upnp);
  return g_test_run ();
}
