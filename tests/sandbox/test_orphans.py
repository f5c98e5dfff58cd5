# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shares in force that no ledger tells of: /run was cleared, or a package purged, under them.
# The next start knows them by their names and numbers, and ends them, or takes them over.
#
import pytest
from follow import ETH1, PPP0, await_state
from host import wait_for

FORGET = "rm -rf /run/connshare/* /var/lib/connshare/*"
UNDO = ["/usr/libexec/connshared", "--undo-all"]
FAKE = """import subprocess, sys, time
print("there", flush=True)
time.sleep(60)"""


def unmanage(host, lan):
    host.run(f"nmcli device set {lan} managed no; ip link set {lan} up")


def manage(host, lan):
    host.run(f"nmcli device set {lan} managed yes; nmcli device disconnect {lan} || true")


@pytest.fixture
def shares(host):
    """lan0 by a profile of NetworkManager, lan1 without it, and a list of those that wait."""
    unmanage(host, "lan1")
    before = host.settled_state()
    host.share("lan0", "via", "ppp0")
    host.share("lan1", "via", "eth1", "--temporary")
    for client in (host.client, host.client2):
        client.dhcp()
    yield before
    host.run(["sharectl", "unshare", "--all"])
    manage(host, "lan1")


def await_settled(host, before):
    host.run(["sharectl", "list"])
    host.await_return(before)


def share_and_serve(host):
    host.share("lan0", "via", "ppp0")
    host.client.forget()
    host.client.dhcp()
    assert host.client.get() == PPP0
    host.unshare("lan0")


def test_purged_and_installed_again(host, shares):
    host.kill("connshared")
    host.run(FORGET)
    await_settled(host, shares)
    for lan in ("lan0", "lan1"):
        assert f"{lan}: a share is in force but not in the ledger" in host.log()
    share_and_serve(host)


@pytest.mark.parametrize("damage", [
    "nft flush ruleset",
    "ip rule flush protocol 137; ip -6 rule flush protocol 137",
    "pkill -x dnsmasq",
    "ip route flush table 13700; ip route flush table 13701",
])
def test_half_of_it_is_gone_as_well(host, shares, damage):
    host.kill("connshared")
    host.run(FORGET)
    host.run(damage)
    if "dnsmasq" in damage:  # it alone tells that the address of an unmanaged LAN is ours
        host.run("ip address flush dev lan1")
    await_settled(host, shares)


def test_what_is_of_no_share(host):
    """Pieces without a LAN."""
    host.kill("connshared")
    before = host.settled_state()
    host.run("nft add table inet connshare; nft add chain inet connshare x; "
             "ip rule add from 10.9.9.9 lookup 13777 priority 33000 protocol 137; "
             "ip rule add to 10.9.9.0/24 lookup 13699 priority 5002 protocol 137; "
             "ip route add unreachable default table 13777 protocol 137; "
             "ip route add 10.9.9.0/24 dev eth1 table 13699 protocol 137")
    await_settled(host, before)


def test_what_is_of_others_stays(host):
    others = ("rule add from 10.9.9.9 lookup 13777 priority 33000",
              "route add unreachable default table 13777",
              "rule add from 10.9.9.9 lookup 77 priority 5000")
    for line in others:
        host.run("ip " + line)
    host.share("lan0", "via", "ppp0")
    before = host.settled_state()
    host.kill("connshared")
    host.run("sharectl list")
    assert host.settled_state() == before
    for line in others:
        host.run("ip " + line.replace(" add ", " del "))


def test_requested_shares_are_taken_over(host, client):
    """Clients notice nothing."""
    host.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
    client.dhcp()
    server, = host.pids("dnsmasq")
    host.kill("connshared")
    host.run("rm -rf /run/connshare/*")
    await_state(host, "active", "none")
    assert client.get() == PPP0 and client.resolve("www.test") == ["192.0.2.80"]
    assert host.json("status")["shares"][0]["address"] == "192.168.50.1/24"
    assert host.pids("dnsmasq") != [] and "192.168.50.1/24" in host.run("ip -4 -o address")


def test_another_firewall_was_opened(host):
    host.run("iptables -P FORWARD DROP; iptables -P INPUT DROP; iptables -A INPUT -i lo -j ACCEPT")
    try:
        before = host.settled_state()
        host.share("lan0", "via", "ppp0")
        assert "connshare" in host.run("iptables -S")
        host.kill("connshared")
        host.run(FORGET)
        await_settled(host, before)
    finally:
        host.run("iptables -P FORWARD ACCEPT; iptables -P INPUT ACCEPT; iptables -F; "
                 "nft delete table ip filter")


