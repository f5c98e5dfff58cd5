# SPDX-License-Identifier: GPL-2.0-or-later
#
# What stands after "via": interfaces, profiles, types, auto, lists, and which of them is meant
# where a name could be several.
#
import pytest
from follow import (ETH1, PPP0, add_profile, await_state, await_uplink, message, profile, state,
                    uplink, wire)

WIRED = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize("spec, expected", [
    ("ppp0", "ppp0"), ("interface:ppp0", "ppp0"),
    ("wired", "eth1"), ("profile:wired", "eth1"), (WIRED, "eth1"), ("profile:" + WIRED, "eth1"),
    ("ethernet", "eth1"), ("type:ethernet", "eth1"), ("auto", "eth1"),
    ("Ethernet", "eth1"), ("type:ETHERNET", "eth1"), ("AUTO", "eth1"),
    ("ppp0,wired", "ppp0"), ("ppp9,wired,ppp0", "eth1"), ("wifi,mobile,ethernet", "eth1"),
])
def test_spec(host, client, spec, expected):
    host.share("lan0", "via", spec)
    await_uplink(host, expected)
    client.dhcp()
    assert client.get("http://192.0.2.80/") == {"ppp0": PPP0, "eth1": ETH1}[expected]


@pytest.mark.parametrize("spec, reason", [
    ("ppp9", "uplink-missing"), ("interface:wired", "uplink-missing"),
    ("wifi", "uplink-missing"), ("vpn", "uplink-missing"), ("wifi,ppp9", "uplink-missing"),
])
def test_spec_that_means_nothing_yet(host, spec, reason):
    told = host.share("lan0", "via", spec)
    assert "wait" in told
    assert state(host) == ("waiting", reason)


@pytest.mark.parametrize("spec, warning", [
    ("pp0", '"pp0"; did you mean "ppp0"?'), ("ppp0,Wried", '"Wried"; did you mean "wired"?'),
    ("ppp9,Office", '"ppp9"; did you mean "ppp0"?'), ("wifi,down,ppp0", "")])
def test_name_that_nothing_has(host, spec, warning):
    """It is waited for, and may be a typing mistake; a profile that is down is neither."""
    with wire(host, "wan7"), profile(host, "down", "wan7"):
        done = host.sharectl("share", "lan0", "via", spec, "--no-dial")
        assert done.returncode == 0 and (warning in done.stderr if warning else not done.stderr)
        host.unshare("lan0")


@pytest.mark.parametrize("spec", ["", ",", "ppp0,", "profile:", "type:", "type:token-ring",
                                  "a/b,c", "profile:nobody", "192.168.1.1", "ppp0,fe80::1",
                                  "22222222-2222-4222-8222-222222222222"])
def test_bad_spec(host, spec):
    done = host.sharectl("share", "lan0", "via", spec)
    assert done.returncode in (1, 2) and len(done.stderr.splitlines()) == 1
    assert host.json("status") == {"shares": []}


def test_interface_wins_over_a_profile_of_its_name(host):
    with wire(host, "wan7"), profile(host, "eth1", "wan7", metric=900):
        host.run("nmcli connection up id eth1")
        host.share("lan0", "via", "eth1")
        await_uplink(host, "eth1")
        host.share("lan0", "via", "profile:eth1")
        await_uplink(host, "wan7")
        host.unshare("lan0")


def test_type_wins_over_a_profile_of_its_name(host):
    with wire(host, "wan7"), profile(host, "ethernet", "wan7", metric=900):
        host.run("nmcli connection up id ethernet")
        host.share("lan0", "via", "ethernet")
        await_uplink(host, "eth1")
        host.share("lan0", "via", "profile:ethernet")
        await_uplink(host, "wan7")
        host.unshare("lan0")


def test_profile_is_followed_to_another_interface(host, client):
    """As a modem's that is ppp0 today and ppp1 tomorrow."""
    with wire(host, "wan7", "wan8"), profile(host, "Mobile broadband", "*", "100.64.7.2"):
        host.internet.run("ip address add 100.64.7.1/24 dev isp-wan8")
        host.run(["nmcli", "connection", "up", "Mobile broadband", "ifname", "wan7"])
        host.share("lan0", "via", "Mobile broadband")
        await_uplink(host, "wan7")
        client.dhcp()
        assert client.get("http://192.0.2.80/") == "100.64.7.2"
        host.internet.run("ip address del 100.64.7.1/24 dev isp-wan7")
        host.run(["nmcli", "connection", "up", "Mobile broadband", "ifname", "wan8"])
        await_uplink(host, "wan8")
        assert client.get("http://192.0.2.80/") == "100.64.7.2"
        host.unshare("lan0")


def test_virtual_interface_of_a_profile(host):
    """A profile makes its interface, as a VPN's does, and takes it away again."""
    with wire(host, "wan7"):
        host.run("nmcli connection add save no type bridge con-name tunnel ifname br9 "
                 "autoconnect no bridge.stp no ipv4.method manual ipv4.addresses 100.64.7.2/24 "
                 "ipv4.gateway 100.64.7.1 ipv4.route-metric 900 ipv6.method disabled; "
                 "nmcli connection add save no type bridge-slave con-name port ifname wan7 "
                 "master br9 autoconnect no")
        host.share("lan0", "via", "tunnel,eth1", "--no-dial")
        await_uplink(host, "eth1")
        for _ in range(2):
            host.run("nmcli connection up port")
            await_uplink(host, "br9")
            host.run("nmcli connection down tunnel")
            await_uplink(host, "eth1")
        host.unshare("lan0")
        host.run("nmcli connection delete port tunnel")


def test_renamed_profile_is_followed_by_its_uuid(spare):
    with wire(spare, "wan7"):
        uuid = add_profile(spare, "old name", "wan7")
        spare.run("nmcli connection up 'old name'")
        spare.share("lan0", "via", uuid)
        spare.run("nmcli connection modify --temporary 'old name' connection.id 'new name'")
        await_uplink(spare, "wan7")
        spare.share("lan1", "via", "new name")
        await_uplink(spare, "wan7", lan="lan1")
        spare.unshare("--all")


def test_deleted_profile(host):
    with wire(host, "wan7"):
        add_profile(host, "short-lived", "wan7")
        host.run("nmcli connection up short-lived")
        host.share("lan0", "via", "short-lived")
        await_uplink(host, "wan7")
        host.run("nmcli connection delete short-lived")
        await_state(host, "waiting", "uplink-missing")
        assert "short-lived" in message(host)
        add_profile(host, "short-lived", "wan7")
        await_uplink(host, "wan7")
        host.unshare("lan0")
        host.run("nmcli connection delete short-lived")


def test_lan_is_never_its_own_uplink(host):
    done = host.sharectl("share", "lan0", "via", "lan0")
    assert done.returncode != 0
    host.share("lan0", "via", "ethernet")
    assert uplink(host) == "eth1"
