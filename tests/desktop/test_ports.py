# SPDX-License-Identifier: GPL-2.0-or-later
# The page of ports that lead to devices, and the window that adds one.
import pytest

from desk import wait_for
from window import TOOLKIT, has

PHONE = {"mac": "02:00:00:00:00:01", "hostname": "Phone", "addresses": ["192.168.137.20"]}
DESK = {"mac": "02:00:00:00:00:02", "name": "Desk", "addresses": ["192.168.137.21"]}
WEB = {"protocol": "tcp", "port": 8080, "to-port": 80, "client": DESK["mac"], "name": "Web",
       "origin": "user", "state": "active", "address": "192.168.137.21",
       "external-address": "100.64.0.7"}
GAME = {"protocol": "udp", "port": 6000, "end-port": 6010, "client": "192.168.137.20",
        "origin": "upnp", "state": "no-uplink"}
NONE = "No Port Leads to a Device"


@pytest.fixture
def ports(window, service):
    service.tell("features", ["clients", "forward"])
    service.tell("add", "eth0", {})
    service.tell("clients", "eth0", [PHONE, DESK])
    window.open_page("Ports")
    window.find(NONE, "label")
    return window


def calls(service, method):
    """Their arguments after the LAN; each allows a dialog."""
    found = wait_for(lambda: service.calls(method), what=f"no call of {method}")
    assert all(interactive for _, interactive in found)
    return [arguments[1:] for arguments, _ in found]


def open_dialog(ports):
    ports.press("Forward a Port…")
    ports.find("Port", "text")


def test_no_page_without_the_feature(window, service):
    service.tell("features", ["clients"])
    window.find("Devices", "page tab")
    assert window.find_now("Ports", "page tab") is None


def test_ports_are_listed(ports, service):
    service.tell("forwards", "eth0", [WEB, GAME])
    ports.find("Web", "label")
    ports.find("TCP port 8080 · Desk, port 80", "label")
    ports.find("UDP ports 6000–6010", "label")
    ports.find("Phone · Asked for by the device · Waiting for the Internet connection", "label")
    ports.find("The Internet connection has the private address 100.64.0.7.…", "label")
    assert ports.find_now(NONE) is None
    service.tell("forwards", "eth0", [{**WEB, "external-address": "8.8.8.8", "name": "",
                                       "state": "no-address"}])
    ports.wait_until_gone("UDP ports 6000–6010")
    ports.find("Desk, port 80 · Waiting for the device", "label")
    ports.find("They are reached from the Internet at 8.8.8.8.", "label")
    service.tell("forwards", "eth0", [{**WEB, "upstream": "8.8.4.4:8080",
                                       "upstream-state": "mapped"}])
    ports.find("TCP port 8080 · Desk, port 80 · Reached at 8.8.4.4:8080", "label")
    ports.wait_until_gone("They are reached from the Internet at 8.8.8.8.")


def test_page_is_up_to_date_when_it_is_opened(ports, service):
    ports.open_page("Problems")
    service.tell("forwards", "eth0", [WEB])
    ports.open_page("Ports")
    ports.find("Web", "label")


def test_off(ports, service):
    service.tell("remove", "eth0")
    ports.find("Sharing Is Off", "label")
    service.tell("add", "eth0", {})
    ports.find(NONE, "label")


def test_ports_that_may_not_be_seen(window, service):
    service.tell("fail", "ListForwards", "org.connshare1.Error.NotAuthorized", "no rights")
    service.tell("features", ["clients", "forward"])
    service.tell("add", "eth0", {})
    window.open_page("Ports")
    window.find("Ports Cannot Be Shown", "label")
    window.find("Only an administrator, or the person at this computer, may see them.", "label")


def test_no_device_to_add_one_for(ports, service):
    service.tell("clients", "eth0", [])
    ports.find("Connect a device first, and add a port for it then", "label")
    assert not has(ports.find("Forward a Port…", "push button"), "sensitive")


def test_port_is_added_by_keyboard(ports, service):
    open_dialog(ports)
    assert not has(ports.find("Add", "push button"), "sensitive")
    ports.desk.focus()
    ports.desk.type("8080")
    ports.desk.key("Tab")
    ports.desk.type("80")
    ports.desk.key("Tab")
    ports.desk.type("Web")
    ports.desk.key("Return")
    assert calls(service, "AddForward") == [[{
        "protocol": "tcp", "port": 8080, "to-port": 80, "client": DESK["mac"], "name": "Web"}]]
    ports.wait_until_gone("Cancel")
    ports.find("TCP port 8080 · Desk, port 80", "label")


def test_both_protocols_of_another_device(ports, service):
    open_dialog(ports)
    pick(ports, "Device", "Phone")
    pick(ports, "Protocol", "TCP and UDP")
    ports.type_into("Port", "6000-6010")
    ports.press("Add")
    ports.wait_until_gone("Cancel")
    expected = {"port": 6000, "end-port": 6010, "client": PHONE["mac"]}
    assert calls(service, "AddForward") == [[{"protocol": "tcp", **expected}],
                                            [{"protocol": "udp", **expected}]]


def pick(ports, row, title):
    ports.desk.focus()
    ports.desk.click(ports.find(row, "label"))
    ports.desk.click(wait_for(lambda: [
        node for node in ports.all() if node.get_role_name() == "label"
        and node.get_name() == title][-1], what=title))


