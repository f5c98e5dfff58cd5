# SPDX-License-Identifier: GPL-2.0-or-later
#
# Passwords on a terminal, with polkit's own agent and PAM: alice types root's, or does not.
#
import os
import termios

import pytest
from host import wait_for
from test_cli import read_until, terminal

ASKED = ["share", "lan0", "via", "ppp0"]
PASSWORD = "correct horse"


def echoes(master):
    return bool(termios.tcgetattr(master)[3] & termios.ECHO)


@pytest.fixture
def host(spare):
    spare.run(["chpasswd"], input=f"root:{PASSWORD}\n")
    return spare


@pytest.fixture
def asked(host):
    """sharectl, its terminal, and the password prompt on it."""
    with terminal(host, host.user("alice", "c1"), ASKED) as (process, master):
        read_until(master, "assword")
        wait_for(lambda: not echoes(master))
        yield process, master


def check_nothing_is_left(host, master):
    assert echoes(master)
    assert host.pids("pkttyagent") == []
    assert host.pids("polkit-agent-helper-1") == []


def test_right_password(host, asked):
    process, master = asked
    os.write(master, PASSWORD.encode() + b"\n")
    assert "lan0 is shared via ppp0" in read_until(master, "192.168.137.0/24")
    assert process.wait(10) == 0
    check_nothing_is_left(host, master)


def test_wrong_password(host, asked):
    process, master = asked
    os.write(master, b"wrong\n")
    read_until(master, "sharectl: ")
    assert process.wait(10) == 4
    check_nothing_is_left(host, master)
    assert host.json("list") == {"shares": []}


def test_interrupted(host, asked):
    process, master = asked
    host.run(["pkill", "-INT", "-x", "sharectl"])
    assert process.wait(10) == 130
    check_nothing_is_left(host, master)
    assert host.json("list") == {"shares": []}


def test_control_c(host, asked):
    process, master = asked
    os.write(master, b"\x03")
    process.wait(10)
    wait_for(lambda: not host.pids("sharectl"))
    check_nothing_is_left(host, master)


def test_one_password_for_a_few_minutes(host):
    """Of all that is done in one shell, by a user who sits at the computer."""
    script = ("sharectl share lan0 via ppp0; sharectl change lan0 via eth1; "
              "sharectl unshare lan0; echo done")
    with terminal(host, host.user("alice", "c1"), ["-c", script], "sh") as (_, master):
        read_until(master, "assword")
        wait_for(lambda: not echoes(master))
        os.write(master, PASSWORD.encode() + b"\n")
        said = read_until(master, "done")
        assert "lan0 is no longer shared" in said and "assword" not in said
        elsewhere = host.user("alice", "c1").bus()
        assert elsewhere.error_of("ShareConnection", "('lan0', 'ppp0')") == "NotAuthorized"
        check_nothing_is_left(host, master)
