# SPDX-License-Identifier: GPL-2.0-or-later
# The manual pages and other documents say what the programs do.
import re
import shlex
import subprocess

import pytest

from conftest import ROOT, SHARECTL

PAGE = (ROOT / "data/man/sharectl.1.in").read_text()


@pytest.mark.parametrize("page", ["sharectl.1.in", "connshared.8.in"])
def test_manual_page_has_no_formatting_errors(page):
    done = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", "-z", ROOT / "data/man" / page],
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_manual_page_has_every_command_and_option(sharectl):
    commands = re.findall(r"^  ([a-z]+)", sharectl("help").stdout, re.MULTILINE)
    for command in commands:
        assert re.search(rf"^\.It Cm .*\b{command}\b", PAGE, re.MULTILINE), command
        for option in re.findall(r"^ +--([a-z-]+)", sharectl("help", command).stdout, re.MULTILINE):
            assert f"Fl -{option}" in PAGE, option


def rendered():
    """What people see, and copy."""
    done = subprocess.run(["groff", "-mdoc", "-Tascii", "-P-cbou", ROOT / "data/man/sharectl.1.in"],
                          capture_output=True, text=True, check=True)
    return done.stdout


def test_examples_of_the_manual_page_work(sharectl):
    examples = re.findall(r"^ +\$ sharectl (.*)", rendered(), re.MULTILINE)
    assert len(examples) > 4 and any("Mobile broadband" in shlex.split(line)[-1]
                                     for line in examples)
    for example in examples:
        done = sharectl(*shlex.split(example))
        assert (example, done.returncode, done.stderr) == (example, 0, "")


def test_script_of_the_manual_page_ends(bus, service, sharectl):
    script = re.search(r"^\.Bd -literal.*?\n(sharectl .*?)^\.Ed", PAGE, re.MULTILINE | re.DOTALL)
    sharectl("share", "eth0")
    path = bus.directory / "bin"
    path.mkdir()
    (path / "sharectl").symlink_to(SHARECTL)
    subprocess.run(["sh", "-c", script[1]], check=True, timeout=60,
                   env={**bus.environment, "PATH": f"{path}:/usr/bin:/bin"})


def blocks(document, language):
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / document).read_text(),
                      re.MULTILINE | re.DOTALL)


def run(bus, *command, timeout=60):
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False,
                          env={**bus.environment, "PATH": "/usr/bin:/bin"})
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_python_that_shares(bus, service):
    assert run(bus, "/usr/bin/python3", "-c", blocks("README.md", "python")[0]) == ""
    share = blocks("docs/dbus-api.md", "python")[0]
    assert run(bus, "/usr/bin/python3", "-c", share) == "active 192.168.137.1/24\n"
    assert [call[0] for call in service.calls()] == [
        "ShareConnection", "ShareConnectionWithOptions", "StopSharing"]
    service.fail("ShareConnectionWithOptions", "org.connshare1.Error.NoSuchDevice", "no eth0")
    assert run(bus, "/usr/bin/python3", "-c", share) == (
        "org.connshare1.Error.NoSuchDevice: no eth0\n")


def test_python_that_watches(bus, service):
    service.add("lan0")
    program = blocks("docs/dbus-api.md", "python")[1]
    process = subprocess.Popen(["/usr/bin/python3", "-u", "-c", program], text=True,
                               stdout=subprocess.PIPE, env=bus.environment)
    assert "'State': 'active'" in process.stdout.readline()
    service.change("lan0", State="waiting")
    assert "'State': 'waiting'" in process.stdout.readline()
    service.add("lan1")
    assert "'Lan': 'lan1'" in process.stdout.readline()
    service.remove("lan1")
    assert process.stdout.readline() == "gone: /org/connshare1/share/lan1\n"
    process.kill()
    process.communicate()


def test_shell(bus, service):
    service.add("wlan0")
    for number in (0, 2, 3, 4, 5, 6, 7):
        block = blocks("docs/dbus-api.md", "sh")[number]
        run(bus, "sh", "-e", "-c", block)
    assert [call[0] for call in service.calls()] == [
        "ShareConnection", "ShareConnectionWithOptions", "StopSharing", "Diagnose",
        "GetWifi", "ListClients", "SetClient", "AddForward", "ListForwards", "RemoveForward",
        "ListInterfaces", "Preview"]
    assert [call[2] for call in service.calls()] == (
        [True] * 3 + [False] + [True] * 6 + [False] * 2)


def test_c(bus, service):
    source = bus.directory / "share.c"
    source.write_text(blocks("docs/dbus-api.md", "c")[0])
    build = blocks("docs/dbus-api.md", "sh")[1].replace("gcc", "gcc -Wall -Werror")
    run(bus, "sh", "-c", f"cd {bus.directory}; {build}", timeout=60)
    assert run(bus, bus.directory / "share") == "shared: /org/connshare1/share/eth0\n"


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "NEWS.md",
                                      "docs/architecture.md", "docs/dbus-api.md"])
def test_links_lead_somewhere(document):
    text = (ROOT / document).read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / document).parent.joinpath(link).exists(), link
