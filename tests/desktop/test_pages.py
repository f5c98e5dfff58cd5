# SPDX-License-Identifier: GPL-2.0-or-later
# Devices and problems, and what holds for the whole window.
import pytest

from desk import wait_for
from window import TOOLKIT, has

PHONE = {"mac": "02:00:00:00:00:01", "hostname": "Phone", "addresses": ["192.168.137.20"],
         "private-mac": True, "bytes-sent": 1000, "bytes-received": 2000000}
PRINTER = {"mac": "02:00:00:00:00:02", "hostname": "printer", "vendor": "HP",
           "addresses": ["192.168.137.21"], "state": "away"}


@pytest.fixture
def devices(window, service):
    service.tell("features", ["clients"])
    service.tell("add", "eth0", {})
    service.tell("clients", "eth0", [PHONE, PRINTER])
    window.open_page("Devices")
    return window


def last_change(service):
    calls = wait_for(lambda: service.calls("SetClient"), what="no call of SetClient")
    (_, *arguments), interactive = calls[-1]
    assert interactive
    return arguments


def test_no_devices_page_without_the_feature(window):
    window.find("Problems", "page tab")
    assert window.find_now("Devices", "page tab") is None


def test_devices_are_listed(devices, service):
    devices.find("192.168.137.20 · Private hardware address", "label")
    devices.find("192.168.137.21 · HP · Away", "label")
    service.tell("clients", "eth0", [PHONE])
    devices.wait_until_gone("192.168.137.21 · HP · Away")


def test_device_is_renamed(devices, service):
    devices.desk.click(devices.find("Phone", "label"))
    devices.find("2.0\u00a0MB received, 1.0\u00a0kB sent")
    devices.desk.focus()
    devices.desk.click(devices.find("Name", "text"))
    devices.desk.type("Anna")
    devices.desk.key("Return")
    assert last_change(service) == [PHONE["mac"], {"name": "Anna"}]
    devices.find("Anna", "label")


def test_device_is_blocked_and_allowed(devices, service):
    devices.desk.click(devices.find("Phone", "label"))
    devices.press("Block…", "check box")
    assert last_change(service) == [PHONE["mac"], {"blocked": True}]
    devices.find("192.168.137.20 · Private hardware address · Blocked", "label")
    devices.press("Block…", "check box")
    wait_for(lambda: last_change(service) == [PHONE["mac"], {"blocked": False}])


def test_change_of_device_that_fails_is_told(devices, service):
    service.tell("fail", "SetClient", "org.connshare1.Error.NotAuthorized", "no rights")
    devices.desk.click(devices.find("Phone", "label"))
    devices.press("Block…", "check box")
    devices.find("Changing this needs the password of an administrator.")
    devices.wait_for_switch(False, "Block")


def test_devices_that_may_not_be_seen(devices, service):
    service.tell("remove", "eth0")
    service.tell("fail", "ListClients", "org.connshare1.Error.NotAuthorized", "no rights")
    service.tell("add", "eth0", {})
    devices.find("Devices Cannot Be Shown")


def test_no_devices(devices, service):
    service.tell("clients", "eth0", [])
    devices.find("Connect a device to Ethernet (eth0) with a cable.")
    service.tell("remove", "eth0")
    devices.find("Turn it on, and the devices that use it are listed here.")


def test_problems_have_a_button_each(window, service):
    service.tell("add", "eth0", {})
    service.tell("find", [
        {"severity": "info", "code": "shared", "subject": "eth0", "message": "m", "remedy": ""},
        {"severity": "error", "code": "blocked", "subject": "eth0", "message": "ufw drops",
         "remedy": "ufw route allow in on eth0"},
        {"severity": "warning", "code": "lan-taken", "subject": "eth0", "message": "taken",
         "remedy": "sharectl share eth0"}])
    window.open_page("Problems")
    window.find("A Firewall Blocks the Devices", "label")
    window.press("Copy Command")
    window.find("Copied", "label")
    window.press("Start Again")
    wait_for(lambda: service.calls("ShareConnectionWithOptions"))
    assert not any("sharectl" in text for text in window.texts())


def test_no_problems(window, service):
    service.tell("find", [])
    window.open_page("Problems")
    window.find("This computer is ready to share.")
    service.tell("find", [{"severity": "warning", "code": "ftp", "subject": "", "message": "m",
                           "remedy": ""}])
    window.press("Look Again")
    window.find("FTP May Not Work", "label")


def test_everything_has_a_name(devices, service):
    """What can have the focus, or be pressed, says what it is."""
    service.tell("find", [{"severity": "warning", "code": "ftp", "subject": "", "message": "m",
                           "remedy": ""}])
    devices.desk.click(devices.find("Phone", "label"))
    nameless = []
    for page in ("Devices", "Problems", "Sharing"):
        devices.open_page(page)
        wait_for(lambda: has(devices.find(page, "page tab"), "pressed"))
        nameless += [(page, node.get_role_name(), node.get_name()) for node in devices.all()
                     if is_for_use(node) and not is_named(node)]
    assert nameless == []


def is_for_use(node):
    return node.get_role_name() in ("push button", "check box", "toggle button", "text",
                                    "combo box", "list item", "page tab")


def is_named(node):
    return node.get_name() and not node.get_name().startswith(TOOLKIT)


def test_limit_is_hidden_unless_offered(window, service):
    service.tell("add", "eth0", {})
    window.wait_for_switch(True)
    assert window.find_now("Data Limit") is None
    service.tell("features", ["limit"])
    window.press("Data Limit…", "check box")
    wait_for(lambda: service.calls("Update"))
    assert service.calls("Update") == [[["eth0", {"limit": 10000000000, "limit-period": "month"}], True]]
