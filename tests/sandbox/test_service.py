# SPDX-License-Identifier: GPL-2.0-or-later
#
# The life of connshared: ended, killed, started again, used hard, and left alone.
#
import concurrent.futures
import contextlib
import os
import re
import subprocess
import time

import pytest
from follow import ETH1, PPP0
from host import wait_for

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


def own_files(host):
    """Each is replaced when it is written; that of clients at any time."""
    return {path: path.stat().st_ino for path in host.path("/run/connshare").rglob("*")
            if path.name != "clients"}


def test_second_service_does_nothing(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    before = host.settled_state()
    files = own_files(host)
    second = host.call("/usr/libexec/connshared")
    assert second.returncode == 1 and "already running" in second.stderr
    assert own_files(host) == files
    assert host.state() == before
    assert client.get() == PPP0


def test_unshare_while_the_order_waits(host):
    """A pass is under way for as long as NetworkManager does not answer."""
    with host.stopped("NetworkManager"):
        callers = []
        for words in (["share", "lan0", "via", "ppp0"], ["share", "lan1", "via", "ppp0"],
                      ["unshare", "lan1"]):
            callers.append(host.popen(["sharectl", *words]))
            time.sleep(0.5)
        assert [caller.poll() for caller in callers] == [None] * 3
    for caller in callers:
        caller.communicate()
    # by the time that the second looks, what it has shared may be gone
    assert [caller.returncode for caller in callers] in ([0, 3, 0], [0, 0, 0])
    assert [share["lan"] for share in host.json("status")["shares"]] == ["lan0"]


def test_no_name_is_lost_while_the_service_starts(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    asking = client.popen(["/usr/bin/python3", "-c", ASK], stdin=subprocess.PIPE)
    for _ in range(5):
        host.kill("connshared")
        host.run(["sharectl", "status"])
        wait_for(lambda: state(host) == "active")
    unanswered, complaint = asking.communicate("stop")
    assert (unanswered.split(), complaint) == ([], "")


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
        wait_for(lambda: not host.pids("dnsmasq"))


def test_killed_while_unsharing(host):
    for delay in (0.005, 0.01, 0.02, 0.04):
        host.share("lan0", "via", "ppp0")
        caller = host.popen(["sharectl", "unshare", "lan0"])
        time.sleep(delay)
        host.call("pkill -KILL -x connshared")
        caller.communicate()
        host.run(["sharectl", "unshare", "--all"])
        wait_for(lambda: not host.pids("dnsmasq"))


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
    # an address that it would not get by itself, for so long that the lease has ended since
    leases = spare.path("/var/lib/misc/dnsmasq.connshare-lan0.leases")
    mac = spare.client.run("cat /sys/class/net/eth0/address")
    before = spare.client.dhcp()["ip"]
    kept = "192.168.50.77" if before != "192.168.50.77" else "192.168.50.78"
    spare.client.forget()  # or it would be heard to use another
    for program in ("connshared", "dnsmasq", "NetworkManager"):
        spare.kill(program)
    spare.run("nft delete table inet connshare; rm -rf /run/connshare /run/NetworkManager; "
              "ip rule flush proto 137; ip route flush table 13700; "
              "ip route flush table 13701; ip address flush dev lan0; ip address flush dev lan1; "
              "setsid NetworkManager >>/run/log/networkmanager 2>&1")
    leases.write_text(f"1000000000 {mac} {kept} * *\n")
    wait_for(lambda: "100" in spare.call("nmcli -g GENERAL.STATE device show eth1").stdout)
    wait_for(lambda: state(spare) == "active")
    shares = spare.json("status")["shares"]
    assert [(share["lan"], share["address"]) for share in shares] == [("lan0", "192.168.50.1/24")]
    assert not spare.path("/var/lib/misc/dnsmasq.connshare-lan1.leases").exists()
    assert spare.client.dhcp()["ip"] == kept
    assert spare.client.get() == PPP0


def descriptors(host):
    """What the service has open, sorted."""
    directory = host.path(f"/proc/{host.pids('connshared')[0]}/fd")
    found = []
    for name in os.listdir(directory):
        with contextlib.suppress(FileNotFoundError):
            found.append(re.sub(r"[0-9]+", "N", os.readlink(directory / name)))
    return sorted(found)


OPENED_ONCE = 9  # at most, when it is needed for the first time


def assert_no_leak(host, before):
    """A hundred rounds since have left nothing open."""
    try:
        wait_for(lambda: len(descriptors(host)) <= len(before) + OPENED_ONCE)
    except TimeoutError:
        assert descriptors(host) == before


def test_hundred_rounds(host, bus):
    """No leaked descriptor, no leaked memory, no leaked share."""
    def rounds(number):
        for _ in range(number):
            bus.call("ShareConnection", "('lan0', 'ppp0')")
            bus.call("StopSharing", "('lan0',)")

    rounds(5)
    before = descriptors(host)
    rounds(100)
    assert_no_leak(host, before)


def test_hundred_refusals(host, bus):
    bus.error_of("ShareConnection", "('nolan', 'ppp0')")
    before = descriptors(host)
    for _ in range(100):
        assert bus.error_of("ShareConnection", "('nolan', 'ppp0')") == "NoSuchDevice"
        assert bus.error_of("ShareConnection", "('lan0', 'lo')") == "NotSuitable"
    assert_no_leak(host, before)


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


def wake_ups(host, seconds):
    """Of the service and of its dnsmasq."""
    def count():
        return [status_field(host, name, "voluntary_ctxt_switches")
                for name in ("connshared", "dnsmasq")]
    before = count()
    # others than clients are heard all the time
    host.run("ip neigh replace 198.18.1.99 lladdr 02:00:00:00:00:99 dev eth1 nud stale && "
             "ip neigh del 198.18.1.99 dev eth1")
    time.sleep(seconds)
    return [now - then for now, then in zip(count(), before)]


def test_at_rest(host, sanitized):
    """No wake-ups, and little memory."""
    host.kill("connshared", TERM)
    host.share("lan0", "via", "ppp0")
    host.client.dhcp()
    host.run("ip neigh flush dev lan0")
    assert host.client.get() == PPP0  # once heard, it is no news
    # the kernel has asked for it, and will not for the next 15 s
    wait_for(lambda: "REACHABLE" in host.run("ip neigh show dev lan0"))
    time.sleep(4)
    # something of before may come late on a busy machine, but not time and again
    assert any(wake_ups(host, 5) == [0, 0] for _ in range(3))
    if not sanitized:
        assert status_field(host, "connshared", "RssAnon") < 4 * 1024
        assert status_field(host, "connshared", "VmRSS") < 16 * 1024


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
    assert 25 < time.monotonic() - began < 60
    assert "nothing is shared; exiting until needed" in spare.log()
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


def lose_bus(host):
    """The service ends in order, and leaves what is shared."""
    host.kill("dbus-daemon")
    wait_for(lambda: not host.pids("connshared"))
    assert host.complaints() == []
    assert host.client.get() == PPP0


def test_bus_goes_while_the_service_starts(spare):
    spare.share("lan0", "via", "ppp0")
    spare.client.dhcp()
    spare.run(["pkill", "-STOP", "-x", "NetworkManager"])
    spare.kill("connshared")
    asking = spare.popen(["sharectl", "list"])
    wait_for(lambda: spare.pids("connshared"))
    time.sleep(0.5)
    lose_bus(spare)
    asking.communicate()


def test_bus_goes_during_a_dialog(spare):
    spare.share("lan0", "via", "ppp0")
    spare.client.dhcp()
    with spare.agent("wait") as agent:
        asking = spare.user("alice", "c1").popen(
            "exec gdbus call -i --system -d org.connshare1 -o /org/connshare1 "
            "-m org.connshare1.Manager.StopSharing lan0")
        assert "org.connshare1.share" in agent.process.stdout.readline()
        lose_bus(spare)
        asking.communicate()


def restart_bus(host):
    """With what lives by it; the service itself is started by whoever asks."""
    host.kill("dbus-daemon")
    for program in ("connshared", "polkitd", "NetworkManager"):
        host.call(["pkill", "-x", program])
        wait_for(lambda: not host.pids(program))
    host.path("/run/dbus/system_bus_socket").unlink()
    for command, log in (("dbus-daemon --system --nofork --nopidfile --nosyslog", "dbus"),
                         ("/usr/lib/polkit-1/polkitd", "polkit")):
        host.run(f"setsid {command} </dev/null >>/run/log/{log} 2>&1 &")
        wait_for(host.path("/run/dbus/system_bus_socket").exists)
    host.start_network_manager()


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
    spare.await_return(before)
