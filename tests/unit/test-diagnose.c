/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each row a host in which one thing is wrong, and exactly what is found. */
#include "core/check/diagnose-lan.h"

#include "findings.h"

static void
test_host (void)
{
  static const FindingRow rows[] = {
    { "", "", NULL, "",
      "info nothing-shared -: nothing is shared [\"sharectl interfaces\" shows what "
      "can be shared, \"sharectl help share\" how]" },
    { "lan0 via ppp0", OLD, GOOD, "nftables=no nf_tables; table=chain forward is missing",
      "error nftables -: no nf_tables\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "table=chain forward is missing",
      "error table -: the packet filter of the shares is not as it should be: chain "
      "forward is missing [connshared repairs it; if it keeps changing, find out who "
      "else changes the table \"inet connshare\": \"journalctl -u "
      "connshared\"]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "lacking=7",
      "info udp-timeout -: this kernel cannot keep clients' UDP flows for two minutes: "
      "one "
      "that only sends may lose its port after 30 seconds [use a kernel built with "
      "CONFIG_NF_CONNTRACK_TIMEOUT]\n"
      "info ftp -: active FTP does not work for clients, because the kernel has no "
      "helper "
      "for it; passive FTP does [modprobe nf_nat_ftp, then end the share and start it "
      "again]\n"
      "info own-ports -: this kernel does not announce clients' flows: one may shadow a "
      "port on which this computer has begun to listen since the share started [modprobe "
      "nft_quota, then end the share and start it again]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "no-dnsmasq",
      "error dnsmasq -: dnsmasq, which gives clients addresses and answers their DNS "
      "queries, is not installed [install the package dnsmasq-base (dnsmasq on some "
      "systems); without it, only shares with --keep-lan are possible]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "polkit=it is not installed",
      "warning polkit -: polkit does not answer, so only root can start, change or end a "
      "share: it is not installed [\"systemctl status polkit\" may say why; install the "
      "package polkitd if it is missing]\n" NOBODY },
    { "lan0 via ppp0", "no-nm;" OLD, "no-nm;" GOOD, "",
      "info network-manager -: NetworkManager is not running: interfaces are set up "
      "without it, and its connection profiles cannot be shared\n" NOBODY },
    { "lan0 via ppp0", "link lan0 managed;" PPP0, "no-nm;" GOOD, "",
      "warning network-manager -: NetworkManager is not running: interfaces are set up "
      "without it, and its connection profiles cannot be shared [systemctl start "
      "NetworkManager]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "ip-forward",
      "info ip-forward -: net.ipv4.ip_forward is on: this computer forwards packets "
      "between all of its interfaces, shared or not; connshared needs and sets only that "
      "of the LAN and the uplink\n" NOBODY },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_state (void)
{
  static const FindingRow rows[] = {
    { "lan0 via ppp0", "link lan0;",
      "link lan0 addr=192.168.137.1/24 fwd=1;" WAY LAN_RULE END, "",
      "warning uplink-missing lan0: lan0 waits: ppp0 does not exist [dial it, or plug it "
      "in: sharing resumes by itself]" },
    { "lan0 via ppp0", PPP0, PPP0 RULES ROUTE END, "",
      "warning lan-missing lan0: lan0 waits: lan0 does not exist [plug it in: sharing "
      "resumes by itself]" },
    { "lan0 via ppp0 keep-lan", "link lan0;" PPP0, "link lan0 fwd=1;" REST, "",
      "warning lan-without-address lan0: lan0 waits: lan0 has no IPv4 address [give lan0 "
      "an address, or let the share do it: sharectl change lan0 --no-keep-lan]" },
    { "lan0 via ppp0 address=10.64.0.1/16",
      "link lan0; link eth0 addr=10.64.1.1/24;" PPP0, NULL, "",
      "error address-conflict lan0: lan0 is not shared: 10.64.0.1/16 cannot be the "
      "address of lan0: 10.64.1.1/24 of eth0 is in the way; choose another \"address\", "
      "or none [choose another, or let it take a free network: sharectl change lan0 "
      "--address auto]" },
    { "lan0 via ppp0 limit=10", "used lan0 10 10;" OLD,
      "used lan0 10 10; link lan0 addr=192.168.137.1/24 fwd=1;" PPP0 WAY LAN_RULE END, "",
      "warning data-limit lan0: lan0 waits: the clients of lan0 have used its limit of "
      "10 "
      "MB; sharing resumes when the limit is raised or dropped [raise the limit, or drop "
      "it: sharectl change lan0 --limit none]" },
    { "lan0 via lo", "link lan0;", NULL, "",
      "error not-suitable lan0: lan0 is not shared: lo is the loopback interface; choose "
      "another WAN [\"sharectl interfaces\" shows which can be LAN or WAN]" },
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
        "error failed lan0: lan0 is not shared: dnsmasq says: no [connshared keeps "
        "trying; \"journalctl -u connshared\" may say more]" } },
    { CS_STATE_STARTING,
      { "lan0 via ppp0", OLD, GOOD, "name-server=none",
        "warning starting lan0: lan0 is being set up [check again in a moment]" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].row.requests, rows[i].row.before, NULL);
      CsSharePlan *share = plan->shares->pdata[0];

      share->state = rows[i].state;
      g_free (share->message);
      share->reason = CS_REASON_FAILED;
      share->message = g_strdup ("dnsmasq says: no");
      assert_finding_row (&rows[i].row, plan);
    }
}

