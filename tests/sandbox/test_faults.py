# SPDX-License-Identifier: GPL-2.0-or-later
#
# Things that are missing, taken or broken on the host.
#
import contextlib
import time

import pytest
from follow import ETH1, PPP0
from host import wait_for

LISTEN = """import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
udp.bind((sys.argv[1], 53)); tcp.bind((sys.argv[1], 53)); tcp.listen()
print("bound", flush=True)
sys.stdin.read()"""


@contextlib.contextmanager
def port_53_taken(host, address):
    other = host.popen(["/usr/bin/python3", "-c", LISTEN, address], stdin=-1)
    assert other.stdout.readline() == "bound\n"
    yield
    other.communicate("")


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "198.18.1.2"])
def test_port_53_is_taken(host, client, address):
    with port_53_taken(host, address):
        host.share("lan0", "via", "ppp0")
        assert client.dhcp()["dns"] == "192.168.137.1"
        assert client.resolve("asker.test") == [PPP0]
        assert client.resolve("asker.test", "+tcp") == [PPP0]
        assert client.get() == PPP0
        host.unshare("lan0")


def test_uplink_gets_no_dns_when_port_53_is_taken(host):
    with port_53_taken(host, "0.0.0.0"):
        host.share("lan0", "via", "ppp0")
        for port in ("53", "249"):
            done = host.internet.call(["dig", "+time=1", "+tries=1", "-p", port,
                                       "@203.0.113.10", "www.test"])
            assert done.returncode == 9
        host.unshare("lan0")


def test_two_shares_when_port_53_is_taken(host):
    with port_53_taken(host, "0.0.0.0"):
        host.share("lan0", "via", "ppp0")
        host.share("lan1", "via", "eth1")
        for client, asker in ((host.client, PPP0), (host.client2, ETH1)):
            client.dhcp()
            assert client.resolve("asker.test") == [asker]
        host.unshare("--all")


@contextlib.contextmanager
def replaced(host, path, text):
    """The program is another one, or none."""
    program, away = host.path(path), host.path(path + ".away")
    program.rename(away)
    if text is not None:
        program.write_text(text)
        program.chmod(0o755)
    yield
    program.unlink(missing_ok=True)
    away.rename(program)


def assert_refused_and_clean(host, word):
    before = host.state()
    done = host.sharectl("share", "lan0", "via", "ppp0")
    assert done.returncode == 1 and word in done.stderr.lower(), done.stderr
    assert len(done.stderr.splitlines()) == 1
    host.await_return(before)
    assert host.json("status") == {"shares": []}


def test_dnsmasq_is_missing(host):
    with replaced(host, "/usr/sbin/dnsmasq", None):
        assert_refused_and_clean(host, "dnsmasq")


@pytest.mark.parametrize("text", [
    "#!/bin/sh\necho >&2 bad option; exit 1\n", "#!/bin/sh\nexit 0\n", "#!/bin/sh\nkill -9 $$\n",
    "#!/bin/sh\nprintf '\\377' >&2; exit 1\n", "not a program"])
def test_dnsmasq_fails(host, text):
    with replaced(host, "/usr/sbin/dnsmasq", text):
        assert_refused_and_clean(host, "dnsmasq")


def test_dnsmasq_says_nothing(host):
    with replaced(host, "/usr/sbin/dnsmasq", "#!/bin/sh\nexec sleep 60\n"):
        try:
            assert_refused_and_clean(host, "dnsmasq")
        finally:
            host.call("pkill -x sleep")


@pytest.mark.parametrize("words", ["sleep 60 &\nexec", "exec 2>/dev/null\nexec", ""])
def test_dnsmasq_in_a_wrapper(host, client, words):
    """It holds the standard error, or has another, or stays beside it."""
    before = host.state()
    wrapper = f'#!/bin/sh\n{words} /usr/sbin/dnsmasq.away "$@"\n'
    with replaced(host, "/usr/sbin/dnsmasq", wrapper):
        host.share("lan0", "via", "ppp0")
        assert client.dhcp()["router"] == "192.168.137.1"
        assert client.get() == PPP0
        host.unshare("lan0")
        host.call("pkill -x sleep")
        host.await_return(before)


