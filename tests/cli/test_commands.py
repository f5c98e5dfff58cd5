# SPDX-License-Identifier: GPL-2.0-or-later
# What each command asks of the service, prints, and returns.
import json
import subprocess

import pytest

from conftest import SHARECTL, on_terminal

COUNTERS = {"bytes_sent": 0, "bytes_received": 0, "packets_sent": 0, "packets_received": 0}


def ok(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_share_says_what_it_did(sharectl):
    assert ok(sharectl("share", "lan0", "via", "ppp0")) == (
        "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24\n")


NOTHING = "sharectl: warning: no interface or connection profile is called "


@pytest.mark.parametrize("wan, warnings", [
    ("pp0", '"pp0"; did you mean "ppp0"?'),
    ("Ppp0", '"Ppp0"; did you mean "ppp0"?'),
    ("interface:pp0", '"pp0"; did you mean "ppp0"?'),
    ("wfi", '"wfi"; did you mean "wifi"?'),
    ("Mobile brodband", '"Mobile brodband"; did you mean "Mobile broadband"?'),
    ("mobile bro", '"mobile bro"; did you mean "Mobile broadband"?'),
    ("Office", '"Office"'), ("lan0", '"lan0"'), ("x", '"x"'),
    ("ppp0,Offic\x1be , p0p0", '"Offic\\x1be"|"p0p0"; did you mean "ppp0"?'),
    ("ppp0,auto", ""), ("ppp0,WiFi,type:nothing,Mobile broadband", ""),
    ("Home DSL", ""), ("ppp0,Home DSL", ""), ("profile:nobody", ""),
])
def test_name_that_nothing_has(sharectl, wan, warnings):
    """It may appear one day, so the share waits. Home DSL is a profile that is down."""
    done = sharectl("share", "lan0", "via", wan)
    assert done.returncode == 0
    assert done.stderr == "".join(NOTHING + one + "\n" for one in warnings.split("|") if one)


@pytest.mark.parametrize("command", ["change", "preview"])
def test_name_that_nothing_has_in_other_commands(sharectl, service, command):
    service.add("lan0")
    done = sharectl(command, "lan0", "via", "pp0")
    assert (done.returncode, done.stderr) == (0, NOTHING + '"pp0"; did you mean "ppp0"?\n')


def test_no_question_for_names_where_there_is_no_doubt(sharectl, service):
    ok(sharectl("share", "lan0", "via", "ppp0"))
    ok(sharectl("share", "lan1"))
    ok(sharectl("change", "lan1", "--temporary"))
    assert not {"ListInterfaces", "Preview"} & {call[0] for call in service.calls()}


def test_share_waits_for_an_uplink_that_is_not_there(sharectl):
    assert sharectl("share", "lan0", "via", "ppp7").stdout == (
        "lan0 is waiting: ppp7 does not exist; sharing begins when it appears\n")


def test_share_without_via_is_auto(sharectl):
    assert ok(sharectl("share", "lan0")) == (
        "lan0 is shared via eth1 (auto): clients get addresses from 192.168.137.0/24\n")


def test_share_tells_a_second_choice(sharectl, service):
    service.become(State="active", Uplink="wlan0",
                   StateMessage="lan0 is shared via wlan0 (2nd choice; ppp0 does not exist)")
    assert ok(sharectl("share", "lan0", "via", "ppp0,wlan0")) == (
        "lan0 is shared via wlan0 (2nd choice; ppp0 does not exist): clients get addresses from "
        "192.168.137.0/24\n")


def test_share_twice_is_fine(sharectl):
    assert ok(sharectl("share", "lan0")) == ok(sharectl("share", "lan0"))


@pytest.mark.parametrize("words, lan, wan, options", [
    ("share lan0", "lan0", "auto", {}),
    ("share lan0 via ppp0", "lan0", "ppp0", {}),
    ("share lan0 via ppp0 --address 10.0.0.1/24", "lan0", "ppp0", {"address": "10.0.0.1/24"}),
    ("share --keep-lan lan0 via ppp0", "lan0", "ppp0", {"keep-lan": True}),
    ("share lan0 --temporary via ppp0", "lan0", "ppp0", {"persistent": False}),
    ("share lan0 via ppp0 --no-dial", "lan0", "ppp0", {"dial": False}),
    ("--force share lan0 via ppp0", "lan0", "ppp0", {"force": True}),
    ("share lan0 --dns 1.1.1.1 --dns=9.9.9.9", "lan0", "auto", {"dns": ["1.1.1.1", "9.9.9.9"]}),
    ("share lan0 --allow-rebind a.example --allow-rebind b.example", "lan0", "auto",
     {"allow-rebind": ["a.example", "b.example"]}),
    ("share lan0 --allow-rebind none", "lan0", "auto", {"allow-rebind": []}),
    ("share lan0 --domain home.example", "lan0", "auto", {"domain": "home.example"}),
    ("share lan0 --dhcp-option boot-file=a --dhcp-option ntp-server=192.0.2.1", "lan0", "auto",
     {"dhcp-option": ["boot-file=a", "ntp-server=192.0.2.1"]}),
    ("share lan0 --dhcp-option none", "lan0", "auto", {"dhcp-option": []}),
    ("share -- -lan", "-lan", "auto", {}),
    ("share lan0 -- via --", "lan0", "--", {}),
    ("share lan0 --no-keep-lan --dial --persistent --no-force", "lan0", "auto",
     {"keep-lan": False, "dial": True, "persistent": True, "force": False}),
    ("share lan0 --address auto --dns auto --channel 0", "lan0", "auto",
     {"dns": [], "channel": 0}),
    ("share lan0 --temporary --persistent", "lan0", "auto", {"persistent": True}),
    ("share lan0 --security open", "lan0", "auto", {"security": "open"}),
    ("share wlan0 --ssid Home --security wpa3 --band 5GHz --channel 36 --hidden --isolate", "wlan0",
     "auto", {"ssid": "Home", "security": "wpa3", "band": "5GHz", "channel": 36, "hidden": True,
              "isolate": True}),
    ("share lan0 via ppp0,eth1", "lan0", "ppp0,eth1", {}),
    ("share lan0 --limit 10G", "lan0", "auto", {"limit": 10**10, "limit-period": "all"}),
    ("share lan0 --limit 500M/month", "lan0", "auto",
     {"limit": 5 * 10**8, "limit-period": "month"}),
    ("share lan0 --rate 10M --max-clients 5", "lan0", "auto", {"rate": 10**7, "max-clients": 5}),
    ("share wlan0 --idle-off 30", "wlan0", "auto", {"idle-off": 30}),
    ("share lan0 --ipv6 off", "lan0", "auto", {"ipv6": "off"}),
    ("share lan0 via ppp0 --ipv6=delegated", "lan0", "ppp0", {"ipv6": "delegated"}),
])
def test_share_passes_words_and_options_on(sharectl, service, words, lan, wan, options):
    assert sharectl(*words.split()).returncode == 0
    assert service.calls()[0] == ["ShareConnectionWithOptions", [lan, wan, options], True]


CHANGES = [
    ("lan0 via eth1", {"wan": "eth1"}),
    ("lan0 via auto --temporary", {"wan": "auto", "persistent": False}),
    ("lan0 --temporary", {"persistent": False}),
    ("lan0 --persistent", {"persistent": True}),
    ("lan0 --keep-lan", {"keep-lan": True}),
    ("lan0 --no-keep-lan", {"keep-lan": False}),
    ("lan0 --dial", {"dial": True}),
    ("lan0 --no-dial", {"dial": False}),
    ("lan0 --force", {"force": True}),
    ("lan0 --no-force", {"force": False}),
    ("lan0 --hidden --no-isolate", {"hidden": True, "isolate": False}),
    ("lan0 --no-hidden --isolate", {"hidden": False, "isolate": True}),
    ("lan0 --address 10.0.0.1/24", {"address": "10.0.0.1/24"}),
    ("lan0 --address auto", {"address": ""}),
    ("lan0 --dns 1.1.1.1", {"dns": ["1.1.1.1"]}),
    ("lan0 --dns auto", {"dns": []}),
    ("lan0 --dns auto --dns 1.1.1.1", {"dns": ["auto", "1.1.1.1"]}),
    ("lan0 --security wpa3", {"security": "wpa3"}),
    ("lan0 --security open", {"security": "open", "passphrase": ""}),
    ("lan0 --ssid=", {"ssid": ""}),
    ("lan0 --band auto --channel 0", {"band": "auto", "channel": 0}),
    ("lan0 --limit none --rate none", {"limit": 0, "limit-period": "all", "rate": 0}),
    ("lan0 --max-clients 0 --idle-off 0", {"max-clients": 0, "idle-off": 0}),
    ("lan0 --upnp", {"upnp": True}),
    ("lan0 --no-upnp", {"upnp": False}),
    ("lan0 --ipv6 masquerade", {"ipv6": "masquerade"}),
    ("lan0 --ipv6 auto", {"ipv6": "auto"}),
]


@pytest.mark.parametrize("command", ["share", "change"])
@pytest.mark.parametrize("words, changes", CHANGES)
def test_what_is_shared_is_changed_where_the_user_says(sharectl, service, command, words, changes):
    service.add("lan0", Wan="ppp0", Options={"ssid": "Home", "address": "10.1.0.1/24"})
    assert sharectl(command, *words.split()).returncode == 0
    assert service.calls()[0] == ["Update", ["lan0", changes], True]


@pytest.mark.parametrize("words", [["share", "lan0"], ["share", "lan0", "--force"],
                                   ["change", "lan0", "--force"]])
def test_without_via_the_wan_stays(sharectl, service, words):
    service.add("lan0", Wan="ppp0", Options={"dns": ["1.1.1.1"]})
    assert ok(sharectl(*words)) == (
        "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24\n")
    share = json.loads(ok(sharectl("status", "lan0", "--json")))["shares"][0]
    assert (share["wan"], share["options"]["dns"]) == ("ppp0", ["1.1.1.1"])


def test_share_of_what_ends_meanwhile_begins(sharectl, service):
    service.add("lan0", Wan="ppp0")
    service.fail("Update", "org.connshare1.Error.NoSuchShare", "not any more")
    assert ok(sharectl("share", "lan0", "--temporary")).startswith("lan0 is shared via eth1")
    assert service.calls() == [
        ["Update", ["lan0", {"persistent": False}], True],
        ["ShareConnectionWithOptions", ["lan0", "auto", {"persistent": False}], True]]


@pytest.mark.parametrize("shared", [False, True])
def test_change_of_what_is_not_shared(sharectl, service, shared):
    if shared:  # until somebody ends it
        service.add("lan0")
        service.become(State="ended")
    done = sharectl("change", "lan0", "--temporary")
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "", 'sharectl: nothing to change: "lan0" is not shared; "sharectl list" shows what is\n')
    assert [call[0] for call in service.calls()] == ["Update"] * shared


