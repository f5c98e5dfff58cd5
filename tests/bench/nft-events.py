# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints "TIME PROGRAM" for each transaction of the packet filter, as the kernel tells of it.
#
import os
import socket
import struct
import sys
import time

NETLINK_NETFILTER, SOL_NETLINK, ADD_MEMBERSHIP = 12, 270, 1
NFNLGRP_NFTABLES, NEWGEN, GEN_PROC_NAME = 7, 10 << 8 | 15, 3


def program(attributes):
    while len(attributes) >= 4:
        length, kind = struct.unpack_from("=HH", attributes)
        if kind == GEN_PROC_NAME:
            return attributes[4:length].rstrip(b"\0").decode()
        attributes = attributes[length + 3 & ~3:]
    return "?"


listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
listener.bind((0, 0))
listener.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, NFNLGRP_NFTABLES)
print("listening", flush=True)
while os.getppid() != 1:
    data = listener.recv(1 << 16)
    now = time.monotonic()
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        if kind == NEWGEN:
            sys.stdout.write(f"{now:.6f} {program(data[20:length])}\n")
            sys.stdout.flush()
        data = data[length + 3 & ~3:]
