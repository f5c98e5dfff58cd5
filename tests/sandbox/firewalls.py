# SPDX-License-Identifier: GPL-2.0-or-later
#
# Other firewalls on the private host, each the real program: how it is started, loaded again
# and ended, and what it says of its rules; and whether a client notices.
#
import contextlib

from follow import PPP0
from host import CommandFailed, wait_for


class Firewall:
    def __init__(self, host):
        self.host = host

    def start(self):
        raise NotImplementedError

    def reload(self):
        raise NotImplementedError

    def stop(self):
        raise NotImplementedError

    def use_zone(self):
        pass

    def rules(self):
        """All of its rules, without counters."""
        return self.host.run("iptables -S")

    def clear(self):
        """Ends it, and takes away whatever it leaves behind then."""
        self.stop()
        self.host.run("nft flush ruleset")


class Bare(Firewall):
    """Not a rule, but the policies."""

    def start(self):
        self.host.run("iptables -P FORWARD DROP && iptables -P INPUT DROP")

    def reload(self):
        self.host.run("iptables -F && iptables -P FORWARD DROP")

    def stop(self):
        self.host.run("iptables -F && iptables -P FORWARD ACCEPT && iptables -P INPUT ACCEPT")


class Script(Firewall):
    """As scripts do it: a reject at the end, and the state of connections."""

    def start(self):
        self.host.run(["iptables-restore"], input="""*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A FORWARD -j REJECT --reject-with icmp-host-prohibited
COMMIT
""")

    reload = start

    def stop(self):
        self.host.run("iptables -F")


class Ufw(Firewall):
    def start(self):
        self.host.run("ufw --force enable")

    def reload(self):
        self.host.run("ufw reload")

    def stop(self):
        self.host.run("ufw disable")


class StrictUfw(Ufw):
    """Nothing may go out, either."""

    def start(self):
        self.host.run("ufw default deny outgoing")
        super().start()

    def clear(self):
        super().clear()
        self.host.run("ufw default allow outgoing")


class Firewalld(Firewall):
    def start(self):
        self.host.run("setsid firewalld --nofork >>/run/log/firewalld 2>&1 &")
        wait_for(lambda: self.host.call("firewall-cmd --state").returncode == 0, 20)

    def use_zone(self):
        """It makes a zone's chains with its first use, and keeps them."""
        self.host.run("firewall-cmd -q --zone=nm-shared --add-interface=no0; "
                      "firewall-cmd -q --zone=nm-shared --remove-interface=no0")

    def reload(self):
        self.host.run("firewall-cmd --reload")

    def stop(self):
        self.host.call("pkill -x firewalld")
        wait_for(lambda: not self.host.pids("firewalld"))

    def zones(self):
        """{interface: zone}"""
        zones, zone = {}, None
        for line in self.host.run("firewall-cmd --get-active-zones").splitlines():
            words = line.split()
            if not line.startswith(" "):
                zone = words[0]
            elif words[0] == "interfaces:":
                zones.update((name, zone) for name in words[1:])
        return zones

    def rules(self):
        return self.host.run("firewall-cmd --list-all-zones; nft -s list table inet firewalld")


class FirewalldComplete(Firewalld):
    def reload(self):
        self.host.run("firewall-cmd --complete-reload")


class FirewalldRestart(Firewalld):
    def reload(self):
        self.stop()
        self.start()


class Docker(Firewall):
    def start(self):
        self.host.run("setsid dockerd --data-root /run/docker-data --exec-root /run/docker-exec "
                      "--storage-driver vfs --pidfile /run/docker.pid >>/run/log/docker 2>&1 &")
        wait_for(lambda: self.host.call("docker version").returncode == 0, 20)

    def stop(self):
        """It leaves its rules behind, and whoever wants its policy changed does so by hand."""
        self.host.call("pkill -x dockerd")
        wait_for(lambda: not self.host.pids("dockerd") and not self.host.pids("containerd"))

    def reload(self):
        self.stop()
        self.start()

    def clear(self):
        self.stop()
        self.host.call("nft flush ruleset; ip link del docker0; sysctl -qw net.ipv4.ip_forward=0")


class Legacy(Firewall):
    """The older iptables."""

    def start(self):
        self.host.run("for chain in INPUT FORWARD; do iptables-legacy -P $chain DROP; done")

    def reload(self):
        self.host.run("iptables-legacy -F")
        self.start()

    def stop(self):
        self.host.run("iptables-legacy -F; "
                      "for chain in INPUT FORWARD; do iptables-legacy -P $chain ACCEPT; done")

    def rules(self):
        return self.host.run("iptables-legacy -S")


ALL = {"bare": Bare, "script": Script, "ufw": Ufw, "firewalld": Firewalld, "docker": Docker,
       "legacy": Legacy}
RELOADS = {"bare": Bare, "script": Script, "ufw": Ufw, "firewalld": Firewalld,
           "firewalld-complete": FirewalldComplete, "firewalld-restart": FirewalldRestart,
           "docker": Docker, "legacy": Legacy}


def assert_online(host, client=None):
    """A computer that is switched on now gets an address, a name and a page."""
    client = client or host.client
    client.forget()
    assert client.dhcp(timeout=3)["dns"].startswith("192.168.137.")
    assert client.get() == PPP0
    assert client.resolve("asker.test", "+tcp") == [PPP0]


def await_online(host):
    """The same, soon."""
    def is_online():
        with contextlib.suppress(CommandFailed):
            assert_online(host)
            return True
    wait_for(is_online, what="the client is offline")


def ours(host):
    """Our rules in others' chains."""
    rules = host.run("iptables -S; iptables-legacy-save 2>/dev/null || true").splitlines()
    return [line for line in rules if "--comment connshare" in line]


def assert_no_trace(host):
    host.unshare("lan0")
    assert "connshare" not in host.ruleset()
    assert ours(host) == []
