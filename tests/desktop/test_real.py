# SPDX-License-Identifier: GPL-2.0-or-later
# The application and the real service, on a private host with the real NetworkManager: what a
# user does in the window is what a client on the LAN gets.
import json
import pathlib
import subprocess
import sys

import pytest

from desk import STAGE

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "sandbox"))
from follow import PPP0  # noqa: E402
from host import ENVIRONMENT, Host, wait_for  # noqa: E402
from test_forward import ask, server  # noqa: E402


class Remote:
    """drive.py: each method is one of Window."""

    def __init__(self, host):
        self.process = host.popen(["/usr/bin/python3", "-W", "ignore", str(HERE / "drive.py")],
                                  stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  env={**ENVIRONMENT, "CONNSHARE_STAGE": "/"})
        assert json.loads(self.process.stdout.readline()) == "ready"

    def __getattr__(self, method):
        def ask(*arguments):
            self.process.stdin.write(json.dumps([method, *arguments]) + "\n")
            self.process.stdin.flush()
            fault = json.loads(self.process.stdout.readline())
            assert fault is None, fault
        return ask

    def close(self):
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def host():
    with Host(STAGE) as host:
        yield host


@pytest.fixture
def window(host):
    window = Remote(host)
    yield window
    window.close()


def shares(host):
    return host.json("status")["shares"]


def test_window_shares_with_a_client(host, window):
    window.find("Sharing Is Off")
    window.flip()
    window.find("Devices on Ethernet (lan0) use the Internet through…")
    assert [share["lan"] for share in shares(host)] == ["lan0"]
    window.find("Not available from this Internet connection")
    host.client.dhcp()
    assert host.client.get()
    window.flip()
    window.find("Sharing Is Off")
    assert shares(host) == []


def test_service_that_is_killed(host, window):
    host.share("lan0")
    window.find("Devices on Ethernet (lan0) use the Internet through…")
    host.kill("connshared")
    wait_for(lambda: [share["state"] for share in shares(host)] == ["active"])
    window.find("Devices on Ethernet (lan0) use the Internet through…")
    window.flip()
    window.find("Sharing Is Off")


def test_problem_is_told(host, window):
    host.share("lan0", "via", "ppp7")
    window.find("Waiting for ppp7, which is not there.…")
    window.open_page("Problems")
    window.find("The Internet Connection Is Not There", "label")


def test_port_leads_to_a_device(host, window):
    host.share("lan0", "via", "ppp0")
    host.client.dhcp(name="phone")
    window.open_page("Ports")
    window.find("No Port Leads to a Device", "label")
    window.press("Forward a Port…")
    window.type_into("Port", "8080")
    window.type_into("Port of the Device, if Different", "80")
    window.press("Add")
    window.wait_until_gone("Cancel")
    window.find("phone, port 80", "label")
    window.find(f"They are reached from the Internet at {PPP0}.", "label")
    with server(host.client, "phone", "tcp", 80):
        assert ask(host.internet, "tcp", PPP0, 8080).startswith("phone 80 ")
    window.press("Remove TCP port 8080…")
    window.find("No Port Leads to a Device", "label")
    assert host.json("forward", "list") == {"forwards": []}
