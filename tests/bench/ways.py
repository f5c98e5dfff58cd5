# SPDX-License-Identifier: GPL-2.0-or-later
#
# The three ways to share a connection that the bench compares, all from the default route's
# eth1: ours, NetworkManager's shared mode, and the iptables recipe of a hundred web pages with
# a dnsmasq started by hand.  `command` is what is timed; prepare(), cool() and clean() are not.
#
import signal

UPLINK = "eth1"
RECIPE = """set -e
lan=$1 net=$2
ip address add $net.1/24 dev $lan
sysctl -qw net.ipv4.ip_forward=1
iptables -t nat -C POSTROUTING -o eth1 -j MASQUERADE 2>/dev/null || \
iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE
iptables -A FORWARD -i $lan -o eth1 -j ACCEPT
iptables -A FORWARD -i eth1 -o $lan -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
dnsmasq --conf-file=/dev/null --interface=$lan --except-interface=lo --bind-interfaces \
  --pid-file=/run/recipe-$lan.pid --dhcp-leasefile=/run/recipe-$lan.leases \
  --dhcp-range=$net.10,$net.250,1h
"""


class Way:
    def cool(self, host):
        """Ends the service, if it is one that is there for sharing alone."""


class Connshare(Way):
    name = "connshare"
    service = "connshared"

    def prepare(self, host, lan, number):
        host.run(["sharectl", "status"])

    def cool(self, host):
        host.kill("connshared", signal.SIGTERM)

    def command(self, lan, number):
        return ["sharectl", "share", lan, "via", UPLINK]

    def clean(self, host, lan):
        host.run(["sharectl", "unshare", lan])


class NetworkManager(Way):
    name = "NetworkManager"
    service = "NetworkManager"

    def prepare(self, host, lan, number):
        host.run(f"nmcli connection add save no type ethernet ifname {lan} con-name shared-{lan} "
                 "autoconnect no ipv4.method shared ipv6.method disabled")

    def command(self, lan, number):
        return ["nmcli", "connection", "up", f"shared-{lan}"]

    def clean(self, host, lan):
        host.run(f"nmcli connection down shared-{lan}; nmcli connection delete shared-{lan}; "
                 "sysctl -qw net.ipv4.ip_forward=0")


class Recipe(Way):
    name = "iptables"
    service = "dnsmasq"

    def prepare(self, host, lan, number):
        host.run(f"nmcli device set {lan} managed no")

    def command(self, lan, number):
        return ["sh", "-c", RECIPE, "recipe", lan, f"192.168.{number}"]

    def clean(self, host, lan):
        host.run(f"kill $(cat /run/recipe-{lan}.pid); ip address flush dev {lan}; "
                 f"iptables -D FORWARD -i {lan} -o eth1 -j ACCEPT; iptables -D FORWARD -i eth1 "
                 f"-o {lan} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; "
                 f"rm -f /run/recipe-{lan}.*; sysctl -qw net.ipv4.ip_forward=0; "
                 f"iptables -t nat -F POSTROUTING; nmcli device set {lan} managed yes; "
                 "iptables -S FORWARD | grep -q -e -A || "
                 "nft 'delete table ip filter; delete table ip nat'")


WAYS = [Connshare(), NetworkManager(), Recipe()]
