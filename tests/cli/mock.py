#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A stand-in for connshared on the bus that DBUS_SYSTEM_BUS_ADDRESS names, made from the
# product's own interface XML.  It shares nothing: it keeps shares as dictionaries, answers
# as it was told to, and remembers what it was asked.  It reads one JSON list a line from its
# standard input and answers each with a line:
#
#   ["add", LAN, {PROPERTY: VALUE}]      a share, with these properties unlike the defaults
#   ["change", LAN, {PROPERTY: VALUE}]   with PropertiesChanged
#   ["remove", LAN]
#   ["become", {PROPERTY: VALUE}]        what shares get that ShareConnection begins
#   ["preview", {KEY: VALUE}]            what previews have unlike the default
#   ["find", [{KEY: VALUE}]]             what Diagnose finds
#   ["interfaces", [{KEY: VALUE}]]       what ListInterfaces returns unlike the default
#   ["wifi", {KEY: VALUE}]               what GetWifi returns unlike the default
#   ["clients", LAN, [{KEY: VALUE}]]     what ListClients returns, with ClientsChanged
#   ["forwards", LAN, [{KEY: VALUE}]]    what ListForwards returns, with ForwardsChanged
#   ["forwarding", {KEY: VALUE}]         what AddForward returns unlike the default
#   ["fail", METHOD, ERROR, MESSAGE]     the next calls of it return this error
#   ["hang", METHOD]                     the next calls of it get no answer
#   ["calls"]                            [METHOD, ARGUMENTS, INTERACTIVE] of all calls so far
#
import json
import pathlib
import sys

from gi.repository import Gio, GLib

XML = pathlib.Path(__file__).resolve().parents[2] / "dbus/org.connshare1.xml"
ROOT = "/org/connshare1"
MANAGER, SHARE = "org.connshare1.Manager", "org.connshare1.Share"
OBJECTS = """<node><interface name='org.freedesktop.DBus.ObjectManager'>
<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>
<signal name='InterfacesAdded'><arg type='o'/><arg type='a{sa{sv}}'/></signal>
<signal name='InterfacesRemoved'><arg type='o'/><arg type='as'/></signal>
</interface></node>"""
FREE = {"can-be-lan": True, "lan-code": "", "lan-reason": "", "can-force": False,
        "can-be-wan": True, "wan-code": "", "wan-reason": ""}
INTERFACES = [
    {**FREE, "name": "lan0", "kind": "ethernet", "label": "Pod of \x1b[31mred", "connection": "",
     "state": "disconnected", "addresses": [], "share": ""},
    {**FREE, "name": "ppp0", "kind": "ppp", "label": "", "connection": "Mobile broadband",
     "state": "connected", "addresses": ["100.64.0.7/32"], "share": "", "can-be-lan": False,
     "lan-code": "own-internet", "lan-reason": "it is this computer's own", "can-force": True},
    {**FREE, "name": "lo", "kind": "loopback", "label": "", "connection": "",
     "state": "connected", "addresses": ["127.0.0.1/8"], "share": "", "can-be-lan": False,
     "lan-code": "of-a-later-version", "lan-reason": "it is not of use", "can-be-wan": False,
     "wan-code": "loopback", "wan-reason": "so it leads nowhere"},
]
PREVIEW = {"state": "active", "reason": "none", "message": "lan0 is shared via ppp0",
           "uplink": "ppp0", "address": "192.168.137.1/24", "ipv6": "masquerade",
           "ruleset": "table inet connshare {\n\tchain forward {\n\t}\n}\n",
           "routes": ["iif lan0 lookup 13700", "default dev ppp0 table 13700"],
           "sysctls": ["net.ipv4.conf.lan0.forwarding = 1"], "dial": "11111111-2222",
           "openings": ["nft insert rule ip filter FORWARD iifname \"lan0\" accept"],
           "dnsmasq-config": "interface=lan0\nno-ping\n"}
