# SPDX-License-Identifier: GPL-2.0-or-later
#
# A hundred changes in ten seconds end in the right state, and cost little.
#
import os
import time

import pytest
from follow import ETH1, PPP0, await_state, await_uplink
from host import wait_for

CHANGES, SECONDS = 100, 10
SCRIPT = """for i in $(seq {turns}); do
{first}
sleep {pause}
{second}
sleep {pause}
done"""


def processor_time(host, program):
    text = host.path(f"/proc/{host.pids(program)[0]}/stat").read_text()
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def flap(host, first, second):
    """Returns the service's processor time, in seconds, and how many changes of state it told."""
    before, told = processor_time(host, "connshared"), host.log().count("connshare-Message")
    pause = SECONDS / CHANGES - 0.01
    host.run(SCRIPT.format(turns=CHANGES // 2, first=first, second=second, pause=pause))
    time.sleep(0.5)
    return (processor_time(host, "connshared") - before,
            host.log().count("connshare-Message") - told)


@pytest.fixture
def shared(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    return host


def test_flapping_link(shared, client, sanitized):
    seconds, told = flap(shared, "ip link set ppp0 down", "ip link set ppp0 up")
    await_state(shared, "active", "none")
    assert client.get() == PPP0
    assert sanitized or seconds < 2
    assert told <= 3 * CHANGES


def test_flapping_address(shared, client, sanitized):
    seconds, _ = flap(shared, "ip address del 203.0.113.10 peer 203.0.113.1/32 dev ppp0",
                      "ip address add 203.0.113.10 peer 203.0.113.1/32 dev ppp0")
    await_state(shared, "active", "none")
    assert client.get() == PPP0
    assert sanitized or seconds < 2


def test_flapping_preferred_uplink_of_a_list(host, client, sanitized):
    """It is never ready for as long as it must be, so the second choice stays."""
    host.share("lan0", "via", "ppp0,eth1")
    client.dhcp()
    host.run("ip link set ppp0 down")
    await_uplink(host, "eth1")
    switches = host.log().count("lan0 is shared via ppp0")
    seconds, _ = flap(host, "ip link set ppp0 up", "ip link set ppp0 down")
    assert host.log().count("lan0 is shared via ppp0") == switches
    assert client.get("http://192.0.2.80/") == ETH1
    assert sanitized or seconds < 2
    host.run("ip link set ppp0 up")
    await_uplink(host, "ppp0")
    assert client.get() == PPP0


def test_changes_elsewhere_change_nothing(shared, client, sanitized):
    """Addresses come and go on another interface: no step is run."""
    seconds, told = flap(shared, "ip address add 10.77.0.1/24 dev eth1",
                         "ip address del 10.77.0.1/24 dev eth1")
    assert told == 0
    assert sanitized or seconds < 2
    assert client.get() == PPP0


def test_burst_is_one_pass(shared, client):
    told = shared.log().count("connshare-Message")
    shared.run("for i in $(seq 50); do echo link set ppp0 down; echo link set ppp0 up; done "
               "| ip -batch -")
    await_state(shared, "active", "none")
    wait_for(lambda: client.can_get("http://192.0.2.80/", timeout=1))
    assert shared.log().count("connshare-Message") - told <= 12
