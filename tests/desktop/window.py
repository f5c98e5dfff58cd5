# SPDX-License-Identifier: GPL-2.0-or-later
#
# The application's window as a screen reader has it: everything by role and accessible name.
#
import contextlib
import subprocess

from gi.repository import GLib

from desk import STAGE, wait_for

APPLICATION = STAGE / "usr/bin/connshare-gtk"
SWITCH = "Share the Internet connection"
# Translations are looked for where the product will be; to be seen by the application alone.
IN_ITS_PLACE = f"mount --bind {STAGE / 'usr/share/locale'} /usr/share/locale && exec {APPLICATION}"
TOOLKIT = ("Gtk", "Adw", "Cs")  # what something without a name is called: its class


class Window:
    def __init__(self, desk, atspi, **environment):
        self.desk, self.atspi = desk, atspi
        self.log = open(desk.directory / "application.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", IN_ITS_PLACE], env={**desk.environment, **environment}, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log)
        wait_for(lambda: self.frames(), what="no window")

    def application(self):
        desktop = self.atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child and child.get_process_id() == self.process.pid:
                return child
        return None

    def frames(self):
        application = self.application()
        return children(application) if application else []

    def all(self, shown=True):
        """Everything in all windows; an invisible one has nothing that is seen."""
        waiting = self.frames()
        while waiting:
            node = waiting.pop()
            if shown and not has(node, "visible"):
                continue
            yield node
            waiting += children(node)

    def find_now(self, name, role=None):
        for node in self.all():
            with contextlib.suppress(GLib.Error):  # it has gone since
                if role in (None, node.get_role_name()) and matches(node, name) and has_size(node):
                    return node
        return None

    def find(self, name, role=None):
        """The first that has this name, or a part of it that ends in "…"; waits for it."""
        return wait_for(lambda: self.find_now(name, role), what=f'no {role or "thing"} "{name}"')

    def wait_until_gone(self, name):
        wait_for(lambda: not self.find_now(name), what=f'still there: "{name}"')

    def press(self, name, role="push button"):
        def is_pressed():
            """What is still folded up or greyed out refuses; a tab never says."""
            node = self.find(name, role)
            return (has(node, "sensitive") and self.atspi.Action.do_action(node, 0)
                    or role == "page tab")

        wait_for(is_pressed, what=f'"{name}" cannot be pressed')

    def open_page(self, name):
        self.press(name, "page tab")

    def switch(self, name=SWITCH):
        return self.find(name + "…", "check box")

    def flip(self, name=SWITCH):
        self.press(name + "…", "check box")

    def wait_for_switch(self, on, name=SWITCH):
        wait_for(lambda: has(self.switch(name), "checked") == on, what=f'"{name}" is not {on}')

    def type_into(self, name, text):
        """In place of what is there."""
        node = self.find(name, "text")
        self.atspi.EditableText.set_text_contents(node, text)

    def texts(self):
        return [node.get_name() for node in self.all() if node.get_role_name() == "label"]

    def close_now(self):
        """As Ctrl+Q does, when the leak sanitizer speaks."""
        if self.process.poll() is not None:
            return
        subprocess.run(["gdbus", "call", "--session", "--dest", "org.connshare1.Gtk",
                        "--object-path", "/org/connshare1/Gtk",
                        "--method", "org.freedesktop.Application.ActivateAction", "quit", "[]",
                        "{}"], env=self.desk.environment, stdout=subprocess.DEVNULL, check=True,
                       timeout=60)
        self.process.wait(60)

    def close(self):
        self.close_now()
        self.log.seek(0)
        complaints = [line for line in self.log if "CRITICAL" in line or "Sanitizer" in line
                      or "runtime error" in line or "Gtk-WARNING" in line]
        self.log.close()
        assert not complaints, "".join(complaints)


def children(node):
    """What has just gone, a dialog for instance, has none."""
    try:
        found = [node.get_child_at_index(index) for index in range(node.get_child_count())]
    except GLib.Error:
        return []
    return [child for child in found if child is not None]


def name_of(node):
    """GTK 4.8 says a button's label twice, first with the underscore of its shortcut."""
    name = node.get_name() or ""
    half = len(name) // 2 + 1
    return name[half:] if name[:half].replace("_", "") == name[half:] + " " else name


def matches(node, name):
    own = name_of(node)
    return own.startswith(name[:-1]) if name.endswith("…") else own == name


def has_size(node):
    """Of what has several shapes, for narrow windows and for wide ones, only one has."""
    place = node.get_component_iface().get_extents(1)
    return place.width > 0 and place.height > 0


def is_usable(node):
    """Neither it nor what it is in is greyed out."""
    while node.get_role_name() not in ("frame", "application"):
        if not has(node, "sensitive"):
            return False
        node = node.get_parent()
    return True


def has(node, state):
    return state in [one.value_nick for one in node.get_state_set().get_states()]
