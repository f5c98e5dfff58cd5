# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients that map ports to themselves, by programs that others wrote and by hand.
#
import json
import pathlib
import re
import time

import pytest
from follow import outside
from host import wait_for
from test_forward import ask, server

PCP = str(pathlib.Path(__file__).with_name("pcp.py"))
GATEWAY, CLIENT, OTHER = "192.168.137.1", "192.168.137.82", "192.168.137.90"
SUCCESS, REFUSED, QUOTA, TAKEN, MISMATCH = 0, 2, 10, 11, 12
TYPE = "urn:schemas-upnp-org:service:WANIPConnection:1"


def ask_all(place, requests, source=CLIENT, server=GATEWAY, timeout=2):
    """The replies to requests of PCP, or NAT-PMP, one after the other."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    out = place.run(["/usr/bin/python3", PCP, server, source, str(timeout)], 120, lines)
    return [json.loads(line) for line in out.splitlines()]


def pcp(place, source=CLIENT, server=GATEWAY, timeout=2, **request):
    return ask_all(place, [request], source, server, timeout)[0]


def address_by_nat_pmp(place, source=CLIENT, server=GATEWAY, timeout=2):
    return (pcp(place, source, server, timeout, nat_pmp=True) or {}).get("external")


def upnpc(client, *words):
    """What upnpc printed.  The uplink has an address of no Internet, which -i forgives."""
    return client.call(["upnpc", "-i", *words]).stdout


def soap(client, action, body="", *options):
    """The status and the body of the reply."""
    text = (f'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<s:Body><u:{action} xmlns:u="{TYPE}">{body}</u:{action}></s:Body></s:Envelope>')
    out = client.run(["curl", "-s", "-m", "5", "-w", "\n%{http_code}", "-H", f'SOAPAction: "{TYPE}#{action}"',
                      "-d", text, *options, f"http://{GATEWAY}:5351/control/connection"])
    return int(out.rpartition("\n")[2]), out.rpartition("\n")[0]


def forwards(host):
    return {(one["protocol"], one["port"]): one for one in host.json("forward", "list")["forwards"]}


def responder(host):
    """The one process."""
    pids = host.pids("connshare-portd")
    assert len(pids) == 1
    return pids[0]


def status_of(host, pid):
    return dict(line.split(":\t", 1) for line in host.run(f"cat /proc/{pid}/status").splitlines()
                if ":\t" in line)


@pytest.fixture
def shared(host, client):
    host.share("lan0", "via", "ppp0", "--upnp")
    client.dhcp(name="phone")
    return host


def test_upnp(shared, client):
    """Found, mapped, reached, listed, removed, as upnpc does it."""
    assert f"ExternalIPAddress = {outside(shared)}" in upnpc(client, "-s")
    with server(client, "phone", "tcp", 80):
        assert ask(shared.internet, "tcp", outside(shared), 8080) == "ConnectionRefusedError"
        out = upnpc(client, "-e", "Game", "-a", CLIENT, "80", "8080", "TCP", "600")
        assert f"{outside(shared)}:8080 TCP is redirected to internal {CLIENT}:80" in out
        assert ask(shared.internet, "tcp", outside(shared), 8080).startswith("phone 80 ")
    mapping = forwards(shared)["tcp", 8080]
    assert (mapping["origin"], mapping["name"], mapping["to_port"]) == ("upnp", "Game", 80)
    assert re.search(rf"0 TCP  8080->{CLIENT}:80 +'Game' '' (600|59\d)", upnpc(client, "-l"))
    assert "returned : 0" in upnpc(client, "-d", "8080", "TCP")
    assert forwards(shared) == {}
    assert ask(shared.internet, "tcp", outside(shared), 8080) == "ConnectionRefusedError"


def test_upnp_any_port(shared, client):
    """AddAnyPortMapping, of the second version, finds another one."""
    assert "is redirected" in upnpc(client, "-n", CLIENT, "80", "22", "UDP", "600")
    (port,) = [port for protocol, port in forwards(shared) if protocol == "udp"]
    assert port >= 1024


def test_nat_pmp(shared, client):
    out = client.run("natpmpc -a 8080 80 tcp 600")
    assert f"Public IP address : {outside(shared)}" in out
    assert "Mapped public port 8080 protocol TCP to local port 80 liftime 600" in out
    assert forwards(shared)["tcp", 8080]["origin"] == "nat-pmp"
    with server(client, "phone", "tcp", 80):
        assert ask(shared.internet, "tcp", outside(shared), 8080).startswith("phone 80 ")
    client.run("natpmpc -a 0 80 tcp 0")
    assert forwards(shared) == {}


def test_pcp(shared, client):
    """With its nonce, and by nothing else, it can be changed."""
    replies = ask_all(client, [{"opcode": 0, "lifetime": 0}, {"port": 8080}, {"port": 9090},
                               {"nonce": 2}, {"nonce": 2, "lifetime": 0}])
    assert [reply["result"] for reply in replies] == [SUCCESS, SUCCESS, SUCCESS, REFUSED, REFUSED]
    assert replies[1]["external"] == outside(shared)
    assert (replies[1]["port"], replies[1]["lifetime"]) == (8080, 3600)
    assert replies[2]["port"] == 8080, "there is one for each of its ports"
    assert forwards(shared)["tcp", 8080]["origin"] == "pcp"
    assert FAULT(606) in soap(client, "DeletePortMapping", entry(8080))[1]
    assert pcp(client, lifetime=0)["result"] == SUCCESS
    assert forwards(shared) == {}


def entry(port, protocol="TCP"):
    return (f"<NewRemoteHost></NewRemoteHost><NewExternalPort>{port}</NewExternalPort>"
            f"<NewProtocol>{protocol}</NewProtocol>")


def FAULT(number):
    return f"<errorCode>{number}</errorCode>"


def add(client, port, address=CLIENT, lease=0):
    """What the reply says."""
    return soap(client, "AddPortMapping", entry(port) + "<NewInternalPort>80</NewInternalPort>"
                f"<NewInternalClient>{address}</NewInternalClient><NewEnabled>1</NewEnabled>"
                "<NewPortMappingDescription>a&lt;b</NewPortMappingDescription>"
                f"<NewLeaseDuration>{lease}</NewLeaseDuration>")[1]


def test_only_its_own(shared, client):
    """A client maps to no other address, and neither sees nor ends what others have."""
    client.run(f"ip address add {OTHER}/24 dev eth0")
    assert FAULT(606) in add(client, 8080, "192.168.137.99")
    assert FAULT(606) in add(client, 8080, "127.0.0.1")
    assert FAULT(606) in add(client, 8080, GATEWAY)
    assert pcp(client, client="192.168.137.99")["result"] == MISMATCH
    assert forwards(shared) == {}
    assert pcp(client, port=8080)["result"] == SUCCESS
    of_other = ["--interface", OTHER]
    assert FAULT(713) in soap(client, "GetGenericPortMappingEntry",
                              "<NewPortMappingIndex>0</NewPortMappingIndex>", *of_other)[1]
    assert FAULT(714) in soap(client, "GetSpecificPortMappingEntry", entry(8080), *of_other)[1]
    assert FAULT(606) in soap(client, "DeletePortMapping", entry(8080), *of_other)[1]
    assert pcp(client, OTHER, port=8080, exact=True)["result"] == TAKEN
    assert pcp(client, OTHER, port=8080)["port"] not in (8080, 0)


def test_ports_that_nobody_gets(shared, client, bus):
    """Those below 1024, those of programs of this computer, and the user's."""
    shared.run(["sharectl", "forward", "add", "lan0", "tcp", "8443", CLIENT + ":443"])
    assert FAULT(606) in add(client, 80)
    assert FAULT(606) in add(client, 1023)
    assert FAULT(718) in add(client, 8443)
    assert FAULT(606) in soap(client, "DeletePortMapping", entry(8443))[1]
    with server(shared, "desk", "tcp", 8080):
        assert FAULT(718) in add(client, 8080)
        assert pcp(client, port=8080)["port"] not in (8080, 0)
    assert pcp(client, to_port=90, port=22)["port"] >= 1024
    assert pcp(client, to_port=91, port=22, exact=True)["result"] == REFUSED
    assert forwards(shared)["tcp", 8443]["origin"] == "user"