def test_change_to_nothing_is_a_mistake(sharectl, service):
    service.add("lan0")
    done = sharectl("change", "lan0")
    assert (done.returncode, done.stdout) == (2, "") and 'needs "via WAN"' in done.stderr
    assert service.calls() == []


@pytest.mark.parametrize("command", ["share", "change"])
def test_change_that_is_refused(sharectl, service, command):
    service.add("lan0")
    service.fail("Update", "org.connshare1.Error.NotAuthorized", "not you")
    done = sharectl(command, "lan0", "--temporary")
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "sharectl: not you\n")


def test_share_passes_names_on_in_any_locale(sharectl, service):
    ok(sharectl("share", "lan0", "via", "Büro 5", "--address", "ä", LC_ALL="C"))
    assert service.calls()[0][1] == ["lan0", "Büro 5", {"address": "ä"}]


def test_share_that_leaves_addresses_alone(sharectl, service):
    service.become(Address="")
    assert ok(sharectl("share", "lan0", "via", "ppp0", "--keep-lan")) == (
        "lan0 is shared via ppp0: its addresses are left as they are\n")


def test_share_that_fails_afterwards_is_a_failure(sharectl, service):
    service.become(State="failed", StateMessage="dnsmasq ended: port 67 is in use")
    done = sharectl("share", "lan0")
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", "sharectl: lan0 has failed: dnsmasq ended: port 67 is in use\n")


