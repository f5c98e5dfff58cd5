# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 of clients behind an address of the uplink, whoever has given it that: they have a network
# of this computer's own, a name server there, and the uplink as their only way.
#
import contextlib
import ipaddress
import re
import time

import pytest
from chaos import frames
from host import wait_for
from ipv6 import (BESIDE, OURS, WEB6, Sniffed, addresses6, advertisement, await_ipv6,
                  await_no_router, beside, clients6, internet6, line, managed,
                  page6, ping6, pretend_router, reaches6, router_of, udp6, unmanaged)

SEND_FRAME = """import socket, sys
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
sock.bind(("eth0", 0))
sock.send(bytes.fromhex(sys.argv[1]))"""
CONNTRACK = ("table ip6 fw { chain f { type filter hook forward priority 0; "
             "ct state established accept; }; }")
WAYS = {"managed": managed, "unmanaged": unmanaged, "line": line}
NAMES = {"managed": "wan7", "unmanaged": "wan8", "line": "ppp1"}


@pytest.fixture
def internet(host, client):
    with internet6(host), beside(host), clients6(client, host.client2):
        yield host


@pytest.fixture(params=WAYS)
def uplink(request, host, internet):
    """Its name and its address."""
    with WAYS[request.param](host) as made:
        yield NAMES[request.param], getattr(made, "uplink", made)
        host.unshare("--all")


@pytest.fixture
def kept(host, uplink):
    """The same; and the host is in the end what it was like with it."""
    before = host.settled_state()
    yield uplink
    host.unshare("--all")
    host.await_return(before, "before the share")


@pytest.fixture
def managed_uplink(host, internet):
    with managed(host) as router:
        yield router
        host.unshare("--all")


def share(host, client, name, *options):
    host.share("lan0", "via", name, "--ipv6", "masquerade", *options)
    client.dhcp()
    return await_ipv6(client)


def network_of(address):
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def gateway_of(address):
    return str(ipaddress.ip_network(f"{address}/64", strict=False)[1])


def test_page(host, client, kept):
    name, address = kept
    own = share(host, client, name)
    with Sniffed(host, "eth1", "lan1", name) as sniffed:
        assert page6(client) == address
        assert udp6(client) == address
        assert reaches6(client)
    assert sniffed.of(network_of(own)) == []
    assert {line.split()[0] for line in sniffed.leaving()} == {name}
    assert page6(host) == BESIDE
    status, = host.json("status")["shares"]
    assert status["ipv6_mode"] == "masquerade"
    assert status["ipv6_prefixes"] == [network_of(own)]
    assert {finding["code"] for finding in host.findings()} == {"shared"}


def test_what_the_router_says(host, client, managed_uplink):
    own = share(host, client, "wan7")
    told = advertisement(client)
    assert told["from"] == router_of(client)
    assert 0 < told["lifetime"] <= 1800
    assert not told["managed"]
    (prefix, about), = told["prefixes"].items()
    assert prefix == network_of(own)
    assert about["on_link"] and about["autonomous"]
    assert about["preferred"] <= 2700 and about["valid"] <= 5400
    assert list(told["rdnss"]) == [gateway_of(own)]


def test_mtu_of_the_uplink(host, client, internet):
    with line(host, mtu=1400) as address:
        share(host, client, "ppp1")
        assert advertisement(client)["mtu"] == 1400
        assert page6(client) == address
        assert client.run(["curl", "-sS", f"http://[{WEB6}]/mss"]) == "1340"
        assert len(client.run(["curl", "-sS", f"http://[{WEB6}]/bytes/100000"])) == 100000
        host.unshare("lan0")


def test_names_of_the_gateway(host, client, managed_uplink):
    own = share(host, client, "wan7")
    for options in ("", "+tcp"):
        assert client.resolve("asker.test", f"@{gateway_of(own)}", *options.split()) \
            == ["100.64.7.2"]


def test_stays_reachable(host, client, managed_uplink):
    """The client's kernel looks after its router, who has to say that it is one (RFC 4861,
    7.2.5)."""
    client.run("sysctl -qw net.ipv6.neigh.eth0.delay_first_probe_time=1 "
               "net.ipv6.neigh.eth0.base_reachable_time_ms=1000")
    share(host, client, "wan7")
    router = router_of(client)
    ping6(client, f"{router}%eth0")
    end = time.monotonic() + 8
    while time.monotonic() < end:
        assert router_of(client) == router
        assert reaches6(client)
        time.sleep(0.2)


def routes_of_host(host):
    return re.sub(" expires [0-9]*sec", "", host.run("ip -6 route show table main"))


def settings(host, *names):
    return {name: host.run(f"cd /proc/sys/net/ipv6/conf/{name}; grep . accept_ra forwarding "
                           "autoconf accept_ra_defrtr accept_ra_pinfo disable_ipv6")
            for name in names}


