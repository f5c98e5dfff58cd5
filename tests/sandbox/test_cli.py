# SPDX-License-Identifier: GPL-2.0-or-later
#
# sharectl as scripts and people see it: exit codes, JSON, one-line errors.
#
import contextlib
import fcntl
import os
import pathlib
import pty
import re
import subprocess
import termios

import pytest
from follow import ETH1
from host import ENVIRONMENT, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
DONE, FAILED, USAGE, NO_SUCH, NOT_AUTHORIZED, NO_SERVICE = range(6)


@pytest.mark.parametrize("status, words", [
    (DONE, "--help"), (DONE, "help"), (DONE, "--version"), (DONE, "status"), (DONE, "list"),
    (DONE, "interfaces"), (DONE, "preview lan0 via ppp0"), (DONE, "share --help"),
    (DONE, "unshare --all"), (DONE, ""), (DONE, "version"),
    (FAILED, "share eth1 via ppp0"), (FAILED, "share lo via ppp0"),
    (FAILED, "share lan0 via ppp0 --address 198.18.1.9/24"), (FAILED, "preview eth1 via ppp0"),
    (USAGE, "nonsense"), (USAGE, "share lan0 via 192.168.1.1"), (USAGE, "share"), (USAGE, "share lan0 via"),
    (USAGE, "share lan0 ppp0"), (USAGE, "share lan0 via ppp0 more"), (USAGE, "unshare"),
    (USAGE, "unshare lan0 --all"), (USAGE, "status --nonsense"), (USAGE, "list more"),
    (USAGE, "share lan0 via ppp0 --address"), (USAGE, "share lan0 via ppp0 --address nonsense"),
    (USAGE, "share lan0 via lan0"), (USAGE, "share la;n0 via ppp0"),
    (USAGE, "share lan0 via ppp0 --keep-lan --address 192.168.50.1/24"), (USAGE, "share lan+"),
    (USAGE, "change lan0"), (NO_SUCH, "change lan0 via ppp0"), (NO_SUCH, "change nolan --force"),
    (NO_SUCH, "share nolan via ppp0"), (NO_SUCH, "unshare lan0"), (NO_SUCH, "unshare nolan"),
    (NO_SUCH, "status lan0"), (NO_SUCH, "preview nolan via ppp0")])
def test_exit_status(host, status, words):
    done = host.sharectl(*words.split())
    assert done.returncode == status, done.stderr
    if status == DONE:
        assert done.stderr == ""
    else:
        assert done.stderr and done.stdout == ""
        assert "GDBus" not in done.stderr and "org.connshare1" not in done.stderr
    if status not in (DONE, USAGE):
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", ["share lan0 via ppp0", "unshare lan1", "unshare --all"])
def test_not_authorized(host, words):
    host.share("lan1", "via", "ppp0")
    done = host.user("carol", "none").sharectl(*words.split())
    assert done.returncode == NOT_AUTHORIZED and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", ["status", "list", "interfaces", "status --json", "list --json",
                                   "interfaces --json", "preview lan0 via ppp0"])
def test_reading_needs_no_authorization(host, words):
    assert host.user("carol", "none").sharectl(*words.split()).returncode == DONE


@pytest.mark.parametrize("words", ["share lan0 via ppp0", "status", "status --json", "list",
                                   "unshare lan0", "unshare --all", "interfaces"])
def test_no_service(spare, words):
    spare.run("rm /usr/share/dbus-1/system-services/org.connshare1.service; "
              "pkill -HUP -x dbus-daemon")
    spare.kill("connshared")
    done = spare.sharectl(*words.split())
    assert done.returncode == NO_SERVICE and len(done.stderr.splitlines()) == 1


def test_no_bus(spare):
    spare.kill("dbus-daemon")
    assert spare.sharectl("status").returncode == NO_SERVICE


def test_status_json(host):
    assert host.json("status") == {"shares": []}
    host.share("lan0", "via", "ppp0")
    host.share("lan1", "--temporary", "--address", "192.168.50.1/24")
    first, second = host.json("status")["shares"]
    expected = {"lan": "lan0", "wan": "ppp0", "uplink": "ppp0", "state": "active",
                "state_reason": "none", "address": "192.168.137.1/24", "persistent": True}
    assert {key: first[key] for key in expected} == expected
    for key in ("bytes_sent", "bytes_received", "packets_sent", "packets_received"):
        assert isinstance(first[key], int)
    assert (second["wan"], second["uplink"], second["persistent"]) == ("auto", "eth1", False)
    assert all(key == key.lower() and "-" not in key for key in first)


def test_status_json_of_one(host):
    host.share("lan0", "via", "ppp0")
    host.share("lan1", "via", "ppp0")
    assert [share["lan"] for share in host.json("status", "lan1")["shares"]] == ["lan1"]


def test_list_json(host):
    host.share("lan0", "via", "ppp0")
    assert [share["lan"] for share in host.json("list")["shares"]] == ["lan0"]


