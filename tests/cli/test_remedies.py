# SPDX-License-Identifier: GPL-2.0-or-later
# Commands that messages of the service and of sharectl name: each can be typed as it stands.
import re
import shlex

import pytest

from conftest import ROOT

SOURCES = sorted((ROOT / "daemon").rglob("*.c")) + sorted((ROOT / "cli").glob("*.c"))
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')
JOINED = re.compile(r'(?:"(?:\\.|[^"\\\n])*"\s*)+')
COMMENT = re.compile(r"/\*.*?\*/|'(?:\\.|[^'\\])'", re.DOTALL)
# Up to what ends it in a sentence. A word of usage or of a title is no command.
COMMAND = re.compile(r"\bsharectl ((?:[a-z]+|--[a-z-]+)\b[^\"';,]*)")


def messages(path):
    """The strings of a C file, joined as the compiler joins them."""
    for joined in JOINED.findall(COMMENT.sub("", path.read_text())):
        text = "".join(LITERAL.findall(joined))
        yield text.replace('\\"', '"').replace("\\n", "\n")


def commands():
    for path in SOURCES:
        for message in messages(path):
            for command in COMMAND.findall(message):
                yield path.name, command.replace("help %s", "help share").replace("%s", "lan0")


COMMANDS = sorted(set(commands()))


def test_all_are_found():
    """What the pattern above is for: the shapes that messages have."""
    found = {command for _, command in COMMANDS}
    assert {"change lan0 --address auto", "share lan0", "interfaces", "doctor", "wifi lan0",
            "change lan0 --keep-lan --address auto --dns auto"} <= found


@pytest.mark.parametrize("path, command", COMMANDS)
def test_commands_of_messages_can_be_typed(sharectl, service, path, command):
    assert not re.search(r"\b[A-Z]{3,}\b", command), "a word for the user to replace"
    service.add("lan0", Ssid="desk")
    done = sharectl(*shlex.split(command))
    assert (command, done.stderr, done.returncode) == (command, "", 0)


def test_options_of_messages_exist(sharectl):
    known = {option for command in ("share", "wifi")
             for option in re.findall(r"--[a-z-]+", sharectl("help", command).stdout)}
    options = {option for path in SOURCES for message in messages(path)
               for option in re.findall(r"(?:use |with |without )(--[a-z-]+)", message)}
    assert {"--force", "--keep-lan"} <= options <= known