def test_no_more_than_64(shared, client):
    replies = ask_all(client, [{"to_port": port, "port": port} for port in range(5000, 5065)])
    assert [reply["result"] for reply in replies] == [SUCCESS] * 64 + [QUOTA]
    client.run(f"ip address add {OTHER}/24 dev eth0")
    assert pcp(client, OTHER, port=6000)["result"] == SUCCESS


def test_upnp_asks_for_no_end(shared, client):
    """It gets a week, as its programs never ask again; and it sees what the user has made for it."""
    add(client, 8080)
    assert 604700 < forwards(shared)["tcp", 8080]["expires"] - time.time() <= 604800
    mac = client.run("cat /sys/class/net/eth0/address")
    shared.run(["sharectl", "forward", "add", "lan0", "tcp", "443", f"{mac}:8443"])
    entries = [soap(client, "GetGenericPortMappingEntry",
                    f"<NewPortMappingIndex>{index}</NewPortMappingIndex>")[1] for index in range(3)]
    assert "<NewExternalPort>443<" in entries[0] and "<NewInternalPort>8443<" in entries[0]
    assert "<NewLeaseDuration>0<" in entries[0] and "<NewExternalPort>8080<" in entries[1]
    assert FAULT(713) in entries[2]


def test_lifetime(shared, client, restart):
    """Within its bounds, and then it is gone."""
    assert pcp(client, port=8080, lifetime=1)["lifetime"] == 120
    assert pcp(client, to_port=81, port=8081, lifetime=10**9)["lifetime"] == 86400
    file = shared.path("/var/lib/connshare/forwards/lan0")
    end = str(int(time.time()) + 3)

    def edit():
        text, count = re.subn(r"(?m)^(\+ tcp 8080\b.*?)\b\d{10}\b", r"\g<1>" + end, file.read_text())
        assert count, text
        file.write_text(text)

    restart(edit)
    assert ("tcp", 8081) in forwards(shared)
    wait_for(lambda: ("tcp", 8080) not in forwards(shared), 10)