def test_interfaces_json(host):
    host.share("lan0", "via", "ppp0")
    rows = {row["name"]: row for row in host.json("interfaces")["interfaces"]}
    assert set(rows) == {"lo", "lan0", "lan1", "eth1", "ppp0"}
    assert rows["lan1"]["can_be_lan"] and rows["lan1"]["kind"] == "ethernet"
    assert not rows["lo"]["can_be_lan"] and not rows["lo"]["can_be_wan"]
    assert rows["lo"]["kind"] == "loopback" and rows["lo"]["lan_reason"]
    assert not rows["eth1"]["can_be_lan"] and "Internet connection" in rows["eth1"]["lan_reason"]
    assert rows["eth1"]["can_be_wan"] and rows["eth1"]["connection"] == "wired"
    assert rows["ppp0"]["can_be_wan"] and rows["ppp0"]["addresses"]
    assert rows["lan0"]["share"] == "lan0"
    assert {name: (row["lan_code"], row["can_force"], row["wan_code"])
            for name, row in rows.items()} == {
        "lo": ("loopback", False, "loopback"), "lan0": ("", False, "lan"),
        "lan1": ("", False, ""), "eth1": ("own-internet", True, ""),
        "ppp0": ("uplink", False, "")}


def test_interfaces_of_a_bridge(host):
    host.run("ip link add br0 type bridge; ip link set lan1 master br0; ip link set br0 up")
    try:
        rows = {row["name"]: row for row in host.json("interfaces")["interfaces"]}
        assert (rows["lan1"]["lan_code"], rows["lan1"]["wan_code"]) == ("port", "port")
        assert rows["br0"]["can_be_lan"] and not rows["br0"]["lan_code"]
    finally:
        host.run("ip link del br0")


def test_human_output(host):
    host.share("lan0", "via", "ppp0")
    for words in ("status", "list", "interfaces"):
        text = host.run(["sharectl", words])
        assert "lan0" in text and "ppp0" in text and "\x1b" not in text


def test_share_tells_what_it_did(host):
    told = host.share("lan0", "via", "ppp0")
    assert "lan0" in told and "ppp0" in told and "192.168.137.0/24" in told


def test_preview_changes_nothing(host):
    before = host.settled_state()
    text = host.run(["sharectl", "preview", "lan0", "via", "ppp0"])
    for words in ("table inet connshare", "masquerade", "192.168.137.1/24", "13700",
                  "net.ipv4.conf.lan0.forwarding", "dhcp-range"):
        assert words in text
    assert host.state() == before


def test_preview_is_what_happens(host, bus):
    preview = bus.call("Preview", "('lan0', 'ppp0', @a{sv} {})")[0]
    host.run(["nft", "-c", "-f", "-"], input=preview["ruleset"])
    host.share("lan0", "via", "ppp0")
    assert host.json("status")["shares"][0]["address"] == preview["address"]
    assert host.path("/run/connshare/dnsmasq-lan0/dnsmasq.conf").read_text() \
        == preview["dnsmasq-config"]
    rules = host.run("ip rule; ip -6 rule")
    for words in ("iif lan0 lookup 13700", "iif lan0 blackhole"):
        assert words in rules and words in "\n".join(preview["routes"])
    for line in preview["sysctls"]:
        name, value = line.split(" = ")
        assert host.run(["sysctl", "-n", name]) == value


def test_words_in_any_order(host):
    host.run(["sharectl", "share", "--temporary", "lan0", "via", "ppp0"])
    assert host.json("status")["shares"][0]["persistent"] is False


def wish(host):
    """What lan0 is shared by, and how."""
    share, = host.json("status", "lan0")["shares"]
    return share["wan"], share["options"]


def test_what_is_not_named_stays(host, client):
    """Of a share that runs, each command changes what it names and nothing else."""
    host.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
    assert wish(host) == ("ppp0", {"address": "192.168.50.1/24"})
    host.share("lan0", "--temporary")
    assert wish(host) == ("ppp0", {"address": "192.168.50.1/24", "persistent": False})
    host.share("lan0")
    host.run("sharectl change lan0 --dns 198.51.100.53")
    assert wish(host) == ("ppp0", {"address": "192.168.50.1/24", "persistent": False,
                                   "dns": ["198.51.100.53"]})
    preview = host.json("preview", "lan0")
    assert (preview["wan"], preview["address"]) == ("ppp0", "192.168.50.1/24")
    host.run("sharectl change lan0 via eth1 --persistent --dns auto")
    assert wish(host) == ("eth1", {"address": "192.168.50.1/24"})
    host.run("sharectl change lan0 --address auto")
    assert wish(host) == ("eth1", {})
    client.dhcp()
    assert client.get() == ETH1


