# SPDX-License-Identifier: GPL-2.0-or-later
# sharectl forward: ports of the uplink that lead to clients.
import json
import re
import signal
import time

import pytest

from conftest import on_terminal

MAC = "02:00:00:00:00:01"
WEB = {"protocol": "tcp", "port": 8080, "client": MAC, "to-port": 80, "name": "Web",
       "origin": "user", "state": "active", "address": "192.168.137.20",
       "addresses": ["fd00::20"], "external-address": "100.64.0.7"}
GAME = {"protocol": "udp", "port": 6000, "end-port": 6010, "client": "192.168.137.30",
        "origin": "upnp", "state": "no-uplink", "expires": 1700000000}
DENIED = ("org.connshare1.Error.NotAuthorized", "not you")
HOSTILE = "\x1b]0;owned\x07\n\x9b31mred\u202eexe"
NOTE = ("100.64.0.7 is no address of the Internet: from there it is reached only if the network "
        "before this computer forwards the port, too\n")


def ok(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def cells(text):
    return [re.split(r"  +", line) for line in text.splitlines()]


@pytest.fixture
def shared(service):
    service.add("lan0")
    service.clients("lan0", {"mac": MAC, "hostname": "Pixel-7", "state": "online"})
    return service


@pytest.mark.parametrize("words, mapping, said", [
    ("tcp 8080 Pixel-7:80", {"protocol": "tcp", "port": 8080, "client": "Pixel-7", "to-port": 80},
     "tcp port 8080 of 100.64.0.7 leads to 192.168.137.20, port 80\n"),
    ("UDP 53 192.168.137.20", {"protocol": "udp", "port": 53, "client": "192.168.137.20"},
     "udp port 53 of 100.64.0.7 leads to 192.168.137.20, port 53\n"),
    (f"tcp 6000-6010 {MAC}:7000",
     {"protocol": "tcp", "port": 6000, "end-port": 6010, "client": MAC, "to-port": 7000},
     "tcp ports 6000-6010 of 100.64.0.7 lead to 192.168.137.20, ports 7000-7010\n"),
    ("tcp 1-1024 desk", {"protocol": "tcp", "port": 1, "end-port": 1024, "client": "desk"},
     "tcp ports 1-1024 of 100.64.0.7 lead to 192.168.137.20, ports 1-1024\n"),
])
def test_add(sharectl, shared, words, mapping, said):
    assert ok(sharectl("forward", "add", "lan0", *words.split())) == said + NOTE
    assert shared.calls() == [["AddForward", ["lan0", mapping], True]]


@pytest.mark.parametrize("word, client, port", [
    (MAC, MAC, None), ("28-6F-B9-00-00-02:80", "28-6F-B9-00-00-02", 80),
    ("fd00::20", "fd00::20", None), ("[fd00::20]:80", "fd00::20", 80),
    ("[fd00::20]", "fd00::20", None), ("fd00::20:80", "fd00::20:80", None),
    ("Living room:65535", "Living room", 65535), ("a:b", "a:b", None), ("a:b:1", "a:b", 1),
])
def test_whom_it_leads_to(sharectl, shared, word, client, port):
    ok(sharectl("forward", "add", "lan0", "tcp", "80", word))
    mapping = shared.calls()[-1][1][1]
    assert (mapping["client"], mapping.get("to-port")) == (client, port)


def test_name(sharectl, shared):
    ok(sharectl("forward", "add", "lan0", "tcp", "80", "tv", "--name", "Büro 5"))
    assert shared.calls()[-1][1][1]["name"] == "Büro 5"


@pytest.mark.parametrize("result, said", [
    ({"external-address": "8.8.8.8"}, "tcp port 80 of 8.8.8.8 leads to 192.168.137.20, port 80\n"),
    ({"upstream": "8.8.8.8"}, "tcp port 80 of 100.64.0.7 leads to 192.168.137.20, port 80\n"),
    ({"upstream-state": "asking"},
     "tcp port 80 of 100.64.0.7 leads to 192.168.137.20, port 80\n"
     "100.64.0.7 is no address of the Internet, so the router there is asked for the port, too: "
     '"sharectl forward list lan0" shows what it says\n'),
    ({"external-address": "", "address": "", "addresses": ["fd00::20"]},
     "tcp port 80 of the uplink leads to fd00::20, port 80\n"),
    ({"external-address": "", "state": "no-uplink"},
     "tcp port 80 will lead to tv, port 80, when lan0 has an uplink\n"),
    ({"external-address": "", "state": "no-address"},
     "tcp port 80 will lead to tv, port 80, when that has an address\n"),
    ({"state": "blocked", "blocked-by": "nftables (ip x)", "external-address": "8.8.8.8"},
     "tcp port 80 will lead to tv, port 80, when nftables (ip x) lets it in: see "
     '"sharectl doctor"\n'),
    ({"state": "taken", "taken-by": "10.9.0.2", "taken-on": "lan1", "external-address": "8.8.8.8"},
     "tcp port 80 will lead to tv, port 80, when 10.9.0.2 of lan1 no longer has it\n"),
])
def test_what_comes_of_it(sharectl, shared, result, said):
    shared.forwarding(**result)
    assert ok(sharectl("forward", "add", "lan0", "tcp", "80", "tv")) == said


@pytest.mark.parametrize("words, hint", [
    ("", "forward needs add, remove or list"),
    ("add", "forward add needs LAN tcp|udp PORT[-PORT] CLIENT[:PORT]"),
    ("add lan0 tcp 80", "forward add needs LAN tcp|udp PORT[-PORT] CLIENT[:PORT]"),
    ("remove lan0 tcp", "forward remove needs LAN tcp|udp PORT [CLIENT]"),
    ("remove lan0 tcp 80 tv", 'invalid client "tv": expected the IPv6 address'),
    ("remove lan0 tcp 80 [fd00::20]:80", 'invalid client "[fd00::20]:80": expected the IPv6'),
    ("add lan0 tcp 80 tv more", 'unexpected argument "more"'),
    ("list lan0 lan1", 'unexpected argument "lan1"'),
    ("delete lan0 tcp 80", 'no "forward delete" (did you mean "forward remove"?)'),
    ("remoev lan0 tcp 80", 'no "forward remoev" (did you mean "forward remove"?)'),
    ("lan0 tcp 80 tv", 'forward needs add, remove or list, not "lan0"'),
    ("add lan0 tpc 80 tv", 'invalid protocol "tpc" (did you mean "tcp"?)'),
    ("add lan0 both 80 tv", 'invalid protocol "both": expected tcp or udp, or one after the other'),
    ("remove lan0 sctp 80", 'invalid protocol "sctp"'),
    ("add lan0 tcp 0 tv", 'invalid port "0": expected 1 to 65535'),
    ("add lan0 tcp 65536 tv", 'invalid port "65536"'),
    ("add lan0 tcp http tv", 'invalid port "http"'),
    ("add lan0 tcp 8080:80 tv", 'invalid port "8080:80"'),
    ("add lan0 tcp 80- tv", 'invalid port "80-"'),
    ("add lan0 tcp 80-90-95 tv", 'invalid port "80-90-95"'),
    ("add lan0 tcp 90-80 tv", 'invalid range "90-80": expected "80-90"'),
    ("add lan0 tcp 1-1025 tv", 'invalid range "1-1025": expected up to 1024 ports'),
    ("add lan0 tcp 80 :80", 'missing client in ":80": expected a name, an address or a MAC'),
    ("add lan0 tcp 80 tv:0", 'invalid port "0" of the client'),
    ("add lan0 tcp 80 tv:65536", 'invalid port "65536" of the client'),
    ("add lan0 tcp 80 tv:", 'invalid port "" of the client'),
    ("add lan0 tcp 80-90 tv:65530", "11 ports from there on end behind 65535"),
    ("add lan0 tcp 80 [fd00::20", 'invalid client "[fd00::20": expected something like'),
    ("add lan0 tcp 80 [tv]:80", 'invalid client "[tv]:80": expected something like [fd00::20]:80'),
    ("add lan0 tcp 80 [fd00::20]80", 'invalid client "[fd00::20]80"'),
    ("add lan0 tcp 80 fd00:1:2:3:4:5:6:7:80", 'expected "[fd00:1:2:3:4:5:6:7]:80"'),
    ("remove lan0 tcp 6000-6010", 'invalid port "6000-6010": expected 1 to 65535, of a range the'),
    ("remove lan0 tcp 80 --name Web", "forward remove takes no --name"),
    ("add lan0 tcp 80 tv --json", "forward add takes no --json"),
    ("remove lan0 tcp 80 --no-ask-password", "forward remove takes no --no-ask-password"),
    ("list --nam", '"--nam" (did you mean "--name"?)'),
])
def test_misuse(sharectl, shared, words, hint):
    done = sharectl("forward", *words.split())
    assert (done.returncode, done.stdout) == (2, "") and hint in done.stderr
    assert done.stderr.endswith('; see "sharectl help forward"\n') and shared.calls() == []


def test_empty_client(sharectl, shared):
    done = sharectl("forward", "add", "lan0", "tcp", "80", "")
    assert done.returncode == 2 and 'missing client in ""' in done.stderr


def test_remove(sharectl, shared):
    shared.forwards("lan0", WEB, GAME)
    assert ok(sharectl("forward", "remove", "lan0", "udp", "6000")) == (
        "udp port 6000 is no longer forwarded to a client of lan0\n")
    assert shared.calls() == [["RemoveForward", ["lan0", "udp", 6000], True]]
    done = sharectl("forward", "remove", "lan0", "udp", "6000")
    assert (done.returncode, done.stdout, done.stderr) == (
        2, "", 'sharectl: udp port 6000 of "lan0" is not forwarded\n')


@pytest.mark.parametrize("word", ["fd00::20", "[fd00::20]"])
def test_remove_of_one_address(sharectl, shared, word):
    shared.forwards("lan0", {**WEB, "client": "fd00::20"}, {**WEB, "client": "fd00::30"})
    ok(sharectl("forward", "remove", "lan0", "tcp", "8080", word))
    assert shared.calls() == [["RemovePinhole", ["lan0", "tcp", 8080, "fd00::20"], True]]
    assert '"fd00::30"' in ok(sharectl("forward", "list", "--json"))


COMMANDS = ["forward add lan0 tcp 80 tv", "forward remove lan0 tcp 80", "forward list lan0",
            "forward list lan0 --json"]


@pytest.mark.parametrize("words", COMMANDS)
def test_without_rights(sharectl, shared, words):
    for method in ("AddForward", "RemoveForward", "ListForwards"):
        shared.fail(method, *DENIED)
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "sharectl: not you\n")


