# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients whose IPv6 is not made by their kernel: systemd-networkd and NetworkManager, each on a
# computer of its own: a client's network, with a /run of its own, and a /sys that tells them not to
# wait for udev.  They take addresses, name servers and the domain from router advertisements.
#
import contextlib
import subprocess

import pytest
from host import wait_for
from ipv6 import (OURS, WEB6, await_no_router, beside, clients6, delegating, internet6, managed,
                  page6, usable)

NETWORKD = """echo $$ >/run/computer.pid; mount -t tmpfs tmpfs /run
mount -o remount,bind,ro /sys
mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
chown -R systemd-network:systemd-network /run/systemd/netif
cat >/run/systemd/network/10-eth0.network <<END
[Match]
Name=eth0
[Network]
DHCP=ipv4
IPv6AcceptRA=yes
[IPv6AcceptRA]
UseDomains=yes
END
exec /lib/systemd/systemd-networkd"""
# Its own bus, for nmcli.
NETWORKMANAGER = """echo $$ >/run/computer.pid; mount -t tmpfs tmpfs /run
mount -o remount,bind,ro /sys
mkdir -p /run/dbus /run/NetworkManager
dbus-daemon --system --fork --nopidfile --print-pid >/run/dbus.own
printf '[main]\\nno-auto-default=*\\ndns=none\\n[keyfile]\\npath=/run/nm\\n[logging]\\nlevel=WARN\\n' >/run/nm.conf
mkdir /run/nm
exec NetworkManager --no-daemon --config /run/nm.conf --config-dir /run/nm --state-file /run/nm.state \\
  --pid-file /run/nm.pid"""


@contextlib.contextmanager
def own_settings(client):
    """Afterwards the kernel there listens to routers by itself again."""
    folder = "/proc/sys/net/ipv6/conf/eth0"
    before = client.run(f"cd {folder} && (grep -s . * || true)")
    try:
        yield
    finally:
        now = client.run(f"cd {folder} && (grep -s . * || true)").splitlines()
        for line in set(before.splitlines()) - set(now):
            name, _, value = line.partition(":")
            client.call(f"echo {value} >{folder}/{name}")
        client.run(f"ip address flush dev eth0; echo 1 >{folder}/disable_ipv6; "
                   f"echo 0 >{folder}/disable_ipv6")


@contextlib.contextmanager
def computer(client, script):
    """It runs there; what is yielded runs something beside it."""
    with own_settings(client):
        process = client.popen(["unshare", "-m", "--propagation", "private", "sh", "-c", script],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pid = wait_for(lambda: client.call("cat /run/computer.pid").stdout.strip())
        try:
            yield lambda command: client.call(["nsenter", "-m", "-t", pid, "sh", "-c", command])
        finally:
            client.run(f"kill {pid}; rm /run/computer.pid")
            process.wait()


@contextlib.contextmanager
def networkd(client):
    with computer(client, NETWORKD) as ask:
        yield lambda: ask("cat /run/systemd/netif/links/*").stdout


@contextlib.contextmanager
def network_manager(client):
    with computer(client, NETWORKMANAGER) as ask:
        wait_for(lambda: ask("nmcli general").returncode == 0, 20,
                 "NetworkManager does not start")
        done = ask("nmcli connection add save no type ethernet con-name eth0 ifname eth0 && "
                   "nmcli connection up eth0")
        assert done.returncode == 0, done.stderr
        yield lambda: ask("nmcli device show eth0").stdout
        ask("kill $(cat /run/dbus.own)")


KINDS = {"networkd": networkd, "NetworkManager": network_manager}


@pytest.fixture
def uplink(host, client):
    with internet6(host), beside(host), clients6(client), managed(host) as router:
        yield router
        host.unshare("--all")


def online(client, within):
    return usable(client, within) and client.call(["curl", "-sf", "-m", "2", f"http://[{WEB6}]/"]
                                                  ).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_masquerade(host, client, uplink, kind):
    host.share("lan0", "via", "wan7", "--ipv6", "masquerade")
    with KINDS[kind](client) as told:
        wait_for(lambda: online(client, OURS), 20, "the client gets no IPv6")
        assert page6(client) == uplink.uplink
        own, = host.json("status")["shares"][0]["ipv6_prefixes"]
        gateway = own.replace("::/64", "::1")
        wait_for(lambda: gateway in told() and "lan" in told(), 5, "it knows no name server")
        host.unshare("lan0")
        await_no_router(client)


@pytest.mark.parametrize("kind", KINDS)
def test_delegated(host, client, uplink, kind):
    with delegating(uplink) as server:
        host.share("lan0", "via", "wan7", "--ipv6", "delegated")
        wait_for(server.route, 20, "nobody asks for a prefix")
        prefix = server.await_prefix()
        with KINDS[kind](client) as told:
            wait_for(lambda: online(client, prefix), 20, "the client gets no IPv6")
            assert page6(client) in usable(client, prefix)
            wait_for(lambda: "fd" in told(), 5, "it knows no name server")
            host.unshare("lan0")
            await_no_router(client)
