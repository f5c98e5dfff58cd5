# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must not go astray: answers to clients whose LAN is gone, errors that quote their packets,
# what neighbours at an uplink send through this computer, and what clients send in others' names.
#
# eth1 is the host's own way out; the share goes by ppp0.  Whatever concerns a client and shows up
# at eth1, or at another LAN, has gone astray.
#
import contextlib
import re
import time

import pytest
from chaos import frames
from follow import PPP0, Traffic, await_state, await_uplink, capture, dial, share_of
from host import wait_for

SEND = """import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for line in sys.stdin:
    target, packet = line.split()
    sock.sendto(bytes.fromhex(packet), (target, 0))
"""
FLAGS = {"syn": 2, "null": 0, "synfin": 3, "ack": 16}


def packet(source, target, kind, port):
    if kind == "icmp":
        return frames.ping(source, target, b"")
    if kind == "udp":
        return frames.udp(source, target, 4444, port, b"text")
    return frames.tcp(source, target, 4444, port, FLAGS[kind])


def send(place, *packets):
    """Each is (source, destination, kind, port)."""
    lines = [f"{row[1]} {packet(*row).hex()}\n" for row in packets]
    place.run(["/usr/bin/python3", "-c", SEND], input="".join(lines))


@pytest.fixture
def lease(host, client):
    host.share("lan0", "via", "ppp0")
    lease = client.dhcp()
    assert client.get() == PPP0
    return lease


@pytest.fixture
def router(host):
    """The host forwards for everybody, as where containers or virtual machines run: nothing but
    the share itself then keeps packets from going astray."""
    host.run("sysctl -qw net.ipv4.ip_forward=1")
    yield
    host.run("sysctl -qw net.ipv4.ip_forward=0; sysctl -qw net.ipv4.conf.default.forwarding=0")


@contextlib.contextmanager
def flood_of_answers(host, client):
    """A hundred datagrams a second to a client that has asked for them once."""
    with Traffic(host.internet, "push"):
        client.run(["/usr/bin/python3", "-c", "import socket; s = socket.socket(socket.AF_INET, "
                    "socket.SOCK_DGRAM); s.sendto(b'go', ('192.0.2.80', 7777)); s.recv(9)"])
        yield


ENDS = {
    "disconnected": lambda host: host.run("nmcli device disconnect lan0"),
    "address flushed": lambda host: host.run("ip address flush dev lan0"),
    "switched off": lambda host: host.run("ip link set lan0 down; sleep 0.5; ip link set lan0 up"),
    "moved": lambda host: host.share("lan0", "via", "ppp0", "--address", "192.168.138.1/24"),
    "given away": lambda host: host.run(
        "nmcli connection add save no type ethernet ifname lan0 con-name cafe autoconnect no "
        "ipv4.method manual ipv4.addresses 10.9.8.7/24 && nmcli connection up cafe"),
    "unshared": lambda host: host.unshare("lan0"),
    "in conflict": lambda host: host.run("ip address add 192.168.137.77/25 dev wan9"),
}


@pytest.mark.parametrize("forwards", [False, True], ids=["", "on a router"])
@pytest.mark.parametrize("end", ENDS)
def test_answers_whose_lan_is_gone(host, client, request, end, forwards):
    if forwards:
        request.getfixturevalue("router")
    request.getfixturevalue("lease")
    host.plug("wan9")
    try:
        with capture(host, "eth1", "lan1") as packets, flood_of_answers(host, client):
            time.sleep(0.1)
            ENDS[end](host)
            time.sleep(1)
    finally:
        host.call("nmcli connection delete cafe; ip link set lan0 up")
        host.unplug("wan9")
    assert packets == []


def test_answers_when_lan_and_uplink_move(host, client, router, lease):
    """The uplink once more, while NetworkManager is waited for with the LAN."""
    dial(host, 1, "ppp1")
    try:
        with capture(host, "eth1") as packets, flood_of_answers(host, client):
            with host.stopped("NetworkManager"):
                caller = host.popen(["sharectl", "share", "lan0", "via", "ppp1,eth1",
                                     "--address", "192.168.138.1/24"])
                await_state(host, "starting", "none")
                host.hang_up("ppp1")
                time.sleep(0.2)
            assert caller.wait(30) == 0
            await_uplink(host, "eth1")
            time.sleep(0.5)
    finally:
        host.call("ip link del ppp1")
    assert [packet for packet in packets if "192.168.137." in packet] == []


def test_answers_after_a_redial(host, client, lease):
    """Their flows went with the line, which returns with the address that it had."""
    with capture(host, "eth1", "lan1") as packets, flood_of_answers(host, client):
        for _ in range(3):
            host.hang_up()
            time.sleep(0.2)
            host.dial()
            time.sleep(0.5)
    assert packets == []