@pytest.fixture
def restart(host):
    """Ends the service, does something, and starts it."""
    def restart(meanwhile=lambda: None):
        host.kill("connshared")
        meanwhile()
        host.run(["sharectl", "status"])
        wait_for(lambda: host.pids("connshare-portd"))
    return restart


def test_restart(shared, client, restart):
    """A mapping outlives the service, and its client's nonce is still asked for."""
    assert pcp(client, port=8080)["result"] == SUCCESS
    before = responder(shared)
    restart()
    wait_for(lambda: before not in shared.pids("connshare-portd"))
    wait_for(lambda: address_by_nat_pmp(client, timeout=0.3))
    assert pcp(client, nonce=2)["result"] == REFUSED
    assert pcp(client)["port"] == 8080


def test_off(host, client):
    """Without the option nobody answers; with it, until it is taken back."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert host.pids("connshare-portd") == []
    assert address_by_nat_pmp(client, timeout=0.3) is None
    host.run(["sharectl", "change", "lan0", "--upnp"])
    assert address_by_nat_pmp(client) == outside(host)
    host.run(["sharectl", "change", "lan0", "--no-upnp"])
    assert address_by_nat_pmp(client, timeout=0.3) is None
    wait_for(lambda: not host.pids("connshare-portd"))


def test_strangers(shared, client):
    """Only clients of the LAN are answered: not the uplink's side, another LAN's clients, or a
    source that is not the LAN's."""
    shared.share("lan1", "via", "ppp0")
    client2 = shared.client2
    client2.dhcp()
    address2 = client2.run("ip -4 -o address show dev eth0 | awk '{print $4}'").partition("/")[0]
    asks = [(client2, address2, GATEWAY), (shared.internet, "203.0.113.1", outside(shared)),
            (shared, "192.168.137.1", GATEWAY), (shared, "127.0.0.1", "127.0.0.1")]
    client.run("ip address add 10.9.9.9/32 dev eth0")
    asks.append((client, "10.9.9.9", GATEWAY))
    for place, source, gateway in asks:
        assert address_by_nat_pmp(place, source, gateway, 0.3) is None, (source, gateway)
        done = place.call(["curl", "-s", "-m", "0.5", "--interface", source,
                           f"http://{gateway}:5351/gateway.xml"])
        assert done.returncode != 0 and not done.stdout
    assert address_by_nat_pmp(client) == outside(shared)


