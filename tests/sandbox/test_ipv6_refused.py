# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where clients are given no IPv6, because the user does not want it or the uplink has none: the
# LAN is as if there were no such thing.
#
import pytest
from follow import PPP0, profile, wire
from ipv6 import (BESIDE, WEB6, Sniffed, advertisement, await_uplink6, beside, clients6,
                  default_routes, global_addresses, internet6, managed, page6, ping6, reaches6,
                  router_of, usable)


@pytest.fixture
def internet(host, client):
    with internet6(host), beside(host), clients6(client):
        yield host


def settings(host, *names):
    """Of IPv6, with this computer's routes, but for those of the LAN's link-local address, which
    NetworkManager gives it."""
    files = " ".join(f"/proc/sys/net/ipv6/conf/{name}/*" for name in names)
    return host.run(f"grep -s . {files}; ip -6 route | sed '/^fe80::.* lan0/d; s/ expires.*sec//'")


def assert_none(host, client, others, address):
    """Neither a router nor an address nor a way."""
    with Sniffed(host, *others) as sniffed:
        client.dhcp()
        assert advertisement(client) is None
        assert not reaches6(client)
        assert client.get() == address
    assert (router_of(client), usable(client)) == ("", [])
    assert global_addresses(host, "lan0") == {}
    assert sniffed.leaving() == []
    assert not host.pids("radvd") or "lan0" not in host.run("pgrep -ax radvd")


def test_not_wanted(host, client, internet):
    with managed(host) as router:
        before = settings(host, "all", "lan0", "wan7")
        assert page6(host) == "2001:db8:1::2"
        host.share("lan0", "via", "wan7", "--ipv6", "off")
        assert_none(host, client, ("eth1", "lan1", "wan7"), "100.64.7.2")
        assert settings(host, "all", "lan0", "wan7") == before
        share, = host.json("status")["shares"]
        assert (share["ipv6_mode"], share["ipv6_prefixes"]) == ("off", [])
        host.unshare("lan0")
        assert await_uplink6(host, "wan7") == router.uplink


def test_uplink_has_none(host, client, internet):
    before = settings(host, "all", "lan0", "ppp0")
    host.share("lan0", "via", "ppp0")
    assert_none(host, client, ("eth1", "lan1", "ppp0"), PPP0)
    assert settings(host, "all", "lan0", "ppp0") == before


def test_uplink_without_default_route(host, client, internet):
    """An address alone does not lead anywhere."""
    with wire(host, "wan7"), profile(host, "wan7", "wan7", "100.64.7.2", "ipv6.method", "manual",
                                     "ipv6.addresses", "2001:db8:7::2/64"):
        host.run("nmcli connection up wan7")
        host.share("lan0", "via", "wan7")
        assert_none(host, client, ("eth1", "lan1", "wan7"), "100.64.7.2")
        assert default_routes(host, "wan7") == []
        host.unshare("lan0")


def test_foreign_source(host, client, internet):
    """No error goes to where that is; and who talks to this computer itself still can."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.run("ip address add fd66::1/64 dev lan0 nodad")
    client.run("ip address add fd66::2/64 dev eth0 nodad; "
               "ip address add 2001:db8:5::5/64 dev eth0 nodad; "
               "ip -6 route add default via fd66::1")
    try:
        assert page6(host) == BESIDE
        assert ping6(client, "fd66::1").returncode == 0
        assert ping6(client, "ff02::1%eth0").returncode == 0
        with Sniffed(host, "eth1", "lan1", "ppp0") as sniffed:
            for source in ("fd66::2", "2001:db8:5::5"):
                for target in (WEB6, "fd66::1", "ff02::1%eth0"):
                    client.call(["ping", "-6", "-c", "2", "-i", "0.2", "-W", "1", "-I", source,
                                 target])
        assert sniffed.leaving() == []
    finally:
        client.run("ip -6 route del default via fd66::1; "
                   "ip -6 address flush dev eth0 scope global")
        host.run("ip address del fd66::1/64 dev lan0")


def mac_of(place, device):
    return place.run(f"cat /sys/class/net/{device}/address").strip()


def test_foreign_source_without_a_filter(host, client, internet):
    """As of a client that had an address of a share before, while somebody has emptied the packet
    filter: no error goes by this computer's own way to where that address is."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.run("ip address add fd66::1/64 dev lan0 nodad")
    client.run("ip address add 2001:db8:5::5/64 dev eth0 nodad; "
               "ip -6 route add default via fd66::1 dev eth0 onlink; "
               f"ip -6 neigh replace fd66::1 lladdr {mac_of(host, 'lan0')} dev eth0")
    assert page6(host) == BESIDE
    try:
        with Sniffed(host, "eth1", "lan1", "ppp0") as sniffed, host.stopped("connshared"):
            host.run("nft flush ruleset")
            client.call(["ping", "-6", "-c", "2", "-i", "0.2", "-W", "1", WEB6])
        assert sniffed.leaving() == []
    finally:
        client.run("ip -6 route del default via fd66::1; "
                   "ip -6 address flush dev eth0 scope global")
        host.run("ip address del fd66::1/64 dev lan0")
