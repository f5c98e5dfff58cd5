# SPDX-License-Identifier: GPL-2.0-or-later
#
# While the chosen uplink is away nothing of a client leaves by another one, whatever state the
# service and the ruleset are in.  The host forwards for everybody here, so that nothing but
# the product is in the way.
#
import contextlib
import time

import pytest
from follow import ETH1, PPP0, Traffic, await_state, capture, probe, profile, wire
from host import wait_for

OTHERS = ("eth1", "lan1")
REQUESTS = 50  # of each of the four kinds
ASK_FOR_PUSH = ("import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                "s.sendto(b'push', ('192.0.2.80', 7777)); s.recv(10)")


@pytest.fixture
def shared(spare):
    share(spare)
    return spare


def share(spare):
    spare.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")
    spare.share("lan0", "via", "ppp0")
    spare.client.dhcp()
    assert spare.client.get() == PPP0
    assert "default via 198.18.1.1 dev eth1" in spare.run("ip route")


def assert_nothing_by_others(host):
    with capture(host, *OTHERS) as packets:
        rows = probe(host.client, REQUESTS)
    assert [line for line in packets if "ICMP host" not in line] == []  # our own refusals
    assert len(rows) == 4 * REQUESTS
    return rows


def assert_nothing_leaves(host):
    rows = assert_nothing_by_others(host)
    assert [row for row in rows if row[1] == "answered"] == []
    return rows


def test_capture_sees_what_would_leave(shared):
    """Via the other uplink all of it is seen there: the other tests look at the right place."""
    shared.share("lan0", "via", "eth1")
    with capture(shared, "eth1") as packets:
        rows = probe(shared.client, 2)
    assert {kind for kind, outcome, _ in rows if outcome == "answered"} == {"tcp", "ping", "name"}
    assert any("192.0.2.80.80:" in line for line in packets)
    assert any("ICMP echo request" in line for line in packets)
    assert any("198.51.100.53.53:" in line for line in packets)


def test_nothing_leaves(shared):
    shared.hang_up()
    await_state(shared, "waiting", "uplink-missing")
    assert_nothing_leaves(shared)


def test_nothing_leaves_at_the_moment_of_the_loss(shared):
    """A running flow, and no gap between the loss and the reaction."""
    with capture(shared, *OTHERS) as packets, Traffic(shared.client, "flow", "500"):
        time.sleep(0.3)
        shared.hang_up()
        time.sleep(0.7)
    assert packets == []


def test_nothing_leaves_to_a_network_that_was_given_up(shared):
    """A server that goes on by itself: the host has no other route to the client by then."""
    with Traffic(shared.internet, "push") as push:
        shared.client.run(["/usr/bin/python3", "-c", ASK_FOR_PUSH])
        with capture(shared, "ppp0") as before:
            time.sleep(0.2)
        shared.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
        with capture(shared, *OTHERS) as packets:
            time.sleep(0.5)
    assert any("192.0.2.80.7777 >" in line for line in before)
    assert push.report > 50
    assert [line for line in packets if "192.168.137." in line] == []  # the rest is the host's


def test_nothing_leaves_when_the_service_is_dead(shared):
    shared.kill("connshared")
    shared.hang_up()
    assert_nothing_leaves(shared)


def test_nothing_leaves_when_the_service_dies_after_the_loss(shared):
    shared.hang_up()
    await_state(shared, "waiting", "uplink-missing")
    shared.kill("connshared")
    assert_nothing_leaves(shared)


def test_nothing_leaves_when_the_ruleset_is_flushed(shared):
    shared.kill("connshared")
    shared.hang_up()
    shared.run("nft flush ruleset")
    assert_nothing_leaves(shared)


def test_nothing_leaves_by_another_interface_when_the_ruleset_is_flushed(shared):
    """The uplink is there, and nobody repairs the ruleset."""
    shared.kill("connshared")
    shared.run("nft flush ruleset")
    with capture(shared, *OTHERS) as packets:
        probe(shared.client, 5)
    assert packets == []


def test_ended_by_the_user_it_does_not_stand_in_the_way(shared):
    shared.hang_up()
    shared.unshare("lan0")
    shared.share("lan0", "via", "eth1")
    shared.client.dhcp()
    assert shared.client.get() == ETH1


ERRORS = {"tcp": "EHOSTUNREACH", "udp": "EHOSTUNREACH", "ping": "ICMP 3/1", "name": "RCODE 5"}


def assert_errors_at_once(host, number, *kinds):
    for kind, outcome, _ in probe(host.client, number, *kinds, patience=2):
        assert outcome == ERRORS[kind], kind


@pytest.mark.parametrize("service", ["alive", "dead"])
def test_every_request_is_refused_at_once(shared, service):
    """Not only the first two of a burst, which is what the kernel's limit of ICMP errors
    (net.ipv4.icmp_ratelimit) would let pass."""
    shared.hang_up()
    await_state(shared, "waiting", "uplink-missing")
    if service == "dead":
        shared.kill("connshared")
    assert_errors_at_once(shared, 20)
    assert "1 received" in shared.client.run("ping -c 1 -W 1 192.168.137.1")
    assert "1 received" in shared.client.run(f"ping -c 1 -W 1 {ETH1}")


def test_refusals_end_with_the_wait(shared):
    shared.hang_up()
    await_state(shared, "waiting", "uplink-missing")
    shared.dial()
    await_state(shared, "active", "none")
    assert shared.client.get() == PPP0
    shared.hang_up()
    await_state(shared, "waiting", "uplink-missing")
    shared.unshare("lan0")
    assert "connshare" not in shared.ruleset()


@pytest.mark.parametrize("kind", ["tcp", "udp", "ping"])
@pytest.mark.parametrize("wreck", ["true", "nft flush ruleset"])
def test_first_is_refused_at_once_whatever_happens(shared, kind, wreck):
    """By the routes alone: the service was dead before the loss."""
    shared.kill("connshared")
    shared.hang_up()
    shared.run(wreck)
    assert_errors_at_once(shared, 1, kind)


@pytest.fixture
def with_ipv6(shared):
    """The LAN, the client and the other uplink have IPv6, and the host forwards it."""
    shared.run("sysctl -qw net.ipv6.conf.lan0.disable_ipv6=0 net.ipv6.conf.eth1.disable_ipv6=0; "
               "ip address add fd00:1::1/64 dev lan0 nodad; "
               "ip address add fd00:9::2/64 dev eth1 nodad; "
               "ip -6 route add default via fd00:9::1 dev eth1")
    shared.client.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=0 "
                      "net.ipv6.conf.eth0.disable_ipv6=0; "
                      "ip address add fd00:1::2/64 dev eth0 nodad; "
                      "ip -6 route add default via fd00:1::1")
    shared.internet.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=0 "
                        "net.ipv6.conf.isp1.disable_ipv6=0; "
                        "ip address add fd00:9::1/64 dev isp1 nodad; "
                        "ip -6 route add fd00:1::/64 via fd00:9::2")
    wait_for(lambda: shared.call("ping -6 -c 1 -W 1 fd00:9::1").returncode == 0)
    return shared


