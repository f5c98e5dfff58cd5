#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the Internet of the private host has of IPv6 (ipv6.py): a web server like that of
# internet.py, and one that answers each datagram to port 7 with the
# address it came from.  Two name servers know the web server as web6.test; the second of them makes
# an IPv6 address for all that it is asked (DNS64).  Prints "ready" when it listens.
#
import socket
import socketserver
import struct

from internet import Web, WebServer, log, question_name, serve

WEB6 = "2001:db8:ffff::1"
IPV6_FREEBIND = 78  # linux/in6.h
PLAIN, DNS64 = "2001:db8:ffff::53", "2001:db8:ffff::64"
TRANSLATED = "64:ff9b::c000:250"  # 192.0.2.80


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        log("udp", self.client_address[0])
        self.request[1].sendto(self.client_address[0].encode(), self.client_address)


class Server6(WebServer):
    address_family = socket.AF_INET6


class Dns6(socketserver.BaseRequestHandler):
    def handle(self):
        query, reply_socket = self.request
        name, end = question_name(query)
        log("dns", self.client_address[0], name)
        translates = self.server.server_address[0] == DNS64
        address = WEB6 if name == "web6.test" else TRANSLATED if translates else None
        record = b""
        if address and query[end - 4:end - 2] == b"\0\x1c":
            record = struct.pack("!HHHIH", 0xC00C, 28, 1, 1, 16) + \
                socket.inet_pton(socket.AF_INET6, address)
        head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, bool(record), 0, 0)
        reply_socket.sendto(head + query[12:end] + record, self.client_address)


class Dns6Server(socketserver.UDPServer):
    """Also where its address is not there (yet)."""
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
        super().server_bind()


class Echo6(socketserver.UDPServer):
    address_family = socket.AF_INET6


serve(Echo6((WEB6, 7), Echo))
for address in (PLAIN, DNS64):
    serve(Dns6Server((address, 53), Dns6))
server = Server6((WEB6, 80), Web)
log("ready")
server.serve_forever()
