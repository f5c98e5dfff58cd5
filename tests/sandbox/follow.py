# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the scenes of test_follow*.py, and others, share: uplinks that come and go, what a share
# says of itself, packet captures, and a client's traffic (traffic.py).
#
import contextlib
import json
import pathlib
import subprocess
import tempfile

from host import wait_for

HERE = pathlib.Path(__file__).resolve().parent
PPP0, ETH1 = "203.0.113.10", "198.18.1.2"  # the uplinks' own addresses
# The table, without the clients that have been seen so far.
TABLE = r"nft -s list table inet connshare | sed -E '/^\t(set clients|map short)_/,/^\t}/d'"


def share_of(host, lan="lan0"):
    return next(share for share in host.json("status")["shares"] if share["lan"] == lan)


def state(host, lan="lan0"):
    share = share_of(host, lan)
    return share["state"], share["state_reason"]


def message(host, lan="lan0"):
    return share_of(host, lan)["state_message"]


def uplink(host, lan="lan0"):
    """The one in force, "" while there is none."""
    share = share_of(host, lan)
    return share["uplink"] if share["state"] == "active" else ""


def await_state(host, *expected, lan="lan0", timeout=30):
    try:
        wait_for(lambda: state(host, lan) == expected, timeout)
    except TimeoutError:
        raise AssertionError(f"not {expected}, but {share_of(host, lan)}") from None


def await_uplink(host, name, lan="lan0", timeout=30):
    try:
        wait_for(lambda: uplink(host, lan) == name, timeout)
    except TimeoutError:
        raise AssertionError(f"not via {name}, but {share_of(host, lan)}") from None


def outside(host, name="ppp0"):
    """The uplink's address."""
    return host.addresses(name)[0]


def dial(host, number, name="ppp0"):
    """As host.dial(), with an address of its own for each number, which is returned."""
    address = f"203.0.113.{20 + number}"
    host.run([str(HERE / "dial"), name, "1500", address])
    return address


def index(host, name):
    return host.run(["cat", f"/sys/class/net/{name}/ifindex"])


GENERATION = """import socket, struct
sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
sock.send(struct.pack("=IHHIIBBH", 20, 10 << 8 | 16, 1, 1, 0, 0, 0, 0))
print(*struct.unpack("!I", sock.recv(4096)[24:28]))"""


def rulesets(host):
    """How many transactions the packet filter has seen: a pass that changes anything about a
    share's uplink makes one (NFT_MSG_GETGEN, NFTA_GEN_ID)."""
    return int(host.run(["/usr/bin/python3", "-c", GENERATION]))


@contextlib.contextmanager
def wire(host, *names):
    """More Ethernet uplinks, wanN with the gateway 100.64.N.1 at the other end."""
    for name in names:
        number = name.lstrip("wan")
        host.run(f"ip link add {name} type veth peer name isp-{name} netns internet; "
                 f"ip link set {name} up")
        host.internet.run(f"ip address add 100.64.{number}.1/24 dev isp-{name}; "
                          f"ip link set isp-{name} up")
    try:
        yield
    finally:
        for name in names:
            host.call(["ip", "link", "del", name])


def add_profile(host, name, device, address="100.64.7.2", *more, metric=300):
    """A profile of NetworkManager for the uplink's network; returns its UUID."""
    gateway = address.rpartition(".")[0] + ".1"
    host.run(["nmcli", "connection", "add", "save", "no", "type", "ethernet", "con-name", name,
              "ifname", device, "autoconnect", "no", "ipv4.method", "manual", "ipv4.addresses",
              f"{address}/24", "ipv4.gateway", gateway, "ipv4.route-metric", str(metric),
              "ipv4.dns", "198.51.100.53", "ipv6.method", "disabled", *more])
    return host.run(["nmcli", "-g", "connection.uuid", "connection", "show", name])


@contextlib.contextmanager
def profile(host, name, *arguments, **settings):
    uuid = add_profile(host, name, *arguments, **settings)
    try:
        yield uuid
    finally:
        host.call(["nmcli", "connection", "delete", uuid])


CAPTURE = """tcpdump -Z root -n -l --immediate-mode -i "$1" "$2" &
read -r _; kill $!; wait"""
LAST = "192.0.2.253"  # a packet to there ends a capture: what was before it has been seen
SEND_LAST = f"""import socket, sys
packet = bytes.fromhex("450000140000000001fd000000000000") + socket.inet_aton("{LAST}")
sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
for name in sys.argv[1:]:
    try:
        sock.sendto(packet, (name, 0x0800, 0, 0, b"\\2\\0\\0\\0\\377\\377"))
        print(name)
    except OSError:
        pass"""


@contextlib.contextmanager
def capture(host, *interfaces, also=()):
    """A list that holds, afterwards, the packets that clients' requests would be: to the web
    server, to a name server, or from a LAN; and those of the addresses and networks in `also`."""
    packets, running = [], []
    networks = ("192.0.2.80", "192.168.137.0/24", "192.168.138.0/24", LAST, *also)
    what = " or ".join(["port 53", *(f"net {network}" for network in networks)])
    for name in interfaces:
        out = tempfile.NamedTemporaryFile("w")
        process = host.popen(["sh", "-c", CAPTURE, "capture", name, what], stdin=subprocess.PIPE,
                             stdout=out)
        while "listening on" not in process.stderr.readline():
            assert process.poll() is None, f"tcpdump does not listen on {name}"
        running.append((name, process, out))
    try:
        yield packets
    finally:
        sent = host.call(["/usr/bin/python3", "-c", SEND_LAST, *interfaces]).stdout.split()
        for name, process, out in running:
            text = pathlib.Path(out.name).read_text
            with contextlib.suppress(TimeoutError):  # a link that is down lets nothing through
                wait_for(lambda: name not in sent or LAST in text(), timeout=2)
            process.communicate("\n", timeout=10)
            packets += [f"{name}: {line}" for line in text().splitlines()
                        if line and LAST not in line]
            out.close()


class Traffic:
    """traffic.py on a client: `report` has its results when it has ended."""

    def __init__(self, place, *words):
        self.process = place.popen(["/usr/bin/python3", str(HERE / "traffic.py"), *words],
                                   stdin=subprocess.PIPE, stderr=None)
        assert self.process.stdout.readline() == "ready\n"
        self.report = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # communicate() would not see what came together with "ready".
        self.process.stdin.close()
        self.report = json.loads(self.process.stdout.read())
        self.process.wait(timeout=120)


def probe(place, number, *kinds, patience=0.05):
    """As many requests of each kind, or of these: rows of traffic.py."""
    with Traffic(place, "probe", str(number), str(patience), *kinds) as traffic:
        pass
    return traffic.report
