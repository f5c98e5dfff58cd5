#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What forwarding itself costs, for the bench.  `flood.py send ADDRESS` answers each question with
# a flood of small datagrams; the kernel takes each of them through the gateway in the sender's
# own time, so their rate tells the cost of a packet, and no other process has a part in it.
# `flood.py ask ADDRESS FLOODS` is the client, which lets most of them drop, and sends as many by
# itself, of which the server lets most drop.  It prints the best rates, packets per second, down
# and up, as whatever disturbs a flood makes it slower.
#
import os
import socket
import sys
import time

PORT = 7777
PACKETS = 20000
PAYLOAD = b"x" * 64
# Only then the kernel calls a flow of datagrams a stream (nf_conntrack_udp_packet ()).
STREAM_AGE = 2.5
LIMIT = 3


def make_socket(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    return sock


def flood(send_one, count):
    begin = time.perf_counter()
    for _ in range(count):
        send_one()
    return count / (time.perf_counter() - begin)


def send(address):
    sock = make_socket(address)
    sock.bind((address, PORT))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    while True:
        count, client = sock.recvfrom(100)
        if count == PAYLOAD:
            continue
        rate = flood(lambda: sock.sendto(PAYLOAD, client), int(count))
        time.sleep(0.1)
        sock.sendto(b"%f" % rate, client)


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


def ask(address, floods):
    sock = make_socket(address)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sock.connect((address, PORT))
    begin = time.monotonic()
    while time.monotonic() < begin + STREAM_AGE:
        ask_once(sock, 1)
    rates = []
    for _ in range(floods):
        rates.append((ask_once(sock, PACKETS), flood(lambda: sock.send(PAYLOAD), PACKETS)))
        time.sleep(0.1)  # until the server has read the last one, and hears the next question
    print(*map(max, zip(*rates)))


if sys.argv[1] == "send":
    send(sys.argv[2])
else:
    ask(sys.argv[2], int(sys.argv[3]))
