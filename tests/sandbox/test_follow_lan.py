# SPDX-License-Identifier: GPL-2.0-or-later
#
# The LAN's device: unplugged and plugged in again, switched off and on, and taken by the user
# for something else.
#
import pytest
from follow import PPP0, await_state, await_uplink, index, message
from host import wait_for


@pytest.fixture
def usb(spare):
    """A share of an adapter that can be unplugged."""
    spare.plug("lan5")
    spare.share("lan5", "via", "ppp0")
    yield spare
    spare.unshare("lan5")


def test_unplugged_and_plugged_in(usb):
    numbers = {index(usb, "lan5")}
    for _ in range(5):
        usb.unplug("lan5")
        await_state(usb, "waiting", "lan-missing", lan="lan5")
        assert "lan5" in message(usb, "lan5")
        client = usb.plug("lan5")
        await_state(usb, "active", "none", lan="lan5")
        numbers.add(index(usb, "lan5"))
        client.dhcp()
        assert client.get() == PPP0
        assert client.resolve("asker.test") == [PPP0]
    assert len(numbers) == 6


def test_replugged_before_anybody_looks(usb):
    usb.unplug("lan5")
    client = usb.plug("lan5")
    wait_for(lambda: client.call("udhcpc -f -q -n -i eth0 -t 1 -T 1 -s /bin/true").returncode == 0,
             timeout=20)
    client.dhcp()
    assert client.get() == PPP0


def test_unplugged_while_the_service_is_dead(usb):
    usb.kill("connshared")
    usb.unplug("lan5")
    await_state(usb, "waiting", "lan-missing", lan="lan5")
    client = usb.plug("lan5")
    await_state(usb, "active", "none", lan="lan5")
    client.dhcp()
    assert client.get() == PPP0


def test_down_and_up(host, client):
    host.share("lan0", "via", "ppp0")
    host.run("ip link set lan0 down")
    host.run("ip link set lan0 up")
    await_state(host, "active", "none")
    wait_for(lambda: "192.168.137.1/24" in host.addresses())
    client.dhcp()
    assert client.get() == PPP0


def test_cable_pulled_and_put_back(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    client.run("ip link set eth0 down; sleep 1; ip link set eth0 up")
    wait_for(lambda: client.call("udhcpc -f -q -n -i eth0 -t 1 -T 1 -s /bin/true").returncode == 0)
    client.dhcp()
    assert client.get() == PPP0


@pytest.fixture
def other_profile(spare):
    spare.run("nmcli connection add save no type ethernet ifname lan0 con-name other "
             "autoconnect no ipv4.method manual ipv4.addresses 172.20.0.5/24 ipv6.method ignore")
    yield "other"
    spare.unshare("--all")


def test_taken_by_another_profile_and_given_back(spare, other_profile):
    spare.share("lan0", "via", "ppp0")
    spare.run("nmcli connection up other")
    await_state(spare, "waiting", "lan-taken")
    assert "lan0" in message(spare)
    assert spare.addresses() == ["172.20.0.5/24"]
    spare.run("nmcli connection delete other")
    await_state(spare, "active", "none")
    spare.client.dhcp()
    assert spare.client.get() == PPP0


def test_taken_and_shared_again(spare, other_profile):
    """Whoever asks again wants it again."""
    spare.share("lan0", "via", "ppp0")
    spare.run("nmcli connection up other")
    await_state(spare, "waiting", "lan-taken")
    spare.share("lan0", "via", "ppp0")
    await_uplink(spare, "ppp0")
    spare.client.dhcp()
    assert spare.client.get() == PPP0


def test_disconnected_and_shared_again_as_the_doctor_says(spare):
    spare.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
    spare.run("nmcli device disconnect lan0")
    await_state(spare, "waiting", "lan-taken")
    remedy, = (one["remedy"] for one in spare.findings() if one["code"] == "lan-taken")
    spare.run(remedy)
    await_uplink(spare, "ppp0")
    assert spare.json("status")["shares"][0]["address"] == "192.168.50.1/24"
    spare.unshare("lan0")


def test_taken_lan_is_not_fought_over(spare, other_profile):
    spare.share("lan0", "via", "ppp0")
    for _ in range(3):
        spare.run("nmcli connection up other")
    await_state(spare, "waiting", "lan-taken")
    assert "other" in spare.run("nmcli -t -g NAME connection show --active")


def test_taken_lan_is_the_users(spare, other_profile):
    """What is forwarded there meanwhile, for containers or other networks, is left alone."""
    spare.share("lan0", "via", "ppp0")
    spare.run("nmcli connection up other")
    await_state(spare, "waiting", "lan-taken")
    spare.run("sysctl -qw net.ipv4.ip_forward=1; ip address add 10.5.0.1/24 dev lan1")
    for client, address, gateway in ((spare.client, "172.20.0.9", "172.20.0.5"),
                                     (spare.client2, "10.5.0.9", "10.5.0.1")):
        client.run(f"ip address add {address}/24 dev eth0; ip route add default via {gateway}")
    assert "1 received" in spare.client2.run("ping -c 1 -W 2 172.20.0.9")
