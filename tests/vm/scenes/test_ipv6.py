# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients' IPv6 where it takes the machine: radvd in the sandbox of the unit, a line
# that has only link-local addresses, and a kernel before Linux 6.17, which forwards IPv6
# between all interfaces or none.
#
import re

import pytest
from machine import SCENES, Client, wait_for
from test_pppd import PEER, UNMANAGED

WEB6 = "2001:db8:ffff::1"
CONF = "/proc/sys/net/ipv6/conf"
KILL = "systemctl kill -s KILL connshared; sharectl unshare lan0"
UNDO = "systemctl stop connshared; /usr/libexec/connshared --undo-all"
# Nobody is to take lan1 or late0 for his own.
OTHERS = "[keyfile]\nunmanaged-devices=interface-name:lan1;interface-name:late0\n"


def lay(vm, *words):
    """What lay-ipv6 says; and NetworkManager has used lan0 once: from then on it leaves its
    settings alone."""
    vm.run([f"{SCENES}/lay-ipv6", *words])
    vm.run("sharectl share lan0 via wan0 --ipv6 off; sharectl unshare lan0")


def settings(vm):
    """All that IPv6 has here, less what counts down."""
    out = vm.run(f"grep -rs . {CONF} --exclude=stable_secret --exclude=mc_forwarding; "
                 "ip -6 route show table all; ip -6 rule; ip -6 -o address show scope global")
    return sorted({re.sub(r" expires \S+| (valid|preferred)_lft \S+|^\d+: ", "", line).strip()
                   for line in out.splitlines()})


def await_same(vm, before):
    def changes():
        return sorted(set(settings(vm)) ^ set(before))

    try:
        wait_for(lambda: not changes(), 20)
    except TimeoutError:
        raise AssertionError("\n".join(changes())) from None


def accepts(vm, name):
    return vm.run(f"cat {CONF}/{name}/accept_ra")


def address6(place, device, start):
    """The first that is usable and begins so, or None."""
    out = place.run(f"ip -6 -o address show dev {device} scope global -tentative -deprecated")
    return next(iter(re.findall(rf"inet6 ({start}[^/]*)", out)), None)


def await_address6(client, start):
    return wait_for(lambda: client.call("ip -6 route show default | grep -q via").status == 0
                    and address6(client, "eth0", start), 60, "the client gets no IPv6")


def page6(place):
    return place.run(["curl", "-sS", "--fail", "-m", "20", f"http://[{WEB6}]/"])


def refusals(vm):
    """What the service, dnsmasq and radvd may not do, but for what radvd is not to."""
    said = vm.journal("_SYSTEMD_UNIT=connshared.service").splitlines()
    return [line for line in said if re.search("denied|permitted|Read-only", line)
            and "failed to set LinkMTU" not in line]


def expiry(vm):
    """In how many seconds this computer forgets its router, unless it hears from it."""
    return int(re.search(r"expires (\d+)sec", vm.run("ip -6 route show default dev wan0"))[1])


def check_strangers(vm):
    """What is at lan1, which nobody shares, gets nowhere; and an interface that comes during the
    share listens to routers."""
    stranger = Client(vm, "client2")
    vm.run("ip address add fd66::1/64 dev lan1 nodad; "
           "ip -n internet -6 route add fd66::/64 dev isp0 via "
           "$(ip -6 -o address show dev wan0 scope link | grep -o -m 1 'fe80[^/ ]*')")
    stranger.run("ip address add fd66::2/64 dev eth0 nodad; "
                 "ip -6 route replace default via fd66::1")
    assert stranger.call(["ping", "-6", "-c", "1", "-W", "3", "fd66::1"]).status == 0
    assert stranger.call(["ping", "-6", "-c", "2", "-i", "0.3", "-W", "2", WEB6]).status == 1
    vm.run("ip link add late0 type veth peer name late1 netns client2")
    assert accepts(vm, "late0") == "2"
    vm.run("ip link del late0; ip address del fd66::1/64 dev lan1")


@pytest.mark.parametrize("kind, end", [("managed", UNDO), ("kernel", KILL)],
                         ids=["managed", "kernel"])
def test_masquerade(vm, client, kind, end):
    """Whoever handles the advertisements at wan0, this computer's own IPv6 stays."""
    vm.put("/etc/NetworkManager/conf.d/others.conf", OTHERS.encode())
    vm.run("nmcli general reload")
    lay(vm, kind)
    before = settings(vm)
    assert (accepts(vm, "wan0"), "all/forwarding:0" in "\n".join(before)) == (
        {"managed": "0", "kernel": "1"}[kind], True)
    vm.run("sharectl share lan0 via wan0 --ipv6 masquerade")
    client.dhcp()
    await_address6(client, "fd")
    assert page6(client) == page6(vm) == address6(vm, "wan0", "2001:db8:1:")
    assert vm.run(f"cat {CONF}/all/forwarding") == "1"
    assert accepts(vm, "wan0") == {"managed": "0", "kernel": "2"}[kind]
    assert vm.call("pgrep -u radvd radvd").status == 0
    check_strangers(vm)
    if kind == "kernel":
        vm.run("sleep 8")
        assert expiry(vm) > 1794
    assert refusals(vm) == []
    vm.run(end)
    await_same(vm, before)
    assert page6(vm) == address6(vm, "wan0", "2001:db8:1:")


def test_prefix_of_a_line(vm, client):
    """pppd's, with an address of a prefix that is delegated to the service in its sandbox."""
    vm.put("/etc/ppp/peers/provider", PEER.encode())
    vm.put("/etc/NetworkManager/conf.d/ppp.conf", UNMANAGED.encode())
    vm.run("nmcli general reload")
    lay(vm, "line", "delegating")
    before = settings(vm)
    vm.run("sharectl share lan0 via ppp0")
    client.dhcp()
    own = await_address6(client, "2001:db8:70")
    assert page6(client) == own
    assert vm.json("status")["shares"][0]["ipv6_mode"] == "delegated"
    assert refusals(vm) == []
    vm.run("sharectl unshare lan0")
    await_same(vm, before)
