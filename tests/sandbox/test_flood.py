# SPDX-License-Identifier: GPL-2.0-or-later
#
# Users without rights who call as fast as the bus takes it and never read a reply.  It takes no
# memory of the service, root is answered, uplinks are followed and damage is repaired.  Bounds are
# far above what is measured, as the bus itself is the bottleneck, and far below what a queue
# without end takes.  Where replies are wanted nothing bounds the time while it lasts: the bus
# keeps a list of unanswered calls, which it walks for each one more.
#
import pathlib
import subprocess
import time

import pytest
from host import wait_for
from test_failing_calls import traced
from test_service import status_field

SHARE = "/org/connshare1/share/lan0"
MANAGER = "/org/connshare1"
CALLS = {
    "GetWifi": (SHARE, "org.connshare1.Share", "()"),
    "StopSharing": (MANAGER, "org.connshare1.Manager", "('lan0',)"),
    "ShareConnection": (MANAGER, "org.connshare1.Manager", "('lan9', 'ppp0')"),
    "ListInterfaces": (MANAGER, "org.connshare1.Manager", "()"),
    "Preview": (MANAGER, "org.connshare1.Manager", "('lan1', 'ppp0', @a{sv} {})"),
    "Diagnose": (MANAGER, "org.connshare1.Manager", "()"),
    "GetAll": (SHARE, "org.freedesktop.DBus.Properties", "('org.connshare1.Share',)"),
    "GetManagedObjects": (MANAGER, "org.freedesktop.DBus.ObjectManager", "()"),
    "Introspect": (MANAGER, "org.freedesktop.DBus.Introspectable", "()"),
    "Ping": (MANAGER, "org.freedesktop.DBus.Peer", "()"),
}
CONNECTIONS = 20
SECONDS = 5
MEGABYTE = 1024  # of VmRSS, which is in KiB


class Flood:
    def __init__(self, host, method, wanted):
        path, interface, arguments = CALLS[method]
        source = (pathlib.Path(__file__).parent / "flooder.py").read_text()
        self.host = host
        self.words = ["/usr/bin/python3", "-c", source, str(CONNECTIONS), path, interface, method,
                      arguments, wanted]

    def __enter__(self):
        self.process = self.host.user("carol", "none").popen(self.words, stdin=subprocess.PIPE,
                                                             stderr=None)
        assert self.process.stdout.readline() == "ready\n"

    def __exit__(self, *_):
        assert self.process.poll() is None
        self.process.communicate("stop")


def memory(host):
    return status_field(host, "connshared", "VmRSS")


def most_memory(host, seconds):
    end = time.monotonic() + seconds
    most = 0
    while time.monotonic() < end:
        most = max(most, memory(host))
        time.sleep(0.1)
    return most


def answer_time(host):
    start = time.monotonic()
    assert [share["lan"] for share in host.json("list")["shares"]] == ["lan0"]
    return time.monotonic() - start


@pytest.fixture
def shared(host):
    host.share("lan0", "via", "ppp0")
    host.client.dhcp()


def check_repair(host):
    host.run("nft flush ruleset")
    wait_for(lambda: host.call("nft list table inet connshare").returncode == 0)


def check_afterwards(host, sanitized):
    """At once, and soon without what the flood took."""
    pid = host.pids("connshared")
    assert answer_time(host) < 30
    if not sanitized:
        wait_for(lambda: memory(host) < 20 * MEGABYTE, what="the memory is not given back")
    assert host.pids("connshared") == pid


@pytest.mark.parametrize("method", CALLS)
def test_flood_of_calls(host, shared, sanitized, method):
    with Flood(host, method, "yes"):
        most = most_memory(host, SECONDS)
        check_repair(host)
    if not sanitized:
        assert most < 60 * MEGABYTE
    check_afterwards(host, sanitized)


@pytest.mark.parametrize("method", ["GetWifi", "StopSharing", "Preview", "Ping"])
def test_flood_of_calls_without_reply(host, shared, sanitized, method):
    with Flood(host, method, "no"):
        most = most_memory(host, SECONDS)
        assert answer_time(host) < 30
        host.hang_up()
        host.dial()
        wait_for(lambda: host.client.can_get("http://192.0.2.80/"), 20)
        check_repair(host)
    if not sanitized:
        assert most < 60 * MEGABYTE
    check_afterwards(host, sanitized)


