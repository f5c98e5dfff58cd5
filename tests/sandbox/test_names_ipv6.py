# SPDX-License-Identifier: GPL-2.0-or-later
#
# Name servers that have IPv6 addresses serve clients of IPv4 as well.  They are asked by the
# share's uplink alone, though this computer itself would take another way to them.
#
import time

import pytest
from follow import add_profile, await_uplink, capture, wire
from host import wait_for

SERVER, OTHER, OF_LINK = "2001:db8::53", "2001:db8::54", "fe80::53"
UPLINKS = ("wan7", "wan8")
NAMED = f"""options {{
  directory "/run/named6"; pid-file none; session-keyfile none;
  listen-on {{ none; }}; listen-on-v6 {{ any; }};
  allow-query {{ any; }}; recursion yes; dnssec-validation no;
  forward only; forwarders {{ 198.51.100.53; }};
}};
controls {{ }};
logging {{ category default {{ null; }}; }};
"""


def address_of(uplink):
    return f"2001:db8:{uplink[3:]}::2"


def wire_internet(host):
    """The server, and the other ends of the uplinks and of eth1."""
    run = host.internet.run
    run("sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0; "
        f"ip address add {SERVER}/128 dev lo nodad; ip address add {OTHER}/128 dev lo nodad; "
        "ip address add 2001:db8:1::1/64 dev isp1 nodad")
    for uplink in UPLINKS:
        run(f"ip address add 2001:db8:{uplink[3:]}::1/64 dev isp-{uplink} nodad; "
            f"ip address add {OF_LINK}/64 dev isp-{uplink} nodad")


def unwire_internet(host):
    host.internet.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")


def add_uplink(host, uplink):
    """A profile whose only name server is of IPv6."""
    number = uplink[3:]
    uuid = add_profile(host, uplink, uplink, f"100.64.{number}.2", "ipv6.method", "manual",
                       "ipv6.addresses", f"{address_of(uplink)}/64",
                       "ipv6.gateway", f"2001:db8:{number}::1", "ipv6.dns", SERVER)
    host.run(f"nmcli connection modify --temporary {uuid} ipv4.dns ''; "
             f"nmcli connection up {uuid}")
    return uuid


@pytest.fixture
def uplinks(host):
    """Two of them, and IPv6 on eth1, by which this computer itself reaches the server."""
    ipv6 = "/proc/sys/net/ipv6/conf/eth1/disable_ipv6"
    before = host.run(f"cat {ipv6}")
    host.run("mkdir -p /run/named6")
    host.path("/run/named6/named.conf").write_text(NAMED)
    with wire(host, *UPLINKS):
        wire_internet(host)
        host.run(f"echo 0 >{ipv6}; ip address add 2001:db8:1::2/64 dev eth1 nodad; "
                 "ip -6 route add default via 2001:db8:1::1 dev eth1 metric 1")
        server = host.internet.popen(["named", "-f", "-c", "/run/named6/named.conf"])
        uuids = [add_uplink(host, uplink) for uplink in UPLINKS]
        try:
            wait_for(lambda: host.call(f"dig +short +time=1 +tries=1 @{SERVER} www.test").stdout
                     == "192.0.2.80\n", what="named does not start")
            assert "dev eth1" in host.run(f"ip route get {SERVER}")
            yield UPLINKS
        finally:
            host.unshare("--all")
            server.terminate()
            server.wait()
            for uuid in uuids:
                host.run(f"nmcli connection delete {uuid}")
            host.run(f"ip -6 route del default dev eth1 metric 1; "
                     f"ip address del 2001:db8:1::2/64 dev eth1; echo {before} >{ipv6}; "
                     "rm -r /run/named6")
            unwire_internet(host)


def questions(packets, server=SERVER):
    """By which interface, and from which address, the server was asked."""
    found = set()
    for line in packets:
        words = line.split()
        if f"{server}.53:" in words:
            found.add((line.partition(":")[0], words[words.index(">") - 1].rpartition(".")[0]))
    return found


def ask(host, client, name):
    """A name, by UDP and by TCP: what it is, and who was asked for it."""
    with capture(host, "eth1", *UPLINKS) as packets:
        answers = client.resolve(name) + client.resolve(f"tcp-{name}", "+tcp")
    assert not [line for line in packets if "198.51.100.53" in line]
    return answers, questions(packets)


def test_uplink_that_has_only_such_a_server(host, client, uplinks):
    host.share("lan0", "via", ",".join(uplinks))
    client.dhcp()
    found = ["192.0.2.80"] * 2
    assert ask(host, client, "first.test") == (found, {("wan7", address_of("wan7"))})
    assert client.get() == "100.64.7.2"
    assert {finding["code"] for finding in host.findings()} == {"shared"}

    host.run("nmcli connection down wan7")
    await_uplink(host, "wan8")
    assert ask(host, client, "second.test") == (found, {("wan8", address_of("wan8"))})
    assert client.get() == "100.64.8.2"


def test_uplink_gets_another_server(host, client, uplinks):
    """As from a router's next advertisement: nothing else about it changes."""
    host.share("lan0", "via", "wan7")
    client.dhcp()
    host.run(f"nmcli connection modify --temporary wan7 ipv6.dns {OTHER}; "
             "nmcli device reapply wan7")

    def is_asked():
        with capture(host, "wan7") as packets:
            client.resolve(f"change-{time.monotonic_ns()}.test")
        return questions(packets, OTHER)

    wait_for(is_asked, what="the other server is not asked")


def test_server_that_the_uplink_does_not_reach(host, client, uplinks):
    """It is not asked by another way."""
    host.share("lan0", "via", "wan7")
    client.dhcp()
    host.run("ip -6 route del default dev wan7")
    assert "dev eth1" in host.run(f"ip route get {SERVER}")
    with capture(host, "eth1", *UPLINKS) as packets:
        for options in ("", "+tcp"):
            client.call(f"dig +time=1 +tries=1 lost.test {options}")
    assert not questions(packets)
    finding, = (one for one in host.findings() if one["code"] == "dns-upstream")
    assert f"no name server of wan7 answers through it: {SERVER} (unreachable)" in finding["message"]


@pytest.mark.parametrize("server", [SERVER, OF_LINK])
def test_server_of_ones_own(host, client, uplinks, server):
    host.share("lan0", "via", "wan8", "--dns", server)
    client.dhcp()
    with capture(host, "eth1", *UPLINKS) as packets:
        assert client.resolve("own.test") == ["192.0.2.80"]
    assert {interface for interface, _ in questions(packets, server)} == {"wan8"}
    assert {finding["code"] for finding in host.findings()} == {"shared"}
    share, = host.json("status")["shares"]
    assert share["options"]["dns"] == [server]
