# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ethernet frames of the random test: made for clients and strangers, and read from captures.
# What a client sends carries the mark "cstagN-NUMBER" with N for its LAN, what comes back from
# the Internet the same with "!" behind it, and what a client sends to do harm with "h"; what an
# uplink's neighbour sends carries "csprobe-UPLINK-NUMBER", with ":PORT" behind it if that is to
# a port of this host.  What is read of ICMPv6 is told in the
# numbers of ICMP.
#
import ipaddress
import re
import socket
import struct

MARK = re.compile(rb"cs(?:tag(\d)|probe-([a-z0-9]+))-\d+([!h]?)(?::(\d+))?", re.IGNORECASE)
ICMP, TCP, UDP = 1, 6, 17
ECHO_REPLY, UNREACHABLE, REDIRECT, ECHO = 0, 3, 5, 8
ICMP_ERRORS = (UNREACHABLE, 4, REDIRECT, 11, 12)
SYN, RST = 2, 4
IPV4, IPV6 = b"\x08\0", b"\x86\xdd"
ICMP6, NEIGHBOUR = 58, 136
HEADERS6 = (0, 43, 44, 60)  # that may stand before TCP, UDP and ICMPv6
KINDS6 = {1: UNREACHABLE, 2: 4, 3: 11, 4: 12, 128: ECHO, 129: ECHO_REPLY, 137: REDIRECT}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ipv4(source, target, protocol, body, ttl=64):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0x4000, ttl, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def udp(source, target, sport, dport, data):
    return ipv4(source, target, UDP, struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data)


def tcp(source, target, sport, dport, flags, data=b""):
    head = struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 0x50, flags, 8192, 0, 0)
    pseudo = socket.inet_aton(source) + socket.inet_aton(target)
    pseudo += struct.pack("!BBH", 0, TCP, len(head) + len(data))
    total = struct.pack("!H", checksum(pseudo + head + data))
    return ipv4(source, target, TCP, head[:16] + total + head[18:] + data)


def icmp(kind, code, rest, data):
    packet = struct.pack("!BBHI", kind, code, 0, rest) + data
    return packet[:2] + struct.pack("!H", checksum(packet)) + packet[4:]


def ping(source, target, data, number=1):
    return ipv4(source, target, ICMP, icmp(ECHO, 0, 0x4353 << 16 | number & 0xFFFF, data))


def ethernet(target, source, packet):
    kind = IPV6 if packet[0] >> 4 == 6 else IPV4
    return bytes.fromhex((target + source).replace(":", "")) + kind + packet


def packed6(address):
    return socket.inet_pton(socket.AF_INET6, address)


def ipv6(source, target, protocol, body, hops=64, before=b""):
    """`before`: headers between, the first of which the caller's `protocol` names."""
    return struct.pack("!IHBB", 6 << 28, len(before) + len(body), protocol, hops) + packed6(
        source) + packed6(target) + before + body


def checked6(source, target, protocol, body, at):
    """`body` with its checksum there."""
    pseudo = packed6(source) + packed6(target) + struct.pack("!II", len(body), protocol)
    total = struct.pack("!H", checksum(pseudo + body) or 0xFFFF)
    return body[:at] + total + body[at + 2:]


def udp6(source, target, sport, dport, data):
    body = struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data
    return ipv6(source, target, UDP, checked6(source, target, UDP, body, 6))


def tcp6(source, target, sport, dport, flags, data=b""):
    body = struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 0x50, flags, 8192, 0, 0) + data
    return ipv6(source, target, TCP, checked6(source, target, TCP, body, 16))


def icmp6(source, target, kind, code, rest, data, hops=64):
    body = struct.pack("!BBHI", kind, code, 0, rest) + data
    return ipv6(source, target, ICMP6, checked6(source, target, ICMP6, body, 2), hops)


def ping6(source, target, data, number=1):
    return icmp6(source, target, 128, 0, 0x4353 << 16 | number & 0xFFFF, data)


def address(data):
    return ".".join(map(str, data))


