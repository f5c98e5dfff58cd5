# SPDX-License-Identifier: GPL-2.0-or-later
#
# A request outlives the service, NetworkManager and the machine.
#
import shutil
import signal

import pytest
from conftest import check_complaints
from follow import (ETH1, PPP0, await_state, await_uplink, dial, message, profile, share_of,
                    wire)
from host import Host, wait_for

STATE = "/var/lib/connshare"


def lans(host):
    return sorted(share["lan"] for share in host.json("status")["shares"])


@pytest.fixture
def reboot(stage, request):
    """reboot(host): a new private host whose /var/lib/connshare is the old one's."""
    hosts = []

    def run(old):
        saved = old.path(STATE)
        host = request.node.private_host = Host(stage)
        hosts.append(host)
        shutil.copytree(saved, host.path(STATE), dirs_exist_ok=True)
        host.path(STATE).chmod(saved.stat().st_mode & 0o777)
        return host

    yield run
    for host in hosts:
        check_complaints(host)
        host.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_service_ends_and_starts(host, client, number):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.kill("connshared", number)
    assert client.get() == PPP0
    await_state(host, "active", "none")
    assert client.get() == PPP0


def test_uplink_changes_while_the_service_is_away(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.kill("connshared")
    host.hang_up()
    address = dial(host, 7)
    assert not client.can_get("http://192.0.2.80/", timeout=1)
    try:
        await_state(host, "active", "none")
        assert client.get("http://192.0.2.80/") == address
        assert client.resolve("asker.test") == [address]
    finally:
        host.hang_up()
        host.dial()


def test_request_is_on_disk_before_the_reply(spare):
    for number in (signal.SIGKILL, signal.SIGTERM):
        spare.share("lan0", "via", "ppp9")
        spare.kill("connshared", number)
        assert lans(spare) == ["lan0"]
        spare.unshare("lan0")
        spare.kill("connshared", number)
        assert lans(spare) == []


def test_reboot(spare, reboot):
    with wire(spare, "wan7"), profile(spare, "line", "wan7"):
        spare.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
        spare.share("lan1", "via", "ppp9")
        host = reboot(spare)
    assert lans(host) == ["lan0", "lan1"]
    await_state(host, "active", "none")
    await_state(host, "waiting", "uplink-missing", lan="lan1")
    assert host.client.dhcp()["router"] == "192.168.50.1"
    assert host.client.get() == PPP0


def test_temporary_share_ends_with_the_reboot(spare, reboot):
    spare.share("lan0", "via", "ppp0")
    spare.share("lan1", "via", "ppp0", "--temporary")
    spare.kill("connshared", signal.SIGTERM)
    assert lans(spare) == ["lan0", "lan1"]
    assert lans(reboot(spare)) == ["lan0"]


def test_options_survive_the_reboot(spare, reboot):
    spare.share("lan0", "via", "ppp0,profile:wired", "--address", "10.9.8.1/24", "--dns",
                "198.18.1.1")
    before = share_of(spare)
    host = reboot(spare)
    await_state(host, "active", "none")
    after = share_of(host)
    for key in ("wan", "address", "options", "persistent"):
        assert after[key] == before[key]


def test_network_manager_comes_later(spare):
    spare.share("lan0", "via", "wired")
    spare.kill("connshared")
    spare.kill("NetworkManager")
    spare.run("rm -rf /run/NetworkManager; ip address flush dev eth1; ip link set eth1 down")
    wait_for(lambda: share_of(spare)["state"] in ("waiting", "failed"))
    assert "NetworkManager" in message(spare)
    spare.start_network_manager()
    await_uplink(spare, "eth1")
    spare.client.dhcp()
    assert spare.client.get() == ETH1


@pytest.mark.parametrize("wan, address", [("ppp0", PPP0), ("wired", ETH1), ("auto", ETH1)])
def test_boot_before_network_manager(spare, reboot, wan, address):
    spare.share("lan0", "via", wan)
    host = reboot(spare)
    host.kill("NetworkManager")
    host.run("rm -rf /run/NetworkManager; ip address flush dev eth1; ip link set eth1 down")
    wait_for(lambda: share_of(host)["state"] != "starting")
    host.start_network_manager()
    await_state(host, "active", "none")
    host.client.dhcp()
    assert host.client.get() == address
    wait_for(lambda: host.addresses().count("192.168.137.1/24") == 1)


def test_without_network_manager(spare):
    """What was not NetworkManager's goes on without it, and when it comes."""
    spare.share("lan0", "via", "ppp0")
    spare.kill("connshared")
    spare.kill("NetworkManager")
    await_state(spare, "active", "none")
    spare.client.dhcp()
    assert spare.client.get() == PPP0
    spare.start_network_manager()
    await_state(spare, "active", "none")
    wait_for(lambda: "192.168.137.1/24" in spare.addresses())
    spare.client.dhcp()
    assert spare.client.get() == PPP0


def test_network_manager_restarts_while_sharing(spare):
    spare.share("lan0", "via", "wired")
    spare.client.dhcp()
    spare.kill("NetworkManager", signal.SIGTERM)
    spare.start_network_manager()
    await_uplink(spare, "eth1")
    wait_for(lambda: spare.client.can_get("http://192.0.2.80/", timeout=1))


@pytest.mark.parametrize("text", ["", "\0\1\2", "[share\nlan=", "not a file of ours\n",
                                  "[share]\nlan=lan9\n", "[share]\nlan=../x\nwan=ppp0\n" * 1000],
                         ids=["empty", "binary", "cut", "foreign", "other-lan", "long"])
def test_damaged_file_is_named_and_skipped(spare, text):
    spare.share("lan0", "via", "ppp0")
    spare.share("lan1", "via", "eth1")
    spare.kill("connshared")
    files = sorted(spare.path(STATE).iterdir())
    damaged = next(file for file in files if "lan1" in file.name)
    damaged.write_text(text)
    foreign = damaged.with_name("foreign.txt")
    foreign.write_text("a note of the administrator\n")
    assert lans(spare) == ["lan0"]
    assert damaged.name in spare.log()
    await_state(spare, "active", "none")
    assert foreign.exists()


def test_waits_for_an_uplink_that_was_away_at_boot(spare, reboot):
    spare.share("lan0", "via", "ppp7")
    host = reboot(spare)
    await_state(host, "waiting", "uplink-missing")
    address = dial(host, 3, "ppp7")
    await_state(host, "active", "none")
    host.client.dhcp()
    assert host.client.get("http://192.0.2.80/") == address
