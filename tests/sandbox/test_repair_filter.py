# SPDX-License-Identifier: GPL-2.0-or-later
#
# What other programs do to the share's own part of the packet filter is repaired at once, and
# whoever insists does not keep the machine busy.  How long it takes, tests/bench/repair says.
#
import time

import pytest
from follow import PPP0
from host import wait_for

TABLE = "nft -s list table inet connshare"
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
    wait_for(lambda: shared.call(TABLE).stdout.strip() == table, timeout=3, what="not repaired")
    assert shared.client.get() == PPP0
    time.sleep(0.2)
    assert shared.run(TABLE) == table
    assert repairs(shared) == count + 1


def test_counters_go_on_after_a_repair(shared):
    shared.client.get()
    before = shared.bus().property("/org/connshare1/share/lan0", "BytesSent")
    table = shared.run(TABLE)
    shared.run("nft flush chain inet connshare from_lan0")
    wait_for(lambda: shared.run(TABLE) == table, timeout=3)
    assert shared.bus().property("/org/connshare1/share/lan0", "BytesSent") >= before > 0


def test_changes_of_others_to_their_own_are_no_damage(shared):
    count = repairs(shared)
    for number in range(5):
        shared.run(f"nft 'table ip other {{ chain c{number} {{ }}; }}'")
    time.sleep(0.3)
    assert repairs(shared) == count


def test_other_repairer_is_not_fought_without_end(spare):
    spare.share("lan0", "via", "ppp0")
    table = spare.run(TABLE)
    insists = spare.popen("while sleep 0.02; do nft delete table inet connshare; done 2>/dev/null")
    time.sleep(4)
    insists.kill()
    insists.communicate()
    assert 5 <= repairs(spare) <= 10
    wait_for(lambda: spare.call(TABLE).stdout.strip() == table, timeout=10)
