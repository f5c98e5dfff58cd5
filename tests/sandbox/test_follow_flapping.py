# SPDX-License-Identifier: GPL-2.0-or-later
#
# A hundred changes in ten seconds end in the right state, and cost little.
#
import os
import time

import pytest
from follow import ETH1, PPP0, await_state, await_uplink, rulesets, state
from host import wait_for

CHANGES, SECONDS = 100, 10
# An uplink may be lost for longer, and return, six times before it counts as unstable
# (daemon/core/value/damping.h); one that blinks, as here on an idle machine, three times.
HANDFUL = 18
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


def is_at_rest(host):
    """A client that has just come is counted from its first look on, half a second later."""
    before = rulesets(host)
    time.sleep(1)
    return rulesets(host) == before


class Flap:
    """Changes, ten a second, and what the service made of them: passes that changed the host,
    lines in the journal, and seconds of processor time.  Where the machine is so busy that the
    changes come slower, a handful is more."""

    def __init__(self, host, first, second, changes=CHANGES):
        wait_for(lambda: "connshare_left" not in host.run("nft list tables"))  # goes by itself
        wait_for(lambda: is_at_rest(host))
        begin, start = len(host.log()), time.monotonic()
        seconds, passes = processor_time(host, "connshared"), rulesets(host)
        host.run(SCRIPT.format(turns=changes // 2, first=first, second=second,
                               pause=SECONDS / CHANGES - 0.01))
        self.passes = rulesets(host) - passes
        self.stretch = max(1, (time.monotonic() - start) / (changes * SECONDS / CHANGES))
        self.handful = HANDFUL * self.stretch
        self.lines = host.log()[begin:].count("connshare-Message")
        self.seconds = processor_time(host, "connshared") - seconds
        self.said = host.log()[begin:]


@pytest.fixture(autouse=True)
def line(host):
    """A new one afterwards: NetworkManager may have given up what went up and down so often."""
    yield
    host.hang_up()
    host.dial()


@pytest.fixture
def shared(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    return host


def test_flapping_link(shared, client, sanitized):
    flap = Flap(shared, "ip link set ppp0 down", "ip link set ppp0 up")
    await_state(shared, "active", "none")
    assert client.get() == PPP0
    assert flap.passes <= flap.handful and flap.lines <= 2 * flap.handful
    assert "lan0: waiting: the uplink keeps going up and down" in flap.said
    assert sanitized or flap.seconds < 2


def test_user_is_not_kept_waiting(shared, client):
    Flap(shared, "ip link set ppp0 down", "ip link set ppp0 up", 10)
    shared.share("lan0", "via", "ppp0")
    assert state(shared) == ("active", "none")
    assert client.get() == PPP0


def test_flapping_address(shared, client, sanitized):
    flap = Flap(shared, "ip address del 203.0.113.10 peer 203.0.113.1/32 dev ppp0",
                "ip address add 203.0.113.10 peer 203.0.113.1/32 dev ppp0", 40)
    await_state(shared, "active", "none")
    assert client.get() == PPP0
    assert flap.passes <= flap.handful
    assert sanitized or flap.seconds < 2


def test_flapping_details(shared, client, sanitized):
    """The share stays as it is, and comes to what is right in the end."""
    flap = Flap(shared, "ip link set ppp0 mtu 1500", "ip link set ppp0 mtu 1400", 40)
    assert state(shared) == ("active", "none")
    assert flap.passes <= 16 * flap.stretch + 1 and flap.lines == 0
    assert sanitized or flap.seconds < 2
    wait_for(lambda: client.get("http://192.0.2.80/mss") == "1360")
    shared.run("ip link set ppp0 mtu 1500")


def test_flapping_preferred_uplink_of_a_list(host, client, sanitized):
    """It is never ready for as long as it must be, so the second choice stays."""
    host.share("lan0", "via", "ppp0,eth1")
    client.dhcp()
    host.run("ip link set ppp0 down")
    await_uplink(host, "eth1")
    switches = host.log().count("lan0 is shared via ppp0")
    flap = Flap(host, "ip link set ppp0 up", "ip link set ppp0 down", 40)
    assert host.log().count("lan0 is shared via ppp0") == switches
    assert client.get("http://192.0.2.80/") == ETH1
    assert flap.passes == 0
    assert sanitized or flap.seconds < 2
    host.run("ip link set ppp0 up")
    await_uplink(host, "ppp0")
    assert client.get() == PPP0


def test_changes_elsewhere_change_nothing(shared, client, sanitized):
    """Addresses come and go on another interface: no step is run."""
    flap = Flap(shared, "ip address add 10.77.0.1/24 dev eth1",
                "ip address del 10.77.0.1/24 dev eth1", 40)
    assert flap.passes == flap.lines == 0
    assert sanitized or flap.seconds < 2
    assert client.get() == PPP0


def test_burst_is_one_pass(shared, client):
    told = shared.log().count("connshare-Message")
    shared.run("for i in $(seq 50); do echo link set ppp0 down; echo link set ppp0 up; done "
               "| ip -batch -")
    await_state(shared, "active", "none")
    wait_for(lambda: client.can_get("http://192.0.2.80/", timeout=1))
    assert shared.log().count("connshare-Message") - told <= 12
