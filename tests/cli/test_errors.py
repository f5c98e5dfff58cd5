# SPDX-License-Identifier: GPL-2.0-or-later
# Every way to fail: its exit status, and one line that says what and what helps.
import signal
import subprocess
import sys

import pytest

from conftest import HERE, SHARECTL, Bus

PREFIX = "org.connshare1.Error."
# What sharectl adds to the service's words.
REMEDIES = {"NoSuchShare": '; "sharectl list" shows what is',
            "NoSuchDevice": '; "sharectl interfaces" lists all',
            "NoSuchClient": '; "sharectl clients" lists those that have names'}


@pytest.mark.parametrize("error, status", [
    (PREFIX + "Failed", 1), (PREFIX + "NotSuitable", 1), (PREFIX + "AddressConflict", 1),
    (PREFIX + "NotSupported", 1), (PREFIX + "Timeout", 1), (PREFIX + "InvalidArgument", 2),
    (PREFIX + "NoSuchDevice", 3), (PREFIX + "NoSuchShare", 3), (PREFIX + "NoSuchClient", 3),
    (PREFIX + "NotAuthorized", 4),
    ("org.example.Unheard", 1), ("org.freedesktop.DBus.Error.UnknownMethod", 1),
])
@pytest.mark.parametrize("method, words", [
    ("ShareConnectionWithOptions", "share lan0 via ppp0"), ("StopSharing", "unshare lan0"),
    ("Preview", "preview lan0"), ("ListInterfaces", "interfaces"),
])
def test_error_of_the_service(sharectl, service, method, words, error, status):
    for failing in {method, "Preview"}:
        service.fail(failing, error, "lan0 is\nbad; try lan1")
    done = sharectl(*words.split())
    remedy = REMEDIES.get(error.rpartition(".")[2], "")
    assert (done.returncode, done.stdout, done.stderr) == (
        status, "", f"sharectl: lan0 is bad; try lan1{remedy}\n")


@pytest.mark.parametrize("words, helps", [
    ("share lan0", True), ("share lan0 --force", False), ("preview lan0", False)])
def test_force_is_suggested_where_it_helps(sharectl, service, words, helps):
    """The mock's preview with it succeeds, unless it is told to fail."""
    service.fail("ShareConnectionWithOptions", PREFIX + "NotSuitable", "lan0 is in use")
    if not helps:
        service.fail("Preview", PREFIX + "NotSuitable", "lan0 is in use")
    done = sharectl(*words.split())
    remedy = "; use --force to do it anyway" if helps else ""
    assert (done.returncode, done.stderr) == (1, f"sharectl: lan0 is in use{remedy}\n")


@pytest.mark.parametrize("words, hint", [
    ("shar lan0", 'there is no command "shar" (did you mean "share"?)'),
    ("help shar", 'there is no command "shar" (did you mean "share"?)'),
    ("stop lan0", 'there is no command "stop" (did you mean "unshare"?)'),
    ("STATUS", 'there is no command "STATUS" (did you mean "status"?)'),
    ("brew coffee", 'there is no command "brew"; see'),
    ("help share lan0", 'unexpected argument "lan0"'),
    ("--", "missing command"),
    ("--bogus", 'unknown option "--bogus"'),
    ("share", "share needs LAN [via WAN]"),
    ("share lan0 --limit 10X", '"10X" is not an amount of data: expected bytes such as 500M'),
    ("share lan0 --limit 10G/week", '"10G/week" is not an amount of data'),
    ("share lan0 --limit /month", '"/month" is not an amount of data'),
    ("share lan0 --limit=-1", '"-1" is not an amount of data'),
    ("share lan0 --rate fast", '"fast" is not a speed: expected bits per second such as 500k'),
    ("share lan0 --max-clients=-1", "-1 is not a number of clients"),
    ("share lan0 --idle-off=-5", "-5 is not a number of minutes"),
    ("share lan0 ppp0", 'expected "via" after "lan0", not "ppp0"'),
    ("share lan0 via", '"via" needs an interface, a connection profile'),
    ("share lan0 via Mobile broadband", 'quote that: via "Mobile broadband"'),
    ("share lan0 lan1 via ppp0", 'unexpected "lan1": a share has one LAN'),
    ("preview lan0 lan1 via ppp0", 'unexpected "lan1": a share has one LAN'),
    ("share via ppp0", 'missing LAN before "via"'),
    ("share via", 'missing LAN before "via"'),
    ("share lan0 via ppp0, wifi", 'unexpected argument "wifi": write a list without spaces'),
    ("share lan0 via ppp0 ,wifi", 'unexpected argument ",wifi": write a list without spaces'),
    ("share lan0 --bogus", 'unknown option "--bogus"; see'),
    ("share lan0 --passphrase secret", '"--passphrase" (did you mean "--passphrase-file"?)'),
    ("share lan0 --password=secret", '"--password" (did you mean "--passphrase-file"?)'),
    ("status --jsno", '"--jsno" (did you mean "--json"?)'),
    ("share lan0 -x", "-x"),
    ("share lan0 --dns", "--dns"),
    ("share lan0 --keep-lan=5", "--keep-lan"),
    ("share lan0 --json", "--json"),
    ("unshare", "unshare needs the name of a shared interface, or --all"),
    ("unshare lan0 --all", '"lan0" and --all'),
    ("unshare lan0 lan1", 'unexpected argument "lan1": unshare ends one share, or --all'),
    ("status lan0 lan1", 'unexpected argument "lan1"'),
    ("list lan0", 'unexpected argument "lan0"'),
    ("preview", "preview needs LAN [via WAN]"),
    ("interfaces lan0", 'unexpected argument "lan0"'),
    ("monitor lan0", 'unexpected argument "lan0"'),
])
def test_misuse(sharectl, service, words, hint):
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr and 'see "sharectl help' in done.stderr
    assert done.stderr.count("\n") == 1 and service.calls() == []


