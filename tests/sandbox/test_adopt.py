# SPDX-License-Identifier: GPL-2.0-or-later
#
# What NetworkManager shares itself becomes a share: "nmcli … ipv4.method shared", and a hotspot of
# GNOME Settings, KDE or nmcli alike.  eth1 is the host's own way out, so NetworkManager's sharing
# goes there by itself; the share goes by ppp0.
#
import re
import time

import pytest
from follow import ETH1, PPP0, Traffic, await_state, capture, share_of
from host import wait_for
from test_forward import add, mac_of, mappings, reaches, server

GATEWAY = "10.42.0.1"
ADOPTED = "NetworkManager itself shares lan0: change that connection"


@pytest.fixture
def hotspot(host):
    """NetworkManager never takes back what it has set for the host."""
    host.run("nmcli connection add save no type ethernet ifname lan0 con-name hotspot "
             "autoconnect no ipv4.method shared ipv6.method link-local")
    yield "hotspot"
    host.run("sharectl adopt off; nmcli connection delete hotspot; "
             "echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv4/ip_dynaddr")
    host.run("for name in /proc/sys/net/ipv4/conf/*/forwarding; do echo 0 >$name; done")
    host.run("rm -f /var/lib/NetworkManager/dnsmasq-lan0.leases")


@pytest.fixture
def adopted(host, client, hotspot):
    host.run("sharectl adopt via ppp0")
    host.run("nmcli connection up hotspot")
    wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
    client.dhcp()
    return client


def shares(host):
    return [(share["lan"], share["state"], share["source"])
            for share in host.json("status")["shares"]]


