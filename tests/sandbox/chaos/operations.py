# SPDX-License-Identifier: GPL-2.0-or-later
#
# What may happen to a host, as a table.  Each operation has a weight, and choices for each of its
# arguments; it works whatever the others have done before, so that any part of a list can be
# played.  A list is JSON: {"op": name, "pause": seconds until the next, argument: value, ...}.
#
import ipaddress
import random as random_module
import signal

from .hostile import hostile_packets, hostile_packets6
from .mapping import MAPPED, PROTOCOLS, SHIFTS, Mapping
from .model import (ADDRESSES, BOX, BOX_LINK, LANS, OWN_ADDRESSES, PUBLISHED_PORT, UPLINKS, VPN,
                    Spans)

DIALED = ("ppp0", "ppp1")
PAUSES = (0, 0, 0.02, 0.1, 0.2, 0.5, 1)
WANS = ("ppp0", "ppp0", "ppp1", "eth1", "ppp0,ppp1", "ppp1,eth1", "wired", "auto")
SHARE = "/org/connshare1/share/"
NO_SUCH_CONNECTION = 10  # nmcli's exit status
TABLE = {}


def operation(weight, **choices):
    def register(function):
        TABLE[function.__name__] = (weight, choices, function)
        return function
    return register


def draw(random, number, names=None):
    """A list of as many operations, the first of which shares something."""
    names = [name for name in names or TABLE if TABLE[name][0]]
    weights = [TABLE[name][0] for name in names]
    drawn = random.choices(names, weights, k=number)
    if "share" in names:
        drawn[0] = "share"
    return [{"op": name, **{key: random.choice(values)
                            for key, values in sorted(TABLE[name][1].items())},
             "pause": random.choice(PAUSES)} for name in drawn]


def play(world, row):
    arguments = {key: value for key, value in row.items() if key not in ("op", "pause")}
    world.model.note(describe(row))
    TABLE[row["op"]][2](world, **arguments)
    world.rest(row["pause"])


def describe(row):
    words = [f"{value}" for key, value in row.items() if key not in ("op", "pause")]
    return " ".join([row["op"], *words])


# --- Users

@operation(14, lan=LANS, wan=WANS, option=("", "", "--upnp", "--upnp", "--temporary", "--address",
                                           "--ipv6=masquerade", "--ipv6=off"))
def share(world, lan, wan, option):
    hotspot_down(world, lan)
    words = ["sharectl", "share", lan, "via", wan]
    if option == "--address":
        words.append(f"--address={ADDRESSES[lan]}")
    elif option:
        words.append(option)
    world.call(lan, words, wan)


@operation(4, lan=LANS)
def unshare(world, lan):
    if not world.is_hotspot(lan):
        world.call(lan, ["sharectl", "unshare", lan])


@operation(5, lan=LANS, what=("address", "dns", "persistent", "wan"), wan=UPLINKS)
def update(world, lan, what, wan):
    if not world.model.requests[lan].wans() or world.is_hotspot(lan):
        return
    value = {"address": f"'{ADDRESSES[lan]}'", "dns": "['198.51.100.53']",
             "persistent": "false", "wan": f"'{wan}'"}[what]
    words = ["gdbus", "call", "--system", "--timeout", "60", "--dest", "org.connshare1",
             "--object-path", SHARE + lan, "--method", "org.connshare1.Share.Update",
             f"{{'{what}': <{value}>}}"]
    world.call(lan, words, wan, changes=what == "wan")


@operation(3, lan=LANS)
def block(world, lan):
    """The client there, until it is allowed again or the share ends."""
    if world.model.requests[lan].wans():
        world.call(lan, ["sharectl", "client", lan, world.mac(lan), "--block"], changes=False,
                   then=world.model.requests[lan].blocked.open)


@operation(3, lan=LANS)
def allow(world, lan):
    if world.model.requests[lan].wans():
        world.await_call(lan)
        world.model.requests[lan].blocked.close()
        world.call(lan, ["sharectl", "client", lan, world.mac(lan), "--allow"], changes=False)


