#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A client's traffic, or its server's, for class Traffic of follow.py.
#
#   traffic.py flow RATE   until standard input ends: pings 192.0.2.80 and asks the name server
#                          of the Internet by one UDP socket, RATE times a second each; prints
#                          {"ping": [[sent, answered], ...], "udp": [...]}, by the monotonic
#                          clock, for what was answered
#   traffic.py probe N PATIENCE [KIND...]   N requests of each kind: tcp, udp, ping, and name,
#                          asked of the gateway, PATIENCE seconds for each; prints
#                          [[kind, what came of it, seconds], ...]
#   traffic.py push        a server: a hundred datagrams a second to the first who asks port 7777
#                          of 192.0.2.80, until standard input ends; prints their number
#   traffic.py ask         for each line of standard input a ping and a question to the gateway's
#                          name server; prints [what came of the ping, of the question]
#
import contextlib
import errno
import json
import os
import select
import socket
import struct
import sys
import time

WEB, NAME_SERVER = "192.0.2.80", "198.51.100.53"
patience = 0.05  # seconds


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def echo_request(number):
    body = struct.pack("!HH", os.getpid() & 0xFFFF, number & 0xFFFF)
    return struct.pack("!BBH", 8, 0, checksum(b"\x08\0\0\0" + body)) + body


def query(number, name="asker.test"):
    labels = b"".join(bytes([len(word)]) + word.encode() for word in name.split("."))
    return struct.pack("!HHHHHH", number & 0xFFFF, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def open_ping():
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sock.setblocking(False)
    return sock


def open_udp(address, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.connect((address, port))
    return sock


class Flow:
    """One kind of request, numbered, and when each was sent and answered."""

    def __init__(self, sock, make, number_of):
        self.sock, self.make, self.number_of = sock, make, number_of
        self.sent, self.answered = [], {}

    def send(self):
        packet = self.make(len(self.sent))
        self.sent.append(time.monotonic())
        try:
            self.sock.send(packet)
        except OSError:  # an ICMP error that came for an earlier one
            pass

    def receive(self):
        try:
            number = self.number_of(self.sock.recv(2048))
        except OSError:
            return
        if number is not None and number < len(self.sent):
            self.answered.setdefault(number, time.monotonic())

    def rows(self):
        return [[self.sent[number], at] for number, at in sorted(self.answered.items())]


def echo_number(packet):
    kind, ident, number = struct.unpack("!B3xHH", packet[20:28])
    return number if kind == 0 and ident == os.getpid() & 0xFFFF else None


def dns_number(packet):
    return struct.unpack("!H", packet[:2])[0]


def run_flow(rate):
    ping = open_ping()
    ping.connect((WEB, 0))
    flows = {"ping": Flow(ping, echo_request, echo_number),
             "udp": Flow(open_udp(NAME_SERVER, 53), query, dns_number)}
    by_socket = {flow.sock: flow for flow in flows.values()}
    print("ready", flush=True)
    due = time.monotonic()
    while True:
        wait = max(0, due - time.monotonic())
        readable = select.select([sys.stdin, *by_socket], [], [], wait)[0]
        if sys.stdin in readable:
            break
        for sock in readable:
            by_socket[sock].receive()
        if time.monotonic() >= due:
            due = max(due + 1 / rate, time.monotonic())
            for flow in flows.values():
                flow.send()
    print(json.dumps({name: flow.rows() for name, flow in flows.items()}))


def outcome_of(error):
    return errno.errorcode.get(error.errno, "timeout") if error.errno else "timeout"


def try_tcp(_number):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.settimeout(patience)
        sock.connect((WEB, 80))
    return "answered"


def try_udp(number):
    with open_udp(WEB, 9) as sock:
        sock.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR: tell of every ICMP error
        sock.settimeout(patience)
        sock.send(b"%d" % number)
        sock.recv(100)
    return "answered"


def try_ping(number):
    with open_ping() as sock:
        sock.sendto(echo_request(number), (WEB, 0))
        end = time.monotonic() + patience
        while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
            packet = sock.recv(2048)
            if packet[20] == 3:
                return f"ICMP {packet[20]}/{packet[21]}"
            if echo_number(packet) == number & 0xFFFF:
                return "answered"
    return "timeout"


def gateway():
    with open("/proc/net/route") as routes:
        default = next(line.split() for line in routes if line.split()[1] == "00000000")
    return socket.inet_ntoa(struct.pack("=L", int(default[2], 16)))


def try_name(number):
    with open_udp(gateway(), 53) as sock:
        sock.settimeout(patience)
        sock.send(query(number, f"n{number}-{os.getpid()}.test"))
        answer = sock.recv(512)
    return f"RCODE {answer[3] & 15}" if answer[3] & 15 else "answered"


def try_one(kind, number):
    begin = time.monotonic()
    try:
        outcome = KINDS[kind](number)
    except OSError as error:
        outcome = outcome_of(error)
    return [kind, outcome, time.monotonic() - begin]


def run_probe(number, kinds):
    print("ready", flush=True)
    print(json.dumps([try_one(kind, turn) for turn in range(number) for kind in kinds]))


def run_push():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((WEB, 7777))
    print("ready", flush=True)
    client, number = sock.recvfrom(10)[1], 0
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        with contextlib.suppress(OSError):  # there may be no way for a moment
            number += sock.sendto(b"push", client) > 0
    print(number)


def run_ask():
    for number, _ in enumerate(sys.stdin):
        print(json.dumps([try_one(kind, number)[1] for kind in ("ping", "name")]), flush=True)


KINDS = {"tcp": try_tcp, "udp": try_udp, "ping": try_ping, "name": try_name}
if sys.argv[1] == "flow":
    run_flow(float(sys.argv[2]))
elif sys.argv[1] == "push":
    run_push()
elif sys.argv[1] == "ask":
    run_ask()
else:
    patience = float(sys.argv[3])
    run_probe(int(sys.argv[2]), sys.argv[4:] or list(KINDS))
