# SPDX-License-Identifier: GPL-2.0-or-later
#
# Looks at every frame that leaves the host, by whatever interface, and says which promise it
# breaks (SECURITY.md):
#
#   P1  a client's packet leaves by an uplink of its share, with that uplink's own address
#   P2  so does what else tells of a client: answers, ICMP errors that quote it, DNS questions
#   P3  what a neighbour of an uplink sends is forwarded nowhere, but from a share's own uplink to
#       where a port mapping of the share leads
#   P3  and no client's flow has a port on which this host listens
#   P3  and what a client sends that is blocked, nowhere either
#
# Some things are tolerated.  In the moment after somebody has emptied the packet filter a
# client's packet may leave unmasqueraded by its own uplink, a neighbour's reach that LAN, and
# this host answer spoofed ones, as the kernel masquerades and refuses nothing then.  While another
# program makes the host forward, LANs without a share are that program's business, and so are
# uplinks among themselves.  A host without a share answers spoofed packets, and what comes
# late for its clients, as it always did; and while there is one, the latter by the way it came.
# What a client sends to a port that another program publishes is that program's business; it goes
# to the container by the host's own routes, which may be a VPN's.
# What has waited for the link address of its next hop (ARP, ND) is judged by the time before.
# Of IPv6, a share's own uplink gets echo requests through to clients whose network it has
# delegated, and clients' packets with such an address are not masqueraded there; and nothing lets
# this host forward but shares.
#
import collections

from .frames import ECHO, ICMP, ICMP6, TCP, UDP, Frame
from .mapping import LISTENED
from .model import (BOX, BOX_LINK, LANS, LISTENING_PORT, MOMENT, VPN, is_of_a_lan, network6_of,
                    uplink_of)

PORTS = {20000: 0, 22000: 1}  # of clients' TCP, up to 1999 more
ARP = 3.5                     # seconds until the kernel gives up asking for an address
RELEASE = 0.05                # and until all is out that has waited for it
GATEWAYS = (".1", "::1")      # how addresses of this host on LANs end
SHOWN = 2                     # violations of one kind that are kept with their evidence


def port_owner(port):
    return next((owner for first, owner in PORTS.items() if first <= port < first + 2000), None)


class Violation:
    def __init__(self, kind, text, evidence=()):
        self.kind, self.text, self.evidence = kind, text, list(evidence)

    def __str__(self):
        return "\n    ".join([f"{self.kind}: {self.text}", *self.evidence])


