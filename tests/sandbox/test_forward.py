# SPDX-License-Identifier: GPL-2.0-or-later
#
# Port mappings: from the Internet, the LAN and this computer to a client's real server.
#
import contextlib
import ipaddress
import re
import signal
import time

import pytest
from follow import PPP0, await_state, await_uplink, dial
from host import BusError, wait_for
from ipv6 import beside, clients6, delegating, internet6, managed, page6, usable

SHARE = "/org/connshare1/share/lan0"
INTERFACE = "org.connshare1.Share"
# Answers each line, or packet, with its own name and whom it came from.
SERVER = """import selectors, socket, sys
name, kind, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
family = socket.AF_INET6 if sys.argv[5:6] == ["6"] else socket.AF_INET
tcp, any_address = kind == "tcp", "::" if family == socket.AF_INET6 else "0.0.0.0"
waiting = selectors.DefaultSelector()
for port in range(first, last + 1):
    one = socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for device in sys.argv[6:]:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    one.bind((any_address, port))
    if tcp: one.listen()
    waiting.register(one, selectors.EVENT_READ, (tcp, port))
print("ready", flush=True)
while True:
    for key, _ in waiting.select():
        listens, port = key.data
        if listens:
            connection, peer = key.fileobj.accept()
            waiting.register(connection, selectors.EVENT_READ, (False, (port, peer[0])))
        elif tcp:
            try: data = key.fileobj.recv(1000)
            except OSError: data = b""
            if data: key.fileobj.send(f"{name} {port[0]} {port[1]}\\n".encode())
            else: waiting.unregister(key.fileobj); key.fileobj.close()
        else:
            data, peer = key.fileobj.recvfrom(1000)
            key.fileobj.sendto(f"{name} {port} {peer[0]}\\n".encode(), peer)
"""
# Asks once; or again for each line of its input.
ASK = """import socket, sys
kind, address, port, patience = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
one.settimeout(patience)
def ask():
    try:
        one.send(b"who\\n")
        print(one.recv(1000).decode().strip() or "closed", flush=True)
    except OSError as error: print(type(error).__name__, flush=True)
try: one.connect((address, port))
except OSError as error: print(type(error).__name__, flush=True); sys.exit()
ask()
if sys.argv[5:]:
    for line in sys.stdin: ask()
"""


@contextlib.contextmanager
def server(place, name, kind, first, last=None, *family_and_device):
    process = place.popen(["/usr/bin/python3", "-c", SERVER, name, kind, str(first),
                           str(last or first), *family_and_device])
    assert process.stdout.readline() == "ready\n", process.stderr.read()
    yield
    process.kill()
    process.communicate()


def ask(place, kind, address, port, patience=1):
    """"NAME PORT PEER" of who answers, or why nobody does."""
    return place.run(["/usr/bin/python3", "-c", ASK, kind, address, str(port), str(patience)])


class Flow:
    """One that stays open."""

    def __init__(self, place, kind, address, port):
        self.process = place.popen(["/usr/bin/python3", "-c", ASK, kind, address, str(port), "1",
                                    "on"], stdin=-1)
        self.first = self.process.stdout.readline().strip()

    def ask(self):
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        return self.process.stdout.readline().strip()

    def close(self):
        self.process.kill()
        self.process.communicate()

# Sends to whoever asks first, for ever; and takes all that comes.
PUSH = """import socket, sys, time
tcp = sys.argv[1] == "tcp"
one = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
one.bind(("0.0.0.0", 8080))
if tcp: one.listen()
print("ready", flush=True)
if tcp: one, _ = one.accept()
else: one.connect(one.recvfrom(100)[1])
while True:
    try: one.send(b"x")
    except OSError: pass
    time.sleep(0.05)
"""
TAKE = """import socket, sys, time
one = socket.socket(socket.AF_INET,
                    socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM)
one.connect((sys.argv[2], 8080))
one.send(b"x")
while one.recv(100): print(time.time(), flush=True)
"""


def mac_of(client):
    return client.run("cat /sys/class/net/eth0/address")


def mapping(protocol, port, client, **more):
    words = {"protocol": f"'{protocol}'", "port": f"uint16 {port}", "client": f"'{client}'"}
    for key, value in more.items():
        words[key.replace("_", "-")] = f"uint16 {value}" if isinstance(value, int) else f"'{value}'"
    return "({%s},)" % ", ".join(f"'{key}': <{value}>" for key, value in words.items())


