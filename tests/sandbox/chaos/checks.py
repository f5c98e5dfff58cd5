# SPDX-License-Identifier: GPL-2.0-or-later
#
# What holds at rest (SECURITY.md).  P5: three seconds after the last operation a share that says
# "active" serves its client, and any other says why, truly.  P4: each shares what was asked for.
# P6: after the last share's end the host is as before, byte for byte.
#
import difflib
import json
import time

from host import CommandFailed

from . import mapping, operations
from .model import LANS, OWN_ADDRESSES, PROFILES, SERVER6, UPLINKS, uplink_of

QUIET = 3
LAST = dict(zip(LANS, mapping.MAPPED))  # ports of mappings that are added at rest
PATIENCE = 12  # seconds that a share may be on its way without saying "active"
PATIENCE6 = 3  # seconds that clients may take to learn of a router, and that it is gone


class Fault(Exception):
    """What does not hold now, and may in a moment."""

    def __init__(self, kind, text):
        self.kind, self.text = kind, text
        super().__init__(text)


def check_served(world):
    """P4 and P5, for each share; what is asked for is known afterwards."""
    for lease in world.leases:
        lease.paused = True
    world.rest(QUIET)
    if world.oracle.violations:
        return
    end = time.monotonic() + PATIENCE
    waiting = list(LANS)
    while waiting:
        lan = waiting[0]
        try:
            check_share(world, lan)
            waiting.pop(0)
        except Fault as fault:
            if fault.kind == "P5 not served" or time.monotonic() > end:
                world.oracle.note(fault.kind, fault.text)
                waiting.pop(0)
        world.rest(0)
    for lease in world.leases:
        lease.paused = False


def check_share(world, lan):
    share = world.status().get(lan)
    request = world.model.requests[lan]
    if share is None:
        if request.wans() and not request.may_be_none:
            raise Fault("P4 share is lost", f"{lan}: no share, though {request.wans()}")
        request.settle(None)
        return
    if share["wan"] not in request.wans():
        raise Fault("P4 other WAN", f"{lan} via {share['wan']}, asked for {request.wans()}")
    request.settle(share["wan"])
    usable = usable_uplinks(world, share["wan"])
    if share["state"] != "active":
        check_reason(world, lan, share, usable)
    elif not usable and share["uplink"] in meant(world, share["wan"]) and (
            world.internet6.is_usable(share["uplink"])):
        check_client6(world, lan, share, world.clients[LANS.index(lan)].place)
    elif share["uplink"] not in usable:
        raise Fault("P5 active without uplink", f"{lan}: {brief(share)}; usable: {usable}")
    else:
        check_client(world, lan, share)


def check_reason(world, lan, share, usable):
    taken = is_taken(world, lan)
    if share["state_reason"] == "lan-taken":
        true = taken
    elif share["source"] == "adopted" and share["state_reason"] == "lan-without-address":
        true = not world.host.addresses(lan)
    else:
        true = taken or not usable
    if not true:
        raise Fault("P5 waits without reason",
                    f"{lan}: {brief(share)}, though {usable} can be used")


def is_taken(world, lan):
    """Whether the user's own profile has it: was asked for, or has left its address to a
    NetworkManager that was started again."""
    addresses = world.host.call(["ip", "-4", "address", "show", "dev", lan]).stdout
    return ("own", lan) in world.undo or OWN_ADDRESSES[lan] in addresses


def brief(share):
    words = [share["state"], share["state_reason"], share["uplink"], share["address"]]
    return " ".join(word for word in words if word) + f" ({share['state_message']})"


def usable_uplinks(world, wan):
    """Those of this WAN that have a link, an address, and a way to the Internet; by the kernel."""
    return [word for word in meant(world, wan) if is_usable(world, word)]


def meant(world, wan):
    words = []
    for word in wan.split(","):
        if word == "auto":
            world.look()
            words += filter(None, [world.model.ways[-1][1]])
        else:
            words.append(PROFILES.get(word, word))
    return words


def is_usable(world, name):
    done = world.host.call(["ip", "-j", "-4", "address", "show", "dev", name])
    links = json.loads(done.stdout or "[]") if done.returncode == 0 else []
    if not any(link.get("addr_info") and "LOWER_UP" in link["flags"] for link in links):
        return False
    if name != "eth1":
        return True
    return "default" in world.host.call(["ip", "route", "show", "default", "dev", name]).stdout


def check_client(world, lan, share):
    """A new lease, a name, and a page, by the uplink that the share tells."""
    client = world.clients[LANS.index(lan)].place
    if check_blocked(world, lan, client):
        return
    failures = []
    for _ in range(3):
        try:
            lease = client.dhcp(2)
            asker = client.resolve("asker.test")
            page = client.get(timeout=3)
        except CommandFailed as error:
            failures.append(str(error).strip().replace("\n", "; ")[-300:])
        else:
            found = [lease.get("router"), *map(uplink_of, [*asker, page])]
            wanted = [share["address"].partition("/")[0], share["uplink"], share["uplink"]]
            if found == wanted:
                check_client6(world, lan, share, client)
                check_mappings(world, lan, share)
                return
            failures.append(f"gateway, name's and page's way {found}, not {wanted}")
        again = world.status().get(lan, share)
        if (again["state"], again["uplink"]) != (share["state"], share["uplink"]):
            raise Fault("P5 unsteady", f"{lan}: {brief(share)}, then {brief(again)}")
    raise Fault("P5 not served", f"{lan}: {brief(share)}, but {failures[-1]}")


