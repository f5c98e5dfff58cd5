# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Debian package: what lintian says of it, what its installation leads to, and that nothing
# of it remains.
#
import os
import pathlib
import subprocess

from conftest import install


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


def test_purge_leaves_nothing(bare):
    before = leftovers(bare)
    install(bare)
    bare.run(["sharectl", "share", "lan0", "via", "ppp0"])
    bare.run("apt-get purge -y connshare </dev/null 2>&1")
    assert leftovers(bare) == before
