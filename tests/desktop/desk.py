# SPDX-License-Identifier: GPL-2.0-or-later
#
# A desktop of its own for one test module: a virtual screen, a session bus with the
# accessibility bus, and a system bus with a mock of the service.  The application runs on it,
# and tests look at it and use it as a screen reader does, by AT-SPI.
#
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STAGE = pathlib.Path(os.environ.get("CONNSHARE_STAGE", "build/stage")).resolve()
SCREEN = "1280x1024x24"
SYSTEM_BUS = """<busconfig><type>custom</type><listen>unix:path={directory}/system</listen>
<auth>EXTERNAL</auth><servicedir>{directory}/services</servicedir>
<policy context="default"><allow user="*"/><allow send_destination="*"/><allow own="*"/>
<allow receive_sender="*"/></policy></busconfig>"""


def wait_for(probe, timeout=60, what=None):
    """The first true answer of probe()."""
    end = time.monotonic() + timeout
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(what or f"nothing after {timeout} s")
        time.sleep(0.05)


class Service:
    """mock.py: tell() is a command of it."""

    def __init__(self, environment):
        self.environment = environment
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/bin/python3", str(HERE / "mock.py")], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=self.environment)
        assert json.loads(self.process.stdout.readline()) == "ready"

    def tell(self, *command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def calls(self, method):
        """Of one method: arguments, and whether a dialog was allowed."""
        return [call[1:] for call in self.tell("calls") if call[0] == method]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Desk:
    """With the system bus that is there already if it is to be a real one."""

    def __init__(self, real=False):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="connshare-desktop-"))
        self.running = []
        for name in ("services", "home", "run"):
            (self.directory / name).mkdir(mode=0o700)
        self.environment = {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.directory / "home"),
            "XDG_RUNTIME_DIR": str(self.directory / "run"), "GSK_RENDERER": "cairo",
            "GDK_DEBUG": "gl-disable",  # Mesa leaks on some machines, and is unloaded at the end
            "GDK_BACKEND": "x11", "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "0",
            "GTK_A11Y": "atspi", "XDG_DATA_DIRS": f"{STAGE}/usr/share:/usr/local/share:/usr/share"}
        self.environment["LSAN_OPTIONS"] = f"suppressions={HERE / 'leaks'}:print_suppressions=0"
        self.environment |= {key: os.environ[key] for key in os.environ if "SAN_OPTIONS" in key}
        self.environment["DISPLAY"] = self.start_screen()
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.start_bus("--session")
        self.service = None if real else self.start_service()

    def start_service(self):
        config = self.directory / "system.conf"
        config.write_text(SYSTEM_BUS.format(directory=self.directory))
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.start_bus(f"--config-file={config}")
        return Service(self.environment)

    def popen(self, command, **options):
        process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL,
                                   text=True, **options)
        self.running.append(process)
        return process

    def start_screen(self):
        """On a free number, which Xvfb finds."""
        reading, writing = os.pipe()
        self.popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp",
                    "-noreset"], pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as file:
            return ":" + file.readline().strip()

    def start_bus(self, option):
        process = self.popen(["dbus-daemon", "--nofork", option, "--print-address=1"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return process.stdout.readline().strip()

    def xdotool(self, *words):
        return subprocess.run(["xdotool", *words], env=self.environment, check=True, text=True,
                              capture_output=True, timeout=60).stdout

    def focus(self):
        """There is no window manager that would."""
        for number in self.xdotool("search", "--onlyvisible", "--name", ".").split():
            self.xdotool("windowfocus", "--sync", number)

    def look_away(self):
        """From all windows, to what is behind them.  A window under the pointer would count as
        looked at all the same."""
        self.xdotool("mousemove", "1279", "1023")
        root = self.xdotool("search", "--maxdepth", "0", "--name", ".*").split()[0]
        self.xdotool("windowfocus", root)

    def resize(self, width, height):
        for number in self.xdotool("search", "--onlyvisible", "--name", ".").split():
            self.xdotool("windowsize", number, str(width), str(height))

    def key(self, name):
        self.xdotool("key", name)

    def type(self, text):
        self.xdotool("type", text)

    def click(self, node):
        """In the middle of something, with the mouse; windows are in the screen's corner.  Not
        --sync, which waits for 15 s if the pointer is there already."""
        place = node.get_component_iface().get_extents(1)
        self.xdotool("mousemove", str(place.x + place.width // 2),
                     str(place.y + place.height // 2), "click", "1")

    def close(self):
        if self.service:
            self.service.close()
        for process in reversed(self.running):
            process.terminate()
            process.wait()
            if process.stdout:
                process.stdout.close()
        shutil.rmtree(self.directory)
