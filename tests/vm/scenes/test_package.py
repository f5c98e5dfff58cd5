# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Debian package: what lintian says of it, what its installation leads to, and that nothing
# of it remains.
#
import os
import pathlib
import subprocess

import pytest


def test_lintian(package):
    changes = pathlib.Path(os.environ["CONNSHARE_PACKAGE"]).glob("*.changes")
    done = subprocess.run(["lintian", "--fail-on", "error,warning", *changes],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_installed(vm, figure):
    assert vm.run("systemctl is-enabled connshared") == "enabled"
    assert vm.run("systemctl is-active connshared") == "active"
    assert vm.json("status") == {"shares": []}
    assert vm.run("systemctl --failed --no-legend") == ""
    size = vm.run("dpkg-query -W -f '${Installed-Size}' connshare")
    figure(f"installed size of the package: {size} KiB")


def leftovers(machine):
    """All that could remain of a package, as text."""
    return machine.run("find /etc /usr /var/lib /lib/systemd /run -xdev ! -path '/run/udev/*' "
                       "! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' "
                       "! -path '/run/systemd/*' ! -path '/var/lib/systemd/*' | sort; "
                       "nft list ruleset; ip rule; ip address show dev lan0 | grep inet; "
                       "pgrep -l dnsmasq; getent passwd")


@pytest.fixture(scope="module")
def before(machine):
    """What there was without it."""
    machine.load("bare")
    return leftovers(machine)


def purge(vm):
    vm.run("dpkg --purge connshare </dev/null 2>&1")


@pytest.mark.parametrize("unit", [
    "true", "systemctl stop connshared", "systemctl mask --now connshared",
    "systemctl kill -s KILL connshared; systemctl mask connshared; systemctl stop connshared"])
def test_purge_leaves_nothing(before, vm, unit):
    vm.run(["sharectl", "share", "lan0", "via", "ppp0"])
    vm.run(unit)
    purge(vm)
    vm.run("rm -f /etc/systemd/system/connshared.service")
    assert leftovers(vm) == before


def test_what_a_purge_could_not_undo_is_known_again(before, vm):
    """As a package leaves it behind that stopped its service, and could undo nothing."""
    vm.run(["sharectl", "share", "lan0", "via", "ppp0"])
    vm.run("systemctl stop connshared; rm /var/lib/dpkg/info/connshare.prerm")
    purge(vm)
    assert "inet connshare" in vm.run("nft list ruleset")
    vm.run("dpkg --install /root/connshare_*.deb </dev/null 2>&1")
    vm.run("sharectl list")
    vm.run(["sharectl", "share", "lan0", "via", "ppp0"])
    assert vm.json("status")["shares"][0]["state"] == "waiting"  # there is no ppp0
    purge(vm)
    assert leftovers(vm) == before
