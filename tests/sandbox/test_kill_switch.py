# SPDX-License-Identifier: GPL-2.0-or-later
#
# Firewalls that drop elsewhere than in FORWARD and INPUT: what the computer itself sends, what
# has just come in, what is about to leave.  What is ours to open is opened; the rest is named,
# with a command that helps.
#
import pytest
from firewalls import StrictUfw, assert_no_trace, assert_online, await_online, ours
from follow import share_of
from host import wait_for


@pytest.fixture
def host(walled):
    return walled


@pytest.fixture
def ufw(host):
    ufw = StrictUfw(host)
    yield ufw
    host.run(["sharectl", "unshare", "--all"])
    ufw.clear()


def test_outgoing_is_denied_before(host, ufw):
    ufw.start()
    before, rules = host.settled_state(), ufw.rules()
    host.share("lan0", "via", "ppp0")
    assert share_of(host)["blocked_by"] == []
    assert_online(host)
    host.unshare("lan0")
    host.await_return(before)
    assert ufw.rules() == rules


def test_outgoing_is_denied_after(host, ufw):
    host.share("lan0", "via", "ppp0")
    assert_online(host)
    ufw.start()
    await_online(host)
    ufw.reload()
    await_online(host)
    ufw.stop()
    await_online(host)
    assert_no_trace(host)


def test_outgoing_is_denied_by_the_older_iptables(host):
    host.run("iptables-legacy -P OUTPUT DROP")
    try:
        host.share("lan0", "via", "ppp0")
        assert_online(host)
        assert len([line for line in ours(host) if "OUTPUT" in line]) == len(ours(host)) == 5
        host.run("iptables-legacy -F OUTPUT")
        await_online(host)
        assert_no_trace(host)
    finally:
        host.run("iptables-legacy -P OUTPUT ACCEPT; nft flush ruleset")


# As wg-quick(8) recommends it: it does not say what belongs to a share.
WG_QUICK = ("iptables -I OUTPUT ! -o wg0 -m mark ! --mark 51820 -m addrtype ! --dst-type LOCAL "
            "-j REJECT")


def test_kill_switch_of_wg_quick(host):
    host.run(WG_QUICK)
    try:
        host.share("lan0", "via", "ppp0")
        assert share_of(host)["blocked_by"] == []
        assert_online(host)
        assert host.call("curl -sS -m 1 http://192.0.2.80/").returncode != 0
        assert_no_trace(host)
    finally:
        host.run("nft flush ruleset")


VPN = """nft -f - <<END
table inet vpn {
  chain mangle { type route hook output priority mangle;
    meta cgroup 5087041 ct mark set 0xf41 meta mark set 0x6d6f6c65
  }
  chain prerouting { type filter hook prerouting priority -199;
    iif != "lo" ct mark 0xf41 meta mark set 0x6d6f6c65
  }
  chain output { type filter hook output priority filter; policy drop;
    oif "lo" accept
    ct mark 0xf41 accept
    udp sport 68 ip daddr 255.255.255.255 udp dport 67 accept
    tcp dport 53 reject with tcp reset
    udp dport 53 reject
    oifname "wg0" accept
    ip daddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16 } accept
    reject
  }
  chain forward { type filter hook forward priority filter; policy drop;
    ct mark 0xf41 accept
    udp dport 53 reject
    oifname "wg0" accept
    iifname "wg0" ct state established accept
    reject
  }
}
END"""
END = "nft delete table "
NFT = "nft 'table inet mine { chain c { type filter hook %s; %s; }; }'"
NETDEV = "nft 'table netdev mine { chain c { type filter hook ingress device %s priority 0; %s; }; }'"
MINE = "nftables (inet mine)"

# What drops; what undoes it; whose it is; what is told of it.
OTHERS = {
    "vpn": (VPN, END + "inet vpn", "nftables (inet vpn)", "chain output of table inet vpn"),
    "raw": ("iptables -t raw -A PREROUTING -i lan0 -j DROP", "iptables -t raw -F",
            "iptables", "chain PREROUTING of table ip raw"),
    "mangle": ("iptables -t mangle -A PREROUTING -p udp --dport 67 -j DROP",
               "iptables -t mangle -F", "iptables", "chain PREROUTING of table ip mangle"),
    "postrouting": ("iptables -t mangle -A POSTROUTING -o ppp0 -j DROP", "iptables -t mangle -F",
                    "iptables", "chain POSTROUTING of table ip mangle"),
    "older raw": ("iptables-legacy -t raw -A PREROUTING -i ppp0 -j DROP",
                  "iptables-legacy -t raw -F", "iptables-legacy",
                  "chain PREROUTING of table iptables-legacy raw"),
    "offers": (NFT % ("output priority 0", "oifname lan0 udp sport 67 drop"), END + "inet mine",
               MINE, "addresses that clients are offered (DHCP) on lan0"),
    "replies": (NFT % ("postrouting priority 110", "oifname lan0 udp sport 53 drop"),
                END + "inet mine", MINE, "replies to clients' DNS queries on lan0"),
    "answers": (NFT % ("prerouting priority 0", "iifname ppp0 udp sport 53 drop"),
                END + "inet mine", MINE, "replies of name servers on ppp0"),
    "ingress": (NETDEV % ("lan0", "ip saddr 192.168.0.0/16 drop"), END + "netdev mine",
                "nftables (netdev mine)", "chain c of table netdev mine"),
}


@pytest.mark.parametrize("row", OTHERS)
def test_what_others_drop_is_named(host, row):
    commands, end, owner, words = OTHERS[row]
    host.run(commands)
    try:
        host.share("lan0", "via", "ppp0")
        assert share_of(host)["blocked_by"] == [owner]
        findings = [one for one in host.findings() if one["code"] == "blocked"]
        assert [one["severity"] for one in findings] == ["error"] * len(findings)
        assert any(words in one["message"] for one in findings)
        assert ours(host) == []
        for one in findings:
            host.run(one["remedy"])
        assert_online(host)
        wait_for(lambda: share_of(host)["blocked_by"] == [], timeout=2)
    finally:
        host.run(end)
