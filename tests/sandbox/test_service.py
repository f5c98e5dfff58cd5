# SPDX-License-Identifier: GPL-2.0-or-later
#
# The life of connshared: ended, killed, started again, used hard, and left alone.
#
import concurrent.futures
import os
import subprocess
import time

import pytest
from host import wait_for

PPP0, ETH1 = "203.0.113.10", "198.18.1.2"
TERM, KILL = 15, 9
# Asks for one new name after the other until its input ends; prints those that got no address.
ASK = """import select, socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("192.168.137.1", 53))
number = 0
while not select.select([sys.stdin], [], [], 0)[0]:
    number += 1
    label = b"n%d" % number
    sock.send(b"%c%c\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0" % (number >> 8 & 255, number & 255)
              + bytes([len(label)]) + label + b"\\4test\\0\\0\\1\\0\\1")
    if not select.select([sock], [], [], 1)[0] or not sock.recv(512)[7]:
        print(label.decode())
"""


def state(host):
    return host.json("status")["shares"][0]["state"]


@pytest.mark.parametrize("number", [TERM, KILL])
def test_share_outlives_the_service(host, client, number):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    dnsmasq = host.pids("dnsmasq")
    host.kill("connshared", number)
    assert client.get() == PPP0
    assert client.resolve("asker.test") == [PPP0]
    wait_for(lambda: state(host) == "active")
    assert host.json("status")["shares"][0]["uplink"] == "ppp0"
    assert host.pids("dnsmasq") == dnsmasq
    assert client.get() == PPP0
    client.forget()
    assert client.dhcp()["router"] == "192.168.137.1"
    host.unshare("lan0")


