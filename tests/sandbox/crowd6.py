#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# crowd6.py INTERFACE NETWORK SERVER CLIENTS EACH: as many computers on the link, each with a MAC and
# so many addresses of its own in the /64 of the address NETWORK.  From each address one asks the echo server at SERVER, and
# again each second until it has its answer; all say who they are when the router looks for them.
# The router's MAC comes as a line on standard input.  Prints how many addresses got an answer, and
# the seconds that it took.
#
import ipaddress
import select
import socket
import struct
import sys
import time

name, network, server, clients, each = sys.argv[1:]
server = ipaddress.ip_address(server).packed
start = ipaddress.ip_address(network).packed[:8]
router = bytes.fromhex(sys.stdin.readline().strip().replace(":", ""))
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x86DD))
sock.bind((name, 0x86DD))
macs = {start + struct.pack("!HHHH", 0x200, 0x77, client, number): b"\x02\x77" + struct.pack("!I", client)
        for client in range(int(clients)) for number in range(int(each))}


def send(to_mac, mac, source, target, header, at, data):
    """@at: where in @data the checksum belongs."""
    whole = source + target + struct.pack("!II", len(data), header) + data + bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(whole) // 2}H", whole))
    total = (total >> 16) + (total & 0xFFFF)
    total = ~((total >> 16) + total) & 0xFFFF
    sock.send(to_mac + mac + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(data), header, 255)
              + source + target + data[:at] + struct.pack("!H", total) + data[at + 2:])


def ask(own):
    send(router, macs[own], own, server, 17, 6, struct.pack("!HHHHB", 4000, 7, 9, 0, 120))


def hear(frame, answered):
    packet = frame[14:]
    if packet[6] == 58 and packet[40] == 135 and packet[48:64] in macs:
        own = packet[48:64]
        send(frame[6:12], macs[own], own, packet[8:24], 58, 2,
             struct.pack("!BBHI", 136, 0, 0, 0x60000000) + own + b"\2\1" + macs[own])
    elif packet[6] == 17 and packet[24:40] in macs and packet[8:24] == server:
        answered.add(packet[24:40])


begin = time.monotonic()
answered, asked = set(), {}
while len(answered) < len(macs) and time.monotonic() < begin + 60:
    late = [own for own in macs if own not in answered and asked.get(own, 0) < time.monotonic() - 1]
    for own in late[:20]:
        asked[own] = time.monotonic()
        ask(own)
    while select.select([sock], [], [], 0.01)[0]:
        hear(sock.recv(2000), answered)
print(len(answered), round(time.monotonic() - begin, 2))