@operation(3, lan=LANS)
def own_profile_up(world, lan):
    """The user wants the LAN for something else: the share yields."""
    hotspot_down(world, lan)
    name = f"own-{lan}"
    world.model.requests[lan].taken.open()
    world.change(("own", lan), lambda: end_own_profile(world, lan),
                 f"nmcli connection show {name} >/dev/null 2>&1 || nmcli connection add save no "
                 f"type ethernet ifname {lan} con-name {name} autoconnect no ipv4.method manual "
                 f"ipv4.addresses {OWN_ADDRESSES[lan]} ipv6.method link-local",
                 f"nmcli --wait 5 connection up {name}")


@operation(3, lan=LANS)
def own_profile_down(world, lan):
    world.change_back(("own", lan))


def end_own_profile(world, lan):
    world.run(f"nmcli --wait 5 connection delete own-{lan}")
    world.model.requests[lan].taken.close()


@operation(4, lan=LANS, wan=("ppp0", "ppp1", "eth1", "ppp0,ppp1"))
def hotspot_up(world, lan, wan):
    """As GNOME Settings makes one, which is adopted: all are, via the first WAN of a round."""
    request = world.model.requests[lan]
    own_profile_down(world, lan)
    if request.wans() and not world.is_hotspot(lan):
        unshare(world, lan)
    world.await_call(lan)
    if request.wans() or request.may_be_none is not True:
        return
    world.adopt(wan)
    world.model.forwards.open()
    request.begin_adopted(world.adopted_via)
    world.hotspots.add(lan)
    world.change(("hotspot", lan), lambda: end_hotspot(world, lan),
                 f"nmcli connection add type ethernet ifname {lan} con-name hotspot-{lan} "
                 f"autoconnect no ipv4.method shared ipv4.addresses {OWN_ADDRESSES[lan]} "
                 "ipv6.method link-local", f"nmcli --wait 5 connection up hotspot-{lan}")
    if world.status().get(lan, {}).get("state") in ("active", "waiting"):
        request.settle(world.adopted_via)
        request.may_be_none = True


@operation(2, lan=LANS)
def hotspot_down(world, lan):
    world.change_back(("hotspot", lan))


def end_hotspot(world, lan):
    """NetworkManager ends its dnsmasq two seconds later, and starts no other one before that.  It
    may have been killed just now."""
    world.await_call(lan)
    world.model.requests[lan].begin(None)
    pids = world.pids_of_hotspots(lan)
    world.run("for _ in $(seq 50); do "
              f"nmcli --wait 5 connection delete hotspot-{lan}; [ $? != {NO_SUCH_CONNECTION} ] || "
              "break; sleep 0.1; done", *[f"kill -KILL {pid}" for pid in pids])
    world.model.requests[lan].end(True)


def doubt_hotspots(world, lans=LANS):
    """NetworkManager may end them by itself."""
    for lan in lans:
        if world.is_hotspot(lan):
            world.model.requests[lan].guarded.close()


@operation(2, seconds=(0.1, 0.5, 2))
def networking_off(world, seconds):
    doubt_hotspots(world)
    world.change(("networking",), lambda: world.run("nmcli networking on"),
                 "nmcli networking off")
    world.later(seconds, lambda: world.change_back(("networking",)))


# --- Port mappings

CLIENT = ("mac", "mac", "address", "name")


def add_mapping(world, lan, protocol, first, last, shift, client):
    if not world.model.requests[lan].wans():
        return
    world.await_call(lan)
    named = {"mac": world.mac(lan), "name": f"client{LANS.index(lan)}",
             "address": world.address(lan)}[client]
    mapping = Mapping(protocol, first, last, shift, named, Spans())
    mappings = world.model.requests[lan].mappings
    mappings.begin_adding(mapping)
    world.call(lan, ["sharectl", "forward", "add", lan, protocol, f"{first}-{last}",
                     f"{named}:{first + shift}"], changes=False,
               told=lambda outcome: mappings.end_adding(mapping, outcome))


