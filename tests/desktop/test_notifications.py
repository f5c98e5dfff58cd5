# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is told while nobody looks at the window.
#
import json
import select
import subprocess
import time

import pytest

from desk import HERE, wait_for

PHONE = {"mac": "02:00:00:00:00:01", "hostname": "phone", "addresses": ["192.168.137.9"]}
TABLET = {"mac": "02:00:00:00:00:02", "name": "Mia's tablet", "addresses": ["192.168.137.10"]}
NEAR = {"severity": "warning", "code": "data-limit-near", "subject": "wlan0",
        "message": "9.1 GB of 10 GB are used", "remedy": ""}


class Server:
    """notifications.py"""

    def __init__(self, desk):
        self.process = desk.popen([str(HERE / "notifications.py")], stdout=subprocess.PIPE)
        assert json.loads(self.process.stdout.readline()) == "ready"

    def next(self, timeout=30):
        """Title and text, or None."""
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        return tuple(json.loads(self.process.stdout.readline())) if ready else None


@pytest.fixture
def server(desk):
    server = Server(desk)
    yield server
    assert server.next(0.5) is None  # more than was waited for
    desk.running.remove(server.process)
    server.process.terminate()
    server.process.wait()
    server.process.stdout.close()


@pytest.fixture
def shared(desk, server, service, window):
    service.tell("features", ["clients", "limit"])
    service.tell("add", "wlan0", {"Uplink": "eth1", "Options": {"limit": 10_000_000_000}})
    service.tell("clients", "wlan0", [PHONE])
    window.find("Devices on Wi-Fi (wlan0) use the Internet through eth1.")
    desk.look_away()
    wait_for(lambda: service.calls("ListClients"))  # those who are there already
    time.sleep(0.5)
    return service


def test_a_device_is_new(shared, server):
    shared.tell("clients", "wlan0", [PHONE, TABLET])
    assert server.next() == ("A New Device Is Connected", "Mia's tablet")
    shared.tell("clients", "wlan0", [TABLET])
    shared.tell("clients", "wlan0", [PHONE, TABLET])


def test_another_uplink(shared, server):
    shared.tell("change", "wlan0", {"State": "waiting", "StateReason": "uplink-down",
                                    "Uplink": ""})
    shared.tell("change", "wlan0", {"State": "active", "StateReason": "none", "Uplink": "ppp0"})
    title, text = server.next()
    assert title == "Another Internet Connection Is Shared" and "Dial-up (ppp0)" in text


def test_a_firewall_is_in_the_way(shared, server):
    shared.tell("change", "wlan0", {"BlockedBy": ["ufw"]})
    assert server.next()[0] == "A Firewall Blocks the Devices"
    shared.tell("change", "wlan0", {"BlockedBy": ["ufw", "docker"]})


def test_limit_is_near_and_reached(shared, server, window):
    shared.tell("find", [NEAR])
    shared.tell("change", "wlan0", {"StateMessage": "nine tenths of its limit are used"})
    assert server.next()[0] == "The Data Limit Is Almost Reached"
    shared.tell("change", "wlan0", {"State": "waiting", "StateReason": "data-limit",
                                    "Uplink": "", "StateMessage": "the limit is reached"})
    assert server.next()[0] == "The Data Limit Is Reached"
    window.find("Devices on Wi-Fi (wlan0) have used what the limit allows.…")


def test_nothing_while_the_window_is_looked_at(shared, server, desk):
    desk.focus()
    time.sleep(0.5)
    shared.tell("change", "wlan0", {"BlockedBy": ["ufw"]})
    shared.tell("clients", "wlan0", [PHONE, TABLET])
