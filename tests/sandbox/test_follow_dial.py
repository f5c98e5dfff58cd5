# SPDX-License-Identifier: GPL-2.0-or-later
#
# A profile that is down is brought up, as a modem is dialed; what the user does to it counts.
#
import time

import pytest
from follow import ETH1, await_state, await_uplink, message, profile, state, wire
from host import wait_for


@pytest.fixture
def line(host):
    with wire(host, "wan7"), profile(host, "line", "wan7"):
        yield "line"
        host.unshare("--all")


@pytest.fixture
def broken(host):
    """Its uplink has no DHCP server."""
    with wire(host, "wan7"), profile(host, "broken", "wan7"):
        host.run("nmcli connection modify --temporary broken ipv4.addresses '' ipv4.gateway '' "
                 "ipv4.method auto ipv4.dhcp-timeout 1 connection.autoconnect-retries 1")
        yield "broken"
        host.unshare("--all")


def dials(host, name):
    """How often that profile was dialed so far."""
    return host.log().count(f'lan0: connecting "{name}"')


def is_up(host, name):
    return name in host.run("nmcli -t -g NAME connection show --active").splitlines()


def test_profile_is_brought_up(host, client, line):
    host.share("lan0", "via", line)
    await_uplink(host, "wan7")
    client.dhcp()
    assert client.get() == "100.64.7.2"


def test_without_dial_it_waits(host, line):
    host.share("lan0", "via", line, "--no-dial")
    assert state(host) == ("waiting", "uplink-down")
    assert not is_up(host, line)
    host.run("nmcli connection up line")
    await_uplink(host, "wan7")


def test_auto_dials_nobody(host, line):
    host.run("nmcli device disconnect eth1")
    try:
        host.share("lan0", "via", "auto")
        assert state(host) == ("waiting", "no-primary")
        assert not is_up(host, line)
    finally:
        host.run("nmcli connection up wired")


def test_end_of_the_share_leaves_it_up(host, line):
    host.share("lan0", "via", line)
    await_uplink(host, "wan7")
    host.unshare("lan0")
    assert is_up(host, line)


def test_list_dials_its_preferred_profile(host, line):
    host.share("lan0", "via", "line,eth1")
    await_uplink(host, "wan7")


def test_failure_is_told_with_the_reason(host, broken):
    host.share("lan0", "via", broken)
    await_state(host, "waiting", "uplink-down", timeout=20)
    told = message(host)
    assert "broken" in told and "could not connect" in told
    assert "ip config" in told.lower() or "dhcp" in told.lower(), told


def test_failure_is_not_tried_again_at_once(host, broken):
    host.share("lan0", "via", broken)
    await_state(host, "waiting", "uplink-down", timeout=20)
    tries = dials(host, "broken")
    time.sleep(3)
    assert dials(host, "broken") == tries


def test_list_goes_on_while_its_preferred_fails(host, client, broken):
    host.share("lan0", "via", "broken,eth1")
    await_uplink(host, "eth1")
    client.dhcp()
    assert client.get() == ETH1


def test_sharing_again_dials_again(host, broken):
    host.share("lan0", "via", broken)
    await_state(host, "waiting", "uplink-down", timeout=20)
    tries = dials(host, "broken")
    host.share("lan0", "via", broken)
    wait_for(lambda: dials(host, "broken") == tries + 1)


def test_hung_up_by_the_user_stays_down(host, line):
    host.share("lan0", "via", line)
    await_uplink(host, "wan7")
    host.run("nmcli connection down line")
    await_state(host, "waiting", "uplink-down")
    assert "user" in message(host)
    time.sleep(2)
    assert not is_up(host, line)
    host.share("lan0", "via", line)
    await_uplink(host, "wan7")


def test_lost_line_is_dialed_again(host, line):
    """Not the user's doing: the cable was out for longer than NetworkManager waits for it."""
    host.share("lan0", "via", line)
    await_uplink(host, "wan7")
    before = dials(host, line)
    host.internet.run("ip link set isp-wan7 down")
    wait_for(lambda: dials(host, line) > before, timeout=15)
    host.internet.run("ip link set isp-wan7 up")
    await_uplink(host, "wan7", timeout=15)


def test_modem_that_is_plugged_in_again(host, line):
    host.share("lan0", "via", line)
    await_uplink(host, "wan7")
    host.run("ip link del wan7")
    await_state(host, "waiting", "uplink-down")
    with wire(host, "wan7"):
        await_uplink(host, "wan7")
        host.unshare("lan0")


def test_deactivated_device_is_the_users_will(host, line):
    host.share("lan0", "via", line)
    await_uplink(host, "wan7")
    host.run("nmcli device disconnect wan7")
    await_state(host, "waiting", "uplink-down")
    time.sleep(1)
    assert not is_up(host, line)