def add(bus, protocol, port, client, path=SHARE, **more):
    return bus.call("AddForward", mapping(protocol, port, client, **more), path, INTERFACE)[0]


def remove(bus, protocol, port, path=SHARE):
    bus.call("RemoveForward", f"('{protocol}', uint16 {port})", path, INTERFACE)


def mappings(bus, path=SHARE):
    return bus.call("ListForwards", "()", path, INTERFACE)[0]


@pytest.fixture
def shared(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp(name="phone")
    return host


@pytest.fixture
def phone(shared, client):
    """Its servers."""
    with server(client, "phone", "tcp", 8080), server(client, "phone", "udp", 8080):
        yield client


LAN_ADDRESS = "192.168.137.82"
CLOSED = "ConnectionRefusedError"


def reaches(place, kind="tcp", address=PPP0, port=8080):
    return ask(place, kind, address, port).startswith("phone ")


def has_file(host):
    return host.path("/var/lib/connshare/forwards").exists()


# --- To a client


@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_by_address(shared, phone, bus, kind):
    assert ask(shared.internet, kind, PPP0, 8080) == CLOSED
    reply = add(bus, kind, 8080, LAN_ADDRESS, name="game")
    assert ask(shared.internet, kind, PPP0, 8080) == "phone 8080 203.0.113.1"
    assert ask(shared.internet, kind, PPP0, 8081) == CLOSED
    assert ask(shared.internet, "udp" if kind == "tcp" else "tcp", PPP0, 8080) == CLOSED
    assert reply == {"protocol": kind, "port": 8080, "client": LAN_ADDRESS, "to-port": 8080,
                     "name": "game", "origin": "user", "state": "active",
                     "address": LAN_ADDRESS, "external-address": PPP0}
    assert mappings(bus) == [reply]
    wait_for(lambda: [SHARE, INTERFACE, "ForwardsChanged", []] in bus.signals())


def test_range_to_other_ports(shared, client, bus):
    with server(client, "phone", "udp", 7000, 7003):
        add(bus, "udp", 5000, LAN_ADDRESS, end_port=5003, to_port=7000)
        for i in range(4):
            assert ask(shared.internet, "udp", PPP0, 5000 + i).startswith(f"phone {7000 + i} ")
        for port in (4999, 5004, 7000):
            assert ask(shared.internet, "udp", PPP0, port) == CLOSED


def test_by_mac_follows_the_lease(shared, phone, bus):
    reply = add(bus, "tcp", 8080, mac_of(phone).upper())
    assert reply["client"] == mac_of(phone) and reply["address"] == LAN_ADDRESS
    assert reaches(shared.internet)
    bus.call("SetClient", f"('{mac_of(phone)}', {{'address': <'192.168.137.50'>}})", SHARE,
             INTERFACE)
    phone.forget()
    phone.dhcp(name="phone")
    wait_for(lambda: reaches(shared.internet), 5)
    assert mappings(bus)[0]["address"] == "192.168.137.50"


def test_by_name(shared, phone, bus):
    wait_for(lambda: bus.property(SHARE, "ClientCount") == 1)
    assert add(bus, "tcp", 8080, "Phone")["client"] == mac_of(phone)
    assert reaches(shared.internet)


def test_of_one_that_is_not_there_yet(host, client, bus):
    host.share("lan0", "via", "ppp0")
    assert add(bus, "tcp", 8080, mac_of(client))["state"] == "no-address"
    client.dhcp()
    with server(client, "phone", "tcp", 8080):
        wait_for(lambda: reaches(host.internet), 5)
    assert mappings(bus)[0]["state"] == "active"


def test_blocked(shared, phone, bus):
    add(bus, "udp", 8080, mac_of(phone))
    add(bus, "tcp", 8080, LAN_ADDRESS)
    flow = Flow(shared.internet, "tcp", PPP0, 8080)
    assert flow.first.startswith("phone")
    wait_for(lambda: bus.property(SHARE, "ClientCount") == 1)
    capture = phone.popen(["tcpdump", "-Z", "root", "-nl", "-i", "eth0", "port 8080"])
    assert "listening" in capture.stderr.readline() + capture.stderr.readline()
    bus.call("SetClient", f"('{mac_of(phone)}', {{'blocked': <true>}})", SHARE, INTERFACE)
    for kind in ("tcp", "udp"):
        assert ask(shared.internet, kind, PPP0, 8080) == CLOSED
    assert not flow.ask().startswith("phone")
    flow.close()
    capture.kill()
    assert "203.0.113.1." not in capture.communicate()[0].replace(f"{LAN_ADDRESS}.8080 >", "")
    bus.call("SetClient", f"('{mac_of(phone)}', {{'blocked': <false>}})", SHARE, INTERFACE)
    wait_for(lambda: reaches(shared.internet) and reaches(shared.internet, "udp"), 5)


# --- From where


@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_from_inside(shared, phone, bus, kind):
    """By the uplink's address, as from the Internet."""
    add(bus, kind, 8080, LAN_ADDRESS)
    assert ask(shared, kind, PPP0, 8080) == f"phone 8080 {PPP0}"
    assert ask(phone, kind, PPP0, 8080) == "phone 8080 192.168.137.1"
    assert ask(shared, kind, "127.0.0.1", 8080) == CLOSED


def test_not_from_another_uplink_or_lan(shared, phone, bus):
    add(bus, "tcp", 8080, LAN_ADDRESS)
    shared.share("lan1", "via", "ppp0")
    shared.client2.dhcp()
    assert ask(shared.internet, "tcp", "198.18.1.2", 8080) == CLOSED
    shared.internet.run(f"ip route replace {PPP0} via 198.18.1.2 dev isp1")
    try:
        assert not reaches(shared.internet)
    finally:
        shared.internet.run(f"ip route replace {PPP0} dev isp-ppp0 src 203.0.113.1")
    assert not reaches(shared.client2)
    assert reaches(shared.internet)


def test_counted(shared, phone, bus):
    add(bus, "udp", 8080, LAN_ADDRESS)
    before = [bus.property(SHARE, name) for name in ("PacketsReceived", "PacketsSent")]
    assert reaches(shared.internet, "udp")
    after = [bus.property(SHARE, name) for name in ("PacketsReceived", "PacketsSent")]
    assert [b - a for a, b in zip(before, after)] == [1, 1]


def short_path(host, address, six=""):
    """Packets from and to a client that took it."""
    maps = [host.run(f"nft list map inet connshare short_{way}{six}")
            for way in ("sent", "received")]
    return [int(re.search(rf"{address} .*?counter packets (\d+)", text)[1]) for text in maps]


def is_known(host, address, six=""):
    return address in host.run(f"nft list map inet connshare short_received{six}")


def test_takes_the_short_path(shared, phone, bus):
    add(bus, "udp", 8080, LAN_ADDRESS)
    wait_for(lambda: is_known(shared, LAN_ADDRESS))
    flow = Flow(shared.internet, "udp", PPP0, 8080)
    before = short_path(shared, LAN_ADDRESS)
    for _ in range(5):
        assert flow.ask().startswith("phone")
    after = short_path(shared, LAN_ADDRESS)
    flow.close()
    assert [b - a for a, b in zip(before, after)] == [5, 5]


# --- What may come between


def test_new_address(shared, phone, bus):
    add(bus, "tcp", 8080, LAN_ADDRESS)
    shared.hang_up()
    wait_for(lambda: mappings(bus)[0]["state"] == "no-uplink")
    address = dial(shared, 7)
    try:
        wait_for(lambda: reaches(shared.internet, address=address), 5)
        assert mappings(bus)[0]["external-address"] == address
    finally:
        shared.hang_up()
        shared.dial()
    await_state(shared, "active", "none")


def test_failover(host, client, bus):
    host.share("lan0", "via", "ppp0,eth1")
    client.dhcp()
    with server(client, "phone", "tcp", 8080):
        add(bus, "tcp", 8080, LAN_ADDRESS)
        flow = Flow(host.internet, "tcp", PPP0, 8080)
        assert flow.first.startswith("phone")
        host.run("ip link set ppp0 down")
        try:
            await_uplink(host, "eth1")
            wait_for(lambda: reaches(host.internet, address="198.18.1.2"), 5)
            assert not any(word.startswith("phone") for word in (flow.ask(), flow.ask()))
            wait_for(lambda: "dport=8080" not in host.run(
                f"grep 'dst={PPP0}' /proc/net/nf_conntrack || true"))
        finally:
            flow.close()
            host.hang_up()
            host.dial()
        await_uplink(host, "ppp0")
        assert reaches(host.internet)


@pytest.mark.parametrize("damage", ["flush ruleset", "delete table inet connshare",
                                    "flush map inet connshare forwards",
                                    "flush set inet connshare forward_targets"])
def test_somebody_else(shared, phone, bus, damage):
    add(bus, "tcp", 8080, LAN_ADDRESS)
    shared.run(["nft", *damage.split()])
    wait_for(lambda: reaches(shared.internet), 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_service_ends_and_starts(shared, phone, bus, number):
    reply = add(bus, "tcp", 8080, mac_of(phone))
    flow = Flow(shared.internet, "tcp", PPP0, 8080)
    shared.kill("connshared", number)
    assert flow.ask().startswith("phone")
    assert reaches(shared.internet)
    assert mappings(bus) == [reply]
    await_state(shared, "active", "none")
    assert reaches(shared.internet)
    assert flow.ask().startswith("phone")
    flow.close()
    remove(bus, "tcp", 8080)
    assert not reaches(shared.internet)


def test_address_changes_while_the_service_is_away(shared, phone, bus):
    add(bus, "tcp", 8080, LAN_ADDRESS)
    shared.kill("connshared")
    shared.hang_up()
    address = dial(shared, 8)
    try:
        await_state(shared, "active", "none")
        assert reaches(shared.internet, address=address)
    finally:
        shared.hang_up()
        shared.dial()


# --- Its end


def test_gone_with_the_share(shared, phone, bus):
    add(bus, "tcp", 8080, LAN_ADDRESS)
    flow = Flow(shared.internet, "tcp", PPP0, 8080)
    assert has_file(shared)
    shared.unshare("lan0")
    assert not has_file(shared)
    assert not flow.ask().startswith("phone")
    flow.close()
    shared.share("lan0", "via", "ppp0")
    assert mappings(bus) == [] and not reaches(shared.internet)


def test_beside_another_share(shared, phone, bus):
    shared.share("lan1", "via", "ppp0")
    add(bus, "tcp", 8080, LAN_ADDRESS)
    shared.unshare("lan0")
    assert "8080" not in shared.run("nft list map inet connshare forwards; "
                                    "nft list set inet connshare forward_targets")
    assert not has_file(shared)


@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_removed(shared, client, bus, kind):
    """Its own flows end, and no others."""
    with server(client, "phone", kind, 8080):
        add(bus, kind, 8080, LAN_ADDRESS)
        add(bus, kind, 8081, LAN_ADDRESS, to_port=8080)
        flow, other = (Flow(shared.internet, kind, PPP0, port) for port in (8080, 8081))
        assert flow.first.startswith("phone") and other.first.startswith("phone")
        remove(bus, kind, 8080)
        assert not flow.ask().startswith("phone")
        assert not reaches(shared.internet, kind)
        assert other.ask().startswith("phone")
        assert [one["port"] for one in mappings(bus)] == [8081]
        assert has_file(shared)
        remove(bus, kind, 8081)
        assert not other.ask().startswith("phone") and not has_file(shared)
        flow.close()
        other.close()


@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_client_does_not_go_on(shared, client, bus, kind):
    """It would begin the flow again, from the same port."""
    push = client.popen(["/usr/bin/python3", "-c", PUSH, kind])
    assert push.stdout.readline() == "ready\n"
    add(bus, kind, 8080, LAN_ADDRESS)
    take = shared.internet.popen(["/usr/bin/python3", "-c", TAKE, kind, PPP0])
    assert take.stdout.readline()
    remove(bus, kind, 8080)
    removed = time.time()
    time.sleep(1)
    for process in (take, push):
        process.kill()
    assert not [line for line in take.communicate()[0].split() if float(line) > removed + 0.1]
    push.communicate()


# --- Whose port it is


def test_taken_by_a_program(shared, bus):
    with server(shared, "laptop", "tcp", 8080), pytest.raises(BusError) as error:
        add(bus, "tcp", 8080, LAN_ADDRESS)
    assert error.value.name.endswith(".NotSuitable")
    assert "python3" in str(error.value) and "tcp port 8080" in str(error.value)
    add(bus, "tcp", 8080, LAN_ADDRESS)


def test_taken_by_a_program_within_a_range(shared, bus):
    with server(shared, "laptop", "udp", 8085), pytest.raises(BusError) as error:
        add(bus, "udp", 8080, LAN_ADDRESS, end_port=8090)
    assert "udp port 8085" in str(error.value)


def test_not_taken_by_a_program_on_another_device(shared, bus):
    """Such as the share's own DHCP server."""
    for device in ("lan1", "ppp0"):
        with server(shared, "laptop", "udp", 8080, 8080, "4", device):
            if device == "lan1":
                assert add(bus, "udp", 8080, LAN_ADDRESS)["state"] == "active"
                remove(bus, "udp", 8080)
                continue
            with pytest.raises(BusError) as error:
                add(bus, "udp", 8080, LAN_ADDRESS)
            assert "python3" in str(error.value)
    assert add(bus, "udp", 67, LAN_ADDRESS)["state"] == "active"


def test_taken_by_another_mapping(shared, bus):
    add(bus, "tcp", 8080, LAN_ADDRESS, end_port=8090)
    with pytest.raises(BusError) as error:
        add(bus, "tcp", 8085, "192.168.137.99")
    assert error.value.name.endswith(".NotSuitable")
    assert "tcp 8080-8090 leads to 192.168.137.82 already" in str(error.value)
    with pytest.raises(BusError) as error:
        remove(bus, "tcp", 8085)
    assert error.value.name.endswith(".InvalidArgument") and "8080-8090" in str(error.value)


def test_taken_by_another_share(shared, phone, bus):
    shared.share("lan1", "via", "ppp0")
    shared.client2.dhcp()
    add(bus, "tcp", 8080, LAN_ADDRESS)
    with pytest.raises(BusError) as error:
        add(bus, "tcp", 8080, mac_of(shared.client2), path=SHARE.replace("lan0", "lan1"))
    assert error.value.name.endswith(".NotSuitable") and "lan0" in str(error.value)


def test_taken_by_a_share_that_has_come_to_the_uplink(shared, phone, bus):
    other = SHARE.replace("lan0", "lan1")
    shared.share("lan1", "via", "eth1", "--address", "192.168.138.1/24")
    add(bus, "tcp", 8080, mac_of(phone))
    add(bus, "tcp", 8080, "192.168.138.9", path=other)
    assert [one["state"] for one in mappings(bus, other)] == ["active"]
    shared.run("sharectl change lan1 via ppp0")
    wait_for(lambda: mappings(bus, other)[0]["state"] == "taken")
    one, = mappings(bus, other)
    assert (one["taken-on"], one["taken-by"]) == ("lan0", mac_of(phone))
    assert mappings(bus)[0]["state"] == "active" and reaches(shared.internet)
    assert [note["message"] for note in shared.findings() if note["code"] == "forward-taken"] == [
        "1 port mapping of lan1 leads nowhere: another share has its port of ppp0"]
    assert f"taken by {mac_of(phone)} of lan0" in shared.run("sharectl forward list lan1")
    remove(bus, "tcp", 8080)
    assert [one["state"] for one in mappings(bus, other)] == ["active"]
    assert not reaches(shared.internet)


def test_twice_the_same(shared, phone, bus):
    reply = add(bus, "tcp", 8080, LAN_ADDRESS)
    flow = Flow(shared.internet, "tcp", PPP0, 8080)
    assert add(bus, "tcp", 8080, LAN_ADDRESS) == reply
    assert add(bus, "tcp", 8080, LAN_ADDRESS, name="renamed") == {**reply, "name": "renamed"}
    assert len(mappings(bus)) == 1 and flow.ask().startswith("phone")
    flow.close()


@pytest.mark.parametrize("values, words", [
    ({"protocol": "sctp"}, '"sctp"'), ({"port": 0}, '"port" 0'), ({"client": "nobody"}, '"nobody"'),
    ({"client": "10.9.9.9"}, "10.9.9.9"), ({"client": "192.168.137.1"}, "192.168.137.1"),
    ({"end_port": 8079}, "8079"), ({"end_port": 9200}, "9200"), ({"name": "a\\nb"}, "name"),
    ({"to_port": 65535, "end_port": 8081}, "65535")])
def test_bad_values(shared, bus, values, words):
    with pytest.raises(BusError) as error:
        add(bus, **{"protocol": "tcp", "port": 8080, "client": LAN_ADDRESS, **values})
    kind = ".NoSuchClient" if words == '"nobody"' else ".InvalidArgument"
    assert error.value.name.endswith(kind) and words in str(error.value)
    assert mappings(bus) == []


def test_none_to_remove(shared, bus):
    with pytest.raises(BusError) as error:
        remove(bus, "udp", 7)
    assert "udp port 7" in str(error.value) and "sharectl forward list" in str(error.value)


# --- How fast


def test_in_force_at_once(shared, phone, bus):
    times = []
    for port in (8080, 8081, 8082):
        begin = time.monotonic()
        add(bus, "tcp", port, LAN_ADDRESS, to_port=8080)
        times.append(time.monotonic() - begin)
        assert ask(shared.internet, "tcp", PPP0, port).startswith("phone 8080")
    assert max(times[1:]) < 0.05


# --- IPv6


def test_pinhole(host, client, bus):
    """The client's own address of the Internet, at that port alone."""
    with internet6(host), beside(host), clients6(client, host.client2), \
            managed(host) as router, delegating(router) as delegator, \
            server(client, "phone", "tcp", 8080, 8081, "6"):
        host.share("lan0", "via", "wan7")
        client.dhcp()
        delegator.await_prefix()
        pool = ipaddress.ip_network("2001:db8:7000::/40")
        wait_for(lambda: delegator.route() and usable(client, pool), 10)
        address = page6(client)  # whom nobody has heard by IPv6 has no address there yet
        assert address in usable(client, pool)
        assert not reaches(host.internet, address=address)
        add(bus, "tcp", 8080, mac_of(client))
        wait_for(lambda: reaches(host.internet, address=address), 10)
        assert not reaches(host.internet, address=address, port=8081)
        assert address in mappings(bus)[0]["addresses"]
        flow = Flow(host.internet, "tcp", address, 8080)
        wait_for(lambda: is_known(host, address, "6"))
        before = short_path(host, address, "6")
        assert flow.ask().startswith("phone")
        after = short_path(host, address, "6")
        assert after[0] > before[0] and after[1] > before[1]
        remove(bus, "tcp", 8080)
        assert not reaches(host.internet, address=address)
        assert not flow.ask().startswith("phone")
        flow.close()
        host.unshare("--all")


def test_pinholes_at_one_port(host, client, bus):
    """Each address has its own ports, whatever else has the same, here and in the table."""
    with internet6(host), beside(host), clients6(client, host.client2), \
            managed(host) as router, delegating(router) as delegator, \
            server(client, "phone", "tcp", 80, 80, "6"), server(host, "desk", "tcp", 80, 80, "6"):
        host.share("lan0", "via", "wan7")
        client.dhcp()
        delegator.await_prefix()
        pool = ipaddress.ip_network("2001:db8:7000::/40")
        wait_for(lambda: delegator.route() and usable(client, pool), 10)
        one = page6(client)
        other = str(ipaddress.ip_network(one + "/64", strict=False)[0x99])
        client.run(f"ip address add {other}/64 dev eth0 nodad")
        for address in (one, other):
            reply = add(bus, "tcp", 80, address)
            assert reply["state"] == "active" and "external-address" not in reply
            assert reaches(host.internet, address=address, port=80)
        add(bus, "tcp", 81, mac_of(client))
        add(bus, "tcp", 81, one)
        with pytest.raises(BusError) as error:
            remove(bus, "tcp", 80)
        assert "2 clients have their own tcp port 80 open" in str(error.value)
        host.run(["sharectl", "forward", "remove", "lan0", "tcp", "80", one])
        assert not reaches(host.internet, address=one, port=80)
        assert reaches(host.internet, address=other, port=80)
        restarted = [(entry["client"], entry["port"]) for entry in mappings(bus)]
        host.kill("connshared")
        assert [(entry["client"], entry["port"]) for entry in mappings(bus)] == restarted
        remove(bus, "tcp", 80)
        remove(bus, "tcp", 81)
        assert [(entry["client"], entry["port"]) for entry in mappings(bus)] == [(one, 81)]
        host.unshare("--all")
