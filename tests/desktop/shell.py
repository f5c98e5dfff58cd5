# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real GNOME Shell without a screen, on the buses of a Desk, with the toggle installed and
# enabled.  Tests ask it by its own D-Bus interface for scripts, and click with a virtual pointer.
#
import json
import subprocess

from desk import Desk, wait_for

UUID = "connection-sharing@org.connshare1"
KEYFILE = f"""[org/gnome/shell]
enabled-extensions=['{UUID}']
welcome-dialog-last-shown-version='999'
[org/gnome/desktop/interface]
enable-animations=false
"""
# The toggle, and a way to click in the middle of something.
PRELUDE = """
const { Clutter } = imports.gi;
const settings = Main.panel.statusArea.quickSettings;
const toggle = settings.menu._grid.get_children().find(
    item => item.constructor.name === 'SharingToggle');
const click = actor => {
    globalThis.pointer ??= Clutter.get_default_backend().get_default_seat()
        .create_virtual_device(Clutter.InputDeviceType.POINTER_DEVICE);
    const [x, y] = actor.get_transformed_position();
    const now = Clutter.get_current_event_time() * 1000;
    pointer.notify_absolute_motion(now, x + actor.width / 2, y + actor.height / 2);
    pointer.notify_button(now, Clutter.BUTTON_PRIMARY, Clutter.ButtonState.PRESSED);
    pointer.notify_button(now, Clutter.BUTTON_PRIMARY, Clutter.ButtonState.RELEASED);
};
"""


class Shell(Desk):
    def __init__(self):
        super().__init__()
        self.environment |= {"GSETTINGS_BACKEND": "keyfile", "LIBGL_ALWAYS_SOFTWARE": "1",
                             "XDG_SESSION_TYPE": "wayland"}
        settings = self.directory / "home/.config/glib-2.0/settings"
        settings.mkdir(parents=True)
        (settings / "keyfile").write_text(KEYFILE)
        self.log = open(self.directory / "shell.log", "w+", encoding="utf-8")
        self.popen(["gnome-shell", "--headless", "--wayland", "--no-x11", "--unsafe-mode",
                    "--virtual-monitor", "1280x720"], stdout=self.log, stderr=self.log)
        wait_for(lambda: self.try_script("!Main.layoutManager._startingUp"), 120, "no shell")
        wait_for(lambda: self.script("toggle !== undefined"), 30, "no toggle")

    def start_screen(self):
        return ""

    def call(self, path, method, *arguments):
        return subprocess.run(["gdbus", "call", "--session", "-d", "org.gnome.Shell", "-o", path,
                               "-m", method, *arguments], env=self.environment, text=True,
                              capture_output=True, timeout=60)

    def try_script(self, expression):
        """None while there is nobody to ask."""
        done = self.call("/org/gnome/Shell", "org.gnome.Shell.Eval",
                         f"JSON.stringify({expression})")
        return done.stdout.startswith("(true, ") and "true" in done.stdout[7:]

    def script(self, expression):
        """The value of a JavaScript expression."""
        source = f"{{ {PRELUDE}; JSON.stringify({expression}) }}"
        done = self.call("/org/gnome/Shell", "org.gnome.Shell.Eval", source)
        assert done.returncode == 0, done.stderr
        return parse(done.stdout)

    def screenshot(self, path):
        self.call("/org/gnome/Shell/Screenshot", "org.gnome.Shell.Screenshot.Screenshot",
                  "false", "false", str(path))

    def close(self):
        super().close()
        self.log.close()


def parse(reply):
    """(true, '"JSON in JSON"'), as gdbus prints it."""
    from gi.repository import GLib
    worked, text = GLib.Variant.parse(GLib.VariantType("(bs)"), reply, None, None).unpack()
    assert worked, text
    return json.loads(json.loads(text)) if text else None
