# SPDX-License-Identifier: GPL-2.0-or-later
#
# A virtual machine: QEMU without an accelerator, on a throw-away layer over the image of
# build-image, without a network card.  Commands reach it through QEMU's guest agent, a Debian
# package, over a virtual serial line; save() and load() keep and restore the running machine,
# memory and disk, in a second.  (Its clock is the HPET, since QEMU's TSC does not go back.)
#
# As in tests/sandbox/host.py, a Place is somewhere in the machine: run() returns what the
# command printed, and raises CommandFailed unless it exited with 0; call() returns the
# finished command, whatever came of it; spawn() lets it go on.  A command is a list, or a line
# for the shell.
#
import base64
import json
import pathlib
import shlex
import socket
import subprocess
import time

MEMORY = 1024  # MiB
# One is emulated for less than each of two, which wait for each other; and one without AVX,
# whose registers every task switch saves, for less than QEMU's "max".
PROCESSOR = "Nehalem"
KERNEL = ("root=/dev/vda rootfstype=ext4 rw console=ttyS0 quiet mitigations=off nokaslr audit=0 "
          "clocksource=hpet no_timer_check cryptomgr.notests random.trust_cpu=on net.ifnames=0 "
          "systemd.show_status=0")
ENVIRONMENT = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=/root"]


class CommandFailed(Exception):
    def __init__(self, done):
        super().__init__(f"{done.command}\nexit status {done.status}\n{done.out}{done.err}")


def wait_for(probe, timeout=60, what=None):
    """Returns the first true answer of probe(), which is asked until the time is over, and less
    often the longer it takes: the machine pays for each question."""
    begin = time.monotonic()
    while True:
        answer = probe()
        if answer:
            return answer
        elapsed = time.monotonic() - begin
        if elapsed > timeout:
            raise TimeoutError(what or f"nothing after {timeout} s")
        time.sleep(min(0.02 + elapsed / 20, 0.5))


class Line:
    """JSON, a line each way, over a socket of QEMU."""

    def __init__(self, path, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.rest = b""

    def send(self, message, before=b""):
        self.socket.sendall(before + json.dumps(message).encode() + b"\n")

    def receive(self):
        while b"\n" not in self.rest:
            part = self.socket.recv(1 << 16)
            if not part:
                raise ConnectionError("the machine is gone")
            self.rest += part
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line.rpartition(b"\xff")[2] or "{}")

    def ask(self, command, **arguments):
        self.send({"execute": command, "arguments": arguments})
        while "event" in (answer := self.receive()):
            pass
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def synchronize(self, timeout):
        """Waits until the guest agent listens, and throws away what it said before."""
        end, number = time.monotonic() + timeout, 0
        self.socket.settimeout(1)
        while time.monotonic() < end:
            number += 1
            self.rest = b""
            try:
                self.send({"execute": "guest-sync-delimited", "arguments": {"id": number}},
                          b"\xff")
                while self.receive().get("return") != number:
                    pass
            except (TimeoutError, ValueError):
                continue
            self.socket.settimeout(60)
            return
        raise TimeoutError(f"the machine did not answer within {timeout} s")


class Command:
    """A command in the machine, running or finished."""

    def __init__(self, place, words):
        self.line, self.command = place.machine.agent, shlex.join(words)
        self.status = None
        program = {"path": words[0], "arg": words[1:]}
        self.pid = self.line.ask("guest-exec", **program, env=ENVIRONMENT,
                                 **{"capture-output": True})["pid"]

    def is_done(self):
        if self.status is None:
            told = self.line.ask("guest-exec-status", pid=self.pid)
            if told["exited"]:
                self.status = told.get("exitcode", -told.get("signal", 0))
                self.out, self.err = (base64.b64decode(told.get(name, "")).decode(
                    errors="replace") for name in ("out-data", "err-data"))
        return self.status is not None

    def wait(self, timeout=120):
        wait_for(self.is_done, timeout, f"no end after {timeout} s: {self.command}")
        return self

    def check(self):
        if self.status:
            raise CommandFailed(self)
        return self.out.strip()


class Place:
    def __init__(self, machine, *prefix):
        self.machine, self.prefix = machine, list(prefix)

    def spawn(self, command):
        words = ["/bin/sh", "-c", command] if isinstance(command, str) else command
        return Command(self, [*self.prefix, *words])

    def call(self, command, timeout=120):
        return self.spawn(command).wait(timeout)

    def run(self, command, timeout=120):
        return self.call(command, timeout).check()

    def json(self, *words):
        return json.loads(self.run(["sharectl", *words, "--json"]))


