# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 of a LAN that is kept as it is: its own networks are forwarded and filtered, and nothing is
# announced there.  lan0 has two networks, one of which routers lead here by wan7.
#
import pytest
from host import wait_for
from ipv6 import (WEB6, Sniffed, advertisement, beside, clients6, internet6, managed, page6,
                  ping6, reaches6)

OWN, PRIVATE, BEHIND = "2001:db8:66::", "fd66::", "2001:db8:67::"


@pytest.fixture
def internet(host, client):
    with internet6(host), beside(host), clients6(client, host.client2):
        yield host


@pytest.fixture
def uplink(host, internet):
    """With the LAN's way back."""
    with managed(host) as router:
        link = host.run("ip -j -6 address show dev wan7 scope link | grep -o 'fe80[^\"]*'")
        for network in (OWN, BEHIND):
            host.internet.run(f"ip -6 route add {network}/64 via {link} dev isp-wan7")
        yield router
        for network in (OWN, BEHIND):
            host.internet.run(f"ip -6 route del {network}/64 dev isp-wan7")


@pytest.fixture
def lan(host, client, uplink):
    """By hand, with a client that has the address 9 in each network."""
    host.run("nmcli connection add save no type ethernet ifname lan0 con-name office "
             "ipv4.method manual ipv4.addresses 10.20.0.1/24 ipv6.method manual "
             f"ipv6.addresses {OWN}1/64,{PRIVATE}1/64 && nmcli connection up office")
    client.run(f"ip address add 10.20.0.9/24 dev eth0; ip address add {OWN}9/64 dev eth0 nodad; "
               f"ip address add {PRIVATE}9/64 dev eth0 nodad; "
               f"ip -6 route add default via {OWN}1; ip route add default via 10.20.0.1")
    before = host.settled_state()
    yield uplink
    host.unshare("--all")
    host.await_return(before, "before the share")
    host.run("nmcli connection delete office")
    client.run("ip -6 route flush default; ip -6 address flush dev eth0 scope global; "
               "ip address flush dev eth0")


def page_from(client, source):
    return client.run(["curl", "-sS", "--fail", "-m", "3", "--interface", source,
                       f"http://[{WEB6}]/"])


def share(host, *options):
    host.share("lan0", "via", "wan7", "--keep-lan", *options)
    status, = host.json("status")["shares"]
    return status["ipv6_mode"], set(status["ipv6_prefixes"])


def test_refused_by_itself(host, client, lan):
    assert share(host) == ("off", set())
    with Sniffed(host, "eth1", "lan1", "wan7") as sniffed:
        assert not reaches6(client)
        assert ping6(client, f"{OWN}1").returncode == 0
    assert sniffed.leaving() == []


@pytest.mark.parametrize("word", ["auto", "masquerade"])
def test_masquerade(host, client, lan, word):
    assert share(host, "--ipv6", word) == ("masquerade", {f"{OWN}/64", f"{PRIVATE}/64"})
    with Sniffed(host, "eth1", "lan1", "wan7") as sniffed:
        assert page_from(client, f"{OWN}9") == lan.uplink
        assert page_from(client, f"{PRIVATE}9") == lan.uplink
    assert sniffed.of(f"{OWN}/64", f"{PRIVATE}/64") == []
    assert {line.split()[0] for line in sniffed.leaving()} == {"wan7"}
    assert advertisement(client) is None
    assert not host.pids("radvd") or "lan0" not in host.run("pgrep -ax radvd")
    assert {finding["code"] for finding in host.findings()} <= {"shared", "keep-lan"}


def test_as_they_are(host, client, lan):
    """Those to which routers lead; nobody comes in unasked."""
    assert share(host, "--ipv6", "delegated")[0] == "delegated"
    assert page_from(client, f"{OWN}9") == f"{OWN}9"
    assert page_from(client, f"{PRIVATE}9") == lan.uplink
    assert ping6(host.internet, f"{OWN}9").returncode == 0
    with Sniffed(client, "eth0") as sniffed:
        host.internet.call(["curl", "-m", "1", f"http://[{OWN}9]/"])
        host.internet.call(f"echo x >/dev/udp/{OWN}9/7")
    assert [row for row in sniffed.of(f"{WEB6}/128")] == []
    client.run("ip address add 2001:db8:5::5/128 dev eth0 nodad")
    with Sniffed(host, "eth1", "lan1", "wan7") as sniffed:
        assert ping6(client, WEB6, 2, 1, "-I", "2001:db8:5::5").returncode
    assert sniffed.of("2001:db8:5::/64") == []


def test_behind_a_router(host, client, lan):
    host.run(f"ip -6 route add {BEHIND}/64 via {OWN}9 dev lan0")
    assert share(host, "--ipv6", "delegated")[1] == {f"{OWN}/64", f"{PRIVATE}/64",
                                                     f"{BEHIND}/64"}
    client.run(f"ip address add {BEHIND}9/128 dev eth0 nodad")
    assert page_from(client, f"{BEHIND}9") == f"{BEHIND}9"
    host.run(f"ip -6 route del {BEHIND}/64 dev lan0")
    with Sniffed(host, "eth1", "lan1", "wan7") as sniffed:
        assert ping6(client, WEB6, 2, 1, "-I", f"{BEHIND}9").returncode
    assert sniffed.of(f"{BEHIND}/64") == []
    client.run(f"ip address del {BEHIND}9/128 dev eth0")


@pytest.mark.parametrize("word", ["masquerade", "delegated"])
def test_nothing_by_others(host, client, lan, word):
    share(host, "--ipv6", word)
    assert reaches6(client)
    with Sniffed(host, "eth1", "lan1") as sniffed:
        host.run("ip link set wan7 down")
        for _ in range(5):
            assert not reaches6(client)
        host.kill("connshared")
        assert not reaches6(client)
    assert sniffed.of(f"{OWN}/64", f"{PRIVATE}/64") == []
    host.run("ip link set wan7 up; nmcli connection up wan7")
    wait_for(lambda: host.json("status") and reaches6(client), what="not online again")


def test_change_of_the_way(host, client, lan):
    """Back and forth, to a LAN that is served and to none."""
    share(host, "--ipv6", "delegated")
    assert page_from(client, f"{OWN}9") == f"{OWN}9"
    host.run("sharectl change lan0 --ipv6 masquerade")
    assert page_from(client, f"{OWN}9") == lan.uplink
    host.run("sharectl change lan0 --ipv6 off")
    assert not reaches6(client)
    host.run("sharectl change lan0 --ipv6 auto")
    assert page_from(client, f"{OWN}9") == lan.uplink


@pytest.mark.parametrize("damage", ["nft flush ruleset", "ip -6 route flush table 13700",
                                    "ip -6 rule flush; ip -6 rule add lookup main pref 32766"])
def test_repair(host, client, lan, damage):
    share(host, "--ipv6", "masquerade")
    assert reaches6(client)
    with Sniffed(host, "eth1", "lan1") as sniffed:
        host.run(damage)
        wait_for(lambda: reaches6(client), 10, "the client is not online again")
    assert sniffed.of(f"{OWN}/64", f"{PRIVATE}/64") == []


def test_lost_ledger(host, client, lan):
    share(host, "--ipv6", "delegated")
    host.kill("connshared")
    host.run("rm -rf /run/connshare/* /var/lib/connshare/*")
    host.json("status")
    wait_for(lambda: not reaches6(client), 5, "it is still forwarded")


def test_extended_is_refused(host, lan):
    done = host.sharectl("share", "lan0", "via", "wan7", "--keep-lan", "--ipv6", "extended")
    assert done.returncode and "extended" in done.stderr