def test_share_that_somebody_ends_at_once(sharectl, service):
    service.become(State="ended")
    done = sharectl("share", "lan0")
    assert (done.returncode, done.stdout) == (3, "") and '"lan0" is not shared' in done.stderr


def test_share_that_others_block_is_shared_with_a_warning(sharectl, service):
    service.become(BlockedBy=["ufw", "nftables (inet mine)"])
    done = sharectl("share", "lan0", "via", "ppp0")
    assert (done.returncode, done.stdout) == (
        0, "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24\n")
    assert done.stderr == (
        "sharectl: warning: another packet filter blocks the clients of lan0: ufw, nftables "
        '(inet mine); "sharectl doctor" shows how to open it\n')


def test_unshare(sharectl, service):
    service.add("lan0")
    assert ok(sharectl("unshare", "lan0")) == "lan0 is no longer shared\n"
    assert service.calls() == [["StopSharing", ["lan0"], True]]


def test_unshare_all(sharectl, service):
    service.add("lan1")
    service.add("lan0")
    assert ok(sharectl("unshare", "--all")) == (
        "lan0 is no longer shared\nlan1 is no longer shared\n")
    assert ok(sharectl("unshare", "--all")) == "nothing is shared\n"


def test_unshare_all_tells_each_failure(sharectl, service):
    service.add("lan0")
    service.add("lan1")
    service.fail("StopSharing", "org.connshare1.Error.NotAuthorized", "not you")
    done = sharectl("unshare", "--all")
    assert (done.returncode, done.stderr) == (4, "sharectl: not you\n" * 2)


