# SPDX-License-Identifier: GPL-2.0-or-later
# Who is connected: `clients`, `client`, and what `monitor` tells of them.
import json
import os
import pty
import re
import signal
import subprocess
import termios
import time

import pytest

from conftest import SHARECTL, on_terminal, read_terminal

DENIED = ("ListClients", "org.connshare1.Error.NotAuthorized", "not you")
PHONE = {"mac": "02:00:00:00:00:01", "addresses": ["192.168.137.20", "fd00::20"],
         "hostname": "Pixel-7", "private-mac": True, "state": "online", "since": 1700000000,
         "last-seen": 1700000100, "bytes-sent": 1234567, "bytes-received": 999, "signal": -48}
TV = {"mac": "28:6f:b9:00:00:02", "addresses": ["192.168.137.21"], "hostname": "tv",
      "name": "Living room", "vendor": "Nokia", "private-mac": False, "state": "blocked",
      "reserved": "192.168.137.21"}
BARE = {"mac": "28:6f:b9:00:00:03", "state": "away"}
HOSTILE = "\x1b]0;owned\x07\n\x9b31mred\u202eexe"


def ok(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def shared(service):
    service.add("lan0", ClientCount=1, BlockedCount=1)
    service.clients("lan0", PHONE, TV, BARE)
    return service


def test_table(sharectl, shared):
    assert [re.split(r"  +", line) for line in ok(sharectl("clients")).splitlines()] == [
        ["LAN", "NAME", "ADDRESS", "MAC", "MAKER", "STATE", "SINCE", "RECEIVED", "SENT", "SIGNAL"],
        ["lan0", "Pixel-7", "192.168.137.20", PHONE["mac"], "private address", "online",
         time.strftime("%Y-%m-%d", time.localtime(1700000000)), "999 bytes", "1.2 MB", "-48 dBm"],
        ["lan0", "Living room", "192.168.137.21", TV["mac"], "Nokia", "blocked", "-", "0 bytes",
         "0 bytes", "-"],
        ["lan0", "-", "-", BARE["mac"], "-", "away", "-", "0 bytes", "0 bytes", "-"]]
    assert shared.calls() == [["ListClients", ["lan0"], True]]


def test_since_today_is_a_time(sharectl, service):
    service.add("lan0")
    now = int(time.time())
    service.clients("lan0", {**BARE, "since": now})
    text = ok(sharectl("clients"))
    # around midnight it may have become yesterday
    assert time.strftime("%H:%M", time.localtime(now)) in text or (
        time.strftime("%Y-%m-%d", time.localtime(now)) in text)


def test_one_lan_of_several(sharectl, shared):
    shared.add("lan1")
    shared.clients("lan1", {**BARE, "hostname": "elsewhere"})
    assert ok(sharectl("clients")).count("\n") == 5
    text = ok(sharectl("clients", "lan1"))
    assert "elsewhere" in text and "Pixel-7" not in text


def test_none(sharectl, service):
    assert ok(sharectl("clients")) == "nothing is shared\n"
    assert json.loads(ok(sharectl("clients", "--json"))) == {"clients": []}
    service.add("lan0")
    assert ok(sharectl("clients")) == "no clients\n"
    assert json.loads(ok(sharectl("clients", "--json"))) == {"clients": []}


def test_json(sharectl, shared):
    clients = json.loads(ok(sharectl("clients", "lan0", "--json")))["clients"]
    assert clients[0] == {
        "lan": "lan0", "mac": PHONE["mac"], "address": "192.168.137.20",
        "addresses": ["192.168.137.20", "fd00::20"], "hostname": "Pixel-7", "name": "",
        "vendor": "", "reserved": "", "private_mac": True, "state": "online",
        "since": 1700000000, "last_seen": 1700000100, "bytes_sent": 1234567,
        "bytes_received": 999, "signal": -48}
    assert clients[2] == {
        "lan": "lan0", "mac": BARE["mac"], "address": "", "addresses": [], "hostname": "",
        "name": "", "vendor": "", "reserved": "", "private_mac": False, "state": "away",
        "bytes_sent": 0, "bytes_received": 0}


@pytest.mark.parametrize("words", ["clients", "client lan0 02:00:00:00:00:01"])
def test_hostile_names_steer_no_terminal(bus, service, words):
    service.add("lan0")
    service.clients("lan0", {**PHONE, "hostname": HOSTILE, "name": HOSTILE, "vendor": HOSTILE,
                             "private-mac": False, "addresses": [HOSTILE], "state": HOSTILE,
                             "reserved": HOSTILE})
    text = on_terminal(bus, *words.split(), columns=500, NO_COLOR="1")
    assert "\\x1b]0;owned\\x07 \\x9b31mred\\x202eexe" in text
    assert not set("\x1b\x07\x9b\u202e") & set(text)


@pytest.mark.parametrize("words", [[], ["--watch"]])
def test_hostile_names_as_json(bus, service, words):
    service.add("lan0")
    service.clients("lan0", {**PHONE, "hostname": "\x1b\x07\x7f\x9b\n\"\\ü"})
    process = bus.popen("clients", "--json", *words)
    text = "" if words else process.communicate(timeout=20)[0]
    if words:
        text = process.stdout.readline()
        ended(process)
    assert not set("\x1b\x07\x7f\x9b") & set(text)
    assert json.loads(text)["clients"][0]["hostname"] == "\x1b\x07\x7f\x9b\n\"\\ü"


def test_table_fits_the_terminal(bus, shared):
    text = on_terminal(bus, "clients", columns=110, NO_COLOR="1")
    assert PHONE["mac"] in text and "…" in text
    assert max(len(line) for line in text.splitlines()) <= 110


@pytest.mark.parametrize("words", ["clients", "clients lan0 --json", "clients --watch",
                                   "client lan0 Pixel-7", "client lan0 Pixel-7 --block"])
def test_without_rights(sharectl, shared, words):
    shared.fail(*DENIED)
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "sharectl: not you\n")
    assert [call[0] for call in shared.calls()] == ["ListClients"]


