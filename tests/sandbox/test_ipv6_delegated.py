# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 of clients by a prefix that the uplink's network delegates (RFC 8415), asked for beside
# NetworkManager's own DHCPv6: they have addresses of the Internet's, and nothing is translated.
#
import ipaddress
import subprocess
import time

import pytest
from host import wait_for
from ipv6 import (BESIDE, OURS, Sniffed, addresses6, advertisement, await_ipv6, await_no_router,
                  beside, clients6, delegating, global_addresses, internet6, managed, page6, ping6, reaches6,
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


def test_uplink_returns_elsewhere(host, client, internet):
    """The other network delegates another prefix."""
    other = ipaddress.ip_network("2001:db8:8000::/40")
    with managed(host) as router:
        with delegating(router) as server:
            address = share(host, client, "wan7", server)
            host.run("nmcli device disconnect wan7")
        with delegating(router, str(other)) as server:
            host.run("nmcli connection up wan7")
            wait_for(lambda: server.route() and usable(client, other), 15)
            assert not usable(client, POOL)
            assert addresses6(client)[address]["deprecated"]
            wait_for(lambda: reaches6(client), 5)
            assert page6(client) in usable(client, other)
        host.unshare("--all")


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


def test_other_grades_ask_nobody(host, client, server):
    host.share("lan0", "via", "wan7", "--ipv6", "masquerade")
    client.dhcp()
    await_ipv6(client)
    time.sleep(2.5)
    assert (mode(host), usable(client, POOL), server.prefixes()) == ("masquerade", [], set())


def test_nothing_is_delegated(host, client, internet):
    """By hand: then there is none."""
    with managed(host):
        host.share("lan0", "via", "wan7", "--ipv6", "delegated")
        client.dhcp()
        assert not reaches6(client)
        assert mode(host) == "none"
        host.unshare("lan0")


def test_goodbye_of_the_router(host, client, server):
    share(host, client, "wan7", server)
    assert advertisement(client)["lifetime"] > 0
    host.unshare("lan0")
    assert router_of(client) == ""


def test_uplink_loses_everything(host, client, server):
    before = host.settled_state()
    share(host, client, "wan7", server)
    host.run("sysctl -qw net.ipv6.conf.wan7.disable_ipv6=1")
    wait_for(lambda: mode(host) == "none", 3)
    assert client.can_get()
    host.unshare("lan0")
    assert "unreachable" not in host.run("ip -6 route show")
    host.run("sysctl -qw net.ipv6.conf.wan7.disable_ipv6=0; nmcli connection up wan7")
    host.await_return(before, "before the share")


# --- Beside another client of DHCPv6

FLAGS = {"addresses": "AdvManagedFlag on; AdvOtherConfigFlag on;",
         "options": "AdvOtherConfigFlag on;"}


def options6(host):
    """What NetworkManager has got by DHCPv6."""
    return host.run("nmcli -e no -g DHCP6.OPTION device show wan7")


@pytest.mark.parametrize("flags", FLAGS)
def test_networkmanager_asks_for_more(host, client, internet, flags):
    """Each gets its own: when NetworkManager was there first, and when it comes back later."""
    with managed(host, more=FLAGS[flags]) as router, delegating(router) as server:
        wait_for(lambda: "2001:db8::53" in options6(host), what="NetworkManager gets no options")
        share(host, client, "wan7", server)
        assert seen(client)
        host.run("nmcli connection up wan7")
        wait_for(lambda: "2001:db8::53" in options6(host), what="NetworkManager gets no options")
        wait_for(lambda: server.route() and mode(host) == "delegated" and usable(client, POOL)
                 and seen(client), 15)
        host.unshare("--all")


def test_dhcpcd_of_the_user(host, client, internet):
    """It may begin while a share has been asking."""
    with unmanaged(host) as router, delegating(router) as server:
        share(host, client, "wan8", server)
        dhcpcd = host.popen(["dhcpcd", "--nobackground", "-6", "--noipv6rs", "--ia_na",
                             "--script", "/bin/true", "wan8"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: any(server.in_pool(address)
                                 for address in global_addresses(host, "wan8")),
                     what="dhcpcd gets no address")
            assert seen(client)
        finally:
            dhcpcd.terminate()
            dhcpcd.wait()
        host.unshare("--all")


# --- Time passes

def test_renewal(host, client, internet):
    """Also by another server than the one that has delegated it."""
    with managed(host) as router, delegating(router, times=(17, 16, 10, 12)) as server:
        address = share(host, client, "wan7", server)
        expiry = server.expiry()
        wait_for(lambda: server.expiry() > expiry, 13, "it is not renewed")
        server.stop()
        server.start()
        assert server.prefixes() == set()
        wait_for(server.route, 15, "nobody asks again")
        assert usable(client, POOL) == [address]
        assert seen(client)
        host.unshare("--all")


def test_server_is_gone(host, client, internet):
    """What was delegated ends with its lifetime."""
    with managed(host) as router, delegating(router, times=(12, 11, 10, 11)) as server:
        share(host, client, "wan7", server)
        server.stop()
        wait_for(lambda: mode(host) != "delegated", 15, "it lasts longer than its lifetime")
        wait_for(lambda: not usable(client, POOL), 3)
        assert "unreachable" not in host.run("ip -6 route show")
        server.start()
        wait_for(lambda: server.route() and usable(client, POOL), 20)
        host.unshare("--all")
