# SPDX-License-Identifier: GPL-2.0-or-later
#
# What clients get by DHCP.  Addresses that somebody uses without having asked for them are not
# leased: a printer beside the client, on the same wire, has the very address that dnsmasq would
# give to the client.
#
import contextlib

from host import Client, wait_for

LEASES = "/var/lib/misc/dnsmasq.connshare-lan0.leases"
FORGE = """import socket, struct
sender = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
sender.bind(("eth0", 0x806))
for last in range(10, 255):
    mac, address = bytes((2, 0, 0, 9, 9, last)), bytes((192, 168, 137, last))
    reply = struct.pack("!HHBBH", 1, 0x800, 6, 4, 2) + mac + address + bytes(10)
    sender.sendto(reply, ("eth0", 0x806, 0, 0, b"\\xff" * 6))"""


@contextlib.contextmanager
def printer(host, address):
    one = Client(host, "printer")
    host.run("ip netns add printer")
    try:
        host.client.run("ip link add link eth0 name printer type macvlan mode bridge")
        host.client.run("ip link set dev printer netns /run/netns/printer")
        one.run(f"ip address add {address}/24 dev printer; ip link set dev printer up")
        yield one
    finally:
        host.run("ip netns del printer")


def natural_address(host):
    """What the client gets as long as nobody else has it."""
    host.share("lan0", "via", "ppp0")
    address = host.client.dhcp()["ip"]
    host.unshare("lan0")
    host.client.forget()
    return address


def held(host):
    lines = host.path(LEASES).read_text().splitlines()
    return [line.split()[2] for line in lines if line.startswith("0 ")]


def test_used_before_the_share(host, client):
    address = natural_address(host)
    with printer(host, address):
        host.share("lan0", "via", "ppp0")
        assert held(host) == [address]
        assert client.dhcp()["ip"] != address
        assert client.can_get()
        assert "dhcp-held" in [one["code"] for one in host.findings()]


def test_used_later(host, client):
    address = natural_address(host)
    host.share("lan0", "via", "ppp0")
    assert held(host) == []
    with printer(host, address) as one:
        one.run("ping -c 1 -W 1 192.168.137.1")
        wait_for(lambda: held(host) == [address])
        assert client.dhcp()["ip"] != address


def test_user_that_asks_after_all(host, client):
    """Its own address is the one that it gets, as an ordinary lease."""
    address = natural_address(host)
    other = address.rpartition(".")[0] + (".77" if not address.endswith(".77") else ".78")
    client.run(f"ip address add {other}/24 dev eth0")
    host.share("lan0", "via", "ppp0")
    assert held(host) == [other]
    assert client.dhcp()["ip"] == other
    assert held(host) == []


def test_forged_replies(host, client):
    host.share("lan0", "via", "ppp0")
    client.run(["/usr/bin/python3", "-c", FORGE])
    wait_for(lambda: len(held(host)) == 32)
    assert client.dhcp()["ip"] not in held(host)
    assert client.can_get()


def test_options(host, client):
    options = ("ntp-server=192.0.2.123", "boot-file=pxe/a.efi", "next-server=192.168.137.9")
    host.share("lan0", "via", "ppp0", *(f"--dhcp-option={one}" for one in options))
    lease = client.dhcp()
    assert (lease["ntpsrv"], lease["boot_file"], lease["siaddr"], lease["opt43"]) == \
        ("192.0.2.123", "pxe/a.efi", "192.168.137.9", "")
    host.run("sharectl change lan0 --dhcp-option none")
    assert client.dhcp()["ntpsrv"] == ""
    done = host.sharectl("change", "lan0", "--dhcp-option", "boot-file=a,b")
    assert done.returncode and '"boot-file=a,b": expected boot-file=NAME' in done.stderr


def test_metered_uplink(host, client):
    """Its profile says so, while it is up; Android's word for it goes to everybody."""
    host.run("nmcli device modify eth1 connection.metered yes")
    try:
        host.share("lan0", "via", "eth1")
        assert bytes.fromhex(client.dhcp()["opt43"]) == b"ANDROID_METERED"
        host.run("nmcli device modify eth1 connection.metered no")
        wait_for(lambda: client.dhcp()["opt43"] == "")
    finally:
        host.run("nmcli device reapply eth1")


def test_reservation(host, client):
    """It is of the request, outlives another one, and nobody who uses the address takes it."""
    host.share("lan0", "via", "ppp0")
    mac = client.run("cat /sys/class/net/eth0/address")
    host.kill("connshared")
    request = host.path("/var/lib/connshare/lan0.share")
    request.write_text(f"{request.read_text()}reservations={mac} 192.168.137.5;\n")
    host.share("lan0", "via", "ppp0", "--dns", "9.9.9.9")
    assert client.dhcp()["ip"] == "192.168.137.5"
    assert mac not in host.run("sharectl status --json")
    host.run("sharectl change lan0 via eth1")
    assert client.dhcp()["ip"] == "192.168.137.5"
