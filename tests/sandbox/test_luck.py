# SPDX-License-Identifier: GPL-2.0-or-later
#
# Out of luck: no room, no descriptors, no network that is free, a packet filter or a dnsmasq that
# refuses.  Each is told to the caller in one line with what helps, harms no other share, leaves
# nothing half done, and is over when its cause is.
#
import contextlib
import os

import pytest
from follow import PPP0, await_state, message
from host import wait_for

STATE, RUN = "/var/lib/connshare", "/run/connshare"
# In one transaction, as the service would be back between two.
OWNED = "delete table inet connshare; add table inet connshare { flags owner; }\n"


@contextlib.contextmanager
def other_disk(host, directory):
    """A file system of its own for the directory, with what is in there."""
    host.run(f"mkdir -p {directory}; cp -a {directory} /run/saved; "
             f"mount -t tmpfs -o size=128k,mode=755 tmpfs {directory}; "
             f"cp -a /run/saved/. {directory}; rm -r /run/saved")
    try:
        yield
    finally:
        host.run(f"rm -f {directory}/ballast; cp -a {directory} /run/saved; umount {directory}; "
                 f"rm -rf {directory}; mv /run/saved {directory}")


@contextlib.contextmanager
def full(host, directory):
    host.call(f"cat /dev/zero >{directory}/ballast")
    yield
    host.run(f"rm {directory}/ballast")


@contextlib.contextmanager
def read_only(host, directory):
    host.run(f"mount -o remount,ro {directory}")
    yield
    host.run(f"mount -o remount,rw {directory}")


def refused(host, *words):
    """One line with all the words; nothing comes of it."""
    before = host.settled_state()
    done = host.sharectl("share", "lan1", "via", "ppp0")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done
    for word in words:
        assert word in done.stderr
    host.await_return(before)
    assert [share["lan"] for share in host.json("status")["shares"]] == ["lan0"]
    await_state(host, "active", "none")


def works(host):
    host.share("lan1", "via", "ppp0")
    host.client2.dhcp()
    assert host.client2.get() == PPP0
    host.unshare("lan1")


@pytest.fixture
def shared(host):
    host.share("lan0", "via", "ppp0")
    host.client.dhcp()
    yield host
    assert host.client.get() == PPP0


@pytest.mark.parametrize("directory", [STATE, RUN])
@pytest.mark.parametrize("trouble, words", [(full, "no space left"), (read_only, "read-only")])
def test_no_room(shared, directory, trouble, words):
    with other_disk(shared, directory):
        with trouble(shared, directory):
            refused(shared, directory, words)
        works(shared)


def test_full_disks_do_not_hinder_a_repair_or_an_end(shared):
    with other_disk(shared, RUN), other_disk(shared, STATE):
        with full(shared, RUN), full(shared, STATE):
            shared.run("ip rule del pref 5000 iif lan0; ip route flush table 13700")
            wait_for(lambda: shared.client.can_get("http://192.0.2.80/", timeout=1))
            shared.unshare("lan0")
            assert "connshare" not in shared.ruleset() + shared.run("ip rule; nmcli connection")
    shared.share("lan0", "via", "ppp0")


def test_out_of_descriptors(shared):
    shared.kill("connshared")
    await_state(shared, "active", "none")
    pid = shared.pids("connshared")[0]
    limits = shared.path(f"/proc/{pid}/limits").read_text()
    before = next(line.split()[3:5] for line in limits.splitlines() if "open files" in line)
    assert before[0] == before[1]
    used = len(os.listdir(shared.path(f"/proc/{pid}/fd")))
    for spare in (0, 1, 3, 5, 8, 12):
        shared.run(["prlimit", "--pid", str(pid), f"--nofile={used + spare}:"])
        refused(shared, "too many open files", "LimitNOFILE")
    assert shared.pids("connshared") == [pid]
    shared.run(["prlimit", "--pid", str(pid), f"--nofile={before[0]}:"])
    works(shared)


def test_no_free_network(shared):
    nets = [*(f"192.168.{number}.0/24" for number in range(138, 255)),
            *(f"{start}.{number}.0/24" for start in ("10.137", "172.30") for number in range(256))]
    shared.run(["ip", "-batch", "-"], input="".join(f"route add {net} dev eth1\n" for net in nets))
    try:
        done = shared.sharectl("share", "lan1", "via", "ppp0")
        assert done.returncode == 1 and '"address"' in done.stderr, done.stderr
        await_state(shared, "active", "none")
        shared.share("lan1", "via", "ppp0", "--address", "100.64.9.1/24")
        shared.unshare("lan1")
    finally:
        shared.run(["ip", "-batch", "-"],
                   input="".join(f"route del {net} dev eth1\n" for net in nets))
    works(shared)


def test_table_is_taken_over(shared):
    """The share fails, and lets nothing through that it should not; then it comes back."""
    owner = shared.popen(["nft", "-i"], stdin=-1)
    owner.stdin.write(OWNED)
    owner.stdin.flush()
    try:
        await_state(shared, "failed", "failed")
        assert "table" in message(shared)
        assert shared.sharectl("share", "lan1", "via", "ppp0").returncode == 1
    finally:
        owner.communicate("quit\n")
    await_state(shared, "active", "none")
    works(shared)


@contextlib.contextmanager
def no_dnsmasq(host):
    host.run("mv /usr/sbin/dnsmasq /usr/sbin/dnsmasq.away")
    yield
    host.run("mv /usr/sbin/dnsmasq.away /usr/sbin/dnsmasq")


def test_dnsmasq_goes_while_sharing(shared):
    """Clients keep what they have; the state says which package it takes; then all is back."""
    with no_dnsmasq(shared):
        shared.kill("dnsmasq")
        await_state(shared, "failed", "failed")
        assert "dnsmasq-base" in message(shared)
        assert shared.client.get("http://192.0.2.80/") == PPP0
    await_state(shared, "active", "none")
    assert shared.client.resolve("asker.test") == [PPP0]


def test_dnsmasq_dies_at_once_again_and_again(shared):
    killer = shared.popen("while :; do pkill -x dnsmasq; sleep 0.02; done", start_new_session=True)
    try:
        await_state(shared, "failed", "failed")
        assert "dnsmasq" in message(shared)
        started = shared.log().count("dnsmasq exited unexpectedly")
    finally:
        killer.kill()
        killer.wait()
    assert started < 10
    await_state(shared, "active", "none")
    assert shared.client.resolve("asker.test") == [PPP0]