@pytest.mark.parametrize("words", ["clients", "clients --watch"])
def test_no_dialog_where_none_is_wanted(sharectl, shared, words):
    shared.fail(*DENIED)
    assert sharectl(*words.split(), "--no-ask-password").returncode == 4
    assert shared.calls() == [["ListClients", ["lan0"], False]]


@pytest.mark.parametrize("words", ["clients lan1", "clients lan1 --watch",
                                   "client lan1 Pixel-7 --block"])
def test_of_what_is_not_shared(sharectl, shared, words):
    done = sharectl(*words.split())
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == 'sharectl: "lan1" is not shared; "sharectl list" shows what is\n'


@pytest.mark.parametrize("word, mac", [
    (PHONE["mac"], PHONE["mac"]), ("28-6F-B9-00-00-02", TV["mac"]),
    ("192.168.137.20", PHONE["mac"]), ("FD00:0::20", PHONE["mac"]),
    ("Living room", TV["mac"]), ("living ROOM", TV["mac"]), ("Pixel-7", PHONE["mac"]),
    ("pixel-7", PHONE["mac"]), ("tv", TV["mac"]),
])
def test_what_a_client_is_called_by(sharectl, shared, word, mac):
    assert ok(sharectl("client", "lan0", word, "--block")) == f"{word} is blocked on lan0\n"
    assert shared.calls()[-1] == ["SetClient", ["lan0", mac, {"blocked": True}], True]


def test_mac_needs_no_look_at_the_others(sharectl, shared):
    shared.fail(*DENIED)
    ok(sharectl("client", "lan0", "AA:BB:CC:DD:EE:FF", "--block"))
    assert shared.calls() == [
        ["SetClient", ["lan0", "aa:bb:cc:dd:ee:ff", {"blocked": True}], True]]


def test_own_name_wins_over_a_claim(sharectl, service):
    """A client cannot take another's name, and so be allowed in its place."""
    service.add("lan0")
    service.clients("lan0", {**PHONE, "hostname": "Living room"}, TV)
    ok(sharectl("client", "lan0", "Living room", "--allow"))
    assert service.calls()[-1] == ["SetClient", ["lan0", TV["mac"], {"blocked": False}], True]


def test_address_wins_over_a_name(sharectl, service):
    service.add("lan0")
    service.clients("lan0", {**PHONE, "name": "192.168.137.21"}, TV)
    ok(sharectl("client", "lan0", "192.168.137.21", "--allow"))
    assert service.calls()[-1][1][1] == TV["mac"]