def test_own_ipv6_stays(host, client, kept):
    """Of this computer: its routes, what it does with advertisements, and that it does."""
    name, address = kept

    def own():
        routes = [row for row in routes_of_host(host).splitlines() if " lan0" not in row]
        return routes, settings(host, "all", "default", "eth1", "lan1", name)

    before = own()
    share(host, client, name)
    assert own() == before
    time.sleep(4.5)  # the next advertisement
    assert own() == before
    assert page6(host) == BESIDE
    assert page6(client) == address
    host.unshare("lan0")
    assert own() == before


def test_rogue_router(host, client, managed_uplink):
    """A client's advertisements are for the others on its LAN."""
    share(host, client, "wan7")
    before = routes_of_host(host)
    pretend_router(client)
    time.sleep(0.5)
    assert routes_of_host(host) == before
    assert "2001:db8:bad" not in host.run("ip -6 address; ip -6 route show table all")
    assert page6(host) == BESIDE


def test_goodbye(host, client, kept):
    name, _ = kept
    share(host, client, name)
    host.unshare("lan0")
    await_no_router(client)
    assert not any(about.get("preferred_life_time") for about in addresses6(client).values())


def test_goodbye_after_a_crash(host, client, kept):
    name, _ = kept
    share(host, client, name)
    host.kill("connshared")
    assert page6(client)
    host.unshare("lan0")
    await_no_router(client)


def test_nothing_by_others(host, client, uplink):
    name, address = uplink
    own = network_of(share(host, client, name))
    with Sniffed(host, "eth1", "lan1") as sniffed:
        host.run(f"ip link set {name} down")
        began = time.monotonic()
        while time.monotonic() < began + 3:
            assert not reaches6(client)
        await_no_router(client, timeout=0)
    assert sniffed.of(own) == []
    assert sniffed.leaving() == []


@pytest.mark.parametrize("wreck", ["true", "nft flush ruleset"])
def test_nothing_by_others_when_the_service_is_dead(host, client, managed_uplink, wreck):
    own = network_of(share(host, client, "wan7"))
    host.kill("connshared")
    with Sniffed(host, "eth1", "lan1") as sniffed:
        host.run(f"ip link set wan7 down; {wreck}")
        for _ in range(5):
            assert not reaches6(client)
    assert sniffed.of(own) == []
    assert sniffed.leaving() == []


def test_uplink_without_address(host, client, internet):
    """It still has its route, but never does a client leave there as another interface."""
    with line(host) as address:
        share(host, client, "ppp1")
        assert page6(host) == BESIDE
        host.kill("connshared")
        host.run(f"ip address del {address}/128 dev ppp1")
        with Sniffed(host, "eth1", "lan1", "ppp1") as sniffed:
            assert not reaches6(client)
        assert sniffed.leaving() == []
        host.unshare("lan0")


def test_uplink_returns(host, client, managed_uplink):
    own = share(host, client, "wan7")
    host.run("nmcli connection down wan7")
    await_no_router(client)
    host.run("nmcli connection up wan7")
    wait_for(lambda: reaches6(client), what="the client is not online again")
    assert await_ipv6(client) == own


def test_unasked(host, client, managed_uplink):
    """From outside, to the client's own network and by the masqueraded address."""
    own = share(host, client, "wan7")
    link = host.run("ip -j -6 address show dev wan7 scope link | grep -o 'fe80[^\"]*'")
    host.internet.run(f"ip -6 route add {network_of(own)} via {link} dev isp-wan7")
    try:
        with Sniffed(client, "eth0") as sniffed:
            assert ping6(host.internet, own).returncode == 1
            host.internet.call(f"echo x >/dev/udp/{own}/7")
            host.internet.call(["curl", "-m", "1", f"http://[{own}]/"])
    finally:
        host.internet.run(f"ip -6 route del {network_of(own)} dev isp-wan7")
    assert sniffed.of("2001:db8::/32") == []


def test_unasked_in_the_gap(host, client, managed_uplink):
    """What comes in while the filter is away does not go on after it, although the client has
    answered."""
    own = share(host, client, "wan7")
    link = host.run("ip -j -6 address show dev wan7 scope link | grep -o 'fe80[^\"]*'")
    host.internet.run(f"ip -6 route add {network_of(own)} via {link} dev isp-wan7")
    pings = host.internet.popen(["ping", "-n", "-i", "0.05", own])
    try:
        with host.stopped("connshared"):
            host.run(["nft", "-f", "-"], input="flush ruleset\n" + CONNTRACK)
            wait_for(lambda: own in host.run(f"conntrack -L -f ipv6 -d {own} 2>/dev/null"))
        wait_for(lambda: "to6_lan0" in host.call("nft list table inet connshare").stdout)
        time.sleep(0.5)
        with Sniffed(client, "eth0") as sniffed:
            time.sleep(0.5)
    finally:
        pings.kill()
        pings.communicate()
        host.internet.run(f"ip -6 route del {network_of(own)} dev isp-wan7")
        host.run("nft delete table ip6 fw")
    assert sniffed.of("2001:db8::/32") == []


