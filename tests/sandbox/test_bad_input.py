# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whatever is wrong has its named error, a message that says with what, an exit code, and
# leaves nothing behind (which the fixture checks).
#
import pytest
from follow import PPP0
from host import BusError

SHARE = "ShareConnection"
OPTIONS = "ShareConnectionWithOptions"


def quote(name):
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


@pytest.mark.parametrize("lan, wan, error", [
    ("nolan", "ppp0", "NoSuchDevice"),
    ("lan0", "lan0", "InvalidArgument"),
    ("lo", "ppp0", "NotSuitable"),
    ("lan0", "lo", "NotSuitable"),
    ("eth1", "ppp0", "NotSuitable"),
    ("", "ppp0", "InvalidArgument"),
    ("lan0", "", "InvalidArgument"),
    ("auto", "ppp0", "NoSuchDevice"),
])
def test_wrong_interface(bus, lan, wan, error):
    assert bus.error_of(SHARE, f"('{lan}', '{wan}')") == error


HOSTILE = ['lan"0', "lan0;", "lan0 ", " lan0", "lan0\n", "lan\t0", "\x01", "\x7f", "lan0'",
           "lan0`id`", "$(id)", "lan0}", "{lan0", "lan0#", "lan\\0", "lan*", "la/n0", "../lan0",
           ".", "..", "/", "lan0,lan1", "lan:0", "lan%s", "%n%n%n%n", "-lan0", "--help", "läna0",
           "a" * 16, "a" * 200, "a" * 7000, "all", "default"]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:16]))
def test_hostile_name(host, bus, name):
    for arguments in (f"({quote(name)}, 'ppp0')", f"('lan0', {quote(name)})"):
        if "," in name and arguments.startswith("('lan0'"):
            continue  # a list of WANs is another matter
        assert bus.error_of(SHARE, arguments) == "InvalidArgument"
    assert bus.error_of("Preview", f"({quote(name)}, 'ppp0', @a{{sv}} {{}})") == "InvalidArgument"
    assert bus.error_of("StopSharing", f"({quote(name)},)") in ("InvalidArgument", "NoSuchShare")
    assert host.json("status") == {"shares": []}


def test_message_shows_a_hostile_name_escaped(bus):
    with pytest.raises(BusError) as refusal:
        bus.call(SHARE, "('a\\nb\\u001b[31m', 'ppp0')")
    assert "\n" not in refusal.value.message and "\x1b" not in refusal.value.message


@pytest.mark.parametrize("option, word", [
    ("'nonsense': <true>", "nonsense"),
    ("'Address': <'192.168.50.1/24'>", "Address"),
    ("'keep_lan': <true>", "keep_lan"),
    ("'keep-lan': <'yes'>", "keep-lan"),
    ("'keep-lan': <1>", "keep-lan"),
    ("'persistent': <@u 1>", "persistent"),
    ("'force': <''>", "force"),
    ("'address': <@u 1>", "address"),
    ("'address': <['192.168.50.1/24']>", "address"),
    ("'dns': <'1.1.1.1'>", "dns"),
    ("'dns': <[1]>", "dns"),
    ("'dns': <['not an address']>", "dns"),
    ("'dns': <['1.1.1.1\\nserver=6.6.6.6']>", "dns"),
    ("'dns': <['1.1.1.1/x']>", "dns"),
    ("'dns': <['0.0.0.0']>", "dns"),
    ("'dns': <['ff02::1']>", "dns"),
    ("'': <1>", ""),
    ("'address': <'192.168.50.1/24'>, 'keep-lan': <true>", "keep-lan"),
    ("'dns': <['1.1.1.1']>, 'keep-lan': <true>", "keep-lan"),
])
def test_wrong_option(bus, option, word):
    with pytest.raises(BusError) as refusal:
        bus.call(OPTIONS, f"('lan0', 'ppp0', {{{option}}})")
    assert refusal.value.name == "org.connshare1.Error.InvalidArgument"
    assert word in refusal.value.message


@pytest.mark.parametrize("address", [
    "192.168.50.1", "192.168.50.0/24", "192.168.50.255/24", "192.168.50.1/31", "192.168.50.1/32",
    "192.168.50.1/0", "192.168.50.1/33", "192.168.50.1/-1", "192.168.50.1/24 ", " 192.168.50.1/24",
    "192.168.50.1/24\n", "192.168.50.1/2 4", "192.168.050.1/24", "192.168.50/24", "0.0.0.0/24",
    "127.0.0.1/8", "127.1.2.3/24", "224.0.0.1/24", "255.255.255.255/24", "0.1.2.3/24",
    "169.254.1.256/24", "fe80::1/64", "1.2.3.4/24;flush ruleset", "1.2.3.4/24\nuser=root",
    "0x7f000001/8", "1.2.3.4/+24", "1.2.3.4/99999999999", "/24", "a.b.c.d/24", "240.0.0.1/24"])
