# SPDX-License-Identifier: GPL-2.0-or-later
#
# One private host for the random test: two LANs with a client each, the uplinks ppp0, ppp1 and
# eth1, and everything that operations do to them, together with how it is undone.  settle() ends
# what would keep any program from serving (stopped daemons, pulled cables); restore() brings back
# all the rest, so that the host is as it was at the start but for what the product has done.
#
import json
import pathlib
import re
import signal
import subprocess
import time

from conftest import new_host
from crash import foreseeable

from . import mapping, traffic
from .capture import Capture, Names, Way, socket_in
from .delegating import Delegating
from .ipv6 import Internet6
from .model import (BOX, BOX_LINK, LANS, LISTENING_PORT, NUMBERS6, SERVER6, VPN, Model,
                    uplink_address)
from .oracle import Oracle

HERE = pathlib.Path(__file__).resolve().parent.parent
REFUSALS = (2, 10, 11)  # not authorized, over the quota, taken: nothing comes of it
CALL_LIMIT = 40  # seconds that the service may take for anything
COMMAND_LIMIT = 10  # and that operations wait for a command
FAR = {"lan0": ("client", "eth0"), "lan1": ("client2", "eth0"), "eth1": ("internet", "isp1")}
DAEMONS = {"NetworkManager": "NetworkManager --no-daemon",
           "polkitd": "/usr/lib/polkit-1/polkitd"}
CONTAINER = (f"ip netns add box && ip link add {BOX_LINK} type veth peer name eth0 netns box && "
             f"ip address add 172.17.0.1/16 dev {BOX_LINK} && ip link set {BOX_LINK} up && "
             f"ip -n box address add {BOX}/16 dev eth0 && ip -n box link set eth0 up && "
             "ip -n box route add default via 172.17.0.1")
LINK = "address {mac} arp off"


def judge_call(text, code):
    """Whether it has succeeded; None: nobody knows."""
    lost = any(word in text for word in ("NoReply", "did not receive a reply", "timed out",
                                         "disconnected", "no reply"))
    return True if code == 0 else None if lost else False


def judge_pcp(text, code):
    if code or not text.startswith("{"):
        return None if "null" in text else False  # it had no such address
    result = json.loads(text)["result"]
    return True if result == 0 else False if result in REFUSALS else None


