#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Router advertisements (RFC 4861, 8106) as a computer on a LAN sees and sends them, for ipv6.py.
#
#   ra.py ask INTERFACE            asks for one, and prints what the first that comes says; null
#                                  when none does within two seconds
#   ra.py listen INTERFACE         prints one line for each that comes, until standard input ends,
#                                  beginning with "ready"
#   ra.py send INTERFACE PREFIX    sends one, as a router of this /64 would, with itself as the
#                                  default router and as a name server
#
import json
import select
import socket
import struct
import sys
import time

ALL_NODES, ALL_ROUTERS = "ff02::1", "ff02::2"
ICMP6_FILTER, SOLICIT, ADVERT = 1, 133, 134
PREFERENCES = {0: "medium", 1: "high", 3: "low"}


def open_socket(interface):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    passed = [0xFFFFFFFF] * 8
    passed[ADVERT >> 5] &= ~(1 << (ADVERT & 31))
    sock.setsockopt(socket.IPPROTO_ICMPV6, ICMP6_FILTER, struct.pack("@8I", *passed))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    index = socket.if_nametoindex(interface)
    group = socket.inet_pton(socket.AF_INET6, ALL_NODES) + struct.pack("@I", index)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    return sock


def text(address):
    return socket.inet_ntop(socket.AF_INET6, address)


def names(data):
    found, labels = [], []
    while data:
        label, data = data[1:1 + data[0]], data[1 + data[0]:]
        if label:
            labels.append(label.decode())
        elif labels:
            found.append(".".join(labels))
            labels = []
    return found


def options(data):
    while len(data) >= 8 and data[1]:
        yield data[0], data[:data[1] * 8]
        data = data[data[1] * 8:]


def parse(packet, source):
    hops, flags, lifetime = struct.unpack("!BBH", packet[4:8])
    found = {"from": source.partition("%")[0], "hop_limit": hops, "lifetime": lifetime,
             "managed": bool(flags & 0x80), "other": bool(flags & 0x40),
             "preference": PREFERENCES.get(flags >> 3 & 3), "mtu": None, "prefixes": {},
             "rdnss": {}, "dnssl": {}}
    for kind, data in options(packet[16:]):
        if kind == 3:
            length, flags, valid, preferred = struct.unpack("!BBII", data[2:12])
            found["prefixes"][f"{text(data[16:32])}/{length}"] = {
                "on_link": bool(flags & 0x80), "autonomous": bool(flags & 0x40),
                "valid": valid, "preferred": preferred}
        elif kind == 5:
            found["mtu"] = struct.unpack("!I", data[4:8])[0]
        elif kind in (25, 31):
            lifetime_of = struct.unpack("!I", data[4:8])[0]
            which = ([text(data[at:at + 16]) for at in range(8, len(data), 16)]
                     if kind == 25 else names(data[8:]))
            found["rdnss" if kind == 25 else "dnssl"].update(dict.fromkeys(which, lifetime_of))
    return found


def solicit(sock):
    """There is an address to send from only after the kernel has looked for a double of it."""
    end = time.monotonic() + 5
    while True:
        try:
            return sock.sendto(struct.pack("!BBHI", SOLICIT, 0, 0, 0), (ALL_ROUTERS, 0))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def ask(interface):
    sock = open_socket(interface)
    solicit(sock)
    end = time.monotonic() + 2
    while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
        packet, (source, *_) = sock.recvfrom(2048)
        return parse(packet, source)
    return None


def listen(interface):
    sock = open_socket(interface)
    print("ready", flush=True)
    while sock in select.select([sock, sys.stdin], [], [])[0]:
        packet, (source, *_) = sock.recvfrom(2048)
        print(json.dumps({"at": time.monotonic(), **parse(packet, source)}), flush=True)


def send(interface, prefix):
    network = socket.inet_pton(socket.AF_INET6, prefix.partition("/")[0])
    sock = open_socket(interface)
    sock.sendto(struct.pack("!BBHBBHII", ADVERT, 0, 0, 64, 0x08, 1800, 0, 0)
                + struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 3600, 1800, 0) + network
                + struct.pack("!BBHI", 25, 3, 0, 1800) + network, (ALL_NODES, 0))


if sys.argv[1] == "ask":
    print(json.dumps(ask(sys.argv[2])))
elif sys.argv[1] == "listen":
    listen(sys.argv[2])
else:
    send(*sys.argv[2:4])