def test_others_rules_came_first(host, shares):
    """So ours have moved, and are known by more than their priority."""
    host.run("ip rule add from 10.9.9.9 lookup 77")
    try:
        wait_for(lambda: "5002:" not in host.run("ip rule"))
        host.kill("connshared")
        host.run(FORGET)
        host.run("nft flush ruleset")
        host.run("sharectl list")
    finally:
        host.run("ip rule del from 10.9.9.9 lookup 77")
    host.await_return(shares)


def test_a_lan_as_it_is(host):
    """With an address and a network behind it that are the user's."""
    unmanage(host, "lan1")
    host.run("ip address add 10.7.0.1/16 dev lan1; ip route add 10.8.0.0/24 via 10.7.0.9; "
             "ip route add 10.7.5.0/24 dev eth1")
    try:
        before = host.settled_state()
        host.share("lan1", "via", "ppp0", "--keep-lan", "--temporary")
        assert "throw 10.7.5.0/24" in host.run("ip route show table 13699")
        host.kill("connshared")
        host.run(FORGET)
        await_settled(host, before)
    finally:
        host.run("ip route del 10.7.5.0/24 dev eth1; ip address del 10.7.0.1/16 dev lan1")
        manage(host, "lan1")


def test_a_share_that_waits(host):
    before = host.settled_state()
    host.share("lan0", "via", "ppp7")
    host.kill("connshared")
    host.run(FORGET)
    await_settled(host, before)


def test_forwarding_of_a_router_stays_on(host):
    host.run("sysctl -qw net.ipv4.ip_forward=1")
    try:
        before = host.settled_state()
        host.share("lan0", "via", "ppp0")
        host.kill("connshared")
        host.run(FORGET)
        await_settled(host, before)
    finally:
        host.run("sysctl -qw net.ipv4.ip_forward=0")


@pytest.mark.parametrize("user", ["alice", "root"])
def test_arguments_of_ours_are_not_enough(host, user):
    """Anybody may have them: eth1 keeps its address and forwarding."""
    place = host if user == "root" else host.user(user, "c1")
    words = ["/usr/bin/python3", "-c", FAKE,
             "--conf-file=/run/connshare/dnsmasq-eth1/dnsmasq.conf"]
    if user == "root":
        words = ["setpriv", "--bounding-set", "-net_admin", *words]
    host.kill("connshared")
    process = place.popen(words)
    try:
        assert process.stdout.readline() == "there\n"
        host.run(["sharectl", "list"])
        assert host.run(["sharectl", "list"]) == "nothing is shared"
        assert "eth1: a share is in force" not in host.log()
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


# --- connshared --undo-all ---------------------------------------------------------------


def test_undo_all_without_the_service(host, shares):
    host.kill("connshared")
    host.run(UNDO)
    host.await_return(shares)
    assert host.run(["sharectl", "list"]) == "nothing is shared"


def test_undo_all_without_a_ledger(host, shares):
    host.kill("connshared")
    host.run(FORGET)
    host.run(UNDO)
    host.await_return(shares)


def test_undo_all_beside_the_service(host, client):
    host.share("lan0", "via", "ppp0")
    before = host.settled_state()
    done = host.call(UNDO)
    assert done.returncode == 1 and "is already running" in done.stderr
    assert host.settled_state() == before
    host.share("lan0", "via", "eth1")
    client.dhcp()
    assert client.get() == ETH1


def test_undo_all_while_networkmanager_hangs(spare):
    """It would keep the profile, so that is not forgotten."""
    before = spare.settled_state()
    spare.share("lan0", "via", "ppp0")
    spare.kill("connshared")
    with spare.stopped("NetworkManager"):
        done = spare.call(UNDO)
        assert done.returncode == 1 and "does not answer" in done.stderr
    spare.run(UNDO)
    spare.await_return(before)


def test_undo_all_of_a_request_that_is_none(spare):
    before = spare.settled_state()
    spare.kill("connshared")
    spare.path("/var/lib/connshare").mkdir(exist_ok=True)
    spare.path("/var/lib/connshare/lan1.share").write_text("garbage")
    spare.run(UNDO)
    assert "lan1.share" not in spare.state() and spare.settled_state() == before


def test_undo_all_and_a_word_too_many(host):
    host.kill("connshared")
    done = host.call([*UNDO, "lan0"])
    assert done.returncode == 1 and 'unexpected argument "lan0"' in done.stderr


def test_undo_all_of_nothing(host):
    host.kill("connshared")
    assert host.run(UNDO) == ""
