# SPDX-License-Identifier: GPL-2.0-or-later
#
# The service under systemd, in the sandbox of its unit.
#
import json
import re
import shlex

import pytest
from machine import SCENES, wait_for

WEB = "192.0.2.80"


def status_text(vm):
    return vm.run("systemctl show -p StatusText --value connshared")


def test_status_and_journal(vm, wan):
    assert status_text(vm) == "Nothing is shared"
    vm.run("sharectl share lan0 via ppp7")
    assert status_text(vm).startswith("lan0: waiting: ppp7 does not exist")
    vm.run("sharectl share lan0 via wan0")
    assert status_text(vm) == "lan0 is shared via wan0"
    vm.run("sharectl share lan1 via wan0; sharectl unshare lan0")
    story = vm.run("journalctl --output=cat CONNSHARE_LAN=lan0 _SYSTEMD_UNIT=connshared.service")
    assert "lan0: active: " in story and "lan0: no longer shared" in story
    assert "lan1" not in story
    assert status_text(vm) == "lan1 is shared via wan0"


def test_security(vm, figure):
    out = vm.run("systemd-analyze security --offline=yes --no-pager --threshold=30 "
                 "/lib/systemd/system/connshared.service")
    figure("systemd-analyze security: " + re.search(r"level for .*: ([0-9.]+)", out)[1])


def test_files_are_roots_alone(vm, wan):
    vm.run("sharectl share lan0 via wan0; sharectl share lan1 via wan0 --temporary")
    assert vm.run("find /run/connshare /var/lib/connshare -perm /077") == ""
    assert vm.run("setpriv --reuid nobody --clear-groups ls /run/connshare || echo no") == "no"


def test_memory_is_limited(vm, wan, figure):
    """Far above what is used."""
    vm.run("sharectl share lan0 via wan0")
    used, limit = vm.run(
        "systemctl show -p MemoryCurrent -p MemoryMax --value connshared").split()
    figure(f"memory of the service and one dnsmasq: {int(used) // 1024} KiB of {limit}")
    assert int(used) * 8 < int(limit)


def test_reserved_address(vm, client, wan):
    """dnsmasq reads it as the user that it has become."""
    vm.run("sharectl share lan0 via wan0")
    client.dhcp()
    mac = client.run("cat /sys/class/net/eth0/address")
    vm.run(f"sharectl client lan0 {mac} --address 192.168.137.77")
    assert client.dhcp()["ip"] == "192.168.137.77"


