# SPDX-License-Identifier: GPL-2.0-or-later
# The toggle in a real GNOME Shell, by real clicks.
import os
import pathlib

import pytest

from desk import wait_for
from shell import Shell


@pytest.fixture(scope="module")
def shell():
    shell = Shell()
    shell.script("settings.menu.open() || 1")
    yield shell
    shell.close()


@pytest.fixture
def service(shell):
    """A new one, which shares nothing, of a user who has never shared anything."""
    pathlib.Path(shell.directory / "home/.config/connshare/last-share").unlink(missing_ok=True)
    shell.service.close()
    shell.service.start()
    shell.service.tell("add", "eth9", {})
    wait_until_on(shell, True)
    shell.service.tell("remove", "eth9")
    wait_until_on(shell, False)
    return shell.service


def wait_until_on(shell, on):
    wait_for(lambda: shell.script("toggle.checked") == on, what=f"the toggle is not {on}")


def subtitle(shell):
    return shell.script("toggle.menu._headerSubtitle.text")


def click_toggle(shell):
    """Where it is by then: the menu may have changed its size."""
    shell.script("settings.menu.isOpen || settings.menu.open() || 1")
    wait_for(lambda: shell.script("toggle.mapped && toggle.width > 0"))
    shell.script("click(toggle) || 1")


def test_shell_has_no_complaint(shell, service):
    shell.log.flush()
    log = pathlib.Path(shell.log.name).read_text(encoding="utf-8")
    assert not [line for line in log.splitlines() if "connection-sharing" in line]
    state = shell.script(
        "Main.extensionManager.lookup('connection-sharing@org.connshare1').error || ''")
    assert state == ""


def test_click_shares_again_what_was_shared_last(shell, service):
    service.tell("add", "wlan0", {"Ssid": "desk", "Wan": "auto", "Uplink": "eth1"})
    wait_until_on(shell, True)
    click_toggle(shell)
    wait_until_on(shell, False)
    assert service.calls("StopSharing") == [[["wlan0"], True]]
    click_toggle(shell)
    wait_until_on(shell, True)
    assert service.calls("ShareConnectionWithOptions") == [
        [["wlan0", "auto", {"ssid": "desk", "passphrase": "correct horse"}], True]]


def test_last_share_is_for_its_user_alone(shell, service):
    service.tell("add", "wlan0", {"Ssid": "desk"})
    wait_until_on(shell, True)
    click_toggle(shell)
    wait_until_on(shell, False)
    path = shell.directory / "home/.config/connshare/last-share"
    assert "correct horse" in path.read_text(encoding="utf-8")
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_hotspot_of_the_settings_is_ended_and_not_remembered(shell, service):
    service.tell("add", "wlan0", {"Ssid": "phone", "Source": "adopted"})
    wait_until_on(shell, True)
    click_toggle(shell)
    wait_until_on(shell, False)
    assert service.calls("StopSharing") == [[["wlan0"], True]]
    assert service.calls("GetWifi") == []
    assert not (shell.directory / "home/.config/connshare/last-share").exists()


def test_state_follows_the_service(shell, service):
    service.tell("add", "eth0", {})
    wait_for(lambda: subtitle(shell) == "0 devices, eth0")
    service.tell("clients", "eth0", [{"mac": "02:00:00:00:00:01"}, {"mac": "02:00:00:00:00:02"}])
    wait_for(lambda: subtitle(shell) == "2 devices, eth0")
    service.tell("change", "eth0", {"State": "waiting", "StateReason": "uplink-missing"})
    wait_for(lambda: subtitle(shell) == "eth0, waiting")
    service.tell("remove", "eth0")
    wait_for(lambda: subtitle(shell) == "Off")


def test_service_that_restarts(shell, service):
    service.tell("add", "eth0", {})
    wait_until_on(shell, True)
    service.close()
    wait_until_on(shell, False)
    service.start()
    service.tell("add", "eth0", {})
    wait_until_on(shell, True)


def test_share_is_ended_in_the_menu(shell, service):
    service.tell("add", "eth0", {})
    service.tell("add", "wlan0", {"Ssid": "desk"})
    wait_for(lambda: shell.script("toggle._shares.numMenuItems") == 2)
    assert shell.script("toggle._shares._getMenuItems().map(item => item.label.text)") == [
        "eth0", "desk (wlan0)"]
    shell.script("toggle.menu.open() || 1")
    item = "toggle._shares._getMenuItems()[0]"
    wait_for(lambda: shell.script(f"{item}.mapped && {item}.width > 0"))
    shell.script(f"click({item}) || 1")
    wait_for(lambda: service.calls("StopSharing") == [[["eth0"], True]])
    wait_for(lambda: shell.script("toggle._shares.numMenuItems") == 1)
    assert shell.script("toggle.checked")
    shell.script("toggle.menu.close() || 1")


def test_failure_is_told(shell, service):
    service.tell("add", "eth0", {})
    service.tell("fail", "StopSharing", "org.connshare1.Error.NotAuthorized", "no rights")
    wait_until_on(shell, True)
    click_toggle(shell)
    wait_for(lambda: "Sharing could not be changed" in shell.script(
        "Main.messageTray.getSources().flatMap(source => source.notifications)"
        ".map(notification => notification.title)"))
    assert shell.script("toggle.checked")


def test_picture(shell, service):
    folder = os.environ.get("CONNSHARE_PICTURES", shell.directory)
    service.tell("add", "wlan0", {"Ssid": "Office"})
    service.tell("clients", "wlan0", [{"mac": "02:00:00:00:00:01"}])
    wait_for(lambda: subtitle(shell) == "1 device, Office")
    shell.script("settings.menu.isOpen || settings.menu.open() || 1")
    path = pathlib.Path(folder) / "toggle.png"
    shell.screenshot(path)
    assert path.stat().st_size > 0