@pytest.mark.parametrize("words", COMMANDS)
def test_of_what_is_not_shared(sharectl, service, words):
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "", 'sharectl: "lan0" is not shared; "sharectl list" shows what is\n')


@pytest.mark.parametrize("words", COMMANDS)
def test_service_without_mappings(sharectl, shared, words):
    for method in ("AddForward", "RemoveForward", "ListForwards"):
        shared.fail(method, "org.freedesktop.DBus.Error.UnknownMethod", "No such method")
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert "connshared that runs is too old to forward ports" in done.stderr


def test_refused(sharectl, shared):
    shared.fail("AddForward", "org.connshare1.Error.NotSuitable", "sshd has tcp port 22")
    done = sharectl("forward", "add", "lan0", "tcp", "22", "tv")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "sharectl: sshd has tcp port 22\n")


def test_table(sharectl, shared):
    shared.forwards("lan0", WEB, GAME)
    assert cells(ok(sharectl("forward", "list"))) == [
        ["LAN", "PROTOCOL", "PORT", "CLIENT", "ADDRESS", "TO PORT", "NAME", "ORIGIN", "EXPIRES",
         "STATE"],
        ["lan0", "tcp", "8080", "Pixel-7", "192.168.137.20", "80", "Web", "user", "-", "active"],
        ["lan0", "udp", "6000-6010", "192.168.137.30", "-", "6000-6010", "-", "upnp",
         time.strftime("%Y-%m-%d", time.localtime(1700000000)), "no-uplink"]]
    assert [call[0] for call in shared.calls()] == ["ListForwards", "ListClients"]