def test_what_cannot_be_a_port(ports, service):
    open_dialog(ports)
    for outside, inside in (("0", ""), ("65536", ""), ("http", ""), ("90-80", ""), ("1-1025", ""),
                            ("80", "0"), ("80-90", "65530"), ("80", "70-75")):
        ports.type_into("Port", outside)
        ports.type_into("Port of the Device, if Different", inside)
        ports.find("A port is a number from 1 to 65535.…", "label")
        assert not has(ports.find("Add", "push button"), "sensitive")
    ports.type_into("Port of the Device, if Different", "")
    ports.type_into("Port", "80-90")
    wait_for(lambda: has(ports.find("Add", "push button"), "sensitive"))
    ports.desk.focus()
    ports.desk.key("Escape")
    ports.wait_until_gone("Cancel")
    assert service.calls("AddForward") == []


def test_port_that_is_taken(ports, service):
    service.tell("fail", "AddForward", "org.connshare1.Error.NotSuitable", "sshd has tcp port 22")
    open_dialog(ports)
    ports.type_into("Port", "22")
    ports.press("Add")
    ports.find("TCP port 22 is in use already,…", "label")
    ports.desk.click(ports.find("Details", "label"))
    ports.find("sshd has tcp port 22", "label")
    wait_for(lambda: has(ports.find("Add", "push button"), "sensitive"))


def test_password_that_is_not_given(ports, service):
    service.tell("fail", "AddForward", "org.connshare1.Error.NotAuthorized", "no rights")
    open_dialog(ports)
    ports.type_into("Port", "22")
    ports.press("Add")
    ports.find("Changing this needs the password of an administrator.", "label")
    ports.press("Try Again")
    wait_for(lambda: len(service.calls("AddForward")) == 2)


def test_port_is_removed(ports, service):
    service.tell("forwards", "eth0", [WEB, GAME])
    ports.press("Remove Web…")
    assert calls(service, "RemoveForward") == [["tcp", 8080]]
    ports.wait_until_gone("Web")
    ports.find("UDP ports 6000–6010", "label")


def test_port_of_one_address_is_removed(ports, service):
    """Another device has the same one."""
    service.tell("forwards", "eth0", [{**WEB, "client": "fd00::2"},
                                      {**WEB, "client": "fd00::3", "name": "Other"}])
    ports.find("Other", "label")
    ports.press("Remove Web…")
    assert calls(service, "RemovePinhole") == [["tcp", 8080, "fd00::2"]]
    ports.wait_until_gone("Web")
    ports.find("Other", "label")


def test_port_that_is_gone_already(ports, service):
    service.tell("forwards", "eth0", [WEB])
    ports.find("Web", "label")
    service.tell("fail", "RemoveForward", "org.connshare1.Error.InvalidArgument", "no such port")
    ports.press("Remove Web…")
    calls(service, "RemoveForward")
    ports.find("Web", "label")
    assert ports.find_now("Dismiss") is None


def test_removal_that_is_refused(ports, service):
    service.tell("forwards", "eth0", [WEB])
    service.tell("fail", "RemoveForward", "org.connshare1.Error.NotAuthorized", "no rights")
    ports.press("Remove Web…")
    ports.find("Changing this needs the password of an administrator.", "label")


def test_devices_may_ask_themselves(ports, service):
    assert ports.find_now("Devices May Forward Ports…") is None
    service.tell("features", ["clients", "forward", "upnp"])
    ports.wait_for_switch(False, "Devices May Forward Ports")
    ports.flip("Devices May Forward Ports")
    assert calls(service, "Update") == [[{"upnp": True}]]
    ports.wait_for_switch(True, "Devices May Forward Ports")


def test_everything_has_a_name(ports, service):
    service.tell("features", ["clients", "forward", "upnp"])
    service.tell("forwards", "eth0", [WEB, GAME])
    ports.find("Web", "label")
    open_dialog(ports)
    nameless = [(node.get_role_name(), node.get_name()) for node in ports.all()
                if node.get_role_name() in ("push button", "check box", "text", "combo box",
                                            "list item")
                and (not node.get_name() or node.get_name().startswith(TOOLKIT))]
    assert nameless == []


def test_problem_with_a_port_leads_to_the_page(ports, service):
    service.tell("find", [{"severity": "warning", "code": "forward-no-address", "subject": "eth0",
                           "message": "m", "remedy": "r"}])
    ports.open_page("Problems")
    ports.find("A Port Leads to a Device That Is Not There", "label")
    ports.press("Show Ports")
    ports.find(NONE, "label")


@pytest.mark.parametrize("name, environment", [
    ("ports", {}), ("ports-dark", {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}),
    ("ports-german", {"LANGUAGE": "de"}),
])
def test_looks(open_window, service, picture, name, environment):
    service.tell("features", ["clients", "forward", "upnp"])
    service.tell("add", "eth0", {})
    service.tell("clients", "eth0", [PHONE, DESK])
    service.tell("forwards", "eth0", [WEB, GAME])
    window = open_window(**environment)
    window.open_page("Ports")
    window.find("Web", "label")
    assert picture(name).stat().st_size > 0
    window.press("Port weiterleiten…" if "LANGUAGE" in environment else "Forward a Port…")
    window.find("Port", "text")
    assert picture(f"{name}-add").stat().st_size > 0
