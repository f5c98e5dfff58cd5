# SPDX-License-Identifier: GPL-2.0-or-later
#
# An uplink that is a PPPoE line, dialled by a profile of NetworkManager.
#
import time

import pytest
from machine import wait_for

DSL = ("nmcli device set wan0 managed yes; nmcli connection add type pppoe con-name dsl "
       "ifname ppp0 pppoe.parent wan0 username alice password sesame autoconnect no")


@pytest.fixture
def dsl(vm):
    vm.run(DSL)


def test_client_browses_through_ppp0(vm, client, dsl, figure):
    vm.run("nmcli --wait 60 connection up dsl")
    vm.run("sharectl status")
    start = time.monotonic()
    vm.run("sharectl share lan0 via ppp0")
    shared = time.monotonic()
    lease = client.dhcp()
    client.get()
    figure("sharectl share lan0 via ppp0, emulated: "
           f"{shared - start:.1f} s, first page after {time.monotonic() - start:.1f} s")
    assert lease["router"] == "192.168.137.1"
    assert client.resolve("asker.test") == ["203.0.113.10"]
    assert client.get() == "203.0.113.10"
    assert int(client.get("http://www.test/mss")) == 1492 - 40
    assert client.run("curl -sS -o /dev/null -w '%{size_download}' "
                      "http://www.test/bytes/200000") == "200000"


def test_hung_up_and_dialled_again(vm, client, dsl):
    vm.run("nmcli --wait 60 connection up dsl")
    vm.run("sharectl share lan0 via ppp0")
    client.dhcp()
    assert client.get() == "203.0.113.10"
    vm.run("nmcli --wait 60 connection down dsl")
    wait_for(lambda: vm.json("status")["shares"][0]["state"] == "waiting", 120)
    assert not client.can_get("http://192.0.2.80/")
    vm.run("nmcli --wait 60 connection up dsl")
    wait_for(client.can_get, 30)
    assert client.get() != "203.0.113.10"


def test_line_is_cut_under_traffic(vm, client, dsl):
    """The provider ends the session; the profile is dialled again, by the share."""
    vm.run("sharectl share lan0 via dsl")
    wait_for(lambda: vm.json("status")["shares"][0]["state"] == "active")
    client.dhcp()
    assert client.get() == "203.0.113.10"
    ping = client.spawn("ping -i 0.2 -w 30 -q 192.0.2.80")
    vm.run("ip netns exec internet pkill -x pppd")
    wait_for(lambda: client.can_get(), 60)
    assert client.get() != "203.0.113.10"
    ping.wait()
