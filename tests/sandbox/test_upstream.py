# SPDX-License-Identifier: GPL-2.0-or-later
#
# Port mappings behind another NAT: the home router in between is asked to lead the same ports here,
# so that a flow from the Internet reaches the client's server through both.
#
import contextlib
import pathlib
import time

import pytest
from follow import add_profile, await_uplink
from host import Client, wait_for
from test_forward import add, ask, mappings, remove, server
from test_portd import address_by_nat_pmp, pcp

HERE = pathlib.Path(__file__).resolve().parent
HOME, OUTSIDE = "192.168.77.1", "198.51.100.7"
FILTER = """table ip home {
  map ports { type inet_proto . inet_service : ipv4_addr . inet_service; }
  chain prerouting {
    type nat hook prerouting priority dstnat;
    iifname "out" dnat ip to meta l4proto . th dport map @ports
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "out" masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "home" accept
    ct status dnat accept
  }
}"""


class Router(Client):
    """A computer that is the home's router: 192.168.77.1 on the side of "wan9"."""

    def __init__(self, host):
        super().__init__(host, "router")
        self.asked = []
        self.process = None

    def serve(self, kind):
        self.process = self.popen(["/usr/bin/python3", str(HERE / "router.py"), kind, HOME,
                                   OUTSIDE], stderr=None, stdout=-1)
        assert self.process.stdout.readline() == "ready\n"

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.communicate()

    def next_request(self):
        return self.process.stdout.readline().split()

    def ports(self):
        """What it leads where."""
        text = self.run("nft list map ip home ports")
        return text.partition("elements = {")[2].partition("}")[0].split(",") if "elements" in text \
            else []


@contextlib.contextmanager
def home_router(host):
    host.run("ip netns add router && ip link add wan9 address 02:00:00:00:01:99 type veth "
             "peer name home netns router && ip link set wan9 up")
    host.path("/etc/netns/router").mkdir(exist_ok=True)
    host.path("/etc/netns/router/resolv.conf").touch()
    router = Router(host)
    host.run("ip -n router link add out type veth peer name isp-home netns internet")
    host.internet.run(f"ip address add 203.0.113.1 peer {OUTSIDE}/32 dev isp-home; "
                      "ip link set isp-home up")
    router.run(f"ip link set lo up; ip address add {HOME}/24 dev home; ip link set home up; "
               f"ip address add {OUTSIDE} peer 203.0.113.1/32 dev out; ip link set out up; "
               "ip route add default via 203.0.113.1; sysctl -q -w net.ipv4.ip_forward=1")
    router.run("nft -f -", input=FILTER)
    try:
        yield router
    finally:
        router.stop()
        host.call("ip link del wan9; ip netns del router; rm -rf /etc/netns/router")
        wait_for(lambda: host.internet.call("ip link show isp-home").returncode)


@pytest.fixture
def router(spare):
    with home_router(spare) as router:
        add_profile(spare, "home", "wan9", "192.168.77.20")
        spare.run("nmcli connection up home")
        yield router
        spare.unshare("--all")
        spare.run("nmcli connection delete home")


@pytest.fixture
def spare_bus(spare):
    bus = spare.bus()
    yield bus
    bus.close()


def share(host):
    host.share("lan0", "via", "wan9")
    host.client.dhcp(name="phone")


def state_of(bus, port):
    found = [one for one in mappings(bus) if one["port"] == port]
    return (found[0].get("upstream-state"), found[0].get("upstream")) if found else None


def await_state(bus, port, *expected, timeout=30):
    try:
        wait_for(lambda: state_of(bus, port) == expected, timeout)
    except TimeoutError:
        raise AssertionError(f"not {expected}, but {state_of(bus, port)}") from None


@pytest.mark.parametrize("kind", ["pcp", "nat-pmp"])
def test_from_the_internet(spare, router, spare_bus, kind):
    router.serve(kind)
    share(spare)
    with server(spare.client, "phone", "tcp", 8080):
        add(spare_bus, "tcp", 8080, "192.168.137.82")
        await_state(spare_bus, 8080, "mapped", f"{OUTSIDE}:8080")
        assert router.next_request() == ["map", "tcp", "8080", "192.168.77.20", "8080", "7200"]
        assert ask(spare.internet, "tcp", OUTSIDE, 8080) == "phone 8080 203.0.113.1"
        assert any(signal[2] == "ForwardsChanged" for signal in spare_bus.signals())
        remove(spare_bus, "tcp", 8080)
        assert router.next_request()[:4] == ["unmap", "tcp", "8080", "192.168.77.20"]
        assert ask(spare.internet, "tcp", OUTSIDE, 8080).startswith(("Connection", "Timeout"))


