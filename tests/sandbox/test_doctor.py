# SPDX-License-Identifier: GPL-2.0-or-later
#
# sharectl doctor: one thing at a time is broken, by something that the service cannot or may
# not repair, and exactly that is found; and what it says helps.
#
import contextlib
import json
import signal

import pytest
from follow import PPP0
from host import wait_for
from test_faults import port_53_taken, replaced

TAKE_DHCP = """import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
if sys.argv[1:]:
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[1].encode())
udp.bind(("", 67))
print("bound", flush=True)
sys.stdin.read()"""

# As ISC dhcpd: it listens by packet sockets, and at the port for no purpose.
SERVE_DHCP = """import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
udp.bind(("", 67))
packets = []
for name in sys.argv[1:]:
    packets.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
    packets[-1].bind((name, 0x0800))
print("bound", flush=True)
sys.stdin.read()"""
# It refuses questions about the root, and knows all other names.
REFUSE = """import socket
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("192.0.2.80", 53))
print("bound", flush=True)
while True:
    query, asker = udp.recvfrom(512)
    end = query.index(0, 12) + 5
    refused = end == 17
    record = bytes.fromhex("c00c00010001000000010004c0000250")
    head = query[:2] + bytes([0x80, 5 * refused, 0, 1, 0, not refused, 0, 0, 0, 0])
    udp.sendto(head + query[12:end] + record * (not refused), asker)"""


def diagnose(place):
    """All findings; the exit status must fit to them."""
    done = place.sharectl("doctor", "--json")
    findings = json.loads(done.stdout)["findings"]
    well = all(finding["severity"] == "info" for finding in findings)
    assert (done.returncode, done.stderr) == (0 if well else 1, ""), done.stdout
    assert all(set(finding) == {"severity", "code", "subject", "message", "remedy"}
               for finding in findings)
    return findings


def flaws(place):
    """Those that are worse than good to know."""
    return [finding for finding in diagnose(place) if finding["severity"] != "info"]


def only_flaw(place, severity, code, subject="lan0"):
    """Asserts that this is all that is wrong, and returns the finding."""
    found = flaws(place)
    assert [(one["severity"], one["code"], one["subject"]) for one in found] == [
        (severity, code, subject)], found
    return found[0]


def notes(place):
    """What is good to know, of a place where all is well."""
    findings = diagnose(place)
    assert {finding["severity"] for finding in findings} == {"info"}, findings
    return {finding["code"]: finding["message"] for finding in findings}


def await_well(place):
    wait_for(lambda: not flaws(place), what="it is not well again")


@contextlib.contextmanager
def dropped(place, match, hook="input"):
    """Packets that match are dropped there."""
    place.run(["nft", f"table ip dropped {{ chain c {{ type filter hook {hook} priority 0; "
               f"{match} drop; }}; }}"])
    try:
        yield
    finally:
        place.run("nft delete table ip dropped")


# --- All is well ---------------------------------------------------------------------------


def test_nothing_is_shared(host):
    assert notes(host) == {"nothing-shared": "nothing is shared"}
    done = host.sharectl("doctor")
    assert done.returncode == 0 and "nothing is shared" in done.stdout


def test_share_that_is_well(host, client):
    host.share("lan0", "via", "ppp0")
    assert notes(host) == {
        "shared": "lan0 is shared via ppp0; no client has asked for an address yet"}
    client.dhcp()
    client.get()
    assert notes(host) == {"shared": "lan0 is shared via ppp0; 1 client has an address"}
    assert "all is well" in host.sharectl("doctor").stdout


def test_two_shares_that_are_well(host):
    host.share("lan0", "via", "ppp0")
    host.share("lan1", "via", "eth1,ppp0")
    assert [finding["subject"] for finding in diagnose(host)] == ["lan0", "lan1"]
    assert not flaws(host)


def test_share_that_leaves_the_lan_alone_is_well(host):
    host.plug("lan7")
    try:
        host.run("ip address add 10.4.0.1/24 dev lan7")
        host.share("lan7", "via", "ppp0", "--keep-lan")
        assert notes(host) == {"shared": "lan7 is shared via ppp0; its addresses, DHCP and DNS "
                                         "are left to others"}
        host.unshare("lan7")
    finally:
        host.unplug("lan7")


def test_lan_that_networkmanager_does_not_manage_is_well(host):
    client = host.plug("lan7")
    try:
        host.run("nmcli device set lan7 managed no")
        host.share("lan7", "via", "ppp0")
        client.dhcp()
        assert notes(host) == {"shared": "lan7 is shared via ppp0; 1 client has an address"}
        host.unshare("lan7")
    finally:
        host.unplug("lan7")


