#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `forward-calls.py MAC NUMBER`: adds that many port mappings to lan0, one call after the other as
# soon as there are this many, and prints the seconds that each took.
#
import sys
import time

from gi.repository import Gio, GLib

FIRST_PORT = 20001

bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
for number in range(int(sys.argv[2])):
    mapping = {"protocol": GLib.Variant("s", "udp"), "client": GLib.Variant("s", sys.argv[1]),
               "port": GLib.Variant("q", FIRST_PORT + number)}
    begin = time.perf_counter()
    bus.call_sync("org.connshare1", "/org/connshare1/share/lan0", "org.connshare1.Share",
                  "AddForward", GLib.Variant("(a{sv})", (mapping,)), None, 0, 60000, None)
    print(time.perf_counter() - begin)
