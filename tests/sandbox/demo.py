# SPDX-License-Identifier: GPL-2.0-or-later
#
# The steps of `demo`, each with its command and what the command really printed; and the
# prompt of `demo --shell`.
#
import os
import sys

from host import Host

BOLD, GREEN, DIM, PLAIN = ("\033[1m", "\033[32m", "\033[2m", "\033[0m")
if not os.isatty(1) or "NO_COLOR" in os.environ:
    BOLD = GREEN = DIM = PLAIN = ""

NETWORK = """
  client (lan0)  --.               .--  ppp0: a dial-up line, not the default route
                    >--  laptop --<                                                   >--  Internet
  client (lan1)  --'               '--  eth1: the office network, the default route
"""
WELCOME = """You are root on the laptop of this picture, a private host that ends with this shell:
{picture}
Try:  sharectl share lan0 via ppp0          client dhcp
      sharectl status                       client curl http://www.test/
      sharectl share lan1 via eth1          client2 dhcp
      sharectl preview lan1 via ppp0        sharectl monitor &
      nft list table inet connshare         sharectl unshare --all

`client COMMAND` and `client2 COMMAND` run something on the computers at lan0 and lan1; their
`dhcp` gets an address.  http://www.test/ answers with the address that it saw.
"""
PROFILE = """PS1='laptop:\\w# '
client() {{ at client "$@"; }}
client2() {{ at client2 "$@"; }}
at() {{
  local where=$1 && shift
  [ "$*" != dhcp ] || set -- udhcpc -f -q -n -i eth0 -s {here}/dhcp-script
  ip netns exec "$where" "$@"
}}
[ ! -f /usr/share/bash-completion/completions/sharectl ] ||
  . /usr/share/bash-completion/completions/sharectl
"""


def say(text):
    print(f"\n{BOLD}{text}{PLAIN}")


def show(place, command, prompt, as_seen=None):
    """Prints a command and its output, indented; raises if the command fails."""
    print(f"  {DIM}{prompt}{PLAIN} {as_seen or command}")
    out = place.run(command)
    for line in out.splitlines():
        print(f"    {line}")
    return out


def expect(condition, text):
    if not condition:
        sys.exit(f"demo: this is not as it should be: {text}")
    print(f"  {GREEN}{text}{PLAIN}")


def on_laptop(host, command):
    return show(host, command, "laptop#")


def on_client(host, command):
    return show(host.client, command, "client#")


def share(host):
    say("A laptop: eth1 is its default route, ppp0 a line that nobody told NetworkManager about")
    on_laptop(host, "ip -br -4 address")
    on_laptop(host, "ip route | grep default")
    say("Share the dial-up line with the computer on lan0")
    on_laptop(host, "sharectl share lan0 via ppp0")


def browse(host):
    say("The computer on lan0 gets an address")
    lease = host.client.dhcp()
    print(f"  {DIM}client#{PLAIN} udhcpc -i eth0")
    print(f"    address {lease['ip']}/{lease['mask']}, gateway {lease['router']}, "
          f"name server {lease['dns']}")
    say("... resolves a name (this one's answer is the address that asked)")
    asker = on_client(host, "dig +short asker.test")
    say("... and fetches a page (its text is the address that the server saw)")
    seen = on_client(host, "curl -sS http://www.test/")
    expect(asker == seen == "203.0.113.10", "Both went out by ppp0, though the default is eth1")


def look(host):
    say("Who is there, and what the laptop says of it")
    on_laptop(host, "sharectl clients")
    on_laptop(host, "sharectl status")
    say("Nobody else may change that")
    refusal = host.user("carol", "none").sharectl("unshare", "lan0")
    print(f"  {DIM}carol${PLAIN} sharectl unshare lan0\n    {refusal.stderr.strip()}")
    expect(refusal.returncode == 4, "Refused")


def unshare(host, before):
    say("Stop sharing")
    on_laptop(host, "sharectl unshare lan0")
    try:
        host.await_return(before)
    except AssertionError as error:
        sys.exit(f"demo: {error}")
    lines = len(before.splitlines())
    expect(True, f"Nothing is left: rules, routes, addresses, sysctls, profiles, processes, files: "
           f"{lines} lines as before")


def tour(host):
    host.run("sharectl status")
    before = host.state()
    share(host)
    browse(host)
    look(host)
    unshare(host, before)


def shell(host):
    print(WELCOME.format(picture=NETWORK))
    profile = host.path("/run/profile")
    profile.write_text(PROFILE.format(here=os.path.dirname(os.path.abspath(__file__))))
    host.shell("--rcfile", "/run/profile")


def main():
    stage, *options = sys.argv[1:]
    with Host(stage) as host:
        if options == ["--shell"]:
            shell(host)
        else:
            tour(host)
    print()


main()
