#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `client6.py ADDRESS`: a computer that waits for IPv6, for the bench.  Its kernel makes its
# address; it tries until it gets the page of ADDRESS.  Prints the monotonic clock at "ready" and
# "page".
#
import socket
import sys
import time


def fetch(address):
    while True:
        try:
            with socket.create_connection((address, 80), 0.25) as sock:
                sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
                if sock.recv(4096):
                    return
        except OSError:
            time.sleep(0.005)


print("ready", time.monotonic(), flush=True)
fetch(sys.argv[1])
print("page", time.monotonic(), flush=True)