def test_spoofed_source(host, client, managed_uplink):
    share(host, client, "wan7")
    client.run("ip address add 2001:db8:5::5/64 dev eth0 nodad; "
               "ip address add fd55::5/64 dev eth0 nodad")
    with Sniffed(host, "eth1", "lan1", "wan7") as sniffed:
        for source in ("2001:db8:5::5", "fd55::5"):
            client.call(["ping", "-6", "-c", "2", "-i", "0.2", "-W", "1", "-I", source, WEB6])
    assert sniffed.of("2001:db8:5::/64", "fd55::/64") == []
    assert [line for line in sniffed.leaving() if WEB6 in line] == []
    client.run("ip address del 2001:db8:5::5/64 dev eth0; ip address del fd55::5/64 dev eth0")
    assert page6(client)


def test_no_source(host, client, managed_uplink):
    """Nobody is redirected to a neighbour, which would leave by this computer's own way."""
    share(host, client, "wan7")
    to, source = (place.run(f"cat /sys/class/net/{name}/address").strip()
                  for place, name in ((host, "lan0"), (client, "eth0")))
    frame = frames.ethernet(to, source, frames.udp6("::", "fe80::99", 5000, 7, 9 * b"astray"))
    with line(host, address=False):
        host.run("ip -6 route add ::/1 dev ppp1")
        with Sniffed(host, "ppp1") as sniffed:
            client.run(["/usr/bin/python3", "-c", SEND_FRAME, frame.hex()])
            time.sleep(0.2)
    assert [row for row in sniffed.packets if b"astray" in row[2]] == []


def test_not_between_others(host, client, managed_uplink):
    """Nobody else's packets are forwarded, from nowhere to nowhere."""
    other = host.client2
    host.run("nmcli device set lan1 managed no; sysctl -qw net.ipv6.conf.lan1.disable_ipv6=0; "
             "ip link set lan1 up; "
             "ip address add fd66::1/64 dev lan1 nodad")
    other.run("ip address add fd66::2/64 dev eth0 nodad; ip -6 route add default via fd66::1")
    host.internet.run("ip -6 route add fd66::/64 dev isp1 via 2001:db8:1::2")
    own = share(host, client, "wan7")
    try:
        assert ping6(other, "fd66::1").returncode == 0
        with Sniffed(host, "eth1", "wan7", "lan0") as sniffed:
            assert not reaches6(other)
            assert ping6(other, own).returncode
            assert ping6(host.internet, "fd66::2").returncode
        assert [packet for packet in sniffed.of("fd66::/64") if " out: " in packet] == []
    finally:
        host.internet.run("ip -6 route del fd66::/64")
        other.run("ip -6 route del default; ip address del fd66::2/64 dev eth0")
        host.run("ip address del fd66::1/64 dev lan1; nmcli device set lan1 managed yes")


def test_two_lans(host, client, managed_uplink):
    own = share(host, client, "wan7")
    host.share("lan1", "via", "wan7", "--ipv6", "masquerade")
    host.client2.dhcp()
    other = await_ipv6(host.client2)
    assert network_of(own) != network_of(other)
    assert page6(client) == page6(host.client2) == managed_uplink.uplink
    assert ping6(client, other).returncode
    host.unshare("lan0")
    assert page6(host.client2) == managed_uplink.uplink
    host.unshare("lan1")


@contextlib.contextmanager
def watched(client):
    """It stays online, with the same address."""
    before = set(addresses6(client))
    yield
    assert page6(client)
    assert set(addresses6(client)) == before


@pytest.mark.parametrize("number", [9, 15])
def test_restart_of_the_service(host, client, managed_uplink, number):
    share(host, client, "wan7")
    with watched(client):
        host.kill("connshared", number)
        assert page6(client)
        assert advertisement(client)["lifetime"] > 0
        host.json("status")


DAMAGE = ["nft flush ruleset", "ip -6 rule flush; ip -6 rule add lookup main pref 32766",
          "ip -6 address flush dev lan0 scope global", "ip -6 route flush table 13700",
          "pkill -f '[r]advd.*/run/connshare'"]


@pytest.mark.parametrize("damage", DAMAGE)
def test_repair(host, client, managed_uplink, damage):
    own = network_of(share(host, client, "wan7"))
    with Sniffed(host, "eth1", "lan1") as sniffed:
        host.run(damage)
        wait_for(lambda: reaches6(client), 10, "the client is not online again")
        wait_for(lambda: (advertisement(client) or {}).get("lifetime"), 10, "no router")
        assert page6(client)
    assert sniffed.of(own) == []


def test_networkmanager_starts_while_the_lan_is_shared(spare):
    """It takes our addresses for somebody else's."""
    with internet6(spare), line(spare):
        before = spare.settled_state()
        spare.kill("NetworkManager", 9)
        spare.share("lan1", "via", "ppp1")
        spare.start_network_manager(wait=False)
        wait_for(lambda: "lan1" in spare.call("nmcli -g NAME connection show --active").stdout)
        spare.unshare("lan1")
        spare.await_return(before)
