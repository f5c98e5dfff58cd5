# SPDX-License-Identifier: GPL-2.0-or-later
#
# The private host, as tests, demo and bench use it.  Host() starts `boot` in its own
# namespaces (nothing of the machine's network is touched) and offers places to run commands
# in: the host itself, `host.client`, `host.client2`, `host.internet`, `host.user("alice")`.
# Closing it, or the death of this process, kills all that runs in there.
#
# A place's run() returns what the command printed, and raises CommandFailed unless it exited
# with 0; its call() returns the finished process, whatever came of it.  A command is a list,
# or a line for the shell.
#
import contextlib
import difflib
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
    "TERM": os.environ.get("TERM", "dumb"),
}
COMPLAINTS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "-CRITICAL **")
MANAGER = "/org/connshare1"


class CommandFailed(Exception):
    def __init__(self, done):
        self.done = done
        super().__init__(f"{shlex.join(done.args)}\nexit status {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")


def wait_for(probe, timeout=30, what=None):
    """Returns the first true answer of probe(), which is asked until the time is over, and less
    often the longer it takes: most questions are a process."""
    begin = time.monotonic()
    while True:
        answer = probe()
        if answer:
            return answer
        elapsed = time.monotonic() - begin
        if elapsed > timeout:
            raise TimeoutError(what or f"nothing after {timeout} s")
        time.sleep(min(0.01 + elapsed / 20, 0.1))


class Place:
    """Somewhere in the private host: the words that lead there stand before each command."""

    def __init__(self, host, *prefix):
        self.host = host
        self.prefix = [*host.entrance, *prefix]

    def argv(self, command):
        words = ["sh", "-c", command] if isinstance(command, str) else list(command)
        return [*self.prefix, *words]

    def popen(self, command, **options):
        settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                    "stderr": subprocess.PIPE, "text": True, "env": ENVIRONMENT, **options}
        return subprocess.Popen(self.argv(command), **settings)

    def call(self, command, timeout=60, input=None):
        stdin = {"stdin": subprocess.DEVNULL} if input is None else {"input": input}
        done = subprocess.run(self.argv(command), capture_output=True, text=True,
                              errors="replace", timeout=timeout, env=ENVIRONMENT, **stdin)
        done.args = done.args[len(self.prefix):]
        return done

    def run(self, command, timeout=60, input=None):
        done = self.call(command, timeout, input)
        if done.returncode:
            raise CommandFailed(done)
        return done.stdout.strip()

    def sharectl(self, *words):
        return self.call(["sharectl", *words])

    def share(self, *words):
        return self.run(["sharectl", "share", *words])

    def unshare(self, *words):
        return self.run(["sharectl", "unshare", *words])

    def json(self, *words):
        return json.loads(self.run(["sharectl", *words, "--json"]))

    def findings(self):
        """What the doctor finds; its exit status says whether all is well."""
        return json.loads(self.sharectl("doctor", "--json").stdout)["findings"]

    def bus(self):
        return Bus(self)


class Client(Place):
    """A computer on a LAN: a network namespace with a resolv.conf of its own."""

    def __init__(self, host, name):
        super().__init__(host, "ip", "netns", "exec", name)
        self.name = name

    def dhcp(self, timeout=10, name=None):
        """Gets a lease with udhcpc, as a computer of this name, applies it, and returns what the
        server said."""
        script = HERE / "dhcp-script"
        told = ["-x", f"hostname:{name}"] if name else []
        out = self.run(["udhcpc", "-f", "-q", "-n", "-i", "eth0", "-t", str(timeout), "-T", "1",
                        "-O", "mtu", "-O", "broadcast", "-O", "search", "-O", "ntpsrv", "-O", "43", "-s", str(script), *told],
                       timeout + 5)
        return dict(line[6:].split("=", 1) for line in out.splitlines() if line[:6] == "lease ")

    def get(self, url="http://www.test/", timeout=5):
        return self.run(["curl", "-sS", "--fail", "-m", str(timeout), url])

    def can_get(self, url="http://www.test/", timeout=2):
        return self.call(["curl", "-sS", "--fail", "-m", str(timeout), url]).returncode == 0

    def resolve(self, name, *options):
        return self.run(["dig", "+short", "+time=2", "+tries=2", name, *options]).split()

    def forget(self):
        """Back to a computer that was just switched on."""
        self.run("ip address flush dev eth0; ip link set eth0 mtu 1500; "
                 ": >/etc/resolv.conf; ip neigh flush all")


