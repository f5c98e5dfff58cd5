# SPDX-License-Identifier: GPL-2.0-or-later
#
# Other firewalls, each the real program, that come before the share or after it, are loaded
# again, and go: clients never notice, and no trace of the share is left behind.
#
import subprocess

import pytest
from firewalls import ALL, RELOADS, assert_no_trace, assert_online, await_online, ours
from follow import outside, share_of
from host import wait_for
from test_faults import port_53_taken, replaced
from test_portd import CLIENT, address_by_nat_pmp, upnpc


@pytest.fixture
def host(walled):
    return walled


@pytest.fixture
def firewall(host, request):
    firewall = {**ALL, **RELOADS}[request.param](host)
    yield firewall
    host.run(["sharectl", "unshare", "--all"])
    firewall.clear()


def lines(firewall):
    """Its rules; after a reload the chains may come in another order."""
    return sorted(firewall.rules().splitlines())


@pytest.mark.parametrize("firewall", ALL, indirect=True)
def test_comes_before(host, firewall):
    firewall.start()
    firewall.use_zone()
    before, rules = host.settled_state(), firewall.rules()
    host.share("lan0", "via", "ppp0")
    assert_online(host)
    host.unshare("lan0")
    host.await_return(before)
    assert firewall.rules() == rules


@pytest.mark.parametrize("firewall", ALL, indirect=True)
def test_clients_ask_for_ports(host, firewall):
    firewall.start()
    firewall.use_zone()
    before, rules = host.settled_state(), firewall.rules()
    host.share("lan0", "via", "ppp0", "--upnp")
    host.client.dhcp()
    assert address_by_nat_pmp(host.client) == outside(host)
    assert "8080 TCP is redirected" in upnpc(host.client, "-a", CLIENT, "80", "8080", "TCP")
    host.run(["sharectl", "change", "lan0", "--no-upnp"])
    assert_online(host)
    host.unshare("lan0")
    host.await_return(before)
    assert firewall.rules() == rules


@pytest.mark.parametrize("firewall", RELOADS, indirect=True)
def test_is_loaded_again_and_clients_ask_for_ports(host, firewall):
    firewall.start()
    host.share("lan0", "via", "ppp0", "--upnp")
    host.client.dhcp()
    firewall.reload()
    wait_for(lambda: address_by_nat_pmp(host.client, timeout=0.3) == outside(host), 10)


@pytest.mark.parametrize("firewall", RELOADS, indirect=True)
def test_is_loaded_again(host, firewall):
    firewall.start()
    firewall.reload()
    firewall.use_zone()
    rules = lines(firewall)
    host.share("lan0", "via", "ppp0")
    assert_online(host)
    firewall.reload()
    await_online(host)
    host.unshare("lan0")
    firewall.use_zone()
    wait_for(lambda: lines(firewall) == rules, what="its rules are others")


@pytest.mark.parametrize("firewall", ALL, indirect=True)
def test_comes_after(host, firewall):
    host.share("lan0", "via", "ppp0")
    assert_online(host)
    firewall.start()
    await_online(host)
    firewall.stop()
    await_online(host)
    assert_no_trace(host)


@pytest.mark.parametrize("firewall", ["legacy"], indirect=True)
def test_older_iptables_is_left_alone_while_it_drops_nothing(host, firewall):
    """Who only looks at it brings its table into being; and what was flushed returns."""
    host.run("iptables-legacy -L; iptables-legacy -A INPUT -i eth1 -p tcp --dport 22 -j DROP")
    host.share("lan0", "via", "ppp0")
    assert ours(host) == []
    assert "legacy" not in host.sharectl("preview", "lan0", "via", "ppp0").stdout
    firewall.start()
    wait_for(lambda: len(ours(host)) == 7)
    host.run("iptables-legacy -F FORWARD")
    wait_for(lambda: len(ours(host)) == 7)
    firewall.stop()
    wait_for(lambda: ours(host) == [])