/* What the user has decided about them. */
static void
test_clients (void)
{
  static const struct
  {
    const char *blocked;
    guint most;
    FindingRow row;
  } rows[] = {
    { "02:00:00:00:00:01",
      0,
      { "lan0 via ppp0", OLD, GOOD, "clients=3",
        "info shared lan0: lan0 is shared via ppp0; 3 clients have an address\n"
        "info clients-blocked lan0: 1 client of lan0 is blocked [see who: sharectl "
        "clients lan0]" } },
    { "02:00:00:00:00:01 02:00:00:00:00:02",
      4,
      { "lan0 via ppp0", OLD, GOOD, "clients=3",
        "info shared lan0: lan0 is shared via ppp0; 3 clients have an address\n"
        "info clients-blocked lan0: 2 clients of lan0 are blocked [see who: sharectl "
        "clients lan0]" } },
    { NULL,
      3,
      { "lan0 via ppp0", OLD, GOOD, "clients=3",
        "info shared lan0: lan0 is shared via ppp0; 3 clients have an address\n"
        "info dhcp-max-clients lan0: lan0 has as many clients as its share allows, 3: "
        "others get no address until one has left [sharectl change lan0 --max-clients "
        "0]" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].row.requests, rows[i].row.before, NULL);
      CsSharePlan *share = plan->shares->pdata[0];

      share->max_clients = rows[i].most;
      share->blocked = rows[i].blocked ? g_strsplit (rows[i].blocked, " ", -1) : NULL;
      assert_finding_row (&rows[i].row, plan);
    }
}

