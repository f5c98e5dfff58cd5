# SPDX-License-Identifier: GPL-2.0-or-later
#
# Port mappings: from the Internet, the LAN and this computer to a client's real server.
#
import contextlib
import json
import time

import pytest
from host import BusError, wait_for

SHARE = "/org/connshare1/share/lan0"
INTERFACE = "org.connshare1.Share"
# Answers each line, or packet, with its own name and whom it came from.
SERVER = """import selectors, socket, sys
name, kind, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
family = socket.AF_INET6 if sys.argv[5:] == ["6"] else socket.AF_INET
tcp, any_address = kind == "tcp", "::" if family == socket.AF_INET6 else "0.0.0.0"
waiting = selectors.DefaultSelector()
for port in range(first, last + 1):
    one = socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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
def server(place, name, kind, first, last=None, *family):
    process = place.popen(["/usr/bin/python3", "-c", SERVER, name, kind, str(first),
                           str(last or first), *family])
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


def mac_of(client):
    return client.run("cat /sys/class/net/eth0/address")


def outside(host, name="ppp0"):
    """The uplink's address."""
    return host.addresses(name)[0]


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


def test_by_address(shared, client, bus):
    with server(client, "phone", "tcp", 8080):
        assert ask(shared.internet, "tcp", outside(shared), 8080) == "ConnectionRefusedError"
        reply = add(bus, "tcp", 8080, "192.168.137.82")
        assert ask(shared.internet, "tcp", outside(shared), 8080).startswith("phone 8080 ")
    assert reply["state"] == "active" and reply["address"] == "192.168.137.82"
    assert reply["external-address"] == outside(shared)
    assert mappings(bus) == [reply]