def test_table_without_the_names_of_clients(sharectl, shared):
    shared.forwards("lan0", WEB)
    shared.fail("ListClients", *DENIED)
    assert MAC in ok(sharectl("forward", "list", "lan0"))


def test_one_lan_of_several(sharectl, shared):
    shared.add("lan1")
    shared.forwards("lan0", WEB)
    shared.forwards("lan1", {**GAME, "name": "Game"})
    assert ok(sharectl("forward", "list")).count("\n") == 3
    text = ok(sharectl("forward", "list", "lan1"))
    assert "Game" in text and "Web" not in text


def test_none(sharectl, service):
    assert ok(sharectl("forward", "list")) == "nothing is shared\n"
    assert json.loads(ok(sharectl("forward", "list", "--json"))) == {"forwards": []}
    service.add("lan0")
    assert ok(sharectl("forward", "list")) == "no port is forwarded\n"
    assert json.loads(ok(sharectl("forward", "list", "--json"))) == {"forwards": []}


def test_where_it_is_in_the_internet(sharectl, shared):
    shared.forwards("lan0", {**WEB, "upstream": "8.8.8.8:8080", "upstream-state": "mapped"},
                    {**GAME, "upstream-state": "silent"})
    heading, web, game = cells(ok(sharectl("forward", "list")))
    assert (heading[-1], web[-1], game[-1]) == ("INTERNET", "8.8.8.8:8080", "silent")