def test_late_answers_by_an_uplink_of_before(host, client):
    """It returns with its address, and the share has had another since, twice."""
    host.share("lan0", "via", "ppp0,eth1")
    client.dhcp()
    assert client.get() == PPP0
    with flood_of_answers(host, client):
        host.hang_up()
        await_uplink(host, "eth1")
        host.run("ip link set eth1 down")
        await_uplink(host, "")
        host.run("ip link set eth1 up")
        await_uplink(host, "eth1")
        with capture(host, "eth1") as packets:
            host.dial()
            time.sleep(1)
    assert [packet for packet in packets if "ICMP" in packet] == []


@pytest.mark.parametrize("forwards", [False, True], ids=["", "on a router"])
def test_errors_at_the_end_of_a_share(host, client, request, forwards):
    """The client goes on sending, and nobody quotes its packets elsewhere."""
    if forwards:
        request.getfixturevalue("router")
    request.getfixturevalue("lease")
    with capture(host, "eth1", "lan1") as packets, Traffic(client, "flow", "200"):
        time.sleep(0.1)
        host.unshare("lan0")
        time.sleep(0.5)
    gone_on = [packet for packet in packets if "ICMP" in packet and "unreachable" in packet]
    assert gone_on == []
    if not forwards:
        assert packets == []


ASK = """import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 40000))
sock.sendto(b"go", ("192.0.2.80", 7777))"""
ANSWER = """import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("192.0.2.80", 7777))
sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(sys.argv[2]))
sock.sendto(b"answer", (sys.argv[1], 40000))"""


@pytest.mark.parametrize("ttl", [1, 64], ids=["expired", "client is gone"])
def test_errors_about_answers(host, client, lease, ttl):
    """The kernel sends them by the host's own way, from its address there, and that address is
    translated into the uplink's only as they leave."""
    client.run(["/usr/bin/python3", "-c", ASK])
    if ttl > 1:
        client.run("ip address flush dev eth0")
        host.run("ip neigh flush dev lan0")
    with capture(host, "eth1", also=(PPP0,)) as packets:
        host.internet.run(["/usr/bin/python3", "-c", ANSWER, PPP0, str(ttl)])
        time.sleep(0.5 if ttl == 1 else 4)
    assert [packet for packet in packets if "ICMP" in packet] == []


def test_closed_before_it_ends(host, lease):
    heard = host.path("/run/log/nft-monitor")

    def is_heard():
        host.run("nft add table ip probe; nft delete table ip probe")
        return "probe" in heard.read_text()

    def find(wanted, unwanted="\0"):
        """The first transaction that does the one and not the other."""
        transactions = heard.read_text().split("# new generation")
        return next((number for number, text in enumerate(transactions)
                     if wanted in text and unwanted not in text), None)

    def end():
        # nft 1.0.6 has no words for what comes between that and the table itself
        return find("delete set inet connshare lans\n", "add table inet connshare\n")

    host.unshare("lan0")  # nft 1.0.6 only has words for what it has seen from the beginning
    monitor = host.popen("exec nft monitor >/run/log/nft-monitor")
    try:
        wait_for(is_heard)
        host.share("lan0", "via", "ppp0")
        host.unshare("lan0")
        wait_for(end)
    finally:
        monitor.kill()
        monitor.communicate()
    closed = find("add element inet connshare closed_lans")
    assert closed is not None and closed < end(), heard.read_text()


@pytest.fixture
def behind(host):
    """A network behind another interface of the host, which nothing forwards to."""
    place = host.plug("wan9")
    host.run("ip address add 10.99.0.1/24 dev wan9")
    place.run("ip address add 10.99.0.2/24 dev eth0; ip route add default via 10.99.0.1")
    host.internet.run("ip route add 10.99.0.0/24 via 203.0.113.10 dev isp-ppp0 onlink; "
                      "ip route add 192.168.137.0/24 via 203.0.113.10 dev isp-ppp0 onlink")
    yield place
    host.internet.run("ip route del 10.99.0.0/24; ip route del 192.168.137.0/24")
    host.unplug("wan9")


NEIGHBOUR = "203.0.113.1"  # at the uplink
BEHIND = (NEIGHBOUR, "10.99.0.0/24")


def test_no_router_for_neighbours_of_the_uplink(host, client, lease, behind):
    with capture(host, "eth1", "wan9", also=BEHIND) as packets:
        send(host.internet, *[(NEIGHBOUR, target, kind, 80)
                              for target in ("10.99.0.2", "198.18.1.1", "192.0.2.80")
                              for kind in ("icmp", "udp", "syn", "null", "ack")])
        ping = host.internet.call(["ping", "-c", "3", "-i", "0.2", "-W", "0.3", "-I", NEIGHBOUR,
                                   "10.99.0.2"])
        time.sleep(0.3)
    assert ping.returncode == 1 and packets == []
    assert client.get() == PPP0


