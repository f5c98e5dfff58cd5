# SPDX-License-Identifier: GPL-2.0-or-later
#
# Answers that come for flows which ended with their share, and what this computer asks itself
# meanwhile; and flows and packets that nobody has masqueraded.
#
import subprocess
import time

import pytest
from follow import PPP0, Traffic, capture
from host import wait_for
from test_astray import flood_of_answers, lease  # noqa: F401

PORTLESS = 253  # a protocol "for experimentation" (RFC 3692), which nobody has a handler for
PUSH = """import select, socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, int(sys.argv[1]))
sock.bind(("192.0.2.80", 0))
print("ready", flush=True)
_, client = sock.recvfrom(99)
while not select.select([sys.stdin], [], [], 0.01)[0]:
    sock.sendto(b"answer", client)"""
PULL = """import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, int(sys.argv[1]))
sock.settimeout(3)
sock.sendto(b"go", ("192.0.2.80", 0))
sock.recv(99)"""
ASK = """import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 40000))
sock.settimeout(1)
sock.sendto(bytes.fromhex("123401000001000000000000") + b"\\3www\\4test\\0\\0\\1\\0\\1",
            ("198.51.100.53", 53))
sock.recv(512)"""
SEND = """import socket, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("192.0.2.80", 7777))
for _ in range(50):
    sock.sendto(b"late", (sys.argv[1], 40000))
    time.sleep(0.01)"""
CONNTRACK = ("table ip fw { chain f { type filter hook forward priority 0; "
             "ct state established accept; }; }")
NOTRACK = "table ip fw {{ chain f {{ type filter hook prerouting priority raw; {} notrack; }}; }}"


@pytest.fixture
def other_filter(host):
    yield lambda text: host.run(["nft", "-f", "-"], input=text)
    host.run("nft delete table ip fw")


def errors(packets):
    return [packet for packet in packets if "ICMP" in packet]


def test_as_long_as_they_come(host, client, lease):  # noqa: F811
    with capture(host, "eth1", also=(PPP0,)) as packets, flood_of_answers(host, client):
        host.unshare("lan0")
        time.sleep(12)
        assert "answers" in host.run("nft list table inet connshare_left")
    assert errors(packets) == []


def test_of_a_protocol_without_ports(host, client, lease):  # noqa: F811
    server = host.internet.popen(["/usr/bin/python3", "-c", PUSH, str(PORTLESS)],
                                 stdin=subprocess.PIPE)
    assert server.stdout.readline() == "ready\n"
    client.run(["/usr/bin/python3", "-c", PULL, str(PORTLESS)])
    with capture(host, "eth1", also=(PPP0,)) as packets:
        host.unshare("lan0")
        time.sleep(0.5)
    server.communicate("\n")
    assert errors(packets) == []


def test_while_the_share_ends(host, client, lease):  # noqa: F811
    """For flows that nobody knows any more, as after a redial: then they are refused, but by the
    way they came."""
    with host.stopped("NetworkManager"), capture(host, "eth1", also=(PPP0,)) as packets:
        ending = host.popen(["sharectl", "unshare", "lan0"])
        wait_for(lambda: "lan0" in host.run("nft list set inet connshare closed_lans"))
        host.internet.run(["/usr/bin/python3", "-c", SEND, PPP0])
        assert ending.poll() is None
    ending.communicate()
    assert errors(packets) == []


def test_when_the_share_has_ended(host, client, lease):  # noqa: F811
    """And another stays: for flows that nobody knew any more at its end, as the kernel drops those
    of a line that is switched off."""
    host.share("lan1", "via", "eth1")
    host.unshare("lan0")
    with capture(host, "eth1", also=(PPP0,)) as packets:
        host.internet.run(["/usr/bin/python3", "-c", SEND, PPP0])
    host.unshare("lan1")
    assert errors(packets) == []


def test_what_this_computer_asks_itself(host, client, lease):  # noqa: F811
    """From the port that a client's flow had."""
    host.run("ip route add 198.51.100.53 dev ppp0")
    try:
        client.run(["/usr/bin/python3", "-c", ASK, "0.0.0.0"])
        host.unshare("lan0")
        assert "40000" in host.run("nft list table inet connshare_left")
        host.run(["/usr/bin/python3", "-c", ASK, PPP0])
    finally:
        host.run("ip route del 198.51.100.53 dev ppp0")


@pytest.mark.parametrize("what", ["udp dport 53", "iifname lan0"])
def test_packets_that_nobody_tracks(host, client, lease, other_filter, what):  # noqa: F811
    """Another program's rule, as on name servers; then they cannot be masqueraded."""
    other_filter(NOTRACK.format(what))
    with capture(host, "ppp0") as packets:
        client.call("dig +time=1 +tries=1 @198.51.100.53 www.test")
    assert [packet for packet in packets if "IP 192.168.137." in packet] == []


@pytest.mark.parametrize("on", [False, True], ids=["", "on a router"])
def test_flows_from_before_the_share(host, client, other_filter, on):
    other_filter(CONNTRACK)
    host.run("nmcli device set lan0 managed no; ip link set lan0 up; "
             "sysctl -qw net.ipv4.ip_forward=1; ip address add 10.7.0.1/24 dev lan0")
    host.internet.run("ip route add 10.7.0.0/24 via 198.18.1.2")
    client.run("ip address add 10.7.0.50/24 dev eth0; ip route add default via 10.7.0.1")
    try:
        with Traffic(client, "flow", "200") as traffic:
            time.sleep(0.3)
            host.run(f"sysctl -qw net.ipv4.ip_forward={int(on)}")
            with capture(host, "ppp0", also=("10.7.0.0/24",)) as packets:
                host.share("lan0", "via", "ppp0", "--keep-lan")
                shared = time.monotonic()
                time.sleep(1)
        assert [packet for packet in packets if "IP 10.7.0." in packet] == []
        assert any(sent > shared + 0.2 for sent, _ in traffic.report["udp"])
    finally:
        host.call("sharectl unshare lan0")
        host.internet.run("ip route del 10.7.0.0/24")
        host.run("sysctl -qw net.ipv4.ip_forward=0; ip address del 10.7.0.1/24 dev lan0; "
                 "nmcli device set lan0 managed yes")
