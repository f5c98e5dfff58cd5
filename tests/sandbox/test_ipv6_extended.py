# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients with addresses of the uplink's own network, for which this computer answers on the
# uplink's link, and nobody translates.
#
import contextlib
import json
import re
import signal
import time

import pytest
from follow import share_of
from host import Place, wait_for
from ipv6 import (WEB6, Sniffed, await_ipv6, beside, clients6, internet6, managed,
                  page6, ping6, udp6, unmanaged, usable)

MOST = 256  # core/value/proxied.h
FORGE = """import socket, struct, sys
sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
network = socket.inet_pton(socket.AF_INET6, sys.argv[1])[:8]
for number in range(int(sys.argv[2])):
    target = network + struct.pack("!Q", 0xf0000000 + number)
    group = socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:0")[:13] + target[13:]
    body = struct.pack("!BBHI", 135, 0, 0, 0) + target
    header = struct.pack("!IHBB", 6 << 28, len(body), 58, 255) + bytes(16) + group
    sock.sendto(header + body, ("eth0", 0x86dd, 0, 0, b"\\x33\\x33\\xff" + target[13:]))
"""


@pytest.fixture
def internet(host, client):
    with internet6(host), beside(host), clients6(client):
        yield host


@pytest.fixture(params=[managed, unmanaged])
def moving(request, host, internet):
    """A router that is to advertise something else."""
    with request.param(host) as router:
        yield router
        host.unshare("--all")
        assert proxied(host, router) == set()


@pytest.fixture(params=[managed, unmanaged])
def router(request, host, internet):
    """The host is in the end what it was like."""
    with request.param(host) as router:
        before = host.settled_state()
        yield router
        host.unshare("--all")
        host.await_return(before, "before the share")


def share(host, client, router, *options):
    host.share("lan0", "via", router.name, "--ipv6", "extended", *options)
    client.dhcp()
    return await_ipv6(client, router.prefix)


def proxied(host, router):
    return {line.split()[0] for line in host.run("ip -6 neigh show proxy").splitlines()
            if f"dev {router.name}" in line}


def routed(host, table=13699):
    return {route["dst"] for route in json.loads(
        host.run(f"ip -j -6 route show table {table} type unicast") or "[]")
            if "/" not in route["dst"]}


def await_proxied(host, router, address):
    wait_for(lambda: address in proxied(host, router), what=f"{address} is not answered for")


def time_of_ping(place, address):
    done = ping6(place, address)
    assert done.returncode == 0, done.stdout
    return float(re.search(r"time=([\d.]+)", done.stdout)[1])


@contextlib.contextmanager
def second(host, client):
    """Another computer on the same LAN, to which only the router leads."""
    host.run("ip netns add second")
    client.run("ip link add second link eth0 type macvlan mode private")
    other = Place(host, "ip", "netns", "exec", "second")
    try:
        host.run(f"ip -n {client.name} link set second netns second; "
                 "ip -n second link set second name eth0")
        other.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=0; ip link set lo up; "
                  "ip link set eth0 up")
        yield other
    finally:
        host.run("ip netns del second")


def test_page(host, client, router):
    address = share(host, client, router)
    assert share_of(host)["ipv6_mode"] == "extended"
    await_proxied(host, router, address)
    host.internet.run(f"ip -6 neigh flush dev isp-{router.name}")
    with Sniffed(host, "eth1", "lan1", router.name) as sniffed:
        assert page6(client) == address
        assert udp6(client) == address
        # nobody has asked for it
        assert time_of_ping(client, WEB6) < 200
    assert [line for line in sniffed.leaving() if not line.startswith(router.name)] == []
    host.internet.run(f"ip -6 neigh flush dev isp-{router.name}")
    assert time_of_ping(host.internet, address) < 200
    assert host.internet.call(f"curl -sS -m 1 http://[{address}]:9/").returncode != 0


def test_nothing_comes_in_unasked(host, client, router):
    address = share(host, client, router)
    await_proxied(host, router, address)
    server = client.popen(["/usr/bin/python3", "-m", "http.server", "--bind", "::", "8080"])
    try:
        wait_for(lambda: client.call(f"curl -sS -m 1 http://[{address}]:8080/").returncode == 0)
        assert host.internet.call(f"curl -sS -m 1 http://[{address}]:8080/").returncode == 28
    finally:
        server.terminate()
        server.wait()


def test_clients_reach_each_other(host, client, router):
    address = share(host, client, router)
    with second(host, client) as other:
        # a switch would lead them to each other, and the router says so
        for one in (client, other):
            one.run("sysctl -qw net.ipv6.conf.eth0.accept_redirects=0")
        other_address = await_ipv6(other, router.prefix)
        for one in (address, other_address):
            await_proxied(host, router, one)
        with Sniffed(host, router.name) as sniffed:
            assert ping6(client, other_address).returncode == 0
            assert ping6(other, address).returncode == 0
        assert [line for line in sniffed.leaving() if "next header 58" in line] == []


def test_addresses_of_others(host, client, router):
    """An address of the uplink's router, or of this computer, stays theirs; and packets from it,
    or from one that nobody answers for, do not leave."""
    share(host, client, router)
    await_proxied(host, router, usable(client, router.prefix)[0])
    theirs = router.address(), router.uplink
    with Sniffed(host, router.name) as sniffed:
        for one in theirs:
            client.run(f"ip address add {one}/128 dev eth0 nodad preferred_lft 0")
            ping6(client, WEB6, 2, 1, "-I", one)
        assert not proxied(host, router) & set(theirs)
    assert [line for line in sniffed.leaving() for one in theirs
            if f"out: {one} > {WEB6}" in line] == []


def test_forged_addresses(host, client, router):
    address = share(host, client, router)
    await_proxied(host, router, address)
    client.run(["/usr/bin/python3", "-c", FORGE, router.prefix.partition("/")[0], "300"])
    wait_for(lambda: len(proxied(host, router)) > 100)
    time.sleep(2)
    assert len(proxied(host, router)) <= MOST
    assert len(routed(host)) <= MOST
    assert address in proxied(host, router)
    assert page6(client) == address


def test_crash(host, client, router):
    address = share(host, client, router)
    await_proxied(host, router, address)
    host.kill("connshared", signal.SIGKILL)
    assert page6(client) == address
    host.json("status")
    assert address in proxied(host, router)
    host.kill("connshared", signal.SIGKILL)
    host.unshare("lan0")
    assert proxied(host, router) == set()


def test_other_prefix(host, client, moving):
    """What clients have of the last one is masqueraded until they have forgotten it."""
    first = share(host, client, moving)
    await_proxied(host, moving, first)
    moving.advertise("2001:db8:99::/64", left=[moving.prefix])
    address = await_ipv6(client, "2001:db8:99::/64")
    await_proxied(host, moving, address)
    wait_for(lambda: first not in proxied(host, moving))
    assert page6(client) == address
