# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two LANs at once, each through its own uplink, and neither knows of the other.
#
import pytest
from follow import ETH1, PPP0


@pytest.fixture
def both(host):
    host.share("lan0", "via", "ppp0")
    host.share("lan1", "via", "eth1")
    return host.client.dhcp(), host.client2.dhcp()


def test_each_through_its_own_uplink(host, both):
    assert host.client.get() == PPP0
    assert host.client2.get() == ETH1
    assert host.client.resolve("asker.test") == [PPP0]
    assert host.client2.resolve("asker.test") == [ETH1]


def assert_uplink_rules(host):
    """One for the name servers, one that leads what comes in past those of all LANs, and one
    that ends what is for none."""
    rules = host.run("ip rule")
    words = ("oif ppp0", "iif ppp0", "goto 5001", "blackhole")
    assert [rules.count(word) for word in words] == [1, 2, 1, 1]
    assert "unresolved" not in rules


def test_both_through_one_uplink(host):
    """Its policy rules are there once for both, and stay for who stays."""
    host.share("lan0", "via", "ppp0")
    host.share("lan1", "via", "ppp0")
    for client in (host.client, host.client2):
        client.dhcp()
        assert client.get() == PPP0
        assert client.resolve("asker.test") == [PPP0]
    assert_uplink_rules(host)
    host.unshare("lan0")
    assert host.client2.get() == PPP0
    assert host.client2.resolve("asker.test") == [PPP0]
    assert_uplink_rules(host)


def test_subnets_differ(both):
    assert both[0]["router"] == "192.168.137.1"
    assert both[1]["router"] == "192.168.138.1"


def test_lans_do_not_reach_each_other(host, both):
    refused = host.client.call(["ping", "-c", "1", "-W", "2", both[1]["ip"]])
    assert refused.returncode == 1
    assert "filtered" in refused.stdout or "prohibited" in refused.stdout
    assert host.client2.call(["ping", "-c", "1", "-W", "2", both[0]["ip"]]).returncode == 1


def test_dns_answers_on_the_own_lan_only(host, both):
    assert host.client.call("dig +time=1 +tries=1 @192.168.138.1 www.test").returncode
    assert host.client2.call("dig +time=1 +tries=1 @192.168.137.1 www.test").returncode


def test_ending_one_leaves_the_other(host, both):
    assert host.client2.get() == ETH1
    host.unshare("lan0")
    assert not host.client.can_get()
    assert host.client2.get() == ETH1
    assert host.client2.resolve("asker.test") == [ETH1]


def test_counters_of_the_other_stay(host, both, bus):
    host.client2.get()
    path = "/org/connshare1/share/lan1"
    sent = bus.property(path, "BytesSent")
    assert sent > 0
    host.unshare("lan0")
    host.share("lan0", "via", "eth1")
    host.unshare("lan0")
    assert bus.property(path, "BytesSent") >= sent


def test_a_connection_of_the_other_goes_on(host, both):
    download = host.client2.popen(
        "curl -sS --limit-rate 200k http://192.0.2.80/bytes/300000 | wc -c")
    host.unshare("lan0")
    host.share("lan0", "via", "ppp0")
    assert int(download.communicate(timeout=20)[0]) == 300000


def test_leases_of_the_other_stay(host, both):
    host.unshare("lan0")
    host.share("lan0", "via", "ppp0")
    assert host.client2.dhcp()["ip"] == both[1]["ip"]


def test_a_share_of_a_share(host, both):
    """lan1 shared through lan0: the uplink is itself a LAN.  Either refused or working, and
    never a hole."""
    done = host.sharectl("share", "lan1", "via", "lan0")
    assert done.returncode in (0, 1)
    assert not host.client2.can_get("http://192.0.2.80/", timeout=1) or done.returncode == 1


def test_unshare_all(host, both):
    host.unshare("--all")
    assert host.json("status") == {"shares": []}