def test_json(sharectl, shared):
    shared.forwards("lan0", WEB, GAME)
    assert json.loads(ok(sharectl("forward", "list", "--json")))["forwards"] == [
        {"lan": "lan0", "protocol": "tcp", "port": 8080, "end_port": 8080, "client": MAC,
         "address": "192.168.137.20", "addresses": ["fd00::20"], "to_port": 80, "name": "Web",
         "origin": "user", "state": "active", "external_address": "100.64.0.7",
         "upstream": "", "upstream_state": "", "blocked_by": "", "taken_by": "",
         "taken_on": ""},
        {"lan": "lan0", "protocol": "udp", "port": 6000, "end_port": 6010,
         "client": "192.168.137.30", "address": "", "addresses": [], "to_port": 6000, "name": "",
         "origin": "upnp", "expires": 1700000000, "state": "no-uplink", "external_address": "",
         "upstream": "", "upstream_state": "", "blocked_by": "", "taken_by": "",
         "taken_on": ""}]
    assert [call[0] for call in shared.calls()] == ["ListForwards"]


def test_no_dialog_where_none_is_wanted(sharectl, shared):
    shared.fail("ListForwards", *DENIED)
    assert sharectl("forward", "list", "--no-ask-password").returncode == 4
    assert shared.calls() == [["ListForwards", ["lan0"], False]]


def test_hostile_names_steer_no_terminal(bus, shared):
    shared.forwards("lan0", {**WEB, "name": HOSTILE, "client": HOSTILE, "address": HOSTILE,
                             "origin": HOSTILE, "state": HOSTILE, "protocol": HOSTILE})
    text = on_terminal(bus, "forward", "list", columns=500, NO_COLOR="1")
    assert text.count("\\x1b]0;owned\\x07 \\x9b31mred\\x202eexe") == 6
    assert not set("\x1b\x07\x9b\u202e") & set(text)


