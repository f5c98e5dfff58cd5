# SPDX-License-Identifier: GPL-2.0-or-later
#
# What scenes with IPv6 share.  internet6() gives the Internet a server with IPv6; an uplink is
# given it by one of
#
#   managed()     NetworkManager handles the advertisements of a router at the other end
#   unmanaged()   the kernel does
#   line()        a point-to-point line, where nobody advertises anything
#   delegating()  a DHCPv6 server beside the router delegates prefixes (RFC 8415), and routes to
#                 whom it gave them
#
# all of them also with IPv4, as 100.64.N.2 or 203.0.113.1N; and beside() gives this computer
# itself a better way, which no client is to take.  Clients' addresses are made by their kernel.
#
import contextlib
import ipaddress
import json
import pathlib
import signal
import subprocess
import time

from follow import profile, wire
from host import Place, wait_for

HERE = pathlib.Path(__file__).resolve().parent
OURS = ipaddress.ip_network("fc00::/7")
WEB6, PLAIN, DNS64 = (f"2001:db8:ffff::{end}" for end in (1, 53, 64))  # also in internet6.py
BESIDE = "2001:db8:1::2"   # of eth1
RADVD = """interface isp-{name} {{
  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime {lifetime};
  {more}
{prefixes}
}};
"""
PREFIX = """  prefix {prefix} {{ AdvOnLink on; AdvAutonomous on; DeprecatePrefix on;
    AdvValidLifetime 7200; AdvPreferredLifetime {preferred}; }};"""
KEA = {
    "interfaces-config": {"interfaces": []},
    "lease-database": {"type": "memfile", "persist": True, "lfc-interval": 0},
    "valid-lifetime": 3600, "preferred-lifetime": 1800, "renew-timer": 600, "rebind-timer": 900,
    "option-data": [{"name": "dns-servers", "data": "2001:db8::53"}],
    "loggers": [{"name": "kea-dhcp6", "severity": "INFO",
                 "output_options": [{"output": "stdout"}]}],
}


# --- The Internet

@contextlib.contextmanager
def internet6(host):
    """IPv6 there, and its server (internet6.py)."""
    host.internet.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=0 "
                      "net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.forwarding=1; "
                      f"for i in {WEB6} {PLAIN} {DNS64}; do ip address add $i/128 dev lo nodad; done")
    server = host.internet.popen(["/usr/bin/python3", str(HERE / "internet6.py")], stderr=None,
                                 stdout=subprocess.PIPE)
    assert server.stdout.readline() == "ready\n"
    try:
        yield
    finally:
        server.terminate()
        server.wait()
        host.internet.run("sysctl -qw net.ipv6.conf.all.forwarding=0 "
                          "net.ipv6.conf.all.disable_ipv6=1")


@contextlib.contextmanager
def beside(host):
    """IPv6 of eth1, by which this computer itself reaches everything."""
    conf = "/proc/sys/net/ipv6/conf/eth1/disable_ipv6"
    before = host.run(f"cat {conf}")
    host.internet.run("ip address add 2001:db8:1::1/64 dev isp1 nodad")
    host.run(f"echo 0 >{conf}; ip address add {BESIDE}/64 dev eth1 nodad; "
             "ip -6 route add default via 2001:db8:1::1 dev eth1 metric 1")
    try:
        yield
    finally:
        host.run("ip -6 route del default dev eth1 metric 1; "
                 f"ip address del {BESIDE}/64 dev eth1; echo {before} >{conf}")
        host.internet.run("ip address del 2001:db8:1::1/64 dev isp1")


