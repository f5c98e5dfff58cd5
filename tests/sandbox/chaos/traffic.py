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
import struct
import time

from . import frames
from .actor import Actor
from .capture import packet_socket
from .mapping import knock
from .model import BOX, LISTENING_PORT, NUMBERS6, PUBLISHED_PORT, SERVER6, UPLINKS, VPN
from .oracle import PORTS

SERVER, UDP_PORT, TCP_PORT = "192.0.2.80", 7777, 7778
FLOWS, USES = 12, 3  # UDP flows of a client at a time, and datagrams of each
FLOWS6 = 4           # and by IPv6
ADDRESSES6 = 8       # that a client remembers
KNOCKS = 3       # at ports of the host, of each uplink's neighbour at a time
PUSHES = 0.1     # seconds between what the server sends by itself
FOLLOWUP = 2.5   # and how long it does
TURN = 0.02
SILENCE = 0.6    # seconds without an answer after which a client asks for an address again


def udp_socket(address=None, family=socket.AF_INET):
    sock = socket.socket(family, socket.SOCK_DGRAM)
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
        self.answers6 = 0
        self.port = next(port for port in PORTS if PORTS[port] == number)
        self.streams = {}      # the TCP connection to each server
        self.addresses6 = []   # that it has had
        self.links = f"02:00:00:00:01:1{number + 1}", f"02:00:00:00:02:1{number + 1}"
        self.kinds = [self.send_udp, self.send_udp6, self.send_ping, self.ask_name,
                      self.send_tcp, self.send_past_routes, self.send_udp,
                      self.send_to_published, self.send_tcp6, self.ask_name,
                      self.send_from_port, self.send_ping6]

    def open(self):
        self.dns, self.flows = udp_socket(), [udp_socket() for _ in range(FLOWS)]
        self.flows6 = [self.new_flow6() for _ in range(FLOWS6)]
        self.ping6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        self.ping6.setblocking(False)
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
        for sock in (*self.flows6, self.ping6):
            while data := received(sock):
                self.answers6 += b"cstag" in data

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

    def send_tcp(self, server=SERVER):
        stream = self.streams.get(server)
        if stream and self.sent % 150 < 120:
            try:
                stream.send(self.mark().encode())
                received(stream)
                return
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.ENOTCONN):
                    return
        if stream:
            stream.close()
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        stream = self.streams[server] = socket.socket(family, socket.SOCK_STREAM)
        stream.setblocking(False)
        self.port += 1
        stream.bind(("", self.port))
        stream.connect((server, TCP_PORT))

    # --- IPv6

    @staticmethod
    def new_flow6():
        return udp_socket(family=socket.AF_INET6)

    def send_udp6(self):
        """By each flow in turn, all but the first of which are soon given up."""
        at = self.turns // len(self.kinds) % FLOWS6
        if at:
            self.flows6[at].close()
            self.flows6[at] = self.new_flow6()
        self.flows6[at].sendto(self.mark().encode(), (SERVER6, UDP_PORT))

    def send_ping6(self):
        head = struct.pack("!BBHHH", 128, 0, 0, 0x4353, self.sent & 0xFFFF)
        self.ping6.sendto(head + self.mark().encode(), (SERVER6, 0))

    def send_tcp6(self):
        self.send_tcp(SERVER6)

    def look_for_addresses6(self):
        with open("/proc/thread-self/net/if_inet6") as file:
            for line in map(str.split, file):
                address = frames.address6(bytes.fromhex(line[0]))
                if line[3] == "00" and address not in self.addresses6:
                    self.addresses6.append(address)
        del self.addresses6[:-ADDRESSES6]

    def send_past_routes(self):
        """From an address that it has or has had, though its kernel may know no way."""
        self.look_for_addresses6()
        if self.addresses6:
            source = self.addresses6[self.sent % len(self.addresses6)]
            self.send_raw(frames.udp6(source, SERVER6, 5006, UDP_PORT, self.mark().encode()))

    def send_raw(self, packet):
        """A packet as it is, to the gateway's link address."""
        with contextlib.suppress(OSError):
            self.raw.sendto(frames.ethernet(*self.links, packet), ("eth0", 0x800))