def test_address_that_is_none(bus, address):
    with pytest.raises(BusError) as refusal:
        bus.call(OPTIONS, f"('lan0', 'ppp0', {{'address': <{quote(address)}>}})")
    assert refusal.value.name == "org.connshare1.Error.InvalidArgument"
    assert "address" in refusal.value.message


@pytest.mark.parametrize("method, arguments", [
    (SHARE, "()"), (SHARE, "('lan0',)"), (SHARE, "('lan0', 'ppp0', 'x')"), (SHARE, "(1, 2)"),
    (SHARE, "(['lan0'], 'ppp0')"), (SHARE, "(objectpath '/lan0', 'ppp0')"),
    (OPTIONS, "('lan0', 'ppp0')"), (OPTIONS, "('lan0', 'ppp0', {'a': 'b'})"),
    (OPTIONS, "('lan0', 'ppp0', <@a{sv} {}>)"), ("StopSharing", "()"), ("StopSharing", "(1,)"),
    ("Preview", "('lan0',)"), ("ListInterfaces", "('x',)"), ("NoSuchMethod", "()")])
def test_wrong_signature(bus, method, arguments):
    with pytest.raises(BusError) as refusal:
        bus.call(method, arguments)
    assert refusal.value.name.startswith("org.freedesktop.DBus.Error.")


@pytest.mark.parametrize("path", ["/", "/org", "/org/connshare1/share",
                                  "/org/connshare1/share/lan0", "/org/connshare1/share/_2f_2e"])
def test_wrong_path(bus, path):
    with pytest.raises(BusError) as refusal:
        bus.call("Stop", path=path, interface="org.connshare1.Share")
    assert refusal.value.name.startswith("org.freedesktop.DBus.Error.")


def test_many_options(bus):
    options = ", ".join(f"'o{number}': <'{'x' * 100}'>" for number in range(60))
    assert bus.error_of(OPTIONS, f"('lan0', 'ppp0', {{{options}}})") == "InvalidArgument"


def test_stop_what_is_not_shared(bus):
    for name in ("lan0", "nolan", "lo"):
        assert bus.error_of("StopSharing", f"('{name}',)") == "NoSuchShare"


@pytest.mark.parametrize("changes, word", [
    ("{'nonsense': <1>}", "nonsense"), ("{'wan': <1>}", "wan"), ("{'wan': <'lan0'>}", "lan0"),
    ("{'wan': <'a;b'>}", "a;b"), ("{'address': <'1.2.3.4'>}", "address"),
    ("{'keep-lan': <true>, 'address': <'192.168.50.1/24'>}", "keep-lan"),
    ("{'lan': <'lan1'>}", "lan")])
def test_wrong_update(host, bus, changes, word):
    path = bus.call(SHARE, "('lan0', 'ppp0')")[0]
    before = host.settled_state()
    with pytest.raises(BusError) as refusal:
        bus.call("Update", f"({changes},)", path, "org.connshare1.Share")
    assert refusal.value.name == "org.connshare1.Error.InvalidArgument"
    assert word in refusal.value.message
    assert host.state() == before


@pytest.mark.parametrize("name", ['qu"ote', "semi;colon", "$(id)", "{}", "a'b", "b\\a", "#", "*",
                                  "-rf", "über", "all=1", "a,b", "x" * 15])
def test_interface_with_a_strange_name_is_there(host, client, bus, name):
    """Whether or not such an interface can be shared, it is listed and harms no other."""
    host.plug(name)
    try:
        rows = {row["name"]: row for row in bus.call("ListInterfaces")[0]}
        assert name in rows
        error = bus.error_of(SHARE, f"({quote(name)}, 'ppp0')")
        assert error == ("" if rows[name]["can-be-lan"] else "InvalidArgument")
        assert rows[name]["can-be-lan"] == (rows[name]["lan-reason"] == "")
        bus.call(SHARE, "('lan0', 'ppp0')")
        client.dhcp()
        assert client.get() == PPP0
        host.unshare("--all")
    finally:
        host.unplug(name)


@pytest.mark.parametrize("name", ["lan.5", "br-0_1", "a@b", "a+b=c", "fwd", "drop", "table",
                                  "accept", "0", "123", "ct", "x" * 15])
def test_interface_with_a_legal_name_is_shared(host, name):
    client = host.plug(name)
    try:
        host.share(name, "via", "ppp0")
        client.dhcp()
        assert client.get() == PPP0
        assert host.json("status", name)["shares"][0]["lan"] == name
        host.unshare(name)
    finally:
        host.unplug(name)
