# SPDX-License-Identifier: GPL-2.0-or-later
#
# An uplink that is dialed again and again: each time with another address and another
# interface number, and nobody gives a command.
#
import pytest
from follow import add_profile, await_state, await_uplink, dial, index, wire
from host import wait_for


@pytest.fixture
def hung_up(host):
    host.hang_up()
    yield
    host.call("ip link del ppp0")
    host.dial()


def assert_short_way(host):
    """The packets of a flow are known by the interfaces' numbers, which are new."""
    flows = host.run("nft list map inet connshare flows")
    answers = host.run("nft list map inet connshare answers")
    assert 'established . "lan0" . "ppp0" : jump flow_lan0' in flows
    assert 'ipv4 . "ppp0" . "lan0" : "received_lan0"' in answers


def test_ten_redials(host, client, hung_up):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    seen = set()
    for number in range(10):
        address = dial(host, number)
        seen.add(index(host, "ppp0"))
        wait_for(lambda: client.can_get("http://192.0.2.80/", timeout=1))
        assert client.get("http://192.0.2.80/") == address
        assert client.resolve("asker.test") == [address]
        assert_short_way(host)
        host.hang_up()
        await_state(host, "waiting", "uplink-missing")
    assert len(seen) == 10


def test_redials_that_nobody_waits_for(host, client, hung_up):
    """Gone and back before the service may have looked."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    for number in range(10):
        address = dial(host, number)
        if number < 9:
            host.hang_up()
    wait_for(lambda: client.can_get("http://192.0.2.80/", timeout=1))
    assert client.get("http://192.0.2.80/") == address
    assert_short_way(host)


def test_new_address_on_the_same_interface(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.internet.run("ip address add 203.0.113.1 peer 203.0.113.99/32 dev isp-ppp0")
    host.run("ip address add 203.0.113.99 peer 203.0.113.1/32 dev ppp0; "
             "ip address del 203.0.113.10 peer 203.0.113.1/32 dev ppp0")
    try:
        wait_for(lambda: client.call("curl -s -m 1 http://192.0.2.80/").stdout == "203.0.113.99\n")
        assert client.resolve("asker.test") == ["203.0.113.99"]
    finally:
        host.hang_up()
        host.dial()


def test_profile_that_comes_back_with_another_address(spare):
    with wire(spare, "wan7"):
        add_profile(spare, "line", "wan7")
        spare.run("nmcli connection up line")
        spare.share("lan0", "via", "line")
        spare.client.dhcp()
        for number in range(3, 6):
            spare.run("nmcli connection down line")
            await_state(spare, "waiting", "uplink-down")
            spare.run("nmcli connection modify --temporary line ipv4.addresses "
                      f"100.64.7.{number}/24 && nmcli connection up line")
            await_uplink(spare, "wan7")
            assert spare.client.get("http://192.0.2.80/") == f"100.64.7.{number}"
            assert spare.client.resolve("asker.test") == [f"100.64.7.{number}"]
        spare.unshare("lan0")
