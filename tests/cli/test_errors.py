# SPDX-License-Identifier: GPL-2.0-or-later
# Every way to fail: its exit status, and one line that says what and what helps.
import signal
import subprocess
import sys

import pytest

from conftest import HERE, SHARECTL

PREFIX = "org.connshare1.Error."


@pytest.mark.parametrize("error, status", [
    (PREFIX + "Failed", 1), (PREFIX + "NotSuitable", 1), (PREFIX + "AddressConflict", 1),
    (PREFIX + "NotSupported", 1), (PREFIX + "Timeout", 1), (PREFIX + "InvalidArgument", 2),
    (PREFIX + "NoSuchDevice", 3), (PREFIX + "NoSuchShare", 3), (PREFIX + "NotAuthorized", 4),
    ("org.example.Unheard", 1), ("org.freedesktop.DBus.Error.UnknownMethod", 1),
])
@pytest.mark.parametrize("method, words", [
    ("ShareConnectionWithOptions", "share lan0 via ppp0"), ("StopSharing", "unshare lan0"),
    ("Preview", "preview lan0"), ("ListInterfaces", "interfaces"),
])
def test_error_of_the_service(sharectl, service, method, words, error, status):
    service.fail(method, error, "lan0 is\nbad; try lan1")
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (
        status, "", "sharectl: lan0 is bad; try lan1\n")


@pytest.mark.parametrize("words, hint", [
    ("", "a command is missing"),
    ("shar lan0", "there is no command 'shar'"),
    ("help shar", "there is no command 'shar'"),
    ("help share lan0", "unexpected word 'lan0'"),
    ("--", "a command is missing"),
    ("--bogus", "unknown option '--bogus'"),
    ("share", "share needs LAN [via WAN]"),
    ("share lan0 ppp0", "expected 'via' after 'lan0', not 'ppp0'"),
    ("share lan0 via", "'via' needs an interface, a connection profile"),
    ("share lan0 via Mobile broadband", "unexpected word 'broadband'"),
    ("share lan0 --bogus", "--bogus"),
    ("share lan0 --dns", "--dns"),
    ("share lan0 --keep-lan=5", "--keep-lan"),
    ("share lan0 --json", "--json"),
    ("unshare", "unshare needs the name of a shared interface, or --all"),
    ("unshare lan0 --all", "'lan0' and --all"),
    ("unshare lan0 lan1", "unexpected word 'lan1'"),
    ("status lan0 lan1", "unexpected word 'lan1'"),
    ("list lan0", "unexpected word 'lan0'"),
    ("preview", "preview needs LAN [via WAN]"),
    ("interfaces lan0", "unexpected word 'lan0'"),
    ("monitor lan0", "unexpected word 'lan0'"),
])
def test_misuse(sharectl, service, words, hint):
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr and "see 'sharectl help" in done.stderr
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


@pytest.mark.parametrize("words", [*COMMANDS, "monitor"])
def test_no_bus(bus, words):
    done = bus.sharectl(*words.split(), DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "system bus cannot be reached" in done.stderr


@pytest.mark.parametrize("words, output", [
    ("status", "nothing is shared\n"), ("list", "nothing is shared\n"),
    ("unshare --all", "nothing is shared\n"),
    ("share lan0 via ppp7",
     "lan0 is waiting: ppp7 is not there; sharing begins when it appears\n"),
])
def test_the_bus_starts_the_service(bus, words, output):
    bus.add_service(f"{sys.executable} {HERE}/mock.py --activated")
    done = bus.sharectl(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (0, output, "")


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
    assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == -signal.SIGINT


def test_service_that_dies_during_a_call(bus, service):
    service.hang("ShareConnectionWithOptions")
    process = bus.popen("share", "lan0")
    while not service.calls():
        pass
    service.process.kill()
    output, error = process.communicate(timeout=10)
    assert (process.returncode, output) == (5, "")
    assert "did not answer" in error and error.count("\n") == 1
