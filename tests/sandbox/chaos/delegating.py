# SPDX-License-Identifier: GPL-2.0-or-later
#
# The DHCPv6 server (RFC 8415) at the far side of each uplink, which delegates prefixes of that
# uplink's pool, or none.  Its times are short, so that who was given one asks again soon; what he
# has that is not delegated any more is taken back then.
#
import contextlib
import socket
import struct

from .actor import Actor
from .model import NUMBERS6

ADVERTISE, REPLY = 2, 7
SOLICIT, REQUEST, RENEW, REBIND, RELEASE = 1, 3, 5, 6, 8
CLIENT_ID, SERVER_ID, STATUS, IA_PD, IA_PREFIX = 1, 2, 13, 25, 26
NO_PREFIX = struct.pack("!H", 6)
DUID = b"\0\3\0\1\2\0\0\0\x05\x47"
TIMES = 2, 4        # seconds until who has one asks again, and asks anybody
LIVES = 20, 30      # for which it is preferred, and valid
PORTS = {"isp1": "eth1", **{f"isp-{name}": name for name in NUMBERS6}}


def option(code, data):
    return struct.pack("!HH", code, len(data)) + data


def options(data):
    while len(data) >= 4:
        code, length = struct.unpack_from("!HH", data)
        yield code, data[4:4 + length]
        data = data[4 + length:]


def prefix_option(network, lives):
    address, _, length = network.partition("/")
    return option(IA_PREFIX, struct.pack("!IIB", *lives, int(length))
                  + socket.inet_pton(socket.AF_INET6, address))


class Delegating(Actor):
    """`prefixes` is what each uplink delegates, by name; none for one that is not there."""

    def __init__(self, namespace):
        super().__init__(namespace, 0.05)
        self.prefixes, self.joined, self.turns = {}, {}, 0

    def open(self):
        self.sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        self.sock.setblocking(False)
        self.sock.bind(("::", 547))

    def turn(self):
        if self.turns % 4 == 0:
            self.join()
        self.turns += 1
        with contextlib.suppress(OSError):
            while True:
                data, about, _, peer = self.sock.recvmsg(2048, 128)
                index = struct.unpack_from("16xI", about[0][2])[0]
                name = PORTS.get(self.joined.get(index))
                if answer := name and self.answer(name, data):
                    self.sock.sendto(answer, peer)

    def join(self):
        for index, name in socket.if_nameindex():
            if name in PORTS and index not in self.joined:
                with contextlib.suppress(OSError):
                    group = socket.inet_pton(socket.AF_INET6, "ff02::1:2")
                    self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                                         group + struct.pack("=I", index))
            self.joined[index] = name

    def answer(self, name, data):
        asked = list(options(data[4:]))
        if not data or data[0] not in (SOLICIT, REQUEST, RENEW, REBIND, RELEASE):
            return None
        body = bytes([ADVERTISE if data[0] == SOLICIT else REPLY]) + data[1:4]
        body += option(SERVER_ID, DUID)
        for code, value in asked:
            if code == CLIENT_ID:
                body += option(CLIENT_ID, value)
            elif code == IA_PD and data[0] != RELEASE:
                body += option(IA_PD, self.association(name, value))
        return body

    def association(self, name, asked):
        """What is delegated, and what was asked for and is so no more."""
        network, text = self.prefixes.get(name), b""
        if network:
            text = prefix_option(network, LIVES)
        for code, value in options(asked[12:]):
            if code == IA_PREFIX and option(IA_PREFIX, value)[12:] != text[12:]:
                text += option(IA_PREFIX, bytes(8) + value[8:25])
        return asked[:4] + struct.pack("!II", *TIMES) + (text or option(STATUS, NO_PREFIX))