HOLD_PORT_53 = ("import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                "s.bind(('0.0.0.0', 53)); time.sleep(600)")


@pytest.mark.parametrize("options, program, owner", [
    ([], "dnsmasq -k --conf-file=/dev/null", r"dnsmasq \(process PID\)"),
    (["User=nobody", "AmbientCapabilities=CAP_NET_BIND_SERVICE"], f'python3 -c "{HOLD_PORT_53}"',
     "a program of the user nobody"),
], ids=["becomes-another-user", "is-another-user"])
def test_names_who_has_port_53(vm, client, wan, options, program, owner):
    """From within the sandbox: CAP_SYS_PTRACE shows who has become another user; of who is
    one from the start only the sockets are seen."""
    vm.run(["systemd-run", "--quiet", "--collect", "--unit=other", *[f"-p{o}" for o in options],
            *shlex.split(program)])
    vm.wait_for("ss -uln | grep -q '0.0.0.0:53 '")
    vm.run("sharectl share lan0 via wan0")
    client.dhcp()
    assert client.resolve("asker.test") == ["198.18.1.2"]
    owner = owner.replace("PID", vm.run("systemctl show -p MainPID --value other"))
    said = vm.call("sharectl doctor").out
    vm.run("systemctl stop other")
    assert re.search(rf" {owner} has port 53 as well", said), said
    assert "serves DHCP" not in said


def test_restart_under_traffic(vm, client, wan, figure):
    vm.run("sharectl share lan0 via wan0")
    client.dhcp()
    dnsmasq = vm.run("pgrep dnsmasq")
    ping = client.spawn(f"ping -i 0.1 -w 20 -q {WEB}")
    for _ in range(3):
        vm.run("systemctl restart connshared")
        assert client.resolve("asker.test") == ["198.18.1.2"]
    out = ping.wait().check()
    assert re.search(r" 0% packet loss", out), out
    assert vm.run("pgrep dnsmasq") == dnsmasq
    assert status_text(vm) == "lan0 is shared via wan0"
    assert client.get() == "198.18.1.2"


def test_stop_leaves_shares(vm, client, wan, figure):
    vm.run("sharectl share lan0 via wan0")
    client.dhcp()
    took = vm.run(["bash", "-c", "start=$EPOCHREALTIME; systemctl stop connshared; "
                   "echo $(( (${EPOCHREALTIME/./} - ${start/./}) / 1000 ))"])
    figure(f"systemctl stop connshared, emulated: {took} ms")
    assert int(took) < 3000
    assert vm.call("pgrep connshared").status == 1
    client.run("ip address flush dev eth0")
    assert client.dhcp()["router"] == "192.168.137.1"
    assert client.get() == "198.18.1.2"


def test_idle_end_and_activation(vm):
    vm.wait_for("! systemctl is-active --quiet connshared", 90)
    assert vm.run("systemctl is-failed connshared || true") == "inactive"
    assert vm.json("status") == {"shares": []}
    assert vm.run("systemctl is-active connshared") == "active"


def test_user_at_the_desk(vm, client, wan):
    vm.run("systemctl stop connshared")
    out = vm.run([f"{SCENES}/at-the-desk", "yes", "sharectl", "share", "lan0", "via", "wan0"])
    assert "lan0 is shared via wan0" in out
    assert '"org.connshare1.share"' in out
    client.dhcp()
    assert client.get() == "198.18.1.2"


def test_user_dismisses_the_dialog(vm, wan):
    done = vm.call([f"{SCENES}/at-the-desk", "no", "sharectl", "share", "lan0", "via", "wan0"])
    assert done.status == 4
    assert vm.json("status") == {"shares": []}


def test_memory(vm, client, wan, figure):
    vm.run("sharectl share lan0 via wan0")
    client.dhcp()
    pid = vm.run("systemctl show -p MainPID --value connshared")

    def proportional():
        rollup = vm.run(f"cat /proc/{pid}/smaps_rollup")
        return int(re.search(r"^Pss: +(\d+)", rollup, re.M)[1])

    vm.run("sleep 3")
    rss = int(vm.run(f"awk '/^VmRSS/ {{ print $2 }}' /proc/{pid}/status"))
    figure(f"idle memory with one share: {rss} KiB resident, {proportional()} KiB proportional")
    assert rss < 16 * 1024


def test_reboot(vm, client, wan):
    vm.run("sharectl share lan0 via wan0; sharectl share lan1 via wan0 --temporary")
    vm.reboot()
    vm.run(f"{SCENES}/lay-network; {SCENES}/lay-wan")
    wait_for(lambda: [share["state"] for share in vm.json("status")["shares"]] == ["active"], 90)
    client.dhcp()
    assert client.get() == "198.18.1.2"


ASK = '{"to_port": 8000, "port": 8000}'


def test_programs_map_ports(vm, client, wan):
    """connshare-portd keeps its own filter of system calls in the sandbox of the unit, and has no
    capabilities; what it maps leads to the client."""
    vm.run("sharectl share lan0 via wan0 --upnp")
    own = client.dhcp()["ip"]
    reply = json.loads(client.run(
        f"echo '{ASK}' | /usr/bin/python3 {SCENES}/pcp.py 192.168.137.1 {own}"))
    assert (reply["result"], reply["port"], reply["external"]) == (0, 8000, "198.18.1.2")
    status = vm.run("cat /proc/$(pgrep -x connshare-portd)/status")
    assert re.search(r"^Seccomp:\t2$", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    client.spawn("timeout 60 /usr/bin/python3 -m http.server 8000")
    vm.wait_for("ip netns exec internet curl -sS --fail -m 2 -o /dev/null http://198.18.1.2:8000/")
    vm.run("sharectl unshare lan0")
    assert vm.call("pgrep -x connshare-portd").status == 1
    assert vm.call("ip netns exec internet curl -sS -m 2 http://198.18.1.2:8000/").status != 0
    assert not re.search("denied|permitted|Read-only", vm.journal("_SYSTEMD_UNIT=connshared.service"))
