#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `agent.py SESSION yes|no|wait`: a polkit authentication agent for a login session, run as
# root, whose user types the administrator's password at once, or dismisses the dialog, or
# does nothing.  Prints "ready", then a line of JSON for each dialog: [action, message].
#
import json
import sys

from gi.repository import Gio, GLib

POLKIT = "org.freedesktop.PolicyKit1"
AUTHORITY = "/org/freedesktop/PolicyKit1/Authority"
PATH = "/agent"
XML = """<node><interface name='org.freedesktop.PolicyKit1.AuthenticationAgent'>
<method name='BeginAuthentication'><arg type='s'/><arg type='s'/><arg type='s'/>
<arg type='a{ss}'/><arg type='s'/><arg type='a(sa{sv})'/></method>
<method name='CancelAuthentication'><arg type='s'/></method></interface></node>"""
session, answer = sys.argv[1:]


def say_yes(cookie, identity, invocation):
    bus.call(POLKIT, AUTHORITY, POLKIT + ".Authority", "AuthenticationAgentResponse2",
             GLib.Variant("(us(sa{sv}))", (0, cookie, identity)), None,
             Gio.DBusCallFlags.NONE, -1, None, lambda *_: invocation.return_value(None))


def called(_bus, _sender, _path, _interface, method, arguments, invocation):
    if method == "CancelAuthentication":
        invocation.return_value(None)
        return
    action, message, _icon, _details, cookie, _identities = arguments.unpack()
    print(json.dumps([action, message]), flush=True)
    if answer == "yes":
        say_yes(cookie, ("unix-user", {"uid": GLib.Variant("u", 0)}), invocation)
    elif answer == "no":
        invocation.return_dbus_error(POLKIT + ".Error.Cancelled", "dismissed")


bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], called, None, None)
subject = ("unix-session", {"session-id": GLib.Variant("s", session)})
bus.call_sync(POLKIT, AUTHORITY, POLKIT + ".Authority", "RegisterAuthenticationAgent",
              GLib.Variant("((sa{sv})ss)", (subject, "C", PATH)), None,
              Gio.DBusCallFlags.NONE, -1, None)
print("ready", flush=True)
GLib.MainLoop().run()
