#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One connection to the system bus, for class Bus of host.py, which runs this in a place.
# Reads requests and writes answers, each a line of JSON.
#
import json
import sys

from gi.repository import Gio, GLib

SECONDS = 60
heard = []


def call(name, path, interface, method, arguments, interactive):
    flags = Gio.DBusCallFlags.NONE
    if interactive:
        flags |= Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION
    value = GLib.Variant.parse(None, arguments, None, None)
    try:
        reply = bus.call_sync(name, path, interface, method, value, None, flags,
                              SECONDS * 1000, None)
    except GLib.Error as error:
        remote = Gio.DBusError.get_remote_error(error)
        Gio.DBusError.strip_remote_error(error)
        return {"error": remote or "none", "message": error.message}
    return {"reply": reply.unpack()}


def signals():
    while GLib.MainContext.default().iteration(False):
        pass
    taken = list(heard)
    heard.clear()
    return taken


def hear(_bus, _sender, path, interface, name, arguments):
    heard.append([path, interface, name, arguments.unpack()])


bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
bus.signal_subscribe("org.connshare1", None, None, None, None, Gio.DBusSignalFlags.NONE, hear)
for line in sys.stdin:
    kind, *words = json.loads(line)
    print(json.dumps({"call": call, "signals": signals}[kind](*words), default=str), flush=True)
