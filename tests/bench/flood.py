#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What forwarding itself costs, for the bench.  `flood.py send` answers each question with a
# flood of small datagrams; the kernel takes each of them through the gateway in the sender's
# own time, so their rate tells the cost of a packet, and no other process has a part in it.
# `flood.py ask FLOODS` is the client, which lets most of them drop; it prints the best of the
# rates, packets per second, as whatever disturbs a flood makes it slower.
#
import os
import socket
import sys
import time

SERVER = ("192.0.2.80", 7777)
PACKETS = 20000
PAYLOAD = b"x" * 64
# Only then the kernel calls a flow of datagrams a stream (nf_conntrack_udp_packet ()).
STREAM_AGE = 2.5
LIMIT = 3


def send():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(SERVER)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    while True:
        count, client = sock.recvfrom(100)
        begin = time.perf_counter()
        for _ in range(int(count)):
            sock.sendto(PAYLOAD, client)
        seconds = time.perf_counter() - begin
        time.sleep(0.1)
        sock.sendto(b"%f" % (int(count) / seconds), client)


def newest(sock):
    """What came last, or None."""
    answer = None
    try:
        while True:
            answer = sock.recv(100, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return answer


def ask_once(sock, count):
    """The rate comes after a pause, when there is room for it; one that is lost is asked again."""
    while True:
        sock.send(b"%d" % count)
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            time.sleep(0.03)
            answer = newest(sock)
            if answer not in (None, PAYLOAD):
                return float(answer)


def ask(floods):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sock.connect(SERVER)
    begin = time.monotonic()
    while time.monotonic() < begin + STREAM_AGE:
        ask_once(sock, 1)
    print(max(ask_once(sock, PACKETS) for _ in range(floods)))


if sys.argv[1] == "send":
    send()
else:
    ask(int(sys.argv[2]))