def test_call_without_reply_does_nothing(host, shared):
    """Not even root's; the next one is answered after it."""
    host.run("dbus-send --system --dest=org.connshare1 /org/connshare1 "
             "org.connshare1.Manager.StopSharing string:lan0")
    assert [share["lan"] for share in host.json("list")["shares"]] == ["lan0"]
    host.run("dbus-send --system --print-reply --dest=org.connshare1 /org/connshare1 "
             "org.connshare1.Manager.StopSharing string:lan0")
    assert host.json("list")["shares"] == []


def test_signal_to_the_service_alone(host, shared):
    """The bus keeps it; a call of the same user comes, so that this would be seen."""
    alice = host.user("alice", "c1")
    with traced(host, host.pids("connshared")[0], "recvfrom", "-s", "300") as calls:
        alice.run("dbus-send --system --type=signal --dest=org.connshare1 /org/connshare1 "
                  "org.connshare1.Manager.Unwanted string:x; "
                  "dbus-send --system --print-reply --dest=org.connshare1 /org/connshare1 "
                  "org.freedesktop.DBus.Peer.Ping")
    assert any("Ping" in line for line in calls)
    assert not any("Unwanted" in line for line in calls)


BURST = """import sys
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
loop = GLib.MainLoop()
words = []
def answered(bus, result):
    try:
        bus.call_finish(result)
        words.append("done")
    except GLib.Error as error:
        words.append(Gio.DBusError.get_remote_error(error).rpartition(".")[2])
    if len(words) == count:
        loop.quit()
count = int(sys.argv[1])
for _ in range(count):
    bus.call("org.connshare1", "/org/connshare1", sys.argv[2], sys.argv[3],
             GLib.Variant.parse(None, sys.argv[4], None, None), None, 0, 20000, None, answered)
loop.run()
print(*sorted(set(words)))
"""


def burst(host, count, interface, method, arguments, user="carol"):
    done = host.user(user, "none").run(["/usr/bin/python3", "-c", BURST, str(count), interface,
                                        method, arguments])
    return done.split()


def test_burst_of_a_desktop_is_answered(host, shared):
    """One with all shares that there may be asks for all that it shows at once."""
    assert burst(host, 60, "org.freedesktop.DBus.Properties", "GetAll",
                 "('org.connshare1.Manager',)") == ["done"]


def test_too_many_calls_at_once_are_refused(host, shared):
    """Each is answered.  A diagnosis waits two seconds for a polkit that does not answer."""
    with host.stopped("polkitd"):
        assert burst(host, 120, "org.connshare1.Manager", "Diagnose", "()") \
            == ["LimitsExceeded", "done"]


def test_too_many_questions_to_polkit_are_refused(host, shared):
    assert burst(host, 60, "org.connshare1.Manager", "StopSharing", "('lan0',)") \
        == ["LimitsExceeded", "NotAuthorized"]


# A message of 32 MB, the most that the bus takes, is one of 700 MB once it is taken apart.
LARGE = """from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
call = Gio.DBusMessage.new_method_call("org.connshare1", "/org/connshare1",
                                       "org.connshare1.Manager", "StopSharing")
names = GLib.Variant.new_from_bytes(GLib.VariantType("as"), GLib.Bytes(%s), True)
call.set_body(GLib.Variant.new_tuple(names))
bus.send_message(call, Gio.DBusSendMessageFlags.NONE)
bus.flush_sync()
"""


def test_large_call_is_dropped(host, shared, sanitized):
    host.path(f"/proc/{host.pids('connshared')[0]}/clear_refs").write_text("5")  # VmHWM
    # an array of so many empty strings: each one byte, then the offset of its end
    strings = "b'\\0' * 3000000 + b''.join(n.to_bytes(4, 'little') for n in range(1, 3000001))"
    host.user("carol", "none").run(["/usr/bin/python3", "-c", LARGE % strings])
    assert answer_time(host) < 30
    if not sanitized:
        assert status_field(host, "connshared", "VmHWM") < 60 * MEGABYTE
