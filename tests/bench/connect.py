#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What new connections cost, for the bench.  `connect.py serve` takes TCP connections;
# `connect.py ask ROUNDS` is the client, which opens one after the other and resets each, so that
# no port is held.  It prints the best rate of the rounds, connections per second.
#
import os
import socket
import struct
import sys
import time

SERVER = ("192.0.2.80", 7778)
CONNECTIONS = 3000
RESET = struct.pack("ii", 1, 0)  # struct linger


def serve():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with socket.create_server(SERVER, backlog=4096) as server:
        while True:
            server.accept()[0].close()


def rate():
    begin = time.perf_counter()
    for _ in range(CONNECTIONS):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            sock.connect(SERVER)
    return CONNECTIONS / (time.perf_counter() - begin)


def ask(rounds):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(max(rate() for _ in range(rounds)))


if sys.argv[1] == "serve":
    serve()
else:
    ask(int(sys.argv[2]))
