#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# forge6.py INTERFACE PREFIX ROUTER COUNT SECONDS: as many computers as that appear on the link in that
# time, each with a MAC and an address of PREFIX of its own: it looks whether somebody has its address
# (RFC 4862), announces it, and pings ROUTER, which is made to look for it.
#
import ipaddress
import socket
import struct
import sys
import time

name, prefix, router, count, seconds = sys.argv[1:]
network = int(ipaddress.ip_network(prefix)[0])
router = ipaddress.ip_address(router).packed
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
sock.bind((name, 0x86DD))


def checksum(source, target, data):
    whole = source + target + struct.pack("!II", len(data), 58) + data
    total = sum(struct.unpack(f"!{len(whole) // 2}H", whole))
    total = (total >> 16) + (total & 0xFFFF)
    return ~((total >> 16) + total) & 0xFFFF


def send(mac, to_mac, source, target, data):
    data = data[:2] + struct.pack("!H", checksum(source, target, data)) + data[4:]
    sock.send(to_mac + mac + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(data), 58, 255)
              + source + target + data)


ALL = ipaddress.ip_address("ff02::1").packed
ALL_MAC, ANY = b"\x33\x33\0\0\0\1", bytes(16)
router_mac = bytes.fromhex(sys.stdin.readline().strip().replace(":", ""))
begin = time.monotonic()
for number in range(int(count)):
    mac = b"\x02\x66" + struct.pack("!I", number)
    own = (network + (0x66 << 48) + number).to_bytes(16, "big")
    group = ipaddress.ip_address("ff02::1:ff00:0").packed[:13] + own[13:]
    send(mac, b"\x33\x33" + group[12:], ANY, group, struct.pack("!BBHI", 135, 0, 0, 0) + own)
    send(mac, ALL_MAC, own, ALL, struct.pack("!BBHI", 136, 0, 0, 0x20000000) + own
         + b"\2\1" + mac)
    send(mac, router_mac, own, router, struct.pack("!BBHHH", 128, 0, 0, 1, number % 65536))
    time.sleep(max(0, begin + number * float(seconds) / int(count) - time.monotonic()))
