# SPDX-License-Identifier: GPL-2.0-or-later
#
# Docker, which lets nothing be forwarded that it does not know.
#
import pytest
from machine import wait_for


@pytest.fixture
def docker(vm):
    def start():
        vm.run("systemctl start docker", 240)
        assert "-P FORWARD DROP" in vm.run("iptables -S FORWARD")
    return start


@pytest.mark.parametrize("first", ["docker", "share"])
def test_docker(vm, client, wan, docker, first):
    if first == "docker":
        docker()
    vm.run("sharectl share lan0 via wan0")
    if first == "share":
        docker()
    client.dhcp()
    wait_for(client.can_get, 30)
    vm.run("systemctl restart docker", 240)
    wait_for(client.can_get, 30)
    vm.run("sharectl unshare lan0")
    assert "connshare" not in vm.run("iptables-save")
