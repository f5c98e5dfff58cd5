/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diagnosis says of IPv6: each row a plan, and what its checks find. */
#include "core/check/diagnose-ipv6.h"

#include "findings.h"

#define LAN "link lan0;"
#define PPP0_6 \
  "link ppp0 ppp ptp index=9 addr=10.64.0.9/32>10.64.64.64 addr6=2001:db8:9::9/128;" \
  "route6 default dev ppp0;"
#define PPP0_PD \
  "link ppp0 ppp ptp index=9 addr=10.64.0.9/32>10.64.64.64 addr6=2001:db8:9::9/128 " \
  "delegated=2001:db8:77::/56; route6 default dev ppp0;"
#define NONE_OF "clients of lan0 get no IPv6 through ppp0: "
typedef struct
{
  const char *option; /* ipv6=... */
  const char *network;
  const char *facts;
  const char *findings;
} Row;

static void
check (const Row *rows, gsize count, void (*walk_check) (CsWalk *walk), gboolean host)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autofree char *request = g_strconcat ("lan0 via ppp0 ", rows[i].option, NULL);
      g_autofree char *facts = g_strconcat (rows[i].option, "; ", rows[i].facts, NULL);
      g_autoptr (CsPlan) plan = plan_in (request, rows[i].network, NULL);
      g_autoptr (CsSnapshot) now = network_parse (rows[i].network);

      g_test_message ("%s in %s; %s", request, rows[i].network, rows[i].facts);
      assert_findings_of (walk_check, host ? NULL : plan->shares->pdata[0], plan, now,
                          facts, rows[i].findings);
    }
}

static void
test_uplink (void)
{
  static const Row rows[] = {
    { "ipv6=auto", LAN PPP0, "", "" },
    { "ipv6=off", LAN PPP0_6, "", "" },
    { "ipv6=auto", LAN PPP0_6, "", "" },
    { "ipv6=auto", LAN, "", "" },
    { "ipv6=masquerade", LAN PPP0_6, "", "" },
    { "ipv6=auto", LAN PPP0_PD, "", "" },
    { "ipv6=delegated", LAN PPP0_PD, "", "" },
    { "ipv6=delegated", LAN PPP0, "", "info ipv6-none lan0: " NONE_OF "it has none" },
    { "ipv6=extended", LAN PPP0, "", "info ipv6-none lan0: " NONE_OF "it has none" },
    { "ipv6=delegated", LAN PPP0_6, "",
      "info ipv6-delegation lan0: " NONE_OF "its network delegates no IPv6 prefix "
      "[sharectl change lan0 --ipv6 auto]" },
    { "ipv6=extended", LAN PPP0_6, "",
      "info ipv6-none lan0: " NONE_OF "its IPv6 network cannot be extended "
      "[sharectl change lan0 --ipv6 auto]" },
    { "ipv6=masquerade",
      LAN "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64; route6 default dev ppp0;", "",
      "info ipv6-none lan0: " NONE_OF "it has no IPv6 address to masquerade behind "
      "[sharectl change lan0 --ipv6 auto]" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_ipv6, FALSE);
}

static void
test_radvd (void)
{
  static const Row rows[] = {
    { "ipv6=auto", LAN PPP0, "no-radvd", "" },
    { "ipv6=off", LAN PPP0_6, "no-radvd", "" },
    { "ipv6=auto", LAN PPP0_6, "radvd", "" },
    { "ipv6=auto", LAN PPP0_6, "no-radvd",
      "warning ipv6-radvd lan0: radvd, which tells the clients of lan0 about IPv6, is "
      "not installed: they use IPv4 only [install the package radvd; or do without IPv6: "
      "sharectl change lan0 --ipv6 off]" },
    { "ipv6=auto", LAN PPP0_6, "",
      "warning ipv6-radvd lan0: radvd, which tells the clients of lan0 about IPv6, is "
      "not running: they use IPv4 only [connshared starts it again; \"journalctl -u "
      "connshared\" may say why it exited]" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_radvd, FALSE);
}

#define ALONE \
  "link ppp0 ppp ptp addr6=2001:db8:9::9/64; route6 default dev ppp0 via fe80::1;"

static void
test_alone (void)
{
  static const Row rows[] = {
    { "ipv6=auto", LAN PPP0_6, "", "" },
    { "ipv6=off", LAN ALONE, "", "" },
    { "ipv6=auto", LAN ALONE, "",
      "warning ipv6-alone lan0: ppp0 has no IPv4, so clients of lan0 only have IPv6; its "
      "name servers do not make up for it (no DNS64), so what has IPv4 alone is out of "
      "reach" },
    { "ipv6=auto", LAN ALONE, "translates",
      "info ipv6-alone lan0: ppp0 has no IPv4, so clients of lan0 only have IPv6; its "
      "name servers give them IPv6 addresses for what has IPv4 alone (DNS64)" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_ipv6_alone, FALSE);
}

static void
test_proxied (void)
{
  static const Row rows[] = {
    { "ipv6=extended", LAN PPP0_6, "proxied=239", "" },
    { "ipv6=extended", LAN PPP0_6, "proxied=255",
      "warning ipv6-proxied lan0: clients of lan0 use 255 IPv6 addresses of the network "
      "of ppp0, where this computer answers for at most 256: further ones cannot be "
      "reached [sharectl change lan0 --ipv6 masquerade]" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_ipv6_proxied, FALSE);
}

#define FORWARD "info ipv6-forwarding -: "
#define ALL_IS_ON \
  "net.ipv6.conf.all.forwarding is on: this computer forwards IPv6 between all of its " \
  "interfaces, shared or not"

static void
test_forward (void)
{
  static const Row rows[] = {
    { "ipv6=auto", LAN PPP0_6, "", "" },
    { "ipv6=auto", "forwards6;" LAN PPP0, "", "" },
    { "ipv6=auto", "forwards6;" LAN PPP0_6, "", FORWARD ALL_IS_ON },
    { "ipv6=off", "forwards6;" LAN PPP0_6, "", "" },
  };

  check (rows, G_N_ELEMENTS (rows), cs_walk_check_ipv6_forward, TRUE);
}

/* Set by the share itself, where the kernel knows nothing finer. */
static void
test_forward_of_old_kernels (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", "no-forces6;" LAN PPP0_6, NULL);
  g_autoptr (CsSnapshot) now = network_parse ("no-forces6; forwards6;" LAN PPP0_6);

  assert_findings_of (cs_walk_check_ipv6_forward, NULL, plan, now, "",
                      FORWARD "before Linux 6.17, the kernel can forward IPv6 only "
                              "between all interfaces at once; the packet filter drops "
                              "what is not of a share");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnose-ipv6/uplink", test_uplink);
  g_test_add_func ("/diagnose-ipv6/alone", test_alone);
  g_test_add_func ("/diagnose-ipv6/proxied", test_proxied);
  g_test_add_func ("/diagnose-ipv6/radvd", test_radvd);
  g_test_add_func ("/diagnose-ipv6/forward", test_forward);
  g_test_add_func ("/diagnose-ipv6/forward-of-old-kernels", test_forward_of_old_kernels);
  return g_test_run ();
}
