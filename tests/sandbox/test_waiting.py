# SPDX-License-Identifier: GPL-2.0-or-later
#
# Uplinks and LANs that come and go while they are shared: no command is given in between.
#
import json

import pytest
from follow import ETH1, PPP0, await_state, state
from host import wait_for


@pytest.fixture
def dialed_later(host):
    host.hang_up()
    yield
    host.call("ip link del ppp0")
    host.dial()


def test_uplink_that_is_dialed_later(host, client, dialed_later):
    told = host.share("lan0", "via", "ppp0")
    assert "ppp0" in told and "wait" in told
    assert state(host) == ("waiting", "uplink-missing")
    lease = client.dhcp()
    assert lease["router"] == "192.168.137.1"
    assert not client.can_get("http://192.0.2.80/")
    host.dial()
    await_state(host, "active", "none")
    assert client.get() == PPP0
    assert client.resolve("asker.test") == [PPP0]


def test_uplink_that_goes_and_comes(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    for _ in range(3):
        host.hang_up()
        await_state(host, "waiting", "uplink-missing")
        assert not client.can_get("http://192.0.2.80/", timeout=1)
        host.dial()
        await_state(host, "active", "none")
        assert client.get() == PPP0


def test_uplink_without_link(host):
    host.share("lan0", "via", "eth1")
    host.internet.run("ip link set isp1 down")
    try:
        await_state(host, "waiting", "uplink-down")
    finally:
        host.internet.run("ip link set isp1 up")
    await_state(host, "active", "none")
    wait_for(lambda: "default via 198.18.1.1" in host.run("ip route"))


def test_uplink_that_never_comes_can_be_ended(host, dialed_later):
    host.share("lan0", "via", "ppp7")
    host.unshare("lan0")
    assert host.json("status") == {"shares": []}


def test_mtu_of_the_uplink_changes(host, client):
    host.share("lan0", "via", "ppp0")
    host.run("ip link set ppp0 mtu 1400")
    try:
        client.dhcp()
        client.run("ip link set eth0 mtu 1500")
        assert int(client.get("http://www.test/mss")) == 1360
        wait_for(lambda: client.dhcp()["mtu"] == "1400")
    finally:
        host.run("ip link set ppp0 mtu 1500")


def test_auto_follows_the_primary_connection(host, client):
    host.run("nmcli connection add save no type ethernet ifname lan1 con-name second "
             "autoconnect no ipv4.method manual ipv4.addresses 100.64.0.2/24 "
             "ipv4.gateway 100.64.0.1 ipv4.route-metric 50")
    host.share("lan0", "via", "auto")
    client.dhcp()
    assert client.get() == ETH1
    host.run("nmcli connection up second")
    wait_for(lambda: host.json("status")["shares"][0]["uplink"] == "lan1")
    assert not client.can_get("http://192.0.2.80/", timeout=1)
    host.run("nmcli connection delete second")
    wait_for(lambda: host.json("status")["shares"][0]["uplink"] == "eth1")
    assert client.get() == ETH1


def test_auto_without_any_connection(host, client):
    host.run("nmcli device disconnect eth1")
    try:
        host.share("lan0", "via", "auto")
        assert state(host) == ("waiting", "no-primary")
    finally:
        host.run("nmcli connection up wired")
    await_state(host, "active", "none")
    client.dhcp()
    assert client.get() == ETH1


def test_lan_that_is_unplugged_for_a_while(spare):
    spare.plug("lan5")
    spare.share("lan5", "via", "ppp0")
    spare.unplug("lan5")
    await_state(spare, "waiting", "lan-missing", lan="lan5")
    client = spare.plug("lan5")
    await_state(spare, "active", "none", lan="lan5")
    client.dhcp()
    assert client.get() == PPP0
    spare.unshare("lan5")


def test_lan_that_is_gone_can_be_ended(host):
    host.plug("lan5")
    try:
        host.share("lan5", "via", "ppp0")
    finally:
        host.unplug("lan5")
    host.unshare("lan5")


def test_share_of_a_lan_that_is_missing(host):
    done = host.sharectl("share", "lan9", "via", "ppp0")
    assert done.returncode == 3 and "lan9" in done.stderr


def test_new_network_on_the_host_that_overlaps(host, client):
    """The host joins a network that has the LAN's addresses: what it joins must stay usable."""
    host.share("lan0", "via", "ppp0")
    host.run("ip address add 192.168.137.200/24 dev eth1")
    try:
        wait_for(lambda: host.json("status")["shares"][0]["address"] != "192.168.137.1/24"
                 or state(host)[1] == "address-conflict", timeout=5)
    finally:
        host.run("ip address del 192.168.137.200/24 dev eth1")


def test_changes_are_signalled(host, bus, dialed_later):
    path = bus.call("ShareConnection", "('lan0', 'ppp0')")[0]
    added = [row for row in bus.signals() if row[2] == "InterfacesAdded"]
    assert [row[3][0] for row in added] == [path]
    host.dial()
    await_state(host, "active", "none")
    changed = {}
    for _, _, name, arguments in bus.signals():
        if name == "PropertiesChanged":
            changed.update(arguments[1])
    assert changed["State"] == "active" and changed["Uplink"] == "ppp0"
    bus.call("StopSharing", "('lan0',)")
    removed = wait_for(lambda: [row for row in bus.signals() if row[2] == "InterfacesRemoved"])
    assert removed[0][3][0] == path


def test_monitor_tells(host, dialed_later):
    monitor = host.popen(["sharectl", "monitor", "--json"])
    host.share("lan0", "via", "ppp0")
    host.dial()
    await_state(host, "active", "none")
    host.unshare("lan0")
    lines = []
    while not lines or lines[-1]["event"] != "removed":
        lines.append(json.loads(monitor.stdout.readline()))
    monitor.kill()
    monitor.communicate()
    states = [line["state"] for line in lines if "state" in line]
    assert "waiting" in states and "active" in states
