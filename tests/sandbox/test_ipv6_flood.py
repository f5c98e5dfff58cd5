# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ten thousand computers that somebody on a LAN makes up harm nobody: neither those on the same LAN nor
# those on another, nor the commands of this computer.
#
import pathlib
import subprocess
import time

import pytest
from follow import share_of
from host import wait_for
from ipv6 import await_ipv6, beside, clients6, internet6, managed, page6

HERE = pathlib.Path(__file__).resolve().parent
COUNT, SECONDS = 10000, 20


@pytest.fixture
def uplink(host, client):
    with internet6(host), beside(host), clients6(client, host.client2), managed(host) as router:
        yield router
        host.unshare("--all")


@pytest.mark.parametrize("mode", ["masquerade", "extended"])
def test_forged_neighbors(host, client, uplink, mode):
    host.share("lan0", "via", "wan7", "--ipv6", mode)
    host.share("lan1", "via", "wan7", "--ipv6", "masquerade")
    prefixes = share_of(host)["ipv6_prefixes"]
    for one in (client, host.client2):
        one.dhcp()
    await_ipv6(client, prefixes[-1])
    await_ipv6(host.client2)
    router = prefixes[0].replace("::/64", "::1")
    flood = client.popen(["/usr/bin/python3", str(HERE / "forge6.py"), "eth0", prefixes[-1], router,
                          str(COUNT), str(SECONDS)], stdin=subprocess.PIPE, stderr=None)
    flood.stdin.write(host.run("cat /sys/class/net/lan0/address") + "\n")
    flood.stdin.flush()
    slowest = {}

    def timed(what, call):
        began = time.monotonic()
        call()
        slowest[what] = max(slowest.get(what, 0), time.monotonic() - began)

    while flood.poll() is None:
        timed("same LAN", lambda: page6(client))
        timed("other LAN", lambda: page6(host.client2))
        timed("clients", lambda: host.json("clients"))
    print(mode, {what: round(took, 3) for what, took in slowest.items()},
          host.run("ip -6 neigh show dev lan0 | wc -l; ip -6 neigh show proxy | wc -l; "
                   "nft list table inet connshare | wc -c; "
                   "grep -h VmRSS /proc/$(pgrep -x connshared)/status"))
    assert flood.returncode == 0
    assert max(slowest.values()) < 2
    told = "ipv6-proxied" in {finding["code"] for finding in host.findings()}
    assert told == (mode == "extended")
    assert len(host.run("ip -6 neigh show proxy").splitlines()) <= 256
    wait_for(lambda: page6(client) and page6(host.client2), 5)