def test_port_53_that_is_taken_is_good_to_know(host):
    with port_53_taken(host, "0.0.0.0"):
        host.share("lan0", "via", "ppp0")
        note = notes(host)["dns-port"]
        assert "python3 (process " in note and "249" in note
        host.unshare("lan0")


def test_everybody_may_ask(host):
    host.share("lan0", "via", "ppp0")
    bob = host.user("bob", "c2")
    assert notes(bob) == notes(host)


# --- Other programs ------------------------------------------------------------------------


@pytest.mark.parametrize("hook, chain, words", [
    ("forward", "policy drop;", "what clients of lan0 send to ppp0 (its policy)"),
    ("forward", "iifname ppp0 drop;", 'replies from ppp0 to clients of lan0 (rule "iifname'),
    ("input", "iifname lan0 udp dport 249 drop;", "clients' DNS queries on lan0"),
    ("input", "iifname lan0 drop;", "clients' requests for an address (DHCP) on lan0"),
])
def test_filter_of_the_users_own(host, client, bus, hook, chain, words):
    host.run(["nft", f"table inet mine {{ chain c {{ type filter hook {hook} priority 0; {chain} "
              "}; }"])
    try:
        before = host.run("nft list table inet mine")
        done = host.sharectl("share", "lan0", "via", "ppp0")
        assert done.returncode == 0 and "nftables (inet mine)" in done.stderr, done.stderr
        finding = only_flaw(host, "error", "blocked")
        assert "nftables (inet mine): chain c of table inet mine drops" in finding["message"]
        assert words in finding["message"]
        assert host.json("status")["shares"][0]["blocked_by"] == ["nftables (inet mine)"]
        assert "blocked   by nftables (inet mine)" in host.sharectl("status").stdout
        assert host.run("nft list table inet mine") == before
        bus.call("GetManagedObjects", interface="org.freedesktop.DBus.ObjectManager")
        bus.signals()
        host.run(finding["remedy"])
        wait_for(lambda: host.json("status")["shares"][0]["blocked_by"] == [])
        assert ["BlockedBy"] in [list(signal[3][1]) for signal in bus.signals()
                                 if signal[2] == "PropertiesChanged"]
        assert not flaws(host)
        client.dhcp()
        assert client.get() == PPP0
    finally:
        host.run("nft delete table inet mine")


def test_filter_that_is_opened_is_well(host, client):
    """And one that drops even what this computer sends to itself."""
    host.run("iptables -P FORWARD DROP; iptables -P INPUT DROP; "
             "iptables -A INPUT -i ppp0 -m conntrack --ctstate ESTABLISHED -j ACCEPT")
    try:
        host.share("lan0", "via", "ppp0")
        assert set(notes(host)) == {"shared", "dns-unproven"}
        client.dhcp()
        assert client.get() == PPP0
        host.unshare("lan0")
    finally:
        host.run("iptables -P FORWARD ACCEPT; iptables -P INPUT ACCEPT; iptables -F; "
                 "nft delete table ip filter")


def test_filter_that_comes_later(host):
    host.share("lan0", "via", "ppp0")
    assert not flaws(host)
    host.run("nft 'table inet mine { chain c { type filter hook forward priority 0; "
             "policy drop; }; }'")
    try:
        wait_for(lambda: host.json("status")["shares"][0]["blocked_by"])
        only_flaw(host, "error", "blocked")
    finally:
        host.run("nft delete table inet mine")
    await_well(host)


@pytest.mark.parametrize("device", [[], ["lan0"]])
def test_another_dhcp_server(host, device):
    host.share("lan0", "via", "ppp0")
    other = host.popen(["/usr/bin/python3", "-c", TAKE_DHCP, *device], stdin=-1)
    try:
        assert other.stdout.readline() == "bound\n"
        assert "python3 (process " in only_flaw(host, "warning", "dhcp-rival")["message"]
    finally:
        other.communicate("")
    assert not flaws(host)


def test_dhcp_server_elsewhere_is_none_of_ours(host):
    host.share("lan0", "via", "ppp0")
    other = host.popen(["/usr/bin/python3", "-c", TAKE_DHCP, "lan1"], stdin=-1)
    try:
        assert other.stdout.readline() == "bound\n"
        assert not flaws(host)
    finally:
        other.communicate("")


