# SPDX-License-Identifier: GPL-2.0-or-later
#
# An uplink that comes up with the LAN's own network.
#
import time

import pytest
from follow import (PPP0, Traffic, await_state, await_uplink, message, profile, share_of,
                    wire)
from host import HERE, wait_for

LEASE_HOOK = HERE / "dhcp-script"


@pytest.fixture
def colliding(host):
    """A profile whose network is the first that a LAN gets."""
    with wire(host, "wan7"), profile(host, "home", "wan7", "192.168.137.7"):
        host.internet.run("ip address add 192.168.137.1/24 dev isp-wan7")
        yield "home"
        host.unshare("--all")


def test_lan_moves(host, client, colliding):
    host.share("lan0", "via", "ppp0,home", "--no-dial")
    client.dhcp()
    host.run(f"nmcli connection up {colliding}")
    wait_for(lambda: share_of(host)["address"] == "192.168.138.1/24")
    await_uplink(host, "ppp0")
    assert host.addresses() == ["192.168.138.1/24"]
    assert client.dhcp()["router"] == "192.168.138.1"
    assert client.get() == PPP0


def test_lan_moves_for_its_own_uplink(host, client, colliding):
    host.share("lan0", "via", colliding, "--no-dial")
    assert client.dhcp()["router"] == "192.168.137.1"
    host.run(f"nmcli connection up {colliding}")
    await_uplink(host, "wan7")
    assert share_of(host)["address"] == "192.168.138.1/24"
    assert client.dhcp()["router"] == "192.168.138.1"
    assert client.get("http://192.0.2.80/") == "192.168.137.7"


def test_route_is_never_ambiguous(host, client, colliding):
    """The host reaches its new neighbours, not the LAN."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.run(f"nmcli connection up {colliding}")
    wait_for(lambda: share_of(host)["address"] == "192.168.138.1/24")
    assert "dev wan7" in host.run("ip route get 192.168.137.50")
    assert host.run("ip route show 192.168.137.0/24").count("\n") == 0


def losses_of_link(client):
    return int(client.run("cat /sys/class/net/eth0/carrier_down_count"))


def test_client_is_told(host, client, colliding):
    """Its link goes down and up, as if the cable had been pulled, so it asks for a new lease."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    before = losses_of_link(client)
    host.run(f"nmcli connection up {colliding}")
    wait_for(lambda: losses_of_link(client) > before)
    assert client.dhcp(timeout=5)["router"] == "192.168.138.1"
    assert losses_of_link(client) == before + 1


def test_old_address_is_refused_when_it_is_renewed(host, client, colliding):
    """What makes a client drop its old lease: dnsmasq says no to it at once."""
    host.share("lan0", "via", "ppp0")
    old = client.dhcp()["ip"]
    host.run(f"nmcli connection up {colliding}")
    wait_for(lambda: share_of(host)["address"] == "192.168.138.1/24")
    out = client.run(["udhcpc", "-f", "-q", "-n", "-i", "eth0", "-r", old, "-t", "5", "-T", "1",
                      "-s", str(LEASE_HOOK)], 10)
    assert "lease router=192.168.138.1" in out


def test_lan_stays_where_it_is_afterwards(host, client, colliding):
    host.share("lan0", "via", "ppp0")
    host.run(f"nmcli connection up {colliding}")
    wait_for(lambda: share_of(host)["address"] == "192.168.138.1/24")
    host.run(f"nmcli connection down {colliding}")
    await_uplink(host, "ppp0")
    time.sleep(0.5)
    assert share_of(host)["address"] == "192.168.138.1/24"


def test_address_set_by_hand(host, client, colliding):
    host.share("lan0", "via", "ppp0", "--address", "192.168.137.1/24")
    client.dhcp()
    host.run(f"nmcli connection up {colliding}")
    await_state(host, "failed", "address-conflict")
    assert "192.168.137" in message(host)
    assert host.addresses() == []
    assert not client.can_get("http://192.0.2.80/", timeout=1)
    assert "dev wan7" in host.run("ip route get 192.168.137.50")
    host.run(f"nmcli connection down {colliding}")
    await_state(host, "active", "none")
    assert client.dhcp()["router"] == "192.168.137.1"
    assert client.get() == PPP0


def test_running_flow_survives_the_move_after_a_new_lease(host, client, colliding):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.run(f"nmcli connection up {colliding}")
    wait_for(lambda: share_of(host)["address"] == "192.168.138.1/24")
    client.dhcp()
    with Traffic(client, "flow", "50") as traffic:
        time.sleep(0.5)
    assert len(traffic.report["ping"]) > 15 and len(traffic.report["udp"]) > 15
