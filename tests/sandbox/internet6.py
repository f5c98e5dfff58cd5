#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the Internet of the private host has of IPv6 (ipv6.py): a web server like that of
# internet.py, and one that answers each datagram to port 7 with the
# address it came from.  Prints "ready" when it listens.
#
import socket
import socketserver

from internet import Web, WebServer, log, serve

WEB6 = "2001:db8:ffff::1"


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        log("udp", self.client_address[0])
        self.request[1].sendto(self.client_address[0].encode(), self.client_address)


class Server6(WebServer):
    address_family = socket.AF_INET6


class Echo6(socketserver.UDPServer):
    address_family = socket.AF_INET6


serve(Echo6((WEB6, 7), Echo))
server = Server6((WEB6, 80), Web)
log("ready")
server.serve_forever()