@pytest.mark.parametrize("devices, rival", [(["lan1"], False), (["lan1", "lan0"], True)])
def test_dhcp_server_that_listens_by_packet_sockets(host, devices, rival):
    host.share("lan0", "via", "ppp0")
    other = host.popen(["/usr/bin/python3", "-c", SERVE_DHCP, *devices], stdin=-1)
    try:
        assert other.stdout.readline() == "bound\n"
        if rival:
            assert "python3 (process " in only_flaw(host, "warning", "dhcp-rival")["message"]
        else:
            assert set(notes(host)) == {"shared"}
    finally:
        other.communicate("")


@pytest.mark.parametrize("rule", ["from 192.168.137.5", "from 192.168.137.128/25", "iif lan0"])
def test_rule_of_the_users_own_for_clients(host, client, rule):
    """It leads to eth1, and has no effect; but is named."""
    host.share("lan0", "via", "ppp0")
    host.run(f"ip route add default via 198.18.1.1 table 100; ip rule add {rule} lookup 100")
    try:
        wait_for(lambda: "rule-overridden" in notes(host))
        assert f'"{rule} lookup 100"' in notes(host)["rule-overridden"]
        client.dhcp()
        client.run("ip address add 192.168.137.5/24 dev eth0")
        assert client.run("curl -sS -m 5 --interface 192.168.137.5 http://192.0.2.80/") == PPP0
    finally:
        host.run(f"ip rule del {rule} lookup 100; ip route flush table 100")
    wait_for(lambda: set(notes(host)) == {"shared"})


def test_rule_before_those_of_the_share(host):
    """There is no room for them in front of it, and what it leads elsewhere is dropped."""
    host.run("ip route add default via 198.18.1.1 table 100; "
             "ip rule add pref 3 from 192.168.137.5 lookup 100")
    try:
        host.share("lan0", "via", "ppp0")
        assert "priority 3," in only_flaw(host, "warning", "rule-first")["message"]
        host.unshare("lan0")
    finally:
        host.run("ip rule del pref 3; ip route flush table 100")


def test_something_that_breaks_it_again_and_again(host):
    """By hand once more each time that it has been repaired, until it takes its time."""
    host.share("lan0", "via", "ppp0")
    there = "ip rule show pref 5000 | grep -c 'iif lan0'"
    for _ in range(6):
        wait_for(lambda: host.call(there).stdout == "1\n")
        host.run("ip rule del pref 5000 iif lan0")
    wait_for(lambda: "repaired-again" in [flaw["code"] for flaw in flaws(host)])
    wait_for(lambda: host.call(there).stdout == "1\n")
    only_flaw(host, "warning", "repaired-again")


def test_table_that_is_deleted_again_and_again(host):
    """It is put back each time, and that somebody deletes it is seen."""
    def codes():
        return [flaw["code"] for flaw in flaws(host)]

    def delete_and_look():
        host.call("nft delete table inet connshare")
        return codes() == ["repaired-again"]

    host.share("lan0", "via", "ppp0")
    wait_for(delete_and_look)
    wait_for(lambda: codes() == ["repaired-again"])


# --- DHCP and DNS --------------------------------------------------------------------------


def test_name_server_of_ones_own_that_is_dead(host, client):
    """The remedy is a command that leaves the rest of the share alone."""
    host.share("lan0", "via", "ppp0", "--dns", "192.0.2.9", "--address", "192.168.50.1/24")
    finding = only_flaw(host, "error", "dns-upstream")
    host.run(finding["remedy"].partition(": ")[2])
    await_well(host)
    share, = host.json("status")["shares"]
    assert (share["wan"], share["address"]) == ("ppp0", "192.168.50.1/24")