def test_table_fits_the_terminal(bus, shared):
    shared.forwards("lan0", {**WEB, "name": "A name that takes more room than there is"})
    text = on_terminal(bus, "forward", "list", columns=105, NO_COLOR="1")
    assert "…" in text and max(len(line) for line in text.splitlines()) <= 105


def test_interrupted(bus, shared):
    shared.hang("AddForward")
    process = bus.popen("forward", "add", "lan0", "tcp", "80", "tv")
    while not shared.calls():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "") and process.returncode == 130


def lines_until(process, wanted):
    for line in process.stdout:
        if wanted in line:
            return line
    raise AssertionError(f"no {wanted}")


def watch(bus, service, *words):
    """sharectl monitor, when it knows what there is: later answers are compared with that."""
    process = bus.popen("monitor", *words)
    while "ListForwards" not in [call[0] for call in service.calls()]:
        time.sleep(0.05)
    return process


def end(process):
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "") and process.returncode == 0


def test_monitor(bus, shared):
    shared.forwards("lan0", WEB)
    process = watch(bus, shared)
    shared.forwards("lan0", WEB, GAME)
    assert lines_until(process, "udp")[13:] == (
        "lan0: udp ports 6000-6010 will lead to 192.168.137.30, ports 6000-6010, when lan0 has an "
        "uplink\n")
    shared.forwards("lan0", {**WEB, "expires": 1800000000}, {**GAME, "state": "active"})
    assert process.stdout.readline()[13:] == (
        "lan0: udp ports 6000-6010 of the uplink lead to 192.168.137.30, ports 6000-6010\n")
    shared.forwards("lan0", GAME | {"state": "active"})
    assert process.stdout.readline()[13:] == (
        "lan0: tcp port 8080 is no longer forwarded to a client\n")
    end(process)
    assert not any(interactive for _, _, interactive in shared.calls())


def test_monitor_json(bus, shared):
    process = watch(bus, shared, "--json")
    shared.forwards("lan0", {**WEB, "name": HOSTILE})
    event = json.loads(lines_until(process, "forward_added"))
    assert event.pop("time") and event == {
        "event": "forward_added", "lan": "lan0",
        **{key.replace("-", "_"): value for key, value in WEB.items()}, "name": HOSTILE}
    shared.forwards("lan0", {**WEB, "state": "no-address"})
    assert json.loads(process.stdout.readline())["event"] == "forward_changed"
    shared.forwards("lan0")
    assert json.loads(process.stdout.readline())["event"] == "forward_removed"
    end(process)


def test_monitor_of_who_may_not_see_them(bus, shared):
    shared.fail("ListForwards", *DENIED)
    process = watch(bus, shared)
    shared.forwards("lan0", WEB)
    assert lines_until(process, "ports")[13:] == "other ports lead to clients of lan0 now\n"
    end(process)


def test_monitor_of_a_service_without_mappings(bus, shared):
    shared.fail("ListForwards", "org.freedesktop.DBus.Error.UnknownMethod", "No such method")
    process = watch(bus, shared)
    shared.forwards("lan0", WEB)
    lines_until(process, "lan0 is shared")
    end(process)


def test_status(sharectl, shared):
    assert "ports" not in ok(sharectl("status", "lan0"))
    shared.forwards("lan0", WEB, GAME)
    assert "\n  ports     2 forwarded to clients\n" in ok(sharectl("status", "lan0"))
    assert "ports" not in ok(sharectl("status"))
    shared.fail("ListForwards", *DENIED)
    assert "ports" not in ok(sharectl("status", "lan0"))
    assert not any(interactive for _, _, interactive in shared.calls())
