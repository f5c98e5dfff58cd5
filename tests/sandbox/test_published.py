# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ports that another program publishes at the computer's addresses and leads to a container, as
# Docker does: the LAN's clients reach them as they do without a share; and nothing else.
#
import subprocess
import time

import pytest
from follow import PPP0, await_state, capture, probe
from host import wait_for

BOX = "172.17.0.2"
SERVER = """
import http.server, socket, threading, time
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.client_address[0].encode())
    def log_message(self, *_):
        pass
echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
echo.bind(("", 9000))
def answer():
    while True:
        data, sender = echo.recvfrom(100)
        time.sleep(data == b"later")
        echo.sendto(data.upper(), sender)
threading.Thread(target=answer, daemon=True).start()
http.server.ThreadingHTTPServer(("", 80), Page).serve_forever()
"""
ASK = ("import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); "
       "s.sendto(b'hello', ('192.168.137.1', 9000)); print(s.recv(10).decode())")
# What Docker makes of "docker run -p 8080:80 -p 9000:9000/udp", less its own chains; and a flow
# that is not meant for the computer, but led there nevertheless.
RULES = """
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -p tcp --dport 8080 \
  -j DNAT --to-destination 172.17.0.2:80
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -p udp --dport 9000 \
  -j DNAT --to-destination 172.17.0.2:9000
iptables -t nat -A PREROUTING -d 192.0.2.99 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o box0 -j MASQUERADE
iptables -A FORWARD -d 172.17.0.2 ! -i box0 -o box0 -j ACCEPT
iptables -A FORWARD -o box0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -i box0 ! -o box0 -j ACCEPT
iptables -P FORWARD DROP
sysctl -qw net.ipv4.ip_forward=1
"""


@pytest.fixture
def published(spare):
    spare.run("ip netns add box && ip link add box0 type veth peer name eth0 netns box && "
              "ip address add 172.17.0.1/16 dev box0 && ip link set box0 up && "
              "ip -n box address add 172.17.0.2/16 dev eth0 && ip -n box link set eth0 up && "
              "ip -n box route add default via 172.17.0.1")
    spare.run(RULES)
    server = spare.popen(["ip", "netns", "exec", "box", "/usr/bin/python3", "-c", SERVER])
    try:
        wait_for(lambda: spare.call(f"curl -sS -m 1 http://{BOX}/").returncode == 0)
        yield spare
    finally:
        server.kill()
        server.communicate()


@pytest.fixture
def shared(published):
    published.share("lan0", "via", "ppp0")
    published.client.dhcp()
    assert published.client.get() == PPP0
    return published


def own_address(host):
    return host.client.run("ip -4 -o address show dev eth0 | grep -o 'inet [0-9.]*'").split()[1]


def test_clients_reach_what_is_published(shared):
    client, address = shared.client, own_address(shared)
    assert client.get("http://192.168.137.1:8080/") == address
    [other] = [one.split("/")[0] for one in shared.addresses("eth1")]
    assert client.get(f"http://{other}:8080/") == address
    assert client.run(["/usr/bin/python3", "-c", ASK]) == "HELLO"
    assert client.get() == PPP0


def test_reverse_path_filter_may_be_strict(shared):
    shared.run("sysctl -qw net.ipv4.conf.box0.rp_filter=1 net.ipv4.conf.lan0.rp_filter=1")
    assert shared.client.get("http://192.168.137.1:8080/") == own_address(shared)
    shared.unshare("lan0")
    assert shared.run("sysctl -n net.ipv4.conf.all.src_valid_mark") == "0"


def test_end_of_a_share_that_no_ledger_tells_of(shared):
    shared.kill("connshared")
    shared.run("rm -rf /run/connshare/* /var/lib/connshare/*")
    shared.run("sharectl list")
    wait_for(lambda: shared.run("sysctl -n net.ipv4.conf.all.src_valid_mark") == "0")
    assert "proto 137" not in shared.run("ip -d rule")


def test_answer_to_a_client_whose_lan_is_given_away(shared):
    """It has no way to the client any more, and so none at all."""
    client = shared.client
    client.dhcp()
    with capture(shared, "eth1") as packets:
        asking = client.popen(["/usr/bin/python3", "-c", ASK.replace("hello", "later")],
                              stderr=subprocess.DEVNULL)
        time.sleep(0.3)
        shared.run("nmcli connection add save no type ethernet ifname lan0 con-name cafe "
                   "autoconnect no ipv4.method manual ipv4.addresses 10.9.8.7/24; "
                   "nmcli connection up cafe")
        asking.communicate()
    assert packets == []


def test_it_does_not_depend_on_the_uplink(shared):
    shared.hang_up()
    await_state(shared, "waiting", "uplink-missing")
    assert shared.client.get("http://192.168.137.1:8080/") == own_address(shared)
    assert not shared.client.can_get(timeout=1)


def test_clients_reach_nothing_else(shared):
    """Not the container itself, and not by what is led there from elsewhere."""
    client = shared.client
    assert not client.can_get(f"http://{BOX}/", timeout=1)
    with capture(shared, "box0", "eth1") as packets:
        assert not client.can_get("http://192.0.2.99/", timeout=1)
        probe(client, 5)
        client.run("ip address add 10.9.9.9/32 dev lo")
        client.call("curl -sS -m 1 --interface 10.9.9.9 http://192.168.137.1:8080/")
    assert packets == []
    shared.kill("connshared")
    shared.run("nft delete table inet connshare")
    with capture(shared, "box0", "eth1") as packets:
        client.can_get("http://192.168.137.1:8080/", timeout=1)
        client.can_get("http://192.0.2.99/", timeout=1)
        probe(client, 5)
    assert packets == []


def test_host_that_forwards_only_for_shares_publishes_nothing(published):
    """Then what is published did not get there before, either."""
    published.run("sysctl -qw net.ipv4.ip_forward=0")
    published.share("lan0", "via", "ppp0")
    published.client.dhcp()
    assert published.client.get() == PPP0
    assert not published.client.can_get("http://192.168.137.1:8080/", timeout=1)
    assert "0x10000000" not in published.run("ip rule")
    assert published.run("sysctl -n net.ipv4.conf.all.src_valid_mark") == "0"
    published.run("sysctl -qw net.ipv4.ip_forward=1")
    wait_for(lambda: published.client.can_get("http://192.168.137.1:8080/", timeout=1))
    published.unshare("lan0")
    assert "proto 137" not in published.run("ip -d rule")