class World:
    def __init__(self, stage, ignored=()):
        self.host = new_host(stage)
        self.host.run([str(HERE / "dial"), "ppp1"])
        self.host.run(CONTAINER)
        self.model = Model(lambda: self.way.ask(traffic.SERVER) or self.way.ask(SERVER6))
        self.oracle = Oracle(self.model, ignored)
        self.calls, self.waking, self.due, self.undo, self.dialed = {}, [], [], {}, 0
        self.dialed_as = {"ppp0": "203.0.113.10", "ppp1": "203.0.113.11", "eth1": "198.18.1.2"}
        self.was_killed = False  # NetworkManager
        self.adopted_via = None  # the WAN of what NetworkManager shares
        self.mapped = 0          # ports that led where they should
        self.hotspots = set()    # LANs that it has shared
        self.names = self.host.path("/etc/resolv.conf").read_text()
        self.before = self.state()
        self.internet6 = Internet6(self)
        names = Names(self.namespace())
        self.way = Way(self.namespace(), names)
        self.capture = Capture(self.namespace(), names, self.oracle.see)
        self.start_traffic()

    def close(self):
        for actor in self.actors:
            actor.close()
        self.capture.close()
        self.internet6.close()
        self.host.close()

    def namespace(self, name=None):
        if name is None:
            return f"/proc/{self.host.pid}/ns/net"
        return str(self.host.path(f"/run/netns/{name}"))

    def start_traffic(self):
        places = [self.host.client, self.host.client2]
        self.clients = [traffic.Client(place, self.namespace(place.name), number)
                        for number, place in enumerate(places)]
        self.leases = [traffic.Lease(client) for client in self.clients]
        self.neighbours = traffic.Neighbours(self.namespace("internet"), self.targets,
                                             self.targets6, self.dialed_as)
        listeners = [mapping.Listener(client, client.namespace) for client in self.clients]
        self.delegating = Delegating(self.namespace("internet"))
        server = traffic.Server(self.namespace("internet"))
        self.container = traffic.Container(self.namespace("box"))
        self.actors = [*self.leases, *self.clients, *listeners, self.neighbours, server, self.container,
                       self.delegating]
        for actor in reversed(self.actors):
            actor.start()

    @staticmethod
    def targets():
        nets = ("192.168.137", "192.168.138", "192.168.139", "192.168.50", "10.9.8")
        return [f"{net}.{last}" for net in nets for last in (1, 10, 100, 200)]

    def targets6(self):
        return [address for client in self.clients for address in client.addresses6]

    # --- Time passes

    def rest(self, seconds):
        """Returns early when a promise has been broken."""
        end = time.monotonic() + seconds
        while True:
            self.look()
            left = end - time.monotonic()
            if left <= 0 or self.oracle.violations:
                return
            time.sleep(min(left, 0.05))

    def look(self):
        """Notes where the host's own packets go, ends calls, does what is due."""
        now = time.time()
        self.model.note_way()
        for lan in list(self.calls):
            self.end_call(lan)
        for process in [process for process in self.waking if process.poll() is not None]:
            self.waking.remove(process)
            self.model.deaths.close()
        while due := [row for row in self.due if row[0] <= now]:
            self.due.remove(due[0])
            due[0][1]()
        for actor in (self.capture, *self.actors):
            if actor.broken:
                raise actor.broken

    def later(self, seconds, act):
        self.due.append((time.time() + seconds, act))

    def do_all_due(self):
        while self.due:
            row = min(self.due, key=lambda row: row[0])
            self.due.remove(row)
            row[1]()

    # --- Calls of the service, which go on while other things happen

    def call(self, lan, words, wan=None, changes=True, then=None, told=None):
        """Begins a call about this LAN; `wan` is what it asks for (None: the share's end), unless
        it leaves that as it is.  `then` follows its success; `told` its end, with true, false, or
        None: nobody knows."""
        self.await_call(lan)
        if changes:
            self.model.requests[lan].begin(wan)
        self.calls[lan] = (self.host.popen(words), time.monotonic(), words, changes, then, told,
                           judge_call)

    def ask_port(self, lan, mapping, told):
        """Likewise, of the LAN's client, by PCP."""
        place = self.clients[LANS.index(lan)].place
        words = place.call("ip -4 route show default").stdout.split()
        if "via" not in words:
            told(False)
            return
        self.await_call(lan)
        request = {"protocol": mapping.number, "port": mapping.first, "exact": True,
                   "to_port": mapping.first + mapping.shift}
        words = ["/bin/sh", "-c", 'echo "$1" | /usr/bin/python3 "$2" "$3" "$4" 0.9', "-",
                 json.dumps(request), str(HERE / "pcp.py"), words[words.index("via") + 1],
                 mapping.client]
        self.calls[lan] = (place.popen(words), time.monotonic(), words, False, None, told, judge_pcp)

    def await_call(self, lan):
        while lan in self.calls and not self.oracle.violations:
            self.look()
            time.sleep(0.01)

    def end_call(self, lan):
        process, begin, words, changes, then, told, judge = self.calls[lan]
        if process.poll() is None:
            if time.monotonic() - begin > CALL_LIMIT:
                self.oracle.note("P7 no answer", f"{' '.join(words)} after {CALL_LIMIT} s")
                process.kill()
            return
        del self.calls[lan]
        text = "".join(process.communicate())
        outcome = judge(text, process.returncode)
        if changes:
            self.model.requests[lan].end(outcome)
        if told:
            told(outcome)
        if then and outcome:
            then()

    def mac(self, lan):
        return self.clients[LANS.index(lan)].place.run("cat /sys/class/net/eth0/address")

    def address(self, lan):
        """Its client's, or one that it might have."""
        lines = self.clients[LANS.index(lan)].place.call(
            "ip -4 -o address show dev eth0").stdout.split()
        return lines[3].partition("/")[0] if len(lines) > 3 else "192.168.137.99"

    def mappings(self, lan):
        """As the service says; None: it is not there."""
        done = self.host.call(["sharectl", "forward", "list", lan, "--json"])
        return json.loads(done.stdout)["forwards"] if done.returncode == 0 else None

    def is_blocked(self, lan):
        """As the service says."""
        done = self.host.call(["sharectl", "clients", lan, "--json"])
        return done.returncode == 0 and any(
            one["mac"] == self.mac(lan) and one["state"] == "blocked"
            for one in json.loads(done.stdout)["clients"])

    def is_hotspot(self, lan):
        return ("hotspot", lan) in self.undo

    def adopt(self, wan):
        """From now on, unless it is so already."""
        if self.adopted_via is None:
            self.adopted_via = wan
            self.run(["sharectl", "adopt", "via", wan])

    def pids_of_hotspots(self, lan="*"):
        """Of NetworkManager's dnsmasq."""
        files = f"/run/nm-dnsmasq-{lan}.pid"
        return {int(word) for word in self.host.call(f"cat {files}").stdout.split()}

    def status(self):
        """{lan: share}"""
        done = self.host.call(["sharectl", "status", "--json"])
        return ({share["lan"]: share for share in json.loads(done.stdout)["shares"]}
                if done.returncode == 0 else {})

    def kill_service(self):
        self.model.deaths.open()
        self.signal("connshared", signal.SIGKILL)

    def wake_service(self):
        """Any call starts it; look() notes when it has answered."""
        self.waking.append(self.host.popen(["sharectl", "list"], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL))

    # --- What can be undone

    def change(self, key, back, *commands):
        """Runs commands, and remembers what to run for their end."""
        self.undo.setdefault(key, back)
        self.run(*commands)

    def change_back(self, key):
        if key in self.undo:
            self.undo.pop(key)()

    def run(self, *commands):
        """Whatever comes of them; what is due happens meanwhile, as they may wait for that."""
        for command in commands:
            process = self.host.popen(command, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            end = time.monotonic() + COMMAND_LIMIT
            while process.poll() is None:
                if time.monotonic() > end:
                    process.kill()
                self.look()
                time.sleep(0.003)

    def batch(self, text, *options):
        return self.host.call(["ip", *options, "-force", "-batch", "-"], input=text)

    def far(self, name):
        """(namespace, name) of a cable's other end."""
        return FAR.get(name, ("internet", f"isp-{name}"))

    def plug(self, name, state):
        namespace, other = self.far(name)
        self.run(["ip", "-n", namespace, "link", "set", other, state])
        if state == "up" and name in NUMBERS6:
            self.internet6.connect(name)  # what is down loses its addresses and routes of IPv6

    def dial(self, name, address, mac=None):
        """As pppd would; NetworkManager is not waited for."""
        number = "9" if name == VPN else name[3:]
        peer = "10.200.0.1" if name == VPN else "203.0.113.1"
        self.dialed_as[name] = address
        link = LINK.format(mac=f"02:00:00:00:03:0{number}")
        self.batch(f"link add {name} {link} type veth peer name isp-{name} {link} "
                   f"netns internet\nlink set {name} addrgenmode none\n")
        self.batch(f"address add {peer} peer {address}/32 dev isp-{name}\n"
                   f"link set isp-{name} up\n", "-n", "internet")
        self.batch(f"address add {address} peer {peer}/32 dev {name}\nlink set {name} up\n")
        self.internet6.bring(name)

    def hang_up(self, name):
        self.run(["ip", "link", "del", name])

    def redial(self, name):
        """With an address that it has not had before."""
        self.dialed += 1
        self.dial(name, uplink_address(name, self.dialed % 100))

    def listen(self):
        """A service begins, as root; returns what ends it."""
        sock = socket_in(self.namespace(),
                         lambda: traffic.udp_socket(("", LISTENING_PORT)))
        self.model.listening.open()

        def end():
            self.model.listening.close()
            sock.close()
        return end

    def signal(self, program, number, but=frozenset()):
        for pid in set(self.host.pids(program)) - but:
            self.run(["kill", f"-{int(number)}", str(pid)])

    def start(self, program):
        log = program.lower().rstrip("d")
        if not self.host.pids(program):
            self.run(f"setsid {DAEMONS[program]} >>/run/log/{log} 2>&1 &")

    # --- The end of a round

    def settle(self):
        """Everybody is there who is needed for serving; what shares have to cope with stays."""
        self.do_all_due()
        for program in ("NetworkManager", "polkitd", "dnsmasq", "radvd"):
            self.signal(program, signal.SIGCONT)
        for program in DAEMONS:
            self.start(program)
        if self.was_killed:
            self.run("nmcli networking on")  # or nobody was there to hear it
        for key in [key for key in self.undo if key[0] in ("networking", "cable", "link")]:
            self.change_back(key)
        for lan in LANS:
            self.await_call(lan)

    def restore(self):
        """As at the start, for what operations have changed."""
        for key in list(self.undo):
            self.change_back(key)
        self.internet6.end()
        for name in ("ppp0", "ppp1"):
            self.hang_up(name)
            self.host.run([str(HERE / "dial"), name])
        is_away = "100" not in self.host.call("nmcli -g GENERAL.STATE device show eth1").stdout
        if is_away or "198.18.1.2/24" not in self.host.addresses("eth1"):
            self.host.call("nmcli connection up wired")

    def restore_forwarding(self):
        """NetworkManager never takes back what it has set for a hotspot."""
        if self.hotspots:
            self.run("sharectl adopt off; rm -f /var/lib/NetworkManager/dnsmasq-lan?.leases; "
                     "echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv4/ip_dynaddr; "
                     "for name in /proc/sys/net/ipv4/conf/*/forwarding; do echo 0 >$name; done")

    def restore_names(self):
        """`ip netns exec` binds a file of the client's own over resolv.conf, which ends when
        NetworkManager replaces that meanwhile: then the client's DHCP writes into the host's."""
        file = self.host.path("/etc/resolv.conf")
        if "NetworkManager" not in file.read_text():
            file.write_text(self.names)

    def restore_filter(self):
        """Without the tables of firewalls that came and went; what is ours there is a fault."""
        for line in self.host.run("nft list tables").splitlines():
            _, family, name = line.split()
            if "connshare" not in self.host.run(["nft", "list", "table", family, name]):
                self.host.call(["nft", "delete", "table", family, name])

    def foreseeable(self, state):
        """Without a LAN's lines where NetworkManager was killed and the user's own profile, or a
        hotspot, was on that LAN: whether it takes such a connection up again is its own business."""
        lans = [lan for lan in LANS if self.was_killed
                and (self.model.requests[lan].taken.spans or lan in self.hotspots)]
        return "".join(line for line in state.splitlines(keepends=True)
                       if not any(lan in line for lan in lans))

    def state(self):
        """NetworkManager sets lo's IPv6 when it is stopped and started, and gives its own file
        for a connection that it found another name when there was one before."""
        lines = foreseeable(self.host.settled_state(), LANS).splitlines(keepends=True)
        return "".join(re.sub(r"-[0-9a-f-]{36}\.nmconnection", ".nmconnection", line)
                       for line in lines if not line.startswith("ipv6/conf/lo/"))
