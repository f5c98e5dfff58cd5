# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must not pass: from the uplink to the gateway's services and to the LAN, and from the
# LAN to anywhere but the uplink.
#
import signal

import pytest
from host import wait_for

GATEWAY_OUTSIDE = "203.0.113.10"


@pytest.fixture
def lease(host, client):
    host.share("lan0", "via", "ppp0")
    return client.dhcp()


@pytest.fixture
def route_back(host, lease):
    """The provider knows the way to the LAN, which masquerading would not need."""
    host.internet.run("ip route add 192.168.137.0/24 dev isp-ppp0")
    yield
    host.internet.run("ip route del 192.168.137.0/24")


@pytest.mark.parametrize("way", ["+notcp", "+tcp"])
@pytest.mark.parametrize("address", [GATEWAY_OUTSIDE, "192.168.137.1"])
def test_uplink_gets_no_dns(host, route_back, address, way):
    done = host.internet.call(["dig", "+time=1", "+tries=1", way, f"@{address}", "www.test"])
    assert done.returncode == 9


def test_uplink_gets_no_dhcp(host, lease):
    done = host.internet.call(["udhcpc", "-f", "-q", "-n", "-i", "isp-ppp0", "-t", "2", "-T", "1",
                               "-s", "/bin/true"])
    assert done.returncode == 1 and "obtained" not in done.stderr


def test_uplink_does_not_reach_the_client(host, client, lease, route_back):
    listener = client.popen(["/usr/bin/python3", "-m", "http.server", "8000"])
    try:
        wait_for(lambda: client.can_get("http://127.0.0.1:8000/"))
        assert not host.internet.can_get(f"http://{lease['ip']}:8000/", timeout=1)
        ping = host.internet.call(["ping", "-c", "1", "-W", "1", lease["ip"]])
        assert ping.returncode == 1
    finally:
        listener.kill()
        listener.communicate()


def test_client_reaches_no_other_uplink(client, lease):
    """The addresses of eth1's network exist on the far side of ppp0 too: never by eth1."""
    assert client.get("http://192.0.2.80/") == GATEWAY_OUTSIDE
    assert client.resolve("asker.test", "@198.18.1.1") == [GATEWAY_OUTSIDE]


def test_foreign_source_addresses_do_not_leave(host, client, lease):
    watch = host.internet.popen(["tcpdump", "-l", "-n", "-i", "isp-ppp0", "src", "10.9.9.9"])
    wait_for(lambda: "listening" in watch.stderr.readline())
    client.run("ip address add 10.9.9.9/32 dev eth0")
    client.call("curl -m 1 --interface 10.9.9.9 http://192.0.2.80/")
    client.call("ping -c 1 -W 1 -I 10.9.9.9 192.0.2.80")
    host.internet.run("pkill -INT tcpdump")
    assert "10.9.9.9" not in watch.communicate()[0]


@pytest.fixture
def stranger(host, client):
    """Somebody on the LAN's cable, for whom the host forwards already."""
    gateway = host.run("cat /sys/class/net/lan0/address").strip()
    host.run("sysctl -qw net.ipv4.ip_forward=1; ip route add 10.9.9.9 dev lan0; "
             "nft add table ip mine; "
             "nft 'add chain ip mine nat { type nat hook postrouting priority 100; }' && "
             "nft add rule ip mine nat oifname eth1 masquerade")
    client.run("ip address add 10.9.9.9/32 dev eth0; "
               f"ip neighbour add 192.0.2.80 lladdr {gateway} dev eth0; "
               "ip route add 192.0.2.80 dev eth0 src 10.9.9.9")
    yield "10.9.9.9"
    client.run("ip address del 10.9.9.9/32 dev eth0; ip neighbour flush dev eth0")
    host.unshare("--all")
    host.call("nft delete table ip mine; ip route del 10.9.9.9 dev lan0; "
              "sysctl -qw net.ipv4.ip_forward=0")


def test_flows_of_others_end_where_the_share_begins(host, client, stranger):
    """Without a word, as an error to such a source might go anywhere."""
    ping = client.popen(["ping", "-i", "0.1", "-I", stranger, "192.0.2.80"])
    wait_for(lambda: "bytes from" in ping.stdout.readline())
    host.share("lan0", "via", "eth1")
    done = client.call(["ping", "-c", "3", "-i", "0.3", "-W", "1", "-I", stranger, "192.0.2.80"])
    assert done.returncode == 1 and "From" not in done.stdout
    ping.send_signal(signal.SIGINT)
    assert ping.communicate()[0].count("bytes from") < 15


def test_no_leak_when_the_uplink_goes(host, client, lease):
    host.hang_up()
    try:
        done = client.call("curl -sS -m 3 http://192.0.2.80/")
        assert done.returncode == 7, "not refused at once, or leaked: " + done.stdout
    finally:
        host.dial()
    wait_for(lambda: client.can_get("http://192.0.2.80/"))
    assert client.get() == GATEWAY_OUTSIDE


def test_no_leak_when_the_uplink_is_down(host, client, lease):
    host.run("ip link set ppp0 down")
    try:
        assert not client.can_get("http://192.0.2.80/", timeout=1)
    finally:
        host.hang_up()
        host.dial()


def test_other_hosts_forwarding_is_not_opened(host, lease):
    """A packet from eth1's network to ppp0's is none of the share's business."""
    assert host.run("sysctl -n net.ipv4.ip_forward") == "0"
    assert host.run("sysctl -n net.ipv4.conf.lan1.forwarding") == "0"
    assert host.run("sysctl -n net.ipv4.conf.eth1.forwarding") == "0"


def test_rules_of_others_are_left_alone(host):
    host.run("nft 'table ip mine { chain c { type filter hook input priority 0; "
             "ip saddr 1.2.3.4 drop; }; }'")
    before = host.run("nft list table ip mine")
    host.share("lan0", "via", "ppp0")
    assert host.run("nft list table ip mine") == before
    host.unshare("lan0")
    assert host.run("nft list table ip mine") == before
    host.run("nft delete table ip mine")