def address6(data):
    return str(ipaddress.IPv6Address(bytes(data)))


class Frame:
    """What the oracle wants to know of a frame; `ip` is false for what is no IP."""

    def __init__(self, data):
        self.data = data
        self.source = self.target = self.inner = None
        self.protocol = self.sport = self.dport = self.kind = None
        self.has_next_hop = data[12:14] == b"\x08\x06"  # it says where one is: ARP, ND
        self.is_ipv6 = data[12:14] == IPV6 and len(data) >= 54
        self.ip = self.is_ipv6 or data[12:14] == IPV4 and len(data) >= 34
        if self.is_ipv6:
            self.read6(data[14:])
        elif self.ip:
            self.read(data[14:])
        mark = MARK.search(data)
        self.owner = int(mark[1]) if mark and mark[1] else None
        self.probe = mark[2].decode() if mark and mark[2] else None
        self.knocks = int(mark[4]) if mark and mark[2] and mark[4] else None
        self.comes_back = bool(mark and mark[3] == b"!") or self.kind == ECHO_REPLY
        self.is_hostile = bool(mark and mark[3].lower() == b"h")

    def read(self, packet):
        length = (packet[0] & 15) * 4
        self.source, self.target = address(packet[12:16]), address(packet[16:20])
        self.protocol, self.body = packet[9], packet[length:]
        if self.protocol in (TCP, UDP) and len(self.body) >= 8:
            self.sport, self.dport = struct.unpack("!HH", self.body[:4])
        if self.protocol == ICMP and self.body:
            self.kind = self.body[0]
            if self.kind in ICMP_ERRORS and len(self.body) >= 28:
                self.inner = address(self.body[20:24]), address(self.body[24:28])

    def read6(self, packet):
        self.source, self.target = address6(packet[8:24]), address6(packet[24:40])
        self.protocol, self.body = packet[6], packet[40:]
        while self.protocol in HEADERS6 and len(self.body) >= 8:
            length = 8 if self.protocol == 44 else (self.body[1] + 1) * 8
            self.protocol, self.body = self.body[0], self.body[length:]
        if self.protocol in (TCP, UDP) and len(self.body) >= 8:
            self.sport, self.dport = struct.unpack("!HH", self.body[:4])
        if self.protocol == ICMP6 and len(self.body) >= 8:
            self.kind = KINDS6.get(self.body[0])
            self.has_next_hop = self.body[0] == NEIGHBOUR
            if self.kind in ICMP_ERRORS and len(self.body) >= 48:
                self.inner = address6(self.body[16:32]), address6(self.body[32:48])

    @property
    def is_error(self):
        return self.kind in ICMP_ERRORS

    @property
    def is_host_unreachable(self):
        return self.kind == UNREACHABLE and self.body[1] == (3 if self.is_ipv6 else 1)

    @property
    def is_reset(self):
        """A TCP reset without data."""
        return self.protocol == TCP and len(self.body) >= 14 and bool(self.body[13] & RST)

    @property
    def is_accepting(self):
        """TCP: somebody listens."""
        return self.protocol == TCP and len(self.body) >= 14 and self.body[13] & 18 == 18

    def __str__(self):
        if not self.ip:
            return f"type {self.data[12:14].hex()} {self.data[14:60].hex()}"
        words = [f"{self.source} > {self.target}"]
        if self.protocol in (ICMP, ICMP6) and len(self.body) >= 2:
            words.append(f"ICMP {self.body[0]}/{self.body[1]}")
            words += [f"quoting {self.inner[0]} > {self.inner[1]}"] if self.inner else []
        elif self.sport is not None:
            name = {TCP: "TCP", UDP: "UDP"}[self.protocol]
            flags = f" flags {self.body[13]:#x}" if self.protocol == TCP else ""
            words.append(f"{name} {self.sport} > {self.dport}{flags}")
        else:
            words.append(f"protocol {self.protocol}")
        mark = MARK.search(self.data)
        words += [mark[0].decode()] if mark else []
        return " ".join(words) + f" ({len(self.data)} bytes: {self.data[14:46].hex()})"
