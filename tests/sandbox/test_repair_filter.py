# SPDX-License-Identifier: GPL-2.0-or-later
#
# What other programs do to the share's own part of the packet filter is repaired at once, and
# whoever insists does not keep the machine busy.  How long it takes, tests/bench/repair says.
#
import contextlib
import os
import time

import pytest
from follow import PPP0, TABLE, capture
from host import wait_for

WRECKS = {
    "ruleset": "nft flush ruleset",
    "table": "nft delete table inet connshare",
    "rules": "nft flush table inet connshare",
    "chain": "nft flush chain inet connshare from_lan0",
    "base chain": "nft delete chain inet connshare forward",
    "rule": "nft insert rule inet connshare forward drop",
    "element": "nft delete element inet connshare from_lan '{ \"lan0\" }'",
    "answers": "nft flush map inet connshare answers",
    "set": "nft flush set inet connshare masqueraded",
    "policy": "nft 'chain inet connshare forward { policy drop; }'",
    "ruleset, and another": "nft 'flush ruleset; table ip other { chain c { }; }'",
}


@pytest.fixture
def shared(host):
    host.share("lan0", "via", "ppp0")
    host.client.dhcp()
    yield host
    host.call("nft delete table ip other")


def repairs(host):
    return host.log().count("repairing it")


@pytest.mark.parametrize("wreck", WRECKS.values(), ids=WRECKS)
def test_own_table_is_made_whole(shared, wreck):
    table, count = shared.run(TABLE), repairs(shared)
    shared.run(wreck)
    wait_for(lambda: shared.call(TABLE).stdout.strip() == table, what="not repaired")
    assert shared.client.get() == PPP0
    time.sleep(0.2)
    assert shared.run(TABLE) == table
    assert repairs(shared) == count + 1


@pytest.mark.parametrize("wreck", [
    "ip rule del pref 5000",
    "ip rule add from 10.9.9.9 lookup 13700 pref 32000; ip rule del pref 5000",
    "ip rule flush protocol 137",
    "ip -6 rule flush protocol 137",
])
def test_policy_rules_are_put_back(shared, wreck):
    """Also where somebody else's lead to the share's table."""
    ours = "{ ip rule; ip -6 rule; } | grep 'proto 137'"
    before, log = shared.run(ours), len(shared.log())
    try:
        shared.run(wreck)
        wait_for(lambda: shared.run(ours) == before, what="not repaired")
        assert shared.client.get() == PPP0
        assert "waiting" not in shared.log()[log:]
    finally:
        shared.call("ip rule del from 10.9.9.9")


def test_counters_go_on_after_a_repair(shared):
    shared.client.get()
    before = shared.bus().property("/org/connshare1/share/lan0", "BytesSent")
    table = shared.run(TABLE)
    shared.run("nft flush chain inet connshare from_lan0")
    wait_for(lambda: shared.run(TABLE) == table)
    assert shared.bus().property("/org/connshare1/share/lan0", "BytesSent") >= before > 0


def test_changes_of_others_to_their_own_are_no_damage(shared):
    count = repairs(shared)
    for number in range(5):
        shared.run(f"nft 'table ip other {{ chain c{number} {{ }}; }}'")
    time.sleep(0.3)
    assert repairs(shared) == count


def used(host):
    """Processor time of the service, in seconds."""
    stat = host.path(f"/proc/{host.pids('connshared')[0]}/stat").read_text()
    return sum(map(int, stat.rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def wrecked(host, wreck):
    """Again and again, for as long as it lasts."""
    insists = host.popen(f"while sleep 0.02; do {wreck}; done 2>/dev/null")
    try:
        yield
    finally:
        insists.kill()
        insists.communicate()


def test_filter_is_put_back_however_often(spare):
    """Nobody's packets wait for a pause to end; the journal and the machine are spared."""
    spare.share("lan0", "via", "ppp0")
    table, before = spare.run(TABLE), used(spare)
    with wrecked(spare, "nft flush ruleset"):
        time.sleep(4)
        assert "another program" in spare.sharectl("doctor").stdout
    wait_for(lambda: spare.call(TABLE).stdout.strip() == table, timeout=2)
    assert used(spare) - before < 2.5
    assert 5 <= repairs(spare) <= 10


@pytest.mark.parametrize("wreck, leak", [("nft flush ruleset", "ppp0"),
                                         ("ip rule del pref 5000", "eth1")])
def test_nothing_goes_astray_after_many_repairs(shared, wreck, leak):
    """When others would have to wait."""
    with capture(shared, leak) as packets:
        with wrecked(shared, wreck):
            time.sleep(2)
        time.sleep(0.2)  # the last one may have been under way
        wait_for(lambda: "masqueraded" in shared.call(TABLE).stdout)
        wait_for(lambda: shared.client.can_get("http://192.0.2.80/"))
        shared.run(wreck)
        assert shared.sharectl("share", "lan0", "via", "ppp0").returncode == 0
        assert shared.client.get("http://192.0.2.80/") == PPP0
        time.sleep(0.1)
        shared.client.call("ping -c 20 -i 0.01 -W 1 192.0.2.80")
    leaked = [packet for packet in packets if "IP 192.168.137." in packet]
    assert not leaked, leaked[:5]
