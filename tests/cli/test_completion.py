# SPDX-License-Identifier: GPL-2.0-or-later
# What Tab offers in bash, zsh and fish.
import os
import pty
import select
import shlex
import subprocess
import time

import pytest

from conftest import ROOT, SHARECTL

SCRIPTS = ROOT / "data/completions"
COMMANDS = {"share", "change", "unshare", "status", "list", "preview", "interfaces",
            "clients", "client", "forward", "adopt", "wifi", "doctor", "monitor", "version", "help"}
WORDS = {"auto", "wifi", "ethernet", "mobile", "vpn", "ppp"}
NMCLI = """#!/bin/sh
[ "$*" = '-t -e no -f TYPE,NAME connection' ] || exit 1
printf '%s\\n' 'gsm:Mobile broadband' "vpn:Bob's VPN: home" 'loopback:lo' '802-3-ethernet:a,b' \\
  '802-3-ethernet:connshare lan0' 'gsm:ppp0'
"""
WANS = WORDS | {"lan0", "ppp0", "Mobile broadband", "Bob's VPN: home"}
CASES = [
    ("", COMMANDS),
    ("help ", COMMANDS - {"help"}),
    ("un", {"unshare"}),
    ("share ", {"lan0"}),
    ("share la", {"lan0"}),
    ("share --temporary ", {"lan0"}),
    ("share --dns 1.1.1.1 ", {"lan0"}),
    ("share --dns=1.1.1.1 ", {"lan0"}),
    ("share --allow-rebind example.com ", {"lan0"}),
    ("share --domain home.example ", {"lan0"}),
    ("share --dhcp-option boot-file=a ", {"lan0"}),
    ("preview ", {"lan0"}),
    ("share lan0 ", {"via"}),
    ("share lan0 via ", WANS),
    ("preview lan0 via p", {"ppp", "ppp0"}),
    ("share lan0 via Mo", {"Mobile broadband"}),
    ("share lan0 via ppp0 ", set()),
    ("share --ssid Home ", {"lan0"}),
    ("share lan0 --security wpa2", {"wpa2", "wpa2+wpa3"}),
    ("share lan0 --security open via ", WANS),
    ("share lan0 --band 2", {"2.4GHz"}),
    ("change ", {"lan1", "wlan0"}),
    ("change lan1 ", {"via"}),
    ("change lan1 via ", WANS),
    ("change --no-i", {"--no-isolate"}),
    ("adopt ", {"via", "off"}),
    ("adopt via p", {"ppp", "ppp0"}),
    ("wifi ", {"lan1", "wlan0"}),
    ("share --ke", {"--keep-lan"}),
    ("share lan0 via ppp0 --te", {"--temporary"}),
    ("unshare ", {"lan1", "wlan0"}),
    ("unshare --a", {"--all"}),
    ("status ", {"lan1", "wlan0"}),
    ("status --j", {"--json"}),
    ("list ", set()),
    ("clients ", {"lan1", "wlan0"}),
    ("clients --w", {"--watch"}),
    ("client ", {"lan1", "wlan0"}),
    ("client lan1 ", {"Living room", "Pixel-7", "28-6f-b9-00-00-03",
                      "28-6f-b9-00-00-04"}),
    ("client lan1 P", {"Pixel-7"}),
    ("client --name TV lan1 P", {"Pixel-7"}),
    ("client lan1 Pixel-7 ", set()),
    ("client lan1 Pixel-7 --bl", {"--block"}),
    ("client lan1 Pixel-7 --address a", {"any"}),
    ("client wlan0 ", set()),
    ("forward ", {"add", "remove", "list"}),
    ("forward add ", {"lan1", "wlan0"}),
    ("forward list ", {"lan1", "wlan0"}),
    ("forward list lan1 ", set()),
    ("forward remove lan1 ", {"tcp", "udp"}),
    ("forward remove lan1 tcp ", {"8080", "6000"}),
    ("forward remove lan1 udp ", {"53"}),
    ("forward add lan1 tcp ", set()),
    ("forward add lan1 tcp 80 ", {"Living room", "Pixel-7", "28-6f-b9-00-00-03",
                                  "28-6f-b9-00-00-04"}),
    ("forward add --name Web lan1 tcp 80 P", {"Pixel-7"}),
    ("share --limit 10G ", {"lan0"}),
    ("share lan0 --ipv6 e", {"extended"}),
    ("share --ipv6 off ", {"lan0"}),
]
# Names that a shell or a terminal could take for something else are not offered.
CLIENTS = [{"mac": "02:00:00:00:00:01", "hostname": "Pixel-7", "addresses": ["192.0.2.1"]},
           {"mac": "02:00:00:00:00:02", "hostname": "tv", "name": "Living room"},
           {"mac": "28:6f:b9:00:00:03"},
           {"mac": "28:6f:b9:00:00:04", "name": "\x9b31m", "hostname": "a\\b"}]
