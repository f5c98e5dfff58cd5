#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Internet of the private host: a DNS server and a web server, both of which answer with
# what they saw, so that a client can tell by which uplink its packets left.
#
#   DNS   www.test A 192.0.2.80 · asker.test A <the address that asked> · any other name in
#         "test" A 192.0.2.80 · any in "example" A 192.168.1.10, which is private · the rest
#         NXDOMAIN.  Each query is logged: "dns ADDRESS NAME".
#   HTTP  / the client's address · /mss the segment size in its SYN · /bytes/N N bytes
#
# internet6.py has the part of IPv6, for the scenes that want it.
#
import http.server
import socket
import socketserver
import struct
import threading

WEB = "192.0.2.80"


def log(*words):
    print(*words, flush=True)


def question_name(query):
    """Returns (name, end of the question) of a DNS query."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
        at += 1 + query[at]
    return ".".join(labels).lower(), at + 5


def dns_answer(query, asker):
    name, end = question_name(query)
    kind = struct.unpack("!H", query[end - 4:end - 2])[0]
    log("dns", asker, name)
    zone = name.rpartition(".")[2]
    known = zone in ("test", "example")
    address = {"asker.test": asker}.get(name, WEB if zone == "test" else "192.168.1.10")
    record = b""
    if known and kind == 1:
        record = struct.pack("!HHHIH", 0xC00C, 1, 1, 1, 4) + socket.inet_aton(address)
    head = query[:2] + struct.pack("!HHHHH", 0x8580 if known else 0x8583, 1, bool(record), 0, 0)
    return head + query[12:end] + record


class DnsByTcp(socketserver.StreamRequestHandler):
    def handle(self):
        while length := self.rfile.read(2):
            query = self.rfile.read(struct.unpack("!H", length)[0])
            answer = dns_answer(query, self.client_address[0])
            self.wfile.write(struct.pack("!H", len(answer)) + answer)


class Dns(socketserver.BaseRequestHandler):
    def handle(self):
        query, reply_socket = self.request
        reply_socket.sendto(dns_answer(query, self.client_address[0]), self.client_address)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.body()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.path == "/mss":
            return b"%d\n" % syn_mss(self.connection)
        if self.path.startswith("/bytes/"):
            return bytes(int(self.path[7:]))
        return self.client_address[0].encode() + b"\n"

    def log_message(self, *_):
        log("web", self.client_address[0], self.path)


def syn_mss(connection):
    """The maximum segment size that stood in the SYN (TCP_SAVED_SYN = 28)."""
    packet = connection.getsockopt(socket.IPPROTO_TCP, 28, 256)
    tcp = packet[40 if packet[0] >> 4 == 6 else (packet[0] & 15) * 4:]
    options = tcp[20:(tcp[12] >> 4) * 4]
    while options:
        if options[0] == 2:
            return struct.unpack("!H", options[2:4])[0]
        options = options[1 if options[0] == 1 else options[1]:]
    return 0


class WebServer(http.server.ThreadingHTTPServer):
    request_queue_size = 128

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_TCP, 27, 1)  # TCP_SAVE_SYN
        super().server_bind()


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    for address in ("198.51.100.53", "198.18.1.1"):
        serve(socketserver.UDPServer((address, 53), Dns))
        serve(socketserver.ThreadingTCPServer((address, 53), DnsByTcp))
    WebServer((WEB, 80), Web).serve_forever()


if __name__ == "__main__":
    main()
