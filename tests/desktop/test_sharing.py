# SPDX-License-Identifier: GPL-2.0-or-later
# The page with the switch: sharing, choosing, and what is said about it.
import pathlib
import subprocess

import pytest

from desk import wait_for
from window import SWITCH, has, is_usable

FIRST_RUN = "Let other devices use the Internet connection of this computer.…"


def wait_for_call(service, method, count=1):
    return wait_for(lambda: len(service.calls(method)) >= count and service.calls(method),
                    what=f"no call of {method}")


def test_first_run_explains_itself_in_two_lines(window):
    explanation = window.find(FIRST_RUN, "label").get_name()
    assert explanation.count("\n") == 1
    window.find("Sharing Is Off")
    window.flip()
    window.wait_for_switch(True)
    window.wait_until_gone(FIRST_RUN)


def test_switch_shares_and_stops(window, service):
    window.flip()
    [[arguments, interactive]] = wait_for_call(service, "ShareConnectionWithOptions")
    assert arguments[:2] == ["wlan0", "auto"] and interactive
    window.find("Devices on Wi-Fi (wlan0) use the Internet through eth1.")
    window.wait_for_switch(True)
    window.flip()
    assert wait_for_call(service, "StopSharing") == [[["wlan0"], True]]
    window.find("Sharing Is Off")
    window.wait_for_switch(False)


def test_reading_allows_no_dialog(window, service):
    service.tell("features", ["clients"])
    window.flip()
    wait_for_call(service, "GetWifi")
    window.open_page("Devices")
    wait_for_call(service, "ListClients")
    window.open_page("Problems")
    wait_for_call(service, "Diagnose")
    for method in ("GetWifi", "ListClients", "Diagnose", "ListInterfaces"):
        assert not any(interactive for _, interactive in service.calls(method))


def test_another_program_shares(window, service):
    window.find("Sharing Is Off")
    service.tell("add", "eth0", {"Wan": "ppp0", "Uplink": "ppp0"})
    window.find("Devices on Ethernet (eth0) use the Internet through Dial-up (ppp0).")
    window.wait_for_switch(True)
    service.tell("change", "eth0", {"State": "waiting", "StateReason": "uplink-missing",
                                    "Uplink": ""})
    window.find("Waiting for Dial-up (ppp0), which is not there.…")
    service.tell("remove", "eth0")
    window.find("Sharing Is Off")
    window.wait_for_switch(False)


def test_hotspots_of_the_settings(window, service):
    assert window.find_now("Hotspots of the Settings…", "check box") is None
    service.tell("features", ["adopt"])
    window.flip("Hotspots of the Settings")
    wait_for(lambda: service.calls("Adopt") == [[["auto"], True]])
    window.wait_for_switch(True, "Hotspots of the Settings")
    service.tell("add", "wlan0", {"Source": "adopted", "Wan": "auto", "Uplink": "ppp0"})
    wait_for(lambda: any("off there, too" in text for text in window.texts()))
    window.wait_for_switch(True)
    window.flip()
    assert wait_for_call(service, "StopSharing") == [[["wlan0"], True]]
    window.wait_for_switch(False)
    assert last_share(window.desk) == ""
    window.flip("Hotspots of the Settings")
    wait_for(lambda: service.calls("Adopt")[1:] == [[[""], True]])


def test_another_way_out_while_it_is_shared(window, service):
    service.tell("add", "eth0", {"Wan": "auto", "Uplink": "ppp0"})
    window.wait_for_switch(True)
    window.desk.click(window.find("Internet Connection", "combo box"))
    window.find("The one that this computer uses itself")
    window.desk.focus()
    for key in ("Down", "Return"):
        window.desk.key(key)
    [[arguments, _]] = wait_for_call(service, "Update")
    window.wait_until_gone("The one that this computer uses itself")
    assert [call[0] for call in service.calls("Update")] == [arguments]
    assert arguments == ["eth0", {"wan": "interface:wlan0"}]


IPV6 = "IPv6"


