#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `leases.py COMPUTERS`: that many are switched on at once, as after a power cut, and each asks
# for an address every second until it has one.  Prints the leases per second until the last.
#
import os
import select
import struct
import sys
import time

from client import ACK, DISCOVER, NAK, OFFER, REQUEST, message, open_socket, parse

RETRY = 1


class Computer:
    def __init__(self, number):
        self.number, self.hardware = number, b"\2" + os.urandom(5)
        self.ask(DISCOVER, OFFER)

    def ask(self, kind, awaited, options=b""):
        self.packet = message(kind, self.number, self.hardware, options)
        self.awaited, self.next_try = awaited, 0

    def take(self, kind, address, options):
        """Returns whether it has its lease now."""
        if kind == NAK:  # another one was quicker
            self.ask(DISCOVER, OFFER)
        elif kind == self.awaited == OFFER:
            self.ask(REQUEST, ACK, bytes([50, 4]) + address + bytes([54, 4]) + options[54])
        return kind == self.awaited == ACK

    def send(self, sock, now):
        if self.next_try <= now:
            sock.sendto(self.packet, ("255.255.255.255", 67))
            self.next_try = now + RETRY


def main():
    first = struct.unpack("!I", os.urandom(4))[0] & 0x7FFFFFFF
    waiting = {number: Computer(number) for number in range(first, first + int(sys.argv[1]))}
    begin = time.monotonic()
    with open_socket() as sock:
        while waiting:
            now = time.monotonic()
            for computer in waiting.values():
                computer.send(sock, now)
            soon = min(computer.next_try for computer in waiting.values())
            if not select.select([sock], [], [], max(0, soon - now))[0]:
                continue
            packet = sock.recv(2048)
            number = struct.unpack_from("!I", packet, 4)[0]
            answer = number in waiting and parse(packet, number)
            if answer and waiting[number].take(*answer):
                del waiting[number]
    print(int(sys.argv[1]) / (time.monotonic() - begin))


main()
