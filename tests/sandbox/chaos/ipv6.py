# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 of the random test's host: each uplink may have it, with an address by number (model.py), a
# default route, and a server that delegates prefixes by number (delegating.py).  Links have the
# same two link-local addresses everywhere, so that who has something else next still has the same
# next hop.
#
import json
import subprocess

from ipv6 import HERE

from .model import NUMBERS6, SERVER6, VPN

HOST_LINK, FAR_LINK = "fe80::a", "fe80::b"
METRICS = {"eth1": 100, "ppp0": 300, "ppp1": 301}  # a replaced route is one with the same


class Internet6:
    """`has` is the number of what each uplink has; of those that are away, of what they will."""

    def __init__(self, world):
        self.world, self.host = world, world.host
        self.has = {name: 0 for name in NUMBERS6}
        self.disabled = self.host.run(f"cat {self.conf('eth1')}")
        self.host.internet.run(
            "sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0 "
            f"net.ipv6.conf.all.forwarding=1; ip address add {SERVER6}/128 dev lo nodad")
        for client in (self.host.client, self.host.client2):
            client.run("sysctl -qw net.ipv6.conf.eth0.accept_dad=0 "
                       "net.ipv6.conf.all.disable_ipv6=0")
        self.server = self.host.internet.popen(
            ["/usr/bin/python3", str(HERE / "internet6.py")], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for name in ("ppp0", "ppp1", "eth1"):
            self.bring(name)

    def close(self):
        self.server.kill()
        self.server.wait()

    @staticmethod
    def conf(name, setting="disable_ipv6"):
        return f"/proc/sys/net/ipv6/conf/{name}/{setting}"

    def bring(self, name):
        """What an interface that has just come has."""
        self.host.call(f"echo 0 >{self.conf(name, 'accept_ra')}; "
                       f"echo 0 >{self.conf(name, 'accept_dad')}")
        self.connect(name)
        self.give(name)

    def connect(self, name):
        """The far side."""
        number, (namespace, far) = NUMBERS6[name], self.world.far(name)
        self.world.batch(f"address replace {FAR_LINK}/64 dev {far} nodad\n"
                         f"route replace {number.network} via {HOST_LINK} dev {far}\n"
                         f"route replace {number.pool} via {HOST_LINK} dev {far}\n",
                         "-6", "-n", namespace)

    def give(self, name):
        if self.has[name] is None:
            return
        self.host.call(f"echo 0 >{self.conf(name)}")  # NetworkManager's
        address = NUMBERS6[name].address(self.has[name])
        way = "" if name == VPN else (f"route replace default via {FAR_LINK} dev {name} "
                                      f"metric {METRICS[name]}\n")
        self.world.batch(f"address replace {HOST_LINK}/64 dev {name} nodad\n"
                         f"address replace {address}/128 dev {name} nodad\n{way}", "-6")

    def take(self, name):
        self.world.run(["ip", "-6", "route", "flush", "default", "dev", name],
                       ["ip", "-6", "address", "flush", "dev", name, "scope", "global"])
        self.has[name] = None

    def change(self, name, number):
        """Another address, beside the one that it has for a moment."""
        before = self.has[name]
        self.has[name] = number
        self.give(name)
        if before not in (None, number):
            self.world.run(["ip", "-6", "address", "del",
                            f"{NUMBERS6[name].address(before)}/128", "dev", name])

    def delegate(self, name, number):
        """From now on this prefix, or None."""
        prefixes = self.world.delegating.prefixes
        prefixes[name] = None if number is None else NUMBERS6[name].prefix(number)

    def end(self):
        """eth1 is as at the start; the others go as a whole."""
        self.take("eth1")
        self.host.call(f"ip -6 address del {HOST_LINK}/64 dev eth1; "
                       f"echo {self.disabled} >{self.conf('eth1')}")

    def is_usable(self, name):
        """Whether it has an address and a default route, perhaps in halves, by the kernel."""
        found = self.host.call(["ip", "-j", "-6", "address", "show", "dev", name, "scope",
                                "global"])
        links = json.loads(found.stdout or "[]") if found.returncode == 0 else []
        if not any(link.get("addr_info") and "LOWER_UP" in link["flags"] for link in links):
            return False
        routes = self.host.call(["ip", "-6", "route", "show", "dev", name]).stdout
        return "default" in routes or "8000::/1" in routes
