# SPDX-License-Identifier: GPL-2.0-or-later
#
# Port mappings on the command line: what is told about them, and what their errors say.
#
import pytest
from follow import outside
from host import wait_for
from test_forward import ask, mac_of, server

DONE, FAILED, USAGE, NO_SUCH, NOT_AUTHORIZED = range(5)


@pytest.fixture
def phone(host, client):
    host.share("lan0", "via", "ppp0")
    client.dhcp(name="phone")
    return client


def forward(host, *words):
    done = host.sharectl("forward", *words)
    assert (done.returncode, done.stderr) == (DONE, "")
    return done.stdout


def forwards(host):
    return host.json("forward", "list")["forwards"]


def test_by_name_to_another_port(host, phone):
    with server(phone, "phone", "tcp", 80):
        said = forward(host, "add", "lan0", "tcp", "8080", "Phone:80", "--name", "Büro 5")
        assert ask(host.internet, "tcp", outside(host), 8080).startswith("phone 80 ")
    assert said == f"tcp port 8080 of {outside(host)} leads to 192.168.137.82, port 80\n"
    one, = forwards(host)
    assert {"lan": "lan0", "protocol": "tcp", "port": 8080, "end_port": 8080, "to_port": 80,
            "client": mac_of(phone), "address": "192.168.137.82", "name": "Büro 5",
            "origin": "user", "state": "active", "external_address": outside(host)}.items() <= (
                one.items())
    assert "ports     1 forwarded to clients\n" in host.sharectl("status", "lan0").stdout
    assert "phone" in forward(host, "list", "lan0")
    forward(host, "remove", "lan0", "tcp", "8080")
    assert forwards(host) == []
    assert ask(host.internet, "tcp", outside(host), 8080) == "ConnectionRefusedError"


def test_states(host, phone):
    forward(host, "add", "lan0", "udp", "6000-6010", "phone")
    host.hang_up()
    wait_for(lambda: [one["state"] for one in forwards(host)] == ["no-uplink"])
    assert "when lan0 has an uplink" in forward(host, "add", "lan0", "tcp", "22", "phone")
    assert "when that has an address" in forward(
        host, "add", "lan0", "tcp", "23", "02:00:00:00:00:77")
    host.dial()
    wait_for(lambda: [one["state"] for one in forwards(host)] == [
        "active", "no-address", "active"])


@pytest.mark.parametrize("status, words, told", [
    (NO_SUCH, "add lan0 tcp 80 nobody", "nobody"),
    (USAGE, "add lan0 tcp 80 198.51.100.1", "198.51.100.1"),
    (USAGE, "add lan0 tcp 80 192.168.137.1", "192.168.137.1"),
    (USAGE, "remove lan0 tcp 80", "sharectl forward list"),
    (FAILED, "add lan0 tcp 8090-8100 192.168.137.83", "8095"),
    (FAILED, "add lan0 tcp 8095 192.168.137.83", "8095"),
    (NO_SUCH, "add lan1 tcp 80 phone", "lan1"), (NO_SUCH, "list lan1", "lan1"),
    (NO_SUCH, "remove nolan tcp 80", "nolan"),
])
def test_errors(host, phone, status, words, told):
    forward(host, "add", "lan0", "tcp", "8095", "phone")
    done = host.sharectl("forward", *words.split())
    assert (done.returncode, done.stdout) == (status, "")
    assert told in done.stderr and len(done.stderr.splitlines()) == 1
    assert "GDBus" not in done.stderr and "org.connshare1" not in done.stderr


def test_port_of_a_program_is_named(host, phone):
    with server(host, "own", "tcp", 2222):
        done = host.sharectl("forward", "add", "lan0", "tcp", "2222", "phone")
    assert done.returncode == FAILED and "python3" in done.stderr


@pytest.mark.parametrize("words", ["add lan0 tcp 80 phone", "remove lan0 tcp 80"])
def test_not_authorized(host, phone, words):
    done = host.user("carol", "none").sharectl("forward", *words.split())
    assert done.returncode == NOT_AUTHORIZED and len(done.stderr.splitlines()) == 1
    assert forwards(host) == []


def test_monitor(host, phone):
    monitor = host.popen(["sharectl", "monitor"])
    monitor.stdout.readline()
    forward(host, "add", "lan0", "tcp", "80", "phone")
    assert "tcp port 80 of " in next(line for line in monitor.stdout if "port" in line)
    forward(host, "remove", "lan0", "tcp", "80")
    assert "lan0: tcp port 80 is no longer forwarded" in next(
        line for line in monitor.stdout if "port" in line)
    monitor.kill()
    monitor.communicate()
