# SPDX-License-Identifier: GPL-2.0-or-later
#
# A limit of what the clients of a share may send and receive in all: when it is reached, the
# share waits; what is used is known over everything that may happen to the host.
#
import re
import shutil
import signal
import stat

import pytest
from conftest import check_complaints
from follow import ETH1, PPP0, await_state, message, share_of
from host import Host, wait_for

STATE = "/var/lib/connshare"
MEGABYTE = 10**6
FLOOD = """import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(int(sys.argv[1])):
    sock.sendto(bytes(1000), ("192.0.2.80", 9999))
"""


def usage(host, lan="lan0"):
    """What the file has: the bytes in all, those of the month, the month, and the counters'."""
    path = host.path(f"{STATE}/usage")
    lines = path.read_text().splitlines() if path.exists() else []
    words = next((line.split() for line in lines if line.split()[0] == lan), None)
    return [int(word) for word in words[1:]] if words else None


def counted(host, lan="lan0"):
    """What the kernel has counted."""
    listing = host.run(["nft", "list", "counters", "table", "inet", "connshare"])
    pattern = rf"counter (?:sent|received)_{lan} {{\s+packets \d+ bytes (\d+)"
    return sum(int(number) for number in re.findall(pattern, listing))


def download(client, size, patience=5):
    """The bytes of the page's body that have come."""
    done = client.call(["curl", "-sS", "-m", str(patience), "-o", "/dev/null", "-w",
                        "%{size_download}", f"http://192.0.2.80/bytes/{size}"])
    return int(done.stdout)


def near(host):
    return [finding for finding in host.findings() if finding["code"] == "data-limit-near"]


def test_reached(host, client):
    """At the limit the kernel itself cuts, and the share waits and says why."""
    host.share("lan0", "via", "ppp0", "--limit", "5M")
    host.share("lan1", "via", "ppp0")
    client.dhcp()
    host.client2.dhcp()
    got = download(client, 20 * MEGABYTE)
    await_state(host, "waiting", "data-limit")
    assert 0.9 * 5 * MEGABYTE < got <= 5 * MEGABYTE
    assert counted(host) >= 5 * MEGABYTE  # with what came by the uplink and was dropped
    assert message(host) == ("the clients of lan0 have used its limit of 5 MB; sharing resumes "
                             "when the limit is raised or dropped")
    done = client.call("curl -sS -m 3 http://192.0.2.80/")
    assert done.returncode == 7, done
    assert client.run("ip -4 -o address show dev eth0")
    assert host.client2.get() == PPP0
    finding = next(f for f in host.findings() if f["code"] == "data-limit")
    assert finding["remedy"] == "raise the limit, or drop it: sharectl change lan0 --limit none"


def test_uploads_count(host, client):
    host.share("lan0", "via", "ppp0", "--limit", "3M")
    client.dhcp()

    def is_reached():
        client.run(["/usr/bin/python3", "-c", FLOOD, "200"])
        return share_of(host)["state_reason"] == "data-limit"

    wait_for(is_reached)
    assert share_of(host)["bytes_received"] < MEGABYTE


@pytest.mark.parametrize("limit", ["none", "50M"])
def test_opens_again(host, client, limit):
    host.share("lan0", "via", "ppp0", "--limit", "2M")
    client.dhcp()
    download(client, 5 * MEGABYTE)
    await_state(host, "waiting", "data-limit")
    host.run(["sharectl", "change", "lan0", "--limit", limit])
    await_state(host, "active", "none")
    assert client.get() == PPP0
    assert download(client, 3 * MEGABYTE) == 3 * MEGABYTE
    host.run(["sharectl", "change", "lan0", "--limit", "4M"])
    await_state(host, "waiting", "data-limit")


def test_less_than_is_used(host, client):
    """What went through before there was a limit counts, too."""
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    assert download(client, 3 * MEGABYTE) == 3 * MEGABYTE
    host.run(["sharectl", "change", "lan0", "--limit", "2M"])
    await_state(host, "waiting", "data-limit")
    assert not client.can_get("http://192.0.2.80/", timeout=1)


def test_near(host, client):
    lines = host.log().count("nine tenths")
    host.share("lan0", "via", "ppp0", "--limit", "10M/month")
    client.dhcp()
    assert download(client, 8 * MEGABYTE) == 8 * MEGABYTE
    assert not near(host)
    assert download(client, MEGABYTE) == MEGABYTE
    wait_for(lambda: "nine tenths of its limit of 10 MB in each month are used" in message(host))
    assert share_of(host)["state"] == "active"
    assert re.search(r"the clients of lan0 have used 9\.\d+ MB of its limit of 10 MB in each month",
                     near(host)[0]["message"])
    assert host.log().count("nine tenths") == lines + 1


