# SPDX-License-Identifier: GPL-2.0-or-later
#
# The main job, as the computer on the LAN sees it.  The host's default route is eth1's all the
# time; the Internet answers with the address it saw, which tells the uplink.
#
import time

import pytest
from follow import ETH1, PPP0
from host import wait_for

SEEN_MSS = ("import socket; s = socket.create_connection(('192.0.2.80', 80)); "
            "print(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG))")


def test_lease(host, client):
    host.share("lan0", "via", "ppp0")
    lease = client.dhcp()
    assert lease["ip"].startswith("192.168.137.") and lease["mask"] == "24"
    assert lease["router"] == lease["dns"] == lease["serverid"] == "192.168.137.1"
    assert lease["broadcast"] == "192.168.137.255"


def test_lease_comes_at_once(host, client, sanitized):
    host.share("lan0", "via", "ppp0")
    start = time.monotonic()
    client.dhcp()
    assert time.monotonic() - start < (3 if sanitized else 0.5)


def test_lease_for_dhclient(host, client):
    host.share("lan0", "via", "ppp0")
    client.run("dhclient -1 -4 -lf /run/dhclient.leases -pf /run/dhclient.pid eth0")
    wait_for(lambda: client.call("test -s /run/dhclient.pid").returncode == 0)
    client.run("kill $(cat /run/dhclient.pid)")
    assert client.get("http://192.0.2.80/") == PPP0
    client.run("rm -f /run/dhclient.leases /run/dhclient.pid")


def test_names_while_nothing_else_has_a_default_route(host, client):
    """ppp0 brings no default route; then the reverse path filter knows no way back to name
    servers behind it, and would refuse their answers."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    route = host.run("ip route show default")
    host.run("ip route del default")
    try:
        assert client.get("http://www.test/") == PPP0
    finally:
        host.run(f"ip route add {route}")


def test_page_through_the_named_uplink(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
    assert host.client.get() == PPP0


def test_host_keeps_its_own_default_route(host, client):
    host.share("lan0", "via", "ppp0")
    assert host.run("curl -sS -m 5 http://192.0.2.80/") == ETH1


def test_page_through_the_default_uplink(host, client):
    host.share("lan0", "via", "eth1")
    client.dhcp()
    assert client.get() == ETH1


def test_auto_is_the_primary_connection(host, client):
    host.share("lan0", "via", "auto")
    client.dhcp()
    assert client.get() == ETH1
    assert host.json("status")["shares"][0]["uplink"] == "eth1"


def test_without_via_is_auto(host, client):
    host.share("lan0")
    client.dhcp()
    assert client.get() == ETH1


@pytest.mark.parametrize("uplink, asker", [("ppp0", PPP0), ("eth1", ETH1)])
def test_names_are_asked_through_the_uplink(host, client, uplink, asker):
    host.share("lan0", "via", uplink)
    client.dhcp()
    assert client.resolve("www.test") == ["192.0.2.80"]
    assert client.resolve("asker.test") == [asker]


def test_names_by_tcp(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.resolve("www.test", "+tcp") == ["192.0.2.80"]


def test_name_servers_by_hand(host, client, bus):
    bus.call("ShareConnectionWithOptions", "('lan0', 'ppp0', {'dns': <['192.0.2.80']>})")
    client.dhcp()
    host.internet.run("dnsmasq --conf-file=/dev/null --pid-file=/run/other-dns.pid -R "
                      "--bind-interfaces --listen-address=192.0.2.80 --address=/by.hand/1.2.3.4")
    try:
        assert client.resolve("by.hand") == ["1.2.3.4"]
    finally:
        host.internet.run("kill $(cat /run/other-dns.pid); rm -f /run/other-dns.pid")
        wait_for(lambda: not host.call(["pgrep", "-f", "other-dns"]).stdout)


def test_ping(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    client.run("ping -c 1 -W 2 192.0.2.80")
    client.run("ping -c 1 -W 2 192.168.137.1")


def test_uplink_can_be_changed(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
    host.share("lan0", "via", "eth1")
    assert client.get() == ETH1
    assert client.resolve("asker.test") == [ETH1]


def test_sharing_twice_is_one_share(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.share("lan0", "via", "ppp0")
    assert client.get() == PPP0
    assert len(host.json("status")["shares"]) == 1


def test_no_internet_after_unshare(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.unshare("lan0")
    assert not client.can_get()


@pytest.mark.parametrize("mtu", [1500, 1492, 1400])
def test_segments_fit_the_uplink(host, client, mtu):
    host.hang_up()
    host.dial(mtu=mtu)
    host.internet.run("ip link set isp-ppp0 mtu 1500")
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    client.run("ip link set eth0 mtu 1500")
    assert int(client.get("http://www.test/mss")) == mtu - 40
    assert int(client.run(["/usr/bin/python3", "-c", SEEN_MSS])) <= mtu - 40
    host.hang_up()
    host.dial()


# What the path takes, after a datagram that is too large in a flow that is answered.
SEEN_MTU = """import socket, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("198.51.100.53", 53))
sock.settimeout(2)
sock.setsockopt(socket.IPPROTO_IP, 10, 2)
question = b"\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\3www\\4test\\0\\0\\1\\0\\1"
for _ in range(2):
    sock.send(question)
    sock.recv(1000)