@pytest.mark.parametrize("wreck", ["flushed", "yielding"])
def test_no_router_whatever_happens_to_the_filter(host, client, lease, behind, wreck):
    """The filter is away for a moment, or while the LAN is the user's own."""
    if wreck == "yielding":
        ENDS["given away"](host)
    try:
        with capture(host, "eth1", "wan9", also=BEHIND) as packets:
            flood = host.internet.popen(["ping", "-f", "-c", "3000", "-i", "0.002", "-W", "1",
                                         "-I", NEIGHBOUR, "10.99.0.2"])
            for _ in range(20):
                host.run("nft flush ruleset")
                time.sleep(0.05)
            assert flood.poll() is None
            flood.kill()
            flood.communicate()
    finally:
        host.call("nmcli connection delete cafe")
    assert packets == []


def test_others_flows_are_answered(host, client, lease, behind):
    """What somebody else forwards by the same uplink stays his own business."""
    host.run("echo 1 >/proc/sys/net/ipv4/conf/wan9/forwarding; ip route add 192.0.2.80 dev ppp0; "
             "nft add table ip mine; nft 'add chain ip mine post { type nat hook postrouting "
             "priority 100; }'; nft add rule ip mine post ip saddr 10.99.0.0/24 masquerade")
    try:
        assert behind.get("http://192.0.2.80/") == PPP0
    finally:
        host.run("nft delete table ip mine; ip route del 192.0.2.80; "
                 "echo 0 >/proc/sys/net/ipv4/conf/wan9/forwarding")


def test_ip_forward_is_the_hosts(host, client, lease, behind):
    """Switched on by somebody else meanwhile, and left on."""
    host.run("sysctl -qw net.ipv4.ip_forward=1")
    try:
        wait_for(lambda: "ppp0" not in host.run("nft list set inet connshare uplinks"))
        host.unshare("lan0")
        assert host.run("cat /proc/sys/net/ipv4/conf/ppp0/forwarding "
                        "/proc/sys/net/ipv4/conf/lan0/forwarding") == "1\n1"
    finally:
        host.run("sysctl -qw net.ipv4.ip_forward=0")


def test_flows_of_the_gap_do_not_go_on(host, client, lease):
    """What begins while the filter is away has no masquerade, and ends with the repair."""
    flushes = host.popen("while :; do nft flush ruleset; sleep 0.01; done")
    with contextlib.ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(Traffic(client, "flow", "50"))
        flushes.kill()
        flushes.communicate()
        time.sleep(1)
        with capture(host, "ppp0") as packets:
            time.sleep(1)
    assert packets and not [packet for packet in packets if "IP 192.168.137." in packet]


def test_who_stays_in_the_old_network_is_not_answered(host, client, lease):
    with capture(host, "eth1", "lan1") as packets, Traffic(client, "flow", "100"):
        time.sleep(0.1)
        ENDS["moved"](host)
        time.sleep(0.7)
    assert packets == []


def test_gateway_address_stays_here(host, client):
    """What asks for a client, bound to the uplink, must not take it for want of another."""
    host.share("lan0", "via", "eth1")
    client.dhcp()
    try:
        with capture(host, "eth1") as packets:
            with Traffic(client, "probe", "30", "0.05", "name"):
                time.sleep(0.05)
                host.run("ip address flush dev eth1")
            time.sleep(0.5)
    finally:
        host.run("nmcli connection up wired")
    assert packets and not [packet for packet in packets
                                if re.search(r"\b192\.168\.137\.1\b", packet)]


SPOOFED = ("8.8.8.8", "192.168.138.77", "192.168.137.1", "127.0.0.1", "203.0.113.1", "198.18.1.9")
TARGETS = ("192.0.2.80", "192.168.137.1", "192.168.138.77", "198.18.1.2", "203.0.113.1")


def spoofed(client_address):
    return [(source, target, kind, 4999) for source in SPOOFED for target in TARGETS
            for kind in ("icmp", "udp", "syn", "null", "synfin", "ack")]


@pytest.mark.parametrize("state", ["active", "waiting"])
def test_errors_are_not_reflected(host, client, lease, state):
    host.share("lan1", "via", "ppp0", "--address", "192.168.138.1/24")
    if state == "waiting":
        host.hang_up()
        wait_for(lambda: host.json("status")["shares"][0]["state"] == "waiting")
    client.run("ip neigh replace 192.168.137.1 dev eth0 lladdr 02:00:00:00:01:11; "
               "ip route replace default via 192.168.137.1; "
               "sysctl -qw net.ipv4.conf.all.rp_filter=0")
    try:
        with capture(host, "eth1", "lan1", also=SPOOFED) as packets:
            send(client, *spoofed(lease["ip"]))
            time.sleep(0.5)
    finally:
        if state == "waiting":
            host.dial()
    # a new LAN's addresses are asked for
    assert [packet for packet in packets if "ARP, " not in packet] == []


