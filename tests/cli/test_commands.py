# SPDX-License-Identifier: GPL-2.0-or-later
# What each command asks of the service, prints, and returns.
import json
import os
import pty
import subprocess

import pytest

from conftest import SHARECTL

COUNTERS = {"bytes_sent": 0, "bytes_received": 0, "packets_sent": 0, "packets_received": 0}


def ok(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_share_says_what_it_did(sharectl):
    assert ok(sharectl("share", "lan0", "via", "ppp0")) == (
        "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24\n")


def test_share_waits_for_an_uplink_that_is_not_there(sharectl):
    assert ok(sharectl("share", "lan0", "via", "ppp7")) == (
        "lan0 is waiting: ppp7 is not there; sharing begins when it appears\n")


def test_share_without_via_is_auto(sharectl):
    assert ok(sharectl("share", "lan0")) == (
        "lan0 is shared via eth1 (auto): clients get addresses from 192.168.137.0/24\n")


def test_share_tells_a_second_choice(sharectl, service):
    service.become(State="active", Uplink="wlan0",
                   StateMessage="lan0 is shared via wlan0 (2nd choice; ppp0 is not there)")
    assert ok(sharectl("share", "lan0", "via", "ppp0,wlan0")) == (
        "lan0 is shared via wlan0 (2nd choice; ppp0 is not there): clients get addresses from "
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
    ("share -- -lan", "-lan", "auto", {}),
    ("share lan0 -- via --", "lan0", "--", {}),
    ("share wlan0 --ssid Home --security wpa3 --band 5GHz --channel 36 --hidden --isolate", "wlan0",
     "auto", {"ssid": "Home", "security": "wpa3", "band": "5GHz", "channel": 36, "hidden": True,
              "isolate": True}),
    ("share lan0 via ppp0,eth1", "lan0", "ppp0,eth1", {}),
])
def test_share_passes_words_and_options_on(sharectl, service, words, lan, wan, options):
    ok(sharectl(*words.split()))
    assert service.calls() == [["ShareConnectionWithOptions", [lan, wan, options], True]]


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
    assert (done.returncode, done.stdout) == (3, "") and "'lan0' is not shared" in done.stderr


def test_share_that_others_block_is_shared_with_a_warning(sharectl, service):
    service.become(BlockedBy=["ufw", "nftables (inet mine)"])
    done = sharectl("share", "lan0", "via", "ppp0")
    assert (done.returncode, done.stdout) == (
        0, "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24\n")
    assert done.stderr == (
        "sharectl: warning: another packet filter blocks the clients of lan0: ufw, nftables "
        "(inet mine); 'sharectl doctor' shows what opens it\n")


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
                Options={"dns": ["1.1.1.1", "9.9.9.9"], "force": True, "persistent": False})
    assert ok(sharectl("status")) == """\
lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24
  state     active
  gateway   192.168.137.1/24
  sent      1.2 MB in 1200 packets
  received  999 bytes in 0 packets
  options   dns=1.1.1.1,9.9.9.9 force
  reboot    shared again

lan1 is waiting: this computer has no connection; sharing begins when there is one to share
  state     waiting
  gateway   192.168.137.1/24
  sent      0 bytes in 0 packets
  received  0 bytes in 0 packets
  reboot    forgotten
"""


def test_status_steers_no_terminal(sharectl, service):
    service.add("lan0", Options={"ssid": "a\x9b31m"}, BlockedBy=["mine\x9b31m"])
    text = ok(sharectl("status"))
    assert "ssid=a\\x9b31m" in text and "by mine\\x9b31m" in text and "\x9b" not in text


def test_status_of_one_as_json(sharectl, service):
    service.add("lan0", Options={"keep-lan": True}, Address="", BytesSent=2**40)
    service.add("lan1")
    assert json.loads(ok(sharectl("status", "lan0", "--json"))) == {"shares": [{
        "lan": "lan0", "wan": "ppp0", "uplink": "ppp0", "state": "active",
        "state_reason": "none", "state_message": "lan0 is shared via ppp0", "address": "",
        "ssid": "", "persistent": True, "options": {"keep_lan": True}, "blocked_by": [],
        **COUNTERS, "bytes_sent": 2**40}]}


def test_status_of_what_others_block(sharectl, service):
    service.add("lan0", BlockedBy=["ufw", "nftables (inet \x1bmine)"])
    assert "  blocked   by ufw, nftables (inet \\x1bmine); see 'sharectl doctor'\n" in (
        ok(sharectl("status")))
    assert json.loads(ok(sharectl("status", "--json")))["shares"][0]["blocked_by"] == [
        "ufw", "nftables (inet \x1bmine)"]


