# SPDX-License-Identifier: GPL-2.0-or-later
#
# "auto" is the way that the computer itself takes: into a VPN while there is one, whatever it
# does to routes and rules, and back.  The VPNs are tunnels by the line eth1, with the commands
# of wg-quick(8), OpenVPN and Tailscale.  And ways out of another shape than one next hop.
#
import contextlib
import pathlib
import subprocess

import pytest
from follow import (ETH1, await_state, await_uplink, capture, message, probe, profile, share_of,
                    state, uplink, wire)
from host import wait_for

HERE = pathlib.Path(__file__).resolve().parent
SERVER = "198.51.100.53"  # of the VPNs
ADDRESS = "10.2.0.2"      # that they give

VPNS = {
    # wg-quick up wg0, with AllowedIPs = 0.0.0.0/0
    "wg0": ("51820", """
        ip -4 address add 10.2.0.2/32 dev wg0
        ip link set mtu 1420 up dev wg0
        ip -4 route add 0.0.0.0/0 dev wg0 table 51820
        ip -4 rule add not fwmark 51820 table 51820
        ip -4 rule add table main suppress_prefixlength 0
        nft add table ip wg-quick-wg0
        nft add chain ip wg-quick-wg0 preraw '{ type filter hook prerouting priority -300; }'
        nft add chain ip wg-quick-wg0 premangle '{ type filter hook prerouting priority -150; }'
        nft add chain ip wg-quick-wg0 postmangle '{ type filter hook postrouting priority -150; }'
        nft add rule ip wg-quick-wg0 preraw \\
          iifname != wg0 ip daddr 10.2.0.2 fib saddr type != local drop
        nft add rule ip wg-quick-wg0 postmangle meta l4proto udp mark 51820 ct mark set mark
        nft add rule ip wg-quick-wg0 premangle meta l4proto udp meta mark set ct mark
    """, """
        ip -4 rule delete table 51820
        ip -4 rule delete table main suppress_prefixlength 0
        nft delete table ip wg-quick-wg0
    """),
    # openvpn --redirect-gateway def1
    "tun0": ("0", f"""
        ip link set dev tun0 up mtu 1500
        ip addr add dev tun0 10.2.0.2/24
        ip route add {SERVER}/32 via 198.18.1.1
        ip route add 0.0.0.0/1 via 10.2.0.1
        ip route add 128.0.0.0/1 via 10.2.0.1
    """, f"""
        ip route del {SERVER}/32
        ip route del 0.0.0.0/1
        ip route del 128.0.0.0/1
    """),
    # tailscale set --exit-node
    "tailscale0": ("0x80000", """
        ip link set dev tailscale0 up mtu 1280
        ip address add 10.2.0.2/32 dev tailscale0
        ip rule add pref 5210 fwmark 0x80000/0xff0000 table main
        ip rule add pref 5230 fwmark 0x80000/0xff0000 table default
        ip rule add pref 5250 fwmark 0x80000/0xff0000 unreachable
        ip rule add pref 5270 table 52
        ip route add 100.100.100.100 dev tailscale0 table 52
        ip route add default dev tailscale0 table 52
    """, """
        ip rule del pref 5210
        ip rule del pref 5230
        ip rule del pref 5250
        ip rule del pref 5270
    """),
}


@contextlib.contextmanager
def tunnel_end(place, *words):
    process = place.popen(["/usr/bin/python3", str(HERE / "tunnel.py"), *words],
                          stdin=subprocess.PIPE, stderr=None)
    assert process.stdout.readline() == "ready\n"
    try:
        yield
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


@contextlib.contextmanager
def vpn(host, name):
    mark, up, down = VPNS[name]
    with contextlib.ExitStack() as stack:
        stack.enter_context(tunnel_end(host.internet, "exit0", "51820"))
        host.internet.run("ip address add 10.2.0.1/24 dev exit0; ip link set exit0 up")
        stack.enter_context(tunnel_end(host, name, "51820", SERVER, mark))
        stack.callback(host.call, down)
        host.run(f"set -e\n{up}")
        yield


def assert_served(client, address):
    assert client.get("http://192.0.2.80/") == address
    assert client.resolve("asker.test") == [address]