def test_a_full_table_of_others_does_not_take_the_answers(host, client, lease):
    """As Tailscale's exit node has it: a rule before main, without suppress_prefixlength."""
    host.run("ip route add default dev eth1 table 52; ip rule add pref 5270 lookup 52")
    try:
        assert client.get() == PPP0
        assert client.resolve("asker.test") == [PPP0]
        assert client.run("ping -c 1 -W 1 192.168.137.1")
        client.forget()
        client.dhcp()
    finally:
        host.run("ip rule del pref 5270; ip route flush table 52")


@pytest.mark.parametrize("rule", ["pref 3 lookup 52", "pref 3 iif ppp0 lookup 52"],
                         ids=["all packets", "what comes in by the uplink"])
def test_who_takes_the_answers_first_is_named(host, client, lease, rule):
    host.run(f"ip route add default dev eth1 table 52; ip rule add {rule}")
    try:
        await_state(host, "waiting", "answers-astray")
        finding = next(one for one in host.findings() if one["code"] == "answers-astray")
        assert "leave by eth1" in finding["message"] and "table 52" in finding["message"]
    finally:
        host.run(f"ip rule del {rule}; ip route flush table 52")
    await_state(host, "active", "none")
    assert client.get() == PPP0


@pytest.mark.parametrize("rule", ["pref 3 from 192.168.0.0/16 lookup 52",
                                  "pref 0 iif lan0 lookup 52"])
def test_who_takes_clients_packets_is_named(host, client, lease, rule):
    host.run(f"ip route add default dev eth1 table 52; ip rule add {rule}")
    try:
        await_state(host, "waiting", "clients-astray")
        finding = next(one for one in host.findings() if one["code"] == "clients-astray")
        assert "leave by eth1" in finding["message"] and "table 52" in finding["message"]
    finally:
        host.run(f"ip rule del {rule}; ip route flush table 52")
    await_state(host, "active", "none")
    assert client.get() == PPP0


def test_room_between_others_rules(host, client):
    """There is none in front of the first, which does no harm; the next one would."""
    host.run("ip rule add pref 1 from 10.9.9.9 lookup 77; "
             "ip rule add pref 100 from 192.168.0.0/16 lookup 52; "
             "ip route add default dev eth1 table 52")
    try:
        host.share("lan0", "via", "ppp0")
        client.dhcp()
        assert client.get() == PPP0
        with capture(host, "eth1") as packets, Traffic(client, "flow", "500"):
            for _ in range(10):
                host.run("nft flush ruleset")
                time.sleep(0.05)
        assert packets == []
    finally:
        host.run("ip rule del pref 1; ip rule del pref 100; ip route flush table 52")


def test_open_nowhere_while_it_yields(host, client, lease):
    """The user's own connection on the LAN, and a firewall that drops: our accepts are gone."""
    host.run("iptables -P FORWARD DROP && sysctl -qw net.ipv4.ip_forward=1")
    try:
        wait_for(lambda: "connshare" in host.run("iptables -S FORWARD"))
        ENDS["given away"](host)
        wait_for(lambda: "connshare" not in host.run("iptables -S FORWARD"))
        await_state(host, "waiting", "lan-taken")
        share = share_of(host)
        findings = host.findings()
        assert not share.get("blocked_by")
        assert [finding for finding in findings if finding["code"] == "blocked"] == []
    finally:
        host.run("nmcli connection delete cafe; iptables -P FORWARD ACCEPT; "
                 "sysctl -qw net.ipv4.ip_forward=0")
        host.unshare("lan0")
        host.run("nft flush ruleset")


def test_uplink_has_just_lost_its_address(host, client):
    """The kernel masquerades with another interface's then, while there is a route."""
    dial(host, 1, "ppp1")
    try:
        host.share("lan0", "via", "ppp1")
        client.dhcp()
        table = re.search(r"iif lan0 lookup (\d+)", host.run("ip rule"))[1]
        route = host.run(f"ip route show default table {table}").splitlines()[0]
        with host.stopped("connshared"):
            host.run(f"ip address flush dev ppp1; ip route add {route} table {table} onlink")
            with capture(host, "ppp1") as packets:
                client.call("ping -c 3 -i 0.2 -W 1 192.0.2.80")
    finally:
        host.unshare("--all")
        host.hang_up("ppp1")
    assert packets == []