def test_status_of_nothing(sharectl):
    assert ok(sharectl("status")) == "nothing is shared\n"
    assert json.loads(ok(sharectl("status", "--json"))) == {"shares": []}


def test_status(sharectl, service):
    service.add("lan1", Wan="auto", Uplink="", State="waiting", StateReason="no-primary",
                StateMessage="this computer has no connection", Persistent=False)
    service.add("lan0", BytesSent=1234567, PacketsSent=1200, BytesReceived=999,
                ClientCount=2, BlockedCount=1, Ipv6Mode="delegated",
                Ipv6Prefixes=["fd12:3456:789a:1::/64", "2001:db8:0:1::/64"],
                Options={"dns": ["1.1.1.1", "9.9.9.9"], "force": True, "persistent": False})
    assert ok(sharectl("status")) == """\
lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24
  state     active
  link      up
  gateway   192.168.137.1/24
  ipv6      delegated, fd12:3456:789a:1::/64, 2001:db8:0:1::/64
  used by   2 clients, 1 blocked
  sent      1.2 MB in 1200 packets
  received  999 bytes in 0 packets
  options   dns=1.1.1.1,9.9.9.9 force
  reboot    shared again

lan1 is waiting: this computer has no connection; sharing begins when there is one to share
  state     waiting
  link      no such interface now
  gateway   192.168.137.1/24
  ipv6      none
  used by   0 clients
  sent      0 bytes in 0 packets
  received  0 bytes in 0 packets
  reboot    forgotten
"""


