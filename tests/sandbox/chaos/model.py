# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the random test itself knows: which interface has which addresses, and what was asked for
# when.  From this the oracle decides by which interfaces a client's packet may leave.  All times
# are those of the real-time clock, which captured frames carry too.
#
# While a call runs, both what was asked for before and what is asked for now may be in force;
# so they stay after a call whose outcome nobody knows, as the service was killed.
#
import functools
import ipaddress
import time

from .mapping import Mappings

LANS = ("lan0", "lan1")
UPLINKS = ("ppp0", "ppp1", "eth1")
VPN = "vpn0"
BOX, BOX_LINK = "172.17.0.2", "box0"  # a container, and where the host has it
PUBLISHED_PORT = 7779  # of the container, at all addresses of the host
LISTENING_PORT = 7780  # of the host, at times; clients send from it
PROFILES = {"wired": "eth1"}
SERVER6 = "2001:db8:ffff::1"
NETWORKS = [ipaddress.ip_network(text) for text in
            ("192.168.137.0/24", "192.168.138.0/23", "192.168.50.0/24", "10.9.8.0/24",
             "10.77.0.0/23", "fc00::/7", "2001:db8:d000::/36")]
ADDRESSES = {"lan0": "192.168.50.1/24", "lan1": "10.9.8.1/24"}
OWN_ADDRESSES = {"lan0": "10.77.0.1/24", "lan1": "10.77.1.1/24"}  # of the user's own profiles
MOMENT = 0.25    # seconds that what was in force may still be seen
LOOK = 4         # and until a port on which the host has begun to listen is kept from clients
REPAIR = 0.5     # and that a repair may take where much else runs; tests/bench measures it
AUTO_MOMENT = 4  # and the host's own way, which "auto" follows once it has lasted for 3 s


@functools.lru_cache(4096)
def is_of_a_lan(address):
    return any(ipaddress.ip_address(address) in network for network in NETWORKS)


@functools.lru_cache(4096)
def network6_of(address):
    """The uplink that has the network of this address by itself, or to delegate; or None."""
    if ":" not in address:
        return None
    known = ipaddress.ip_address(address)
    return next((name for name, number in NUMBERS6.items() if known in number.network
                 or known in number.pool), None)


class Number6:
    """What an uplink has of IPv6: addresses and prefixes by number up to 99, and its own."""

    def __init__(self, number):
        self.number = number
        self.network = ipaddress.ip_network(f"2001:db8:c{number}::/48")
        self.pool = ipaddress.ip_network(f"2001:db8:d{number}00::/40")

    def address(self, number):
        return f"2001:db8:c{self.number}:{number:x}::2"

    def peer(self, number):
        return f"2001:db8:c{self.number}:{number:x}::1"

    def prefix(self, number):
        return f"2001:db8:d{self.number}{number:02x}::/56"


NUMBERS6 = {"ppp0": Number6(0), "ppp1": Number6(1), "eth1": Number6(2), VPN: Number6(9)}


def uplink_address(name, number):
    """An address for this uplink, another for each number up to 99."""
    return f"203.0.113.{20 + 100 * int(name[3:]) + number}"


def uplink_of(address):
    """The uplink whose own address this is, or whose network has delegated it, or None."""
    known = {"203.0.113.10": "ppp0", "203.0.113.11": "ppp1", "198.18.1.2": "eth1",
             "10.200.0.2": VPN}
    if address not in known and address.startswith("203.0.113."):
        number = int(address.rpartition(".")[2])
        return "ppp0" if 20 <= number < 120 else "ppp1" if number >= 120 else None
    return known.get(address, network6_of(address))


class Spans:
    """When something was so: spans of time, the last of which may be open."""

    def __init__(self):
        self.spans = []

    def is_open(self):
        return bool(self.spans) and self.spans[-1][1] is None

    def open(self):
        if not self.is_open():
            self.spans.append([time.time(), None])

    def close(self):
        if self.is_open():
            self.spans[-1][1] = time.time()

    def touches(self, begin, end):
        """Whether it was so at any time between these."""
        return any(b <= end and (e is None or e >= begin) for b, e in self.spans)

    def covers(self, begin, end):
        """Whether it was so all the time between these."""
        return any(b <= begin and (e is None or e >= end) for b, e in self.spans)


