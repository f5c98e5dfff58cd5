# SPDX-License-Identifier: GPL-2.0-or-later
#
# From one uplink to another and back while a client's flows run: they go on without being
# told, by the other address, and so do the names that it asks.
#
import time

import pytest
from follow import (ETH1, PPP0, Traffic, await_state, await_uplink, capture, message, profile,
                    uplink, wire)
from host import wait_for

LIMIT = 3  # of a gap, on a machine that may be busy; tests/bench measures it
HOLD = 3.0   # CS_UPLINK_DWELL


def gap(rows):
    """The longest time between two requests that were answered, one after the other."""
    sent = [row[0] for row in rows]
    return max(after - before for before, after in zip(sent, sent[1:]))


@pytest.fixture
def better(host):
    """A second connection that the computer prefers to "wired" when it is up."""
    with wire(host, "wan7"), profile(host, "better", "wan7", metric=50):
        yield "better"
        host.unshare("--all")


def test_auto_away_and_back(host, client, better):
    host.share("lan0", "via", "auto")
    client.dhcp()
    with Traffic(client, "flow", "50") as traffic:
        time.sleep(0.5)
        for name, command in (("wan7", "up"), ("eth1", "down")):
            host.run(f"nmcli connection {command} {better}")
            await_uplink(host, name)
            time.sleep(0.5)
    for kind, rows in traffic.report.items():
        assert gap(rows) < LIMIT, f"{kind}: {gap(rows)} s"
        assert time.monotonic() - rows[-1][0] < 3


def test_list_away_and_back(host, client):
    host.share("lan0", "via", "ppp0,eth1")
    client.dhcp()
    with Traffic(client, "flow", "50") as traffic:
        time.sleep(0.5)
        host.hang_up()
        await_uplink(host, "eth1")
        assert client.get("http://192.0.2.80/") == ETH1
        host.dial()
        await_uplink(host, "ppp0")
        assert client.get("http://192.0.2.80/") == PPP0
        time.sleep(0.5)
    for kind, rows in traffic.report.items():
        assert gap(rows) < LIMIT, f"{kind}: {gap(rows)} s"


def test_flows_of_the_old_uplink_are_forgotten(host, client, better):
    """The old uplink stays: its flows would keep their address for as long as they are used."""
    host.share("lan0", "via", "auto")
    client.dhcp()
    with Traffic(client, "flow", "50"):
        time.sleep(0.2)
        host.run(f"nmcli connection up {better}")
        await_uplink(host, "wan7")
        with capture(host, "eth1", "wan7") as packets:
            time.sleep(0.3)
    assert not [line for line in packets if line.startswith("eth1")]
    assert any("100.64.7.2" in line for line in packets)
    assert not any(ETH1 in line for line in packets)


def test_names_are_asked_by_the_new_uplink(host, client, better):
    host.share("lan0", "via", "auto")
    client.dhcp()
    assert client.resolve("asker.test") == [ETH1]
    resolver = host.pids("dnsmasq")
    host.run(f"nmcli connection up {better}")
    await_uplink(host, "wan7")
    assert client.resolve("asker.test") == ["100.64.7.2"]
    assert host.pids("dnsmasq") == resolver


def test_name_server_of_the_new_uplink(host, client, better):
    """The wired connection's server is not the other's."""
    host.run(f"nmcli connection modify --temporary {better} ipv4.dns 198.18.1.1")
    host.share("lan0", "via", "better,wired")
    await_uplink(host, "wan7")
    client.dhcp()
    with capture(host, "wan7") as packets:
        client.call("dig +time=1 +tries=1 www.test")
    assert any("198.18.1.1.53" in line for line in packets)


def test_list_waits_for_the_preferred_one_to_stay(host, client):
    host.share("lan0", "via", "ppp0,eth1")
    host.hang_up()
    await_uplink(host, "eth1")
    began = time.monotonic()
    host.dial()
    wait_for(lambda: "is back" in message(host))
    assert uplink(host) == "eth1"
    await_uplink(host, "ppp0")
    assert HOLD - 0.2 < time.monotonic() - began < HOLD + 3


def test_list_does_not_flap(host, client):
    """The preferred uplink comes for a second, again and again."""
    host.share("lan0", "via", "ppp0,eth1")
    client.dhcp()
    host.hang_up()
    await_uplink(host, "eth1")
    changes = host.log().count("lan0 is shared via ppp0\n")
    for _ in range(5):
        host.dial()
        time.sleep(0.7)
        assert client.get("http://192.0.2.80/") == ETH1
        host.hang_up()
        time.sleep(0.2)
    assert host.log().count("lan0 is shared via ppp0\n") == changes
    host.dial()
    await_uplink(host, "ppp0")


def test_loss_of_the_link_is_enough(host, client):
    host.share("lan0", "via", "eth1,ppp0")
    client.dhcp()
    host.internet.run("ip link set isp1 down")
    try:
        await_uplink(host, "ppp0")
        assert client.get("http://192.0.2.80/") == PPP0
    finally:
        host.internet.run("ip link set isp1 up")
    await_uplink(host, "eth1")
    wait_for(lambda: "default via 198.18.1.1" in host.run("ip route"))


def test_all_of_a_list_are_away(host, client):
    host.share("lan0", "via", "ppp0,ppp1")
    client.dhcp()
    host.hang_up()
    try:
        await_state(host, "waiting", "uplink-missing")
        assert "ppp0" in message(host) and "ppp1" in message(host)
        assert not client.can_get("http://192.0.2.80/", timeout=1)
    finally:
        host.dial()
    await_uplink(host, "ppp0")