class Bus:
    """A connection to the private host's system bus, held by a process (bus.py) in a place."""

    def __init__(self, place):
        source = (HERE / "bus.py").read_text()  # a user may not be able to read the file
        self.process = place.popen(["/usr/bin/python3", "-c", source],
                                   stdin=subprocess.PIPE, stderr=None)
        self.signals()  # when it answers, it listens

    def ask(self, *request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def call(self, method, arguments="()", path=MANAGER, interface="org.connshare1.Manager",
             name="org.connshare1", interactive=False):
        """Calls; arguments are a GVariant's text.  Returns the reply, or raises BusError."""
        answer = self.ask("call", name, path, interface, method, arguments, interactive)
        if "error" in answer:
            raise BusError(answer["error"], answer["message"])
        return answer["reply"]

    def error_of(self, method, arguments="()", **where):
        """The last word of the error's name, "" when there is none."""
        try:
            self.call(method, arguments, **where)
        except BusError as error:
            return error.name.rpartition(".")[2]
        return ""

    def property(self, path, name, interface="org.connshare1.Share"):
        return self.call("Get", f"('{interface}', '{name}')", path,
                         "org.freedesktop.DBus.Properties")[0]

    def signals(self):
        """The service's signals since the last time: [path, interface, name, arguments]."""
        return self.ask("signals")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Agent:
    """agent.py in the background; `dialogs` lists what it was asked until it was closed."""

    def __init__(self, host, session, answer):
        self.process = host.user("root", session).popen(
            ["/usr/bin/python3", str(HERE / "agent.py"), session, answer], stderr=None)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the authentication agent did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        lines = self.process.stdout.read().splitlines()
        self.process.wait()
        self.dialogs = [json.loads(line) for line in lines]


class BusError(Exception):
    def __init__(self, name, message):
        self.name, self.message = name, message
        super().__init__(f"{name}: {message}")


class Host(Place):
    def __init__(self, stage=None):
        reader, writer = os.pipe()
        words = ["setpriv", "--pdeathsig", "KILL", "unshare", "-m", "-n", "-p", "-f", "-u", "-i",
                 "--kill-child", "--mount-proc", "--propagation", "private",
                 str(HERE / "boot"), str(writer)]
        if stage:
            words.append(str(pathlib.Path(stage).resolve()))
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, pass_fds=[writer],
                                        env=ENVIRONMENT)
        os.close(writer)
        with open(reader) as ready:
            if ready.readline() != "ready\n":
                raise RuntimeError("the private host did not start")
        pid = self.process.pid
        self.pid = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()
        self.root = pathlib.Path(f"/proc/{self.pid}/root")
        self.entrance = ["nsenter", "-t", self.pid, "-m", "-n", "-p", "-u", "-i", "-w",
                         "setpriv", "--pdeathsig", "KILL"]
        super().__init__(self)
        self.looking = None
        self.client, self.client2 = Client(self, "client"), Client(self, "client2")
        self.internet = Client(self, "internet")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def addresses(self, name="lan0"):
        """Of this interface: "192.168.137.1/24" and so on."""
        return self.run(f"ip -4 -o address show dev {name} | awk '{{print $4}}'").split()

    def active_profile(self, name="lan0"):
        """What NetworkManager has connected there."""
        return self.run(f"nmcli -g GENERAL.CONNECTION device show {name}")

    def path(self, name):
        """A file of the private host, to be read and written from outside."""
        return self.root / name.lstrip("/")

    def user(self, name, session):
        """A place where commands run as this user: alice in the active session "c1", bob in
        the inactive "c2", or carol, who has none ("none")."""
        return Place(self, str(HERE / "as-user"), name, session)

    def agent(self, answer, session="c1"):
        """A password dialog for the session, whose user will answer "yes", "no" or "wait"."""
        return Agent(self, session, answer)

    def dial(self, name="ppp0", mtu=1500):
        self.run([str(HERE / "dial"), name, str(mtu)])

    def hang_up(self, name="ppp0"):
        self.run(["ip", "link", "del", name])

    def plug(self, name):
        """One more LAN interface, and the computer at its other end."""
        client = Client(self, f"at-{name}")
        self.run(["ip", "netns", "add", client.name])
        self.path(f"/etc/netns/{client.name}").mkdir(exist_ok=True)
        self.path(f"/etc/netns/{client.name}/resolv.conf").touch()
        self.run(["ip", "link", "add", "name", name, "type", "veth", "peer", "name", "eth0",
                  "netns", client.name])
        self.run(["ip", "link", "set", "dev", name, "up"])
        client.run("ip link set lo up; ip link set eth0 up")
        return client

    def unplug(self, name):
        self.call(["ip", "link", "del", "dev", name])
        self.call(["ip", "netns", "del", f"at-{name}"])

    def ruleset(self):
        """All packet filters, less the table that drops answers to flows that have ended, for
        some seconds (system/nft/strays.h)."""
        text = self.run(["nft", "-s", "list", "ruleset"])
        return re.sub(r"^table inet connshare_left \{.*?^\}\n?", "", text,
                      flags=re.M | re.S).strip()

    def state(self):
        """All that the product could touch, as text: equal before and after (state.py)."""
        if self.looking is None or self.looking.poll() is not None:
            self.looking = self.popen(["/usr/bin/python3", str(HERE / "state.py")],
                                      stdin=subprocess.PIPE, stderr=None, text=False)
        self.looking.stdin.write(b"\n")
        self.looking.stdin.flush()
        size = int(self.looking.stdout.readline())
        return self.looking.stdout.read(size).decode()

    def settled_state(self):
        """Its state when nothing moves any more: NetworkManager may still be busy."""
        states = [self.state()]

        def is_settled():
            states.append(self.state())
            return states[-1] == states[-2]

        wait_for(is_settled)
        return states[-1]

    def await_return(self, before, when=""):
        """Its state is this one, if not yet, then soon: NetworkManager may take a moment."""
        try:
            wait_for(lambda: self.state() == before)
        except TimeoutError:
            lines = difflib.unified_diff(before.splitlines(), self.state().splitlines(),
                                         "before", "after", lineterm="", n=0)
            raise AssertionError("\n".join([f"the host is not as it was {when}", *lines])) from None

    def log(self, name="dbus"):
        """What a daemon printed; the product's own lines are in the log of the D-Bus daemon."""
        return self.path(f"/run/log/{name}").read_text(errors="replace")

    def complaints(self):
        """Lines of the service, from the sanitizers or from GLib, that tell of a bug."""
        return [line for line in self.log().splitlines()
                if any(word in line for word in COMPLAINTS)]

    def pids(self, program):
        """Process ids, as the private host counts them."""
        done = self.call(["pgrep", "-x", program])
        return [int(word) for word in done.stdout.split()]

    def kill(self, program, number=signal.SIGKILL):
        """Returns when they are gone; the next may be there already.  Some may end by themselves
        first: the bus is two while it starts a program."""
        pids = set(self.pids(program))
        for pid in pids:
            done = self.call(["kill", f"-{int(number)}", str(pid)])
            assert not done.returncode or "No such process" in done.stderr, done
        wait_for(lambda: not pids & set(self.pids(program)), what=f"{program} does not end")

    @contextlib.contextmanager
    def stopped(self, *which):
        """Programs, by name, or processes, by number, that answer nobody meanwhile."""
        pids = [str(pid) for one in which
                for pid in ([one] if isinstance(one, int) else self.pids(one))]
        assert pids
        self.run(["kill", "-STOP", *pids])
        try:
            yield
        finally:
            self.call(["kill", "-CONT", *pids])  # some may have been killed

    def start_network_manager(self, wait=True):
        """Returns when it has connected eth1, or at once."""
        self.run("setsid NetworkManager --no-daemon >>/run/log/networkmanager 2>&1 &")
        if wait:
            wait_for(lambda: "100" in self.call("nmcli -g GENERAL.STATE device show eth1").stdout)

    def shell(self, *options):
        """A shell on this terminal."""
        return subprocess.call(self.argv(["bash", *options]), env=ENVIRONMENT)
