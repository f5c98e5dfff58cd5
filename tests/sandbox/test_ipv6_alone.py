# SPDX-License-Identifier: GPL-2.0-or-later
#
# Uplinks that have IPv6 and no IPv4: clients are served as far as that goes, with the uplink's name
# servers, and it is said.  One with IPv4 is better.
#
import contextlib

import pytest
from follow import await_state, await_uplink, message, profile, share_of, uplink, wire
from host import wait_for
from ipv6 import (DNS64, PLAIN, WEB6, Router, Sniffed, await_ipv6, await_uplink6, beside, clients6,
                  internet6, managed, page6, reaches6)


@pytest.fixture
def internet(host, client):
    with internet6(host), clients6(client):
        yield host


@contextlib.contextmanager
def ipv6_alone(host, server, name="wan7"):
    """NetworkManager's, with this name server."""
    router = Router(host, name)
    with wire(host, name), profile(
            host, name, name, "100.64.7.2", "ipv4.method", "disabled", "ipv4.addresses", "",
            "ipv4.gateway", "", "ipv4.dns", "", "ipv6.method", "auto", "ipv6.addr-gen-mode",
            "eui64", "ipv6.ip6-privacy", "0"):
        router.start(f"RDNSS {server} {{ }};")
        try:
            host.run(f"nmcli connection up {name}")
            router.uplink = await_uplink6(host, name)
            yield router
            host.unshare("--all")
        finally:
            router.stop()


def codes(host):
    return {finding["code"]: finding["severity"] for finding in host.findings()}


def refused_at_once(client):
    """IPv4 does not time out."""
    done = client.call("for i in 1 2 3 4 5 6 7 8; do curl -s -m 1 http://192.0.2.80/; "
                       "echo $?; done")
    return set(done.stdout.split()) == {"7"}


@pytest.mark.parametrize("server, severity", [(DNS64, "info"), (PLAIN, "warning")])
def test_served(host, client, internet, server, severity):
    with beside(host), ipv6_alone(host, server) as router:
        host.share("lan0", "via", "wan7")
        assert "which has no IPv4" in message(host)
        assert share_of(host)["ipv6_mode"] == "masquerade"
        lease = client.dhcp()
        own = await_ipv6(client)
        with Sniffed(host, "eth1", "lan1") as sniffed:
            assert page6(client) == router.uplink
            assert client.run(["dig", "+short", "+tries=1", "AAAA", "web6.test",
                               f"@{lease['router']}"]) == WEB6
            assert client.run(["dig", "+short", "+tries=1", "AAAA", "other.test",
                               f"@{lease['router']}"]) == (
                "64:ff9b::c000:250" if server == DNS64 else "")
            assert refused_at_once(client)
        assert sniffed.leaving() == [] and own
        assert codes(host)["ipv6-alone"] == severity
        assert set(codes(host)) == {"shared", "ipv6-alone"}


def test_ipv4_comes_and_goes(host, client, internet):
    with ipv6_alone(host, DNS64) as router:
        host.share("lan0", "via", "wan7")
        client.dhcp()
        await_ipv6(client)
        host.run("nmcli connection modify --temporary wan7 ipv4.method manual "
                 "ipv4.addresses 100.64.7.2/24 ipv4.gateway 100.64.7.1; "
                 "nmcli device reapply wan7")
        wait_for(lambda: "no IPv4" not in message(host), what="IPv4 is not seen")
        assert client.get("http://192.0.2.80/") == "100.64.7.2"
        assert page6(client) == router.uplink
        host.run("nmcli connection modify --temporary wan7 ipv4.method disabled "
                 "ipv4.addresses '' ipv4.gateway ''; nmcli device reapply wan7")
        wait_for(lambda: "no IPv4" in message(host), what="its loss is not seen")
        assert page6(client) == router.uplink
        assert refused_at_once(client)


def test_not_wanted(host, client, internet):
    with ipv6_alone(host, DNS64):
        host.share("lan0", "via", "wan7", "--ipv6", "off")
        await_state(host, "waiting", "uplink-down")
        assert message(host) == "wan7 has no IPv4 address"


def test_not_delegated(host, client, internet):
    """Nothing is left to serve."""
    with ipv6_alone(host, DNS64):
        host.share("lan0", "via", "wan7", "--ipv6", "delegated")
        await_state(host, "waiting", "uplink-down")
        client.dhcp()
        assert not reaches6(client)


def test_auto(host, client, internet):
    """Where this computer itself has nothing else."""
    with ipv6_alone(host, DNS64) as router:
        host.run("ip route save table main >/run/routes; ip route flush default")
        try:
            host.share("lan0")
            client.dhcp()
            await_ipv6(client)
            assert page6(client) == router.uplink
        finally:
            host.run("ip route flush default; ip route restore </run/routes 2>/dev/null || true")


@pytest.mark.parametrize("wan", ["wan7,wan8", "wan8,wan7"])
def test_one_with_ipv4_is_better(host, client, internet, wan):
    with ipv6_alone(host, DNS64) as router, managed(host, "wan8") as other:
        host.share("lan0", "via", wan)
        assert uplink(host) == "wan8"
        client.dhcp()
        await_ipv6(client)
        assert (client.get(), page6(client)) == ("100.64.8.2", other.uplink)
        host.run("ip link set wan8 down")
        await_uplink(host, "wan7")
        wait_for(lambda: reaches6(client), what="not online by the other")
        assert page6(client) == router.uplink
        host.run("ip link set wan8 up; nmcli connection up wan8")
        await_uplink(host, "wan8")
        wait_for(lambda: reaches6(client), what="not online again")
        assert client.get() == "100.64.8.2"
        host.unshare("--all")