def test_ambiguous_name(sharectl, service):
    service.add("lan0")
    service.clients("lan0", PHONE, {**PHONE, "mac": "02:00:00:00:00:09"})
    done = sharectl("client", "lan0", "Pixel-7", "--block")
    assert (done.returncode, done.stdout, done.stderr) == (
        2, "", 'sharectl: several clients of "lan0" are called "Pixel-7"; name one by its MAC '
        "address: 02:00:00:00:00:01, 02:00:00:00:00:09\n")


@pytest.mark.parametrize("word", ["nobody", "", "192.168.137.99", "02:00:00:00:00", "Pixel",
                                  "02:00:00:00:00:0g"])
def test_unknown_client(sharectl, shared, word):
    done = sharectl("client", "lan0", word, "--block")
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "", f'sharectl: "lan0" has no client "{word}"; "sharectl clients lan0" lists them\n')


@pytest.mark.parametrize("options, settings, said", [
    (["--block"], {"blocked": True}, "tv is blocked on lan0\n"),
    (["--allow"], {"blocked": False}, "tv is not blocked on lan0\n"),
    (["--name", "Büro 5"], {"name": "Büro 5"}, 'tv is called "Büro 5"\n'),
    (["--name", ""], {"name": ""}, "tv has no name of its own any more\n"),
    (["--address", "192.168.137.50"], {"address": "192.168.137.50"},
     "tv gets the address 192.168.137.50 when it next asks for one\n"),
    (["--address", "any"], {"address": ""}, "tv gets any address\n"),
    (["--name", "TV", "--block"], {"name": "TV", "blocked": True},
     'tv is called "TV"\ntv is blocked on lan0\n'),
])
def test_set(sharectl, shared, options, settings, said):
    assert ok(sharectl("client", "lan0", "tv", *options)) == said
    assert shared.calls()[-1] == ["SetClient", ["lan0", TV["mac"], settings], True]


def test_set_is_refused(sharectl, shared):
    shared.fail("SetClient", "org.connshare1.Error.AddressConflict", "desk has 192.168.137.50")
    done = sharectl("client", "lan0", "tv", "--address", "192.168.137.50")
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", "sharectl: desk has 192.168.137.50\n")


def test_show_one(sharectl, shared):
    assert ok(sharectl("client", "lan0", "tv")) == """\
name      Living room
host name tv
state     blocked
addresses 192.168.137.21
reserved  192.168.137.21
MAC       28:6f:b9:00:00:02
maker     Nokia
received  0 bytes
sent      0 bytes
"""
    assert [call[0] for call in shared.calls()] == ["ListClients"]


@pytest.mark.parametrize("words, hint", [
    ("client lan0", "client needs LAN CLIENT"),
    ("client lan0 tv lan1", 'unexpected argument "lan1"'),
    ("client lan0 tv --block --allow", "--block and --allow contradict each other"),
    ("client lan0 tv --blok", '"--blok" (did you mean "--block"?)'),
    ("clients lan0 lan1", 'unexpected argument "lan1"'),
])
def test_misuse(sharectl, shared, words, hint):
    done = sharectl(*words.split())
    assert done.returncode == 2 and hint in done.stderr and shared.calls() == []


def lines_until(process, wanted):
    for line in process.stdout:
        if wanted in line:
            return line
    raise AssertionError(f"no {wanted}")


def ended(process, number=signal.SIGINT):
    process.send_signal(number)
    _, error = process.communicate(timeout=20)
    return process.returncode, error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watch(bus, shared, number):
    process = bus.popen("clients", "--watch")
    lines_until(process, "Pixel-7")
    shared.clients("lan0", {**PHONE, "hostname": "another"})
    lines_until(process, "another")
    shared.add("lan1")
    shared.clients("lan1", {**PHONE, "hostname": "elsewhere"})
    lines_until(process, "elsewhere")
    assert ended(process, number) == (0, "")
    # only the first question may lead to a dialog
    assert [call[2] for call in shared.calls()].count(True) == 1


def test_watch_looks_again_without_being_told(bus, shared):
    process = bus.popen("clients", "--watch", "--json")
    for _ in range(3):
        assert json.loads(process.stdout.readline())["clients"][0]["hostname"] == "Pixel-7"
    assert ended(process) == (0, "")


