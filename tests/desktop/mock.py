#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The stand-in of tests/cli, whose clients can be set, and without features at first.  Further
# commands:
#
#   ["features", [WORD]]                what Manager.Features has
#   ["count", LAN, SENT, RECEIVED]      the share's counters
#
import pathlib
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from mock import ABOUT, MANAGER, SHARE, Mock, main, pack, pack_all  # noqa: E402

CLIENT = {"addresses": [], "hostname": "", "name": "", "vendor": "", "private-mac": False,
          "state": "online", "since": 0, "last-seen": 0, "bytes-sent": 0, "bytes-received": 0}
ABOUT["Features"] = []


class DesktopMock(Mock):
    def ListClients(self, invocation, lan):
        clients = [pack_all({**CLIENT, **one}) for one in self.client_lists.get(lan, [])]
        invocation.return_value(GLib.Variant("(aa{sv})", (clients,)))

    def SetClient(self, invocation, lan, mac, settings):
        settings = dict(settings)
        for one in self.client_lists[lan]:
            if one["mac"] == mac:
                if "blocked" in settings:
                    one["state"] = "blocked" if settings.pop("blocked") else "online"
                one.update(settings)
        invocation.return_value(None)
        self.tell_clients(lan)

    def tell_clients(self, lan):
        self.change(lan, {"ClientCount": len(self.client_lists[lan])})
        self.emit(self.path(lan), SHARE, "ClientsChanged", None)

    def features(self, words):
        ABOUT["Features"] = words
        self.emit("/org/connshare1", "org.freedesktop.DBus.Properties", "PropertiesChanged",
                  GLib.Variant("(sa{sv}as)", (MANAGER, {"Features": pack(words)}, [])))

    def clients(self, lan, clients):
        self.client_lists[lan] = clients
        self.tell_clients(lan)

    def count(self, lan, sent, received):
        self.shares[self.path(lan)].update(BytesSent=sent, BytesReceived=received)


main(DesktopMock())