def test_ipv6_is_told_and_chosen(window, service, picture):
    window.find("Sharing Is Off")
    assert window.find_now(IPV6, "combo box") is None
    service.tell("features", ["ipv6"])
    service.tell("add", "eth0", {"Ipv6Mode": "delegated"})
    window.find("Devices have addresses of their own from the provider")
    service.tell("change", "eth0", {"Ipv6Mode": "none"})
    window.find("Not available from this Internet connection")
    window.desk.click(window.find(IPV6, "combo box"))
    window.find("Devices use this computer's address, as they do for IPv4")
    picture("ipv6")
    window.desk.focus()
    for key in ("End", "Return"):
        window.desk.key(key)
    assert wait_for_call(service, "Update") == [[["eth0", {"ipv6": "off"}], True]]


def test_ipv6_is_chosen_before_sharing(window, service):
    service.tell("features", ["ipv6"])
    window.desk.click(window.find(IPV6, "combo box"))
    window.find("Devices use IPv4 only", "label")
    window.desk.focus()
    for key in ("Down", "Return"):
        window.desk.key(key)
    window.wait_until_gone("Devices use IPv4 only")
    window.find("From the Provider", "label")
    window.flip()
    [[arguments, _]] = wait_for_call(service, "ShareConnectionWithOptions")
    assert arguments[2]["ipv6"] == "delegated"


@pytest.mark.parametrize("properties", [{"Options": {"keep-lan": True}}, {"Source": "adopted"}])
def test_ipv6_of_what_others_address(window, service, properties):
    service.tell("features", ["ipv6"])
    window.find(IPV6, "combo box")
    service.tell("add", "wlan0", properties)
    window.wait_until_gone(IPV6)


def test_pickers_show_what_is_unfit_and_why(window, picture):
    window.find("Sharing Is Off")
    names = window.texts()
    assert "Automatic" in names and "Wi-Fi (wlan0)" in names
    row = window.find("Share With Devices On", "combo box")
    window.desk.click(row)
    wait_for(lambda: "This computer uses it for its own Internet connection" in window.texts())
    picture("picker")
    assert not is_usable(window.find("This computer uses it for its own Internet connection"))
    assert is_usable(window.find("Ethernet (eth0)", "label"))
    window.desk.focus()
    window.desk.key("Down")
    window.desk.key("Return")
    wait_for(lambda: not window.find_now("Bridge (br0)", "label"))
    window.flip()
    [[arguments, _]] = wait_for_call(window.desk.service, "ShareConnectionWithOptions")
    assert arguments[:2] == ["eth0", "auto"]


def test_last_share_returns_with_its_password(open_window, service):
    window = open_window()
    window.flip()
    window.find("Join With a Phone", "list item")
    wait_for_call(service, "GetWifi")
    wait_for(lambda: "correct horse" in last_share(window.desk))
    window.flip()
    window.find("Sharing Is Off")
    assert last_share(window.desk).startswith("('wlan0', 'auto', {")
    window.close_now()
    again = open_window()
    again.flip()
    calls = wait_for_call(service, "ShareConnectionWithOptions", 2)
    assert calls[1][0] == ["wlan0", "auto", {"ssid": "desk", "passphrase": "correct horse"}]


def last_share(desk):
    path = pathlib.Path(desk.directory / "home/.config/connshare/last-share")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_joined_wifi_asks_first(window, service):
    service.tell("interfaces", [{"name": "wlan1", "kind": "wifi", "connection": "Home",
                                 "can-be-lan": False, "lan-code": "wifi-joined",
                                 "can-force": True}])
    service.tell("add", "eth9", {})
    service.tell("remove", "eth9")
    window.find("Wi-Fi (wlan1)", "label")
    window.flip()
    window.find("Share With Wi-Fi (wlan1) Anyway?")
    window.press("Cancel")
    window.wait_for_switch(False)
    assert service.calls("ShareConnectionWithOptions") == []
    window.flip()
    window.press("Share Anyway")
    [[arguments, _]] = wait_for_call(service, "ShareConnectionWithOptions")
    assert arguments[2]["force"] is True