@pytest.mark.parametrize("firewall", ["ufw"], indirect=True)
def test_iptables_lists_and_saves(host, firewall):
    def accepts():
        lines = host.run("iptables -S").splitlines()
        return [line for line in lines if "--comment connshare" in line]

    firewall.start()
    host.share("lan0", "via", "ppp0")
    listed = accepts()
    assert len(listed) == 5
    assert "compatible" not in host.call("iptables -L -n -v").stderr
    saved = host.run("iptables-save")
    host.run(["iptables-restore"], input=saved + "\n")
    await_online(host)
    assert sorted(accepts()) == sorted(listed), "some are there twice, or gone"
    assert_no_trace(host)


@pytest.mark.parametrize("firewall", ["bare", "firewalld", "docker", "legacy"], indirect=True)
def test_next_start_adopts(host, firewall):
    firewall.start()
    host.share("lan0", "via", "ppp0")
    before = ours(host)
    host.kill("connshared")
    assert host.json("status")["shares"][0]["lan"] == "lan0"
    await_online(host)
    assert sorted(ours(host)) == sorted(before)
    assert_no_trace(host)
    if "zones" in dir(firewall):
        assert "lan0" not in firewall.zones()


@pytest.mark.parametrize("firewall", ["ufw", "firewalld"], indirect=True)
def test_comes_while_the_service_is_dead(host, firewall):
    host.share("lan0", "via", "ppp0")
    host.kill("connshared")
    firewall.start()
    host.run("sharectl status")
    await_online(host)


@pytest.mark.parametrize("firewall", ["bare"], indirect=True)
def test_two_shares(host, firewall):
    firewall.start()
    host.share("lan0", "via", "ppp0")
    one = ours(host)
    host.share("lan1", "via", "ppp0")
    assert len(ours(host)) > len(one)
    host.client2.dhcp()
    host.unshare("lan1")
    assert ours(host) == one
    assert_online(host)
    host.share("lan0", "via", "eth1")
    assert not [line for line in ours(host) if "ppp0" in line]


@pytest.mark.parametrize("firewall", ["firewalld"], indirect=True)
def test_lan_that_networkmanager_does_not_manage(host, firewall):
    firewall.start()
    host.run("nmcli device set lan0 managed no; ip link set lan0 up")
    try:
        host.share("lan0", "via", "ppp0")
        assert firewall.zones()["lan0"] == "nm-shared"
        assert_online(host)
        host.run("firewall-cmd -q --zone=home --change-interface=lan0")
        wait_for(lambda: firewall.zones()["lan0"] == "nm-shared")
        host.unshare("lan0")
        assert "lan0" not in firewall.zones()
        host.run("firewall-cmd -q --zone=home --add-interface=lan0")
        host.share("lan0", "via", "ppp0")
        assert_online(host)
        host.unshare("lan0")
        assert firewall.zones()["lan0"] == "home"
    finally:
        host.run(["sharectl", "unshare", "--all"])
        host.run("nmcli device set lan0 managed yes")


@pytest.mark.parametrize("firewall", ["firewalld"], indirect=True)
def test_zone_in_which_nothing_is_dropped_is_left_to_the_user(host, firewall):
    firewall.start()
    host.share("lan0", "via", "ppp0")
    host.run("firewall-cmd -q --zone=trusted --change-interface=lan0")
    assert_online(host)
    assert firewall.zones()["lan0"] == "trusted"


@pytest.mark.parametrize("firewall", ["ufw"], indirect=True)
def test_port_53_is_taken(host, firewall):
    firewall.start()
    with port_53_taken(host, "0.0.0.0"):
        host.share("lan0", "via", "ppp0")
        assert_online(host)
        host.unshare("lan0")


OWN = """table inet mine {
  chain forward { type filter hook forward priority 10; policy drop;
    ct state established,related accept
    iifname { "br0", "br1" } oifname "eth1" accept
  }
}"""


@pytest.fixture
def own_table(host):
    host.run(["nft", "-f", "-"], input=OWN)
    yield
    host.run("nft delete table inet mine")


