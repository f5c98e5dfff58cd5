# SPDX-License-Identifier: GPL-2.0-or-later
#
# Port mappings of the random test: what of them may be in force when, and what must be; listeners
# of clients, to which they lead, and knocks at ports of this host, which only they may let in.
# A knock's mark ends with ":" and the port at which it knocks.
#
import contextlib
import select
import socket
import time

from . import frames
from .actor import Actor
from .capture import socket_in

PORTS = tuple(range(31000, 31012))  # of this host; some of them nobody maps
MAPPED = PORTS[:-3]
SHIFTS = (0, 0, 1000)               # from there to the client's
LISTENED = [port + shift for shift in sorted(set(SHIFTS)) for port in PORTS]
PROTOCOLS = {"tcp": frames.TCP, "udp": frames.UDP}
STEADY = 4002                       # where the knocks of one flow come from
ANSWER = 1.5                        # seconds that a mapped port may take


class Mapping:
    """One that was asked for; `spans`: when it may be in force."""

    def __init__(self, protocol, first, last, shift, client, spans):
        self.protocol, self.first, self.last = protocol, first, last
        self.shift, self.client, self.spans = shift, client, spans
        self.is_certain = False

    def leads(self, protocol, port, to_port):
        return (PROTOCOLS[self.protocol] == protocol and self.first <= port <= self.last
                and to_port == port + self.shift)

    @property
    def number(self):
        """Of the protocol."""
        return PROTOCOLS[self.protocol]

    @property
    def words(self):
        """(protocol, first port), (last port, client's first port)"""
        return (self.protocol, self.first), (self.last, self.first + self.shift)

    def __str__(self):
        return f"{self.protocol} {self.first}-{self.last} to {self.client}+{self.shift}"


class Mappings:
    """Of one LAN, all that there were."""

    def __init__(self):
        self.all = []

    def begin_adding(self, mapping):
        mapping.spans.open()
        self.all.append(mapping)

    def end_adding(self, mapping, outcome):
        mapping.is_certain = outcome is True
        if outcome is False:
            mapping.spans.close()

    def doubt(self, protocol=None, first=None):
        """These, or all, may end now."""
        for mapping in self.present():
            if protocol is None or mapping.words[0] == (protocol, first):
                mapping.is_certain = False

    def end(self, protocol=None, first=None):
        for mapping in self.present():
            if protocol is None or mapping.words[0] == (protocol, first):
                mapping.spans.close()

    def present(self):
        """Those that may be in force now."""
        return [mapping for mapping in self.all if mapping.spans.is_open()]

    def may_lead(self, protocol, port, to_port, begin, end):
        return any(mapping.leads(protocol, port, to_port) and mapping.spans.touches(begin, end)
                   for mapping in list(self.all))


class Listener(Actor):
    """A client's services: each answers whatever comes with the client's mark."""

    def __init__(self, client, namespace):
        super().__init__(namespace, 0.01)
        self.client, self.answers = client, 0

    def open(self):
        self.udps, self.tcps, self.streams = [], [], {}
        for port in LISTENED:
            self.udps.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            self.udps[-1].bind(("", port))
            self.tcps.append(socket.create_server(("", port), backlog=64))
            self.tcps[-1].setblocking(False)
        self.poll = select.epoll()
        self.sockets = {sock.fileno(): sock for sock in (*self.udps, *self.tcps)}
        for number in self.sockets:
            self.poll.register(number, select.EPOLLIN)

    def turn(self):
        for number, _ in self.poll.poll(0):
            with contextlib.suppress(OSError):
                self.serve(self.sockets[number])
        now = time.monotonic()
        for stream, begin in list(self.streams.items()):
            done = now - begin > ANSWER
            with contextlib.suppress(BlockingIOError):
                done = self.answer_stream(stream) or done
            if done:
                del self.streams[stream]
                stream.close()

    def serve(self, sock):
        if sock.type == socket.SOCK_DGRAM:
            _, peer = sock.recvfrom(2048)
            sock.sendto(self.mark(), peer)
        else:
            stream = sock.accept()[0]
            stream.setblocking(False)
            self.streams[stream] = time.monotonic()

    def answer_stream(self, stream):
        with contextlib.suppress(ConnectionError, TimeoutError):
            if stream.recv(2048):
                stream.send(self.mark())
        return True

    def mark(self):
        self.answers += 1
        return self.client.mark().encode()


def knock(number, uplink, source, target):
    """A packet to a port, of a flow that stays or of a new one."""
    port = PORTS[number // 3 % len(PORTS)]
    sport = (STEADY, STEADY, 40000 + number % 20000)[number // 36 % 3]
    data = f"csprobe-{uplink}-{number}:{port}".encode()
    if number % 3:
        return frames.udp(source, target, sport, port, data)
    return frames.tcp(source, target, sport, port, frames.SYN, data)


def ask(namespace, interface, protocol, address, port, patience=ANSWER):
    """What a service there answers to somebody at this interface, or None."""
    is_tcp = protocol == "tcp"
    sock = socket_in(namespace, lambda: socket.socket(
        socket.AF_INET, socket.SOCK_STREAM if is_tcp else socket.SOCK_DGRAM))
    with sock:
        sock.settimeout(patience)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
            sock.connect((address, port))
            sock.send(b"who")
            return sock.recv(2048).decode()
    return None