end = time.monotonic() + 3
while sock.getsockopt(socket.IPPROTO_IP, 14) == 1500 and time.monotonic() < end:
    try:
        sock.send(b"x" * 1450)
    except OSError:
        pass
    time.sleep(0.1)
print(sock.getsockopt(socket.IPPROTO_IP, 14))"""


def test_datagrams_fit_the_uplink(host, client):
    """The client learns of what is too large for the uplink, in flows that are open, too."""
    host.hang_up()
    host.dial(mtu=1400)
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    client.run("ip link set eth0 mtu 1500")
    assert client.run(["/usr/bin/python3", "-c", SEEN_MTU]) == "1400"
    host.hang_up()
    host.dial()


@pytest.mark.parametrize("mtu, option", [(1500, ""), (1492, "1492"), (1400, "1400")])
def test_clients_learn_a_smaller_mtu(host, client, mtu, option):
    host.hang_up()
    host.dial(mtu=mtu)
    host.share("lan0", "via", "ppp0")
    assert client.dhcp()["mtu"] == option
    host.hang_up()
    host.dial()


def test_bytes_are_counted(host, client, bus):
    path = bus.call("ShareConnection", "('lan0', 'ppp0')")[0]
    client.dhcp()
    assert bus.property(path, "BytesReceived") == bus.property(path, "BytesSent") == 0
    client.run("curl -sS -o /dev/null http://192.0.2.80/bytes/1000000")
    assert 1_000_000 < bus.property(path, "BytesReceived") < 1_300_000
    assert 100 < bus.property(path, "BytesSent") < 200_000
    assert bus.property(path, "PacketsReceived") > 10
    assert bus.property(path, "PacketsSent") > 5


def test_strict_reverse_path_filter(host, client):
    """Somebody sets it back even: it is changed again."""
    of_ppp0 = "net.ipv4.conf.ppp0.rp_filter"
    host.run(f"sysctl -qw net.ipv4.conf.all.rp_filter=1 {of_ppp0}=1")
    try:
        host.share("lan0", "via", "ppp0")
        client.dhcp()
        assert client.get() == PPP0
        host.run(f"sysctl -qw {of_ppp0}=1")
        wait_for(lambda: host.run(f"sysctl -n {of_ppp0}") == "2")
        assert client.get() == PPP0
        host.unshare("lan0")
        assert host.run(f"sysctl -n {of_ppp0}") == "1"
    finally:
        host.run(f"sysctl -qw net.ipv4.conf.all.rp_filter=2 {of_ppp0}=2")


def test_service_is_activated_by_the_first_call(host, client):
    host.kill("connshared", 15)
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
