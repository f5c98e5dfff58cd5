# SPDX-License-Identifier: GPL-2.0-or-later
#
# A VPN that has routes to all private networks, as those of companies do: no network is free, and
# the LAN gets one all the same.  What is for clients goes to the LAN, and all else as before.
#
import contextlib

import pytest
from follow import PPP0, Traffic, await_state, capture, message, share_of
from host import wait_for

OFFICE, ADDRESS = "10.9.9.9", "100.80.0.2"
NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
PART = "; its network is part of a route to 192.168.0.0/16 via vpn0"
# of the table main, and as Tailscale has them
TABLES = {"main": "", "52": "ip rule add pref 5270 table 52"}


@contextlib.contextmanager
def vpn_up(host, table="main"):
    routes = "; ".join(f"ip route add {network} via 100.80.0.1 dev vpn0 table {table}"
                       for network in NETWORKS)
    host.internet.run(f"ip address add {OFFICE}/32 dev lo")
    host.run("ip link add vpn0 type veth peer name isp-vpn0 netns internet; "
             f"ip address add {ADDRESS}/24 dev vpn0; ip link set vpn0 up")
    host.internet.run("ip address add 100.80.0.1/24 dev isp-vpn0; ip link set isp-vpn0 up")
    host.run(f"{routes}; {TABLES[table]}")
    try:
        yield
    finally:
        host.run("ip link del vpn0")
        host.call("ip rule del pref 5270")
        host.internet.run(f"ip address del {OFFICE}/32 dev lo")


@pytest.fixture(params=TABLES)
def vpn(host, request):
    with vpn_up(host, request.param):
        yield


def assert_served(host, client):
    """And nothing of it strays into the VPN, which this computer itself still uses."""
    with capture(host, "vpn0", also=[OFFICE]) as packets:
        assert client.dhcp()["router"] == share_of(host)["address"].partition("/")[0]
        assert client.get() == PPP0
        assert client.resolve("asker.test") == [PPP0]
        for address in (address_of(client), OFFICE):
            host.run(["ping", "-q", "-c", "1", "-W", "2", address])
    assert packets and all(OFFICE in packet for packet in packets), packets


def address_of(client):
    return client.run("ip -4 -o address show dev eth0 | awk '{print $4}'").partition("/")[0]


def test_no_network_is_free(host, client, vpn):
    preview = host.json("preview", "lan0", "via", "ppp0")
    assert preview["message"] == f"lan0 is shared via ppp0{PART}"
    done = host.sharectl("share", "lan0", "via", "ppp0")
    assert (done.returncode, done.stderr) == (0, "") and PART in done.stdout
    assert share_of(host)["address"] == "192.168.137.1/24"
    assert_served(host, client)
    finding, = (one for one in host.findings() if one["code"] == "network-routed")
    assert finding["severity"] == "info" and "192.168.0.0/16 via vpn0" in finding["message"]
    assert host.sharectl("doctor").returncode == 0
    host.unshare("lan0")


def test_address_by_hand(host, client, vpn):
    host.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
    assert PART in message(host)
    assert_served(host, client)
    host.unshare("lan0")


def test_vpn_that_comes_later(host, client):
    """Nothing moves, and no flow ends; and nothing is said of it any more when it has gone."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    with Traffic(client, "flow", "50") as traffic, vpn_up(host):
        wait_for(lambda: PART in message(host))
        assert share_of(host)["address"] == "192.168.137.1/24"
        assert_served(host, client)
    assert len(traffic.report["ping"]) > 5 and len(traffic.report["udp"]) > 5
    wait_for(lambda: message(host) == "lan0 is shared via ppp0")
    host.unshare("lan0")


def test_part_of_it_that_is_not_free(host, client):
    """A route as narrow as the LAN's own: another network, if the user has chosen none."""
    with vpn_up(host):
        host.share("lan0", "via", "ppp0")
        host.run("ip route add 192.168.137.0/24 via 100.80.0.1 dev vpn0")
        wait_for(lambda: share_of(host)["address"] == "192.168.138.1/24")
        host.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
        host.run("ip route add 192.168.50.128/25 via 100.80.0.1 dev vpn0")
        await_state(host, "failed", "address-conflict")
        assert "a route to 192.168.50.128/25 via vpn0 is in the way" in message(host)
        host.unshare("lan0")


def test_answers_stay_in_the_lan(host, client, vpn):
    """Also where this computer forwards for everybody, when the LAN is gone."""
    host.run("sysctl -qw net.ipv4.ip_forward=1")
    try:
        host.share("lan0", "via", "ppp0")
        client.dhcp()
        with capture(host, "vpn0") as packets, Traffic(client, "flow", "50"):
            wait_for(lambda: host.json("status")["shares"][0]["bytes_received"] > 0)
            host.run("ip address flush dev lan0; ip link set lan0 down; sleep 0.3; "
                     "ip link set lan0 up")
            await_state(host, "active", "none")
        assert packets == []
        host.unshare("lan0")
    finally:
        host.run("sysctl -qw net.ipv4.ip_forward=0; sysctl -qw net.ipv4.conf.default.forwarding=0")