def test_status_of_one_client_and_its_limits(sharectl, service):
    service.add("lan0", ClientCount=1, Options={"limit": 1500000000, "limit-period": "month",
                                                "rate": 10**7})
    text = ok(sharectl("status"))
    assert "\n  used by   1 client\n" in text
    assert "\n  options   limit=1.5G limit-period=month rate=10M\n" in text


def test_status_steers_no_terminal(sharectl, service):
    service.add("lan0", Options={"ssid": "a\x9b31m"}, BlockedBy=["mine\x9b31m"])
    text = ok(sharectl("status"))
    assert "ssid=a\\x9b31m" in text and "by mine\\x9b31m" in text and "\x9b" not in text


@pytest.mark.parametrize("ssid, shown", [
    (" two  spaces ", " two  spaces "),
    ("two\n lines", "two lines"),
    ("\u202egpj.exe", "\\x202egpj.exe"),
    ("a\u2066b\u061cc\u200fd", "a\\x2066b\\x61cc\\x200fd"),
])
def test_status_shows_a_name_as_it_is(sharectl, service, ssid, shown):
    service.add("lan0", Ssid=ssid)
    assert f"\n  network   {shown}\n" in ok(sharectl("status"))


def test_status_of_one_as_json(sharectl, service):
    service.add("lan0", Options={"keep-lan": True}, Address="", BytesSent=2**40,
                Ipv6Mode="masquerade", Ipv6Prefixes=["fd12:3456:789a:1::/64"])
    service.add("lan1")
    assert json.loads(ok(sharectl("status", "lan0", "--json"))) == {"shares": [{
        "lan": "lan0", "wan": "ppp0", "uplink": "ppp0", "state": "active",
        "state_reason": "none", "state_message": "lan0 is shared via ppp0", "address": "",
        "ipv6_mode": "masquerade", "ipv6_prefixes": ["fd12:3456:789a:1::/64"],
        "ssid": "", "source": "user", "persistent": True, "options": {"keep_lan": True}, "blocked_by": [],
        "client_count": 0, "blocked_count": 0, **COUNTERS, "bytes_sent": 2**40, "link": "up"}]}


@pytest.mark.parametrize("state, link, words", [
    ("connected", "up", "up"), ("disconnected", "up", "up"), ("of-a-later-version", "up", "up"),
    ("unplugged", "unplugged", "no cable, or nothing at its other end"),
    ("down", "down", "switched off")])
def test_status_tells_the_link(sharectl, service, state, link, words):
    service.add("lan0")
    service.tell("interfaces", [{"name": "lan0", "state": state}])
    assert f"\n  link      {words}\n" in ok(sharectl("status"))
    assert json.loads(ok(sharectl("status", "--json")))["shares"][0]["link"] == link


def test_status_without_what_tells_the_link(sharectl, service):
    service.add("lan0")
    service.fail("ListInterfaces", "org.connshare1.Error.Failed", "no netlink")
    assert "link" not in ok(sharectl("status"))
    assert json.loads(ok(sharectl("status", "--json")))["shares"][0]["link"] == ""


@pytest.mark.parametrize("address, line", [
    ("10.0.0.1/24", "10.0.0.1/24, as set with --address"), ("", "none; 10.0.0.1/24 is set with --address"),
    ("192.168.137.1/24", "192.168.137.1/24; 10.0.0.1/24 is set with --address")])
def test_status_tells_which_address_was_set(sharectl, service, address, line):
    service.add("lan0", Address=address, Options={"address": "10.0.0.1/24"})
    assert f"\n  gateway   {line}\n" in ok(sharectl("status"))


@pytest.mark.parametrize("command", ["share", "change", "preview"])
def test_address_of_the_internet(sharectl, service, command):
    service.add("lan0")
    service.become(Address="8.8.8.1/24")
    service.tell("preview", {"address": "8.8.8.1/24"})
    done = sharectl(command, "lan0", "--address", "8.8.8.1/24")
    assert done.returncode == 0 and done.stderr.startswith(
        "sharectl: warning: 8.8.8.0/24 is a network of the Internet")


