#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The application on a desktop inside the private host (tests/sandbox/host.py), where the real
# service is.  It reads one JSON list a line from its standard input, the name of a method of
# Window and its arguments, and answers each with a line: null, or what went wrong.
#
import json
import os
import sys

from desk import Desk
from window import Window


def main():
    desk = Desk(real=True)
    os.environ.update({key: desk.environment[key] for key in (
        "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")})
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi
    Atspi.init()
    window = Window(desk, Atspi)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        method, *arguments = json.loads(line)
        try:
            getattr(window, method)(*arguments)
            answer = None
        except (AssertionError, TimeoutError) as error:
            answer = f"{error}; there is: {window.texts()}"
        print(json.dumps(answer), flush=True)
    desk.close()


main()