def test_its_clients_go_by_the_share(host, adopted):
    assert adopted.get() == PPP0
    assert adopted.resolve("asker.test") == [PPP0]
    assert share_of(host)["address"] == f"{GATEWAY}/24"
    doctor = host.call("sharectl doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "NetworkManager gives clients addresses from 10.42.0.0/24" in host.run("sharectl status")


def test_without_adoption_they_go_as_before(host, client, hotspot):
    host.run("nmcli connection up hotspot")
    assert shares(host) == []
    assert "sharectl adopt via auto" in host.run("sharectl status")
    client.dhcp()
    assert client.get("http://192.0.2.80/") == ETH1


def test_adopted_while_it_is_there(host, client, hotspot):
    host.run("nmcli connection up hotspot")
    client.dhcp()
    assert host.run("sharectl adopt via ppp0") == (
        "connections that NetworkManager itself shares are adopted, via ppp0")
    wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
    assert client.get() == PPP0
    assert "adopt via auto" not in host.run("sharectl status")
    host.run("sharectl adopt via eth1")
    wait_for(lambda: client.get("http://192.0.2.80/") == ETH1)
    host.run("sharectl adopt off")
    assert shares(host) == []
    assert "connshare" not in host.run("nft list tables").replace("connshare_left", "")


def test_port_mapping_that_networkmanager_refuses(host, adopted, bus):
    """Its filter lets in nothing new; it is not ours, so what to do is said."""
    with server(adopted, "phone", "tcp", 8080):
        reply = add(bus, "tcp", 8080, mac_of(adopted))
        assert (reply["state"], reply["blocked-by"]) == ("blocked", "nftables (ip nm-shared-lan0)")
        assert not reaches(host.internet)
        blocks = [one for one in host.findings() if one["code"] == "blocked"]
        assert "port mappings of lan0" in blocks[0]["message"]
        host.run(blocks[0]["remedy"])
        assert reaches(host.internet)
        wait_for(lambda: mappings(bus)[0]["state"] == "active")


def test_it_ends_with_its_connection(host, adopted):
    host.run("nmcli connection down hotspot")
    wait_for(lambda: shares(host) == [])
    wait_for(lambda: "137" not in host.run("ip rule"))
    assert not host.path("/run/connshare/requests").exists()
    host.run("nmcli connection up hotspot")
    wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
    adopted.dhcp()
    assert adopted.get() == PPP0


def test_nothing_leaves_by_another_way(host, adopted):
    with capture(host, "eth1") as packets:
        host.hang_up()
        await_state(host, "waiting", "uplink-missing")
        assert not adopted.can_get("http://192.0.2.80/", timeout=1)
        assert adopted.resolve("asker.test") == []
        host.dial()
        wait_for(lambda: adopted.can_get("http://192.0.2.80/", timeout=1))
    assert packets == []


def test_nothing_leaves_while_the_uplink_is_the_lan_itself(host, adopted):
    host.run("sharectl adopt via lan0")
    wait_for(lambda: shares(host) == [("lan0", "waiting", "adopted")])
    assert "lan0 is the LAN itself" in host.run("sharectl status")
    assert not adopted.can_get("http://192.0.2.80/", timeout=1)
    host.run("sharectl adopt via lan0,ppp0")
    wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
    assert adopted.get() == PPP0


def test_a_closed_firewall_is_opened(host, adopted):
    host.run("iptables -P FORWARD DROP; iptables -P INPUT DROP")
    try:
        wait_for(lambda: adopted.can_get("http://192.0.2.80/", timeout=1))
        adopted.dhcp()
        assert adopted.resolve("asker.test") == [PPP0]
    finally:
        host.run("iptables -P FORWARD ACCEPT; iptables -P INPUT ACCEPT; "
                 "nft delete table ip filter")


def test_it_is_repaired(host, adopted):
    host.run("nft delete table inet connshare")
    wait_for(lambda: "lan0" in host.call("nft list table inet connshare").stdout)
    assert adopted.get() == PPP0


def test_it_outlives_a_restart_of_the_service(host, adopted):
    ended = host.log().count("no longer shared")
    with capture(host, "eth1") as packets:
        host.kill("connshared")
        wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
        assert adopted.get() == PPP0
    assert packets == []
    assert host.log().count("no longer shared") == ended


def test_nothing_leaves_while_networkmanager_restarts(host, adopted):
    """It was killed, finds the connection again, and takes it up."""
    ended = host.log().count("no longer shared")
    with capture(host, "eth1") as packets, Traffic(adopted, "flow", "50"):
        host.kill("NetworkManager")
        time.sleep(1)
        assert shares(host) == [("lan0", "active", "adopted")]
        host.run("kill $(cat /run/nm-dnsmasq-lan0.pid)")  # which it does not find again
        host.start_network_manager()
        time.sleep(2)
        wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
    assert adopted.get() == PPP0
    assert packets == []
    assert host.log().count("no longer shared") == ended


def active_connections(host):
    return host.run("nmcli -g name connection show --active").split()


def is_over(host):
    """Nothing of the share is left, and NetworkManager's connection is not there."""
    assert shares(host) == []
    assert "137" not in host.run("ip rule")
    assert "table inet connshare " not in host.run("nft list tables") + " "
    assert not host.path("/run/connshare/requests").exists()
    return "hotspot" not in active_connections(host)


@pytest.mark.parametrize("words", [
    "sharectl unshare lan0", "sharectl unshare --all",
    "gdbus call --system --dest org.connshare1 --object-path /org/connshare1/share/lan0 "
    "--method org.connshare1.Share.Stop"])
def test_its_end_ends_its_connection(host, adopted, words):
    """Which does not come back by itself, although it would after a reboot."""
    host.run("nmcli connection modify hotspot connection.autoconnect yes")
    host.run(words)
    assert is_over(host)
    time.sleep(2)
    assert is_over(host)
    host.run("nmcli connection up hotspot")
    wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
    adopted.dhcp()
    assert adopted.get() == PPP0


def test_all_is_the_users_own_and_what_is_adopted(host, adopted):
    host.share("lan1", "via", "ppp0")
    assert sorted(host.run("sharectl unshare --all").splitlines()) == [
        "lan0 is no longer shared", "lan1 is no longer shared"]
    assert is_over(host)


def test_ended_by_two_at_once(host, adopted):
    host.run("sharectl unshare lan0 & sharectl unshare lan0; wait")
    assert is_over(host)


def test_end_without_rights(host, adopted):
    done = host.user("bob", "c2").call("sharectl unshare lan0")
    assert done.returncode == 4, done
    assert shares(host) == [("lan0", "active", "adopted")]
    assert "hotspot" in active_connections(host)


def test_end_while_networkmanager_hangs(host, adopted):
    with host.stopped("NetworkManager"):
        done = host.call("sharectl unshare lan0")
        assert done.returncode == 1 and "NetworkManager still shares lan0" in done.stderr, done
        assert shares(host) == [("lan0", "active", "adopted")]
    wait_for(lambda: shares(host) == [])
    assert is_over(host)


def test_end_while_networkmanager_does_not_run(host, adopted):
    host.kill("NetworkManager")
    host.run("kill $(cat /run/nm-dnsmasq-lan0.pid)")
    done = host.call("sharectl unshare lan0")
    assert done.returncode == 1 and "which shares lan0, does not run" in done.stderr, done
    host.start_network_manager()
    wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])


