# SPDX-License-Identifier: GPL-2.0-or-later
#
# sharectl against a mock of the service (mock.py) on a private bus.  SHARECTL names the
# program; without it the newest build*/cli/sharectl of this tree is taken.
#
import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import tempfile
import termios

import pytest

# A shell starts what runs in the background with Ctrl-C ignored, and so would sharectl be.
signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFIG = """<busconfig><type>custom</type><listen>unix:path={directory}/bus</listen>
<auth>EXTERNAL</auth><servicedir>{directory}/services</servicedir>
<policy context="default"><allow user="*"/><allow send_destination="*"/><allow own="*"/>
<allow receive_sender="*"/></policy></busconfig>"""


def find_sharectl():
    if "SHARECTL" in os.environ:
        return pathlib.Path(os.environ["SHARECTL"]).resolve(strict=True)
    built = sorted(ROOT.glob("build*/cli/sharectl"), key=lambda path: path.stat().st_mtime)
    assert built, "no sharectl: build it, or set SHARECTL"
    return built[-1]


SHARECTL = str(find_sharectl())


class Bus:
    """A private dbus-daemon, which may leave it to systemd to start services."""

    def __init__(self, *options):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="connshare-cli-"))
        self.directory.chmod(0o755)
        (self.directory / "services").mkdir()
        config = self.directory / "config"
        config.write_text(CONFIG.format(directory=self.directory))
        self.process = subprocess.Popen(
            ["dbus-daemon", "--nofork", f"--config-file={config}", "--print-address=1", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        address = self.process.stdout.readline().strip()
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                            "DBUS_SYSTEM_BUS_ADDRESS": address}
        self.environment |= {key: os.environ[key] for key in os.environ if "SAN_OPTIONS" in key}

    def add_service(self, command):
        """What the bus starts when somebody calls org.connshare1."""
        (self.directory / "services/org.connshare1.service").write_text(
            "[D-BUS Service]\nName=org.connshare1\nExec=/usr/bin/env DBUS_SYSTEM_BUS_ADDRESS="
            f"'{self.environment['DBUS_SYSTEM_BUS_ADDRESS']}' {command}\n"
            "SystemdService=connshared.service\n")
        subprocess.run(["dbus-send", "--bus=" + self.environment["DBUS_SYSTEM_BUS_ADDRESS"],
                        "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                        "org.freedesktop.DBus.ReloadConfig"], check=True, capture_output=True)

    def sharectl(self, *words, **environment):
        return subprocess.run([SHARECTL, *words], capture_output=True, text=True, timeout=20,
                              stdin=subprocess.DEVNULL, env={**self.environment, **environment})

    def popen(self, *words):
        """In the background; to be ended by the caller."""
        return subprocess.Popen([SHARECTL, *words], stdout=subprocess.PIPE, text=True,
                                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                env=self.environment)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.directory)


class Service:
    """mock.py: each method is a command of it."""

    def __init__(self, bus):
        self.process = subprocess.Popen(["/usr/bin/python3", str(HERE / "mock.py")], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=bus.environment)
        assert json.loads(self.process.stdout.readline()) == "ready"

    def tell(self, *command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def add(self, lan, **properties):
        self.tell("add", lan, properties)

    def change(self, lan, **properties):
        self.tell("change", lan, properties)

    def remove(self, lan):
        self.tell("remove", lan)

    def become(self, **properties):
        self.tell("become", properties)

    def wifi(self, **values):
        self.tell("wifi", values)

    def clients(self, lan, *clients):
        self.tell("clients", lan, clients)

    def forwards(self, lan, *mappings):
        self.tell("forwards", lan, mappings)

    def forwarding(self, **values):
        self.tell("forwarding", values)

    def fail(self, method, error, message):
        self.tell("fail", method, error, message)

    def hang(self, method):
        self.tell("hang", method)

    def calls(self):
        return self.tell("calls")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def bus():
    bus = Bus()
    yield bus
    bus.close()


@pytest.fixture
def service(bus):
    service = Service(bus)
    yield service
    service.close()


@pytest.fixture
def sharectl(bus, service):
    """Runs sharectl with these words against the mock, returns the finished process."""
    return bus.sharectl


def on_terminal(bus, *words, columns=80, **environment):
    """What sharectl prints on a terminal, however many reads that takes."""
    outer, inner = pty.openpty()
    termios.tcsetwinsize(inner, (50, columns))
    with subprocess.Popen([SHARECTL, *words], stdin=subprocess.DEVNULL, stdout=inner,
                          env={**bus.environment, "TERM": "xterm", **environment}) as process:
        os.close(inner)
        output = b"".join(iter(lambda: read_terminal(outer), b""))
    os.close(outer)
    assert process.returncode == 0
    return output.decode().replace("\r", "")


def read_terminal(outer):
    """The other end's last writer being gone is an error, EIO."""
    try:
        return os.read(outer, 4096)
    except OSError:
        return b""
