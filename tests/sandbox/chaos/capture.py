# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sockets in the namespaces of the private host, and its capture: one packet socket that sees
# every frame of every interface, also of those that come later, with the kernel's time.  Names of
# interfaces come from the kernel's link events, as frames of one that has gone may still be
# waiting here.  A capture that has lost frames proves nothing: `drops` counts them.
#
import ctypes
import os
import select
import socket
import struct
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
PACKET_OUTGOING = 4
SOL_PACKET, PACKET_STATISTICS = 263, 6
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
BUFFER = 64 << 20
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, IFLA_IFNAME = 16, 17, 18, 3
RTM_NEWROUTE, RTM_GETROUTE, RTA_DST, RTA_OIF = 24, 26, 1, 4
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300


def enter(namespace):
    """This thread goes to the network namespace of this file."""
    with open(namespace) as file:
        if LIBC.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def socket_in(namespace, make):
    """What make() returns when called in the network namespace of this file; a socket stays
    where it was made."""
    made = []

    def run():
        enter(namespace)
        made.append(make())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return made[0]


def packet_socket(protocol=0):
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))


class LinkAddress(ctypes.Structure):  # struct sockaddr_ll
    _fields_ = [("family", ctypes.c_ushort), ("protocol", ctypes.c_ushort),
                ("index", ctypes.c_int), ("hardware", ctypes.c_ushort),
                ("kind", ctypes.c_ubyte), ("length", ctypes.c_ubyte),
                ("address", ctypes.c_ubyte * 8)]


class Vector(ctypes.Structure):  # struct iovec
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):  # struct msghdr
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint),
                ("vectors", ctypes.POINTER(Vector)), ("number", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Reader:
    """recvmsg() of a packet socket, as Python's own does not tell the interface's number."""

    def __init__(self, sock):
        self.sock = sock
        self.data = ctypes.create_string_buffer(65536)
        self.control = ctypes.create_string_buffer(128)
        self.address = LinkAddress()
        self.vector = Vector(ctypes.addressof(self.data), len(self.data))
        self.message = Message(vectors=ctypes.pointer(self.vector), number=1,
                               name=ctypes.addressof(self.address),
                               control=ctypes.addressof(self.control))

    def read(self):
        """(time, interface's number, is outgoing, frame), or None when there is nothing."""
        self.message.name_length = ctypes.sizeof(self.address)
        self.message.control_length = len(self.control)
        length = LIBC.recvmsg(self.sock.fileno(), ctypes.byref(self.message),
                              socket.MSG_DONTWAIT)
        if length < 0:
            return None
        seconds, nanoseconds = struct.unpack_from("qq", self.control, 16)
        return (seconds + nanoseconds / 1e9, self.address.index,
                self.address.kind == PACKET_OUTGOING, ctypes.string_at(self.data, length))


class Names:
    """The names of interfaces by number, those that have gone included."""

    def __init__(self, namespace):
        self.names = {}
        self.sock = socket_in(namespace, self.open)
        self.update(wait=True)

    @staticmethod
    def open():
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
        sock.bind((0, 1))  # RTMGRP_LINK
        sock.send(struct.pack("=IHHIIBxHiII", 32, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0,
                              0, 0, 0, 0, 0))
        return sock

    def update(self, wait=False):
        while select.select([self.sock], [], [], 1 if wait else 0)[0]:
            data = self.sock.recv(1 << 18)
            while len(data) >= 32:
                length, kind = struct.unpack_from("=IH", data)
                if kind in (RTM_NEWLINK, RTM_DELLINK):
                    self.note(struct.unpack_from("=i", data, 20)[0], data[32:length])
                data = data[(length + 3) & ~3:]
            wait = False

    def note(self, index, data):
        name = attribute(data, IFLA_IFNAME)
        if name:
            self.names[index] = name.rstrip(b"\0").decode()


def attribute(data, wanted):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if kind == wanted:
            return data[4:length]
        data = data[(length + 3) & ~3:]
    return None


class Way:
    """The interface by which the host's own packets go to an address, as the kernel says; any
    thread may ask."""

    def __init__(self, namespace, names):
        self.names, self.lock = names, threading.Lock()
        self.sock = socket_in(namespace, lambda: socket.socket(socket.AF_NETLINK,
                                                               socket.SOCK_RAW, 0))

    def ask(self, address):
        """A name, or None where there is no way."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        target = socket.inet_pton(family, address)
        question = struct.pack("=IHHIIBBBBBBBBIHH", 32 + len(target), RTM_GETROUTE, NLM_F_REQUEST,
                               1, 0, family, len(target) * 8, 0, 0, 0, 0, 0, 0, 0,
                               4 + len(target), RTA_DST) + target
        with self.lock:
            self.sock.send(question)
            data = self.sock.recv(4096)
        index = None
        if struct.unpack_from("=H", data, 4)[0] == RTM_NEWROUTE:
            index = attribute(data[28:], RTA_OIF)
        return self.names.names.get(struct.unpack("=i", index)[0]) if index else None


class Capture(threading.Thread):
    """Hands each frame to see(time, interface, is outgoing, frame), in this thread."""

    def __init__(self, namespace, names, see):
        super().__init__(daemon=True)
        self.see, self.frames, self.drops, self.broken = see, 0, 0, None
        self.names = names
        self.sock = socket_in(namespace, self.open)
        self.ending, self.waking = os.pipe()
        self.start()

    @staticmethod
    def open():
        sock = packet_socket(ETH_P_ALL)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        return sock

    def run(self):
        reader = Reader(self.sock)
        try:
            while self.ending not in select.select([self.sock, self.ending], [], [])[0]:
                self.drain(reader)
            self.drain(reader)
        except Exception as error:  # to be raised where the others are judged
            self.broken = error

    def drain(self, reader):
        while frame := reader.read():
            self.names.update()
            time, index, is_outgoing, data = frame
            self.frames += 1
            self.see(time, self.names.names.get(index, f"#{index}"), is_outgoing, data)

    def close(self):
        os.write(self.waking, b".")
        self.join()
        statistics = self.sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        self.drops = struct.unpack("II", statistics)[1]
        for fd in (self.ending, self.waking):
            os.close(fd)
        self.sock.close()
        self.names.sock.close()