class Lease(Actor):
    """A client's DHCP: it asks again when nothing has answered for a while."""

    def __init__(self, client):
        super().__init__(None, 0.2)
        self.client, self.paused = client, False

    def turn(self):
        if not self.paused and time.monotonic() - self.client.answered > SILENCE:
            with contextlib.suppress(Exception):
                self.client.place.dhcp(1, name=f"client{self.client.number}")


class Server(Actor):
    """Answers datagrams and TCP with what came, and repeats it for a while."""

    def __init__(self, namespace):
        super().__init__(namespace, 0.005)
        self.peers, self.streams, self.pushed = {}, {}, 0.0

    def open(self):
        self.udps = [udp_socket((SERVER, UDP_PORT)),
                     udp_socket((SERVER6, UDP_PORT), socket.AF_INET6)]
        self.listeners = [socket.create_server((SERVER, TCP_PORT), backlog=64),
                          socket.create_server((SERVER6, TCP_PORT), backlog=64,
                                               family=socket.AF_INET6)]
        for listener in self.listeners:
            listener.setblocking(False)

    def turn(self):
        now = time.monotonic()
        while ready := select.select(self.udps, [], [], 0)[0]:
            for sock in ready:
                with contextlib.suppress(OSError):
                    data, peer = sock.recvfrom(2048)
                    self.peers[sock, peer] = now, data + b"!"
                    sock.sendto(data + b"!", peer)
        for listener in self.listeners:
            with contextlib.suppress(OSError):
                stream = listener.accept()[0]
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
        for (sock, peer), (_, data) in self.peers.items():
            with contextlib.suppress(OSError):
                sock.sendto(data, peer)
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
    BEHIND6 = (SERVER6, *(number.peer(0) for number in NUMBERS6.values()))

    def __init__(self, namespace, targets, targets6, addresses):
        super().__init__(namespace, 0.1)
        self.targets, self.targets6, self.sent, self.knocked = targets, targets6, 0, 0
        self.addresses = addresses  # of this host, by uplink

    def open(self):
        self.raw = packet_socket()

    def turn(self):
        for uplink in (*UPLINKS, VPN):
            self.send(uplink, 1)

    def send(self, uplink, number):
        targets = [*self.targets(), *self.BEHIND]
        targets6 = [*self.targets6(), *self.BEHIND6]
        for _ in range(number):
            self.sent += 1
            data = f"csprobe-{uplink}-{self.sent}".encode()
            self.send_frame(uplink, self.packet6(uplink, targets6, data))
            source, target = self.SOURCES[uplink], targets[self.sent % len(targets)]
            packet = [lambda: frames.udp(source, target, 4000, 7777, data),
                      lambda: frames.ping(source, target, data, self.sent),
                      lambda: frames.tcp(source, target, 4001, 80, frames.SYN, data),
                      lambda: frames.udp(source, target, 7777, 40000, data)][self.sent // 7 % 4]()
            self.send_frame(uplink, packet)
            for _ in range(KNOCKS):
                self.knock(uplink, source)

    def knock(self, uplink, source):
        """At this uplink's own address, and now and then another's."""
        addresses = sorted(self.addresses.items())
        self.knocked += 1
        target = self.addresses.get(uplink, SERVER)
        if self.knocked % 5 == 0:
            target = addresses[self.knocked // 5 % len(addresses)][1]
        self.send_frame(uplink, knock(self.knocked, uplink, source, target))

    def send_frame(self, uplink, packet):
        with contextlib.suppress(OSError):
            self.raw.sendto(frames.ethernet(self.LINKS[uplink], "02:00:00:00:02:99", packet),
                            (self.PORTS_OF_HOSTS.get(uplink, f"isp-{uplink}"), 0x800))

    def packet6(self, uplink, targets, data):
        source, target = NUMBERS6[uplink].peer(0), targets[self.sent % len(targets)]
        kind = self.sent // 7 % 4
        if kind == 0:
            return frames.udp6(source, target, 4000, 7777, data)
        if kind == 1:
            return frames.tcp6(source, target, 4001, 80, frames.SYN, data)
        if kind == 2:
            return frames.udp6(SERVER6, target, UDP_PORT, 40000, data)
        return frames.ping6(source, target, data, self.sent)