def test_table_of_the_user_is_named_not_changed(host, own_table):
    before = host.run("nft list table inet mine")
    host.share("lan0", "via", "ppp0")
    assert host.run("nft list table inet mine") == before
    assert share_of(host)["blocked_by"] == ["nftables (inet mine)"]
    host.client.dhcp()
    assert not host.client.can_get(timeout=1)
    [finding] = [one for one in host.findings() if one["code"] == "blocked"]
    assert "chain forward of table inet mine" in finding["message"]
    host.run(finding["remedy"])
    assert_online(host)
    wait_for(lambda: share_of(host)["blocked_by"] == [])
    host.unshare("lan0")


@pytest.fixture
def owned_table(host):
    """A table that iptables would use, and that another program keeps to itself."""
    with subprocess.Popen(host.argv(["nft", "-i"]), text=True, bufsize=1,
                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as owner:
        print("add table ip filter { flags owner; }\n"
              "add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }",
              file=owner.stdin)
        wait_for(lambda: host.call("nft list chain ip filter FORWARD").returncode == 0)
        yield owner


def test_table_that_cannot_be_opened_is_named(host, owned_table):
    host.share("lan0", "via", "ppp0")
    wait_for(lambda: share_of(host)["blocked_by"] == ["iptables"])
    [finding] = [one for one in host.findings() if one["code"] == "blocked"]
    assert finding["severity"] == "error"
    assert "of iptables: Could not process rule: Operation" in finding["message"]
    assert "the program that owns the table" in finding["remedy"]
    print("delete table ip filter", file=owned_table.stdin)
    wait_for(lambda: share_of(host)["blocked_by"] == [])
    assert_online(host)


HARMLESS = """
table ip libvirt_network {
  chain guest_cross {
    iif "lan1" oif "lan1" counter accept
  }
  chain guest_input {
    oif "lan1" ip daddr 192.168.122.0/24 ct state established,related counter accept
    oif "lan1" counter reject
  }
  chain guest_output {
    ip saddr 192.168.122.0/24 iif "lan1" counter accept
    iif "lan1" counter reject
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    counter jump guest_cross
    counter jump guest_input
    counter jump guest_output
  }
}
table inet incus {
  chain fwd.incusbr0 {
    type filter hook forward priority filter; policy accept;
    ip version 4 oifname "incusbr0" accept
    ip version 4 iifname "incusbr0" accept
  }
  chain in.incusbr0 {
    type filter hook input priority filter; policy accept;
    iifname "incusbr0" tcp dport 53 accept
    iifname "incusbr0" udp dport { 53, 67 } accept
  }
}
"""


def test_tables_that_drop_nothing_of_a_share_are_left_alone(host):
    host.run(["nft", "-f", "-"], input=HARMLESS)
    try:
        before = host.ruleset()
        host.share("lan0", "via", "ppp0")
        assert_online(host)
        tables = "nft -s list table ip libvirt_network; nft -s list table inet incus"
        assert "connshare" not in host.run(tables)
        assert share_of(host)["blocked_by"] == []
        host.unshare("lan0")
        assert host.ruleset() == before
    finally:
        host.run("nft flush ruleset")


@pytest.mark.parametrize("firewall", ["legacy"], indirect=True)
def test_older_iptables_without_its_program(host, firewall):
    firewall.start()
    with replaced(host, "/usr/sbin/iptables-legacy-restore", None):
        host.share("lan0", "via", "ppp0")
        assert share_of(host)["blocked_by"] == ["iptables-legacy"]
        assert ours(host) == []


@pytest.mark.parametrize("firewall", ["legacy"], indirect=True)
def test_rules_that_cannot_be_taken_back_are_later(host, firewall):
    firewall.start()
    host.share("lan0", "via", "ppp0")
    assert ours(host)
    with replaced(host, "/usr/sbin/iptables-legacy-restore", None):
        done = host.sharectl("unshare", "lan0")
        assert done.returncode == 1 and "iptables-legacy-restore is missing" in done.stderr
        assert ours(host)
    wait_for(lambda: ours(host) == [], what="the rules stay")
