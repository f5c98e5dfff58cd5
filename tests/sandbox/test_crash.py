# SPDX-License-Identifier: GPL-2.0-or-later
#
# The service killed at 200 random moments of sharing, failover, unsharing and its own start:
# crash.py has what is checked after each.  --seed plays the same moments again.
#
import random

import pytest
from crash import Crash

ROUNDS = 200
HOME = """nmcli connection add save no type ethernet ifname lan0 con-name home autoconnect no
    ipv4.method manual ipv4.addresses 10.77.0.1/24 ipv6.method link-local
    && nmcli connection up home"""


@pytest.fixture
def idle(host):
    """A LAN that NetworkManager has no profile for."""
    yield host


@pytest.fixture
def unmanaged(host):
    """A LAN that NetworkManager leaves alone, switched off."""
    host.run("nmcli device set lan0 managed no; ip link set lan0 down")
    yield host
    host.run("ip link set lan0 up; nmcli device set lan0 managed yes; "
             "nmcli device disconnect lan0 || true")


@pytest.fixture
def profile(host):
    """A LAN that has a connection of its own, which is to come back."""
    host.run(HOME.replace("\n", " "))
    yield host
    host.run("nmcli connection delete home")


@pytest.mark.parametrize("kind, share", [("idle", 2), ("unmanaged", 1), ("profile", 1)])
def test_killed_at_random_moments(kind, share, request, sanitized):
    seed = request.config.getoption("--seed") or random.randrange(10**6)
    print(f"--seed {seed}")
    host = request.getfixturevalue(kind)
    host.dial("ppp1")
    crash = Crash(host, random.Random(seed))
    try:
        crash.learn()
        for _ in range(ROUNDS * share // (16 if sanitized else 4)):
            crash.play()
    finally:
        print("\n".join(crash.log[-5:]))
        crash.close()
