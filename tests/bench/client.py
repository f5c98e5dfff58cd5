#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `client.py`: a computer that wants to get online, for the bench.  From its start it asks for
# an address (RFC 2131, DISCOVER repeated every 50 ms, then REQUEST), applies the first lease,
# resolves www.test by the name server of the lease and fetches its page.  Prints the monotonic
# clock at "ready" (the first DISCOVER is out), "lease" and "page".
#
import os
import select
import socket
import struct
import subprocess
import time

DEVICE = "eth0"
RETRY = 0.05
DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
COOKIE = b"\x63\x82\x53\x63"


def tell(word):
    print(word, time.monotonic(), flush=True)


def message(kind, transaction, hardware, options=b""):
    head = struct.pack("!BBBBIHH4s4s4s4s16s192x", 1, 1, 6, 0, transaction, 0, 0x8000, b"", b"", b"",
                       b"", hardware)
    wanted = bytes([55, 3, 1, 3, 6])
    return head + COOKIE + bytes([53, 1, kind]) + options + wanted + b"\xff"


def parse(packet, transaction):
    """Returns (kind, address, options), or None for a packet that is not ours."""
    if len(packet) < 240 or struct.unpack("!I", packet[4:8])[0] != transaction:
        return None
    options, at = {}, 240
    while at < len(packet) and packet[at] != 255:
        if packet[at] == 0:
            at += 1
            continue
        length = packet[at + 1]
        options[packet[at]] = packet[at + 2:at + 2 + length]
        at += 2 + length
    return options[53][0], packet[16:20], options


def open_socket():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE.encode())
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", 68))
    return sock


def exchange(sock, packet, transaction, kind):
    """Sends packet again and again until the answer of this kind is there."""
    while True:
        try:
            sock.sendto(packet, ("255.255.255.255", 67))
        except OSError:  # no carrier for a moment
            time.sleep(0.01)
        end = time.monotonic() + RETRY
        while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
            answer = parse(sock.recv(2048), transaction)
            if answer and answer[0] == kind:
                return answer


def get_lease():
    hardware = b"\2" + os.urandom(5)  # a computer that no server remembers
    transaction = struct.unpack("!I", os.urandom(4))[0]
    with open_socket() as sock:
        tell("ready")
        _, address, options = exchange(sock, message(DISCOVER, transaction, hardware), transaction,
                                       OFFER)
        choice = bytes([50, 4]) + address + bytes([54, 4]) + options[54]
        _, address, options = exchange(sock, message(REQUEST, transaction, hardware, choice),
                                       transaction, ACK)
    return address, options


def apply(address, options):
    mask = bin(int.from_bytes(options[1], "big")).count("1")
    lines = (f"address flush dev {DEVICE}\n"
             f"address add {socket.inet_ntoa(address)}/{mask} dev {DEVICE}\n"
             f"route replace default via {socket.inet_ntoa(options[3][:4])} dev {DEVICE}\n")
    subprocess.run(["ip", "-batch", "-"], input=lines.encode(), check=True)
    with open("/etc/resolv.conf", "w") as file:
        file.write(f"nameserver {socket.inet_ntoa(options[6][:4])}\n")


def resolve(server, name):
    """The address of a name, asked every 50 ms until it is answered."""
    labels = b"".join(bytes([len(word)]) + word.encode() for word in name.split("."))
    query = struct.pack("!HHHHHH", 1, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(RETRY)
        while True:
            try:
                sock.sendto(query, (server, 53))
                answer = sock.recv(512)
            except OSError:
                time.sleep(0.005)
                continue
            if answer[7]:
                return socket.inet_ntoa(answer[-4:])


def fetch(address):
    while True:
        try:
            with socket.create_connection((address, 80), 0.25) as sock:
                sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
                if sock.recv(4096):
                    return
        except OSError:
            time.sleep(0.005)


def main():
    address, options = get_lease()
    apply(address, options)
    tell("lease")
    fetch(resolve(socket.inet_ntoa(options[6][:4]), "www.test"))
    tell("page")


if __name__ == "__main__":
    main()