WIFI = {"ssid": "desk", "passphrase": "correct horse", "security": "wpa2", "hidden": False,
        "uri": "WIFI:T:WPA;S:desk;P:correct horse;;"}
DEFAULTS = {"Lan": "", "Wan": "ppp0", "Uplink": "ppp0", "State": "active",
            "StateReason": "none", "StateMessage": None, "Address": "192.168.137.1/24",
            "Ipv6Mode": "none", "Ipv6Prefixes": [], "Ssid": "", "Source": "user",
            "Persistent": True, "Options": {}, "BlockedBy": [], "ClientCount": 0,
            "BlockedCount": 0, "BytesSent": 0,
            "BytesReceived": 0, "PacketsSent": 0, "PacketsReceived": 0}
ABOUT = {"Version": "0.1.0", "Features": ["clients"], "AdoptWan": ""}
FINDINGS = [{"severity": "info", "code": "nothing-shared", "subject": "",
             "message": "nothing is shared", "remedy": "sharectl share LAN via WAN"}]
UPLINKS = {"ppp0": "ppp0", "auto": "eth1"}
# What exists beside INTERFACES: profiles that are not connected, mostly.
NAMES = {"eth1", "wlan0", "Home DSL", "Büro 5"}


def words_for(share):
    """What the service says of an active share."""
    wan = "" if share["Wan"] == share["Uplink"] else f" ({share['Wan']})"
    return f"{share['Lan']} is shared via {share['Uplink']}{wan}"


# Types that JSON does not tell.
TYPES = {"ClientCount": "u", "BlockedCount": "u", "signal": "i", "port": "q", "end-port": "q",
         "to-port": "q"}


def pack(value):
    if isinstance(value, GLib.Variant):
        return value
    if isinstance(value, bool):
        return GLib.Variant("b", value)
    if isinstance(value, list):
        return GLib.Variant("as", value)
    if isinstance(value, dict):
        return GLib.Variant("a{sv}", {key: pack(value[key]) for key in value})
    return GLib.Variant("t" if isinstance(value, int) else "s", value)


def pack_all(values):
    return {key: GLib.Variant(TYPES[key], value) if key in TYPES else pack(value)
            for key, value in values.items()}