def ping6(host):
    return host.client.call("ping -6 -n -c 3 -i 0.2 -W 1 fd00:9::1").stdout


@pytest.mark.parametrize("wreck", ["true", "nft flush ruleset"])
def test_ipv6_of_clients_is_not_forwarded(with_ipv6, wreck):
    """Whoever can tell whether an error finds its way says so at once."""
    with_ipv6.kill("connshared")
    with_ipv6.run(wreck)
    assert "1 received" in with_ipv6.client.run("ping -6 -c 1 -W 2 fd00:1::1")
    told = ping6(with_ipv6)
    assert " 0 received" in told
    assert wreck != "true" or "prohibited" in told


def test_ipv6_is_forwarded_again_afterwards(with_ipv6):
    with_ipv6.unshare("lan0")
    with_ipv6.run("sysctl -qw net.ipv6.conf.lan0.disable_ipv6=0; "
                  "ip address replace fd00:1::1/64 dev lan0 nodad")
    wait_for(lambda: " 0 received" not in ping6(with_ipv6))


@contextlib.contextmanager
def conflict(host):
    """What makes a share fail whose address was set by hand."""
    with wire(host, "wan7"), profile(host, "home", "wan7", "192.168.137.7"):
        host.run("nmcli connection up home")
        yield


@pytest.fixture
def shared_again(spare):
    """The LAN has a connection of the user, which is there again when the share has failed."""
    with profile(spare, "mine", "lan0", "10.77.0.1"):
        spare.run("nmcli connection modify mine ipv4.gateway '' && nmcli connection up mine")
        share(spare)
        yield spare
        spare.unshare("--all")


def remember_gateway(host):
    """The client goes on sending to the gateway, as it does for a while."""
    mac = host.run("cat /sys/class/net/lan0/address")
    host.client.run(f"ip neigh replace 192.168.137.1 lladdr {mac} dev eth0 nud permanent")


def test_nothing_leaves_while_the_share_has_failed(shared_again):
    shared = shared_again
    shared.share("lan0", "via", "ppp0", "--address", "192.168.137.1/24")
    shared.client.dhcp()
    remember_gateway(shared)
    with conflict(shared):
        await_state(shared, "failed", "address-conflict")
        assert_nothing_leaves(shared)
        shared.kill("connshared")
        shared.run("nft flush ruleset")
        assert_nothing_leaves(shared)
        await_state(shared, "failed", "address-conflict")
        shared.unshare("lan0")
        assert "connshare" not in shared.ruleset() + shared.run("ip rule; ip -6 rule")


def test_nothing_leaves_when_it_failed_at_the_start(shared_again):
    """As after a reboot, when nothing is in force yet, and there are no flows."""
    shared = shared_again
    shared.kill("connshared", 15)
    shared.run("sysctl -qw net.ipv4.ip_forward=0; "
               "nft flush ruleset; conntrack -F; ip rule flush proto 137; "
               "ip -6 rule del pref 5000; ip route flush table 13700; rm -r /run/connshare; "
               "pkill -x dnsmasq; mv /usr/sbin/dnsmasq /usr/sbin/dnsmasq.away; "
               "sysctl -qw net.ipv4.ip_forward=1; nmcli connection up mine")
    await_state(shared, "failed", "failed")
    remember_gateway(shared)
    assert_nothing_by_others(shared)  # each new try opens the share via ppp0 until it fails
    shared.run("mv /usr/sbin/dnsmasq.away /usr/sbin/dnsmasq")
    await_state(shared, "active", "none")
    assert shared.client.get() == PPP0
