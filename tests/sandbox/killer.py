# SPDX-License-Identifier: GPL-2.0-or-later
#
# Kills connshared at a chosen moment; class Killer of crash.py runs this in the private host.
# Each line of standard input is [what, seconds]: what begins the round, the method of the
# manager ["call", name, arguments as a GVariant's text] or a command ["run", words]; the
# service gets SIGKILL those seconds later.  Prints what came of it as a line of JSON: null when
# the service was killed before it answered, else "" or the error.
#
import json
import os
import pathlib
import select
import signal
import subprocess
import sys

from gi.repository import Gio, GLib

NAME, PATH = "org.connshare1", "/org/connshare1"
context = GLib.MainContext.default()
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)


def begin_call(method, arguments):
    answers = []

    def finish(_bus, result):
        try:
            bus.call_finish(result)
            answers.append("")
        except GLib.Error as error:
            answers.append(error.message)

    bus.call(NAME, PATH, f"{NAME}.Manager", method, GLib.Variant.parse(None, arguments), None,
             Gio.DBusCallFlags.NONE, 10000, None, finish)
    bus.flush_sync()
    return answers


def wait(seconds):
    over = []
    GLib.timeout_add(int(seconds * 1000), lambda: over.append(True))
    while not over:
        context.iteration(True)


def services():
    """Of process ids: one is being started, and more while others end."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "comm").read_text() == "connshared\n":
                yield int(entry.name)
        except OSError:
            pass


def kill():
    """Returns when they are gone; by then somebody may have asked for the next."""
    for pid in services():
        try:
            fd = os.pidfd_open(pid)
            signal.pidfd_send_signal(fd, signal.SIGKILL)
            select.select([fd], [], [])
            os.close(fd)
        except ProcessLookupError:
            pass


def play(what, seconds):
    answers, command = [], None
    if what[0] == "call":
        answers = begin_call(*what[1:])
    else:
        command = subprocess.Popen(what[1:])
    wait(seconds)
    answer = answers[0] if answers else None
    kill()
    if command:
        command.wait()
    return answer


for line in sys.stdin:
    print(json.dumps(play(*json.loads(line))), flush=True)