@operation(10, lan=LANS, protocol=tuple(PROTOCOLS), port=MAPPED, shift=SHIFTS, client=CLIENT)
def add_forward(world, lan, protocol, port, shift, client):
    add_mapping(world, lan, protocol, port, port, shift, client)


@operation(3, lan=LANS, protocol=tuple(PROTOCOLS), port=MAPPED[:-3], shift=SHIFTS, client=CLIENT)
def add_range(world, lan, protocol, port, shift, client):
    add_mapping(world, lan, protocol, port, port + 3, shift, client)


@operation(8, lan=LANS, protocol=tuple(PROTOCOLS), port=MAPPED, shift=SHIFTS)
def ask_port(world, lan, protocol, port, shift):
    """The client itself, by PCP, for this port and no other; where the share has no --upnp, in vain."""
    if not world.model.requests[lan].wans():
        return
    world.await_call(lan)
    mapping = Mapping(protocol, port, port, shift, world.address(lan), Spans())
    mappings = world.model.requests[lan].mappings
    mappings.begin_adding(mapping)
    world.ask_port(lan, mapping, told=lambda outcome: mappings.end_adding(mapping, outcome))


@operation(5, lan=LANS, number=tuple(range(4)))
def remove_forward(world, lan, number):
    """One of those that may be there."""
    world.await_call(lan)
    mappings = world.model.requests[lan].mappings
    present = mappings.present()
    if not present:
        return
    key = present[number % len(present)].words[0]
    mappings.doubt(*key)
    world.call(lan, ["sharectl", "forward", "remove", lan, key[0], str(key[1])], changes=False,
               then=lambda: mappings.end(*key))


# --- Lines

@operation(8, name=DIALED, gap=(0, 0.1, 0.6))
def redial(world, name, gap):
    world.hang_up(name)
    world.rest(gap)
    world.redial(name)


@operation(4, name=DIALED)
def hang_up(world, name):
    world.hang_up(name)


@operation(2, name=DIALED)
def rename(world, name):
    """Away and back, as udev or a user does; its link has to be down for that."""
    world.batch(f"link set {name} down\nlink set {name} name old{name}\n")
    world.rest(0.1)
    world.batch(f"link set old{name} name {name}\nlink set {name} up\n")


@operation(5, name=(*UPLINKS, *LANS), seconds=(0.05, 0.5, 1.5))
def link_down(world, name, seconds):
    doubt_hotspots(world, {name} & set(LANS))
    key = ("link", name)
    world.change(key, lambda: world.run(["ip", "link", "set", name, "up"]),
                 ["ip", "link", "set", name, "down"])
    world.later(seconds, lambda: world.change_back(key))


@operation(5, name=(*UPLINKS, *LANS), seconds=(0.05, 0.5, 1.5))
def cable_out(world, name, seconds):
    doubt_hotspots(world, {name} & set(LANS))
    key = ("cable", name)
    world.change(key, lambda: world.plug(name, "up"))
    world.plug(name, "down")
    world.later(seconds, lambda: world.change_back(key))


@operation(4, kind=("wireguard", "openvpn", "tailscale"))
def vpn_up(world, kind):
    vpn_down(world)
    world.dial(VPN, "10.200.0.2")
    world.change(("vpn",), lambda: end_vpn(world), *{
        "wireguard": [f"ip {family} {words}" for family in ("-4", "-6") for words in (
                          f"route add default dev {VPN} table 51820",
                          "rule add not fwmark 51820 table 51820 priority 32765",
                          "rule add table main suppress_prefixlength 0 priority 32764")],
        "openvpn": [f"ip route add {half} dev {VPN}" for half in ("0.0.0.0/1", "128.0.0.0/1",
                                                                  "::/1", "8000::/1")],
        "tailscale": [f"ip {family} {words}" for family in ("-4", "-6") for words in (
                          f"route add default dev {VPN} table 52",
                          "rule add fwmark 0x80000/0xff0000 table main priority 5210",
                          "rule add table 52 priority 5270")]}[kind])


