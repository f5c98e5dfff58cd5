# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ethernet frames of the random test: made for clients and strangers, and read from captures.
# What a client sends carries the mark "cstagN-NUMBER" with N for its LAN, what comes back from
# the Internet the same with "!" behind it, and what a client sends to do harm with "h"; what an
# uplink's neighbour sends carries "csprobe-UPLINK-NUMBER".
#
import re
import socket
import struct

MARK = re.compile(rb"cs(?:tag(\d)|probe-([a-z0-9]+))-\d+([!h]?)", re.IGNORECASE)
ICMP, TCP, UDP = 1, 6, 17
ECHO_REPLY, UNREACHABLE, REDIRECT, ECHO = 0, 3, 5, 8
ICMP_ERRORS = (UNREACHABLE, 4, REDIRECT, 11, 12)
SYN, RST = 2, 4


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
    return bytes.fromhex((target + source).replace(":", "")) + b"\x08\0" + packet


def address(data):
    return ".".join(map(str, data))


class Frame:
    """What the oracle wants to know of a frame; `ip` is false for what is not IPv4."""

    def __init__(self, data):
        self.data = data
        self.source = self.target = self.inner = None
        self.protocol = self.sport = self.dport = self.kind = None
        self.ip = data[12:14] == b"\x08\0" and len(data) >= 34
        if self.ip:
            self.read(data[14:])
        mark = MARK.search(data)
        self.owner = int(mark[1]) if mark and mark[1] else None
        self.probe = mark[2].decode() if mark and mark[2] else None
        self.comes_back = bool(mark and mark[3] == b"!") or self.kind == ECHO_REPLY
        self.is_hostile = bool(mark and mark[3].lower() == b"h")
        self.is_arp = data[12:14] == b"\x08\x06"

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

    @property
    def is_error(self):
        return self.kind in ICMP_ERRORS

    @property
    def is_host_unreachable(self):
        return self.kind == UNREACHABLE and self.body[1] == 1

    @property
    def is_reset(self):
        """A TCP reset without data."""
        return self.protocol == TCP and len(self.body) >= 14 and bool(self.body[13] & RST)

    def __str__(self):
        if not self.ip:
            return f"type {self.data[12:14].hex()} {self.data[14:60].hex()}"
        words = [f"{self.source} > {self.target}"]
        if self.protocol == ICMP:
            words.append(f"ICMP {self.kind}/{self.body[1]}")
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
