# SPDX-License-Identifier: GPL-2.0-or-later
#
# One share waits for a program that does not answer: nobody else does.  How long it takes to
# follow an uplink meanwhile, tests/bench/follow says.
#
import contextlib
import time

import pytest
from follow import TABLE, await_state, dial, share_of
from host import wait_for
from test_faults import replaced

# The program that does not answer is waited for longer than that.
LIMIT = 10
# A dnsmasq that does not begin while /run/hold has a file with its LAN's name.
HELD_DNSMASQ = """#!/bin/sh
for hold in /run/hold/*
do
  case "$*" in *"${hold##*/}"*) while [ -e "$hold" ]; do sleep 0.02; done ;; esac
done
exec /usr/sbin/dnsmasq.away "$@"
"""


def dnsmasq_of(host, lan):
    return int(host.run(["pgrep", "-f", f"dnsmasq .*{lan}"]).split()[0])


@pytest.fixture
def shared(spare):
    spare.share("lan0", "via", "ppp0")
    spare.client.dhcp()
    return spare


def await_starting(host):
    wait_for(lambda: ("lan1", "starting") in [(share["lan"], share["state"])
                                              for share in host.json("status")["shares"]])


@contextlib.contextmanager
def lan1_waits(host):
    """NetworkManager is asked to set lan1 up, and does not answer."""
    with host.stopped("NetworkManager"):
        caller = host.popen(["sharectl", "share", "lan1", "via", "ppp0"])
        await_starting(host)
        yield caller
    assert caller.wait(30) == 0, caller.communicate()
    await_state(host, "active", "none", lan="lan1")


def follows(host, number):
    host.hang_up()
    address = dial(host, number)
    begin = time.monotonic()
    wait_for(lambda: host.client.can_get("http://192.0.2.80/", timeout=1), timeout=30)
    assert time.monotonic() - begin < LIMIT
    assert host.client.get("http://192.0.2.80/") == address


def test_uplink_is_followed_while_network_manager_is_stopped(shared):
    with lan1_waits(shared):
        for number in range(3):
            follows(shared, number)
        assert share_of(shared, "lan1")["state"] == "starting"


def test_damage_is_repaired_meanwhile(shared):
    table = shared.run(TABLE)
    with lan1_waits(shared):
        for wreck in ("nft flush ruleset", "ip rule del pref 5000"):
            shared.run(wreck)
            wait_for(lambda: "from_lan0" in shared.call(TABLE).stdout
                     and "lan0" in shared.run("ip rule"), timeout=LIMIT)
            wait_for(lambda: shared.client.can_get("http://192.0.2.80/"), timeout=LIMIT)
    shared.unshare("lan1")
    wait_for(lambda: shared.run(TABLE) == table)


def test_orders_are_answered_meanwhile(shared):
    shared.plug("lan5")
    shared.run("nmcli device set lan5 managed no")
    with lan1_waits(shared):
        begin = time.monotonic()
        shared.share("lan5", "via", "ppp0")
        shared.unshare("lan5")
        assert shared.sharectl("doctor").returncode in (0, 1)
        assert time.monotonic() - begin < 10


def test_unshared_while_it_waits(shared):
    """In the order in which they were asked for."""
    table = shared.run(TABLE)
    with shared.stopped("NetworkManager"):
        first = shared.popen(["sharectl", "share", "lan1", "via", "ppp0"])
        await_starting(shared)
        caller = shared.popen(["sharectl", "unshare", "lan1"])
        time.sleep(0.3)
        assert caller.poll() is None
    first.communicate()
    assert caller.wait(30) == 0, caller.communicate()
    assert [share["lan"] for share in shared.json("status")["shares"]] == ["lan0"]
    wait_for(lambda: shared.run(TABLE) == table)


def test_uplink_is_followed_while_another_dnsmasq_is_stopped(shared):
    shared.share("lan1", "via", "ppp0")
    with shared.stopped(dnsmasq_of(shared, "lan1")):
        for number in range(3):
            follows(shared, number)
    await_state(shared, "active", "none", lan="lan1", timeout=30)


def forwards(host, name):
    return host.run(["cat", f"/proc/sys/net/ipv4/conf/{name}/forwarding"]) == "1"


def test_what_one_that_waits_has_found(spare):
    """Another with its uplink, planned when that forwards already, outlives it."""
    lans = ("lan0", "lan1")
    before = [forwards(spare, name) for name in (*lans, "ppp0")]
    assert not any(before)
    spare.path("/run/hold").mkdir()
    holds = [spare.path(f"/run/hold/{lan}") for lan in lans]
    callers = []
    with replaced(spare, "/usr/sbin/dnsmasq", HELD_DNSMASQ):
        for lan, hold in zip(lans, holds):
            spare.run(["nmcli", "device", "set", lan, "managed", "no"])
            hold.touch()
            callers.append(spare.popen(["sharectl", "share", lan, "via", "ppp0"]))
            wait_for(lambda lan=lan: forwards(spare, lan) and forwards(spare, "ppp0"))
        for lan, hold, caller in zip(lans, holds, callers):
            hold.unlink()
            assert caller.wait(30) == 0, caller.communicate()
            spare.unshare(lan)
    assert [forwards(spare, name) for name in (*lans, "ppp0")] == before


def test_killed_while_it_waits(shared):
    """The next service puts back what was begun, and shares."""
    with shared.stopped("NetworkManager"):
        caller = shared.popen(["sharectl", "share", "lan1", "via", "ppp0"])
        await_starting(shared)
        shared.kill("connshared")
        caller.communicate()
    shared.sharectl("status")
    for lan in ("lan0", "lan1"):
        await_state(shared, "active", "none", lan=lan, timeout=20)
    shared.client2.dhcp()
    assert shared.client2.can_get("http://192.0.2.80/")
