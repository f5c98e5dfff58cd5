#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A client of PCP (RFC 6887) and NAT-PMP (RFC 6886) by hand: reads requests, a JSON object a line,
# and prints what came back, or null.  What is not given is as a well-behaved client would have it.
#
import json
import socket
import struct
import sys


def packed(address):
    if ":" in address:
        return socket.inet_pton(socket.AF_INET6, address)
    return bytes(10) + b"\xff\xff" + socket.inet_aton(address)


def printed(data):
    if data[:12] == bytes(10) + b"\xff\xff":
        return socket.inet_ntoa(data[12:])
    return socket.inet_ntop(socket.AF_INET6, data)


def pcp(source, opcode=1, protocol=6, to_port=80, port=0, lifetime=3600, nonce=1, client=None,
        external="0.0.0.0", exact=False, **_):
    text = struct.pack("!BBHI", 2, opcode, 0, lifetime) + packed(client or source)
    if opcode == 1:
        text += (nonce.to_bytes(12, "big") + struct.pack("!B3xHH", protocol, to_port, port)
                 + packed("::" if ":" in source and external == "0.0.0.0" else external))
        text += struct.pack("!BBH", 2, 0, 0) if exact else b""
    return text


def nat_pmp(opcode=0, to_port=80, port=0, lifetime=3600, **_):
    return bytes([0, opcode]) + (struct.pack("!HHHI", 0, to_port, port, lifetime) if opcode else b"")


def read(data):
    if data[0] == 2:
        reply = {"result": data[3], "lifetime": struct.unpack("!I", data[4:8])[0],
                 "epoch": struct.unpack("!I", data[8:12])[0]}
        if data[1] == 0x81:
            to_port, port = struct.unpack("!HH", data[40:44])
            reply.update(to_port=to_port, port=port, external=printed(data[44:60]))
        return reply
    result, epoch = struct.unpack("!HI", data[2:8])
    reply = {"result": result, "epoch": epoch}
    if data[1] == 128 and not result:
        reply["external"] = socket.inet_ntoa(data[8:12])
    elif len(data) == 16:
        reply.update(zip(("to_port", "port", "lifetime"), struct.unpack("!HHI", data[8:16])))
    return reply


def ask(one, text):
    """Asks again, as real clients do, unless it has no patience."""
    for _ in range(3 if one.gettimeout() >= 1 else 1):
        try:
            one.send(text)
            return read(one.recv(2000))
        except OSError:
            pass
    return None


def main():
    server, source = sys.argv[1], sys.argv[2]
    info = socket.getaddrinfo(server, 5351, type=socket.SOCK_DGRAM)[0]
    one = socket.socket(info[0], socket.SOCK_DGRAM)
    one.settimeout(float(sys.argv[3]) if sys.argv[3:] else 2)
    one.bind((source, 0))
    one.connect(info[4])
    for line in sys.stdin:
        request = json.loads(line)
        text = (bytes.fromhex(request["raw"]) if "raw" in request
                else nat_pmp(**request) if request.pop("nat_pmp", False) else pcp(source, **request))
        print(json.dumps(ask(one, text)), flush=True)


if __name__ == "__main__":
    main()
