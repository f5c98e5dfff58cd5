# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who talks during the random test: a computer on each LAN, a server on the Internet that goes on
# sending for a while by itself, and at each uplink a neighbour who tries to get through.  Each is a
# thread in its own namespace.  None of them judges; the oracle sees what they cause.
#
import contextlib
import errno
import select
import socket
import threading
import time

from . import frames
from .capture import enter, packet_socket
from .model import BOX, LISTENING_PORT, PUBLISHED_PORT, UPLINKS, VPN
from .oracle import PORTS

SERVER, UDP_PORT, TCP_PORT = "192.0.2.80", 7777, 7778
FLOWS, USES = 12, 3  # UDP flows of a client at a time, and datagrams of each
PUSHES = 0.1     # seconds between what the server sends by itself
FOLLOWUP = 2.5   # and how long it does
TURN = 0.02
SILENCE = 0.6    # seconds without an answer after which a client asks for an address again


class Actor(threading.Thread):
    """Calls turn() again and again in a network namespace, until close()."""

    def __init__(self, namespace, interval):
        super().__init__(daemon=True)
        self.namespace, self.interval = namespace, interval
        self.ended, self.broken = threading.Event(), None

    def run(self):
        try:
            if self.namespace:
                enter(self.namespace)
            self.open()
            while not self.ended.wait(self.interval):
                self.turn()
        except Exception as error:  # to be raised where the others are judged
            self.broken = error

    def open(self):
        pass

    def close(self):
        self.ended.set()
        self.join()


def udp_socket(address=None):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setblocking(False)
    if address:
        sock.bind(address)
    return sock


def received(sock):
    with contextlib.suppress(OSError):
        return sock.recv(2048)
    return b""


class Client(Actor):
    """Sends one thing each turn: a datagram, a ping, a question for a name, TCP.  Its sockets
    come and go, so that there are always new flows, and old ones that the server goes on with."""

    def __init__(self, place, namespace, number):
        super().__init__(namespace, TURN)
        self.place, self.number = place, number
        self.turns, self.sent, self.sent_udp, self.answers, self.answered = 0, 0, 0, 0, 0.0
        self.tcp, self.port = None, next(port for port in PORTS if PORTS[port] == number)
        self.kinds = [self.send_udp, self.send_ping, self.ask_name, self.send_tcp,
                      self.send_udp, self.send_to_published, self.ask_name, self.send_from_port]

    def open(self):
        self.dns, self.flows = udp_socket(), [udp_socket() for _ in range(FLOWS)]
        self.published = udp_socket()
        self.fixed = udp_socket(("", LISTENING_PORT))
        self.ping = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.ping.setblocking(False)
        self.raw = packet_socket()

    def mark(self, end=""):
        self.sent += 1
        return f"cstag{self.number}-{self.sent}{end}"

    def turn(self):
        kind = self.kinds[self.turns % len(self.kinds)]
        self.turns += 1
        with contextlib.suppress(OSError):
            kind()
        for sock in (*self.flows, self.fixed, self.published, self.ping, self.dns):
            while data := received(sock):
                if b"cstag" in data.lower():
                    self.answers, self.answered = self.answers + 1, time.monotonic()

    def send_udp(self):
        """By each flow in turn; all but the first are given up after a few datagrams."""
        self.sent_udp += 1
        at = self.sent_udp % FLOWS
        if at and self.sent_udp // FLOWS % USES == at % USES:
            self.flows[at].close()
            self.flows[at] = udp_socket()
        self.flows[at].sendto(self.mark().encode(), (SERVER, UDP_PORT))

    def send_ping(self):
        packet = frames.icmp(frames.ECHO, 0, 0x4353 << 16 | self.sent & 0xFFFF,
                             self.mark().encode())
        self.ping.sendto(packet, (SERVER, 0))

    def ask_name(self):
        name = self.mark()
        labels = bytes([len(name)]) + name.encode() + b"\x04test\0"
        self.dns.sendto(self.sent.to_bytes(4, "big")[2:] + b"\1\0\0\1\0\0\0\0\0\0" + labels
                        + b"\0\1\0\1", (self.gateway(), 53))

    def send_to_published(self):
        """A new flow now and then."""
        if self.turns % 5 == 0:
            self.published.close()
            self.published = udp_socket()
        self.published.sendto(self.mark().encode(), (self.gateway(), PUBLISHED_PORT))

    def send_from_port(self):
        self.fixed.sendto(self.mark().encode(), (SERVER, UDP_PORT))

    @staticmethod
    def gateway():
        with open("/proc/thread-self/net/route") as routes:
            for line in routes:
                if line.split()[1] == "00000000":
                    return socket.inet_ntoa(bytes.fromhex(line.split()[2])[::-1])
        raise OSError(errno.ENETUNREACH, "no gateway")

    def send_tcp(self):
        if self.tcp and self.sent % 150 < 120:
            try:
                self.tcp.send(self.mark().encode())
                received(self.tcp)
                return
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.ENOTCONN):
                    return
        if self.tcp:
            self.tcp.close()
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setblocking(False)
        self.port += 1
        self.tcp.bind(("", self.port))
        self.tcp.connect((SERVER, TCP_PORT))

    def send_raw(self, packet, gateway, own):
        """A packet as it is, to the gateway's link address."""
        with contextlib.suppress(OSError):
            self.raw.sendto(frames.ethernet(gateway, own, packet), ("eth0", 0x800))