def test_status_of_what_others_block(sharectl, service):
    service.add("lan0", BlockedBy=["ufw", "nftables (inet \x1bmine)"])
    assert '  blocked   by ufw, nftables (inet \\x1bmine); see "sharectl doctor"\n' in (
        ok(sharectl("status")))
    assert json.loads(ok(sharectl("status", "--json")))["shares"][0]["blocked_by"] == [
        "ufw", "nftables (inet \x1bmine)"]


def test_status_of_what_is_not_shared(sharectl, service):
    service.add("lan0")
    done = sharectl("status", "lan1")
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "", 'sharectl: "lan1" is not shared; "sharectl list" shows what is\n')


def test_list(sharectl, service):
    assert ok(sharectl("list")) == "nothing is shared\n"
    service.add("wlan0", Wan="auto", Uplink="", State="waiting", Persistent=False)
    service.add("lan0")
    assert ok(sharectl("list")) == """\
LAN    WAN   UPLINK  STATE    REBOOT
lan0   ppp0  ppp0    active   shared again
wlan0  auto  -       waiting  forgotten
"""
    assert [share["lan"] for share in json.loads(ok(sharectl("list", "--json")))["shares"]] == [
        "lan0", "wlan0"]


def test_preview(sharectl, service):
    assert ok(sharectl("preview", "lan0", "via", "ppp0", "--keep-lan")) == """\
lan0 via ppp0, if it were shared now
state    active: lan0 is shared via ppp0
uplink   ppp0
gateway  192.168.137.1/24
ipv6     masquerade
connects 11111111-2222

Rules and routes, in the words of ip(8)
  iif lan0 lookup 13700
  default dev ppp0 table 13700

Kernel settings, in the words of sysctl(8)
  net.ipv4.conf.lan0.forwarding = 1

Packet filter and masquerading, in the words of nft(8)
  table inet connshare {
  \tchain forward {
  \t}
  }

Accepts in other packet filters
  nft insert rule ip filter FORWARD iifname "lan0" accept

DHCP and DNS server, in the words of dnsmasq(8)
  interface=lan0
  no-ping
"""
    assert service.calls()[0] == ["Preview", ["lan0", "ppp0", {"keep-lan": True}], False]


def test_preview_of_another_ipv6(sharectl, service):
    service.add("lan0", Options={"ipv6": "off"})
    service.tell("preview", {"ipv6": "none"})
    assert "\nipv6     none\n" in ok(sharectl("preview", "lan0", "--ipv6", "extended"))
    assert json.loads(ok(sharectl("preview", "lan0", "--json")))["ipv6"] == "none"
    assert [call[1][2] for call in service.calls()] == [{"ipv6": "extended"}, {"ipv6": "off"}]


def test_preview_of_a_share_that_would_wait(sharectl, service):
    service.tell("preview", {"state": "waiting", "message": "ppp0 does not exist", "uplink": ""})
    assert ok(sharectl("preview", "lan0", "via", "ppp0")).splitlines()[1:3] == [
        "state    waiting: ppp0 does not exist", "gateway  192.168.137.1/24"]


def test_preview_of_an_access_point(sharectl, service):
    service.tell("preview", {"wifi": "desk (wpa2, channel 6)"})
    assert "\nnetwork  desk (wpa2, channel 6)\n" in ok(sharectl("preview", "wlan0"))


@pytest.mark.parametrize("words, wan, options", [
    ("", "ppp0", {"ssid": "Home", "dns": ["1.1.1.1"]}),
    ("via eth1", "eth1", {"ssid": "Home", "dns": ["1.1.1.1"]}),
    ("--security open --dns 9.9.9.9", "ppp0",
     {"ssid": "Home", "dns": ["9.9.9.9"], "security": "open"}),
    ("--ssid= --address auto", "ppp0", {"dns": ["1.1.1.1"]}),
])
def test_preview_of_what_is_shared_has_what_is_not_named(sharectl, service, words, wan, options):
    service.add("lan0", Wan="ppp0", Options={"ssid": "Home", "dns": ["1.1.1.1"]})
    done = sharectl("preview", "lan0", *words.split())
    assert done.returncode == 0 and done.stdout.startswith(f"lan0 via {wan}, if")
    assert service.calls()[0] == ["Preview", ["lan0", wan, options], False]


