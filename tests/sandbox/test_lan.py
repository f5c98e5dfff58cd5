# SPDX-License-Identifier: GPL-2.0-or-later
#
# The LAN's own address: the first free network, the user's choice, or what was there already
# (keep-lan); and what NetworkManager had on the interface before.
#
import pytest
from follow import PPP0
from host import wait_for


def gateway(host):
    return host.json("status")["shares"][0]["address"]


def test_first_network_is_that_of_windows(host):
    host.share("lan0", "via", "ppp0")
    assert gateway(host) == "192.168.137.1/24"
    assert host.addresses() == ["192.168.137.1/24"]


@pytest.mark.parametrize("taken, first_free", [
    ("address add 192.168.137.77/24 dev eth1", "192.168.138.1/24"),
    ("address add 192.168.137.77/32 dev eth1", "192.168.138.1/24"),
    ("route add 192.168.137.128/25 via 198.18.1.1", "192.168.138.1/24"),
    ("route add blackhole 192.168.137.0/24", "192.168.138.1/24"),
    ("route add 192.168.0.0/16 via 198.18.1.1", "10.137.0.1/24"),
    ("route add 192.168.137.0/24 via 198.18.1.1 table 77", "192.168.138.1/24"),
    ("route add 10.0.0.0/8 via 198.18.1.1", "192.168.137.1/24"),
    ("route add 128.0.0.0/1 via 198.18.1.1", "192.168.137.1/24"),
])
def test_network_that_the_host_uses_is_skipped(host, client, taken, first_free):
    host.run(f"ip {taken}")
    try:
        host.share("lan0", "via", "ppp0")
        assert gateway(host) == first_free
        client.dhcp()
        assert client.get("http://192.0.2.80/") == PPP0
        host.unshare("lan0")
    finally:
        host.run("ip " + taken.replace(" add ", " del ", 1))


def test_lists_of_networks_follow_each_other(host):
    taken = ["192.168.0.0/16", "10.0.0.0/8"]
    for network in taken:
        host.run(f"ip route add {network} via 198.18.1.1")
    host.share("lan0", "via", "ppp0")
    assert gateway(host) == "172.30.0.1/24"
    host.unshare("lan0")
    for network in taken:
        host.run(f"ip route del {network}")


@pytest.mark.parametrize("address, first, last", [
    ("192.168.50.1/24", "192.168.50.", "192.168.50."),
    ("10.11.12.254/24", "10.11.12.", "10.11.12."),
    ("172.16.9.9/16", "172.16.", "172.16."),
    ("192.168.50.1/29", "192.168.50.", "192.168.50."),
    ("192.168.50.2/30", "192.168.50.1", "192.168.50.1"),
])
def test_address_by_hand(host, client, address, first, last):
    host.share("lan0", "via", "ppp0", "--address", address)
    assert gateway(host) == address and host.addresses() == [address]
    lease = client.dhcp()
    assert lease["router"] == address.split("/")[0] != lease["ip"]
    assert lease["ip"].startswith(first) and lease["ip"].startswith(last)
    assert lease["mask"] == address.split("/")[1]
    assert client.get() == PPP0


@pytest.mark.parametrize("address", ["198.18.1.77/24", "198.18.1.2/24", "198.18.0.1/16",
                                     "203.0.113.1/24"])
def test_address_by_hand_in_use(host, bus, address):
    options = f"('lan0', 'ppp0', {{'address': <'{address}'>}})"
    assert bus.error_of("ShareConnectionWithOptions", options) == "AddressConflict"
    assert host.addresses() == []
    done = host.sharectl("share", "lan0", "via", "ppp0", "--address", address)
    assert done.returncode == 1 and address.split("/")[0] in done.stderr