class Client(Place):
    """A computer on a LAN: a network namespace with a resolv.conf of its own."""

    def __init__(self, machine, name, interface="eth0"):
        super().__init__(machine, "ip", "netns", "exec", name)
        self.name, self.interface = name, interface

    def dhcp(self, timeout=30):
        """Gets a lease with udhcpc, applies it, and returns what the server said."""
        out = self.run(["udhcpc", "-f", "-q", "-n", "-i", self.interface, "-t", str(timeout),
                        "-T", "1", "-O", "mtu", "-s", f"{SCENES}/dhcp-script"], timeout * 2)
        return dict(line[6:].split("=", 1) for line in out.splitlines() if line[:6] == "lease ")

    def get(self, url="http://www.test/", timeout=20):
        return self.run(["curl", "-sS", "--fail", "-m", str(timeout), url])

    def can_get(self, url="http://www.test/", timeout=5):
        return self.call(["curl", "-sS", "--fail", "-m", str(timeout), url]).status == 0

    def resolve(self, name):
        return self.run(["dig", "+short", "+time=5", "+tries=2", name]).split()


SCENES = "/opt/scenes"  # where the machine has the scripts of the scenes


class Machine(Place):
    def __init__(self, image, directory):
        super().__init__(self)
        self.directory = pathlib.Path(directory)
        layer, image = self.directory / "disk", pathlib.Path(image)
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw",
                        "-b", image / "disk", layer], check=True)
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-M", "q35,usb=off",
             "-accel", "tcg,tb-size=512", "-cpu", PROCESSOR, "-smp", "1",
             "-m", str(MEMORY), "-nodefaults", "-no-user-config", "-display", "none",
             "-kernel", image / "vmlinuz", "-initrd", image / "initrd", "-append", KERNEL,
             "-drive", f"file={layer},if=virtio,cache=unsafe,format=qcow2",
             "-device", "virtio-rng-pci", "-serial", f"file:{self.directory}/console",
             "-device", "virtio-serial-pci",
             "-chardev", f"socket,id=agent,path={self.directory}/agent,server=on,wait=off",
             "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
             "-qmp", f"unix:{self.directory}/monitor,server=on,wait=off"],
            stdin=subprocess.DEVNULL)
        try:
            self.connect()
        except BaseException:
            self.close()
            raise

    def connect(self):
        wait_for((self.directory / "monitor").exists)
        self.monitor = Line(self.directory / "monitor")
        self.monitor.receive()
        self.monitor.ask("qmp_capabilities")
        self.agent = Line(self.directory / "agent")
        self.await_boot()

    def await_boot(self):
        self.agent.synchronize(300)
        self.call("systemctl is-system-running --wait", 180)

    def close(self):
        self.process.kill()
        self.process.wait()

    def console(self):
        return (self.directory / "console").read_text(errors="replace")

    def reboot(self):
        """In good order; returns when the machine is up again."""
        boot = self.run("cat /proc/sys/kernel/random/boot_id")
        self.spawn("systemctl reboot")

        def is_new():
            self.agent.synchronize(180)
            try:
                return self.run("cat /proc/sys/kernel/random/boot_id") != boot
            except (CommandFailed, RuntimeError, TimeoutError):
                return False  # it is going down

        wait_for(is_new, 180)
        self.await_boot()

    def save(self, name):
        self.command_monitor(f"savevm {name}")

    def load(self, name):
        self.command_monitor(f"loadvm {name}")
        self.agent.synchronize(60)

    def command_monitor(self, line):
        complaint = self.monitor.ask("human-monitor-command", **{"command-line": line})
        if complaint:
            raise RuntimeError(f"{line}: {complaint}")

    def put(self, path, data, mode="644"):
        """Writes a file of the machine."""
        handle = self.agent.ask("guest-file-open", path=str(path), mode="wb")
        self.agent.ask("guest-file-write", handle=handle,
                       **{"buf-b64": base64.b64encode(data).decode()})
        self.agent.ask("guest-file-close", handle=handle)
        self.run(["chmod", mode, str(path)])

    def journal(self, *words):
        return self.run(["journalctl", "--boot", "--no-pager", "--output=short-precise", *words])

    def wait_for(self, command, timeout=60):
        """Waits until a command succeeds."""
        wait_for(lambda: self.call(command).status == 0, timeout, f"not within {timeout} s: "
                 f"{command}")
