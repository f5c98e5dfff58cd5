# SPDX-License-Identifier: GPL-2.0-or-later
#
# The toggle as GNOME Shell 45 and later load it, an ES module, in gjs: Debian 12 has no such Shell.
# What it imports of the Shell is a stand-in (shell-45), of libraries the real one, and so is the
# bus; test_toggle.py has a real Shell of before 45 with the same toggle.
#
import json
import pathlib
import subprocess
import time

import pytest

from desk import HERE, ROOT, Desk, wait_for

PARTS = [ROOT / "desktop/shell" / name for name in ("esm/head.js", "toggle.js", "esm/tail.js")]


class Shell45(Desk):
    def __init__(self):
        super().__init__()
        module = self.directory / "extension.js"
        module.write_text("".join(part.read_text(encoding="utf-8") for part in PARTS))
        libraries = ":".join(["/usr/lib/gnome-shell", *map(str, pathlib.Path("/usr/lib").glob(
            "*/mutter-*"))])
        self.environment |= {"G_RESOURCE_OVERLAYS": f"/org/gnome/shell={HERE / 'shell-45'}",
                             "GI_TYPELIB_PATH": libraries, "LD_LIBRARY_PATH": libraries}
        self.log = open(self.directory / "gjs.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(["gjs", "-m", HERE / "shell-45/run.js", module],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=self.log, env=self.environment)

    def start_screen(self):
        return ""

    def script(self, expression):
        """The value of a JavaScript expression."""
        self.process.stdin.write(expression + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline() or self.complaints())

    def complaints(self):
        """What gjs says, save which stand-ins it has found."""
        self.log.seek(0)
        return "".join(line for line in self.log if " overlay" not in line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()
        complaints = self.complaints()
        self.log.close()
        super().close()
        assert (self.process.returncode, complaints) == (0, "")


@pytest.fixture
def shell():
    shell = Shell45()
    assert shell.script("toggle.title") == "Sharing"
    yield shell
    shell.close()


@pytest.fixture
def service(shell):
    return shell.service


def wait_until_on(shell, on):
    wait_for(lambda: shell.script("[toggle.checked, indicator.icons[0].visible]") == [on, on])


def wait_for_subtitle(shell, text):
    wait_for(lambda: shell.script("[toggle.subtitle, toggle.menu.header[2]]")
             == ([text, text] if text else [None, "Off"]))


def last_share(shell):
    path = shell.directory / "home/.config/connshare/last-share"
    return path.read_text(encoding="utf-8") if path.exists() else None


def test_off_and_on_again(shell, service):
    service.tell("add", "wlan0", {"Ssid": "desk", "Wan": "auto", "Uplink": "eth1"})
    wait_until_on(shell, True)
    shell.script("toggle.emit('clicked')")
    wait_until_on(shell, False)
    assert service.calls("StopSharing") == [[["wlan0"], True]]
    assert "correct horse" in last_share(shell)
    shell.script("toggle.emit('clicked')")
    wait_until_on(shell, True)
    assert service.calls("ShareConnectionWithOptions") == [
        [["wlan0", "auto", {"ssid": "desk", "passphrase": "correct horse"}], True]]


def test_first_time_opens_the_application(shell):
    shell.script("toggle.emit('clicked')")
    assert shell.script("Main.told") == [["overview"], ["close"], ["activate"]]
    shell.script("(apps = {}, toggle.emit('clicked'))")
    assert shell.script("Main.told.at(-1)") == ["notify", "Connection Sharing is not installed", ""]


def test_state_follows_the_service(shell, service):
    service.tell("add", "eth0", {})
    wait_for_subtitle(shell, "0 devices, eth0")
    service.tell("clients", "eth0", [{"mac": "02:00:00:00:00:01"}])
    wait_for_subtitle(shell, "1 device, eth0")
    service.tell("change", "eth0", {"State": "waiting", "StateReason": "uplink-missing"})
    wait_for_subtitle(shell, "eth0, waiting")
    service.close()
    wait_for_subtitle(shell, None)
    service.start()
    service.tell("add", "eth0", {})
    wait_for_subtitle(shell, "0 devices, eth0")


def test_one_of_two_is_ended_in_the_menu(shell, service):
    service.tell("add", "eth0", {})
    service.tell("add", "wlan0", {"Ssid": "desk"})
    items = "toggle._shares.items"
    wait_for(lambda: shell.script(f"{items}.map(item => item.label.text)")
             == ["eth0", "desk (wlan0)"])
    assert shell.script("toggle._join.visible")
    shell.script(f"{items}[1].toggle()")
    wait_for(lambda: shell.script(f"{items}.length") == 1)
    assert service.calls("StopSharing") == [[["wlan0"], True]]
    assert not shell.script("toggle._join.visible")


def test_hotspot_of_the_settings_is_ended_and_not_remembered(shell, service):
    service.tell("add", "wlan0", {"Ssid": "phone", "Source": "adopted"})
    wait_until_on(shell, True)
    shell.script("toggle.emit('clicked')")
    wait_until_on(shell, False)
    assert service.calls("StopSharing") == [[["wlan0"], True]]
    assert last_share(shell) is None


def test_failure_is_told(shell, service):
    service.tell("add", "eth0", {})
    service.tell("hang", "StopSharing")
    wait_until_on(shell, True)
    shell.script("(globalThis.logError = error => Main.told.push([error.message]), "
                 "toggle.emit('clicked'), toggle.emit('clicked'))")
    wait_for(lambda: len(service.calls("StopSharing")) == 1)
    service.close()
    wait_for(lambda: shell.script("Main.told.at(-1)") == [
        "notify", "Sharing could not be changed", "Open Connection Sharing to see what helps."])
    service.start()


def test_disabled_it_listens_no_more(shell, service):
    service.tell("add", "eth0", {})
    wait_until_on(shell, True)
    assert shell.script("(extension.disable(), extension._indicator)") is None
    service.tell("remove", "eth0")
    service.tell("add", "eth1", {})
    time.sleep(0.5)
    assert shell.script("toggle.menu.header[2]") == "0 devices, eth0"