class Mock:
    def __init__(self):
        self.shares, self.registered, self.calls = {}, {}, []
        self.client_lists, self.forward_lists = {}, {}
        self.wifi_data, self.interfaces = dict(WIFI), INTERFACES
        self.previewed, self.findings = dict(PREVIEW), FINDINGS
        self.failures, self.hanging, self.becoming = {}, {}, {}
        self.forwarding = {}
        self.info = Gio.DBusNodeInfo.new_for_xml(self.interface_xml())
        self.bus = Gio.DBusConnection.new_for_address_sync(
            Gio.dbus_address_get_for_bus_sync(Gio.BusType.SYSTEM),
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.bus.set_exit_on_close(True)
        self.register(ROOT, Gio.DBusNodeInfo.new_for_xml(OBJECTS).interfaces[0])
        self.register(ROOT, self.info.lookup_interface(MANAGER))
        self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "RequestName",
                           GLib.Variant("(su)", ("org.connshare1", 4)), None, 0, -1, None)

    def interface_xml(self):
        return XML.read_text()

    def register(self, path, info):
        return self.bus.register_object(path, info, self.called, self.read, None)

    def path(self, lan):
        return ROOT + "/share/" + "".join(
            c if c.isascii() and c.isalnum() else f"_{ord(c):02x}" for c in lan)

    def add(self, lan, properties):
        path = self.path(lan)
        if path not in self.shares:
            self.registered[path] = self.register(path, self.info.lookup_interface(SHARE))
        share = self.shares[path] = {**DEFAULTS, "Lan": lan, **properties}
        if share["StateMessage"] is None:
            share["StateMessage"] = words_for(share) if share["State"] == "active" else ""
        self.emit(ROOT, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded",
                  GLib.Variant("(oa{sa{sv}})", (path, {SHARE: pack_all(self.shares[path])})))
        return path

    def change(self, lan, properties):
        self.shares[self.path(lan)].update(properties)
        self.emit(self.path(lan), "org.freedesktop.DBus.Properties", "PropertiesChanged",
                  GLib.Variant("(sa{sv}as)", (SHARE, pack_all(properties), [])))

    def remove(self, lan):
        path = self.path(lan)
        self.bus.unregister_object(self.registered.pop(path))
        del self.shares[path]
        self.emit(ROOT, "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved",
                  GLib.Variant("(oas)", (path, [SHARE])))

    def emit(self, path, interface, name, arguments):
        self.bus.emit_signal(None, path, interface, name, arguments)

    def read(self, _bus, _sender, path, interface, name):
        return pack_all(ABOUT if interface == MANAGER else self.shares[path])[name]

    def called(self, _bus, _sender, path, _interface, method, arguments, invocation):
        words = arguments.unpack()
        if method in ("Update", "ListClients", "SetClient") or (
                "Forward" in method or method == "RemovePinhole"):
            words = (self.shares[path]["Lan"], *words)
        flags = invocation.get_message().get_flags()
        interactive = bool(flags & Gio.DBusMessageFlags.ALLOW_INTERACTIVE_AUTHORIZATION)
        if method != "GetManagedObjects" or method in self.hanging:
            self.calls.append([method, words, interactive])
        if method in self.failures:
            invocation.return_dbus_error(*self.failures[method])
        elif method in self.hanging:
            self.hanging[method].append(invocation)
        else:
            getattr(self, method)(invocation, *words)

    def GetManagedObjects(self, invocation):
        objects = {path: {SHARE: pack_all(share)} for path, share in self.shares.items()}
        objects[ROOT] = {MANAGER: pack_all(ABOUT)}
        invocation.return_value(GLib.Variant("(a{oa{sa{sv}}})", (objects,)))

    def ShareConnection(self, invocation, lan, wan):
        self.ShareConnectionWithOptions(invocation, lan, wan, {})

    def ShareConnectionWithOptions(self, invocation, lan, wan, options):
        uplink = UPLINKS.get(wan, "")
        waits = {} if uplink else {"State": "waiting", "StateReason": "uplink-missing",
                                   "StateMessage": f"{wan} does not exist"}
        ssid = WIFI["ssid"] if lan.startswith("wlan") else ""
        path = self.add(lan, {"Wan": wan, "Uplink": uplink, "Options": options, "Ssid": ssid,
                              **waits, **self.becoming})
        if self.becoming.get("State") == "ended":
            self.remove(lan)
        invocation.return_value(GLib.Variant("(o)", (path,)))

    def StopSharing(self, invocation, lan):
        if self.path(lan) not in self.shares:
            invocation.return_dbus_error("org.connshare1.Error.NoSuchShare",
                                         f"'{lan}' is not shared")
            return
        self.remove(lan)
        invocation.return_value(None)

    def Update(self, invocation, lan, changes):
        if self.becoming.get("State") == "ended":
            self.remove(lan)
            invocation.return_dbus_error("org.connshare1.Error.NoSuchShare",
                                         f'"{lan}" is not shared')
            return
        share = self.shares[self.path(lan)]
        wan = changes.get("wan", share["Wan"])
        options = {key: value for key, value in {**share["Options"], **changes}.items()
                   if value not in ("", [], 0) and key not in ("wan", "passphrase")}
        self.add(lan, {**share, "Wan": wan, "Uplink": UPLINKS.get(wan, ""), "Options": options,
                       "StateMessage": None, **self.becoming})
        invocation.return_value(None)

    def Adopt(self, invocation, wan):
        ABOUT["AdoptWan"] = wan
        self.emit(ROOT, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                  GLib.Variant("(sa{sv}as)", (MANAGER, {"AdoptWan": pack(wan)}, [])))
        invocation.return_value(None)

    def GetWifi(self, invocation):
        invocation.return_value(GLib.Variant("(a{sv})", (pack_all(self.wifi_data),)))

    def clients(self, lan, clients):
        self.client_lists[lan] = clients
        self.emit(self.path(lan), SHARE, "ClientsChanged", None)

    def ListClients(self, invocation, lan):
        invocation.return_value(GLib.Variant(
            "(aa{sv})", ([pack_all(one) for one in self.client_lists.get(lan, [])],)))

    def SetClient(self, invocation, _lan, _mac, _settings):
        invocation.return_value(None)

    def forwards(self, lan, mappings):
        self.forward_lists[lan] = mappings
        self.emit(self.path(lan), SHARE, "ForwardsChanged", None)

    def ListForwards(self, invocation, lan):
        invocation.return_value(GLib.Variant(
            "(aa{sv})", ([pack_all(one) for one in self.forward_lists.get(lan, [])],)))

    def AddForward(self, invocation, lan, mapping):
        uplink = self.shares[self.path(lan)]["Uplink"]
        result = {**mapping, "origin": "user", "address": "192.168.137.20",
                  "state": "active" if uplink else "no-uplink",
                  **({"external-address": "100.64.0.7"} if uplink else {}), **self.forwarding}
        invocation.return_value(GLib.Variant("(a{sv})", (pack_all(result),)))
        self.forwards(lan, [*self.forward_lists.get(lan, []), result])

    def RemovePinhole(self, invocation, lan, protocol, port, client):
        self.RemoveForward(invocation, lan, protocol, port, client)

    def RemoveForward(self, invocation, lan, protocol, port, client=None):
        before = self.forward_lists.get(lan, [])
        after = [one for one in before if (one["protocol"], one["port"]) != (protocol, port)
                 or client not in (None, one["client"])]
        if after == before:
            invocation.return_dbus_error("org.connshare1.Error.InvalidArgument",
                                         f"{protocol} port {port} of \"{lan}\" is not forwarded")
            return
        invocation.return_value(None)
        self.forwards(lan, after)

    def Preview(self, invocation, lan, wan, options):
        exists = wan in UPLINKS or wan in NAMES or "," in wan
        missing = {} if exists else {"reason": "uplink-missing"}
        invocation.return_value(GLib.Variant("(a{sv})", (pack_all(self.previewed | missing),)))

    def ListInterfaces(self, invocation):
        invocation.return_value(GLib.Variant("(aa{sv})",
                                             ([pack_all(one) for one in self.interfaces],)))

    def Diagnose(self, invocation):
        invocation.return_value(GLib.Variant("(aa{sv})",
                                             ([pack_all(one) for one in self.findings],)))

    def command(self, channel, _condition):
        line = channel.readline()
        if not line:
            sys.exit()
        verb, *words = json.loads(line)
        answer = None
        if verb == "fail":
            self.failures[words[0]] = words[1:]
        elif verb == "become":
            self.becoming = words[0]
        elif verb == "forwarding":
            self.forwarding = words[0]
        elif verb == "preview":
            self.previewed.update(words[0])
        elif verb == "wifi":
            self.wifi_data.update(words[0])
        elif verb == "find":
            self.findings = words[0]
        elif verb == "interfaces":
            self.interfaces = [{**FREE, "label": "", "connection": "", "share": "",
                                "addresses": [], "kind": "ethernet", "state": "connected", **one}
                               for one in words[0]]
        elif verb == "hang":
            self.hanging[words[0]] = []
        elif verb == "calls":
            answer = self.calls
        else:
            getattr(self, verb)(*words)
        self.bus.flush_sync(None)
        print(json.dumps(answer), flush=True)
        return True



def main(mock):
    if "--activated" not in sys.argv:
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, mock.command)
        print(json.dumps("ready"), flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(Mock())
