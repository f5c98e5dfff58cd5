# SPDX-License-Identifier: GPL-2.0-or-later
#
# What clients ask goes to the share's own name server and out by its uplink, whoever else serves
# names on the host, and whatever they bind.
#
import contextlib
import time

import pytest
from follow import ETH1, PPP0
from host import CommandFailed, wait_for

GATEWAY = "192.168.137.1"
NAMED = """options {
  directory "/run/named"; pid-file none; session-keyfile none;
  listen-on { any; }; listen-on-v6 { none; };
  allow-query { any; }; recursion yes; dnssec-validation no;
  forward only; forwarders { 198.51.100.53; };
};
controls { };
logging { category default { null; }; };
"""
DNAT = """table ip other {
  chain pre {
    type nat hook prerouting priority dstnat;
    fib daddr type local meta l4proto { tcp, udp } th dport 53 dnat to 198.18.1.1
  }
}
"""
IMITATION = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
SHARE_PORT = """import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
udp.setsockopt(socket.SOL_IP, 15, 1)  # IP_FREEBIND
udp.bind((sys.argv[1], int(sys.argv[2])))
print("bound", flush=True)
sys.stdin.read()"""


@contextlib.contextmanager
def named(host):
    """bind9 as a distribution starts it: on every address, also those that come later."""
    host.run("mkdir -p /run/named")
    host.path("/run/named/named.conf").write_text(NAMED)
    server = host.popen(["named", "-f", "-4", "-c", "/run/named/named.conf"])
    try:
        wait_for(lambda: has_port_53(host, "127.0.0.1"), what="named does not start")
        yield server
    finally:
        server.terminate()
        server.wait()
        host.run("rm -r /run/named")


def has_port_53(host, address):
    return f" {address}:53 " in host.run("ss -Hlnu")


@contextlib.contextmanager
def port_shared(place, address, port):
    """Another program has bound it, ready to share it."""
    other = place.popen(["/usr/bin/python3", "-c", SHARE_PORT, address, str(port)], stdin=-1)
    try:
        yield other.stdout.readline() == "bound\n"
    finally:
        other.communicate("")


def askers(host, name):
    """From which addresses the Internet was asked for a name."""
    return {words.split()[1] for words in host.log("internet").splitlines()
            if words.startswith("dns ") and words.endswith(f" {name}")}


def assert_asked_by_uplink(host, client, name):
    for options in ((), ("+tcp",)):
        assert client.resolve("asker.test", *options) == [PPP0]
    assert client.resolve(name) == ["192.0.2.80"]
    assert client.resolve(f"tcp-{name}", "+tcp") == ["192.0.2.80"]
    assert askers(host, name) == askers(host, f"tcp-{name}") == {PPP0}