def test_preview_as_json(sharectl):
    answer = json.loads(ok(sharectl("preview", "lan0", "--json")))
    assert (answer["lan"], answer["wan"]) == ("lan0", "auto")
    assert answer["routes"] == ["iif lan0 lookup 13700", "default dev ppp0 table 13700"]
    assert answer["dnsmasq_config"] == "interface=lan0\nno-ping\n"


def test_interfaces(sharectl):
    assert ok(sharectl("interfaces")) == """\
NAME  KIND      STATE         ADDRESS        CONNECTION        LAN      WAN  NOTE
lan0  ethernet  disconnected  -              -                 yes      yes  -
ppp0  ppp       connected     100.64.0.7/32  Mobile broadband  --force  yes  own Internet
lo    loopback  connected     127.0.0.1/8    -                 no       no   it is not of use
"""


def test_interfaces_that_are_shared_or_part_of_others(sharectl, service):
    service.tell("interfaces", [
        {"name": "lan0", "share": "lan0", "can-be-wan": False, "wan-code": "lan",
         "wan-reason": "a sentence"},
        {"name": "lan1", "can-be-lan": False, "lan-code": "port", "lan-reason": "a sentence",
         "can-be-wan": False, "wan-code": "port", "wan-reason": "a sentence"}])
    assert [line.split("  ")[-1].strip() for line in ok(sharectl("interfaces")).splitlines()] == [
        "NOTE", "shared", "bridge port"]


@pytest.mark.parametrize("columns, cut", [(80, 3), (95, 2), (100, 1), (200, 0)])
def test_interfaces_fit_the_terminal(bus, service, columns, cut):
    service.tell("interfaces", [
        {"name": "wlx00e04c680f1a", "connection": "Wired connection 1 東京", "kind": "loopback",
         "state": "disconnected", "addresses": ["192.168.100.100/24"], "can-be-lan": False,
         "lan-code": "own-internet", "lan-reason": "a sentence", "can-force": True},
        {"name": "lan0"}])
    lines = on_terminal(bus, "interfaces", columns=columns, NO_COLOR="1").splitlines()
    assert max(map(len, lines)) <= columns and lines[1].count("…") == cut
    assert lines[1].startswith("wlx00e04c680f1a  loopback  disconnected  192.1")


def test_interfaces_as_json(sharectl):
    interfaces = json.loads(ok(sharectl("interfaces", "--json")))["interfaces"]
    assert [one["name"] for one in interfaces] == ["lan0", "ppp0", "lo"]
    assert interfaces[1] == {
        "name": "ppp0", "kind": "ppp", "label": "", "connection": "Mobile broadband",
        "state": "connected", "addresses": ["100.64.0.7/32"], "share": "",
        "can_be_lan": False, "lan_code": "own-internet",
        "lan_reason": "it is this computer's own", "can_force": True, "can_be_wan": True,
        "wan_code": "", "wan_reason": ""}


FINDINGS = [
    {"severity": "error", "code": "dns-silent", "subject": "lan0",
     "message": "the name server does \x1bnot answer", "remedy": "kill -KILL 7"},
    {"severity": "info", "code": "ip-forward", "subject": "",
     "message": "every interface forwards", "remedy": ""},
]


def test_doctor_finds_nothing_wrong(sharectl):
    assert ok(sharectl("doctor")) == """\
SEVERITY  SHARE  FINDING
info      -      nothing is shared
  -> sharectl share LAN via WAN
all is well
"""


