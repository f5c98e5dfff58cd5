#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `sniff.py INTERFACE...`: prints "ready", and once standard input has ended each IPv6 packet that
# was seen there since: the interface, "out" or "in", and its bytes, in hexadecimal.
#
import socket
import sys

ETH_P_IPV6, ETH_P_ALL, OUTGOING, SO_RCVBUFFORCE = 0x86DD, 3, 4, 33

sockets = []
for name in sys.argv[1:]:
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
    sock.bind((name, ETH_P_ALL))
    sock.setblocking(False)
    sockets.append((name, sock))
print("ready", flush=True)
sys.stdin.read()
for name, sock in sockets:
    while True:
        try:
            packet, about = sock.recvfrom(65536)
        except OSError as error:  # nothing more, or the interface went down meanwhile
            if isinstance(error, BlockingIOError):
                break
            continue
        if about[1] == ETH_P_IPV6:
            print(name, "out" if about[2] == OUTGOING else "in", packet.hex())
