# SPDX-License-Identifier: GPL-2.0-or-later
# sharectl monitor: changes as they happen, through restarts of the service.
import json
import os
import re
import select
import signal
import subprocess

import pytest

from conftest import SHARECTL, Service

ACTIVE = "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24"


class Monitor:
    def __init__(self, bus, *words):
        self.process = bus.popen("monitor", *words)
        self.stream = self.process.stdout
        self.lines = []

    def line(self):
        while not self.lines:
            assert select.select([self.stream], [], [], 60)[0], "monitor says nothing"
            text = os.read(self.stream.fileno(), 65536).decode()
            assert text.endswith("\n"), "monitor writes whole lines"
            self.lines = text.splitlines()
        return self.lines.pop(0)

    def text(self):
        """The next line without its time."""
        time, text = self.line().split(" ", 1)
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d\d\d", time)
        return text

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        rest, error = self.process.communicate(timeout=60)
        assert (self.lines, rest, error) == ([], "", "")
        return self.process.returncode


@pytest.fixture
def monitor(bus, service):
    monitors = []

    def start(*words):
        monitors.append(Monitor(bus, *words))
        return monitors[-1]

    yield start
    for one in monitors:
        one.process.kill()
        one.process.communicate()


def test_changes(monitor, service):
    service.add("lan0")
    one = monitor()
    assert one.text() == ACTIVE
    service.change("lan0", State="waiting", StateReason="uplink-missing", Uplink="",
                   StateMessage="ppp0 does not exist")
    assert one.text() == "lan0 is waiting: ppp0 does not exist; sharing begins when it appears"
    service.change("lan0", State="active", StateReason="none", Uplink="wlan0",
                   StateMessage="lan0 is shared via wlan0 (2nd choice; ppp0 does not exist)")
    assert one.text() == ("lan0 is shared via wlan0 (2nd choice; ppp0 does not exist): "
                          "clients get addresses from 192.168.137.0/24")
    service.change("lan0", Options={"force": True})      # nothing to say in words
    service.change("lan0", State="active", StateReason="none", Uplink="ppp0",
                   StateMessage="lan0 is shared via ppp0")
    assert one.text() == ACTIVE
    service.add("lan1", State="starting")
    assert one.text() == "lan1 is starting"
    service.remove("lan0")
    assert one.text() == "lan0 is no longer shared"
    assert one.end() == 0


def test_nothing_is_shared(monitor, service):
    one, other = monitor(), monitor("--json")
    assert one.text() == "nothing is shared"
    service.add("lan0")
    assert one.text() == ACTIVE
    assert json.loads(other.line())["event"] == "added"


def test_json(monitor, service):
    service.add("lan0")
    one = monitor("--json")
    first = json.loads(one.line())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d", first["time"])
    assert (first["event"], first["lan"], first["state"]) == ("added", "lan0", "active")
    service.change("lan0", State="failed", StateMessage="no")
    second = json.loads(one.line())
    assert (second["event"], second["state"]) == ("changed", "failed")
    service.remove("lan0")
    assert json.loads(one.line())["event"] == "removed"
    assert one.end(signal.SIGTERM) == 0


def test_restart_of_the_service(bus, monitor, service):
    service.add("lan0")
    one = monitor()
    assert one.text() == ACTIVE
    service.close()
    assert one.text() == "connshared has exited; shares stay as they are"
    again = Service(bus)
    assert one.text() == "connshared is running"
    assert one.text() == "lan0 is no longer shared"
    again.add("lan1", State="starting")
    assert one.text() == "lan1 is starting"
    again.change("lan1", State="active", StateMessage="lan1 is shared via ppp0")
    assert one.text().startswith("lan1 is shared via ppp0")
    assert one.end() == 0
    again.close()


def test_service_that_does_not_run_is_not_started(bus):
    bus.add_service("/bin/false")
    one = Monitor(bus)
    assert one.text() == "connshared is not running; waiting for it"
    service = Service(bus)
    assert one.text() == "connshared is running"
    service.add("lan0")
    assert one.text() == ACTIVE
    service.close()
    assert one.text() == "connshared has exited; shares stay as they are"
    assert one.end() == 0


def test_end_of_the_bus(bus, monitor, service):
    service.add("lan0")
    one = monitor()
    assert one.text() == ACTIVE
    bus.process.terminate()
    error = one.process.communicate(timeout=60)[1]
    assert (one.process.returncode, error) == (5, "sharectl: lost the connection to the system bus\n")


def test_end_of_the_reader(monitor, service):
    service.add("lan0")
    one = monitor("--json")
    one.line()
    one.stream.close()
    assert one.process.wait(60) == 1


def test_end_of_the_output(bus, service):
    service.add("lan0")
    with open("/dev/full", "w") as full:
        done = subprocess.run([SHARECTL, "monitor"], stdout=full, env=bus.environment,
                              timeout=60, check=False)
    assert done.returncode == 1