def test_address_can_be_changed(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
    assert host.addresses() == ["192.168.50.1/24"]
    client.forget()
    assert client.dhcp()["router"] == "192.168.50.1"
    assert client.get() == PPP0


@pytest.fixture(params=["10.20.0.1/16", "192.168.77.1/24"])
def kept_lan(host, request):
    host.run("nmcli connection add save no type ethernet ifname lan0 con-name office "
             f"ipv4.method manual ipv4.addresses {request.param} "
             "&& nmcli connection up office")
    yield request.param
    host.run("sharectl unshare lan0; nmcli connection delete office")


def test_keep_lan(host, client, kept_lan):
    own = kept_lan.replace(".1/", ".99/")
    host.share("lan0", "via", "ppp0", "--keep-lan")
    client.run(f"ip address add {own} dev eth0; ip route add default via {kept_lan.split('/')[0]}")
    assert client.get("http://192.0.2.80/") == PPP0
    assert client.resolve("asker.test", "@198.51.100.53") == [PPP0]
    assert host.addresses() == [kept_lan]
    assert not host.pids("dnsmasq")
    host.unshare("lan0")
    assert host.addresses() == [kept_lan]
    assert host.active_profile() == "office"


def test_keep_lan_whole_16(host, client):
    """A client far from the gateway in the network, as in Ubuntu's guide."""
    host.run("ip address add 192.168.0.1/16 dev lan0")
    host.share("lan0", "via", "ppp0", "--keep-lan")
    client.run("ip address add 192.168.200.200/16 dev eth0; ip route add default via 192.168.0.1")
    assert client.get("http://192.0.2.80/") == PPP0
    host.unshare("lan0")
    assert host.addresses() == ["192.168.0.1/16"]
    host.run("ip address del 192.168.0.1/16 dev lan0; nmcli device disconnect lan0")


def test_keep_lan_waits_for_an_address(host, client):
    host.share("lan0", "via", "ppp0", "--keep-lan")
    share = host.json("status")["shares"][0]
    assert (share["state"], share["state_reason"]) == ("waiting", "lan-without-address")
    host.run("ip address add 10.20.0.1/24 dev lan0")
    wait_for(lambda: host.json("status")["shares"][0]["state"] == "active")
    client.run("ip address add 10.20.0.2/24 dev eth0; ip route add default via 10.20.0.1")
    assert client.get("http://192.0.2.80/") == PPP0
    host.unshare("lan0")
    host.run("ip address del 10.20.0.1/24 dev lan0; nmcli device disconnect lan0")


def test_keep_lan_after_all(host, kept_lan):
    """What the share gave the LAN goes, and what it had before is back."""
    host.share("lan0", "via", "ppp0")
    host.share("lan0", "via", "ppp0", "--keep-lan")
    wait_for(lambda: host.json("status")["shares"][0]["state"] == "active", what="not active")
    wait_for(lambda: host.addresses() == [kept_lan], what="the address of before is not back")
    rules = "ip route show table 13700; nft list table inet connshare"

    def find_rest():
        return [line for line in host.run(rules).splitlines() if "192.168.137" in line]

    try:
        wait_for(lambda: not find_rest())
    except TimeoutError:
        assert not find_rest() + host.run("ip route show table all dev lan0").splitlines()


def test_counting_for_clients_ends_with_the_share(host, client, kept_lan):
    """A next share of the LAN counts for none of the addresses that it does not have."""
    host.share("lan0", "via", "ppp0")
    own = client.dhcp()["ip"]
    counted = "nft list set inet connshare clients_sent"
    wait_for(lambda: f" {own} " in host.run(counted), what="the client is not counted for")
    host.unshare("lan0")
    host.share("lan0", "via", "ppp0", "--keep-lan")
    assert f" {own} " not in host.run(counted)


def test_profile_of_before_comes_back(host, client):
    host.run("nmcli connection add save no type ethernet ifname lan0 con-name before "
             "ipv4.method manual ipv4.addresses 10.5.5.5/24 "
             "&& nmcli connection up before")
    host.share("lan0", "via", "ppp0")
    assert host.addresses() == ["192.168.137.1/24"]
    client.dhcp()
    assert client.get() == PPP0
    host.unshare("lan0")
    wait_for(lambda: host.active_profile() == "before")
    wait_for(lambda: host.addresses() == ["10.5.5.5/24"])
    host.run("nmcli connection delete before")


def test_profile_is_ours_and_volatile(host):
    host.share("lan0", "via", "ppp0")
    assert host.active_profile() == "connshare lan0"
    assert not list(host.path("/etc/NetworkManager/system-connections").glob("*connshare*"))
    host.unshare("lan0")
    assert "connshare" not in host.run("nmcli -g NAME connection")


def test_unmanaged_lan(host, client):
    host.run("nmcli device set lan0 managed no")
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
    host.unshare("lan0")
    assert host.addresses() == []
    host.run("nmcli device set lan0 managed yes")
    wait_for(lambda: host.run("nmcli -g GENERAL.STATE device show lan0")[:2] == "30")


def test_unmanaged_lan_keeps_its_own_address(host, client):
    host.run("nmcli device set lan0 managed no; ip address add 10.5.5.5/24 dev lan0")
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
    host.unshare("lan0")
    assert host.addresses() == ["10.5.5.5/24"]
    host.run("ip address del 10.5.5.5/24 dev lan0; nmcli device set lan0 managed yes")
    wait_for(lambda: host.run("nmcli -g GENERAL.STATE device show lan0")[:2] == "30")


def test_lan_that_is_down(host, client):
    host.run("nmcli device set lan0 managed no; ip link set lan0 down")
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert client.get() == PPP0
    host.unshare("lan0")
    assert "UP" not in host.run("ip -br link show lan0").replace("LOWER_UP", "").split()[3]
    host.run("ip link set lan0 up; nmcli device set lan0 managed yes")
    wait_for(lambda: host.run("nmcli -g GENERAL.STATE device show lan0")[:2] == "30")


def test_lan_shared_by_networkmanager(host, bus):
    host.run("nmcli connection add save no type ethernet ifname lan1 con-name theirs "
             "ipv4.method shared && nmcli connection up theirs")
    assert bus.error_of("ShareConnection", "('lan1', 'ppp0')") == "NotSuitable"
    done = host.sharectl("share", "lan1", "via", "ppp0")
    assert done.returncode == 1 and "theirs" in done.stderr
    assert host.active_profile("lan1") == "theirs"
    assert host.json("status") == {"shares": []}
    host.run("nmcli connection delete theirs")
    host.run("sysctl -qw net.ipv4.ip_forward=0 net.ipv4.ip_dynaddr=0")


def test_lan_that_carries_the_default_route(host, bus):
    assert bus.error_of("ShareConnection", "('eth1', 'ppp0')") == "NotSuitable"
    done = host.sharectl("share", "eth1", "via", "ppp0")
    assert done.returncode == 1 and "Internet connection" in done.stderr and "--force" in done.stderr
    assert host.addresses("eth1") == ["198.18.1.2/24"]


def test_lan_that_carries_the_default_route_forced(spare):
    spare.share("eth1", "via", "ppp0", "--force")
    assert spare.json("status")["shares"][0]["state"] == "active"
    spare.unshare("eth1")
    wait_for(lambda: spare.addresses("eth1") == ["198.18.1.2/24"])
    wait_for(lambda: "default via 198.18.1.1" in spare.run("ip route"))


def test_lan_without_networkmanager(spare):
    spare.kill("NetworkManager", 15)
    before = spare.settled_state()
    spare.share("lan0", "via", "ppp0")
    spare.client.dhcp()
    assert spare.client.get() == PPP0
    spare.unshare("lan0")
    assert spare.state() == before


def test_networkmanager_comes_back(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    host.kill("NetworkManager", 15)
    assert client.get() == PPP0
    host.start_network_manager()
    wait_for(lambda: host.json("status")["shares"][0]["state"] == "active")
    assert client.get() == PPP0
    host.unshare("lan0")


@pytest.mark.parametrize("starting", [False, True])
def test_networkmanager_starts_while_the_lan_is_shared(spare, starting):
    """It takes our address for somebody else's, and would do so for good."""
    before = spare.settled_state()
    spare.kill("NetworkManager", 9)
    if not starting:
        spare.share("lan1", "via", "ppp0")
    spare.start_network_manager(wait=False)
    if starting:
        spare.share("lan1", "via", "ppp0")
    wait_for(lambda: "lan1" in spare.call("nmcli -g NAME connection show --active").stdout)
    spare.unshare("lan1")
    assert spare.settled_state() == before


@pytest.mark.parametrize("managed", [False, True])
def test_share_ends_before_the_service_sees_networkmanager(spare, managed):
    """Which has read the address by then, or its own profile."""
    before = spare.settled_state()
    if managed:
        spare.share("lan1", "via", "ppp0")
    spare.kill("NetworkManager", 9)
    if not managed:
        spare.share("lan1", "via", "ppp0")
    with spare.stopped("connshared"):
        spare.start_network_manager(wait=False)
        wait_for(lambda: "lan1:connected"
                 in spare.call("nmcli -t -f DEVICE,STATE device").stdout)
        spare.run("pkill -STOP -x NetworkManager")
    spare.unshare("lan1")
    spare.run("pkill -CONT -x NetworkManager")
    spare.await_return(before)


def test_connection_that_networkmanager_made_up_for_others_stays(spare):
    spare.kill("NetworkManager", 9)
    spare.run("ip address add 10.9.8.7/24 dev lan1")
    spare.share("lan1", "via", "ppp0")
    spare.start_network_manager(wait=False)
    wait_for(lambda: "lan1" in spare.call("nmcli -g NAME connection show --active").stdout)
    spare.unshare("lan1")
    spare.settled_state()
    assert spare.active_profile("lan1") and spare.addresses("lan1") == ["10.9.8.7/24"]