def test_name_server_that_hangs(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    with host.stopped("dnsmasq"):
        finding = only_flaw(host, "error", "dns-silent")
        host.run(finding["remedy"].partition(": ")[2])
        await_well(host)
    assert client.resolve("www.test") == ["192.0.2.80"]


def test_diagnosis_does_not_hold_up_others(host):
    host.share("lan0", "via", "ppp0")
    with host.stopped("dnsmasq"):
        doctors = [host.popen(["sharectl", "doctor"]) for _ in range(3)]
        host.json("status")
        host.share("lan1", "via", "ppp0")
        assert [doctor.poll() for doctor in doctors] == [None] * 3, "they did not wait"
        for doctor in doctors:
            assert "does not answer" in doctor.communicate(timeout=20)[0]


@pytest.mark.parametrize("match, severity, words", [
    ("udp dport 53", "error", "no name server of ppp0 answers through it: 198.51.100.53 (no"),
    ("ip daddr 198.51.100.53", "error", "198.51.100.53 (no answer)"),
])
def test_name_server_of_the_uplink_is_dead(host, match, severity, words):
    host.share("lan0", "via", "ppp0")
    with dropped(host.internet, match):
        assert words in only_flaw(host, severity, "dns-upstream")["message"]
    assert not flaws(host)


def test_name_server_that_refuses_some_questions(host, client):
    server = host.internet.popen(["/usr/bin/python3", "-c", REFUSE])
    try:
        assert server.stdout.readline() == "bound\n"
        host.share("lan0", "via", "ppp0", "--dns", "192.0.2.80")
        assert set(notes(host)) == {"shared", "dns-refused"}
        client.dhcp()
        assert client.get() == PPP0
        host.share("lan0", "via", "ppp0", "--dns", "198.51.100.53", "--dns", "192.0.2.80")
        assert set(notes(host)) == {"shared"}
        host.unshare("lan0")
    finally:
        server.kill()
        server.communicate()


def test_one_of_two_name_servers_is_none(host):
    host.share("lan0", "via", "ppp0", "--dns", "198.51.100.53", "--dns", "192.0.2.80")
    finding = only_flaw(host, "warning", "dns-upstream")
    assert "192.0.2.80 (not a name server)" in finding["message"]
    assert "198.51.100.53" not in finding["message"]


def test_dnsmasq_is_missing(host):
    with replaced(host, "/usr/sbin/dnsmasq", None):
        assert "dnsmasq-base" in only_flaw(host, "error", "dnsmasq", "")["remedy"]
        assert diagnose(host)[0]["code"] == "nothing-shared"
    assert not flaws(host)


# --- Uplink and LAN ------------------------------------------------------------------------


def test_uplink_is_gone(host):
    host.share("lan0", "via", "ppp0")
    host.hang_up()
    try:
        assert "ppp0 does not exist" in only_flaw(host, "warning", "uplink-missing")["message"]
    finally:
        host.dial()
    await_well(host)


def test_uplink_has_no_link(host):
    host.share("lan0", "via", "eth1")
    host.internet.run("ip link set isp1 down")
    try:
        wait_for(lambda: flaws(host))
        assert "eth1 has no link" in only_flaw(host, "warning", "uplink-down")["message"]
    finally:
        host.internet.run("ip link set isp1 up")
    await_well(host)


def test_uplink_with_small_packets(host):
    host.share("lan0", "via", "ppp0")
    host.run("ip link set ppp0 mtu 1200")
    try:
        wait_for(lambda: flaws(host))
        finding = only_flaw(host, "warning", "small-mtu")
        assert "1200 bytes" in finding["message"]
        host.run(finding["remedy"].partition(": ")[2])
        await_well(host)
    finally:
        host.hang_up()
        host.dial()


def test_nothing_comes_back(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    with dropped(host.internet, "icmp type echo-request"):
        client.call("ping -q -c 30 -i 0.01 -W 0.1 192.0.2.80")
        assert "30 packets" in only_flaw(host, "warning", "no-replies")["message"]
    client.get()
    assert not flaws(host)


def test_lan_is_unplugged(host):
    host.share("lan0", "via", "ppp0")
    host.client.run("ip link set eth0 down")
    try:
        wait_for(lambda: flaws(host))
        assert "lan0 has no link" in only_flaw(host, "warning", "lan-no-link")["message"]
    finally:
        host.client.run("ip link set eth0 up")
    await_well(host)


def test_lan_is_gone(host):
    host.plug("lan7")
    host.share("lan7", "via", "ppp0")
    host.unplug("lan7")
    wait_for(lambda: flaws(host))
    only_flaw(host, "warning", "lan-missing", "lan7")
    host.unshare("lan7")


def test_share_has_failed(host):
    host.share("lan0", "via", "ppp0", "--address", "10.7.0.1/24")
    host.run("ip address add 10.7.0.9/24 dev eth1")
    try:
        wait_for(lambda: flaws(host))
        assert "eth1" in only_flaw(host, "error", "address-conflict")["message"]
    finally:
        host.run("ip address del 10.7.0.9/24 dev eth1")
    await_well(host)


# --- Services ------------------------------------------------------------------------------


def test_polkit_does_not_answer(host):
    host.share("lan0", "via", "ppp0")
    with host.stopped("polkitd"):
        only_flaw(host, "warning", "polkit", "")
    await_well(host)


def test_networkmanager_has_ended(spare):
    spare.share("lan0", "via", "ppp0")
    assert not flaws(spare)
    spare.kill("NetworkManager", signal.SIGTERM)
    wait_for(lambda: flaws(spare))
    assert only_flaw(spare, "warning", "network-manager", "")["remedy"] == (
        "systemctl start NetworkManager")