def test_undo_all_leaves_it_to_networkmanager(host, client, hotspot):
    host.run("nmcli connection up hotspot")
    before = host.settled_state()
    host.run("sharectl adopt via ppp0")
    wait_for(lambda: shares(host) == [("lan0", "active", "adopted")])
    host.share("lan1", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
    host.kill("connshared")
    host.run("/usr/libexec/connshared --undo-all")
    assert "hotspot" in active_connections(host)
    host.await_return(before)
    client.dhcp()
    assert client.get("http://192.0.2.80/") == ETH1
    assert host.json("adopt") == {"adopt_wan": ""}


@pytest.mark.parametrize("words", ["change lan0 --rate 1M", "change lan0 via eth1"])
def test_it_is_not_the_users_to_change(host, adopted, words):
    done = host.call(f"sharectl {words}")
    assert (done.returncode, ADOPTED in done.stderr) == (1, True), done
    assert shares(host) == [("lan0", "active", "adopted")]


def test_its_clients_are_listed_and_blocked(host, adopted):
    def clients():
        return host.json("clients")["clients"]
    wait_for(lambda: [row["state"] for row in clients()] == ["online"])
    assert clients()[0]["address"].startswith("10.42.0.")
    adopted.get()
    assert clients()[0]["bytes_sent"] > 0
    host.run(f"sharectl client lan0 {clients()[0]['mac']} --block")
    assert not adopted.can_get("http://192.0.2.80/", timeout=1)
    host.kill("connshared")
    assert not adopted.can_get("http://192.0.2.80/", timeout=1)
    host.run(f"sharectl client lan0 {clients()[0]['mac']} --allow")
    assert adopted.get() == PPP0


def test_after_a_reboot(host, hotspot):
    host.run("sharectl adopt via ppp0")
    assert re.search("wan=ppp0", host.run("cat /var/lib/connshare/adopt"))
    host.kill("connshared")
    assert host.json("adopt") == {"adopt_wan": "ppp0"}
    host.run("sharectl adopt off")
    assert not host.path("/var/lib/connshare/adopt").exists()
    left_alone = "connections that NetworkManager itself shares are left alone"
    assert host.run("sharectl adopt") == left_alone


@pytest.mark.parametrize("words, complaint", [
    ("via", '"via" needs the WAN'), ("on", 'unexpected argument "on"'),
    ("via 192.168.1.1", "192.168.1.1"), ("via ppp0 lan0", 'unexpected argument "lan0"'),
    ("--json off", "--json")])
def test_mistakes(host, words, complaint):
    done = host.call(f"sharectl adopt {words}")
    assert done.returncode in (1, 2) and complaint in done.stderr, done


def test_a_name_that_nothing_has(host, hotspot):
    done = host.call("sharectl adopt via eth11")
    assert 'did you mean "eth1"' in done.stderr


def test_no_rights(host, hotspot):
    done = host.user("bob", "c2").call("sharectl adopt via ppp0")
    assert done.returncode == 4, done