def test_status_of_what_is_not_shared(sharectl, service):
    service.add("lan0")
    done = sharectl("status", "lan1")
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "", "sharectl: 'lan1' is not shared; see 'sharectl list' for what is\n")


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
connects 11111111-2222

Rules and routes, as for ip(8)
  iif lan0 lookup 13700
  default dev ppp0 table 13700

Kernel settings, as for sysctl(8)
  net.ipv4.conf.lan0.forwarding = 1

Packet filter and masquerading, as for nft(8)
  table inet connshare {
  \tchain forward {
  \t}
  }

Accepts in other packet filters
  nft insert rule ip filter FORWARD iifname "lan0" accept

DHCP and DNS server, as for dnsmasq(8)
  interface=lan0
  no-ping
"""
    assert service.calls() == [["Preview", ["lan0", "ppp0", {"keep-lan": True}], False]]


def test_preview_of_a_share_that_would_wait(sharectl, service):
    service.tell("preview", {"state": "waiting", "message": "ppp0 is not there", "uplink": ""})
    assert ok(sharectl("preview", "lan0", "via", "ppp0")).splitlines()[1:3] == [
        "state    waiting: ppp0 is not there", "gateway  192.168.137.1/24"]


def test_preview_of_an_access_point(sharectl, service):
    service.tell("preview", {"wifi": "desk (wpa2, channel 6)"})
    assert "\nnetwork  desk (wpa2, channel 6)\n" in ok(sharectl("preview", "wlan0"))


def test_preview_as_json(sharectl):
    answer = json.loads(ok(sharectl("preview", "lan0", "--json")))
    assert (answer["lan"], answer["wan"]) == ("lan0", "auto")
    assert answer["routes"] == ["iif lan0 lookup 13700", "default dev ppp0 table 13700"]
    assert answer["dnsmasq_config"] == "interface=lan0\nno-ping\n"


def test_interfaces(sharectl):
    assert ok(sharectl("interfaces")) == """\
NAME  KIND      STATE         ADDRESS        CONNECTION        LAN  WAN  NOTE
lan0  ethernet  disconnected  -              -                 yes  yes  -
ppp0  ppp       connected     100.64.0.7/32  Mobile broadband  no   yes  \
in the share of lan1; it is point-to-point
lo    loopback  connected     127.0.0.1/8    -                 no   no   \
it is the loopback interface
"""


def test_interfaces_as_json(sharectl):
    interfaces = json.loads(ok(sharectl("interfaces", "--json")))["interfaces"]
    assert [one["name"] for one in interfaces] == ["lan0", "ppp0", "lo"]
    assert interfaces[1] == {
        "name": "ppp0", "kind": "ppp", "label": "", "connection": "Mobile broadband",
        "state": "connected", "addresses": ["100.64.0.7/32"], "share": "lan1",
        "can_be_lan": False, "lan_reason": "it is point-to-point", "can_be_wan": True,
        "wan_reason": ""}


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


def on_terminal(bus, *words, **environment):
    outer, inner = pty.openpty()
    subprocess.run([SHARECTL, *words], stdin=subprocess.DEVNULL, stdout=inner, check=True,
                   env={**bus.environment, "TERM": "xterm", **environment})
    os.close(inner)
    output = os.read(outer, 10000).decode()
    os.close(outer)
    return output


def test_colour_on_a_terminal_only(bus, service, sharectl):
    service.add("lan0")
    assert "\x1b[32mactive\x1b[0m" in on_terminal(bus, "list")
    assert "\x1b" not in on_terminal(bus, "list", NO_COLOR="1")
    assert "\x1b" not in on_terminal(bus, "list", TERM="dumb")
    assert "\x1b" not in ok(sharectl("list", TERM="xterm"))


def test_help_and_version(sharectl):
    assert ok(sharectl("--version")).split()[0] == "sharectl"
    for words in (["help"], ["--help"], ["-h"], ["help", "help"], ["help", "--help"]):
        assert "unshare LAN | --all" in ok(sharectl(*words))
    for words in (["help", "share"], ["share", "--help"], ["--help", "share"]):
        assert "--keep-lan" in ok(sharectl(*words))


OUTPUTS = ["interfaces", "share lan0", "help", "share --help", "--version"]


def shell(bus, line):
    done = subprocess.run(["bash", "-c", line], env=bus.environment, stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=10, text=True, check=False)
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
