#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `flooder.py CONNECTIONS PATH INTERFACE METHOD ARGUMENTS yes|no`: calls the service as fast as
# the bus takes it, on so many connections, and never reads a reply; whether it wants one is the
# last word.  Prints "ready" when all have sent something, and goes on until its input ends.
# Messages are built once and written by the hundred: a client library could not keep up.
#
import os
import selectors
import socket
import struct
import sys

from gi.repository import Gio, GLib

BATCH = 200
SERIAL = 8  # where it is in a message


def build(name, path, interface, method, arguments, wanted):
    message = Gio.DBusMessage.new_method_call(name, path, interface, method)
    if arguments.n_children():
        message.set_body(arguments)
    if not wanted:
        message.set_flags(Gio.DBusMessageFlags.NO_REPLY_EXPECTED)
    message.set_serial(1)
    return bytearray(message.to_blob(Gio.DBusCapabilityFlags.NONE))


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect("/run/dbus/system_bus_socket")
    connection.sendall(b"\0AUTH EXTERNAL %s\r\n" % str(os.getuid()).encode().hex().encode())
    if not connection.recv(100).startswith(b"OK"):
        sys.exit("the bus refuses")
    connection.sendall(b"BEGIN\r\n" + build("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                            "org.freedesktop.DBus", "Hello",
                                            GLib.Variant("()", ()), True))
    connection.setblocking(False)
    return connection


class Flood:
    def __init__(self, message):
        self.connection = connect()
        self.size = len(message)
        self.batch = message * BATCH
        self.serial = 1
        self.rest = b""

    def send(self):
        if not self.rest:
            for i in range(BATCH):
                self.serial += 1
                struct.pack_into("<I", self.batch, i * self.size + SERIAL, self.serial)
            self.rest = memoryview(bytes(self.batch))
        try:
            self.rest = self.rest[self.connection.send(self.rest):]
        except BlockingIOError:
            pass


count, path, interface, method, arguments, wanted = sys.argv[1:]
call = build("org.connshare1", path, interface, method,
             GLib.Variant.parse(None, arguments, None, None), wanted == "yes")
selector = selectors.DefaultSelector()
selector.register(sys.stdin, selectors.EVENT_READ)
for _ in range(int(count)):
    flood = Flood(call)
    flood.send()
    selector.register(flood.connection, selectors.EVENT_WRITE, flood)
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        if key.data is None:
            sys.exit()
        key.data.send()