@pytest.mark.parametrize("severity", ["warning", "error", "of a later version"])
def test_doctor_finds_something_wrong(sharectl, service, severity):
    service.tell("find", [{**FINDINGS[0], "severity": severity}, FINDINGS[1]])
    done = sharectl("doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "SEVERITY", severity.split()[0], "->", "info"]


def test_doctor_shows_findings_and_remedies(sharectl, service):
    service.tell("find", FINDINGS)
    assert sharectl("doctor").stdout == """\
SEVERITY  SHARE  FINDING
error     lan0   the name server does \\x1bnot answer
  -> kill -KILL 7
info      -      every interface forwards
"""


def test_doctor_as_json(sharectl, service):
    service.tell("find", FINDINGS)
    done = sharectl("doctor", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (1, {"findings": FINDINGS})
    service.tell("find", FINDINGS[1:])
    assert json.loads(ok(sharectl("doctor", "--json"))) == {"findings": FINDINGS[1:]}


def test_doctor_without_the_service(sharectl, service):
    service.fail("Diagnose", "org.connshare1.Error.Failed", "no netlink")
    done = sharectl("doctor")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "sharectl: no netlink\n")


def test_text_from_elsewhere_cannot_steer_the_terminal(sharectl, service):
    service.add("lan0", State="failed", StateMessage="a\x1b]0;title\x07\nb")
    assert "\x1b" not in ok(sharectl("status")) + ok(sharectl("list"))
    assert ok(sharectl("status")).startswith("lan0 has failed: a\\x1b]0;title\\x07 b\n")


def test_colour_on_a_terminal_only(bus, service, sharectl):
    service.add("lan0")
    assert "\x1b[32mactive\x1b[0m" in on_terminal(bus, "list")
    assert "\x1b" not in on_terminal(bus, "list", NO_COLOR="1")
    assert "\x1b" not in on_terminal(bus, "list", TERM="dumb")
    assert "\x1b" not in ok(sharectl("list", TERM="xterm"))


def test_program_alone_shows_status_and_what_else_there_is(sharectl, service):
    service.add("lan0")
    text = ok(sharectl())
    assert text.startswith("lan0 is shared via ppp0:") and '"sharectl help"' in text
    service.remove("lan0")
    assert ok(sharectl()).startswith("nothing is shared\n\n\"sharectl help share\"")


def test_help_and_version(sharectl):
    assert ok(sharectl("--version")).split()[0] == "sharectl"
    assert ok(sharectl("version")) == ok(sharectl("--version"))
    for words in (["help"], ["--help"], ["-h"], ["help", "help"], ["help", "--help"]):
        assert "unshare LAN | --all" in ok(sharectl(*words))
    for words in (["help", "share"], ["share", "--help"], ["--help", "share"]):
        assert "--keep-lan" in ok(sharectl(*words))


OUTPUTS = ["interfaces", "share lan0", "help", "share --help", "--version"]


def shell(bus, line):
    done = subprocess.run(["bash", "-c", line], env=bus.environment, stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=60, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", OUTPUTS)
def test_output_that_cannot_be_written_is_a_failure(bus, service, words):
    assert shell(bus, f"{SHARECTL} {words} >/dev/full") == (
        1, "sharectl: standard output: No space left on device\n")


@pytest.mark.parametrize("words", OUTPUTS)
def test_standard_output_that_is_closed_is_no_socket(bus, service, words):
    assert shell(bus, f"{SHARECTL} {words} >&-") == (
        1, "sharectl: standard output: Bad file descriptor\n")


def test_reader_that_has_seen_enough(bus, service):
    """More than fits into a pipe is written, and its reader ends after a byte."""
    service.tell("preview", {"ruleset": "x" * 100000})
    status, error = shell(bus, f"{SHARECTL} preview lan0 | head -c 1 >/dev/null; "
                               "exit ${PIPESTATUS[0]}")
    assert (status, error) == (1, "")