class Lease(Actor):
    """A client's DHCP: it asks again when nothing has answered for a while."""

    def __init__(self, client):
        super().__init__(None, 0.2)
        self.client, self.paused = client, False

    def turn(self):
        if not self.paused and time.monotonic() - self.client.answered > SILENCE:
            with contextlib.suppress(Exception):
                self.client.place.dhcp(1)


class Server(Actor):
    """Answers datagrams and TCP with what came, and repeats it for a while."""

    def __init__(self, namespace):
        super().__init__(namespace, 0.005)
        self.peers, self.streams, self.pushed = {}, {}, 0.0

    def open(self):
        self.udp = udp_socket((SERVER, UDP_PORT))
        self.listener = socket.create_server((SERVER, TCP_PORT), backlog=64)
        self.listener.setblocking(False)

    def turn(self):
        now = time.monotonic()
        while select.select([self.udp], [], [], 0)[0]:
            with contextlib.suppress(OSError):
                data, peer = self.udp.recvfrom(2048)
                self.peers[peer] = now, data + b"!"
                self.udp.sendto(data + b"!", peer)
        with contextlib.suppress(OSError):
            stream = self.listener.accept()[0]
            stream.setblocking(False)
            self.streams[stream] = now, b""
        for stream in list(self.streams):
            self.serve(stream, now)
        if now - self.pushed >= PUSHES:
            self.pushed = now
            self.push(now)

    def serve(self, stream, now):
        try:
            if data := stream.recv(2048):
                self.streams[stream] = now, data[-40:].rpartition(b"cs")[2]
                return
        except BlockingIOError:
            if now - self.streams[stream][0] < 10:
                return
        except OSError:
            pass
        stream.close()
        del self.streams[stream]

    def push(self, now):
        self.peers = {peer: row for peer, row in self.peers.items() if now - row[0] < FOLLOWUP}
        for peer, (_, data) in self.peers.items():
            with contextlib.suppress(OSError):
                self.udp.sendto(data, peer)
        for stream, (at, data) in self.streams.items():
            if data and now - at < FOLLOWUP:
                with contextlib.suppress(OSError):
                    stream.send(b"cs" + data + b"!")


class Container(Actor):
    """Answers datagrams with what came."""

    def __init__(self, namespace):
        super().__init__(namespace, 0.005)
        self.asked = 0

    def open(self):
        self.udp = udp_socket(("", PUBLISHED_PORT))

    def turn(self):
        while select.select([self.udp], [], [], 0)[0]:
            with contextlib.suppress(OSError):
                data, peer = self.udp.recvfrom(2048)
                self.asked += 1
                self.udp.sendto(data + b"!", peer)


