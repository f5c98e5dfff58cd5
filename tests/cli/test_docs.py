# SPDX-License-Identifier: GPL-2.0-or-later
# The manual pages and other documents say what the programs do.
import re
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


def test_examples_of_the_manual_page_work(sharectl):
    examples = re.findall(r"^\.Dl \$ sharectl (.*)", PAGE, re.MULTILINE)
    assert len(examples) > 4
    for example in examples:
        done = sharectl(*example.split())
        assert (example, done.returncode, done.stderr) == (example, 0, "")


def test_script_of_the_manual_page_ends(bus, service, sharectl):
    script = re.search(r"^\.Bd -literal.*?\n(sharectl .*?)^\.Ed", PAGE, re.MULTILINE | re.DOTALL)
    sharectl("share", "eth0")
    path = bus.directory / "bin"
    path.mkdir()
    (path / "sharectl").symlink_to(SHARECTL)
    subprocess.run(["sh", "-c", script[1]], check=True, timeout=10,
                   env={**bus.environment, "PATH": f"{path}:/usr/bin:/bin"})
