# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who is on the LAN: seen, counted, named, blocked, and paced, from the clients' side.
#
import contextlib
import json
import re
import time

import pytest
from follow import share_of
from host import BusError, wait_for

SHARE = "/org/connshare1/share/lan0"
INTERFACE = "org.connshare1.Share"
POLICY = """polkit.addRule(function(action, subject) {
  if (action.id == "org.connshare1.%s") return polkit.Result.%s; });"""
# Sends so many bytes to whoever connects, and then waits for the other to close.
SERVER = """import socket, sys
listener = socket.create_server(("0.0.0.0", 7000))
print("ready", flush=True)
while True:
    one, _ = listener.accept()
    one.sendall(bytes(int(sys.argv[1])))
    one.shutdown(socket.SHUT_WR)
    while one.recv(65536): pass"""
FETCH = """import socket, sys
one = socket.create_connection(("192.0.2.80", 7000), 5)
one.settimeout(20)
total = 0
while data := one.recv(65536): total += len(data)
one.sendall(bytes(%d))
print(total)"""
HOLD = """import socket, sys
one = socket.create_connection(("192.0.2.80", 80), 5)
print("open", flush=True)
sys.stdin.readline()
one.settimeout(2)
one.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
print(one.recv(1000))"""
FORGE = """import socket, struct, sys
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("eth0", 0x806))
for i in range(int(sys.argv[1])):
    mac, address = bytes((2, 7, 0, 0, i >> 8, i & 255)), bytes((192, 168, 137, 10 + i % 240))
    sender.send(b"\\xff" * 6 + mac + struct.pack("!HHHBBH", 0x806, 1, 0x800, 6, 4, 1) + mac
                + address + bytes(6) + bytes((192, 168, 137, 1)))"""


def clients(bus, path=SHARE):
    return bus.call("ListClients", "()", path, INTERFACE)[0]


def mac_of(client):
    return client.run("cat /sys/class/net/eth0/address")


def find(bus, client):
    return next((one for one in clients(bus) if one["mac"] == mac_of(client)), None)


def set_client(bus, client, settings):
    mac = client if isinstance(client, str) else mac_of(client)
    bus.call("SetClient", f"('{mac}', {settings})", SHARE, INTERFACE)


def interface_bytes(client):
    text = client.run("cd /sys/class/net/eth0/statistics; cat rx_bytes tx_bytes")
    return [int(word) for word in text.split()]


def short_path(host):
    """Of its clients: the maps of their flows."""
    return host.run("nft list map inet connshare short_sent; "
                    "nft list map inet connshare short_received")


@contextlib.contextmanager
def server(host, size):
    process = host.internet.popen(["/usr/bin/python3", "-c", SERVER, str(size)])
    assert process.stdout.readline() == "ready\n"
    yield
    process.kill()
    process.communicate()


def fetch(client, sent=0):
    return int(client.run(["/usr/bin/python3", "-c", FETCH % sent], timeout=90))