@operation(2)
def vpn_down(world):
    world.change_back(("vpn",))


def end_vpn(world):
    world.hang_up(VPN)
    for priority in (32764, 32765, 5210, 5270):
        world.run(f"ip rule del priority {priority} 2>/dev/null; "
                  f"ip -6 rule del priority {priority} 2>/dev/null")


# --- IPv6 of lines

NUMBERS = tuple(range(1, 100, 7))


@operation(5, name=UPLINKS, number=NUMBERS)
def address6(world, name, number):
    """Another one, or one where there was none."""
    world.internet6.change(name, number)


@operation(4, name=UPLINKS)
def no_address6(world, name):
    world.internet6.take(name)


@operation(6, name=UPLINKS, number=(None, *NUMBERS))
def delegate(world, name, number):
    world.internet6.delegate(name, number)


# --- Other programs that change what is ours

@operation(4, name=(*LANS, *UPLINKS))
def flush_addresses(world, name):
    world.run(["ip", "-4", "address", "flush", "dev", name])


@operation(4)
def flush_rules(world):
    """All policy rules but the kernel's own three."""
    world.model.rule_flushes.open()
    world.run("""for family in -4 -6; do
        ip $family rule | sed -n 's/^\\([0-9]*\\):.*/\\1/p' | grep -vx -e 0 -e 32766 -e 32767 |
        while read -r priority; do ip $family rule del priority $priority; done; done""")
    world.model.rule_flushes.close()


@operation(4)
def flush_routes(world):
    """Of every table that is not the kernel's."""
    world.run("""for family in -4 -6; do
        ip $family rule | sed -n 's/.*lookup \\([0-9]*\\)$/\\1/p' | sort -u |
        while read -r table; do ip $family route flush table $table; done; done""")


@operation(3, name=(*LANS, *LANS, *UPLINKS), scope=("global", "link"))
def flush_addresses6(world, name, scope):
    world.run(["ip", "-6", "address", "flush", "dev", name, "scope", scope])


@operation(2, name=LANS)
def flap_ipv6(world, name):
    """As NetworkManager may, which loses all that was there."""
    conf = f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6"
    world.run(f"before=$(cat {conf}); echo 1 >{conf}; echo $before >{conf}")


@operation(6, times=(1, 1, 1, 6))
def flush_ruleset(world, times):
    empty_filter(world, "nft flush ruleset", times)


@operation(4, times=(1, 1, 6))
def delete_table(world, times):
    empty_filter(world, "nft delete table inet connshare", times)


def empty_filter(world, command, times):
    for _ in range(times):
        world.model.flushes.open()
        world.run(command)
        world.model.flushes.close()
        if times > 1:
            world.rest(0.05)


@operation(4, kind=("bare", "script"))
def firewall_up(world, kind):
    rules = {"bare": "iptables -P FORWARD DROP; iptables -P INPUT DROP",
             "script": "iptables -I FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT; "
                       "iptables -A FORWARD -j REJECT; iptables -A INPUT -i lo -j ACCEPT; "
                       "iptables -A INPUT -p tcp --dport 22 -j ACCEPT; "
                       "iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; "
                       "iptables -A INPUT -j REJECT"}
    world.change(("firewall",), lambda: world.run(
        "iptables -P FORWARD ACCEPT; iptables -P INPUT ACCEPT; iptables -F"), rules[kind])


@operation(2)
def firewall_down(world):
    world.change_back(("firewall",))


@operation(3)
def forward_on(world):
    world.model.forwards.open()
    world.change(("forward",), lambda: end_forward(world), "sysctl -qw net.ipv4.ip_forward=1")


@operation(2)
def forward_off(world):
    world.change_back(("forward",))