static void
test_remedies (void)
{
  static const struct
  {
    CsReason reason;
    const char *remedy;
  } rows[] = {
    { CS_REASON_UPLINK_MISSING, "dial it, or plug it in: sharing resumes by itself" },
    { CS_REASON_UPLINK_DOWN, "connect it: sharing resumes by itself" },
    { CS_REASON_UPLINK_DIALING, "wait a moment: sharing resumes by itself" },
    { CS_REASON_UPLINK_UNSTABLE, "wait a moment: sharing resumes by itself" },
    { CS_REASON_UPLINK_UNKNOWN,
      "choose another, such as this computer's own: sharectl change lan0 via auto" },
    { CS_REASON_NO_PRIMARY, "connect this computer: sharing resumes by itself" },
    { CS_REASON_LAN_MISSING, "plug it in: sharing resumes by itself" },
    { CS_REASON_LAN_TAKEN, "sharectl share lan0" },
    { CS_REASON_LAN_WITHOUT_ADDRESS, "give lan0 an address, or let the share do it: "
                                     "sharectl change lan0 --no-keep-lan" },
    { CS_REASON_ADDRESS_CONFLICT,
      "choose another, or let it take a free network: sharectl "
      "change lan0 --address auto" },
    { CS_REASON_NOT_SUITABLE, "\"sharectl interfaces\" shows which can be LAN or WAN" },
    { CS_REASON_FAILED,
      "connshared keeps trying; \"journalctl -u connshared\" may say more" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = cs_plan_new_empty ();
      g_autoptr (CsSnapshot) now = network_parse ("");
      CsSharePlan *share = cs_share_plan_new ("lan0");
      g_autofree char *expected
          = g_strdup_printf ("error %s lan0: lan0 is not shared: so [%s]",
                             cs_reason_to_string (rows[i].reason), rows[i].remedy);

      g_ptr_array_add (plan->shares, share);
      share->state = CS_STATE_FAILED;
      g_free (share->message);
      share->reason = rows[i].reason;
      share->message = g_strdup ("so");
      assert_findings (plan, now, "", expected);
    }
}

/* What pppd says is not in this program's log. */
static void
test_failed_dial (void)
{
  static const struct
  {
    const char *network, *remedy;
  } rows[] = {
    { "link lan0; profile DSL uuid-d failed=100:pppd~ended",
      "check its user name and password, and the line; \"journalctl -t pppd\" shows what "
      "pppd said" },
    { "link lan0; profile DSL uuid-d failed=100:no~carrier",
      "connect it: sharing resumes by itself" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = cs_plan_new_empty ();
      g_autoptr (CsSnapshot) now = network_parse (rows[i].network);
      CsSharePlan *share = cs_share_plan_new ("lan0");
      g_autofree char *expected = g_strdup_printf (
          "error uplink-down lan0: lan0 is not shared: so [%s]", rows[i].remedy);

      g_ptr_array_add (plan->shares, share);
      share->state = CS_STATE_FAILED;
      share->reason = CS_REASON_UPLINK_DOWN;
      g_free (share->message);
      share->message = g_strdup ("so");
      assert_findings (plan, now, "", expected);
    }
}

#define BESIDE "link lan0 wifi radio=1 "

/* An access point, and what is left for another interface of its radio. */
static void
test_radio (void)
{
  static const struct
  {
    const char *network, *message; /* NULL: nothing is found */
  } rows[] = {
    { BESIDE "at-once=1; link wlan1 wifi radio=1",
      "lan0 and wlan1 are one radio, which uses one channel at a time: wlan1 can only "
      "join "
      "a network on channel 6 now" },
    { BESIDE "at-once=0; link wlan1 wifi radio=1",
      "lan0 and wlan1 are one radio, which cannot join a network while it is an access "
      "point" },
    { BESIDE "at-once=1; link wlan1 wifi radio=1 joined=6", NULL },
    { BESIDE "at-once=2; link wlan1 wifi radio=1", NULL },
    { BESIDE "at-once=1; link wlan1 wifi radio=2", NULL },
    { BESIDE "; link wlan1 wifi radio=1", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSharePlan) share = cs_share_plan_new ("lan0");
      g_autoptr (CsSnapshot) now = network_parse (rows[i].network);
      g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (cs_finding_free);
      CsWalk walk = { .snapshot = now, .share = share, .findings = findings };

      walk.lan = cs_snapshot_find (now, "lan0");
      share->hotspot.ssid = g_strdup ("desk");
      share->hotspot.channel = 6;
      cs_walk_check_radio (&walk);
      g_assert_cmpuint (findings->len, ==, rows[i].message ? 1 : 0);
      if (findings->len > 0)
        g_assert_cmpstr (((CsFinding *)findings->pdata[0])->message, ==, rows[i].message);
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
      "link lan0 addr=10.0.0.1/24 fwd=1;"
      "blackhole 10.0.0.0/24 metric 4278198272 table 13699;" REST,
      "name-server=none; no-dhcp; dhcp-owner=x",
      SHARED "its addresses, DHCP and DNS are left to others" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 down addr=192.168.137.1/24 fwd=1;" REST, "",
      NOBODY
      "\nerror not-as-planned lan0: lan0 is switched off [connshared repairs it; if it "
      "keeps changing, find out who else changes it: \"journalctl -u connshared\"]" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 unplugged addr=192.168.137.1/24 fwd=1;" WAY REST, "",
      NOBODY "\nwarning lan-no-link lan0: lan0 has no link: nothing is connected to it "
             "[plug in the cable, and switch on the device at the other end]" },
    { "lan0 via ppp0", "link lan0;" PPP0, "link lan0 fwd=1;" REST, "repairing",
      NOBODY
      "\nerror not-as-planned lan0: lan0 has lost the address 192.168.137.1/24 "
      "[connshared repairs it; if it keeps changing, find out who else changes it: "
      "\"journalctl -u connshared\"]\nwarning repaired-again lan0: another program keeps "
      "breaking the share of lan0, so clients may be cut off between repairs "
      "[\"journalctl -u connshared\" names the program; stop it from doing that]" },
    { "lan0 via ppp0 address=192.168.137.1/24",
      OLD "link tun0; route 192.168.0.0/16 dev tun0;",
      GOOD "link tun0; route 192.168.0.0/16 dev tun0;", "",
      SHARED
      "its network is part of a route to 192.168.0.0/16 via tun0; no client has "
      "asked for an address yet\ninfo network-routed lan0: the network of lan0, "
      "192.168.137.0/24, is part of a route to 192.168.0.0/16 via tun0: while it is "
      "shared, this computer cannot reach what has those addresses there [if you "
      "need to reach it, choose another network with --address]" },
    { "lan0 via ppp0", OLD, GOOD, "no-dhcp",
      NOBODY "\nerror dhcp-silent lan0: the share's DHCP server does not listen on lan0: "
             "clients get no address [connshared starts it again; \"journalctl -u "
             "connshared\" may say why it exited]" },
    { "lan0 via ppp0", OLD, GOOD, "dhcp-owner=udhcpd (process 7)",
      NOBODY "\nwarning dhcp-rival lan0: udhcpd (process 7) serves DHCP on lan0 too: "
             "clients may get settings that do not fit the share [stop that program, or "
             "keep it off lan0; or leave DHCP to it: sharectl change lan0 --keep-lan "
             "--address auto --dns auto]" },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

#define OWN_BEGIN \
  SHARED "names come from 127.0.0.1 on this computer, which looks them up by a way of " \
         "its own; no client has asked for an address yet"
#define OWN_END \
  "\ninfo dns-own lan0: what clients of lan0 look up is asked of 127.0.0.1 on this " \
  "computer, and leaves it as that program is set up, which need not be through ppp0"
#define OWN OWN_BEGIN OWN_END

static void
test_name_server (void)
{
  static const FindingRow rows[] = {
    { "lan0 via ppp0", OLD, GOOD, "name-server=none; pid=7",
      NOBODY "\nerror dns-silent lan0: the share's name server at 192.168.137.1 does not "
             "answer [kill it, and connshared starts another: kill -KILL 7]" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=closed",
      NOBODY "\nerror dns-silent lan0: the share's name server is not running: nothing "
             "listens on 192.168.137.1, port 249 [connshared starts it again; "
             "\"journalctl -u connshared\" may say why it exited]" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=refused; dns-owner=unbound (process 7)",
      NOBODY "\nerror dns-silent lan0: the share's name server at 192.168.137.1 does not "
             "answer [connshared starts it again; \"journalctl -u connshared\" may say "
             "why it exited]" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=good; dns-owner=unbound (process 7)",
      NOBODY "\ninfo dns-port lan0: unbound (process 7) has port 53 as well; clients' "
             "queries bypass it and go to the share's name server on port 249" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=closed; alive",
      NOBODY "\nerror dns-silent lan0: the share's name server is not running: nothing "
             "listens on 192.168.137.1, port 249 [connshared starts it again; "
             "\"journalctl -u connshared\" may say why it exited]" },
    { "lan0 via ppp0", OLD, GOOD, "name-server=none; alive",
      NOBODY "\ninfo dns-unproven lan0: the share's name server is running, but cannot "
             "be tested from here, because a packet filter drops what this computer "
             "sends to itself" },
    { "lan0 via ppp0", OLD, GOOD, "clients=245; recent=240",
      "info shared lan0: lan0 is shared via ppp0; 245 clients have an address\nwarning "
      "dhcp-exhausted lan0: all 245 addresses for clients of lan0 are in use, 240 of "
      "them given out or renewed in the last minute: clients that have one keep it, "
      "others get none until one is free [find out who asks for so many (tcpdump -i lan0 "
      "port 67), or use a larger network: sharectl change lan0 --address 10.42.0.1/16]" },
    { "lan0 via ppp0", OLD, GOOD, "held=1",
      NOBODY "\ninfo dhcp-held lan0: 1 address on lan0 is used by computers that have "
             "not asked for one, and so not given to clients" },
    { "lan0 via ppp0", OLD, GOOD, "clients=243; recent=2; held=2",
      "info shared lan0: lan0 is shared via ppp0; 243 clients have an address\nwarning "
      "dhcp-exhausted lan0: all 245 addresses for clients of lan0 are in use, 2 of them "
      "given out or renewed in the last minute: clients that have one keep it, others "
      "get none until one is free [find out who asks for so many (tcpdump -i lan0 port "
      "67), or use a larger network: sharectl change lan0 --address 10.42.0.1/16]\ninfo "
      "dhcp-held lan0: 2 addresses on lan0 are used by computers that have not asked for "
      "one, and so not given to clients" },
    { "lan0 via ppp0", OLD, GOOD, "clients=244; recent=244",
      "info shared lan0: lan0 is shared via ppp0; 244 clients have an address" },
    { "lan0 via ppp0", OLD, GOOD, "upstream=good; upstream=not-asked", NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "no-dns-user",
      "warning dns-user -: there is no user \"dnsmasq\" or \"connshare-dns\", so DHCP "
      "and DNS run as nobody, and any other program of nobody's can kill them "
      "[systemd-sysusers]\n" NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "upstream=none; upstream=no-way",
      NOBODY "\nerror dns-upstream lan0: no name server of ppp0 answers through it: "
             "9.9.9.9 (no answer), 9.9.9.10 (unreachable) [reconnect ppp0, or use "
             "another name server, such as: sharectl change lan0 --dns 1.1.1.1]" },
    { "lan0 via ppp0", OLD, GOOD, "upstream=good; upstream=refused", NOBODY },
    { "lan0 via ppp0", OLD, GOOD,
      "resolver=127.0.0.1; resolver-owner=unbound (process 7)",
      NOBODY
      "\ninfo dns-unused lan0: unbound (process 7) resolves names for this "
      "computer, at 127.0.0.1; clients of lan0 use the name servers of ppp0 instead "
      "[to have clients use it, too: sharectl change lan0 --dns 127.0.0.1]" },
    { "lan0 via ppp0 dns=9.9.9.11", OLD, GOOD,
      "resolver=127.0.0.1; resolver-owner=unbound (process 7)", NOBODY },
    { "lan0 via ppp0 dns=127.0.0.1", OLD, GOOD,
      "resolver=127.0.0.1; resolver-owner=unbound (process 7); upstream=good", OWN },
    { "lan0 via ppp0 dns=127.0.0.1", OLD, GOOD, "upstream=closed",
      OWN_BEGIN "\nerror dns-upstream lan0: no name server of the share answers: "
                "127.0.0.1 (not a name server) [use others, or those of ppp0: sharectl "
                "change lan0 --dns auto]" OWN_END },
    { "lan0 via ppp0", OLD, GOOD, "upstream=refused; upstream=refused",
      NOBODY
      "\ninfo dns-refused lan0: the name servers of ppp0 are there, but refuse "
      "the question that tests them, about the root; most of that kind answer those "
      "of clients" },
    { "lan0 via ppp0", OLD, GOOD, "upstream=refused; upstream=failed",
      NOBODY "\nwarning dns-upstream lan0: not all name servers of ppp0 answer through "
             "it: 9.9.9.10 (fails) [reconnect ppp0, or use another name server, such "
             "as: sharectl change lan0 --dns 1.1.1.1]" },
    { "lan0 via ppp0", OLD, GOOD, "upstream=closed; upstream=good",
      NOBODY "\nwarning dns-upstream lan0: not all name servers of ppp0 answer through "
             "it: 9.9.9.9 (not a name server) [reconnect ppp0, or use another name "
             "server, such as: sharectl change lan0 --dns 1.1.1.1]" },
    { "lan0 via ppp0 dns=9.9.9.9,1.1.1.1", OLD, GOOD, "upstream=none; upstream=good",
      NOBODY "\nwarning dns-upstream lan0: not all name servers of ppp0 answer through "
             "it: 9.9.9.9 (no answer) [use others, or those of ppp0: sharectl change "
             "lan0 --dns auto]" },
    { "lan0 via ppp0 dns=9.9.9.9,2001:db8::53", OLD, GOOD,
      "upstream=good; upstream=no-way", NOBODY },
    { "lan0 via ppp0 dns=2001:db8::53,9.9.9.9", OLD, GOOD, "upstream=none; upstream=good",
      NOBODY "\nwarning dns-upstream lan0: not all name servers of ppp0 answer through "
             "it: 2001:db8::53 (no answer) [use others, or those of ppp0: sharectl "
             "change lan0 --dns auto]" },
    { "lan0 via ppp0 dns=2001:db8::53", OLD, GOOD, "upstream=no-way",
      NOBODY "\nerror dns-upstream lan0: no name server of ppp0 answers through it: "
             "2001:db8::53 (unreachable) [use others, or those of ppp0: sharectl change "
             "lan0 --dns auto]" },
    { "lan0 via wan0", "link lan0; link wan0 addr=10.1.0.2/24 gw=10.1.0.1;",
      "link lan0 addr=192.168.137.1/24 fwd=1;" WAY
      "link wan0 addr=10.1.0.2/24 fwd=1;" RULES_OF (
          "wan0",
          "10.1.0.2") "route default dev wan0 via 10.1.0.1 onlink table 13700;" END,
      "",
      "info shared lan0: lan0 is shared via wan0; no client has asked for an address "
      "yet\nerror dns-none lan0: wan0 came without name servers, so clients cannot "
      "resolve names [choose one, such as: sharectl change lan0 --dns 9.9.9.9]" },
    { "lan0 via wan0", "link lan0; link wan0 addr=10.1.0.2/24 gw=10.1.0.1;",
      "link lan0 addr=192.168.137.1/24 fwd=1;" WAY
      "link wan0 addr=10.1.0.2/24 fwd=1;" RULES_OF (
          "wan0",
          "10.1.0.2") "route default dev wan0 via 10.1.0.1 onlink table 13700;" END,
      "resolver=127.0.0.1; resolver-owner=unbound (process 7)",
      "info shared lan0: lan0 is shared via wan0; no client has asked for an address "
      "yet\nerror dns-none lan0: wan0 came without name servers, so clients cannot "
      "resolve names [unbound (process 7) resolves them on this computer; to have "
      "clients "
      "use it: sharectl change lan0 --dns 127.0.0.1]" },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

#define ELSEWHERE \
  " [clients that are to take another way need a LAN, and a share, of their own]"
#define PPP(name, words) \
  "link " name " ppp ptp addr=10.64.0.9/32>10.64.64.64 fwd=1 dns=9.9.9.9 " words ";"

static void
test_uplink (void)
{
  static const FindingRow rows[] = {
    { "lan0 via ppp0", OLD,
      GOOD "rule 100 pref=6000 from=192.168.137.5 proto=3;"
           "rule 7 pref=6001 from=192.168.137.64/26 iif=lan0 proto=4;"
           "rule 7 pref=6002 iif=lan0 blackhole proto=4;"
           "rule 7 pref=6003 from=192.168.138.0/24 proto=4; rule 7 pref=6004 iif=ppp0 "
           "proto=4; rule 254 pref=32766 proto=2;",
      "",
      NOBODY
      "\ninfo rule-overridden lan0: the policy rule \"from 192.168.137.5 lookup 100\", "
      "of "
      "priority 6000, has no effect while lan0 is shared: all clients use ppp0" ELSEWHERE
      "\ninfo rule-overridden lan0: the policy rule \"from 192.168.137.64/26 iif lan0 "
      "lookup 7\", of priority 6001, has no effect while lan0 is shared: all clients use "
      "ppp0" ELSEWHERE "\ninfo rule-overridden lan0: the policy rule \"iif lan0\", of "
      "priority 6002, has no "
      "effect while lan0 is shared: all clients use ppp0" ELSEWHERE },
    { "lan0 via ppp0", OLD,
      GOOD "rule 255 pref=0 proto=2; rule 100 pref=0 from=192.168.137.5 proto=3;", "",
      NOBODY "\nwarning rule-first lan0: the policy rule \"from 192.168.137.5 lookup "
             "100\", of priority 0, comes before those of the share: what it leads "
             "elsewhere than to ppp0 is dropped [give it a priority above 5000]" },
    { "lan0 via ppp0", OLD,
      "link lan0 addr=192.168.137.1/24 fwd=1;" WAY PPP ("ppp0", "managed")
          RULES ROUTE END,
      "",
      "warning seized -: NetworkManager has taken over ppp0 from pppd and may remove its "
      "IPv4 address [as root: printf "
      "'[keyfile]\\nunmanaged-devices+=interface-name:ppp0\\n' "
      ">/etc/NetworkManager/conf.d/ppp0.conf; nmcli general reload]\n" NOBODY },
    { "lan0 via ppp0", OLD,
      "link lan0 addr=192.168.137.1/24 fwd=1;" WAY
      "link ppp0 ppp ptp managed;" LAN_RULE END,
      "",
      "error seized -: NetworkManager has taken over ppp0 from pppd and has removed its "
      "IPv4 address [as root: printf "
      "'[keyfile]\\nunmanaged-devices+=interface-name:ppp0\\n' "
      ">/etc/NetworkManager/conf.d/ppp0.conf; nmcli general reload; then dial "
      "again]\n" NOBODY "\nerror not-as-planned lan0: a policy rule of table 13700 is "
      "gone [connshared repairs it; if it keeps changing, find out who "
      "else changes it: \"journalctl -u connshared\"]" },
    { "lan0 via ppp0.5", "link lan0;" PPP ("ppp0.5", ""),
      "link lan0 addr=192.168.137.1/24 fwd=1;" WAY PPP ("ppp0.5", "mtu=1279") RULES_OF (
          "ppp0.5",
          "10.64.0.9") "route default dev ppp0.5 via 10.64.64.64 onlink table 13700;" END,
      "",
      "info shared lan0: lan0 is shared via ppp0.5; no client has asked for an address "
      "yet\nwarning small-mtu lan0: ppp0.5 only takes packets of up to 1279 bytes: some "
      "servers cannot be reached that way [raise it, if the line allows: ip link set "
      "ppp0.5 mtu 1280]" },
    { "lan0 via ppp0", OLD, "link lan0 mtu=576 addr=192.168.137.1/24 fwd=1;" WAY REST, "",
      NOBODY "\nwarning small-mtu lan0: lan0 only takes packets of up to 576 bytes: some "
             "servers cannot be reached that way [raise it, if the line allows: ip link "
             "set lan0 mtu 1280]" },
    { "lan0 via ppp0 limit=10", OLD, "used lan0 8 9;" GOOD, "", NOBODY },
    { "lan0 via ppp0 limit=10", OLD, "used lan0 9 9;" GOOD, "",
      NOBODY "\nwarning data-limit-near lan0: the clients of lan0 have used 9 MB of its "
             "limit of 10 MB [raise the limit, or drop it: sharectl change lan0 --limit "
             "none]" },
    { "lan0 via ppp0", OLD, GOOD, "sent=19", NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "sent=20; received=1", NOBODY },
    { "lan0 via ppp0", OLD, GOOD, "sent=20",
      NOBODY "\nwarning no-replies lan0: clients have sent 20 packets through ppp0, but "
             "none have come back [check whether ppp0 works for this computer itself: "
             "ping -I ppp0 9.9.9.9]" },
  };

  assert_finding_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_changed_table (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", OLD, NULL);
  g_autoptr (CsSnapshot) now = network_parse (GOOD);

  now->filter_changed = g_strdup ("nft");
  assert_findings (plan, now, "table=chain forward is missing",
                   "error table -: the packet filter of the shares is not as it should "
                   "be: the program \"nft\" changed it [connshared repairs it; if it "
                   "keeps changing, find out who else changes the table \"inet "
                   "connshare\": \"journalctl -u connshared\"]\n" NOBODY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnose/host", test_host);
  g_test_add_func ("/diagnose/state", test_state);
  g_test_add_func ("/diagnose/outcome", test_outcome);
  g_test_add_func ("/diagnose/clients", test_clients);
  g_test_add_func ("/diagnose/remedies", test_remedies);
  g_test_add_func ("/diagnose/failed-dial", test_failed_dial);
  g_test_add_func ("/diagnose/radio", test_radio);
  g_test_add_func ("/diagnose/lan", test_lan);
  g_test_add_func ("/diagnose/name-server", test_name_server);
  g_test_add_func ("/diagnose/uplink", test_uplink);
  g_test_add_func ("/diagnose/changed-table", test_changed_table);
  return g_test_run ();
}
