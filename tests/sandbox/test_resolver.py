# SPDX-License-Identifier: GPL-2.0-or-later
#
# A name server of the user's own on this computer (dnscrypt-proxy, unbound, AdGuard): clients use
# it when the user says so, and then it is the user's business which way it asks others.
#
import contextlib

import pytest
from follow import ETH1, PPP0, await_uplink, capture, message
from host import wait_for
from test_doctor import notes, only_flaw
from test_faults import port_53_taken
from test_names import NAMED

ADDRESS = "127.0.0.1"
WORDS = "names come from 127.0.0.1 on this computer, which looks them up by a way of its own"


@contextlib.contextmanager
def resolver(host, address=ADDRESS):
    """It asks its own server by the host's way out, eth1."""
    family = "-v6" if ":" in address else ""
    config = NAMED.replace("listen-on { any; }; listen-on-v6 { none; };",
                           f"listen-on{family} {{ {address}; }}; "
                           f"listen-on{'' if family else '-v6'} {{ none; }};")
    host.run("mkdir -p /run/named")
    host.path("/run/named/named.conf").write_text(config)
    server = host.popen(["named", "-f", "-c", "/run/named/named.conf"])
    try:
        wait_for(lambda: host.call(f"dig +short +time=1 +tries=1 @{address} asker.test").stdout
                 == f"{ETH1}\n", what="named does not start")
        yield
    finally:
        server.terminate()
        server.wait()
        host.run("rm -r /run/named")


@contextlib.contextmanager
def resolv_conf(host, *servers):
    file = host.path("/etc/resolv.conf")
    before = file.read_text()
    file.write_text("".join(f"nameserver {server}\n" for server in servers))
    try:
        yield
    finally:
        file.write_text(before)


@pytest.mark.parametrize("address", [ADDRESS, "::1"])
def test_resolver_that_the_user_names(host, client, address):
    words = WORDS.replace(ADDRESS, address)
    with resolver(host, address):
        preview = host.json("preview", "lan0", "via", "ppp0", "--dns", address)
        assert preview["message"] == f"lan0 is shared via ppp0; {words}"
        assert words in host.share("lan0", "via", "ppp0", "--dns", address)
        client.dhcp()
        with capture(host, "ppp0") as packets:
            for options in ((), ("+tcp",)):
                assert client.resolve("asker.test", *options) == [ETH1]
            assert client.get() == PPP0
            assert client.resolve("rebound.example") == []  # that is still filtered
        assert not [packet for packet in packets if ".53:" in packet]
        assert "need not be through ppp0" in notes(host)["dns-own"]
        host.run("sharectl change lan0 --dns auto")
        assert client.resolve("asker.test") == [PPP0]
        assert message(host) == "lan0 is shared via ppp0"
        assert set(notes(host)) == {"shared"}
        host.unshare("lan0")


def test_resolver_beside_another_server(host, client):
    """Only the other one is asked by the uplink."""
    host.share("lan0", "via", "ppp0", "--dns", ADDRESS, "--dns", "198.51.100.53")
    client.dhcp()
    assert client.resolve("asker.test") == [PPP0]
    finding = only_flaw(host, "warning", "dns-upstream")
    assert "127.0.0.1 (not a name server)" in finding["message"]
    host.unshare("lan0")


def test_resolver_that_is_dead(host, client):
    """Nobody else is asked instead, and nothing runs in a circle."""
    host.share("lan0", "via", "ppp0", "--dns", ADDRESS)
    client.dhcp()
    with capture(host, "eth1", "ppp0") as packets:
        assert "192.0.2.80" not in client.call("dig +short +time=1 +tries=1 www.test").stdout
    assert packets == []
    finding = only_flaw(host, "error", "dns-upstream")
    assert "no name server of the share answers: 127.0.0.1" in finding["message"]
    host.run(finding["remedy"].partition(": ")[2])
    assert client.resolve("asker.test") == [PPP0]
    host.unshare("lan0")


def test_clients_have_no_names_without_the_uplink(host, client):
    """As the rest of the Internet: they learn at once that it is away."""
    with resolver(host):
        host.share("lan0", "via", "ppp0", "--dns", ADDRESS)
        client.dhcp()
        assert client.resolve("asker.test") == [ETH1]
        host.hang_up()
        await_uplink(host, "")
        assert "192.0.2.80" not in client.call("dig +short +time=1 +tries=1 other.test").stdout
        host.dial()
        await_uplink(host, "ppp0")
        assert client.resolve("another.test") == ["192.0.2.80"]
        host.unshare("lan0")


def test_resolver_is_offered(host, client):
    """That of resolv.conf; but not the stub of systemd-resolved, nor one that does not run."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    with resolv_conf(host, ADDRESS, "198.51.100.53"):
        assert set(notes(host)) == {"shared"}
        with resolver(host):
            found = host.findings()
            assert [one["code"] for one in found] == ["shared", "dns-unused"]
            assert "named (process " in found[1]["message"] and ADDRESS in found[1]["message"]
            assert host.sharectl("doctor").returncode == 0
            host.run(found[1]["remedy"].partition(": ")[2])
            assert client.resolve("asker.test") == [ETH1]
            assert set(notes(host)) == {"shared", "dns-own"}
            host.run("sharectl change lan0 --dns 198.18.1.1")
            assert set(notes(host)) == {"shared"}
    host.run("sharectl change lan0 --dns auto")
    stub = "127.0.0.53"
    with port_53_taken(host, stub), resolv_conf(host, stub, "198.51.100.53"):
        assert set(notes(host)) == {"shared"}
    host.unshare("lan0")
