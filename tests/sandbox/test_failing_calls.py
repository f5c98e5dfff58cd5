# SPDX-License-Identifier: GPL-2.0-or-later
#
# System calls of the service that fail, one after the other, while a share ends: whatever
# cannot be told or done just then is put back later, and never taken for gone.  And those of
# connshare-nft, which libnftables ends, or somebody else.
#
import contextlib
import signal
import time

import pytest
from follow import PPP0, capture
from host import wait_for

TRACE = "/run/log/trace"


@contextlib.contextmanager
def traced(host, pid, call, *options):
    """strace on a process, and at the end a list of its calls."""
    calls = []
    tracer = host.popen(["strace", "-f", "-qq", "-p", str(pid), "-o", TRACE,
                         "-e", f"trace={call}", *options])
    wait_for(lambda: "TracerPid:\t0\n" not in host.path(f"/proc/{pid}/status").read_text(),
             what="strace does not start")
    try:
        yield calls
    finally:
        tracer.terminate()
        host.call("pkill -x strace")
        tracer.communicate()
        calls += [line for line in host.path(TRACE).read_text().splitlines() if f"{call}(" in line]


def injection(call, error, number):
    return ["-e", f"inject={call}:error={error}:when={number}"]


# Not sendto: the service also speaks to the bus by that, and cannot do without it.
@pytest.mark.parametrize("call, error", [("socket", "ENFILE"), ("openat", "ENFILE"),
                                         ("pwrite64", "EIO"), ("unlink", "EIO"),
                                         ("rmdir", "EIO")])
def test_a_failing_call_does_not_count_as_done(host, call, error):
    before = host.settled_state()
    host.share("lan0", "via", "ppp0")
    service = host.pids("connshared")[0]
    with traced(host, service, call) as calls:
        host.unshare("lan0")
    assert calls
    for number, line in enumerate(calls, 1):
        if "/dev/null" in line:
            continue
        host.share("lan0", "via", "ppp0")
        with traced(host, service, call, *injection(call, error, number)):
            done = host.sharectl("unshare", "lan0")
        if host.json("status")["shares"]:
            assert done.returncode == 1, line
            host.unshare("lan0")
        host.await_return(before, f"after {line}: {done}")


def worker(host):
    """connshare-nft, which is started when it is needed."""
    def find():
        return host.call("pgrep -x -r S connshare-nft").stdout.split()

    if not find():
        host.share("lan0", "via", "ppp0")
        host.unshare("lan0")
    return int(wait_for(find)[0])


@pytest.mark.parametrize("call, error", [("recvmsg", "EINTR"), ("sendto", "ENOBUFS")])
def test_libnftables_ends_its_process(host, client, call, error):
    before = host.settled_state()
    service = host.pids("connshared")
    failures = 0
    for number in range(1, 40):
        with traced(host, worker(host), call, *injection(call, error, number)) as calls:
            done = host.sharectl("share", "lan0", "via", "ppp0")
        failures += done.returncode
        if done.returncode:
            host.await_return(before, f"after {calls}: {done}")
        host.share("lan0", "via", "ppp0")
        host.unshare("lan0")
        if not any("INJECTED" in line for line in calls):
            break
    assert failures and host.pids("connshared") == service
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
    host.unshare("lan0")


def test_nftables_does_not_answer(host):
    before = host.settled_state()
    host.run(["kill", "-STOP", str(worker(host))])
    start = time.monotonic()
    done = host.sharectl("share", "lan0", "via", "ppp0")
    assert done.returncode == 1 and "did not reply" in done.stderr
    assert time.monotonic() - start < 45
    assert host.state() == before
    host.share("lan0", "via", "ppp0")
    host.unshare("lan0")


def test_worker_is_killed(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.run(["kill", "-KILL", str(worker(host))])
    host.hang_up()
    wait_for(lambda: not client.can_get(timeout=1))
    host.dial()
    wait_for(lambda: client.can_get(timeout=1))
    host.unshare("lan0")


def test_guard_that_cannot_be_put_back(host, client):
    """Then nothing is forwarded: neither unmasqueraded packets nor strangers' pass."""
    forwarding = "sysctl -n net.ipv4.conf.lan0.forwarding net.ipv4.conf.ppp0.forwarding"
    before = host.settled_state()
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.run("printf '#!/bin/sh\nexit 1\n' >/run/log/fake; chmod 755 /run/log/fake; "
             "mount --bind /run/log/fake /usr/libexec/connshare-nft")
    try:
        host.run("pkill -KILL -x connshare-nft; nft flush ruleset")
        wait_for(lambda: host.run(forwarding).split() == ["0", "0"])
        with capture(host, "ppp0", "eth1") as packets:
            assert client.call("ping -c 3 -i 0.1 -W 1 192.0.2.80").returncode
        assert packets == []
        assert "connshare-nft failed" in host.json("status")["shares"][0]["state_message"]
    finally:
        host.run("umount /usr/libexec/connshare-nft")
    host.share("lan0", "via", "ppp0")
    assert client.get() == PPP0
    host.unshare("lan0")
    assert host.settled_state() == before


def test_worker_ends_with_the_service(host):
    old = worker(host)
    host.kill("connshared", signal.SIGKILL)
    wait_for(lambda: old not in host.pids("connshare-nft"), what="it outlives the service")