FORWARDS = [{"protocol": "tcp", "port": 8080, "client": "02:00:00:00:00:01", "name": "port"},
            {"protocol": "tcp", "port": 6000, "end-port": 6010, "client": "02:00:00:00:00:02",
             "addresses": ["fd00::20"], "name": "}\n\"port\" : 1,"},
            {"protocol": "udp", "port": 53, "client": "192.168.137.9"}]
WISH = {"--address", "--dns", "--allow-rebind", "--domain", "--dhcp-option", "--ipv6", "--keep-lan", "--no-keep-lan", "--no-dial", "--dial", "--temporary",
        "--persistent", "--force", "--no-force", "--ssid", "--passphrase-file", "--security",
        "--band", "--channel", "--hidden", "--no-hidden", "--isolate", "--no-isolate",
        "--limit", "--rate", "--max-clients", "--idle-off", "--upnp", "--no-upnp", "--help"}
JSON = {"--json", "--help"}
OPTIONS = {
    "share": WISH, "change": WISH, "preview": WISH | {"--json"}, "unshare": {"--all", "--help"}, "status": JSON,
    "adopt": JSON, "list": JSON, "interfaces": JSON, "wifi": JSON | {"--png"}, "doctor": JSON, "monitor": JSON,
    "version": {"--help"}, "clients": JSON | {"--watch", "--no-ask-password"},
    "forward": JSON | {"--name", "--no-ask-password"},
    "client": {"--name", "--address", "--block", "--allow", "--help"},
}
BASH = """
source {scripts}/sharectl.bash
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
$(complete -p sharectl | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """
autoload -U compinit; compinit -D -u; source {scripts}/_sharectl 2>/dev/null
LISTMAX=1000  # do not ask whether to show a long list: the next key would be the answer
compdef _sharectl sharectl
capture() {{
  compadd() {{
    [[ "$*" == *-[OAD]\\ * ]] && {{ builtin compadd "$@"; return }}
    local -a hits
    builtin compadd -A hits "$@"
    print -l -- $hits >>{output}
    builtin compadd "$@"
  }}
  _main_complete
  unfunction compadd
  print . >>{output}
}}
zle -C capture complete-word capture
bindkey '^I' capture
print ready >>{output}
"""


@pytest.fixture
def home(bus, service):
    """A directory with sharectl and nmcli on its PATH, the environment for shells, and two
    shares."""
    service.add("lan1")
    service.add("wlan0")
    service.clients("lan1", *CLIENTS)
    service.forwards("lan1", *FORWARDS)
    (bus.directory / "bin").mkdir()
    (bus.directory / "bin/sharectl").symlink_to(SHARECTL)
    (bus.directory / "bin/nmcli").write_text(NMCLI)
    (bus.directory / "bin/nmcli").chmod(0o755)
    bus.environment |= {"PATH": f"{bus.directory}/bin:/usr/bin:/bin", "TERM": "dumb",
                        "HOME": str(bus.directory)}
    return bus.directory


def bash(bus, line):
    # bash breaks words at "=" as well, and gives an empty word after a space
    words = [word for part in line.split() for word in part.replace("=", " = ").split()]
    text = shlex.join(["sharectl", *words, *([""] if line[-1:] in ("", " ") else [])])
    done = subprocess.run(["bash", "-c", BASH.format(scripts=SCRIPTS, words=text)],
                          capture_output=True, text=True, env=bus.environment, check=True)
    assert done.stderr == ""
    return set(done.stdout.splitlines()) - {""}


def fish(bus, line):
    script = f"source {SCRIPTS}/sharectl.fish; complete -C {shlex.quote('sharectl ' + line)}"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True,
                          env=bus.environment, check=True)
    assert done.stderr == ""
    return {one.split("\t")[0] for one in done.stdout.splitlines()}


class Zsh:
    """A shell on a terminal, since zsh completes nowhere else; its completion function writes
    what it would offer to a file."""

    def __init__(self, bus):
        self.output = bus.directory / "offered"
        self.output.touch()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve("/usr/bin/zsh", ["zsh", "-f", "-i"], {**bus.environment, "TERM": "xterm"})
        setup = bus.directory / "setup"
        setup.write_text(ZSH.format(scripts=SCRIPTS, output=self.output))
        self.type(f"source {setup}\n", "ready\n")

    def type(self, text, until):
        os.write(self.terminal, text.encode())
        while not self.output.read_text().endswith(until):
            if select.select([self.terminal], [], [], 0.01)[0]:
                os.read(self.terminal, 65536)
        return self.output.read_text()

    def __call__(self, line):
        self.output.write_text("")
        offered = set(self.type("\x15sharectl " + line + "\t", ".\n").splitlines()) - {".", ""}
        if line.split(" ")[-1].startswith("-"):
            return offered
        # where nothing else is left, zsh offers the options
        return {word for word in offered if not word.startswith("-")}

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@pytest.fixture
def zsh(bus, home):
    zsh = Zsh(bus)
    yield zsh
    zsh.close()


@pytest.mark.parametrize("shell", [bash, fish])
def test_offers(bus, home, shell):
    for line, offered in CASES:
        assert (line, shell(bus, line)) == (line, offered)
    for command, options in OPTIONS.items():
        assert (command, shell(bus, command + " --")) == (command, options)


def test_offers_in_zsh(zsh):
    for line, offered in CASES:
        assert (line, zsh(line)) == (line, offered)
    for command, options in OPTIONS.items():
        assert (command, zsh(command + " --")) == (command, options)


class Terminal:
    """An interactive shell that completes as a user's does."""

    START = {
        "bash": ["bash", "--norc", "--noprofile", "-i"],
        "zsh": ["zsh", "-f", "-i"],
        "fish": ["fish", "--no-config", "-i"],
    }
    SETUP = {
        "bash": "source {}/sharectl.bash",
        "zsh": "autoload -U compinit; compinit -D -u; source {}/_sharectl 2>/dev/null; "
               "compdef _sharectl sharectl",
        "fish": "source {}/sharectl.fish",
    }

    def __init__(self, bus, shell):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(shell, self.START[shell], {**bus.environment, "TERM": "xterm"})
        self.type(self.SETUP[shell].format(SCRIPTS) + "\n")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read(self):
        while select.select([self.terminal], [], [], 0.01)[0]:
            os.read(self.terminal, 65536)

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("typed, wan", [
    ("Mob\t", "Mobile broadband"), ("Mobile\\ b\t", "Mobile broadband"),
    ("'Mob\t", "Mobile broadband"), ('"Bob\t', "Bob's VPN: home"), ("Bob\t", "Bob's VPN: home"),
    ("lan0,Mob\t", "lan0,Mobile broadband"), ("ppp0,wi\t", "ppp0,wifi")])
