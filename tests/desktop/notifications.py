#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A desktop's notification server on the session bus, which prints the title and the text of each
# notification, a line of JSON.
#
import json

from gi.repository import Gio, GLib

XML = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
</interface></node>"""


def called(_bus, _sender, _path, _interface, method, arguments, invocation):
    if method == "Notify":
        print(json.dumps(arguments.unpack()[3:5]), flush=True)
        invocation.return_value(GLib.Variant("(u)", (1,)))
    else:
        invocation.return_value(None)


bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object("/org/freedesktop/Notifications",
                    Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], called)
bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
              "RequestName", GLib.Variant("(su)", ("org.freedesktop.Notifications", 4)), None,
              Gio.DBusCallFlags.NONE, -1)
print(json.dumps("ready"), flush=True)
GLib.MainLoop().run()