class Neighbours(Actor):
    """At the far side of each uplink: packets to clients, to gateways, and to what is behind the
    other uplinks."""

    SOURCES = {"ppp0": "203.0.113.1", "ppp1": "203.0.113.1", "eth1": "198.18.1.1",
               VPN: "10.200.0.1"}
    LINKS = {"eth1": "02:00:00:00:01:13", "ppp0": "02:00:00:00:03:00",
             "ppp1": "02:00:00:00:03:01", VPN: "02:00:00:00:03:09"}
    PORTS_OF_HOSTS = {"eth1": "isp1"}
    BEHIND = ("198.18.1.1", "203.0.113.1", SERVER, "10.200.0.1", BOX)

    def __init__(self, namespace, targets):
        super().__init__(namespace, 0.1)
        self.targets, self.sent = targets, 0

    def open(self):
        self.raw = packet_socket()

    def turn(self):
        for uplink in (*UPLINKS, VPN):
            self.send(uplink, 1)

    def send(self, uplink, number):
        targets = [*self.targets(), *self.BEHIND]
        for _ in range(number):
            self.sent += 1
            data = f"csprobe-{uplink}-{self.sent}".encode()
            source, target = self.SOURCES[uplink], targets[self.sent % len(targets)]
            packet = [lambda: frames.udp(source, target, 4000, 7777, data),
                      lambda: frames.ping(source, target, data, self.sent),
                      lambda: frames.tcp(source, target, 4001, 80, frames.SYN, data),
                      lambda: frames.udp(source, target, 7777, 40000, data)][self.sent // 7 % 4]()
            link = self.LINKS[uplink]
            with contextlib.suppress(OSError):
                self.raw.sendto(frames.ethernet(link, "02:00:00:00:02:99", packet),
                                (self.PORTS_OF_HOSTS.get(uplink, f"isp-{uplink}"), 0x800))


def hostile_packets(random, number, own, gateway, other):
    """What a client sends to do harm, ready to be marked: functions of the mark."""
    sources = [own, own, "8.8.8.8", other, gateway, "127.0.0.1", "203.0.113.10", "0.0.0.0",
               "224.0.0.1", "198.18.1.1"]
    targets = [SERVER, "198.18.1.1", "198.18.1.2", "203.0.113.1", "203.0.113.10", other, gateway,
               "8.8.4.4", "10.200.0.1", "127.0.0.1", BOX]
    packets = []
    for _ in range(number):
        source, target = random.choice(sources), random.choice(targets)
        ttl = random.choice([64, 64, 1])
        packets.append(random.choice(MAKERS)(source, target, ttl, random))
    return packets


def make_udp(source, target, ttl, random):
    port = random.choice([7, 53, UDP_PORT])
    return lambda mark: with_ttl(frames.udp(source, target, 5000, port, mark), ttl)


def make_tcp(source, target, ttl, random):
    flags = random.choice([frames.SYN, 0, 0x3F, 0x06, 0x03, 0x10, frames.RST])
    port = random.choice([22, 80, TCP_PORT])
    return lambda mark: with_ttl(frames.tcp(source, target, 5001, port, flags, mark), ttl)


def make_ping(source, target, ttl, _random):
    return lambda mark: with_ttl(frames.ping(source, target, mark), ttl)


def make_error(source, target, _ttl, random):
    """An error about a packet that never was."""
    code = random.choice([(3, 1), (3, 3), (5, 1), (11, 0)])

    def make(mark):
        quoted = frames.udp(target, source, 53, 5000, mark)
        return frames.ipv4(source, target, frames.ICMP, frames.icmp(*code, 0, quoted))
    return make


def with_ttl(packet, ttl):
    head = packet[:8] + bytes([ttl]) + packet[9:10] + b"\0\0" + packet[12:20]
    return head[:10] + frames.checksum(head).to_bytes(2, "big") + head[12:] + packet[20:]


MAKERS = [make_udp, make_tcp, make_ping, make_error]
