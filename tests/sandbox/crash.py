# SPDX-License-Identifier: GPL-2.0-or-later
#
# The service killed at random moments, and what is expected after each.
#
# The host can be in few states: not shared, or shared by one of the uplinks that there are and
# with one of two addresses.  Their texts (host.state()) are taken once, undisturbed.  After each
# kill and the start that follows, the host must be in one of them, byte for byte: so nothing is
# doubled, lost or left half done.
#
import difflib
import json
import pathlib
import re
import subprocess

from host import wait_for

HERE = pathlib.Path(__file__).resolve().parent
SPEC = "ppp0,ppp1"
UPLINKS = ("ppp0", "ppp1")
ADDRESSES = ("192.168.137.1/24", "10.9.8.1/24")
GUARDED = re.compile(r'\t\telement 203\.0\.113\.1(\d)( \. "ppp\d")?\n')


class Pipe:
    """A helper in the private host: a line of JSON in, a line of JSON out."""

    def __init__(self, place, *words):
        self.process = place.popen(["/usr/bin/python3", *words], stdin=subprocess.PIPE,
                                   stderr=None)

    def ask(self, *request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def foreseeable(state, shared):
    """A state without what is not foreseeable, all of it IPv6: a shared LAN's address is another
    after a double was suspected, has no route while the kernel looks for one, and may be missing
    where NetworkManager was interrupted while it set the LAN up; and how quickly it looks at a
    new interface decides on the settings of that."""
    def is_foreseeable(line):
        return not (line.startswith(("local fe80::", "ipv6/conf/ppp"))
                    or "fe80::" in line and any(lan in line for lan in shared))

    return "".join(re.sub("fe80::[0-9a-f:]+", "fe80::1", line)
                   for line in state.splitlines(keepends=True) if is_foreseeable(line))


class Crash:
    """Plays rounds with a host where ppp0 and ppp1 are there."""

    def __init__(self, host, random):
        self.host, self.random = host, random
        self.killer = Pipe(host, str(HERE / "killer.py"))
        self.client = Pipe(host.client, str(HERE / "traffic.py"), "ask")
        self.uplinks = set(UPLINKS)
        self.shared = None  # (uplink, address)
        self.known = {}
        self.log = []

    def close(self):
        """Leaves the host with ppp0 alone, and nothing shared."""
        self.host.call(["sharectl", "unshare", "--all"])
        self.killer.close()
        self.client.close()
        if "ppp0" not in self.uplinks:
            self.host.dial("ppp0")
        self.host.call(["ip", "link", "del", "ppp1"])

    # --- What the host may be like

    def learn(self):
        self.remember()
        for address in ADDRESSES:
            for gone in (None, *UPLINKS):
                if gone:
                    self.hang_up(gone)
                    self.remember()
                self.host.share("lan0", "via", SPEC, "--address", address)
                if address == ADDRESSES[0]:
                    self.host.client.dhcp()
                self.remember()
                if gone:
                    self.host.dial(gone)
                    self.uplinks.add(gone)
                    self.remember()  # the better uplink has to stay for a while first
                self.host.unshare("lan0")
                self.check_state()

    def hang_up(self, name):
        self.host.hang_up(name)
        self.uplinks.discard(name)

    def look(self):
        """Waits until what is to be decided has been; returns what the states differ by."""
        def settled():
            done = self.host.call("sharectl status --json")
            if done.returncode == 5:  # the one that is killed is the one that this has started
                return False
            shares = json.loads(done.stdout)["shares"]
            self.shared = (shares[0]["uplink"], shares[0]["address"]) if shares else None
            return not shares or (shares[0]["state"] == "active"
                                  and shares[0]["uplink"] in self.uplinks)
        wait_for(settled, what=f"the share does not come to rest: {self.log[-1:]}")
        return (*sorted(self.uplinks), self.shared)

    def state(self):
        """Without the addresses of the uplink before, which is guarded until there is another,
        and the clients' file: they tell what has happened."""
        def of_before(line):
            guarded = GUARDED.fullmatch(line)
            return self.shared and (guarded and f"ppp{guarded[1]}" != self.shared[0]
                                    or line.endswith(" /run/connshare/clients\n"))

        state = foreseeable(self.host.state(), ["lan0"] if self.shared else [])
        return "".join(line for line in state.splitlines(keepends=True) if not of_before(line))

    def remember(self):
        key = self.look()
        self.known[key] = self.state()

    def check_state(self):
        def is_known():
            nonlocal key, seen
            key, seen = self.look(), self.state()
            return self.known[key] == seen
        key = seen = None
        try:
            wait_for(is_known)
        except TimeoutError:
            lines = difflib.unified_diff(self.known[key].splitlines(), seen.splitlines(),
                                         "wanted", "found", lineterm="", n=0)
            raise AssertionError(f"not as with {key}:\n" + "\n".join(lines)) from None

    def check_traffic(self, when):
        if self.shared and self.shared[1] == ADDRESSES[0]:
            wait_for(lambda: self.client.ask() == ["answered", "answered"],
                     what=f"no traffic {when}")

    # --- Rounds: what begins, and within how many seconds the service is killed

    def share(self):
        address = self.random.choice(ADDRESSES)
        options = f"{{'address': <'{address}'>}}"
        return ["call", "ShareConnectionWithOptions", f"('lan0', '{SPEC}', {options})"], 0.07

    def unshare(self):
        return ["call", "StopSharing", "('lan0',)"], 0.07

    def failover(self):
        if len(self.uplinks) == 1:
            name = next(iter(set(UPLINKS) - self.uplinks))
            self.uplinks.add(name)
            return ["run", str(HERE / "dial"), name, "1500"], 0.15
        name = self.random.choice(UPLINKS)
        self.uplinks.discard(name)
        return ["run", "ip", "link", "del", name], 0.1

    def start(self):
        """Killed twice, the second time while it starts."""
        self.killer.ask(["run", "true"], 0)
        return ["call", "ListInterfaces", "()"], 0.15

    def rest(self):
        return ["run", "true"], 0.02

    def play(self):
        choices = [self.share, self.start, self.failover, self.share]
        if self.shared:
            choices = [self.unshare, self.unshare, self.failover, self.start, self.share,
                       self.rest]
        begin = self.random.choice(choices)
        what, limit = begin()
        seconds = round(self.random.uniform(0, limit), 4)
        self.log.append(f"{begin.__name__} {what[1:]}, killed after {seconds} s")
        answer = self.killer.ask(what, seconds)
        if begin in (self.start, self.rest):
            self.check_traffic("while the service is away")
        self.check_state()
        if answer == "" and begin in (self.share, self.unshare):
            assert (begin == self.share) == bool(self.shared), "what was answered does not hold"
        self.check_traffic("after the next start")