def end_forward(world):
    world.run("sysctl -qw net.ipv4.ip_forward=0")
    world.model.forwards.close()


PUBLISHED = (f"PREROUTING -m addrtype --dst-type LOCAL -p udp --dport {PUBLISHED_PORT} "
             f"-j DNAT --to-destination {BOX}:{PUBLISHED_PORT}",
             f"POSTROUTING -s 172.17.0.0/16 ! -o {BOX_LINK} -j MASQUERADE")


@operation(4)
def publish(world):
    """As "docker run -p" does, which makes the host forward as well."""
    forward_on(world)
    world.model.published.open()
    world.change(("published",), lambda: end_publish(world),
                 *[f"iptables -t nat -A {rule}" for rule in PUBLISHED])


@operation(2)
def unpublish(world):
    world.change_back(("published",))


def end_publish(world):
    world.run(*[f"while iptables -t nat -D {rule} 2>/dev/null; do :; done" for rule in PUBLISHED])
    world.model.published.close()


# --- Programs of the host itself

@operation(4)
def listen(world):
    """On the port that clients send from."""
    if ("listener",) not in world.undo:
        world.undo[("listener",)] = world.listen()


@operation(2)
def listen_no_more(world):
    world.change_back(("listener",))


# --- Programs die, or are slow

@operation(4, program=("NetworkManager", "polkitd"), seconds=(0, 0.5, 2),
           number=(signal.SIGKILL, signal.SIGTERM))
def kill(world, program, seconds, number):
    if program == "NetworkManager":
        world.was_killed = True
        doubt_hotspots(world)
    killed = set(world.host.pids(program))
    world.signal(program, number)
    world.later(seconds, lambda: start_after(world, program, killed))


def start_after(world, program, killed):
    """Once those are dead."""
    if killed & set(world.host.pids(program)):
        world.later(0.02, lambda: start_after(world, program, killed))
    else:
        world.start(program)


@operation(4, program=("NetworkManager", "dnsmasq", "polkitd", "radvd"),
           seconds=(0.3, 2))
def stop(world, program, seconds):
    world.signal(program, signal.SIGSTOP)
    world.later(seconds, lambda: world.signal(program, signal.SIGCONT))


@operation(3)
def kill_dnsmasq(world):
    """Those of shares: NetworkManager does not start its own again."""
    world.signal("dnsmasq", signal.SIGKILL, but=world.pids_of_hotspots())


@operation(3, program=("radvd",), number=(signal.SIGKILL, signal.SIGTERM))
def kill_child(world, program, number):
    world.signal(program, number)


@operation(6, seconds=(0, 0.2, 1))
def kill_service(world, seconds):
    """The next call starts it again, as systemd would."""
    world.kill_service()
    world.later(seconds, world.wake_service)


# --- Attacks

@operation(8, lan=LANS, seed=tuple(range(1000)))
def hostile_client(world, lan, seed):
    number = LANS.index(lan)
    client = world.clients[number]
    own = world.address(lan)
    gateway = own.rpartition(".")[0] + ".1"
    other = "192.168.138.55" if own.startswith("192.168.137.") else "192.168.137.55"
    random = random_module.Random(seed)
    packets = hostile_packets(random, 16, own, gateway, other)
    packets += hostile_packets6(random, 16, *addresses6(world, number))
    for packet in packets:
        client.send_raw(packet(client.mark("h").encode()))


def addresses6(world, number):
    """(a client's own address, its gateway's, the other client's)"""
    own, other = [next(iter(client.addresses6[-1:]), default) for client, default
                  in zip((world.clients[number], world.clients[1 - number]),
                         ("fd55::7", "fd55::8"))]
    return own, str(ipaddress.ip_network(f"{own}/64", strict=False)[1]), other


@operation(3, uplink=(*UPLINKS, VPN))
def hostile_neighbour(world, uplink):
    world.neighbours.send(uplink, 40)