def test_second_service_does_nothing(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    before = host.settled_state()
    files = {path: path.stat().st_ino for path in host.path("/run/connshare").rglob("*")}
    second = host.call("/usr/libexec/connshared")
    assert second.returncode == 1 and "already running" in second.stderr
    assert {path: path.stat().st_ino
            for path in host.path("/run/connshare").rglob("*")} == files
    assert host.state() == before
    assert client.get() == PPP0


def test_unshare_while_the_order_waits(host):
    """A pass is under way for as long as NetworkManager does not answer."""
    network_manager = [str(pid) for pid in host.pids("NetworkManager")]
    host.run(["kill", "-STOP", *network_manager])
    try:
        callers = []
        for words in (["share", "lan0", "via", "ppp0"], ["share", "lan1", "via", "ppp0"],
                      ["unshare", "lan1"]):
            callers.append(host.popen(["sharectl", *words]))
            time.sleep(0.5)
        assert [caller.poll() for caller in callers] == [None] * 3
    finally:
        host.run(["kill", "-CONT", *network_manager])
    for caller in callers:
        caller.communicate()
    # by the time that the second looks, what it has shared is gone
    assert [caller.returncode for caller in callers] == [0, 3, 0]
    assert [share["lan"] for share in host.json("status")["shares"]] == ["lan0"]


def test_no_name_is_lost_while_the_service_starts(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    asking = client.popen(["/usr/bin/python3", "-c", ASK], stdin=subprocess.PIPE)
    for _ in range(5):
        host.kill("connshared")
        host.run(["sharectl", "status"])
        wait_for(lambda: state(host) == "active")
    unanswered = asking.communicate("stop")[0].split()
    assert unanswered == []


@pytest.mark.parametrize("number", [TERM, KILL])
def test_counters_outlive_the_service(host, client, bus, number):
    path = bus.call("ShareConnection", "('lan0', 'ppp0')")[0]
    client.dhcp()
    client.get()
    host.kill("connshared", number)
    assert bus.property(path, "BytesReceived") > 100


def test_uplink_changes_while_the_service_is_away(host, client):
    host.share("lan0", "via", "auto")
    client.dhcp()
    host.kill("connshared")
    host.run("nmcli device disconnect eth1")
    try:
        wait_for(lambda: state(host) == "waiting")
        assert not client.can_get("http://192.0.2.80/", timeout=1)
    finally:
        host.run("nmcli connection up wired")
    wait_for(lambda: client.can_get())
    assert client.get() == ETH1


def test_killed_while_sharing(host):
    """At whatever moment it dies: the next service ends the share or completes it."""
    for delay in (0.002, 0.005, 0.01, 0.02, 0.04, 0.08):
        caller = host.popen(["sharectl", "share", "lan0", "via", "ppp0"])
        time.sleep(delay)
        host.call("pkill -KILL -x connshared")
        caller.communicate()
        host.run(["sharectl", "unshare", "--all"])
        assert host.json("status") == {"shares": []}
        wait_for(lambda: not host.pids("dnsmasq"), timeout=2)


def test_killed_while_unsharing(host):
    for delay in (0.005, 0.01, 0.02, 0.04):
        host.share("lan0", "via", "ppp0")
        caller = host.popen(["sharectl", "unshare", "lan0"])
        time.sleep(delay)
        host.call("pkill -KILL -x connshared")
        caller.communicate()
        host.run(["sharectl", "unshare", "--all"])
        wait_for(lambda: not host.pids("dnsmasq"), timeout=2)


def test_garbage_in_the_state_files(spare):
    spare.share("lan0", "via", "ppp0")
    spare.kill("connshared")
    for directory in ("/var/lib/connshare", "/run/connshare"):
        spare.path(f"{directory}/garbage").write_text("\0[share\nlan=a;b\n" * 10)
    for path in spare.path("/var/lib/connshare").iterdir():
        if path.name != "garbage":
            path.with_name("lan1" + path.suffix).write_text(
                path.read_text().replace("lan0", "../../x"))
    spare.client.dhcp()
    wait_for(lambda: state(spare) == "active")
    assert [share["lan"] for share in spare.json("status")["shares"]] == ["lan0"]
    assert spare.client.get() == PPP0


def test_reboot(spare):
    """Persistent shares return, temporary ones do not, after /run and the kernel's state went."""
    spare.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
    spare.share("lan1", "via", "eth1", "--temporary")
    for program in ("connshared", "dnsmasq", "NetworkManager"):
        spare.kill(program)
    spare.run("nft delete table inet connshare; rm -rf /run/connshare /run/NetworkManager; "
              "ip rule flush proto 137; ip route flush table 13700; "
              "ip route flush table 13701; ip address flush dev lan0; ip address flush dev lan1; "
              "setsid NetworkManager >>/run/log/networkmanager 2>&1")
    wait_for(lambda: "100" in spare.call("nmcli -g GENERAL.STATE device show eth1").stdout)
    wait_for(lambda: state(spare) == "active")
    shares = spare.json("status")["shares"]
    assert [(share["lan"], share["address"]) for share in shares] == [("lan0", "192.168.50.1/24")]
    spare.client.dhcp()
    assert spare.client.get() == PPP0


def descriptors(host):
    return len(os.listdir(host.path(f"/proc/{host.pids('connshared')[0]}/fd")))


def test_hundred_rounds(host, bus):
    """No leaked descriptor, no leaked memory, no leaked share."""
    def rounds(number):
        for _ in range(number):
            bus.call("ShareConnection", "('lan0', 'ppp0')")
            bus.call("StopSharing", "('lan0',)")

    rounds(5)
    before = descriptors(host)
    rounds(100)
    assert wait_for(lambda: descriptors(host) <= before)


def test_hundred_refusals(host, bus):
    bus.error_of("ShareConnection", "('nolan', 'ppp0')")
    before = descriptors(host)
    for _ in range(100):
        assert bus.error_of("ShareConnection", "('nolan', 'ppp0')") == "NoSuchDevice"
        assert bus.error_of("ShareConnection", "('lan0', 'lo')") == "NotSuitable"
    assert wait_for(lambda: descriptors(host) <= before)


def test_many_callers_at_once(host):
    def play(number):
        lan = f"lan{number % 2}"
        for _ in range(5):
            host.sharectl("share", lan, "via", ("ppp0", "eth1")[number % 3 % 2])
            host.sharectl("unshare", lan)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(play, range(6)))
    host.share("lan0", "via", "ppp0")
    host.client.dhcp()
    assert host.client.get() == PPP0


def test_twenty_shares(host):
    names = [f"many{number}" for number in range(20)]
    clients = {name: host.plug(name) for name in names}
    try:
        for name in names:
            host.share(name, "via", "ppp0")
        routers = {clients[name].dhcp()["router"] for name in names}
        assert len(routers) == len(names)
        assert all(client.get() == PPP0 for client in clients.values())
        host.unshare("--all")
    finally:
        for name in names:
            host.unplug(name)


def status_field(host, program, field):
    lines = host.path(f"/proc/{host.pids(program)[0]}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))


def test_at_rest(host, sanitized):
    """No wake-ups, and little memory."""
    host.kill("connshared", TERM)
    host.share("lan0", "via", "ppp0")
    host.client.dhcp()
    time.sleep(5)
    programs = ("connshared", "dnsmasq")
    before = [status_field(host, name, "voluntary_ctxt_switches") for name in programs]
    time.sleep(5)
    assert [status_field(host, name, "voluntary_ctxt_switches") for name in programs] == before
    if not sanitized:
        assert status_field(host, "connshared", "VmRSS") < 12 * 1024


def test_ends_when_nothing_is_shared(spare):
    """After half a minute, during which it costs nothing; then D-Bus starts it again. The wait
    is the real one."""
    spare.share("lan0", "via", "ppp0")
    spare.unshare("lan0")
    began = time.monotonic()
    pid = spare.pids("connshared")[0]
    time.sleep(2)
    before = status_field(spare, "connshared", "voluntary_ctxt_switches")
    time.sleep(24)
    assert status_field(spare, "connshared", "voluntary_ctxt_switches") - before <= 1
    wait_for(lambda: not spare.pids("connshared"), timeout=20)
    assert 25 < time.monotonic() - began < 40
    assert "Nothing is shared; ending until somebody asks" in spare.log()
    spare.share("lan0", "via", "ppp0")
    assert state(spare) == "active" and spare.pids("connshared") != [pid]
    spare.unshare("lan0")


def test_only_one_service(host):
    host.run(["sharectl", "status"])
    second = host.call(["/usr/libexec/connshared"], timeout=10)
    assert second.returncode == 1 and "org.connshare1" in second.stderr
    assert len(host.pids("connshared")) == 1


def test_client_process_ends_on_bus_restart(spare):
    """connshared does not outlive the bus it serves."""
    spare.kill("dbus-daemon")
    wait_for(lambda: not spare.pids("connshared"))


def restart_bus(host):
    """With what lives by it; the service itself is started by whoever asks."""
    host.kill("dbus-daemon")
    for program in ("connshared", "polkitd", "NetworkManager"):
        host.call(["pkill", "-x", program])
        wait_for(lambda: not host.pids(program))
    host.path("/run/dbus/system_bus_socket").unlink()
    for command, log in (("dbus-daemon --system --nofork --nopidfile --nosyslog", "dbus"),
                         ("/usr/lib/polkit-1/polkitd", "polkit"),
                         ("NetworkManager --no-daemon", "networkmanager")):
        host.run(f"setsid {command} </dev/null >>/run/log/{log} 2>&1 &")
        wait_for(host.path("/run/dbus/system_bus_socket").exists)
    wait_for(lambda: "100" in host.call("nmcli -g GENERAL.STATE device show eth1").stdout)


def test_shares_return_with_the_bus(spare):
    before = spare.settled_state()
    spare.share("lan0", "via", "ppp0")
    spare.client.dhcp()
    restart_bus(spare)
    assert spare.client.get() == PPP0
    wait_for(lambda: state(spare) == "active")
    assert spare.client.get() == PPP0
    assert spare.client.resolve("asker.test") == [PPP0]
    spare.client.forget()
    assert spare.client.dhcp()["router"] == "192.168.137.1"
    spare.unshare("lan0")
    wait_for(lambda: spare.state() == before, what="the host is not as it was")


# Asks as fast as it can, and does not wait for answers, until its input ends.
FLOOD = """import select, sys
from gi.repository import Gio, GLib
flags = Gio.DBusConnectionFlags
address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SYSTEM, None)
buses = [Gio.DBusConnection.new_for_address_sync(
    address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
    for _ in range(8)]
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for bus in buses:
        question = Gio.DBusMessage.new_method_call(
            "org.connshare1", "/org/connshare1", "org.connshare1.Manager", sys.argv[1])
        if sys.argv[1] == "Preview":
            question.set_body(GLib.Variant("(ssa{sv})", ("lan1", "ppp0", {})))
        if sys.argv[2] == "unheard":
            question.set_flags(Gio.DBusMessageFlags.NO_REPLY_EXPECTED)
        bus.send_message(question, Gio.DBusSendMessageFlags.NONE)
"""


@pytest.mark.parametrize("method, answers", [("ListInterfaces", "unheard"),
                                             ("Preview", "wanted")])
def test_questions_without_end(spare, sanitized, method, answers):
    """Anybody may ask; it keeps nobody's share from being repaired, and takes no memory."""
    spare.share("lan0", "via", "ppp0")
    asker = spare.user("carol", "none").popen(["/usr/bin/python3", "-c", FLOOD, method, answers],
                                              stdin=subprocess.PIPE)
    assert asker.stdout.readline() == "ready\n"
    time.sleep(2)
    spare.run("nft flush ruleset")
    wait_for(lambda: spare.call("nft list table inet connshare").returncode == 0, timeout=2)
    grown = status_field(spare, "connshared", "VmRSS")
    asker.communicate("stop")
    wait_for(lambda: state(spare) == "active", timeout=30)
    if not sanitized:
        assert grown < 100 * 1024