class Router:
    """The router at the other end of an uplink: radvd in the Internet.  `prefix` is the /64 that
    it advertises."""

    def __init__(self, host, name):
        self.host, self.name = host, name
        self.number = int(name.lstrip("wanp"))
        self.prefix = f"2001:db8:{self.number}::/64"
        self.file = host.path(f"/run/radvd-{name}.conf")
        self.pid_file = f"/run/radvd-{name}.pid"
        self.process = None

    def address(self, prefix=None):
        return str(ipaddress.ip_network(prefix or self.prefix)[1])

    def write(self, *prefixes, left=(), lifetime=1800, more=""):
        told = {**dict.fromkeys(prefixes, 3600), **dict.fromkeys(left, 0)}
        self.file.write_text(RADVD.format(
            name=self.name, lifetime=lifetime, more=more,
            prefixes="\n".join(PREFIX.format(prefix=prefix, preferred=preferred)
                               for prefix, preferred in told.items())))

    def start(self, more=""):
        self.host.internet.run(f"ip address replace {self.address()}/64 dev isp-{self.name} nodad")
        self.write(self.prefix, more=more)
        self.process = self.host.internet.popen(
            ["radvd", "-n", "-C", f"/run/radvd-{self.name}.conf", "-p", self.pid_file,
             "-m", "logfile", "-l", f"/run/log/radvd-{self.name}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: self.host.path(self.pid_file).exists(), what="radvd does not start")

    def advertise(self, *prefixes, **settings):
        """From now on these; those that were `left` are deprecated."""
        for prefix in prefixes:
            self.host.internet.run(
                f"ip address replace {self.address(prefix)}/64 dev isp-{self.name} nodad")
        self.write(*prefixes, **settings)
        self.send(signal.SIGHUP)

    def send(self, number):
        self.host.call(f"kill -{int(number)} $(cat {self.pid_file})")

    def stop(self, number=signal.SIGTERM):
        """With a goodbye, unless it is killed."""
        if self.process is None:
            return
        self.send(number)
        self.process.wait()
        self.process = None
        self.host.call(["rm", "-f", self.pid_file])


def global_addresses(place, device):
    """Of this place's interface, without those that are not to be used (yet)."""
    found = json.loads(place.run(f"ip -j -6 address show dev {device} scope global"))
    return {address["local"]: address for link in found for address in link.get("addr_info", [])
            if address and not address.get("tentative")}


def default_routes(place, device):
    return json.loads(place.run(f"ip -j -6 route show default dev {device}"))


def await_uplink6(host, name):
    """Its first global address, with a default route."""
    wait_for(lambda: global_addresses(host, name) and default_routes(host, name),
             what=f"{name} gets no IPv6")
    return next(iter(global_addresses(host, name)))


@contextlib.contextmanager
def managed(host, name="wan7", more="", metric=300):
    """NetworkManager's profile with this name is up; its router, whose `uplink` is the uplink's
    address."""
    router = Router(host, name)
    address = f"100.64.{router.number}.2"
    with wire(host, name), profile(host, name, name, address, "ipv6.method", "auto",
                                   "ipv6.addr-gen-mode", "eui64", "ipv6.ip6-privacy", "0",
                                   "ipv6.route-metric", str(metric), metric=metric):
        router.start(more)
        try:
            host.run(f"nmcli connection up {name}")
            router.uplink = await_uplink6(host, name)
            yield router
        finally:
            router.stop()


@contextlib.contextmanager
def unmanaged(host, name="wan8", more="", metric=300):
    """Likewise, with addresses by hand and the kernel's own IPv6."""
    router = Router(host, name)
    with wire(host, name):
        host.run(f"nmcli device set {name} managed no; ip link set {name} down; "
                 f"sysctl -qw net.ipv6.conf.{name}.accept_ra=1 "
                 f"net.ipv6.conf.{name}.disable_ipv6=0; "
                 f"ip link set {name} addrgenmode eui64; ip link set {name} up; "
                 f"ip address add 100.64.{router.number}.2/24 dev {name}; "
                 f"ip route add default via 100.64.{router.number}.1 dev {name} metric {metric}")
        router.start(more)
        try:
            router.uplink = await_uplink6(host, name)
            yield router
        finally:
            router.stop()


@contextlib.contextmanager
def line(host, name="ppp1", address=True, mtu=1500):
    """A line as of PPP: its link-local address, and a global one, which is yielded, if wanted."""
    host.dial(name, mtu)
    number = name.lstrip("p")
    uplink = f"2001:db8:c{number}::2"
    host.internet.run(f"ip address add fe80::b/64 dev isp-{name} nodad")
    host.run(f"sysctl -qw net.ipv6.conf.{name}.disable_ipv6=0; "
             f"ip address add fe80::a/64 dev {name} nodad")
    if address:
        host.internet.run(f"ip -6 route add {uplink} dev isp-{name}")
        host.run(f"ip address add {uplink}/128 dev {name} nodad; "
                 f"ip -6 route add default dev {name} metric 300")
    try:
        yield uplink
    finally:
        host.call(["ip", "link", "del", name])


class Delegating:
    """kea-dhcp6-server beside a router: a /60 for each who asks.  route() is called now and then,
    as what a provider's router does at once."""

    def __init__(self, router, pool, times):
        self.router, self.host, self.pool = router, router.host, pool
        self.times = dict(zip(("valid-lifetime", "preferred-lifetime", "renew-timer",
                               "rebind-timer"), times))
        self.folder = f"/run/kea-{router.name}"
        self.routed = set()

    def start(self):
        link = f"isp-{self.router.name}"
        settings = dict(KEA, **self.times, **{"interfaces-config": {"interfaces": [link]}})
        settings["lease-database"] = dict(KEA["lease-database"], name=f"{self.folder}/leases")
        settings["data-directory"] = self.folder
        own = self.router.address().removesuffix("1")
        settings["subnet6"] = [{
            "id": 1, "subnet": self.router.prefix, "interface": link,
            "pools": [{"pool": f"{own}d:0 - {own}d:ffff"}],
            "pd-pools": [{"prefix": self.pool.partition("/")[0],
                          "prefix-len": int(self.pool.partition("/")[2]), "delegated-len": 60}]}]
        self.host.run(f"mkdir -p {self.folder} /run/kea")
        self.host.path(f"{self.folder}/kea.conf").write_text(json.dumps({"Dhcp6": settings}))
        log = open(self.host.path(f"/run/log/kea-{self.router.name}"), "w")
        self.process = self.host.internet.popen(
            f"echo $$ >{self.folder}/pid; exec env KEA_PIDFILE_DIR={self.folder} "
            f"KEA_LOCKFILE_DIR=none kea-dhcp6 -c {self.folder}/kea.conf",
            stdout=log, stderr=subprocess.STDOUT)
        wait_for(lambda: "DHCP6_STARTED" in self.log(), what="kea-dhcp6 does not start")

    def log(self):
        return self.host.log(f"kea-{self.router.name}")

    def prefixes(self):
        """What is delegated, as its lease file says."""
        text = self.host.path(f"{self.folder}/leases").read_text()
        rows = [row.split(",") for row in text.splitlines()[1:]]
        state = {f"{row[0]}/{row[8]}": int(row[2]) for row in rows if row[6] == "2"}
        return {prefix for prefix, lifetime in state.items() if lifetime}

    def expiry(self):
        """Until when something is delegated."""
        text = self.host.path(f"{self.folder}/leases").read_text()
        return max(int(row.split(",")[3]) for row in text.splitlines()[1:])

    def in_pool(self, address):
        """Whether it is one that it gives by itself."""
        return ":d:" in address

    def route(self):
        """Leads what is delegated to the uplink's link-local address."""
        gone = self.routed - self.prefixes()
        for prefix in gone:
            self.host.internet.call(f"ip -6 route del {prefix} dev isp-{self.router.name}")
        for prefix in self.prefixes() - self.routed:
            links = json.loads(self.host.run(
                f"ip -j -6 address show dev {self.router.name} scope link"))
            way = next(address["local"] for link in links for address in link.get("addr_info", []) if address)
            self.host.internet.run(
                f"ip -6 route replace {prefix} via {way} dev isp-{self.router.name}")
        self.routed = self.prefixes()
        return self.routed

    def await_prefix(self):
        return next(iter(wait_for(self.route, what="nobody asks for a prefix")))

    def stop(self):
        self.host.call(f"kill $(cat {self.folder}/pid)")
        self.process.wait()
        self.host.call(["rm", "-r", self.folder])


@contextlib.contextmanager
def delegating(router, pool="2001:db8:7000::/40", times=()):
    """@times, in seconds: valid, preferred, renewed, rebound."""
    server = Delegating(router, pool, times)
    server.start()
    try:
        yield server
    finally:
        server.stop()


# --- Clients

@contextlib.contextmanager
def clients6(*clients):
    """Their kernels have IPv6, as those of most computers, and have had it for a while."""
    for client in clients:
        client.run("sysctl -qw net.ipv6.conf.eth0.accept_dad=0 net.ipv6.conf.all.disable_ipv6=0; "
                   "sysctl -qw net.ipv6.conf.eth0.accept_dad=1")
    try:
        yield
    finally:
        for client in clients:
            client.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")


def addresses6(client):
    return global_addresses(client, "eth0")


def usable(client, within=None):
    """The addresses (of this network) that are preferred."""
    return [address for address, about in addresses6(client).items()
            if not about.get("deprecated")
            and (within is None or ipaddress.ip_address(address) in ipaddress.ip_network(within))]


def has_own(client):
    return usable(client, OURS)


def router_of(client):
    """The link-local address of its default router, "" when it has none."""
    return next((route["gateway"] for route in default_routes(client, "eth0")
                 if "gateway" in route), "")


def await_ipv6(client, within=OURS, timeout=30):
    """An address, with a default route."""
    wait_for(lambda: usable(client, within) and router_of(client), timeout,
             "the client gets no IPv6")
    return usable(client, within)[0]


def await_no_router(client, timeout=2):
    wait_for(lambda: not router_of(client), timeout, "the client keeps its default route")


def advertisement(client):
    """What its router says when asked; None without one (ra.py)."""
    return json.loads(client.run(["/usr/bin/python3", str(HERE / "ra.py"), "ask", "eth0"]))


def pretend_router(client, prefix="2001:db8:bad::/64"):
    client.run(["/usr/bin/python3", str(HERE / "ra.py"), "send", "eth0", prefix])


def page6(place, timeout=3):
    """The address that the server of the Internet saw."""
    return place.run(["curl", "-sS", "--fail", "-m", str(timeout), f"http://[{WEB6}]/"])


ASK_ECHO = f"""import socket, sys
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.settimeout(float(sys.argv[1]))
sock.sendto(b"x", ("{WEB6}", 7))
print(sock.recv(100).decode())"""


def udp6(client, timeout=2):
    return client.run(["/usr/bin/python3", "-c", ASK_ECHO, str(timeout)])


def ping6(place, address=WEB6, count=1, timeout=1, *more):
    return place.call(["ping", "-6", "-n", "-c", str(count), "-i", "0.1", "-W", str(timeout),
                       *more, address])


def reaches6(client):
    return ping6(client).returncode == 0


# --- What leaves

class Sniffed:
    """`packets` has, afterwards, each IPv6 packet that was seen on these interfaces (sniff.py):
    (interface, "in" or "out", its bytes)."""

    def __init__(self, place: Place, *interfaces):
        self.process = place.popen(["/usr/bin/python3", str(HERE / "sniff.py"), *interfaces],
                                   stdin=subprocess.PIPE, stderr=None)
        assert self.process.stdout.readline() == "ready\n"
        self.packets = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        rows = [row.split() for row in self.process.stdout.read().splitlines()]
        self.process.wait()
        self.packets = [(name, way, bytes.fromhex(data)) for name, way, data in rows]

    def of(self, *networks):
        """Those that have an address of these networks anywhere: as a source, a destination, or
        in what an ICMPv6 error quotes."""
        starts = [ipaddress.ip_network(network) for network in networks]
        words = [network.network_address.packed[:network.prefixlen // 8] for network in starts]
        return [describe(*packet) for packet in self.packets
                if any(word in packet[2] for word in words)]

    def leaving(self):
        """What was sent there, but for what stays on the link."""
        return [describe(*packet) for packet in self.packets
                if packet[1] == "out" and not is_of_link(packet[2])]


def is_of_link(packet):
    return packet[24] == 0xFF or packet[24:26] == b"\xfe\x80" or (
        packet[6] == 58 and packet[40] in range(133, 138))


def describe(name, way, packet):
    source, target = (ipaddress.ip_address(packet[at:at + 16]) for at in (8, 24))
    return f"{name} {way}: {source} > {target} next header {packet[6]}, {len(packet)} bytes"


def seconds_until(what, timeout=10, begin=None):
    """How long that took to become true."""
    begin = time.monotonic() if begin is None else begin
    wait_for(what, timeout)
    return time.monotonic() - begin
