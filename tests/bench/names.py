#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `names.py SERVER known|new ROUNDS`: a client that asks the name server for QUERIES names, WINDOW
# of them at once, and prints the best rate of the rounds, answers per second.  The name is the
# same each time, or one that nobody has asked for, so that the Internet's name server, which is
# in Python, has to answer too.
#
import os
import select
import socket
import struct
import sys
import time

QUERIES, WINDOW = 4000, 32
PATIENCE = 1


def question(number, name):
    labels = b"".join(bytes([len(word)]) + word.encode() for word in name.split("."))
    return struct.pack("!HHHHHH", number, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def answers_per_second(sock, questions):
    """What is lost is asked again."""
    begin = time.perf_counter()
    waiting = dict(enumerate(questions))
    fresh, flying = iter(questions), 0
    while waiting:
        while flying < WINDOW and (packet := next(fresh, None)):
            sock.send(packet)
            flying += 1
        if not select.select([sock], [], [], PATIENCE)[0]:
            fresh, flying = iter(list(waiting.values())), 0
            continue
        answer = sock.recv(512)
        if waiting.pop(struct.unpack_from("!H", answer)[0], None):
            flying -= 1
    return len(questions) / (time.perf_counter() - begin)


def rate(sock, kind):
    fresh = os.urandom(4).hex()
    return answers_per_second(sock, [
        question(number, f"{fresh}-{number}.test" if kind == "new" else "www.test")
        for number in range(QUERIES)])


server, kind, rounds = sys.argv[1:]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.connect((server, 53))
    print(max(rate(sock, kind) for _ in range(int(rounds))))
