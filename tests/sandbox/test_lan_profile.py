# SPDX-License-Identifier: GPL-2.0-or-later
#
# The LAN's profile in NetworkManager through what happens to it: cables, users, restarts.
#
import time

import pytest
from follow import PPP0
from host import wait_for


def add_profile(host, name, autoconnect="no", lan="lan0", more=""):
    host.run(f"nmcli connection add save no type ethernet ifname {lan} con-name {name} "
             f"autoconnect {autoconnect} ipv4.method manual ipv4.addresses 10.5.5.5/24 {more}")


def plug(host, on):
    host.client.run(["ip", "link", "set", "eth0", "up" if on else "down"])


def test_client_switched_off_for_a_while(host, client):
    """NetworkManager drops a profile 6 s after the link is lost."""
    host.share("lan0", "via", "ppp0")
    plug(host, False)
    time.sleep(8)
    assert host.active_profile() == "connshare lan0"
    assert host.json("status")["shares"][0]["state"] == "active"
    plug(host, True)
    client.dhcp()
    assert client.get() == PPP0


def test_share_without_a_cable(host, client):
    plug(host, False)
    wait_for(lambda: host.run("nmcli -g GENERAL.STATE device show lan0")[:2] == "20")
    begin = time.monotonic()
    host.share("lan0", "via", "ppp0")
    assert time.monotonic() - begin < 5
    plug(host, True)
    client.dhcp()
    assert client.get() == PPP0
    host.unshare("lan0")
    wait_for(lambda: host.run("nmcli -g GENERAL.STATE device show lan0")[:2] == "30")


def test_user_takes_the_device(host):
    add_profile(host, "other")
    host.share("lan0", "via", "ppp0")
    host.run("nmcli connection up other")
    host.unshare("lan0")
    assert host.active_profile() == "other"
    host.run("nmcli connection delete other")


def test_idle_device_stays_idle(host):
    add_profile(host, "eager", autoconnect="yes")
    host.run("nmcli connection up eager; nmcli device disconnect lan0")
    host.share("lan0", "via", "ppp0")
    host.unshare("lan0")
    time.sleep(0.5)
    assert host.active_profile() == ""
    assert host.run("nmcli -g GENERAL.AUTOCONNECT device show lan0") == "no"
    host.run("nmcli connection delete eager; nmcli device set lan0 autoconnect yes")


def test_profile_of_before_is_deleted_meanwhile(host):
    add_profile(host, "before")
    host.run("nmcli connection up before")
    host.share("lan0", "via", "ppp0")
    host.run("nmcli connection delete before")
    host.unshare("lan0")
    assert host.active_profile() == ""


def test_ipv6_stays_off(host):
    add_profile(host, "four", more="ipv6.method disabled")
    host.run("nmcli connection up four; nmcli connection down four")
    assert host.run("cat /proc/sys/net/ipv6/conf/lan0/disable_ipv6") == "1"
    host.share("lan0", "via", "ppp0")
    host.unshare("lan0")
    assert host.run("cat /proc/sys/net/ipv6/conf/lan0/disable_ipv6") == "1"
    host.run("nmcli connection modify four ipv6.method link-local; nmcli connection up four; "
             "nmcli connection delete four")


def test_bridge_keeps_its_spanning_tree(host):
    """With its protocol switched on a bridge forwards nothing for half a minute."""
    host.run("nmcli connection add save no type bridge ifname br0 con-name br0 bridge.stp no "
             "ipv4.method manual ipv4.addresses 10.77.0.1/24 ipv6.method disabled")
    host.run("nmcli connection add save no type ethernet ifname lan0 con-name port master br0 "
             "&& nmcli connection up port")
    wait_for(lambda: host.active_profile("br0") == "br0")
    host.share("br0", "via", "ppp0")
    assert host.run("cat /sys/class/net/br0/bridge/stp_state") == "0"
    host.client.dhcp()
    assert host.client.get() == PPP0
    host.unshare("br0")
    wait_for(lambda: host.active_profile("br0") == "br0")
    assert host.active_profile() == "port"
    host.run("nmcli connection delete port br0")
    wait_for(lambda: host.run("nmcli -g GENERAL.STATE device show lan0")[:2] == "30")


@pytest.mark.parametrize("signal", [15, 9])
def test_unshare_while_networkmanager_is_down(spare, signal):
    spare.share("lan0", "via", "ppp0")
    spare.kill("NetworkManager", signal)
    spare.unshare("lan0")
    spare.start_network_manager()
    assert "connshare" not in spare.run("nmcli -g NAME connection")
    assert "192.168.137.1" not in spare.run("ip -4 address")
