#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a port mapping costs a packet, for the bench.  `knock.py ask PORT COUNT SEED` is a neighbour
# of the uplink: it sends first packets of as many flows to the port, then as many of one that has
# been answered, and prints the best rates of some bursts, packets per second.  The kernel takes
# each packet through the gateway in the sender's own time.  `knock.py serve PORT` is the client's
# service, which answers only who says hello, and lets most of the rest drop.
#
import os
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sandbox"))
sys.dont_write_bytecode = True
from chaos import frames  # noqa: E402

UPLINK, ME, PORT = "198.18.1.2", "198.18.1.1", "isp1"
PAYLOAD, HELLO = b"x" * 64, b"hello"
BURSTS = 4


def link_address():
    """Of the gateway."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"", (UPLINK, 9))
    time.sleep(0.2)
    with open("/proc/net/arp") as file:
        return next(line.split()[3] for line in file if line.startswith(UPLINK + " "))


def rate(sock, packets):
    begin = time.perf_counter()
    for packet in packets:
        sock.send(packet)
    return len(packets) / (time.perf_counter() - begin)


def packet_of(number, port, gateway, payload=PAYLOAD):
    """The number chooses the flow."""
    source = f"198.18.1.{100 + number // 60000}"
    return frames.ethernet(gateway, "02:00:00:00:01:13", frames.udp(
        source, UPLINK, 2000 + number % 60000, port, payload))


def serve(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    sock.bind(("", port))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    while True:
        data, peer = sock.recvfrom(100)
        if data == HELLO:
            sock.sendto(data, peer)
        time.sleep(0.01)


def ask(port, count, seed):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    gateway = link_address()
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((PORT, 0x800))
    bursts = [[packet_of(count * (BURSTS * seed + burst) + number, port, gateway)
               for number in range(count)] for burst in range(BURSTS)]
    flows = max(rate(sock, burst) for burst in bursts)
    hello = 119999 - seed
    for _ in range(20):
        sock.send(packet_of(hello, port, gateway, HELLO))
        time.sleep(0.02)
    packets = [packet_of(hello, port, gateway)] * count
    print(flows, max(rate(sock, packets) for _ in range(BURSTS)))


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    ask(*map(int, sys.argv[2:]))