def test_names_are_quoted(bus, home, service, shell, typed, wan):
    terminal = Terminal(bus, shell)
    terminal.type(f"sharectl share lan0 via {typed}\n")
    end = time.monotonic() + 60
    while not (calls := [call[1] for call in service.calls() if call[2]]):
        assert time.monotonic() < end, "the shell runs nothing"
        terminal.read()
    terminal.close()
    assert calls == [["lan0", wan, {}]]


@pytest.mark.parametrize("shell", [bash, fish])
def test_no_dialog_for_names_of_clients(bus, home, service, shell):
    service.fail("ListClients", "org.connshare1.Error.NotAuthorized", "not you")
    assert shell(bus, "client lan1 ") == set()
    assert [call[2] for call in service.calls()] == [False]


@pytest.mark.parametrize("shell", [bash, fish])
def test_interfaces_of_the_kernel_without_the_service(bus, home, shell, service):
    service.close()
    assert shell(bus, "share ") == set(os.listdir("/sys/class/net")) - {"lo"}


@pytest.mark.parametrize("shell, name", [("bash", "sharectl.bash"), ("zsh", "_sharectl"),
                                         ("fish", "sharectl.fish")])
def test_syntax(shell, name):
    subprocess.run([shell, "-n", SCRIPTS / name], check=True)


def test_options_are_those_of_the_program(sharectl):
    for command, options in OPTIONS.items():
        words = sharectl("help", command).stdout.split()
        helped = {word.split("=")[0] for word in words if word.startswith("--")}
        assert (command, helped) == (command, options)