def assert_all_in(host, name):
    """All that the client asks is answered, and the line below sees nothing of it."""
    with capture(host, "eth1") as below, capture(host, name) as inside:
        rows = probe(host.client, 5, "tcp", "ping", "name", patience=2)
    assert {kind for kind, outcome, _ in rows if outcome == "answered"} == {"tcp", "ping", "name"}
    assert below == []
    assert any("ICMP echo request" in line for line in inside)
    asked = [line for line in inside if ".53:" in line]
    assert any(f"{SERVER}.53:" in line for line in asked), asked


@pytest.mark.parametrize("name", VPNS)
def test_vpn_comes_and_goes(host, client, name):
    host.share("lan0", "via", "auto")
    client.dhcp()
    assert_served(client, ETH1)
    for _ in range(2):
        with vpn(host, name):
            await_uplink(host, name)
            assert_served(client, ADDRESS)
            assert_all_in(host, name)
        await_uplink(host, "eth1")
        assert_served(client, ETH1)
    host.unshare("lan0")


@pytest.mark.parametrize("name", VPNS)
def test_vpn_was_there_first(spare, name):
    """With the strict reverse path filter, too."""
    spare.run("sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1 "
              "net.ipv4.conf.all.src_valid_mark=1")
    with vpn(spare, name):
        told = spare.share("lan0", "via", "auto")
        assert f"via {name}" in told
        spare.client.dhcp()
        assert_served(spare.client, ADDRESS)
        assert_all_in(spare, name)
        spare.unshare("lan0")


@pytest.mark.parametrize("name", VPNS)
def test_line_that_is_named_goes_around_it(host, client, name):
    host.share("lan0", "via", "eth1")
    client.dhcp()
    with vpn(host, name):
        assert_served(client, ETH1)
        with capture(host, name) as inside:
            probe(client, 5)
        assert inside == []
        assert uplink(host) == "eth1"
    host.unshare("lan0")


def test_vpn_loses_its_link(host, client):
    """The tunnel's program has died; its routes and rules are still there: as the computer
    itself, clients have no way."""
    host.share("lan0", "via", "auto")
    client.dhcp()
    with vpn(host, "wg0"):
        await_uplink(host, "wg0")
        host.run("ip link set wg0 down; ip route add unreachable default table 51820")
        await_state(host, "waiting", "no-primary")
        assert "block its way" in message(host)
        with capture(host, "eth1") as below:
            rows = probe(client, 5)
        assert [line for line in below if "ICMP host" not in line] == []
        assert "answered" not in {outcome for _, outcome, _ in rows}
        host.run("ip route del unreachable default table 51820; ip link set wg0 up; "
                 "ip route add default dev wg0 table 51820")
        await_uplink(host, "wg0")
        assert_served(client, ADDRESS)
    await_uplink(host, "eth1")
    host.unshare("lan0")


def test_half_of_a_vpn_is_none(host, client):
    host.share("lan0", "via", "auto")
    with vpn(host, "tun0"):
        await_uplink(host, "tun0")
        host.run("ip route del 0.0.0.0/1")
        host.unshare("lan0")
        host.share("lan0", "via", "auto")
        assert uplink(host) == "eth1"
        host.run("ip route add 0.0.0.0/1 via 10.2.0.1")
        await_uplink(host, "tun0")
    await_uplink(host, "eth1")
    host.unshare("lan0")


def test_vpn_of_networkmanager(host, client):
    """Its WireGuard profiles have a table and rules as wg-quick's, and the connection below
    stays the primary one."""
    rules = ("priority 32764 from 0.0.0.0/0 table 254 suppress_prefixlength 0, "
             "priority 32765 not from 0.0.0.0/0 fwmark 51820 table 51820")
    with wire(host, "wan7"), profile(host, "tunnel", "wan7", "100.64.7.2", "ipv4.route-table",
                                     "51820", "ipv4.routing-rules", rules):
        host.share("lan0", "via", "auto")
        client.dhcp()
        assert_served(client, ETH1)
        for _ in range(2):
            host.run("nmcli connection up tunnel")
            await_uplink(host, "wan7")
            assert "eth1" in host.run("nmcli -g GENERAL.DEVICES connection show wired")
            assert_served(client, "100.64.7.2")
            host.run("nmcli connection down tunnel")
            await_uplink(host, "eth1")
            assert_served(client, ETH1)
        host.unshare("lan0")