def test_watch_ends_with_the_share(bus, shared):
    process = bus.popen("clients", "lan0", "--watch")
    lines_until(process, "Pixel-7")
    shared.remove("lan0")
    _, error = process.communicate(timeout=20)
    assert (process.returncode, error) == (
        3, 'sharectl: "lan0" is not shared; "sharectl list" shows what is\n')


def test_watch_waits_for_the_service(bus, shared):
    process = bus.popen("clients", "--watch")
    lines_until(process, "Pixel-7")
    shared.close()
    lines_until(process, "connshared is not running; waiting for it")
    assert ended(process) == (0, "")


def test_watch_ends_when_the_rights_do(bus, shared):
    process = bus.popen("clients", "--watch")
    lines_until(process, "Pixel-7")
    shared.fail(*DENIED)
    _, error = process.communicate(timeout=20)
    assert (process.returncode, error) == (4, "sharectl: not you\n")


def test_watch_ends_with_its_reader(bus, shared):
    process = bus.popen("clients", "--watch")
    lines_until(process, "Pixel-7")
    process.stdout.close()
    assert process.wait(timeout=20) == 1
    process.stderr.close()


def test_watch_while_the_service_hangs(bus, shared):
    shared.hang("ListClients")
    process = bus.popen("clients", "--watch")
    while not shared.calls():
        time.sleep(0.05)
    assert ended(process) == (130, "")


def test_watch_replaces_what_a_terminal_shows(bus, shared):
    outer, inner = pty.openpty()
    termios.tcsetwinsize(inner, (50, 200))
    with subprocess.Popen([SHARECTL, "clients", "--watch"], stdin=subprocess.DEVNULL,
                          stdout=inner, env={**bus.environment, "TERM": "xterm"}) as process:
        os.close(inner)
        text = b""
        while text.count(b"\x1b[H\x1b[2J") < 2:
            text += read_terminal(outer)
        process.send_signal(signal.SIGINT)
    os.close(outer)
    assert process.returncode == 0 and text.startswith(b"\x1b[H\x1b[2J")


def test_monitor_names_who_joins_and_leaves(bus, shared):
    process = bus.popen("monitor")
    lines_until(process, "lan0 is shared")
    wait_for_list(shared)
    shared.clients("lan0", PHONE, TV, {**BARE, "state": "online", "hostname": HOSTILE})
    line = lines_until(process, "joined")
    assert line[13:] == (
        "a client joined lan0: \\x1b]0;owned\\x07 \\x9b31mred\\x202eexe (no address)\n")
    shared.clients("lan0", {**PHONE, "state": "away"}, TV)
    lines = {process.stdout.readline()[13:] for _ in range(2)}
    assert "a client left lan0: Pixel-7 (192.168.137.20)\n" in lines
    assert ended(process) == (0, "")
    assert not any(interactive for _, _, interactive in shared.calls())


def wait_for_list(service, count=1):
    """The first answer is what later ones are compared with."""
    while [call[0] for call in service.calls()].count("ListClients") < count:
        time.sleep(0.05)


def test_monitor_tells_numbers_to_who_may_not_see_names(bus, shared):
    shared.fail(*DENIED)
    process = bus.popen("monitor")
    lines_until(process, "lan0 is shared")
    wait_for_list(shared)
    shared.change("lan0", ClientCount=2)
    assert lines_until(process, "client")[13:] == "a client joined lan0\n"
    shared.change("lan0", ClientCount=0)
    assert process.stdout.readline()[13:] == "a client left lan0\n"
    assert process.stdout.readline()[13:] == "a client left lan0\n"
    assert ended(process) == (0, "")
    assert not any(interactive for _, _, interactive in shared.calls())


def test_monitor_json(bus, shared):
    process = bus.popen("monitor", "--json")
    lines_until(process, '"added"')
    wait_for_list(shared)
    shared.clients("lan0", PHONE, TV, {**BARE, "state": "online"})
    event = json.loads(lines_until(process, "client_joined"))
    assert event.pop("time") and event == {
        "event": "client_joined", "lan": "lan0", "mac": BARE["mac"], "state": "online"}
    assert ended(process) == (0, "")
