#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `router.py pcp|nat-pmp ADDRESS EXTERNAL`: the part of a home router that maps ports by request,
# in its network namespace, for home_router() of upstream.py.  It leads them by elements of the map
# `ports` of the nft table `ip home`, and prints a line for each request.
#
import socket
import struct
import subprocess
import sys
import time

PROTOCOLS = {6: "tcp", 17: "udp"}
started = time.monotonic()


def epoch():
    return int(time.monotonic() - started)


def lead(protocol, external, asker, port, lifetime):
    """Whether that is so now."""
    key = f"{PROTOCOLS[protocol]} . {external}"
    subprocess.run(["nft", f"delete element ip home ports {{ {key} }}"], stderr=subprocess.DEVNULL)
    if lifetime:
        subprocess.run(["nft", f"add element ip home ports {{ {key} : {asker} . {port} }}"],
                       check=True)
    print("map" if lifetime else "unmap", PROTOCOLS[protocol], external, asker, port, lifetime,
          flush=True)


def answer_pcp(data, asker, outside):
    """MAP alone."""
    lifetime = struct.unpack("!I", data[4:8])[0]
    protocol, port, wanted = data[36], *struct.unpack("!HH", data[40:44])
    if data[8:24] != bytes(10) + b"\xff\xff" + socket.inet_aton(asker):
        return struct.pack("!BBBBII12x", 2, data[1] | 128, 0, 12, 1800, epoch()) + data[24:]
    external = wanted or port
    lead(protocol, external, asker, port, lifetime)
    head = struct.pack("!BBBBII12x", 2, data[1] | 128, 0, 0, lifetime, epoch())
    return (head + data[24:42] + struct.pack("!H", external) + bytes(10) + b"\xff\xff"
            + socket.inet_aton(outside))


def answer_nat_pmp(data, asker, outside):
    if data[0]:
        return struct.pack("!BBHI", 0, data[1] | 128, 1, epoch())
    if not data[1]:
        return struct.pack("!BBHI", 0, 128, 0, epoch()) + socket.inet_aton(outside)
    port, wanted, lifetime = struct.unpack("!HHI", data[4:12])
    external = wanted or port
    lead({1: 17, 2: 6}[data[1]], external, asker, port, lifetime)
    return struct.pack("!BBHIHHI", 0, data[1] | 128, 0, epoch(), port,
                       external if lifetime else 0, lifetime)


def main():
    kind, address, outside = sys.argv[1:]
    answer = {"pcp": answer_pcp, "nat-pmp": answer_nat_pmp}[kind]
    served = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    served.bind((address, 5351))
    print("ready", flush=True)
    while True:
        data, peer = served.recvfrom(1100)
        served.sendto(answer(data, peer[0], outside), peer)


main()
