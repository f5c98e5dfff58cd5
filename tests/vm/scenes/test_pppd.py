# SPDX-License-Identifier: GPL-2.0-or-later
#
# An uplink that is a line of plain pppd, which NetworkManager does not know.
#
import json

import pytest
from machine import wait_for

PEER = """plugin rp-pppoe.so
nic-wan0
user alice
noauth
usepeerdns
noipdefault
defaultroute
noipv6
holdoff 1
maxfail 0
"""
UNMANAGED = "[keyfile]\nunmanaged-devices=interface-name:ppp*\n"


@pytest.fixture
def peer(vm):
    """`pppd call provider`"""
    vm.put("/etc/ppp/peers/provider", PEER.encode())


@pytest.fixture
def provider(vm, peer):
    """The same, and NetworkManager is told to let ppp* alone."""
    vm.put("/etc/NetworkManager/conf.d/ppp.conf", UNMANAGED.encode())
    vm.run("nmcli general reload")


def dial(vm, *options):
    """Until the line is up, and pppd's script has replaced /etc/resolv.conf; a file that is
    bound over it in a client's namespace goes away at that moment."""
    vm.run(["pppd", "call", "provider", *options])
    vm.wait_for("grep -q 198.51.100.53 /etc/resolv.conf")


def address(vm):
    return vm.run("ip -4 -o address show dev ppp0 | sed -n 's/.*inet \\([0-9.]*\\).*/\\1/p'")


def test_client_browses_through_pppd(vm, client, provider):
    vm.run("sharectl share lan0 via ppp0")
    dial(vm, "updetach")
    assert client.dhcp()["mtu"] == "1492"
    client.run("ip link set eth0 mtu 1500")
    assert client.resolve("asker.test") == [address(vm)]
    assert client.get() == address(vm)
    assert int(client.get("http://www.test/mss")) == 1492 - 40


def test_redial(vm, client, provider):
    dial(vm, "updetach", "persist")
    vm.run("sharectl share lan0 via ppp0")
    client.dhcp()
    before = address(vm)
    assert client.get() == before
    vm.run("pkill -HUP pppd")
    wait_for(lambda: address(vm) not in ("", before), 60)
    wait_for(client.can_get, 30)
    assert client.get() == address(vm) != before


def test_client_makes_it_dial(vm, client, provider):
    """A demand-dial line is there all the time, and comes up when somebody sends."""
    vm.run("pppd call provider demand idle 600 ipcp-accept-local ipcp-accept-remote "
           "10.64.64.64:10.112.112.112")
    vm.run("sharectl share lan0 via ppp0 --dns 198.51.100.53")
    assert vm.json("status")["shares"][0]["state"] == "active"
    client.dhcp()
    wait_for(client.can_get, 60)
    assert client.get() == address(vm)


def test_seized_by_network_manager(vm, client, peer):
    """NetworkManager takes pppd's line for its own; now and then, if it sees the line before
    its address, it takes that away.  The doctor's remedy helps."""
    dial(vm, "updetach")
    vm.run("sharectl share lan0 via ppp0")
    vm.wait_for("nmcli -g GENERAL.STATE device show ppp0 | grep -q disconnected")
    vm.run("ip address flush dev ppp0")
    vm.wait_for("sharectl status lan0 | grep -q 'taken it over from pppd'")
    findings = json.loads(vm.call("sharectl doctor --json").out)["findings"]
    remedy = next(each["remedy"] for each in findings if each["code"] == "seized")
    vm.run(remedy.removeprefix("as root: ").removesuffix("; then dial again"))
    vm.run("pkill pppd")
    vm.wait_for("! ip link show dev ppp0")
    dial(vm, "updetach")
    assert "unmanaged" in vm.run("nmcli -g GENERAL.STATE device show ppp0")
    vm.wait_for("sharectl status lan0 | grep -q active")
    client.dhcp()
    assert client.get() == address(vm)
