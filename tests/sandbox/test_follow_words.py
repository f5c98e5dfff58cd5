# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a share does, and why, in a sentence: in status, in monitor and in signals.
#
import json
import re

import pytest
from follow import await_state, await_uplink, message, profile, wire


@pytest.fixture
def hung_up(host):
    host.hang_up()
    yield
    host.call("ip link del ppp0")
    host.dial()


def test_waiting(host, hung_up):
    host.share("lan0", "via", "ppp0")
    out = host.run(["sharectl", "status"])
    assert "waiting" in out and "ppp0 does not exist" in out


def test_second_choice(host, hung_up):
    host.share("lan0", "via", "ppp0,eth1")
    assert "via eth1 (2nd choice; ppp0 does not exist)" in host.run(["sharectl", "status"])


def test_first_choice_is_plain(host):
    host.share("lan0", "via", "ppp0,eth1")
    assert message(host).startswith("lan0 is shared via ppp0")
    assert "choice" not in message(host)


def test_auto_names_its_uplink(host):
    host.share("lan0", "via", "auto")
    assert "eth1" in message(host) and "auto" in message(host)


def test_profile_that_is_down(host):
    with wire(host, "wan7"), profile(host, "line", "wan7"):
        host.share("lan0", "via", "line", "--no-dial")
        assert 'line' in message(host) and "not connected" in message(host)
        host.unshare("lan0")


def test_link_is_missing(host):
    host.share("lan0", "via", "eth1")
    host.internet.run("ip link set isp1 down")
    try:
        await_state(host, "waiting", "uplink-down")
        assert message(host).startswith("eth1 ")
    finally:
        host.internet.run("ip link set isp1 up")
    await_uplink(host, "eth1")


def test_monitor_prints_each_change_with_its_time(host):
    monitor = host.popen(["sharectl", "monitor"])
    host.share("lan0", "via", "ppp0,eth1")
    host.hang_up()
    await_uplink(host, "eth1")
    host.dial()
    await_uplink(host, "ppp0")
    host.unshare("lan0")
    lines = []
    while not lines or "no longer" not in lines[-1]:
        lines.append(monitor.stdout.readline())
    monitor.kill()
    monitor.communicate()
    assert all(re.match(r"\d\d:\d\d:\d\d\.\d\d\d ", line) for line in lines)
    ways = [match[1] for line in lines if (match := re.search(r"shared via (\w+)", line))]
    assert ways[0] == "ppp0" and "eth1" in ways and ways[-1] == "ppp0"
    assert any("2nd choice" in line for line in lines)


def test_monitor_in_json(host, hung_up):
    monitor = host.popen(["sharectl", "monitor", "--json"])
    host.share("lan0", "via", "ppp0,eth1")
    host.unshare("lan0")
    lines = []
    while not lines or lines[-1]["event"] != "removed":
        lines.append(json.loads(monitor.stdout.readline()))
    monitor.kill()
    monitor.communicate()
    told = [line for line in lines if line.get("state") == "active"]
    assert told[-1]["uplink"] == "eth1" and "2nd choice" in told[-1]["state_message"]
    assert all("time" in line for line in lines)


def test_signals_tell_the_same(host, bus, hung_up):
    path = bus.call("ShareConnection", "('lan0', 'ppp0,eth1')")[0]
    bus.signals()
    host.dial()
    await_uplink(host, "ppp0")
    changed = {}
    for at, _, name, arguments in bus.signals():
        if name == "PropertiesChanged" and at == path:
            changed.update(arguments[1])
    assert changed["Uplink"] == "ppp0"
    assert changed["StateMessage"] == message(host)


def test_completion_offers_profiles(host):
    """As "sharectl share lan0 via <Tab>" would."""
    script = ("source /usr/share/bash-completion/bash_completion 2>/dev/null; "
              "source /usr/share/bash-completion/completions/sharectl; "
              "COMP_WORDS=(sharectl share lan0 via ''); COMP_CWORD=4; "
              "COMP_LINE='sharectl share lan0 via '; COMP_POINT=24; "
              "$(complete -p sharectl | sed -E 's/.*-F ([^ ]+).*/\\1/') sharectl '' via; "
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    with wire(host, "wan7"), profile(host, "Mobile broadband", "wan7"):
        offered = host.run(["bash", "-c", script])
    assert "Mobile" in offered and "auto" in offered and "ppp0" in offered