class Oracle:
    def __init__(self, model, ignored=()):
        self.model, self.ignored = model, ignored
        self.violations, self.counts = [], collections.Counter()
        self.let_in = 0  # knocks at mapped ports
        self.recent = collections.deque(maxlen=400)
        self.resolved = {}  # interface: when the last link address was learnt there

    def see(self, at, name, is_outgoing, data):
        if name == "lo":
            return
        self.recent.append((at, name, is_outgoing, data))
        frame = Frame(data)
        if not is_outgoing:
            if frame.has_next_hop:
                self.resolved[name] = at
            return
        fault = self.judge(at, name, frame)
        fault = fault and fault + self.moment(at)
        if fault and self.counts[fault] < SHOWN:
            self.note(fault, *self.tell(at, name, frame))

    def note(self, kind, text, evidence=()):
        if not kind.startswith(self.ignored or "-"):
            self.counts[kind] += 1
            self.violations.append(Violation(kind, text, evidence))

    def judge(self, at, name, frame):
        """The promise that this frame breaks by leaving, or None."""
        if frame.probe:
            return self.judge_probe(at, name, frame)
        lan = self.lan_of(name, frame)
        if not lan or name == lan or self.is_to_container(at, name, frame):
            return None
        if not frame.ip:
            return "P1 not IP"
        if not self.is_ours(at, name, lan, frame) or self.is_left_over(at, frame) or (
                self.model.is_bare(at)):
            return None
        if frame.is_error and frame.inner and uplink_of(frame.inner[1]):
            return self.judge_refusal(at, name, lan, frame)
        lans = LANS if lan == "?" else [lan]
        late = self.lateness(at, name)
        if not any(name in self.model.uplinks(lan, at, late) for lan in lans):
            return self.kind(frame)
        if self.model.is_filter_gone(at) and (frame.is_reset or (
                frame.is_error and self.model.forwards_anyway(at))):
            return None  # to a spoofed address; hotspots of NetworkManager have rules of their own
        is_own = uplink_of(frame.source) == name
        asks = not frame.is_error and not frame.comes_back and self.model.is_filter_gone(at)
        if is_of_a_lan(frame.target) and (frame.is_error or not is_own) and not asks and not (
                frame.is_hostile and network6_of(frame.target)):
            return "P2 answer back to an uplink"
        if self.is_of_a_blocked(at, lan, name, frame):
            return "P3 packet of a blocked client"
        if is_own and self.takes_own_port(at, lan, frame):
            return "P3 port of this host"
        if is_own or self.model.is_filter_gone(at):
            return None
        return "P2 DNS question with a foreign address" if frame.dport == 53 and (
            frame.source.endswith(GATEWAYS)) else "P1 not masqueraded"

    def judge_refusal(self, at, name, lan, frame):
        """This host tells a server that nobody waits for its answer any more.  In the moments
        in which the filter is gone it does so by whatever way it has to there (SECURITY.md)."""
        is_back = uplink_of(frame.inner[1]) == name
        if is_back or self.model.is_filter_gone(at, self.lateness(at, name)):
            return None
        if lan != "?" and not self.model.is_guarded(lan, at):
            return None
        return "P2 refusal of a late answer elsewhere"

    def is_to_container(self, at, name, frame):
        return (name in (BOX_LINK, VPN) and frame.target == BOX and not frame.is_hostile
                and self.model.was_published(at))

    def is_of_a_blocked(self, at, lan, name, frame):
        return (frame.owner is not None and not frame.comes_back
                and not self.model.is_filter_gone(at)
                and self.model.requests[lan].blocked.covers(
                    at - MOMENT - self.lateness(at, name), at))

    def takes_own_port(self, at, lan, frame):
        return (lan != "?" and frame.protocol == UDP and frame.sport == LISTENING_PORT
                and self.model.is_own_port(lan, at))

    def lateness(self, at, name):
        """Seconds that a frame may have waited."""
        return ARP if at - self.resolved.get(name, 0) < RELEASE else 0

    def lan_of(self, name, frame):
        """Whose data it carries, "?" for somebody's, or None."""
        if frame.owner is not None:
            return LANS[frame.owner]
        if name in LANS or not frame.ip:
            return None
        if frame.protocol == TCP and uplink_of(frame.source) == name and not frame.is_reset:
            owner = port_owner(frame.sport or 0)
            return LANS[owner] if owner is not None else None
        if frame.is_accepting and frame.sport in LISTENED:
            return "?"  # only clients listen there
        addresses = [frame.source, frame.target, *(frame.inner or ())]
        return "?" if any(is_of_a_lan(address) for address in addresses) else None

    def is_ours(self, at, name, lan, frame):
        """Whether it is a share's business, and not what this host does anyway."""
        if frame.is_hostile and self.model.is_filter_gone(at):
            return False
        if frame.is_reset and (frame.source.endswith(GATEWAYS) or self.is_to_spoofed(at, frame)):
            return False  # of this host itself: it was asked by a neighbour, or without a share
        if all(self.model.is_guarded(one, time) for one in (LANS if lan == "?" else [lan])
               for time in (at, at - self.lateness(at, name))):
            return True
        if frame.is_hostile:
            return False
        return frame.comes_back or frame.is_ipv6 or not self.model.forwards_anyway(at)

    def is_to_spoofed(self, at, frame):
        """Whether it answers what was sent to this host from a LAN without a share."""
        return any(name in LANS and not outgoing and not self.model.is_guarded(name, at)
                   and (asked.source, asked.target) == (frame.target, frame.source)
                   for _, name, outgoing, data in self.recent if (asked := Frame(data)).ip)

    def is_left_over(self, at, frame):
        """Of a packet that came through while the filter was gone, and found nobody there: the
        kernel says so when it has asked for its target (ARP) in vain."""
        return frame.is_host_unreachable and self.model.is_filter_gone(at, ARP)

    @staticmethod
    def kind(frame):
        if frame.is_error:
            return "P2 ICMP error elsewhere"
        if frame.comes_back or is_of_a_lan(frame.target):
            return "P2 answer elsewhere"
        if 53 in (frame.dport, frame.sport) and not is_of_a_lan(frame.source):
            return "P2 DNS question elsewhere"
        return "P1 packet elsewhere"

    def judge_probe(self, at, name, frame):
        if frame.protocol in (ICMP, ICMP6) and frame.kind != ECHO:
            return None  # what this host answers by itself
        if frame.knocks and is_of_a_lan(frame.target):
            return self.judge_knock(at, name, frame)
        if name in LANS:
            own = frame.probe in self.model.uplinks(name, at)
            asks = frame.kind == ECHO and network6_of(frame.target) == frame.probe
            if own and (asks or self.model.is_filter_gone(at)):
                return None
            if self.model.is_guarded(name, at):
                return "P3 into a LAN"
        if self.model.forwards_anyway(at) and not frame.is_ipv6:
            return None
        return f"P3 into {self.place(name)}"

    def judge_knock(self, at, name, frame):
        """Whoever else makes this host forward: nobody but a mapping leads these anywhere."""
        late = self.lateness(at, name)
        if (name in LANS and frame.probe in self.model.uplinks(name, at, late)
                and self.model.requests[name].mappings.may_lead(
                    frame.protocol, frame.knocks, frame.dport, at - MOMENT - late, at)):
            self.let_in += 1
            return None
        return f"P3 knock into {self.place(name)}"

    def moment(self, at):
        """What a promise was broken in."""
        if self.model.is_filter_gone(at):
            return " while the filter is gone"
        return " while a share yields" if self.model.is_yielding(at) else ""

    @staticmethod
    def place(name):
        return "a LAN" if name in LANS else "a VPN" if name == VPN else "another uplink"

    def tell(self, at, name, frame):
        """A sentence, and lines of evidence."""
        when, what = self.model.last
        shares = ", ".join(f"{lan} via {wan}" for lan in LANS
                           for wan in sorted(self.model.requests[lan].wans()))
        before = [line for line in list(self.recent)[-60:] if self.is_alike(line, frame)]
        return (f"out by {name}: {frame}; {(at - when) * 1000:.0f} ms after {what}; "
                f"shares: {shares or 'none'}",
                [f"{(time_ - at) * 1000:+7.1f} ms {'out' if out else 'in '} {port} {Frame(data)}"
                 for time_, port, out, data in before[-5:]])

    @staticmethod
    def is_alike(line, frame):
        other = Frame(line[3])
        return (other.owner, other.probe) == (frame.owner, frame.probe) and other.ip
