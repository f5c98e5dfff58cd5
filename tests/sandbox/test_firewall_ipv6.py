# SPDX-License-Identifier: GPL-2.0-or-later
#
# Other firewalls that filter IPv6 as well: those that we open let clients have it, and with others
# clients have IPv4 alone, rather than an IPv6 that leads nowhere.
#
import pytest
from firewalls import Firewall, Firewalld, Ufw
from host import wait_for
from ipv6 import await_ipv6, await_no_router, clients6, internet6, line, page6, router_of
from test_doctor import flaws

MINE = """nft 'table inet mine { chain forward { type filter hook forward priority 0; policy drop;
  meta nfproto ipv4 accept; }; }'"""


class Bare6(Firewall):
    """Not a rule, but the policies."""

    def start(self):
        self.host.run("for chain in INPUT FORWARD OUTPUT; do ip6tables -P $chain DROP; done")

    def stop(self):
        self.host.run("for chain in INPUT FORWARD OUTPUT; do ip6tables -P $chain ACCEPT; done")


FIREWALLS = {"bare": Bare6, "ufw": Ufw, "firewalld": Firewalld}


@pytest.fixture
def host(walled):
    return walled


@pytest.fixture
def uplink(host, client):
    with internet6(host), clients6(client), line(host):
        yield "ppp1"
        host.unshare("--all")


@pytest.fixture
def firewall(host, request):
    firewall = FIREWALLS[request.param](host)
    yield firewall
    host.unshare("--all")
    firewall.clear()


def ours6(host):
    return [rule for rule in host.run("ip6tables -S").splitlines() if "connshare" in rule]


@pytest.mark.parametrize("firewall", FIREWALLS, indirect=True)
def test_is_opened(host, client, uplink, firewall):
    firewall.start()
    firewall.use_zone()
    host.share("lan0", "via", uplink, "--ipv6", "masquerade")
    await_ipv6(client)
    assert page6(client)
    client.dhcp()
    assert client.get()
    assert {flaw["severity"] for flaw in flaws(host)} <= {"warning"}
    host.unshare("lan0")
    assert ours6(host) == []


def test_leaves_clients_with_ipv4(host, client, uplink):
    host.run(MINE)
    try:
        host.share("lan0", "via", uplink)
        client.dhcp()
        assert client.get() and not router_of(client)
        found, = flaws(host)
        assert (found["severity"], found["code"]) == ("warning", "ipv6-blocked")
        assert "nftables (inet mine)" in found["message"]
        share, = host.json("status")["shares"]
        assert (share["ipv6_mode"], share["blocked_by"]) == ("none", [])
        for command in found["remedy"].split("; "):
            host.run(command)
        await_ipv6(client)
        assert page6(client)
        assert flaws(host) == []
    finally:
        host.run("nft delete table inet mine")


def test_comes_after(host, client, uplink):
    host.share("lan0", "via", uplink, "--ipv6", "masquerade")
    await_ipv6(client)
    client.dhcp()
    host.run(MINE)
    await_no_router(client)
    assert client.get()
    host.run("nft delete table inet mine")
    await_ipv6(client)
    wait_for(lambda: page6(client))
