# SPDX-License-Identifier: GPL-2.0-or-later
#
# docs/no-internet.md: what it tells people to type works, and shows what it says.
#
import re

from conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/no-internet.md").read_text()
# They never end, need systemd, or change something.
ELSEWHERE = ("tcpdump", "journalctl", " mtu ")


def commands(where):
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        first, *lines = block.splitlines()
        assert first in ("# on this computer", "# on the client")
        for line in lines if first == f"# on {where}" else []:
            if not any(word in line for word in ELSEWHERE):
                yield line.removeprefix("sudo ")


def test_walk_by_hand(host, client):
    host.share("lan0", "via", "ppp0")
    address = client.dhcp()["ip"]
    names = {"9.9.9.9": "192.0.2.80", "example.com": "www.test", "192.168.137.50": address}

    def run(place, line):
        for name, real in names.items():
            line = line.replace(name, real)
        return place.run(line)

    seen = {line: run(client, line) for line in commands("the client")}
    assert "192.0.2.80" in seen["dig +short @192.168.137.1 example.com"]
    names["eth0"] = "lan0"
    seen = {line: run(host, line) for line in commands("this computer")}
    assert "LOWER_UP" in seen["ip link show dev eth0"]
    assert re.search(r"dev ppp0 table 137\d\d",
                     seen["ip route get 9.9.9.9 from 192.168.137.50 iif eth0"])
    assert "dev lan0 table 13699" in seen["ip route get 192.168.137.50 from 9.9.9.9 iif ppp0"]
    assert f"src={address}" in seen["conntrack -L -s 192.168.137.50"]
    assert "counter" in seen["nft list table inet connshare"]
    host.unshare("lan0")
    host.hang_up()
    host.run("sharectl share lan0 via ppp0")
    refused = client.call("ping -c 1 -W 2 192.0.2.80").stdout
    host.dial()
    assert "Destination Host Unreachable" in refused
    host.unshare("lan0")
