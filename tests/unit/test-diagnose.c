/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each row a host in which one thing is wrong, and exactly what is found. */
#include "findings.h"

static void
test_host (void)
{
  static const FindingRow rows[] = {
    { "", "", NULL, "",
      "info nothing-shared -: nothing is shared [sharectl share LAN via WAN]" },
    { "lan0 via ppp0", OLD, GOOD, "nftables=no nf_tables; table=chain forward is missing",
      "error nftables -: no nf_tables\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "table=chain forward is missing",
      "error table -: the packet filter of the shares is not as it should be: chain "
      "forward is missing [connshared puts that right by itself; if it does not stay so, "
      "find out who else changes the table \"inet connshare\": \"journalctl -u "
      "connshared\"]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "no-dnsmasq",
      "error dnsmasq -: the program dnsmasq is missing, which gives clients addresses "
      "and "
      "answers their names [install the package dnsmasq-base (on some systems dnsmasq); "
      "without it, only shares with --keep-lan are possible]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "polkit=it is not installed",
      "warning polkit -: polkit does not answer, so that only root can start, change or "
      "end "
      "a share: it is not installed [\"systemctl status polkit\" may say why; install "
      "the "
      "package polkitd if it is missing]\n" NOBODY },
    { "lan0 via ppp0", "no-nm;" OLD, "no-nm;" GOOD, "",
      "info network-manager -: NetworkManager does not run: interfaces are set up "
      "without "
      "it, and its connection profiles cannot be shared\n" NOBODY },
    { "lan0 via ppp0", "link lan0 managed;" PPP0, "no-nm;" GOOD, "",
      "warning network-manager -: NetworkManager does not run: interfaces are set up "
      "without it, and its connection profiles cannot be shared [systemctl start "
      "NetworkManager]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "ip-forward",
      "info ip-forward -: net.ipv4.ip_forward is on: this computer passes packets "
      "between "
      "all of its interfaces, whatever is shared; connshared needs and sets only that of "
      "the LAN and the uplink\n" NOBODY },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_state (void)
{
  static const FindingRow rows[] = {
    { "lan0 via ppp0", "link lan0;",
      "link lan0 addr=192.168.137.1/24 fwd=1; rule 13700;" END, "",
      "warning uplink-missing lan0: lan0 waits: ppp0 is not there [dial it, or plug it "
      "in: sharing goes on by itself]" },
    { "lan0 via ppp0", PPP0, PPP0 RULES ROUTE END, "",
      "warning lan-missing lan0: lan0 waits: lan0 is not there [plug it in: sharing goes "
      "on by itself]" },
    { "lan0 via ppp0 keep-lan", "link lan0;" PPP0, "link lan0 fwd=1;" REST, "",
      "warning lan-without-address lan0: lan0 waits: lan0 has no IPv4 address; give it "
      "one, or share it without keep-lan [give lan0 an address: sharing goes on by "
      "itself]" },
    { "lan0 via ppp0 address=10.64.0.1/16",
      "link lan0; link eth0 addr=10.64.1.1/24;" PPP0, NULL, "",
      "error address-conflict lan0: lan0 is not shared: 10.64.0.1/16 cannot be the "
      "address "
      "of lan0: 10.64.1.1/24 of eth0 is in the way; choose another with the option "
      "\"address\", or none [sharectl share lan0 via WAN, without --address or with "
      "another]" },
    { "lan0 via lo", "link lan0;", NULL, "",
      "error not-suitable lan0: lan0 is not shared: lo is the loopback interface, which "
      "leads nowhere; choose another WAN [sharectl interfaces shows which can be LAN or "
      "WAN]" },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

/* States that no plan has, only what became of one. */
static void
test_outcome (void)
{
  static const struct
  {
    CsState state;
    FindingRow row;
  } rows[] = {
    { CS_STATE_FAILED,
      { "lan0 via ppp0", OLD, GOOD, "name-server=none",
        "error failed lan0: lan0 is not shared: dnsmasq says: no [it is tried again by "
        "itself; \"journalctl -u connshared\" may say more]" } },
    { CS_STATE_STARTING,
      { "lan0 via ppp0", OLD, GOOD, "name-server=none",
        "warning starting lan0: lan0 is just being shared [ask again in a moment]" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].row.requests, rows[i].row.before, NULL);
      CsSharePlan *share = plan->shares->pdata[0];

      share->state = rows[i].state;
      g_free (share->reason);
      g_free (share->message);
      share->reason = g_strdup ("failed");
      share->message = g_strdup ("dnsmasq says: no");
      assert_finding_row (&rows[i].row, plan);
    }
}

static void
test_remedies (void)
{
  static const struct
  {
    const char *reason;
    const char *remedy;
  } rows[] = {
    { "uplink-missing", "dial it, or plug it in: sharing goes on by itself" },
    { "uplink-down", "connect it: sharing goes on by itself" },
    { "uplink-dialing", "wait a moment: sharing goes on by itself" },
    { "uplink-unstable", "wait a moment: sharing goes on by itself" },
    { "uplink-unknown", "choose another: sharectl share lan0 via WAN" },
    { "no-primary", "connect this computer: sharing goes on by itself" },
    { "lan-missing", "plug it in: sharing goes on by itself" },
    { "lan-taken", "sharectl share lan0 via WAN" },
    { "lan-without-address", "give lan0 an address: sharing goes on by itself" },
    { "address-conflict",
      "sharectl share lan0 via WAN, without --address or with another" },
    { "not-suitable", "sharectl interfaces shows which can be LAN or WAN" },
    { "failed",
      "it is tried again by itself; \"journalctl -u connshared\" may say more" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = cs_plan_new_empty ();
      g_autoptr (CsSnapshot) now = network_parse ("");
      CsSharePlan *share = cs_share_plan_new ("lan0");
      g_autofree char *expected = g_strdup_printf (
          "error %s lan0: lan0 is not shared: so [%s]", rows[i].reason, rows[i].remedy);

      g_ptr_array_add (plan->shares, share);
      share->state = CS_STATE_FAILED;
      g_free (share->reason);
      g_free (share->message);
      share->reason = g_strdup (rows[i].reason);
      share->message = g_strdup ("so");
      assert_findings (plan, now, "", expected);
    }
}

static void
test_lan (void)
{
  static const FindingRow rows[] = {
    { "lan0 via ppp0", OLD, GOOD, "name-server=good; clients=1",
      SHARED "1 client has an address" },
    { "lan0 via ppp0", OLD, GOOD, "clients=2", SHARED "2 clients have an address" },
    { "lan0 via ppp0 keep-lan", "link lan0 addr=10.0.0.1/24;" PPP0,
      "link lan0 addr=10.0.0.1/24 fwd=1;" REST, "name-server=none; no-dhcp; dhcp-owner=x",
      SHARED "its addresses, DHCP and DNS are left to others" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 down addr=192.168.137.1/24 fwd=1;" REST, "",
      NOBODY "\nwarning lan-no-link lan0: lan0 is switched off [ip link set lan0 up]" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 unplugged addr=192.168.137.1/24 fwd=1;" REST, "",
      NOBODY "\nwarning lan-no-link lan0: lan0 has no link: nothing is connected to it "
             "[plug in the cable, and switch on what is at its other end]" },
    { "lan0 via ppp0", "link lan0;" PPP0, "link lan0 fwd=1;" REST, "repairing",
      NOBODY
      "\nerror not-as-planned lan0: lan0 has lost the address 192.168.137.1/24 "
      "[connshared puts that right by itself; if it does not stay so, find out "
      "who else changes it: \"journalctl -u connshared\"]\n"
      "warning repaired-again lan0: what the share of lan0 needs is broken by "
      "another program again and again, and now repaired at intervals only "
      "[\"journalctl -u connshared\" names what it is; keep the other program from "
      "it]" },
    { "lan0 via ppp0", OLD, GOOD, "no-dhcp",
      NOBODY "\nerror dhcp-silent lan0: no DHCP server of the share listens on lan0: "
             "clients get no address [it is started again by itself; \"journalctl -u "
             "connshared\" may say why it ended]" },
    { "lan0 via ppp0", OLD, GOOD, "dhcp-owner=udhcpd (process 7)",
      NOBODY "\nwarning dhcp-rival lan0: udhcpd (process 7) serves DHCP on lan0 too: "
             "clients may get from it what does not fit the share [end that program, or "
             "keep it off lan0; or leave DHCP to it: sharectl share lan0 via WAN "
             "--keep-lan]" },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_name_server (void)
{
  static const FindingRow rows[] = {
    { "lan0 via ppp0", OLD, GOOD, "name-server=none; pid=7",
      NOBODY "\nerror dns-silent lan0: the share's name server at 192.168.137.1 does not "
             "answer [end it, and another is started: kill -KILL 7]" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=closed",
      NOBODY "\nerror dns-silent lan0: the share's name server is not there: nobody "
             "listens at 192.168.137.1, port 53 [it is started again by itself; "
             "\"journalctl -u connshared\" may say why it ended]" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=refused; dns-owner=unbound (process 7)",
      NOBODY "\nerror dns-silent lan0: the share's name server at 192.168.137.1 does not "
             "answer: port 53 is taken by unbound (process 7) [end that program, or let "
             "it listen on other addresses only]" },
    { "lan0 via ppp0", "port 10053;" OLD, GOOD,
      "name-server=none; dns-owner=unbound (process 7)",
      NOBODY
      "\nerror dns-silent lan0: the share's name server at 192.168.137.1 does not "
      "answer [it is started again by itself; \"journalctl -u connshared\" may say "
      "why it ended]" },
    { "lan0 via ppp0", "port 10053;" OLD, GOOD, "name-server=good",
      NOBODY "\ninfo dns-port lan0: another program has port 53 on all addresses, so the "
             "share's name server has port 10053, which clients do not notice" },
    { "lan0 via ppp0", "port 10053;" OLD, GOOD,
      "name-server=good; dns-owner=unbound (process 7)",
      NOBODY "\ninfo dns-port lan0: unbound (process 7) has port 53 on all addresses, so "
             "the share's name server has port 10053, which clients do not notice" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=closed; alive",
      NOBODY "\nerror dns-silent lan0: the share's name server is not there: nobody "
             "listens at 192.168.137.1, port 53 [it is started again by itself; "
             "\"journalctl -u connshared\" may say why it ended]" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=none; alive",
      NOBODY "\ninfo dns-unproven lan0: the share's name server runs, but could not be "
             "asked from here, as a packet filter drops what this computer sends to "
             "itself" },
    { "lan0 via ppp0", OLD, GOOD, "upstream=good; upstream=not-asked", NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "upstream=none; upstream=no-way",
      NOBODY "\nerror dns-upstream lan0: no name server of ppp0 answers through it: "
             "9.9.9.9 (no answer), 9.9.9.10 (no way there) [connect ppp0 anew, or name "
             "other servers: sharectl share lan0 via WAN --dns ADDRESS]" },
    { "lan0 via ppp0", OLD, GOOD, "upstream=good; upstream=refused",
      NOBODY "\nwarning dns-upstream lan0: not all name servers of ppp0 answer through "
             "it: 9.9.9.10 (refuses) [connect ppp0 anew, or name other servers: sharectl "
             "share lan0 via WAN --dns ADDRESS]" },
    { "lan0 via ppp0", OLD, GOOD, "upstream=closed; upstream=good",
      NOBODY "\nwarning dns-upstream lan0: not all name servers of ppp0 answer through "
             "it: 9.9.9.9 (not a name server) [connect ppp0 anew, or name other servers: "
             "sharectl share lan0 via WAN --dns ADDRESS]" },
    { "lan0 via wan0", "link lan0; link wan0 addr=10.1.0.2/24 gw=10.1.0.1;",
      "link lan0 addr=192.168.137.1/24 fwd=1; link wan0 addr=10.1.0.2/24 fwd=1;" RULES
      "route default dev wan0 via 10.1.0.1 onlink table 13700;" END,
      "",
      "info shared lan0: lan0 is shared via wan0; no client has asked for an address yet"
      "\nerror dns-none lan0: wan0 came without name servers, so clients find no names "
      "[name one: sharectl share lan0 via WAN --dns ADDRESS]" },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

#define PPP(name, words) \
  "link " name " ppp ptp addr=10.64.0.9/32>10.64.64.64 fwd=1 dns=9.9.9.9 " words ";"

static void
test_uplink (void)
{
  static const FindingRow rows[] = {
    { "lan0 via ppp0", OLD,
      "link lan0 addr=192.168.137.1/24 fwd=1;" PPP ("ppp0", "managed") RULES ROUTE END,
      "",
      "warning seized -: NetworkManager has seized ppp0 from pppd, and may take its IPv4 "
      "address away [as root: printf "
      "'[keyfile]\\nunmanaged-devices+=interface-name:ppp0\\n' "
      ">/etc/NetworkManager/conf.d/ppp0.conf; nmcli general reload]\n" NOBODY },
    { "lan0 via ppp0", OLD,
      "link lan0 addr=192.168.137.1/24 fwd=1; link ppp0 ppp ptp managed; rule 13700;" END,
      "",
      "error seized -: NetworkManager has seized ppp0 from pppd, and has taken its IPv4 "
      "address away [as root: printf "
      "'[keyfile]\\nunmanaged-devices+=interface-name:ppp0\\n' "
      ">/etc/NetworkManager/conf.d/ppp0.conf; nmcli general reload; then dial "
      "again]\n" NOBODY "\nerror not-as-planned lan0: a policy rule of table 13700 is "
      "gone [connshared puts "
      "that right by itself; if it does not stay so, find out who else changes it: "
      "\"journalctl -u connshared\"]" },
    { "lan0 via ppp0.5", "link lan0;" PPP ("ppp0.5", ""),
      "link lan0 addr=192.168.137.1/24 fwd=1;" PPP ("ppp0.5", "mtu=1279") RULES
      "route default dev ppp0.5 via 10.64.64.64 onlink table 13700;" END,
      "",
      "info shared lan0: lan0 is shared via ppp0.5; no client has asked for an address "
      "yet\n"
      "warning small-mtu lan0: ppp0.5 takes packets of 1279 bytes at most: some servers "
      "cannot be reached that way [more helps, if the line allows it: ip link set ppp0.5 "
      "mtu 1280]" },
    { "lan0 via ppp0", OLD, "link lan0 mtu=576 addr=192.168.137.1/24 fwd=1;" REST, "",
      NOBODY "\nwarning small-mtu lan0: lan0 takes packets of 576 bytes at most: some "
             "servers cannot be reached that way [more helps, if the line allows it: ip "
             "link set lan0 mtu 1280]" },
    { "lan0 via ppp0", OLD, GOOD, "sent=19", NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "sent=20; received=1", NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "sent=20",
      NOBODY "\nwarning no-replies lan0: clients have sent 20 packets through ppp0, and "
             "none came back [see whether ppp0 works for this computer itself: ping -I "
             "ppp0 9.9.9.9]" },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_changed_table (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", OLD, NULL);
  g_autoptr (CsSnapshot) now = network_parse (GOOD);

  now->filter_changed = g_strdup ("nft");
  assert_findings (
      plan, now, "table=chain forward is missing",
      "error table -: the packet filter of the shares is not as it should "
      "be: the program \"nft\" has changed it [connshared puts that right by "
      "itself; if it does not stay so, find out who else changes the table "
      "\"inet connshare\": \"journalctl -u connshared\"]\n" NOBODY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnose/host", test_host);
  g_test_add_func ("/diagnose/state", test_state);
  g_test_add_func ("/diagnose/outcome", test_outcome);
  g_test_add_func ("/diagnose/remedies", test_remedies);
  g_test_add_func ("/diagnose/lan", test_lan);
  g_test_add_func ("/diagnose/name-server", test_name_server);
  g_test_add_func ("/diagnose/uplink", test_uplink);
  g_test_add_func ("/diagnose/changed-table", test_changed_table);
  return g_test_run ();
}