@pytest.mark.parametrize("error, sentence, step", [
    ("org.connshare1.Error.NotAuthorized",
     "Changing this needs the password of an administrator.", "Try Again"),
    ("org.connshare1.Error.NoSuchDevice", "Wi-Fi (wlan0) is not there any more.…",
     "Choose Another"),
    ("org.connshare1.Error.AddressConflict",
     "The addresses for devices on Wi-Fi (wlan0) are used by another network.",
     "Look for Problems"),
    ("org.connshare1.Error.Timeout",
     "Another part of the system did not answer in time.", "Try Again"),
    ("org.freedesktop.DBus.Error.LimitsExceeded",
     "The sharing service is busy. Wait a moment.", "Try Again"),
])
def test_failure_has_a_next_step(window, service, error, sentence, step):
    service.tell("fail", "ShareConnectionWithOptions", error, "the reason why")
    window.flip()
    window.find(sentence, "label")
    window.wait_for_switch(False)
    window.press(step)
    window.wait_until_gone(sentence) if step != "Try Again" else None
    if step == "Look for Problems":
        wait_for_call(service, "Diagnose")
    if step == "Try Again":
        wait_for_call(service, "ShareConnectionWithOptions", 2)


def test_stop_that_failed_is_tried_again(window, service):
    service.tell("add", "eth0", {})
    service.tell("fail", "StopSharing", "org.connshare1.Error.NotAuthorized", "no rights")
    window.wait_for_switch(True)
    window.flip()
    window.press("Try Again")
    assert len(wait_for_call(service, "StopSharing", 2)) == 2
    assert service.calls("ShareConnectionWithOptions") == []


def test_service_restarts(window, service, desk):
    service.tell("add", "eth0", {})
    window.wait_for_switch(True)
    service.close()
    window.find("The sharing service is not installed, or cannot be started.")
    assert not has(window.switch(), "sensitive")
    service.start()
    service.tell("interfaces", [{"name": "eth0", "kind": "ethernet"}])
    service.tell("add", "eth0", {"Uplink": "wan9"})
    window.find("Devices on Ethernet (eth0) use the Internet through wan9.")
    window.wait_until_gone("The sharing service is not installed, or cannot be started.")
    assert has(window.switch(), "sensitive")


def test_hanging_service_blocks_nothing(window, service):
    service.tell("hang", "ShareConnectionWithOptions")
    window.flip()
    wait_for_call(service, "ShareConnectionWithOptions")
    window.open_page("Problems")
    wait_for_call(service, "Diagnose")
    window.find("No Problems Found")


def test_qr_code_can_be_scanned(window, picture):
    window.flip()
    window.desk.click(window.find("Join With a Phone", "list item"))
    window.find("QR code to join the Wi-Fi network “desk”")
    read = ["zbarimg", "--quiet", "--raw", "--oneshot"]
    wait_for(lambda: subprocess.run([*read, picture("qr")], capture_output=True, text=True)
             .stdout.strip() == "WIFI:T:WPA;S:desk;P:correct horse;;", what="no QR code")


def test_wrong_password_is_told_while_it_is_typed(window, service):
    window.find("Without a password of your own, a safe one is made up.")
    window.type_into("Password", "short")
    window.find("The password is too short: 8 characters at least.")
    window.type_into("Password", "long enough")
    window.find("Without a password of your own, a safe one is made up.")
    window.flip()
    [[arguments, _]] = wait_for_call(service, "ShareConnectionWithOptions")
    assert arguments[2] == {"passphrase": "long enough"}


def test_everything_by_keyboard(window, service):
    window.find("Sharing Is Off")
    window.desk.focus()
    for _ in range(20):
        window.desk.key("Tab")
        if has(window.switch(), "focused") or has(window.find("Sharing Is Off", "list item"),
                                                  "focused"):
            break
    window.desk.key("space")
    wait_for_call(service, "ShareConnectionWithOptions")
    assert SWITCH in window.switch().get_name()