def test_over_uplinks_and_repairs(host, client):
    host.share("lan0", "via", "ppp0,eth1", "--limit", "6M")
    client.dhcp()
    assert download(client, 2 * MEGABYTE) == 2 * MEGABYTE
    host.hang_up()
    wait_for(lambda: client.can_get("http://192.0.2.80/"))
    assert client.get("http://192.0.2.80/") == ETH1
    assert download(client, 2 * MEGABYTE) == 2 * MEGABYTE
    host.dial()
    host.findings()  # reads what is used
    wait_for(lambda: usage(host)[0] >= 4 * MEGABYTE)
    host.run(["nft", "flush", "ruleset"])
    wait_for(lambda: "limit_lan0" in host.ruleset())
    got = download(client, 4 * MEGABYTE)
    await_state(host, "waiting", "data-limit")
    assert got <= 2 * MEGABYTE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restart(host, client, number):
    """The kernel goes on counting, and cutting, while the service is away."""
    host.share("lan0", "via", "ppp0", "--limit", "6M")
    client.dhcp()
    assert download(client, 2 * MEGABYTE) == 2 * MEGABYTE
    host.kill("connshared", number)
    assert download(client, 2 * MEGABYTE) == 2 * MEGABYTE
    await_state(host, "active", "none")
    got = download(client, 4 * MEGABYTE)
    await_state(host, "waiting", "data-limit")
    assert got <= 2 * MEGABYTE
    host.kill("connshared", number)
    await_state(host, "waiting", "data-limit")
    assert not client.can_get("http://192.0.2.80/", timeout=1)


@pytest.fixture
def reboot(stage, request):
    """reboot(host): a new private host whose /var/lib/connshare is the old one's."""
    hosts = []

    def run(old):
        saved = old.path(STATE)
        host = request.node.private_host = Host(stage)
        hosts.append(host)
        shutil.copytree(saved, host.path(STATE), dirs_exist_ok=True)
        host.path(STATE).chmod(saved.stat().st_mode & 0o777)
        return host

    yield run
    for host in hosts:
        check_complaints(host)
        host.close()


def test_reboot(spare, reboot):
    spare.share("lan0", "via", "ppp0", "--limit", "5M")
    spare.client.dhcp()
    assert download(spare.client, 3 * MEGABYTE) == 3 * MEGABYTE
    spare.kill("connshared", signal.SIGTERM)
    host = reboot(spare)
    await_state(host, "active", "none")
    host.client.dhcp()
    got = download(host.client, 4 * MEGABYTE)
    await_state(host, "waiting", "data-limit")
    assert got <= 2 * MEGABYTE


def test_new_month(spare):
    """What the file says of an earlier month counts no more for a limit of each."""
    spare.share("lan0", "via", "ppp0", "--limit", "2M/month")
    spare.client.dhcp()
    download(spare.client, 4 * MEGABYTE)
    await_state(spare, "waiting", "data-limit")
    assert re.search(r"sharing resumes on \d{4}-\d\d-01, or when", message(spare))
    with spare.stopped("dbus-daemon"):  # so that nobody starts it before the file is another
        spare.kill("connshared", signal.SIGTERM)
        in_all, monthly, month, counters = usage(spare)
        assert monthly == in_all >= 2 * MEGABYTE
        spare.path(f"{STATE}/usage").write_text(f"lan0 {in_all} {monthly} {month - 1} {counters}\n")
    await_state(spare, "active", "none")
    assert spare.client.get() == PPP0
    spare.run(["sharectl", "change", "lan0", "--limit", "2M"])
    await_state(spare, "waiting", "data-limit")


def test_file(host, client):
    """For root alone; it goes with the share."""
    host.share("lan0", "via", "ppp0", "--limit", "5M")
    host.share("lan1", "via", "ppp0")
    wait_for(lambda: usage(host, "lan1"))
    mode = host.path(f"{STATE}/usage").stat()
    assert stat.S_IMODE(mode.st_mode) == 0o600 and mode.st_uid == 0
    host.unshare("lan0")
    wait_for(lambda: usage(host) is None)
    assert usage(host, "lan1")
    host.unshare("lan1")
    assert not host.path(f"{STATE}/usage").exists()
    host.share("lan0", "via", "ppp0", "--limit", "5M")
    client.dhcp()
    assert client.get() == PPP0
