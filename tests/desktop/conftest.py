# SPDX-License-Identifier: GPL-2.0-or-later
#
# The application and the toggle on a desktop of their own (desk.py, shell.py), against a mock of
# the service.  CONNSHARE_STAGE names the tree that the product is installed in; pictures of what
# was tested go to CONNSHARE_PICTURES, if that is set.
#
import os
import pathlib
import shutil

import pytest

from desk import Desk
from window import Window

WIFI = {"name": "wlan0", "kind": "wifi", "label": "Wireless card", "state": "disconnected"}
CABLE = {"name": "eth0", "kind": "ethernet", "label": "Network card", "state": "disconnected"}
JOINED = {"name": "wlan1", "kind": "wifi", "connection": "Home", "can-be-lan": False,
          "lan-code": "wifi-joined", "can-force": True}
MOBILE = {"name": "ppp0", "kind": "ppp", "connection": "Mobile broadband", "can-be-lan": False,
          "lan-code": "own-internet"}
BRIDGE = {"name": "br0", "kind": "bridge", "state": "down", "can-be-wan": False,
          "wan-code": "lan"}
INTERFACES = [WIFI, CABLE, JOINED, MOBILE, BRIDGE]


@pytest.fixture(scope="session")
def bare_desk():
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def atspi(bare_desk):
    """The library reads the addresses of the buses once."""
    os.environ.update({key: bare_desk.environment[key] for key in (
        "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")})
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi
    Atspi.init()
    return Atspi


@pytest.fixture
def desk(bare_desk):
    """With a new service, and of a user who has never shared anything."""
    shutil.rmtree(bare_desk.directory / "home/.config", ignore_errors=True)
    bare_desk.service.close()
    bare_desk.service.start()
    bare_desk.service.tell("interfaces", INTERFACES)
    return bare_desk


@pytest.fixture
def service(desk):
    return desk.service


@pytest.fixture
def open_window(desk, atspi):
    opened = []

    def open_one(**environment):
        opened.append(Window(desk, atspi, **environment))
        return opened[-1]
    yield open_one
    for window in opened:
        window.close()


@pytest.fixture
def window(open_window):
    return open_window()


@pytest.fixture
def picture(bare_desk):
    """Takes one of the screen; returns its path."""
    from PIL import ImageGrab
    folder = pathlib.Path(os.environ.get("CONNSHARE_PICTURES", bare_desk.directory))

    def take(name):
        path = folder / f"{name}.png"
        ImageGrab.grab(xdisplay=bare_desk.environment["DISPLAY"]).save(path)
        return path
    return take
