#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One end of a tunnel without secrets, as WireGuard, OpenVPN and Tailscale have theirs: packets
# of a tun interface, in UDP to the other end.
#
#   tunnel.py NAME PORT [PEER [MARK]]   makes the interface NAME, listens on PORT, and sends to
#                          PEER, at the same port, or to whoever has sent last, with the mark
#                          MARK; prints "ready"; ends with its standard input
#
import fcntl
import os
import select
import socket
import struct
import sys

name, port = sys.argv[1], int(sys.argv[2])
peer = (sys.argv[3], port) if len(sys.argv) > 3 else None
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1001))  # TUN, NO_PI
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", port))
if len(sys.argv) > 4:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, int(sys.argv[4], 0))
print("ready", flush=True)

while True:
    readable = select.select([sys.stdin, tun, sock], [], [])[0]
    if sys.stdin in readable:
        break
    if sock in readable:
        packet, peer = sock.recvfrom(65536)
        try:
            os.write(tun, packet)
        except OSError:  # switched off
            pass
    if tun in readable:
        packet = os.read(tun, 65536)
        try:
            if peer:
                sock.sendto(packet, peer)
        except OSError:  # no way to the peer now
            pass
