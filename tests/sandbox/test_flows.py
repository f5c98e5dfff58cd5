# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients' flows: how long they live, which port they get, and the one that a server opens.  What
# conntrack lists on the host tells the first two.
#
import contextlib
import re
import select

import pytest
from follow import PPP0
from host import wait_for

SERVER = "192.0.2.80"

SEND = """
import socket, sys
s = socket.socket(type=socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.sendto(b"hello", (sys.argv[3], int(sys.argv[4])))
"""

LISTEN = """
import socket, sys
s = socket.socket(type=socket.SOCK_DGRAM)
s.bind(("0.0.0.0", int(sys.argv[1])))
print("ready", flush=True)
while True:
    print("from %s port %d" % s.recvfrom(99)[1], flush=True)
"""

# Just what active FTP needs of a server: PORT, and the connection to it.
FTP_SERVER = """
import socket
listener = socket.create_server(("192.0.2.80", 21))
print("ready", flush=True)
control = listener.accept()[0]
lines = control.makefile()
lines.readline()
control.sendall(b"331 go on\\r\\n")
numbers = lines.readline().removeprefix("PORT ").strip().split(",")
address = ".".join(numbers[:4]), int(numbers[4]) << 8 | int(numbers[5])
print(*address, flush=True)
data = socket.create_connection(address, timeout=5, source_address=("192.0.2.80", 0))
data.sendall(b"x" * 1000000)
data.close()
control.recv(1)
"""

FTP_CLIENT = """
import socket
control = socket.create_connection(("192.0.2.80", 21), timeout=5)
control.sendall(b"USER me\\r\\n")
control.recv(99)
own = control.getsockname()[0]
listener = socket.create_server((own, 0))
listener.settimeout(5)
port = listener.getsockname()[1]
control.sendall(b"PORT %s,%d,%d\\r\\n" % (own.replace(".", ",").encode(), port >> 8, port & 255))
data = listener.accept()[0]
size = 0
while chunk := data.recv(65536):
    size += len(chunk)
print(size)
"""


@pytest.fixture
def lease(host, client):
    host.share("lan0", "via", "ppp0")
    return client.dhcp()


def send(place, port, to=SERVER, to_port=9999, source="0.0.0.0"):
    place.run(["/usr/bin/python3", "-c", SEND, source, str(port), to, str(to_port)])


@contextlib.contextmanager
def python(place, text, *words):
    """Runs it as long as the body does; returns when it is ready."""
    process = place.popen(["/usr/bin/python3", "-c", text, *words])
    try:
        assert process.stdout.readline() == "ready\n", process.communicate()
        yield process
    finally:
        process.kill()
        process.communicate()


def flows(host, *which):
    """Lines of conntrack's list."""
    return host.run(["conntrack", "-L", *which]).splitlines()


def seconds(line):
    return int(re.match(r"\S+ +\d+ +(\d+)", line)[1])


def test_a_flow_without_replies_lives_two_minutes(host, client, lease):
    send(client, 40000)
    line, = flows(host, "-p", "udp", "--dport", "9999", "-s", lease["ip"])
    assert "[UNREPLIED]" in line and 60 < seconds(line) <= 120


def test_the_hosts_own_flows_are_as_before(host, client, lease):
    send(host, 40000)
    line, = flows(host, "-p", "udp", "--dport", "9999", "-s", "198.18.1.2")
    assert seconds(line) <= 30


def test_a_flow_keeps_its_port(host, client, lease):
    """So that others find it there, which games and calls rely on."""
    send(client, 40000)
    line, = flows(host, "-p", "udp", "--dport", "9999", "-s", lease["ip"])
    assert line.split("src=")[2].split()[3] == "dport=40000"


def assert_reaches_host(host, listener, port):
    """The host's own service gets what the server sends to it."""
    def arrives():
        send(host.internet, port, PPP0, port, SERVER)
        return select.select([listener.stdout], [], [], 0.5)[0]
    wait_for(arrives, what="a client has the port")
    assert listener.stdout.readline() == f"from {SERVER} port {port}\n"


@pytest.mark.parametrize("port", [1194, 51820])
def test_a_client_does_not_shadow_the_hosts_port(host, client, port):
    with python(host, LISTEN, str(port)) as listener:
        host.share("lan0", "via", "ppp0")
        client.dhcp()
        send(client, port, SERVER, port)
        assert flows(host, "-p", "udp", "--orig-port-dst", str(port), "--src-nat")
        assert_reaches_host(host, listener, port)


def wait_until_no_flow_has(host, port):
    wait_for(lambda: f"dport={port} " not in
             "".join(line.split("src=")[2] for line in flows(host, "-p", "udp", "--src-nat")),
             what="the flow keeps the port")


@pytest.mark.parametrize("port", [1194, 51820])
def test_nor_one_that_the_host_opens_later(host, client, lease, port):
    send(client, 40000)
    with python(host, LISTEN, str(port)) as listener:
        send(client, port, SERVER, port)
        wait_until_no_flow_has(host, port)
        assert_reaches_host(host, listener, port)
        send(client, port, SERVER, port)
        assert_reaches_host(host, listener, port)


def test_nor_one_that_the_host_opens_while_the_service_is_away(host, client, lease):
    send(client, 1194, SERVER, 1194)
    host.kill("connshared")
    with python(host, LISTEN, "1194") as listener:
        host.json("status")
        wait_until_no_flow_has(host, 1194)
        assert_reaches_host(host, listener, 1194)


def test_active_ftp(host, client, lease):
    with python(host.internet, FTP_SERVER) as server:
        assert client.run(["/usr/bin/python3", "-c", FTP_CLIENT]) == "1000000"
        assert server.stdout.readline().startswith(PPP0 + " ")
