/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

#include "core/holds.h"

#define LAN   "link lan0 addr=192.168.137.1/24 fwd=1;"
#define PPP0  "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64 fwd=1;"
#define RULES "rule 13700; rule 13700; rule 13700; rule 13700;"
#define ROUTE "route default dev ppp0 via 10.64.64.64 onlink table 13700;"
#define END   "unreachable default metric 4278198272 table 13700;"

static void
test_damage (void)
{
  static const struct
  {
    const char *request;
    const char *before;
    const char *after;
    const char *damage; /* NULL: none */
  } rows[] = {
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES ROUTE END, NULL },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed ours addr=192.168.137.1/24 fwd=1;" PPP0 RULES ROUTE END, NULL },
    { "lan0 via ppp0", "link lan0;", LAN "rule 13700;" END, NULL },
    /* what others have besides is nothing of ours */
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=10.0.0.1/8 addr=192.168.137.1/24 fwd=1;" PPP0
      "rule 254; route default dev ppp0;" RULES ROUTE END,
      NULL },
    /* devices that are gone, or not readable */
    { "lan0 via ppp0", "link lan0;" PPP0, "link ppp0 index=3 ptp fwd=1;" RULES ROUTE END,
      NULL },
    { "lan0 via ppp0", "", "rule 13700;" END, NULL },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=192.168.137.1/24 fwd=1; link ppp0 index=9;" RULES
      "route default dev ppp0 via 10.64.64.64 table 13700;" END,
      "a route of table 13700 is gone" },
    /* the address */
    { "lan0 via ppp0", "link lan0;" PPP0, "link lan0 fwd=1;" PPP0 RULES ROUTE END,
      "lan0 has lost the address 192.168.137.1/24" },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed ours addr=192.168.137.2/24 fwd=1;" PPP0 RULES ROUTE END,
      "lan0 has lost the address 192.168.137.1/24" },
    /* it goes with our profile */
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed changing fwd=1;" PPP0 RULES ROUTE END, NULL },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 fwd=1; no-nm;" PPP0 RULES ROUTE END, NULL },
    { "lan0 via ppp0 keep-lan", "link lan0 addr=10.0.0.1/24;" PPP0,
      "link lan0 fwd=1;" PPP0 RULES ROUTE END, NULL },
    /* rules and routes */
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 "rule 13700;" ROUTE END,
      "a policy rule of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;", LAN "rule 13701;" END,
      "a policy rule of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES END,
      "a route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      LAN PPP0 RULES "route default dev ppp0 via 10.64.64.65 table 13700;" END,
      "a route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES "route default dev ppp0;" END,
      "a route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES ROUTE,
      "the unreachable route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;", LAN "rule 13700; route default dev lan0 table 13700",
      "the unreachable route of table 13700 is gone" },
    /* forwarding */
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=192.168.137.1/24 fwd=0;" PPP0 RULES ROUTE END,
      "forwarding on lan0 is off" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN "link ppp0 ptp fwd=0;" RULES ROUTE END,
      "forwarding on ppp0 is off" },
    /* the reverse path filter, where we had to change it */
    { "lan0 via ppp0", "link lan0; link ppp0 ptp rp=1/1 addr=10.64.0.9/32>10.64.64.64;",
      LAN "link ppp0 ptp fwd=1 rp=1/1;" RULES ROUTE END, "rp_filter on ppp0 is strict" },
    { "lan0 via ppp0", "link lan0; link ppp0 ptp rp=1/1 addr=10.64.0.9/32>10.64.64.64;",
      LAN "link ppp0 ptp fwd=1 rp=2/2;" RULES ROUTE END, NULL },
    { "lan0 via ppp0", "link lan0;" PPP0,
      LAN "link ppp0 ptp fwd=1 rp=1/1;" RULES ROUTE END, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].request, rows[i].before, NULL);
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].after);
      g_autofree char *damage = cs_share_plan_damage (plan->shares->pdata[0], snapshot);

      g_test_message ("%s in %s, then %s", rows[i].request, rows[i].before,
                      rows[i].after);
      g_assert_cmpstr (damage, ==, rows[i].damage);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/holds/damage", test_damage);
  return g_test_run ();
}