def test_client_that_asks(spare, router, spare_bus):
    """What a client maps itself works from the Internet, too, and it learns that address."""
    router.serve("pcp")
    spare.share("lan0", "via", "wan9", "--upnp")
    spare.client.dhcp(name="phone")
    assert address_by_nat_pmp(spare.client) == "192.168.77.20"
    assert pcp(spare.client, port=8080, to_port=8080)["result"] == 0
    await_state(spare_bus, 8080, "mapped", f"{OUTSIDE}:8080")
    with server(spare.client, "phone", "tcp", 8080):
        assert ask(spare.internet, "tcp", OUTSIDE, 8080) == "phone 8080 203.0.113.1"
    wait_for(lambda: address_by_nat_pmp(spare.client) == OUTSIDE)
    assert pcp(spare.client, port=8080, to_port=8080)["external"] == OUTSIDE


def test_end_of_the_share(spare, router, spare_bus):
    router.serve("pcp")
    share(spare)
    add(spare_bus, "udp", 5000, "192.168.137.82", end_port=5003)
    await_state(spare_bus, 5000, "mapped", f"{OUTSIDE}:5000-5003")
    assert len(router.ports()) == 4
    notes = {one["code"]: one["message"] for one in spare.findings()}
    assert notes["forward-upstream"].endswith(": 1 mapped")
    assert "NAT type open: the router before this computer leads ports" in notes["nat-type"]
    spare.unshare("lan0")
    wait_for(lambda: not router.ports())


def test_undo_all(spare, router, spare_bus):
    """By a process that has never asked for it."""
    router.serve("pcp")
    share(spare)
    add(spare_bus, "tcp", 8080, "192.168.137.82")
    add(spare_bus, "udp", 5000, "192.168.137.82", end_port=5003)
    await_state(spare_bus, 5000, "mapped", f"{OUTSIDE}:5000-5003")
    wait_for(lambda: len(router.ports()) == 5)
    spare.kill("connshared")
    begin = time.monotonic()
    spare.run("/usr/libexec/connshared --undo-all")
    assert router.ports() == []
    assert time.monotonic() - begin < 3


def test_crash(spare, router, spare_bus):
    """The same mapping is asked for again, and nothing is left of it in the end."""
    router.serve("pcp")
    share(spare)
    add(spare_bus, "tcp", 8080, "192.168.137.82")
    await_state(spare_bus, 8080, "mapped", f"{OUTSIDE}:8080")
    spare.kill("connshared")
    spare.run("sharectl status")
    await_state(spare_bus, 8080, "mapped", f"{OUTSIDE}:8080")
    assert router.next_request() == router.next_request()
    spare.unshare("lan0")
    wait_for(lambda: not router.ports())


def test_redial(spare, router, spare_bus):
    router.serve("pcp")
    share(spare)
    with server(spare.client, "phone", "tcp", 8080):
        add(spare_bus, "tcp", 8080, "192.168.137.82")
        await_state(spare_bus, 8080, "mapped", f"{OUTSIDE}:8080")
        spare.run("nmcli connection down home")
        wait_for(lambda: state_of(spare_bus, 8080) == (None, None))
        spare.run("nmcli connection modify --temporary home ipv4.addresses 192.168.77.21/24 && "
                  "nmcli connection up home")
        await_uplink(spare, "wan9")
        await_state(spare_bus, 8080, "mapped", f"{OUTSIDE}:8080")
        wait_for(lambda: ask(spare.internet, "tcp", OUTSIDE, 8080).startswith("phone 8080 "))


def test_failover(spare, router, spare_bus):
    """The uplink is left for a better one with an address of the Internet: what was asked for is
    given back, and nothing is asked there."""
    router.serve("pcp")
    spare.share("lan0", "via", "wan9")
    spare.client.dhcp(name="phone")
    add(spare_bus, "tcp", 8080, "192.168.137.82")
    await_state(spare_bus, 8080, "mapped", f"{OUTSIDE}:8080")
    watch = spare.popen(["tcpdump", "-l", "-n", "-i", "eth1", "udp port 5351"])
    wait_for(lambda: "listening" in watch.stderr.readline())
    spare.run("sharectl change lan0 via eth1")
    await_uplink(spare, "eth1")
    wait_for(lambda: not router.ports())
    assert state_of(spare_bus, 8080) == (None, None)
    spare.run("pkill -INT tcpdump")
    assert "5351" not in watch.communicate()[0]


def test_router_without_a_service(spare, router, spare_bus):
    share(spare)
    add(spare_bus, "tcp", 8080, "192.168.137.82")
    await_state(spare_bus, 8080, "silent", None)
