# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients with IPv6: listed by their addresses of either family, and counted.
#
import pathlib
import re
import subprocess
import time

import pytest
from host import wait_for
from ipv6 import (OURS, WEB6, Sniffed, await_ipv6, clients6, internet6, line, page6, reaches6,
                  usable)
from test_clients import SHARE, find, set_client

HERE = pathlib.Path(__file__).resolve().parent
# Solicits the gateway from so many addresses of one network.
FLOOD = """import socket, struct, sys
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("eth0", 0x86dd))
mac, router = (bytes.fromhex(text.replace(":", "")) for text in sys.argv[1:3])
network, gateway = (socket.inet_pton(socket.AF_INET6, text) for text in sys.argv[3:5])
for i in range(int(sys.argv[5])):
    source = network[:8] + struct.pack("!Q", 0x200000000000000 + i)
    option = b"\\x01\\x01" + mac
    body = struct.pack("!BBHI", 135, 0, 0, 0) + gateway + option
    pseudo = source + gateway + struct.pack("!II", len(body), 58) + body
    total = sum(struct.unpack("!%dH" % (len(pseudo) // 2), pseudo))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    body = body[:2] + struct.pack("!H", total ^ 0xffff) + body[4:]
    header = struct.pack("!IHBB", 6 << 28, len(body), 58, 255) + source + gateway
    sender.send(router + mac + b"\\x86\\xdd" + header + body)"""

# Asks the echo server, and again when told.
FLOW = f"""import socket, sys
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.sendto(b"x", ("{WEB6}", 7))
print(sock.recv(100).decode(), flush=True)
sys.stdin.readline()
sock.sendto(b"x", ("{WEB6}", 7))"""


@pytest.fixture
def shared(host, client):
    with internet6(host), clients6(client), line(host):
        host.share("lan0", "via", "ppp1", "--ipv6", "masquerade")
        yield host
        host.unshare("--all")


def addresses(bus, client):
    one = find(bus, client)
    return one["addresses"] if one else []


def test_beside_ipv4(shared, client, bus):
    client.dhcp(name="phone")
    own = await_ipv6(client)
    assert page6(client)
    wait_for(lambda: own in addresses(bus, client))
    assert addresses(bus, client)[0].startswith("192.168.")
    assert not any(address.startswith("fe80") for address in addresses(bus, client))


def test_without_ipv4(shared, client, bus):
    own = await_ipv6(client)
    assert page6(client)
    wait_for(lambda: addresses(bus, client) == [own])
    assert find(bus, client)["state"] == "online"
    wait_for(lambda: bus.property(SHARE, "ClientCount") == 1)


def test_several(shared, client, bus):
    """One that it makes up later comes first."""
    own = await_ipv6(client)
    assert page6(client)
    wait_for(lambda: addresses(bus, client) == [own])
    other = own.rsplit(":", 1)[0] + ":99"
    client.run(f"ip address add {other}/64 dev eth0 nodad")
    assert client.run(["curl", "-sS", "--fail", "-m", "3", "--interface", other,
                       "http://[2001:db8:ffff::1]/"])
    wait_for(lambda: addresses(bus, client) == [other, own])


def test_counted(shared, client, bus):
    own = await_ipv6(client)
    assert page6(client)
    wait_for(lambda: own in shared.run("nft list map inet connshare short_received6"))
    before = find(bus, client)
    for _ in range(5):
        client.run(["ping", "-6", "-n", "-c", "1", "-s", "1000", "-W", "2", "2001:db8:ffff::1"])
    after = find(bus, client)
    for key in "bytes-sent", "bytes-received":
        assert 5 * 1000 < after[key] - before[key] < 10 * 1500


def test_blocked(shared, client, bus):
    await_ipv6(client)
    wait_for(lambda: reaches6(client))
    set_client(bus, client, "{'blocked': <true>}")
    assert not reaches6(client)
    set_client(bus, client, "{'blocked': <false>}")
    wait_for(lambda: reaches6(client))


def test_blocked_when_forgotten(shared, client, bus):
    """The kernel no longer knows whose address it is; the flow ends all the same."""
    await_ipv6(client)
    wait_for(lambda: reaches6(client))
    flow = client.popen(["/usr/bin/python3", "-c", FLOW], stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE)
    assert flow.stdout.readline() == "2001:db8:c1::2\n"
    shared.run("ip -6 neigh flush dev lan0")
    set_client(bus, client, "{'blocked': <true>}")
    with Sniffed(shared, "ppp1") as sniffed:
        flow.communicate("\n")
    assert sniffed.leaving() == []
    set_client(bus, client, "{'blocked': <false>}")


def test_thousands_of_addresses(shared, client, bus):
    """Forged: bounded, and the service goes on."""
    own = await_ipv6(client)
    assert page6(client)
    wait_for(lambda: own in addresses(bus, client))
    gateway = next(word for word in re.findall(r"inet6 (\S+)/64", shared.run(
        "ip -6 address show dev lan0")) if word.startswith("fd"))
    router = shared.run("cat /sys/class/net/lan0/address")
    mac = client.run("cat /sys/class/net/eth0/address")
    client.run(["/usr/bin/python3", "-c", FLOOD, mac, router, own, gateway, "5000"], timeout=60)
    wait_for(lambda: len(addresses(bus, client)) == 16)
    assert len(usable(client, OURS)) >= 1
    assert bus.property(SHARE, "ClientCount") == 1


def test_hundreds_of_clients(shared, client, bus):
    """As at a conference, each with four addresses."""
    own = await_ipv6(client)
    assert page6(client)
    crowd = client.popen(["/usr/bin/python3", str(HERE / "crowd6.py"), "eth0", own, WEB6, "250", "4"],
                         stdin=subprocess.PIPE)
    answered, seconds = crowd.communicate(
        shared.run("cat /sys/class/net/lan0/address") + "\n")[0].split()
    assert answered == "1000"
    wait_for(lambda: bus.property(SHARE, "ClientCount") == 251)
    begin = time.monotonic()
    listed = shared.json("clients")["clients"]
    took = time.monotonic() - begin
    assert sorted(len(one["addresses"]) for one in listed) == [1] + [4] * 250
    print(f"{seconds} s for all answers, {took:.3f} s for the list,",
          shared.run("grep -h VmRSS /proc/$(pgrep -x connshared)/status"))
    assert page6(client)