def test_dnsmasq_dies(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.kill("dnsmasq")
    wait_for(lambda: client.call("dig +short +time=1 +tries=1 asker.test").stdout.strip() == PPP0)
    assert client.dhcp()["router"] == "192.168.137.1"


def test_other_failing_share_leaves_the_first(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    with replaced(host, "/usr/sbin/dnsmasq", None):
        assert host.sharectl("share", "lan1", "via", "ppp0").returncode == 1
    assert client.get() == PPP0
    assert [share["lan"] for share in host.json("status")["shares"]] == ["lan0"]


def test_table_belongs_to_someone_else(host):
    owner = host.popen(["nft", "-i"], stdin=-1)
    owner.stdin.write("add table inet connshare { flags owner; }\n")
    owner.stdin.flush()
    wait_for(lambda: "table inet connshare" in host.run("nft list tables").splitlines())
    try:
        assert_refused_and_clean(host, "nftables")
    finally:
        owner.communicate("quit\n")


def test_no_room_for_the_ledger(host):
    host.run("mkdir -p /run/connshare; mount -t tmpfs -o ro tmpfs /run/connshare")
    try:
        done = host.sharectl("share", "lan0", "via", "ppp0")
        assert done.returncode == 1 and "/run/connshare" in done.stderr
    finally:
        host.run("umount /run/connshare")


def test_gateway_sysctl_changed_by_someone_else_stays(host):
    host.share("lan0", "via", "ppp0")
    host.run("sysctl -qw net.ipv4.ip_forward=1")
    host.unshare("lan0")
    assert host.run("sysctl -n net.ipv4.ip_forward") == "1"
    host.run("sysctl -qw net.ipv4.ip_forward=0")


def test_forwarding_that_was_on_stays_on(host):
    host.run("sysctl -qw net.ipv4.conf.lan0.forwarding=1")
    host.share("lan0", "via", "ppp0")
    host.unshare("lan0")
    assert host.run("sysctl -n net.ipv4.conf.lan0.forwarding") == "1"
    host.run("sysctl -qw net.ipv4.conf.lan0.forwarding=0")


@pytest.mark.parametrize("wreck", ["nft delete table inet connshare",
                                   "ip rule del pref 5000",
                                   "ip address flush dev lan0"])
def test_unshare_when_something_is_gone_already(host, wreck):
    host.share("lan0", "via", "ppp0")
    host.call(wreck)
    host.unshare("lan0")


@contextlib.contextmanager
def fixed_sysctls(host):
    """What was changed cannot be put back for now."""
    host.run("mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys")
    try:
        yield
    finally:
        host.run("umount /proc/sys")


@pytest.mark.parametrize("service", ["stays", "is killed"])
def test_what_could_not_be_put_back_is_later(host, service):
    before = host.settled_state()
    host.share("lan0", "via", "ppp0")
    with fixed_sysctls(host):
        done = host.sharectl("unshare", "lan0")
        assert done.returncode == 1 and "/proc/sys is read-only" in done.stderr
        assert host.json("status") == {"shares": []}
        assert host.state() != before
        if service == "is killed":
            host.kill("connshared")
    if service == "is killed":
        host.sharectl("status")
    host.await_return(before)


def test_network_manager_goes_while_a_share_ends(spare):
    """It has the order to end its profile, and does not live to do so."""
    spare.share("lan0", "via", "ppp0")
    with spare.stopped("NetworkManager"):
        caller = spare.popen(["sharectl", "unshare", "lan0"])
        time.sleep(0.5)
        spare.kill("NetworkManager")
    caller.communicate()
    assert caller.returncode == 0
    assert "192.168.137.1" not in spare.run("ip address show dev lan0")
    spare.start_network_manager()
    assert "lan0:disconnected" in spare.run("nmcli -t -f DEVICE,STATE device")