def check_client6(world, lan, share, client):
    """A page by IPv6 if the uplink has that, or else no router that leads nowhere."""
    if share["ipv6_mode"] == "off" or share["source"] == "adopted":
        return
    end = time.monotonic() + PATIENCE6
    while (fault := find_fault6(world, share, client)) and time.monotonic() < end:
        time.sleep(0.1)
    if fault:
        raise Fault(fault[0], f"{lan}: {brief(share)}, {share['ipv6_mode']}, but {fault[1]}")


def find_fault6(world, share, client):
    if not world.internet6.is_usable(share["uplink"]):
        routers = client.call(["ip", "-6", "route", "show", "default"]).stdout.strip()
        return routers and ("P5 IPv6 leads nowhere", routers)
    done = client.call(["curl", "-sS", "--fail", "-m", "2", f"http://[{SERVER6}]/"])
    if done.returncode or uplink_of(done.stdout.strip()) != share["uplink"]:
        return "P5 no IPv6", f"{done.stdout}{done.stderr}".strip()
    return None


def check_mappings(world, lan, share):
    """Those that were asked for are there, and lead from the share's uplink to its client, and
    from nowhere else; what is in force is known afterwards."""
    mappings = world.model.requests[lan].mappings
    if not mappings.present() and share["options"].get("upnp"):
        operations.ask_port(world, lan, "tcp", LAST[lan], 0)
    elif not mappings.present():
        operations.add_mapping(world, lan, "tcp", LAST[lan], LAST[lan], 0, "mac")
    world.await_call(lan)
    listed = world.mappings(lan)
    if listed is None:
        raise Fault("P5 mappings are not told", lan)
    listed = {(one["protocol"], one["port"]): one for one in listed}
    address = world.host.addresses(share["uplink"])[0].partition("/")[0]
    for one in mappings.present():
        found = listed.get(one.words[0])
        same = found and (found["end_port"], found["to_port"]) == one.words[1]
        if one.is_certain and not same:
            raise Fault("P4 mapping is lost", f"{lan}: {one}, but {found}")
        if not same:
            one.spans.close()
    known = {one.words[0] for one in mappings.present()}
    if unknown := set(listed) - known:
        raise Fault("P4 mapping comes back", f"{lan}: {unknown}")
    for one in mappings.present():
        one.is_certain = True
        check_mapping(world, lan, share, one, listed[one.words[0]], address)
    check_unmapped(world, lan, share, mappings, address)


def check_mapping(world, lan, share, one, listed, address):
    number, port = LANS.index(lan), one.last
    is_there = ":" in one.client or "." not in one.client or one.client == world.address(lan)
    wanted = f"cstag{number}-" if is_there else None
    rivals = [other for name in LANS if name != lan for other in
              world.model.requests[name].mappings.present()
              if other.protocol == one.protocol
              and one.first <= other.last and other.first <= one.last]
    # NetworkManager's own filter refuses what it shares itself.
    states = ["active"] + ["blocked"] * (share["source"] == "adopted") + ["taken"] * bool(rivals)
    if is_there and (listed["external_address"] != address or listed["state"] not in states):
        raise Fault("P5 mapping is not active", f"{lan}: {listed}, {brief(share)}")
    for uplink in UPLINKS:
        is_own = uplink == share["uplink"]
        answer = ask(world, uplink, one.protocol, address, port, is_own and is_there)
        good = not answer if not (is_own and wanted) else answer and answer.startswith(wanted)
        if is_own and listed["state"] == "blocked" and answer is None:
            continue
        if not good and not rivals:
            raise Fault("P5 mapping leads elsewhere",
                        f"{lan}: {one} by {uplink}: {answer!r}, not {wanted if is_own else None}; "
                        f"{brief(share)}, {listed}, the client has {world.address(lan)}")
        world.mapped += bool(answer)


def check_unmapped(world, lan, share, mappings, address):
    """Ports that nobody has mapped."""
    for port in mapping.PORTS[-3:]:
        used = any(one.first <= port <= one.last for name in LANS
                   for one in world.model.requests[name].mappings.present())
        if not used and (answer := ask(world, share["uplink"], "udp", address, port, False)):
            raise Fault("P3 unmapped port", f"{lan}: {port}: {answer}")


def ask(world, uplink, protocol, address, port, patient):
    namespace, name = world.far(uplink)
    return mapping.ask(world.namespace(namespace), name, protocol, address, port,
                       mapping.ANSWER if patient else 0.15)


def check_blocked(world, lan, client):
    """Whether it is; nobody knows what became of a call during which the service died."""
    blocked = world.model.requests[lan].blocked
    if not world.is_blocked(lan):
        if blocked.is_open():
            raise Fault("P4 block is lost", lan)
        return False
    blocked.open()
    if client.can_get("http://192.0.2.80/"):
        world.oracle.note("P3 blocked client is served", lan)
    return True


def check_restored(world, restore_first):
    """P6; operations' own changes are undone before the last share's end, or after it."""
    for lan in LANS:
        world.change_back(("hotspot", lan))
    if restore_first:
        world.restore()
    for lan in LANS:
        world.model.requests[lan].begin(None)
    done = world.host.call(["sharectl", "unshare", "--all"])
    if done.returncode:
        world.oracle.note("P6 unshare", done.stderr.strip())
        return
    for lan in LANS:
        world.model.requests[lan].end(True)
    if not restore_first:
        world.restore()
    for lease in world.leases:
        lease.paused = True
    world.restore_forwarding()
    world.restore_filter()
    check_state(world)


def check_state(world):
    end = time.monotonic() + 5
    while True:
        world.restore_names()
        before, state = world.foreseeable(world.before), world.foreseeable(world.state())
        if state == before:
            return
        if time.monotonic() > end:
            lines = difflib.unified_diff(before.splitlines(), state.splitlines(), "before",
                                         "after", lineterm="", n=0)
            world.oracle.note("P6 not put back", "the host is not as it was", lines)
            return
        world.rest(0.2)