def test_confined(shared, client, sanitized):
    """No rights, no files, and a filter for what it may ask of the kernel, but for a build with
    sanitizers."""
    pid = responder(shared)
    status = status_of(shared, pid)
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind], 16) == 0, kind
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "0" if sanitized else "2")
    user = shared.run("id -u connshare-portd")
    assert status["Uid"].split() == [user] * 4 and status["Groups"].strip() == ""
    files = shared.run(f"readlink /proc/{pid}/fd/*").split()
    assert {file.partition(":")[0] for file in files} <= {"socket", "/dev/null", "pipe"} | {
        file for file in files if file.startswith("/run/log/")}
    assert sanitized or int(status["VmRSS"].split()[0]) < 8000


@pytest.mark.parametrize("request_line", [
    "SUBSCRIBE /control/connection", "NOTIFY /", "OPTIONS /control/connection", "PUT /gateway.xml"])
def test_refused_methods(shared, client, request_line):
    """No subscription: its messages would go where the subscriber says."""
    method, path = request_line.split()
    code = client.run(["curl", "-s", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "-H",
                       "CALLBACK: <http://192.0.2.80/>", "-H", "NT: upnp:event",
                       f"http://{GATEWAY}:5351{path}"])
    assert code == "501"


def test_pages_in_browsers(shared, client):
    """A page gets at nothing: not by a name of its own for this address, nor without the header
    that it may not send."""
    assert soap(client, "GetExternalIPAddress")[0] == 200
    assert soap(client, "GetExternalIPAddress", "", "-H", "Host: evil.example")[0] == 403
    assert soap(client, "GetExternalIPAddress", "", "-H", "SOAPAction;")[0] == 400


def test_killed(shared, client):
    """Another one takes its place, and mappings stay."""
    with server(client, "phone", "tcp", 80):
        assert pcp(client, port=8080)["result"] == SUCCESS
        before = responder(shared)
        shared.kill("connshare-portd")
        assert ask(shared.internet, "tcp", outside(shared), 8080).startswith("phone 80 ")
        wait_for(lambda: shared.pids("connshare-portd") not in ([], [before]), 5)
        wait_for(lambda: address_by_nat_pmp(client, timeout=0.3), 5)


LISTEN = """import socket, struct, sys
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
one.bind(("224.0.0.1", 5350))
print("ready", flush=True)
while True: print(one.recv(100).hex(), flush=True)
"""


def test_announced(shared, client):
    """A new address of the uplink is told to all clients."""
    process = client.popen(["/usr/bin/python3", "-c", LISTEN])
    assert process.stdout.readline() == "ready\n"
    shared.run("ip address add 203.0.113.99 peer 203.0.113.1/32 dev ppp0 && "
               "ip address del 203.0.113.10 peer 203.0.113.1/32 dev ppp0")
    wanted = "cb007163"  # NAT-PMP has it in its message
    while not (line := process.stdout.readline()).strip().endswith(wanted):
        assert line
    process.kill()
    process.communicate()
    assert address_by_nat_pmp(client) == "203.0.113.99"
    shared.run("ip address add 203.0.113.10 peer 203.0.113.1/32 dev ppp0 && "
               "ip address del 203.0.113.99 peer 203.0.113.1/32 dev ppp0")


