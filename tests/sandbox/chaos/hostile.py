# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a client of the random test sends to do harm, ready to be marked: functions of the mark.
#
import struct

from . import frames
from .model import BOX, NUMBERS6, SERVER6
from .traffic import SERVER, TCP_PORT, UDP_PORT


def hostile_packets(random, number, own, gateway, other):
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


def hostile_packets6(random, number, own, gateway, other):
    sources = [own, own, own, other, gateway, "::", "::1", "ff02::1", "ff0e::5", "fe80::99",
               "2001:db8:5::5", "::ffff:8.8.8.8", "fd55::5", NUMBERS6["ppp0"].address(0),
               NUMBERS6["eth1"].address(0)]
    targets = [SERVER6, SERVER6, NUMBERS6["eth1"].peer(0), NUMBERS6["ppp0"].peer(0),
               NUMBERS6["ppp0"].address(0), other, gateway, "fd55::6", "ff02::1", "ff0e::5",
               "::ffff:192.0.2.80", "2002:c000:250::1", "fe80::1", "ff02::1:2", "::1"]
    packets = []
    for _ in range(number):
        source, target = random.choice(sources), random.choice(targets)
        before = random.choice(BEFORE6)
        hops = random.choice([64, 64, 1, 255])
        packets.append(random.choice(MAKERS6)(source, target, hops, before, random))
    return packets


# Headers between IPv6's own and the packet, as (number of the first, bytes of all but the number
# of what follows): none, hop-by-hop options, a router alert, destination options that must be
# understood, routing headers of types 0 and 4, a fragment alone, the first of two.
BEFORE6 = [None, None, None, (0, b"\0\1\4\0\0\0\0"), (0, b"\0\5\2\0\0\1\0"),
           (60, b"\0\xC2\4\0\0\0\0"), (60, b"\0\x82\4\0\0\0\0"),
           (43, b"\2\0\1\0\0\0\0" + frames.packed6("2001:db8:ffff::1")),
           (43, b"\2\4\1\0\0\0\0" + frames.packed6("2001:db8:ffff::1")),
           (44, b"\0\0\0\0\0\0\1"), (44, b"\0\0\1\0\0\0\2"),
           (44, b"\0\0\x10\0\0\0\3")]


def with_headers6(packet, hops, before):
    head = packet[:7] + bytes([hops]) + packet[8:40]
    if before:
        number, rest = before
        more = packet[6:7] + rest
        head = head[:4] + struct.pack("!HB", len(packet) - 40 + len(more), number) + head[7:]
        return head + more + packet[40:]
    return head + packet[40:]


def make_udp6(source, target, hops, before, random):
    port = random.choice([7, 53, 547, UDP_PORT])
    return lambda mark: with_headers6(frames.udp6(source, target, 5000, port, mark), hops, before)


def make_tcp6(source, target, hops, before, random):
    flags = random.choice([frames.SYN, 0, 0x3F, 0x06, 0x03, 0x10, frames.RST])
    port = random.choice([22, 80, TCP_PORT])
    return lambda mark: with_headers6(frames.tcp6(source, target, 5001, port, flags, mark), hops,
                                      before)


def make_icmp6(source, target, hops, before, random):
    """An echo request, or what belongs to neighbour discovery and MLD, wherever it goes."""
    kind = random.choice([128, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 139, 143])

    def make(mark):
        body = frames.packed6(target) + mark
        return with_headers6(frames.icmp6(source, target, kind, 0, 0, body), hops, before)
    return make


def make_error6(source, target, hops, before, random):
    """An error about a packet that never was."""
    code = random.choice([(1, 0), (1, 4), (2, 0), (3, 0), (4, 1)])

    def make(mark):
        quoted = frames.udp6(target, source, 53, 5000, mark)
        return with_headers6(frames.icmp6(source, target, *code, 1280, quoted), hops, before)
    return make


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
MAKERS6 = [make_udp6, make_tcp6, make_icmp6, make_error6]