def test_lan_is_not_its_own_way_out(spare):
    """The computer's best default route is the LAN's until it is shared."""
    with profile(spare, "home", "lan0", "192.168.50.7", metric=5):
        spare.run("nmcli connection up home")
        refused = spare.sharectl("share", "lan0", "via", "auto")
        assert refused.returncode == 1 and "--force" in refused.stderr
        spare.share("lan0", "via", "auto", "--force")
        assert uplink(spare) == "eth1"
        spare.unshare("lan0")


def keep_networkmanager_off(host, name):
    """On a busy machine he may take a line for his own, and its address away."""
    wait_for(lambda: host.call(f"nmcli device set {name} managed no").returncode == 0)
    wait_for(lambda: "unmanaged" in host.run(f"nmcli -g GENERAL.STATE device show {name}"))


@pytest.fixture
def two_lines(host):
    with wire(host, "wan7", "wan8"):
        for number in "78":
            keep_networkmanager_off(host, f"wan{number}")
            host.run(f"ip address add 100.64.{number}.2/24 dev wan{number}; "
                     f"ip link set wan{number} up")
        yield
        host.unshare("--all")


HOPS = {
    "hops": "ip route add default metric 50 nexthop via 100.64.7.1 dev wan7 "
            "nexthop via 100.64.8.1 dev wan8",
    "objects": "ip nexthop add id 7 via 100.64.7.1 dev wan7; "
               "ip nexthop add id 8 via 100.64.8.1 dev wan8; "
               "ip nexthop add id 9 group 7/8; ip route add default metric 50 nhid 9",
}


@pytest.mark.parametrize("spelled_out", ["1", "0"])
@pytest.mark.parametrize("kind", HOPS)
def test_route_with_several_hops(host, client, two_lines, kind, spelled_out):
    host.run(f"sysctl -qw net.ipv4.nexthop_compat_mode={spelled_out}; {HOPS[kind]}")
    try:
        for number in "78":
            other = "wan8" if number == "7" else "wan7"
            host.share("lan0", "via", f"wan{number}")
            assert state(host) == ("active", "none")
            client.dhcp()
            with capture(host, other) as packets:
                assert_served(client, f"100.64.{number}.2")
            assert packets == []
            table = host.run("ip route show table 13700")
            assert f"default via 100.64.{number}.1 dev wan{number}" in table
            assert other not in table
        host.share("lan0", "via", "auto")
        assert uplink(host) in ("wan7", "wan8")
        client.dhcp()
        assert client.get("http://192.0.2.80/") == f"100.64.{uplink(host)[3]}.2"
        gone = uplink(host)
        host.internet.run(f"ip link set isp-{gone} down")
        await_uplink(host, "wan7" if gone == "wan8" else "wan8")
        assert client.get("http://192.0.2.80/") == f"100.64.{uplink(host)[3]}.2"
    finally:
        host.run("ip route del default metric 50; ip nexthop flush; "
                 "sysctl -qw net.ipv4.nexthop_compat_mode=1")


def test_gateway_with_an_ipv6_address(host, client):
    """RFC 8950: the line has no IPv4 network, just the computer an address."""
    with wire(host, "wan7"):
        keep_networkmanager_off(host, "wan7")
        host.internet.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=0 "
                          "net.ipv6.conf.isp-wan7.disable_ipv6=0; "
                          "ip address add fe80::7/64 dev isp-wan7 nodad; "
                          "ip address del 100.64.7.1/24 dev isp-wan7; "
                          "ip route add 100.64.7.2/32 dev isp-wan7")
        host.run("ip address add 100.64.7.2/32 dev wan7 && "
                 "ip address replace fe80::8/64 dev wan7 nodad && "
                 "ip -4 route add default via inet6 fe80::7 dev wan7 metric 50")
        for wan in ("auto", "wan7"):
            host.share("lan0", "via", wan)
            assert share_of(host)["uplink"] == "wan7"
            assert "default via inet6 fe80::7 dev wan7" in host.run("ip route show table 13700")
            client.dhcp()
            assert_served(client, "100.64.7.2")
        host.run("ip route flush table 13700")
        wait_for(lambda: "via inet6 fe80::7" in host.run("ip route show table 13700"))
        host.unshare("lan0")
    host.internet.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