def test_a_change_that_is_refused_changes_nothing(host):
    host.share("lan0", "via", "ppp0", "--address", "192.168.50.1/24")
    before = host.state()
    assert host.sharectl("change", "lan0", "--keep-lan").returncode == USAGE
    assert host.sharectl("change", "lan0", "--address", "198.18.1.9/24").returncode == FAILED
    assert host.user("carol", "none").sharectl("change", "lan0", "via", "eth1").returncode == (
        NOT_AUTHORIZED)
    assert wish(host) == ("ppp0", {"address": "192.168.50.1/24"}) and host.state() == before


def test_output_that_nobody_reads(host):
    done = host.call("sharectl interfaces >/dev/full")
    assert done.returncode == FAILED


@contextlib.contextmanager
def terminal(host, place, words, program="sharectl"):
    """It runs on a terminal of its own, which is also what /dev/tty means to it."""
    master, slave = pty.openpty()
    process = subprocess.Popen(place.argv([program, *words]), stdin=slave, stdout=slave,
                               stderr=slave, env=ENVIRONMENT, start_new_session=True,
                               preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(slave)
    yield process, master
    process.kill()
    process.wait()
    os.close(master)


def read_until(master, word):
    text = ""
    while word not in text:
        text += os.read(master, 1000).decode(errors="replace")
    return text


def test_table_has_colours_on_a_terminal(host):
    host.share("lan0", "via", "ppp0")
    with terminal(host, host, ["status"]) as (process, master):
        assert "\x1b[" in read_until(master, "lan0")


def test_password_dialog_on_the_terminal(host):
    """No agent runs, so sharectl brings polkit's own for terminals."""
    with terminal(host, host.user("alice", "c1"), ["share", "lan0", "via", "ppp0"]) as (_, master):
        assert "AUTHENTICATING" in read_until(master, "assword")


@pytest.mark.parametrize("page", ["sharectl.1", "connshared.8"])
def test_manual(host, page):
    text = host.run(f"MANPAGER=cat man --warnings {page[-1]} {page[:-2]} 2>&1")
    assert "NAME" in text and ": warning: " not in text


def completions(host, line):
    """What bash offers at the end of the line."""
    words = line.split() + ([""] if line.endswith(" ") else [])
    program = (". /usr/share/bash-completion/completions/sharectl; COMP_LINE=$1; shift; "
               "COMP_POINT=${#COMP_LINE}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
               "f=$(complete -p sharectl | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
               "$f sharectl \"${@: -1}\" \"${@: -2:1}\"; printf '%s\\n' \"${COMPREPLY[@]}\"")
    return host.run(["bash", "-c", program, "bash", line, *words]).split()


@pytest.mark.parametrize("line, offered", [
    ("sharectl ", ["share", "unshare", "status", "list", "preview", "interfaces", "monitor"]),
    ("sharectl share ", ["lan0", "lan1"]),
    ("sharectl share lan0 via ", ["ppp0", "eth1", "auto"]),
    ("sharectl share lan0 via ppp0 --", ["--address", "--keep-lan", "--temporary"])])
def test_bash_completion(host, line, offered):
    assert set(offered) <= set(completions(host, line))


def test_bash_completion_offers_shares_to_unshare(host):
    host.share("lan1", "via", "ppp0")
    assert "lan1" in completions(host, "sharectl unshare ")


def test_package_test(spare):
    """What distributions run against the installed package."""
    script = (ROOT / "debian/tests/share").read_text()
    done = spare.call(["sh", "-e", "-c", script])
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "got an address" in done.stdout


@pytest.mark.parametrize("path", [
    "/usr/libexec/connshared", "/usr/libexec/connshare-nft", "/usr/libexec/connshare-portd",
    "/usr/bin/sharectl",
    "/usr/share/dbus-1/system-services/org.connshare1.service",
    "/usr/share/dbus-1/system.d/org.connshare1.conf",
    "/usr/share/dbus-1/interfaces/org.connshare1.xml",
    "/usr/share/polkit-1/actions/org.connshare1.policy",
    "/usr/share/bash-completion/completions/sharectl",
    "/usr/share/zsh/vendor-completions/_sharectl",
    "/usr/share/fish/vendor_completions.d/sharectl.fish",
    "/usr/share/man/man1/sharectl.1", "/usr/share/man/man8/connshared.8"])
def test_installed(stage, path):
    assert (stage / path.lstrip("/")).exists()


def test_unit_is_valid(stage):
    unit, = stage.rglob("connshared.service")
    assert unit.parent.parts[-3:] == ("lib", "systemd", "system")
    text = unit.read_text()
    assert "Type=dbus" in text and "BusName=org.connshare1" in text


def test_documents_are_installed_with_what_they_link_to(stage):
    documents = list((stage / "usr/share/doc/connshare").rglob("*.md"))
    assert {"README.md", "dbus-api.md"} <= {document.name for document in documents}
    for document in documents:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / link).exists(), (document.name, link)


def test_service_says_what_it_does(host):
    """What a user would want in the journal: the share's start and its end."""
    host.kill("connshared", 15)
    before = len(host.log())
    host.share("lan0", "via", "ppp0")
    host.unshare("lan0")
    wait_for(lambda: "lan0" in host.log()[before:])