def test_port_that_another_program_has(host, client):
    """The share works, the log says who has it, and clients can ask when that has ended."""
    with server(host, "other", "udp", 5351):
        host.share("lan0", "via", "ppp0", "--upnp")
        client.dhcp()
        assert client.can_get()
        assert host.pids("connshare-portd") == []
        assert "clients cannot ask for port mappings: python3 (process" in host.log()
        (finding,) = [one for one in host.findings() if one["code"] == "upnp"]
        assert "has port 5351" in finding["message"]
    wait_for(lambda: host.pids("connshare-portd"), 20)
    assert address_by_nat_pmp(client) == outside(host)


# --- Floods -----------------------------------------------------------------------------------

FLOOD = """import os, socket, sys, time
end = time.monotonic() + float(sys.argv[1])
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind((sys.argv[2], 0))
peer = os.fork() == 0
sent = 0
head = bytes.fromhex("0201000000000e10") + bytes(10) + b"\\xff\\xff" + socket.inet_aton(sys.argv[2])
search = b'M-SEARCH * HTTP/1.1\\r\\nMAN: "ssdp:discover"\\r\\nMX: 1\\r\\nST: ssdp:all\\r\\n\\r\\n'
while time.monotonic() < end:
    for i in range(10):
        port = 2000 + sent % 60000
        text = head + os.urandom(12) + bytes([6, 0, 0, 0]) + port.to_bytes(2, "big") * 2 + bytes(16)
        if peer: one.sendto(search, ("239.255.255.250", 1900))
        else: one.sendto(text, (sys.argv[3], 5351))
        sent += 1
    time.sleep(0.01)
if not peer: print(sent); os.wait()
"""
HALF_OPEN = """import socket, sys, time
end, waiting, opened = time.monotonic() + float(sys.argv[1]), [], 0
while time.monotonic() < end:
    one = socket.socket()
    one.setblocking(False)
    one.bind((sys.argv[2], 0))
    one.connect_ex((sys.argv[3], 5351))
    waiting.append(one)
    opened += 1
    for other in waiting[-20:]:
        try: other.send(b"GET /gateway.xml HTTP/1.1\\r\\nX: " + b"a" * 4000)
        except OSError: pass
    del waiting[:-200]
    time.sleep(0.005)
print(opened)
"""


def test_flood(shared, client, sanitized):
    """1,000 requests a second, searches, and connections that bring headers without an end: others
    are served meanwhile, the service has other things to do, and nothing grows."""
    client.run(f"ip address add {OTHER}/24 dev eth0")
    pid, service = responder(shared), shared.pids("connshared")[0]

    def ticks(of):
        return sum(int(word) for word in shared.run(f"cat /proc/{of}/stat").rpartition(")")[2].split()[11:13])

    before = ticks(pid), ticks(service)
    floods = [client.popen(["/usr/bin/python3", "-c", code, "5", CLIENT, GATEWAY])
              for code in (FLOOD, HALF_OPEN)]
    time.sleep(1)
    took, served, pages = [], [], []
    while any(flood.poll() is None for flood in floods):
        begin = time.monotonic()
        shared.run(["sharectl", "status"])
        took.append(time.monotonic() - begin)
        begin = time.monotonic()
        served.append((address_by_nat_pmp(client, OTHER), time.monotonic() - begin))
        done = client.call(["curl", "-s", "-m", "2", "--interface", OTHER,
                            f"http://{GATEWAY}:5351/gateway.xml"])
        pages.append(done.returncode == 0)
    sent = [int(flood.communicate()[0]) for flood in floods]
    used = [after - first for after, first in zip((ticks(pid), ticks(service)), before)]
    memory = status_of(shared, pid)["VmHWM"]
    print("sent", sent, "status", max(took), "served", served, "pages", pages, "ticks", used, memory)
    assert all(address == outside(shared) for address, _ in served)
    assert max(took) < 1
    assert sum(pages) > len(pages) / 2
    assert sanitized or int(memory.split()[0]) < 8000
    assert responder(shared) == pid
    assert len(forwards(shared)) <= 64 and used[1] < 200
