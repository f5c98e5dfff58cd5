# SPDX-License-Identifier: GPL-2.0-or-later
#
# A LAN that cannot be one for a while: NetworkManager's networking is off, or its link.  The
# share says so, and what NetworkManager does by itself meanwhile is not taken for the user's act.
#
import pytest
from follow import PPP0, await_state, message
from host import wait_for

CAFE = """nmcli connection add save no type ethernet ifname lan0 con-name cafe autoconnect {}
    ipv4.method manual ipv4.addresses 10.5.5.5/24 ipv6.method disabled"""


def networking(host, on):
    host.run(["nmcli", "networking", "on" if on else "off"])


@pytest.fixture
def alone(spare):
    """Its uplink is none of NetworkManager's, which would take its address away."""
    spare.run("nmcli device set ppp0 managed no")
    spare.call("ip address replace 203.0.113.10 peer 203.0.113.1/32 dev ppp0; "
               "ip link set ppp0 up")
    return spare


def works(host):
    await_state(host, "active", "none")
    assert host.addresses() == ["192.168.137.1/24"]
    host.client.forget()
    host.client.dhcp()
    assert host.client.get("http://192.0.2.80/") == PPP0


@pytest.mark.parametrize("autoconnect", ["no", "yes"])
def test_networking_off_and_on(alone, autoconnect):
    alone.run(CAFE.format(autoconnect).replace("\n", " ") + " && nmcli connection up cafe")
    alone.share("lan0", "via", "ppp0")
    for _ in range(5):
        networking(alone, False)
        await_state(alone, "waiting", "lan-unavailable")
        assert "networking is off" in message(alone)
        networking(alone, True)
        works(alone)
    alone.unshare("lan0")
    wait_for(lambda: alone.addresses() == ["10.5.5.5/24"])


def test_shared_while_networking_is_off(alone):
    networking(alone, False)
    alone.share("lan0", "via", "ppp0")
    await_state(alone, "waiting", "lan-unavailable")
    networking(alone, True)
    works(alone)


def test_unshared_while_networking_is_off(alone):
    alone.share("lan0", "via", "ppp0")
    networking(alone, False)
    await_state(alone, "waiting", "lan-unavailable")
    alone.unshare("lan0")
    networking(alone, True)
    wait_for(lambda: alone.run("nmcli -g GENERAL.STATE device show lan0")[:2] == "30")
    assert alone.addresses() == []


@pytest.mark.parametrize("managed", ["yes", "no"])
def test_link_switched_off(spare, managed):
    spare.run(f"nmcli device set lan0 managed {managed}")
    spare.share("lan0", "via", "ppp0")
    spare.run("ip link set lan0 down")
    wait_for(lambda: "UP" in spare.run("ip -br link show lan0").split()[3].strip("<>").split(","))
    works(spare)


def test_address_taken_away(spare):
    spare.share("lan0", "via", "ppp0")
    spare.run("ip address flush dev lan0")
    wait_for(lambda: spare.addresses() == ["192.168.137.1/24"])
    works(spare)