def test_name_server_that_starts_after_the_share(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    with named(host):
        wait_for(lambda: has_port_53(host, GATEWAY), what="named does not bind the gateway")
        assert host.run(f"dig +short @{GATEWAY} asker.test") == ETH1  # it works, for us
        assert_asked_by_uplink(host, client, "after.test")
        host.run("pkill -x connshared")
        assert_asked_by_uplink(host, client, "still.test")
    host.unshare("lan0")


def test_name_server_that_is_there_first(host, client):
    with named(host):
        host.share("lan0", "via", "ppp0")
        wait_for(lambda: has_port_53(host, GATEWAY), what="named does not follow")
        client.dhcp()
        assert_asked_by_uplink(host, client, "before.test")
        host.kill("dnsmasq")
        wait_for(lambda: client.call("dig +short +time=2 +tries=2 back.test").returncode == 0,
                 what="there is no name server again")
        assert_asked_by_uplink(host, client, "again.test")
        host.unshare("lan0")


def test_other_redirection_of_port_53(host, client):
    """As Docker makes it for a container with a name server."""
    host.run(["nft", "-f", "-"], input=DNAT)
    try:
        host.share("lan0", "via", "ppp0")
        client.dhcp()
        assert_asked_by_uplink(host, client, "docker.test")
        host.unshare("lan0")
    finally:
        host.run("nft delete table ip other")


def test_server_is_out_of_others_reach(host, client):
    """Neither a program of nobody's can end it, nor can anybody read who its clients are."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    pid, = host.pids("dnsmasq")
    leases = "/var/lib/misc/dnsmasq.connshare-lan0.leases"
    assert "192.168.137." in host.run(["cat", leases])
    assert host.run(f"stat -c '%U %G' /proc/{pid}").split() == ["connshare-dns"] * 2
    nobody = "setpriv --reuid nobody --regid nogroup --clear-groups"
    assert host.call(f"{nobody} kill {pid}").returncode != 0
    for reader in (nobody, "setpriv --reuid connshare-dns --regid connshare-dns --clear-groups",
                   "setpriv --reuid alice --regid alice --clear-groups"):
        assert host.call(f"{reader} cat {leases}").returncode != 0
        assert host.call(f"{reader} ls /run/connshare/dnsmasq-lan0").returncode != 0
    assert host.pids("dnsmasq") == [pid]
    host.unshare("lan0")
    assert not host.path(leases).exists()


def test_imitations_hold_nothing_up(host, client):
    """Twenty processes of anybody's that look like the share's dnsmasq."""
    host.share("lan0", "via", "ppp0")
    ours = host.pids("dnsmasq")
    imitation = (IMITATION, "--keep-in-foreground", "--conf-file=-",
                 "--conf-file=/run/connshare/dnsmasq-lan0/dnsmasq.conf",
                 "--enable-dbus=org.connshare1.dnsmasq.lan_lan0")
    alice = host.user("alice", "c1")
    others = [alice.popen(["/usr/bin/python3", "-c", *imitation]) for _ in range(20)]
    try:
        host.run("pkill -x connshared")
        client.dhcp()
        assert host.pids("dnsmasq") == ours
        begin = time.monotonic()
        host.unshare("lan0")
        assert time.monotonic() - begin < 10
        assert not host.pids("dnsmasq")
        assert all(other.poll() is None for other in others)
    finally:
        for other in others:
            other.kill()


def test_nobody_without_rights_shares_the_port(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    alice = host.user("alice", "c1")
    for port in range(249, 256):
        with port_shared(alice, GATEWAY, port) as bound:
            assert not bound
    host.unshare("lan0")


@pytest.mark.parametrize("address", ["0.0.0.0", GATEWAY])
def test_own_port_is_taken(host, client, address):
    """By a program of root: on all addresses another is chosen at once, on the gateway's at the
    second attempt."""
    with port_shared(host, address, 249) as bound:
        assert bound
        done = host.sharectl("share", "lan0", "via", "ppp0")
        if address == GATEWAY:
            assert done.returncode == 1
            assert "port 249 on \"lan0\" is taken by python3" in done.stderr
            host.share("lan0", "via", "ppp0")
        client.dhcp()
        assert_asked_by_uplink(host, client, f"taken-{address.replace('.', '-')}.test")
        host.unshare("lan0")


@pytest.mark.parametrize("name, options, answer", [
    ("localhost", "A", "127.0.0.1"), ("www.localhost", "AAAA", "::1"), ("a.invalid", "A", ""),
    ("b.home.arpa", "A", ""), ("c.onion", "A", ""), ("single", "A", ""),
    ("99.137.168.192.in-addr.arpa", "PTR", ""), ("1.1.254.169.in-addr.arpa", "PTR", ""),
    (f"1.{'0.' * 31}ip6.arpa", "PTR", ""), (f"1.{'0.' * 28}8.e.f.ip6.arpa", "PTR", "")])
def test_names_that_are_answered_here(host, client, name, options, answer):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.resolve(name, options) == answer.split()
    client.resolve("1.1.168.192.in-addr.arpa", "PTR")  # another private network's may be known
    wait_for(lambda: askers(host, "1.1.168.192.in-addr.arpa"))
    assert not askers(host, name)
    host.unshare("lan0")


def test_public_names_with_private_addresses(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.resolve("evil.example") == []
    assert client.resolve("www.test") == ["192.0.2.80"]
    host.run("sharectl change lan0 --allow-rebind nas.example")
    assert client.resolve("nas.example") == client.resolve("a.nas.example") == ["192.168.1.10"]
    assert client.resolve("evil.example") == []
    host.run("sharectl change lan0 --allow-rebind none")
    assert client.resolve("nas.example") == []
    host.unshare("lan0")


@pytest.mark.parametrize("name", ["localhost", "isatap", "wpad", "laptop", "LapTop.lan"])
def test_names_that_no_client_gets(host, client, name):
    host.share("lan0", "via", "ppp0")
    own = client.dhcp(name="other-pc")["ip"]
    assert client.resolve("other-pc") == [own]
    assert client.dhcp(name=name)["ip"] == own
    assert own not in client.resolve(name) + client.resolve(name.partition(".")[0])
    host.unshare("lan0")


def test_names_of_the_lan(host, client):
    """Of this computer and of clients, forward and reverse, in a domain that clients learn."""
    def reverse(address):
        return client.resolve("-x", address)

    host.share("lan0", "via", "ppp0")
    lease = client.dhcp(name="Printer")
    assert lease["domain"] == lease["search"] == "lan"
    for name in ("laptop", "laptop.lan", "LAPTOP.lan"):
        assert client.resolve(name) == [GATEWAY]
    for name in ("printer", "printer.lan"):
        assert client.resolve(name) == [lease["ip"]]
        assert client.resolve(name, "AAAA") == []
    assert reverse(GATEWAY) == ["laptop.lan."] and reverse(lease["ip"]) == ["Printer.lan."]
    assert client.resolve("nobody.lan") == []
    assert not askers(host, "printer.lan") | askers(host, "nobody.lan")
    host.run("sharectl change lan0 --domain home.example")
    lease = client.dhcp(name="Printer")
    assert lease["domain"] == "home.example"
    assert client.resolve("laptop.home.example") == [GATEWAY]
    assert reverse(lease["ip"]) == ["Printer.home.example."]
    host.run(["sharectl", "change", "lan0", "--domain", ""])
    assert client.resolve("laptop.lan") == [GATEWAY]


@pytest.mark.parametrize("name", ["www.test", "laptop.test", "www.test.lan"])
def test_names_that_no_client_takes(host, client, name):
    """Names outside the LAN's domain, and this computer's own in another."""
    host.share("lan0", "via", "ppp0")
    own = client.dhcp(name=name)["ip"]
    assert client.resolve("www.test") == ["192.0.2.80"]
    assert client.resolve("laptop.lan") == client.resolve("laptop") == [GATEWAY]
    assert own not in client.resolve(name)


def test_all_addresses_are_taken(host, client):
    """By computers that are none; who has one keeps it."""
    def appear(number):
        client.run(f"ip link set eth0 address 02:00:00:00:09:0{number}")
        return client.dhcp(timeout=3, name=f"pc{number}")["ip"]

    address = client.run("cat /sys/class/net/eth0/address")
    host.share("lan0", "via", "ppp0", "--address", "10.9.8.1/29")
    try:
        given = [appear(number) for number in range(5)]
        assert len(set(given)) == 5
        assert appear(0) == given[0]
        found = {one["code"]: one for one in host.findings()}
        assert "all 5 addresses for clients of lan0 are in use, 5 of them" in \
            found["dhcp-exhausted"]["message"]
        with pytest.raises(CommandFailed):
            appear(7)
    finally:
        client.run(f"ip link set eth0 address {address}")
    host.unshare("lan0")
