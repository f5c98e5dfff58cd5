# SPDX-License-Identifier: GPL-2.0-or-later
# Passwords on a terminal: the agent's life, and what Ctrl-C leaves.  A script takes the
# place of pkttyagent; sharectl runs on a terminal of its own as a user without rights.
import os
import pty
import signal
import stat
import termios
import time

import pytest

from conftest import SHARECTL

NOBODY = 65534
AGENT = """#!/bin/bash
echo "$PPID $*" >>{log}
trap 'echo ended >>{log}; exit 1' TERM
stty -echo </dev/tty
exec 3>&-
while :; do sleep 0.05; done
"""


class Session:
    """sharectl on a terminal."""

    def __init__(self, bus, path, *words, uid=NOBODY):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.setuid(uid)
            os.execve(SHARECTL, [SHARECTL, *words], {**bus.environment, "PATH": path})

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def end(self):
        """Exit status and what was on the terminal."""
        output = b""
        try:
            while chunk := os.read(self.terminal, 4096):
                output += chunk
        except OSError:      # how Linux says that nobody has the terminal open any more
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.terminal)
        return status, output.decode()


@pytest.fixture
def agent(bus):
    """A directory for PATH with the agent in it, and the agent's log."""
    if os.getuid() != 0:
        pytest.fail("needs root, to run sharectl as nobody")
    log = bus.directory / "log"
    log.touch()
    log.chmod(0o666)
    program = bus.directory / "bin/pkttyagent"
    program.parent.mkdir()
    program.write_text(AGENT.format(log=log))
    program.chmod(0o755)
    return f"{program.parent}:/usr/bin:/bin", log


def wait_for(probe):
    end = time.monotonic() + 60
    while not probe():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_agent_is_there_for_the_call_and_ends_with_it(bus, service, agent):
    path, log = agent
    session = Session(bus, path, "share", "lan0", "via", "ppp0")
    pid = session.pid
    status, output = session.end()
    assert (status, output.strip()) == (
        0, "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24")
    assert log.read_text().splitlines() == [
        f"{pid} --process {pid} --notify-fd 3 --fallback", "ended"]


@pytest.mark.parametrize("words", ["share lan0", "unshare lan0"])
@pytest.mark.parametrize("number, expected", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_dialog_leaves_nothing(bus, service, agent, words, number, expected):
    path, log = agent
    service.hang("ShareConnectionWithOptions")
    service.hang("StopSharing")
    session = Session(bus, path, *words.split())
    wait_for(service.calls)
    assert not session.echoes()
    os.kill(session.pid, number)
    status, output = session.end()
    assert (status, output) == (expected, "")
    assert log.read_text().splitlines()[-1] == "ended"


def test_control_c(bus, service, agent):
    path, log = agent
    service.hang("ShareConnectionWithOptions")
    session = Session(bus, path, "share", "lan0")
    wait_for(service.calls)
    os.write(session.terminal, b"\x03")
    assert session.end()[0] == 130


def test_no_agent_for_reading(bus, service, agent):
    path, log = agent
    for words in ("status", "interfaces", "preview lan0"):
        assert Session(bus, path, *words.split()).end()[0] == 0
    assert log.read_text() == ""


def test_no_agent_for_root(bus, service, agent):
    path, log = agent
    assert Session(bus, path, "share", "lan0", uid=0).end()[0] == 0
    assert log.read_text() == ""


def test_no_agent_without_a_terminal(bus, service, agent):
    path, log = agent
    assert bus.sharectl("share", "lan0", PATH=path).returncode == 0
    assert log.read_text() == ""


def test_agent_that_is_not_installed(bus, service):
    assert Session(bus, "/nonexistent", "share", "lan0").end()[0] == 0


def test_agent_that_fails_at_once(bus, service, agent):
    path, log = agent
    (bus.directory / "bin/pkttyagent").write_text("#!/bin/sh\nexit 1\n")
    assert Session(bus, path, "share", "lan0").end()[0] == 0