def test_not_utf8(bus, service):
    done = subprocess.run([SHARECTL, "share", b"lan\xff"], capture_output=True,
                          env=bus.environment)
    assert done.returncode == 2 and b"not UTF-8" in done.stderr


COMMANDS = ["share lan0 via ppp0", "unshare lan0", "unshare --all", "status", "status lan0",
            "list", "preview lan0", "interfaces"]


@pytest.mark.parametrize("words", COMMANDS)
def test_no_service(bus, words):
    done = bus.sharectl(*words.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "systemctl start connshared" in done.stderr


@pytest.mark.parametrize("words", COMMANDS)
def test_service_that_does_not_start(bus, words):
    bus.add_service("/bin/false")
    done = bus.sharectl(*words.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "journalctl -u connshared" in done.stderr


# What systemd is to dbus-daemon: it answers each request with this error.
SYSTEMD = """import sys
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
def asked(bus, sender, path, interface, signal, arguments):
    bus.emit_signal("org.freedesktop.DBus", "/org/freedesktop/DBus",
                    "org.freedesktop.systemd1.Activator", "ActivationFailure",
                    GLib.Variant("(sss)", (arguments[0], *sys.argv[1:])))
bus.signal_subscribe(None, "org.freedesktop.systemd1.Activator", "ActivationRequest", None, None,
                     0, asked)
bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
              "RequestName", GLib.Variant("(su)", ("org.freedesktop.systemd1", 4)), None, 0, -1)
print("ready", flush=True)
GLib.MainLoop().run()"""


@pytest.mark.parametrize("error, message, remedy", [
    ("UnitMasked", "Unit connshared.service is masked.", "systemctl unmask connshared"),
    ("NoSuchUnit", "Unit connshared.service not found.", "systemctl daemon-reload"),
    ("LoadFailed", "Unit connshared.service is broken.", "journalctl -u connshared"),
])
def test_unit_that_systemd_does_not_start(error, message, remedy):
    bus = Bus("--systemd-activation")
    bus.add_service("/bin/false")
    systemd = subprocess.Popen(
        [sys.executable, "-c", SYSTEMD, "org.freedesktop.systemd1." + error, message],
        env=bus.environment, stdout=subprocess.PIPE, text=True)
    assert systemd.stdout.readline() == "ready\n"
    for words in COMMANDS:
        done = bus.sharectl(*words.split())
        assert (words, done.returncode, done.stdout, done.stderr.count("\n")) == (words, 5, "", 1)
        assert message in done.stderr and remedy in done.stderr
    systemd.kill()
    systemd.communicate()
    bus.close()


@pytest.mark.parametrize("words", [*COMMANDS, "monitor"])
def test_no_bus(bus, words):
    done = bus.sharectl(*words.split(), DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "cannot reach the system bus" in done.stderr


@pytest.mark.parametrize("words, output", [
    ("status", "nothing is shared\n"), ("list", "nothing is shared\n"),
    ("unshare --all", "nothing is shared\n"),
    ("share lan0 via ppp7",
     "lan0 is waiting: ppp7 does not exist; sharing begins when it appears\n"),
])
def test_the_bus_starts_the_service(bus, words, output):
    bus.add_service(f"{sys.executable} {HERE}/mock.py --activated")
    done = bus.sharectl(*words.split())
    assert (done.returncode, done.stdout) == (0, output)


@pytest.mark.parametrize("method, words", [
    ("GetManagedObjects", "status"), ("GetManagedObjects", "unshare --all"),
    ("GetManagedObjects", "list"), ("Preview", "preview lan0"),
    ("ListInterfaces", "interfaces"), ("Diagnose", "doctor"),
])
def test_interruption_of_what_asks_for_no_password(bus, service, method, words):
    service.hang(method)
    process = bus.popen(*words.split())
    while method not in [call[0] for call in service.calls()]:
        pass
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == -signal.SIGINT


def test_service_that_dies_during_a_call(bus, service):
    service.hang("ShareConnectionWithOptions")
    process = bus.popen("share", "lan0")
    while not service.calls():
        pass
    service.process.kill()
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (5, "")
    assert "did not reply" in error and error.count("\n") == 1
