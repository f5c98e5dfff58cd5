# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 of clients by a prefix that the uplink's network delegates (RFC 8415), asked for by a
# dhcpcd of ours: they have addresses of the Internet's, and nothing is translated.
#
import ipaddress
import subprocess

import pytest
from host import wait_for
from ipv6 import (BESIDE, OURS, Sniffed, addresses6, advertisement, await_ipv6, await_no_router,
                  beside, clients6, delegating, internet6, managed, page6, ping6, reaches6,
                  router_of, unmanaged, usable)
from test_portd import pcp

POOL = ipaddress.ip_network("2001:db8:7000::/40")
WAYS = {"managed": ("wan7", managed), "unmanaged": ("wan8", unmanaged)}


@pytest.fixture
def internet(host, client):
    with internet6(host), beside(host), clients6(client, host.client2):
        yield host


@pytest.fixture(params=WAYS)
def uplink(request, host, internet):
    """Its name, and the server that delegates there."""
    name, make = WAYS[request.param]
    with make(host) as router, delegating(router) as server:
        yield name, server
        host.unshare("--all")


@pytest.fixture
def server(host, internet):
    with managed(host) as router, delegating(router) as server:
        yield server
        host.unshare("--all")


def share(host, client, name, server, lan="lan0"):
    """Returns the client's address in what is delegated."""
    host.share(lan, "via", name)
    client.dhcp()
    server.await_prefix()
    wait_for(lambda: server.route() and usable(client, POOL), what="no address of the prefix")
    return usable(client, POOL)[0]


def mode(host, lan="lan0"):
    return next(share["ipv6_mode"] for share in host.json("status")["shares"]
                if share["lan"] == lan)


def seen(client):
    """The server sees one of the client's own addresses."""
    return page6(client) in addresses6(client)


def test_page(host, client, uplink):
    name, server = uplink
    before = host.settled_state()
    address = share(host, client, name, server)
    with Sniffed(host, "eth1", "lan1", name) as sniffed:
        assert seen(client)
    assert {line.split()[0] for line in sniffed.of(address + "/128")} == {name}
    assert mode(host) == "delegated"
    assert ipaddress.ip_address(address) in ipaddress.ip_network(server.await_prefix())
    assert page6(host) == BESIDE
    assert {finding["code"] for finding in host.findings()} == {"shared"}
    host.unshare("lan0")
    await_no_router(client)
    host.await_return(before, "before the share")


def connects(place, address):
    return place.call(["curl", "-sS", "-m", "2", f"http://[{address}]:8080/"]).returncode == 0


def test_unasked_packets(host, client, server):
    """Of what nobody has asked for, only echo requests get in (RFC 6092, RFC 4890)."""
    address = share(host, client, "wan7", server)
    assert seen(client)
    web = client.popen(["/usr/bin/python3", "-m", "http.server", "8080", "--bind", address],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: connects(client, address))
        assert not connects(host.internet, address)
        wait_for(lambda: ping6(host.internet, address).returncode == 0, 5)
    finally:
        web.terminate()
        web.wait()


def test_client_opens_a_port(host, client, server):
    """By PCP, for its own address only, and for none that would be translated."""
    address = share(host, client, "wan7", server)
    host.run(["sharectl", "change", "lan0", "--upnp"])
    router = router_of(client) + "%eth0"
    assert pcp(client, usable(client, OURS)[0], router, 0.3) is None
    web = client.popen(["/usr/bin/python3", "-m", "http.server", "8080", "--bind", address],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: connects(client, address))
        assert not connects(host.internet, address)
        reply = pcp(client, address, router, to_port=8080)
        assert (reply["result"], reply["port"], reply["external"]) == (0, 8080, address)
        assert connects(host.internet, address)
        assert pcp(client, address, router, to_port=8080, lifetime=0)["result"] == 0
        assert not connects(host.internet, address)
    finally:
        web.terminate()
        web.wait()


def test_own_network_of_the_lan_stays_here(host, client, server):
    """What has an address of the LAN's own network is masqueraded, if the uplink has an address."""
    share(host, client, "wan7", server)
    own = usable(client, OURS)[0]
    seen_as = client.run(["curl", "-sS", "-m", "3", "--interface", own,
                          "http://[2001:db8:ffff::1]/"])
    assert seen_as == server.router.uplink


def test_two_lans(host, client, server):
    first = share(host, client, "wan7", server)
    second = share(host, host.client2, "wan7", server, "lan1")
    networks = [ipaddress.ip_network(f"{address}/64", strict=False) for address in (first, second)]
    assert networks[0] != networks[1]
    assert seen(client) and seen(host.client2)
    assert not ping6(client, second).returncode == 0
    host.unshare("lan0")
    assert seen(host.client2)
    host.kill("connshared", 15)
    wait_for(lambda: mode(host, "lan1") == "delegated")
    assert usable(host.client2, networks[1]) == [second]
    assert seen(host.client2)


def test_uplink_returns(host, client, server):
    """Nobody gets another address."""
    address = share(host, client, "wan7", server)
    host.run("nmcli device disconnect wan7")
    wait_for(lambda: not usable(client, POOL), 2, "the address is not deprecated")
    assert not reaches6(client)
    host.run("nmcli connection up wan7")
    wait_for(lambda: usable(client, POOL), 10)
    assert usable(client, POOL) == [address]
    wait_for(lambda: server.route() and reaches6(client), 10)
    assert seen(client)


def test_crash_and_end(host, client, server):
    before = host.settled_state()
    address = share(host, client, "wan7", server)
    host.kill("connshared")
    wait_for(lambda: mode(host) == "delegated")
    assert usable(client, POOL) == [address]
    assert seen(client)
    host.kill("connshared")
    host.unshare("lan0")
    await_no_router(client)
    wait_for(lambda: not usable(client, POOL), 3)
    host.await_return(before, "before the share")
    assert host.pids("dhcpcd") == []


def test_other_grades_ask_nobody(host, client, server):
    host.share("lan0", "via", "wan7", "--ipv6", "masquerade")
    client.dhcp()
    await_ipv6(client)
    assert (mode(host), usable(client, POOL), host.pids("dhcpcd")) == ("masquerade", [], [])


def test_nothing_is_delegated(host, client, internet):
    """By hand: then there is none."""
    with managed(host):
        host.share("lan0", "via", "wan7", "--ipv6", "delegated")
        client.dhcp()
        assert not reaches6(client)
        assert mode(host) == "none"
        host.unshare("lan0")
        assert host.pids("dhcpcd") == []


def test_goodbye_of_the_router(host, client, server):
    share(host, client, "wan7", server)
    assert advertisement(client)["lifetime"] > 0
    host.unshare("lan0")
    assert router_of(client) == ""


def test_uplink_loses_everything(host, client, server):
    """Its dhcpcd cannot say goodbye to anybody; nobody waits for it, and nothing is left."""
    before = host.settled_state()
    share(host, client, "wan7", server)
    host.run("sysctl -qw net.ipv6.conf.wan7.disable_ipv6=1")
    wait_for(lambda: mode(host) == "none", 3)
    assert client.can_get()
    host.unshare("lan0")
    assert host.pids("dhcpcd") == []
    assert "unreachable" not in host.run("ip -6 route show")
    host.run("sysctl -qw net.ipv6.conf.wan7.disable_ipv6=0; nmcli connection up wan7")
    host.await_return(before, "before the share")


def test_dhcpcd_is_killed(host, client, server):
    share(host, client, "wan7", server)
    host.kill("dhcpcd")
    assert seen(client)
    host.unshare("lan0")
    assert "unreachable" not in host.run("ip -6 route show")