class Request:
    """One LAN: what was asked for, as [begin, end, WAN]; without an end it may be in force."""

    def __init__(self):
        self.records = []
        self.may_be_none = True
        self.guarded, self.taken = Spans(), Spans()
        self.blocked = Spans()  # the LAN's client
        self.mappings = Mappings()

    def wans(self):
        return {wan for _, end, wan in self.records if end is None}

    def begin(self, wan):
        """A call that asks for this WAN, or None: for the share's end."""
        self.asked = wan
        self.before = [record for record in self.records if record[1] is None]
        if wan is None:
            self.guarded.close()
            self.blocked.close()
            self.mappings.doubt()
        else:
            self.records.append([time.time(), None, wan])

    def begin_adopted(self, wan):
        """It may be in force from now on, or not."""
        self.records.append([time.time(), None, wan])
        self.may_be_none = True

    def end(self, outcome):
        """True, false, or None: nobody knows."""
        now = time.time()
        if outcome is None:
            self.may_be_none |= self.asked is None
            self.guarded.close()
        elif outcome:
            for record in self.before:
                record[1] = now
            self.may_be_none = self.asked is None
            if self.asked is not None:
                self.guarded.open()
            else:
                self.mappings.end()
        elif self.asked is not None:
            self.records[-1][1] = now

    def settle(self, wan):
        """What is in force is known now; None: nothing."""
        for record in self.records:
            if record[1] is None and record[2] != wan:
                record[1] = time.time()
        self.may_be_none = wan is None
        if wan is not None:
            self.guarded.open()
        else:
            self.mappings.end()


class Model:
    def __init__(self, ask_way):
        self.ask_way = ask_way   # by which interface the host's own packets go now; where
                                 # IPv4 knows no way, those of IPv6
        self.requests = {lan: Request() for lan in LANS}
        self.forwards = Spans()  # another program lets this host forward
        self.flushes = Spans()   # the packet filter was being emptied
        self.rule_flushes = Spans()  # likewise the policy rules
        self.published = Spans()  # another program leads a port of this host to the container
        self.listening = Spans()  # this host has a service on LISTENING_PORT
        self.deaths = Spans()    # nobody was there to put anything back
        self.ways = []           # [time, interface]: where the host's own packets go
        self.last = (time.time(), "the start")

    def note_way(self):
        self.ways.append((time.time(), self.ask_way()))

    def note(self, what):
        self.last = (time.time(), what)

    def uplinks(self, lan, at, late=0):
        """Where packets of clients at this LAN may leave, or could in the `late` seconds before."""
        names = set()
        for begin, end, wan in self.requests[lan].records:
            if begin - 0.01 <= at and (end is None or at <= end + MOMENT + late):
                names |= self.meant(wan, at, late)
        return names

    def meant(self, wan, at, late):
        names = set()
        for word in wan.split(","):
            if word == "auto":
                self.note_way()
                names |= {name for when, name in list(self.ways)
                          if at - late - AUTO_MOMENT <= when <= at + 1}
            else:
                names.add(PROFILES.get(word, word))
        return names

    def is_guarded(self, lan, at):
        """Whether a share certainly answers for this LAN's packets."""
        request = self.requests[lan]
        return (any(begin <= at and (end is None or at <= end)
                    for begin, end in request.guarded.spans)
                and not request.taken.touches(at - 0.5, at + 0.1))

    def is_yielding(self, at):
        return any(request.wans() and request.taken.touches(at - MOMENT, at)
                   for request in self.requests.values())

    def forwards_anyway(self, at):
        return self.forwards.touches(at - MOMENT, at + MOMENT)

    def was_published(self, at):
        """Or may still be, as flows outlive what has led them there."""
        return self.published.touches(0, at)

    def is_own_port(self, lan, at):
        """Whether clients' flows of this LAN certainly have another port by now."""
        begin = at - LOOK
        return (self.listening.covers(begin, at) and self.requests[lan].guarded.covers(begin, at)
                and not self.deaths.touches(begin, at) and not self.flushes.touches(begin, at))

    def is_bare(self, at):
        """Neither filter nor policy rules are there: another program took both at once."""
        return self.is_filter_gone(at) and self.rule_flushes.touches(at - REPAIR, at)

    def is_filter_gone(self, at, late=0):
        """Emptied a moment ago, or while the service was dead, which is so or was so just now; or
        in the `late` seconds before."""
        return self.flushes.touches(at - late - REPAIR, at) or any(
            begin <= at and (end is None or at - late <= end + REPAIR)
            and self.flushes.touches(begin - REPAIR, at) for begin, end in self.deaths.spans)
