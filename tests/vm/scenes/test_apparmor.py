# SPDX-License-Identifier: GPL-2.0-or-later
#
# AppArmor's own profile for dnsmasq, enforced, as Ubuntu and openSUSE have it.
#
import pytest

PROFILE = "/etc/apparmor.d/usr.sbin.dnsmasq"


@pytest.fixture
def enforced(vm):
    """What aa-enforce does, without the programs that it needs."""
    vm.run("mountpoint -q /sys/kernel/security || "
           "mount -t securityfs securityfs /sys/kernel/security")
    vm.run(f"sed -i 's/complain,//' {PROFILE} && apparmor_parser -r {PROFILE}", 120)
    assert "dnsmasq (enforce)" in vm.run("cat /sys/kernel/security/apparmor/profiles")
    return vm


def test_share_under_the_profile_of_dnsmasq(enforced, client, wan):
    vm = enforced
    vm.run("sharectl share lan0 via wan0")
    pid = vm.run("pgrep -x dnsmasq")
    assert vm.run(f"cat /proc/{pid}/attr/current") == "dnsmasq (enforce)"
    assert client.dhcp()["router"] == "192.168.137.1"
    assert client.resolve("asker.test") == ["198.18.1.2"]
    assert client.get() == "198.18.1.2"
    assert "192.168.137." in vm.run("cat /var/lib/misc/dnsmasq.connshare-lan0.leases")
    vm.run("systemctl restart connshared")
    assert client.resolve("asker.test") == ["198.18.1.2"]
    assert vm.run("pgrep -x dnsmasq") == pid
    vm.run("kill -KILL $(pgrep -x dnsmasq)")
    vm.wait_for("pgrep -x dnsmasq")
    assert client.dhcp()["router"] == "192.168.137.1"
    vm.run("sharectl unshare lan0")
    assert vm.call("pgrep -x dnsmasq").status == 1
    assert "DENIED" not in vm.run("journalctl -k | grep 'profile=.dnsmasq' || true")


def test_runs_as_a_user_of_its_own(vm, client, wan):
    """That of Debian's package dnsmasq-base."""
    vm.run("sharectl share lan0 via wan0")
    client.dhcp()
    assert vm.run("stat -c '%U %G' /proc/$(pgrep -x dnsmasq)") == "dnsmasq nogroup"
    assert vm.run("stat -c '%U %a' /var/lib/misc/dnsmasq.connshare-lan0.leases") == "root 600"