@pytest.fixture
def shared(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp(name="phone")
    return host


@pytest.fixture
def known(shared, client, bus):
    """The client, once it is known."""
    wait_for(lambda: bus.property(SHARE, "ClientCount") == 1)
    return find(bus, client)


# --- Seen


def test_one_with_a_lease(bus, shared, client, known):
    assert "192.168.137.82" in known["addresses"] and known["hostname"] == "phone"
    assert known["state"] == "online" and known["private-mac"] is True
    assert abs(known["since"] - time.time()) < 100
    assert "name" not in known and "reserved" not in known
    wait_for(lambda: [SHARE, INTERFACE, "ClientsChanged", []] in bus.signals())


def test_one_with_an_address_of_its_own(host, client, bus):
    host.share("lan0", "via", "ppp0")
    client.run("ip address add 192.168.137.5/24 dev eth0; ip route add default via 192.168.137.1")
    assert client.can_get("http://192.0.2.80/")
    wait_for(lambda: find(bus, client))
    assert "192.168.137.5" in find(bus, client)["addresses"]
    wait_for(lambda: find(bus, client)["state"] == "online")


def test_on_a_lan_that_stays_as_it_is(host, client, bus):
    host.run("nmcli connection add save no type ethernet ifname lan0 con-name own autoconnect no "
             "ipv4.method manual ipv4.addresses 10.42.7.1/24 && nmcli connection up own")
    try:
        host.share("lan0", "via", "ppp0", "--keep-lan")
        client.run("ip address add 10.42.7.9/24 dev eth0; ip route add default via 10.42.7.1")
        assert client.can_get("http://192.0.2.80/")
        wait_for(lambda: find(bus, client))
        assert "10.42.7.9" in find(bus, client)["addresses"]
    finally:
        host.unshare("lan0")
        host.run("nmcli connection delete own")


@pytest.mark.parametrize("name, shown", [
    ("wpad", None), ("localhost", None), ("laptop", None), ("Anna's-Phone", "Anna")])
def test_claimed_names(host, client, bus, name, shown):
    host.share("lan0", "via", "ppp0")
    client.dhcp(name=name)
    wait_for(lambda: find(bus, client))
    hostname = find(bus, client).get("hostname")
    assert hostname is None if shown is None else (hostname or shown).startswith(shown)


def test_several_in_json(shared, bus, known):
    shared.share("lan1", "via", "eth1")
    shared.client2.dhcp(name="printer")
    listed = wait_for(lambda: len(found := shared.json("clients")["clients"]) == 2 and found)
    assert {(one["lan"], one["hostname"]) for one in listed} == {("lan0", "phone"),
                                                                 ("lan1", "printer")}


def test_gone_with_the_share(shared, bus, known):
    shared.unshare("lan0")
    assert not shared.path("/run/connshare/clients").exists()
    shared.share("lan0", "via", "ppp0")
    assert all(one["bytes-received"] == 0 for one in clients(bus))


# --- Counted


def test_bytes_are_those_of_its_interface(shared, client, bus, known):
    size = 20_000_000
    with server(shared, size):
        began = interface_bytes(client)
        before = find(bus, client)
        assert fetch(client, size // 4) == size
        after, ended = find(bus, client), interface_bytes(client)
    for index, key in enumerate(["bytes-received", "bytes-sent"]):
        counted, real = after[key] - before[key], ended[index] - began[index]
        assert real > size / 5 and abs(counted - real) < real / 100, (key, counted, real)


def test_small_packets_are_those_of_its_interface(shared, client, bus, known):
    """Each is the first of its flow."""
    client.resolve("www.test")
    began = interface_bytes(client)
    before = find(bus, client)
    client.run(["bash", "-c", "for i in $(seq 200); do "
                "head -c 400 /dev/zero >/dev/udp/192.0.2.80/9; done"])
    after, ended = find(bus, client), interface_bytes(client)
    counted, real = after["bytes-sent"] - before["bytes-sent"], ended[1] - began[1]
    assert real > 200 * 400 and abs(counted - real) < real / 100, (counted, real)


@pytest.mark.parametrize("what", ["restart", "crash", "flush", "uplink"])
def test_count_is_kept(shared, client, bus, known, what):
    with server(shared, 1_000_000):
        fetch(client)
        before = find(bus, client)
        if what == "flush":
            shared.run("nft flush ruleset")
        elif what == "uplink":
            shared.share("lan0", "via", "eth1")
        else:
            shared.kill("connshared", 15 if what == "restart" else 9)
        wait_for(lambda: client.can_get("http://192.0.2.80/"))
        middle = find(bus, client)
        assert before["bytes-received"] <= middle["bytes-received"] \
            < before["bytes-received"] + 100_000
        wait_for(lambda: "192.168.137.82" in short_path(shared))
        fetch(client)
        assert find(bus, client)["bytes-received"] > middle["bytes-received"] + 1_000_000


def test_flows_take_the_short_path(shared, client, bus, known):
    """Each packet is counted once for the client and once for the share."""
    size = 5_000_000
    wait_for(lambda: "192.168.137.82" in short_path(shared))
    with server(shared, size):
        before = bus.property(SHARE, "BytesReceived"), find(bus, client)["bytes-received"]
        assert fetch(client) == size
        after = bus.property(SHARE, "BytesReceived"), find(bus, client)["bytes-received"]
    assert re.search(r"counter packets \d+ bytes [5-9]\d{6} : jump short_received_lan0",
                     short_path(shared))
    for one in 0, 1:
        assert size < after[one] - before[one] < 1.1 * size


def test_short_path_leaves_the_uplink_with_the_share(shared, client, known):
    wait_for(lambda: '"ppp0"' in short_path(shared))
    shared.share("lan0", "via", "eth1")
    assert '"ppp0"' not in short_path(shared)
    wait_for(lambda: '"eth1"' in short_path(shared))
    shared.share("lan0", "via", "eth1", "--rate", "100M")
    assert "192.168.137.82" not in short_path(shared)
    shared.share("lan0", "via", "ppp0", "--rate", "none")
    wait_for(lambda: '"ppp0"' in short_path(shared))
    shared.run("ip route flush table 13700; nft delete rule inet connshare forward handle "
               "$(nft -a list chain inet connshare forward | awk '/lan_networks/ {print $NF}')")
    wait_for(lambda: "lan_networks" in shared.run("nft list chain inet connshare forward"))
    assert client.get("http://192.0.2.80/")
    wait_for(lambda: '"ppp0"' in short_path(shared))


# --- Named, and given an address


def test_name_is_kept(shared, client, bus, known):
    set_client(bus, client, "{'name': <'Telefon <b>Ä</b>'>}")
    shared.kill("connshared")
    assert find(bus, client)["name"] == "Telefon <b>Ä</b>"
    shared.share("lan0", "via", "eth1")
    assert find(bus, client)["name"] == "Telefon <b>Ä</b>"
    set_client(bus, client, "{'name': <''>}")
    assert "name" not in find(bus, client)


def test_reserved_address(shared, client, bus, known):
    """From the next request on, by the same dnsmasq."""
    server_pids = shared.pids("dnsmasq")
    set_client(bus, client, "{'address': <'192.168.137.77'>}")
    assert client.dhcp(name="phone")["ip"] == "192.168.137.77"
    assert shared.pids("dnsmasq") == server_pids
    assert find(bus, client)["reserved"] == "192.168.137.77"
    shared.run(["sharectl", "client", "lan0", "phone", "--address", "any"])
    assert "reserved" not in find(bus, client)
    assert shared.pids("dnsmasq") == server_pids


def test_reserved_address_is_for_nobody_else(shared, client, bus, known):
    set_client(bus, client, "{'address': <'192.168.137.82'>}")
    with pytest.raises(BusError) as refusal:
        set_client(bus, "02:00:00:00:99:99", "{'address': <'192.168.137.82'>}")
    assert refusal.value.name.endswith(".AddressConflict")


@pytest.mark.parametrize("mac, settings, error, word", [
    ("nonsense", "@a{sv} {}", "InvalidArgument", "nonsense"),
    ("01:00:5e:00:00:01", "@a{sv} {}", "InvalidArgument", "01:00:5e"),
    ("02:00:00:00:00:01", "{'colour': <'red'>}", "InvalidArgument", "colour"),
    ("02:00:00:00:00:01", "{'blocked': <'yes'>}", "InvalidArgument", "blocked"),
    ("02:00:00:00:00:01", "{'name': <'a\\nb'>}", "InvalidArgument", "name"),
    ("02:00:00:00:00:01", "{'address': <'10.0.0.9'>}", "InvalidArgument", "192.168.137.0/24"),
    ("02:00:00:00:00:01", "{'address': <'192.168.137.255'>}", "InvalidArgument", "255"),
    ("02:00:00:00:00:01", "{'address': <'192.168.137.1'>}", "AddressConflict", "192.168.137.1"),
    ("02:00:00:00:00:01", "{'address': <'192.168.137.82'>}", "AddressConflict", "another client"),
])
def test_refusals(shared, bus, known, mac, settings, error, word):
    before = shared.path("/var/lib/connshare/lan0.share").read_text()
    with pytest.raises(BusError) as refusal:
        set_client(bus, mac, settings)
    assert refusal.value.name == f"org.connshare1.Error.{error}" and word in str(refusal.value)
    assert shared.path("/var/lib/connshare/lan0.share").read_text() == before


# --- Blocked


def test_blocked(shared, client, bus, known):
    """What is open ends, and nothing else works: network, names, addresses."""
    held = client.popen(["/usr/bin/python3", "-c", HOLD], stdin=-1)
    assert held.stdout.readline() == "open\n"
    set_client(bus, client, "{'blocked': <true>}")
    output, error = held.communicate("\n")
    assert output == "" and held.returncode == 1
    assert not client.can_get() and not client.can_get("http://192.0.2.80/")
    assert client.call(["ping", "-c1", "-W1", "192.168.137.1"]).returncode == 1
    assert client.call(["udhcpc", "-f", "-q", "-n", "-i", "eth0", "-t", "2", "-T", "1", "-s",
                        "/bin/true"]).returncode == 1
    assert find(bus, client)["state"] == "blocked"
    assert bus.property(SHARE, "BlockedCount") == 1
    set_client(bus, client, "{'blocked': <false>}")
    assert client.can_get("http://192.0.2.80/") and bus.property(SHARE, "BlockedCount") == 0


def test_block_does_not_take_the_lan_back(host, shared, client, bus, known):
    """From what the user has given it to since."""
    host.run("nmcli connection add save no type ethernet ifname lan0 con-name cafe autoconnect no "
             "ipv4.method manual ipv4.addresses 10.9.8.7/24 && nmcli connection up cafe")
    try:
        wait_for(lambda: share_of(host)["state"] == "waiting")
        host.run(f"sharectl client lan0 {mac_of(client)} --block")
        assert host.active_profile() == "cafe"
        assert share_of(host)["state"] == "waiting"
    finally:
        host.run("nmcli connection delete cafe")
    wait_for(lambda: share_of(host)["state"] == "active")
    assert find(bus, client)["state"] == "blocked"


def test_the_others_are_undisturbed(shared, client, bus, known):
    shared.share("lan1", "via", "ppp0")
    shared.client2.dhcp()
    held = shared.client2.popen(["/usr/bin/python3", "-c", HOLD], stdin=-1)
    assert held.stdout.readline() == "open\n"
    set_client(bus, client, "{'blocked': <true>}")
    assert "200 OK" in held.communicate("\n")[0]
    assert not client.can_get("http://192.0.2.80/")


@pytest.mark.parametrize("what", ["crash", "flush", "uplink", "again", "reboot"])
def test_stays_blocked(shared, client, bus, known, what):
    set_client(bus, client, "{'blocked': <true>}")
    if what == "crash":
        shared.kill("connshared")
        shared.run(["sharectl", "status"])
    elif what == "flush":
        shared.run("nft flush ruleset")
        wait_for(lambda: "source_lan0" in shared.run("nft list ruleset"))
    elif what == "uplink":
        shared.share("lan0", "via", "eth1,ppp0")
    elif what == "again":
        shared.share("lan0", "via", "ppp0", "--dns", "9.9.9.9")
    else:
        shared.kill("connshared")
        shared.run("rm -r /run/connshare; nft flush ruleset")
        shared.run(["sharectl", "status"])
    wait_for(lambda: share_of(shared)["state"] == "active")
    assert not client.can_get("http://192.0.2.80/")
    assert [one["state"] for one in clients(bus) if one["mac"] == mac_of(client)] == ["blocked"]


def test_blocked_by_its_name_on_a_terminal(shared, client, bus, known):
    shared.run(["sharectl", "client", "lan0", "phone", "--block"])
    assert not client.can_get("http://192.0.2.80/")
    assert re.search(r"phone .*blocked", shared.run(["sharectl", "clients", "lan0"]))
    assert "1 blocked" in shared.run(["sharectl", "status", "lan0"])
    shared.run(["sharectl", "client", "lan0", "phone", "--allow"])
    assert client.can_get("http://192.0.2.80/")
    unknown = shared.sharectl("client", "lan0", "nobody", "--block")
    assert unknown.returncode == 3 and "nobody" in unknown.stderr \
        and "sharectl clients" in unknown.stderr


# --- Limits


def test_rate(shared, client, bus, known):
    shared.share("lan0", "via", "ppp0", "--rate", "8M")
    with server(shared, 4_000_000):
        began = time.monotonic()
        assert fetch(client) == 4_000_000
        assert time.monotonic() - began > 2  # 4 seconds, less one that has been saved
    assert "paced" in shared.run("nft list table inet connshare")
    shared.share("lan0", "--rate", "none")
    assert "paced" not in shared.run("nft list table inet connshare")
    assert client.can_get("http://192.0.2.80/")


def test_most_clients(host, client, bus):
    host.share("lan0", "via", "ppp0", "--max-clients", "1")
    client.dhcp()
    host.run("ip netns exec client ip link add link eth0 name second type macvlan mode bridge")
    try:
        client.run("ip link set second up")
        more = client.call(["timeout", "5", "udhcpc", "-f", "-q", "-n", "-i", "second", "-t", "2",
                            "-T", "1", "-s", "/bin/true"])
        assert more.returncode != 0 and "lease of" not in more.stderr, more
    finally:
        client.run("ip link del second")


# --- Who may know


def test_nothing_is_told_to_everybody(shared, client, bus, known):
    mac = mac_of(client)
    set_client(bus, client, "{'name': <'Secret-Name'>, 'address': <'192.168.137.77'>}")
    assert client.dhcp(name="phone")["ip"] == "192.168.137.77"
    set_client(bus, client, "{'blocked': <true>}")
    told = json.dumps([bus.call("Preview", "('lan0', 'ppp0', @a{sv} {})"),
                       bus.call("ListInterfaces"),
                       bus.call("GetManagedObjects", "()", "/org/connshare1",
                                "org.freedesktop.DBus.ObjectManager"),
                       bus.call("Diagnose"), bus.signals()], default=str) + shared.log()
    for secret in (mac, "Secret-Name", "phone", "192.168.137.77"):
        assert secret not in told, secret
    readable = shared.run("find /run/connshare /var/lib/connshare /var/lib/misc -type f "
                          "-perm /o+r -name '*connshare*' -o -path '/run/connshare/*' -type f "
                          "-perm /o+r")
    assert readable == ""


def test_an_error_tells_nothing_of_others(shared, client, bus, known):
    """To a user who may not change them: neither who is there, nor for whom an address is kept."""
    set_client(bus, client, "{'address': <'192.168.137.77'>}")
    stranger = shared.user("carol", "none").bus()
    for address in known["addresses"][0], "192.168.137.77":
        with pytest.raises(BusError) as refusal:
            set_client(stranger, "02:00:00:00:99:99", f"{{'address': <'{address}'>}}")
        assert refusal.value.name == "org.connshare1.Error.NotAuthorized"
        assert mac_of(client) not in str(refusal.value)
    stranger.close()


# --- Hostile


def test_flood_of_forged_clients(shared, client, bus, known, sanitized):
    """Bounded, and the one that is there is served all the time."""
    client.run(["/usr/bin/python3", "-c", FORGE, "3000"])
    assert client.can_get("http://192.0.2.80/")
    wait_for(lambda: find(bus, client) and find(bus, client)["state"] == "online")
    assert len(clients(bus)) <= 1024
    elements = shared.run("nft list set inet connshare clients_sent").count("counter packets")
    assert elements <= 8 * 1024
    shared.unshare("lan0")
