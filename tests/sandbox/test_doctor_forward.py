# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the doctor says of port mappings.
#
import re

from host import wait_for


def notes(host):
    return {one["code"]: one["message"] for one in host.findings()
            if one["code"].startswith("forward-")}


def forward(host, *words):
    done = host.sharectl("forward", *words)
    assert (done.returncode, done.stderr) == (0, "")


def test_clients_that_are_not_there(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp(name="phone")
    assert notes(host) == {}
    forward(host, "add", "lan0", "tcp", "80", "phone")
    assert notes(host) == {}
    forward(host, "add", "lan0", "tcp", "81", "02:00:00:00:00:77")
    assert notes(host) == {
        "forward-no-address": "1 port mapping of lan0 leads to a client without a known address"}
    forward(host, "add", "lan0", "tcp", "82", "192.168.137.99")
    assert notes(host)["forward-away"] == (
        "1 port mapping of lan0 leads to a client that is not there now")
    forward(host, "remove", "lan0", "tcp", "81")
    forward(host, "remove", "lan0", "tcp", "82")
    assert notes(host) == {}


def nat_type(host):
    return [re.search("NAT type ([a-z]+)", one["message"])[1] for one in host.findings()
            if one["code"] == "nat-type"]


def test_nat_type(host, client):
    """As game consoles call it; behind another NAT it is strict: see PRIVATE."""
    host.share("lan0", "via", "ppp0")
    client.dhcp(name="phone")
    assert nat_type(host) == []
    forward(host, "add", "lan0", "tcp", "81", "02:00:00:00:00:77")
    assert nat_type(host) == ["moderate"]
    host.run(["sharectl", "change", "lan0", "--upnp"])
    assert nat_type(host) == ["open"]


# NetworkManager may empty a line that it sees for the first time.
PRIVATE = """ip link add wan9 type veth peer name wan9p && ip link set wan9p up &&
until nmcli device set wan9 managed no; do sleep 0.05; done
ip address add 100.64.9.2/24 dev wan9 && ip link set wan9 up && ip route add default via 100.64.9.1 dev wan9 metric 900"""


def test_address_that_the_internet_does_not_reach(host, client):
    host.run(PRIVATE)
    host.share("lan0", "via", "wan9")
    client.dhcp(name="phone")
    assert notes(host) == {}
    forward(host, "add", "lan0", "tcp", "80", "phone")
    assert notes(host)["forward-private"].startswith(
        "ports of wan9 lead to clients of lan0, but its address 100.64.9.2 is one that a provider ")
    assert nat_type(host) == ["strict"]
    forward(host, "remove", "lan0", "tcp", "80")
    wait_for(lambda: notes(host) == {})
    host.unshare("lan0")
    host.run("ip link delete wan9")
