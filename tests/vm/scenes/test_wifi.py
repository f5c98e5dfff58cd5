# SPDX-License-Identifier: GPL-2.0-or-later
#
# A Wi-Fi LAN: wlan0 becomes an access point, and stations with wpa_supplicants of their own
# join it, or do not.
#
import re

import pytest
from machine import SCENES, Client, wait_for
from test_pppoe import DSL

PASSPHRASE = "correct horse"
WITH_PASSPHRASE = f"printf '{PASSPHRASE}' | sharectl share wlan0 via %s --passphrase-file -"
TIMED = """set -eu
lap() {{ echo $(( (${{EPOCHREALTIME/./}} - start) / 10000 )); }}
start=${{EPOCHREALTIME/./}}
{share} >/dev/null
lap
{scenes}/run-station station wlan1 'ssid="{ssid}"' 'psk="{passphrase}"'
until ip -n station -br link show wlan1 | grep -q LOWER_UP; do sleep 0.02; done
ip netns exec station udhcpc -f -q -n -i wlan1 -t 20 -T 1 -s {scenes}/dhcp-script >/dev/null 2>&1
lap
ip netns exec station curl -sS --fail -m 20 -o /dev/null http://www.test/
lap
"""


class Station(Client):
    def __init__(self, vm, name, device):
        super().__init__(vm, name, device)
        self.vm = vm

    def join(self, ssid, *lines):
        """Begins to; what a network of wpa_supplicant.conf says further."""
        self.vm.run([f"{SCENES}/run-station", self.name, self.interface, f'ssid="{ssid}"', *lines])

    def is_in(self):
        """Whether the keys are agreed on."""
        return self.run(["cat", f"/sys/class/net/{self.interface}/operstate"]) == "up"

    def await_in(self):
        wait_for(self.is_in, 60, self.log)

    def log(self):
        return self.vm.run(["journalctl", "--output=cat", f"--unit={self.name}"])

    def connect(self, ssid, *lines):
        self.join(ssid, *lines)
        self.await_in()
        return self.dhcp()


@pytest.fixture
def station(vm):
    vm.run(f"{SCENES}/lay-radios", 60)
    return Station(vm, "station", "wlan1")


@pytest.fixture
def station2(vm, station):
    return Station(vm, "station2", "wlan2")


@pytest.fixture
def dsl(vm):
    vm.run(DSL)
    vm.run("nmcli --wait 60 connection up dsl")


def psk(passphrase):
    return f'psk="{passphrase}"'


def test_station_browses_through_ppp0(vm, station, dsl):
    out = vm.run("sharectl share wlan0 via ppp0")
    assert 'Wi-Fi network "laptop"' in out
    wifi = vm.json("wifi", "wlan0")
    assert re.fullmatch("[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", wifi["passphrase"])
    assert (wifi["ssid"], wifi["security"]) == ("laptop", "wpa2")

    lease = station.connect("laptop", psk(wifi["passphrase"]))
    assert lease["router"] == "192.168.137.1"
    assert station.resolve("asker.test") == ["203.0.113.10"]
    assert station.get() == "203.0.113.10"
    assert int(station.get("http://www.test/mss")) == 1492 - 40

    vm.run("nmcli --wait 60 connection down dsl")
    wait_for(lambda: not station.can_get("http://192.0.2.80/"), 30)
    vm.run("nmcli --wait 60 connection up dsl")
    wait_for(station.can_get, 30)
    assert station.get() != "203.0.113.10"
    assert station.log().count("CTRL-EVENT-CONNECTED") == 1

    vm.run("ip address flush dev wlan0")
    wait_for(station.can_get, 30)
    assert "connshare" in vm.run("nmcli -t -f NAME connection show --active")
    vm.run("systemctl restart connshared")
    assert vm.json("wifi", "wlan0") == wifi
    assert station.can_get() and station.log().count("CTRL-EVENT-CONNECTED") == 1

    vm.run("sharectl unshare wlan0")
    assert "type managed" in vm.run("iw dev wlan0 info")
    assert "connshare" not in vm.run("nmcli -t -f NAME connection")


def test_first_page(vm, station, dsl, figure):
    def timed(share, ssid):
        script = TIMED.format(share=share, ssid=ssid, passphrase=PASSPHRASE, scenes=SCENES)
        return [int(line) / 100 for line in vm.run(["bash", "-c", script], 180).split()]

    ours = timed(WITH_PASSPHRASE % "ppp0", "laptop")
    vm.run("sharectl unshare wlan0; systemctl stop station")
    theirs = timed(f"nmcli --wait 60 device wifi hotspot ifname wlan0 ssid theirs "
                   f"password '{PASSPHRASE}'", "theirs")
    for name, laps in ("sharectl share wlan0 via ppp0", ours), ("nmcli's hotspot", theirs):
        figure("{}, emulated: up {:.1f} s, station's lease {:.1f} s, its first page {:.1f} s"
               .format(name, *laps))


def test_wrong_passphrase(vm, station, wan):
    vm.run(WITH_PASSPHRASE % "wan0")
    station.join("laptop", psk("wrong horse"))
    wait_for(lambda: "reason=WRONG_KEY" in station.log(), 60, station.log)
    assert not station.is_in()
    station.connect("laptop", psk(PASSPHRASE))
    assert station.get() == "198.18.1.2"


def test_wpa3(vm, station, wan):
    vm.run(WITH_PASSPHRASE % "wan0" + " --security wpa3 --hidden --ssid 'Büro; 5'")
    station.join("Büro; 5", psk(PASSPHRASE), "key_mgmt=WPA-PSK")
    station.connect("Büro; 5", f'sae_password="{PASSPHRASE}"', "key_mgmt=SAE", "ieee80211w=2")
    assert station.get() == "198.18.1.2"
    assert station.log().count("CTRL-EVENT-CONNECTED") == 1
    assert vm.json("wifi", "wlan0")["uri"] == (
        f"WIFI:T:WPA;R:1;S:Büro\\; 5;H:true;P:{PASSPHRASE};;")


def test_isolate(vm, station, station2, wan):
    for options, reaches in ("", True), (" --isolate", False):
        vm.run(WITH_PASSPHRASE % "wan0" + options)
        station.connect("laptop", psk(PASSPHRASE))
        other = station2.connect("laptop", psk(PASSPHRASE))["ip"]
        assert (station.call(["ping", "-c", "2", "-W", "2", other]).status == 0) == reaches
        assert station.can_get() and station2.can_get()


def client_of(vm, station):
    mac = station.run(["cat", f"/sys/class/net/{station.interface}/address"]).strip()
    return next((one for one in vm.json("clients")["clients"] if one["mac"] == mac), {})


def test_clients_of_an_access_point(vm, station, station2, wan):
    """Each with its signal; one that is blocked is thrown out, and one that goes is away."""
    vm.run(WITH_PASSPHRASE % "wan0")
    for one in station, station2:
        one.connect("laptop", psk(PASSPHRASE))
        wait_for(lambda: client_of(vm, one).get("state") == "online", 30, one.log)
        assert -100 < client_of(vm, one)["signal"] < 0
    mac = client_of(vm, station)["mac"]
    vm.run(["sharectl", "client", "wlan0", mac, "--block"])
    assert client_of(vm, station)["state"] == "blocked"
    assert not station.can_get() and station2.can_get()
    wait_for(lambda: "CTRL-EVENT-DISCONNECTED" in station.log(), 60, station.log)
    vm.run(["sharectl", "client", "wlan0", mac, "--allow"])
    wait_for(lambda: client_of(vm, station).get("state") == "online", 120, station.log)
    station.dhcp()
    assert station.can_get()
    vm.run("systemctl stop station2")
    wait_for(lambda: client_of(vm, station2)["state"] == "away", 30, station2.log)
    assert client_of(vm, station)["state"] == "online"


def test_access_point_that_nobody_uses(vm, station, wan):
    """The minute is a real one, from when the last station has left."""
    vm.run(WITH_PASSPHRASE % "wan0" + " --idle-off 1")
    station.connect("laptop", psk(PASSPHRASE))
    wait_for(lambda: client_of(vm, station).get("state") == "online", 30, station.log)
    vm.run("systemctl stop station")
    wait_for(lambda: vm.json("status") == {"shares": []}, 150)
    assert "no client for 1 minute:" in vm.run("journalctl --output=cat --unit=connshared")


def test_hotspot_of_the_settings_is_adopted(vm, station, wan, dsl):
    """The profile that GNOME Settings makes, which NetworkManager shares itself."""
    vm.run("sharectl adopt via ppp0")
    vm.run("nmcli connection add type wifi con-name Hotspot ifname wlan0 autoconnect no ssid theirs "
           "mode ap wifi-sec.key-mgmt wpa-psk wifi-sec.proto rsn wifi-sec.pairwise ccmp "
           f"wifi-sec.group ccmp wifi-sec.psk '{PASSPHRASE}' ipv4.method shared")
    vm.run("nmcli --wait 60 connection up Hotspot")
    wait_for(lambda: [(share["lan"], share["state"], share["source"])
                      for share in vm.json("status")["shares"]] == [("wlan0", "active", "adopted")])
    lease = station.connect("theirs", psk(PASSPHRASE))
    assert lease["router"] == "10.42.0.1"
    assert station.resolve("asker.test") == ["203.0.113.10"]
    assert station.get() == "203.0.113.10"
    wait_for(lambda: client_of(vm, station).get("state") == "online", 30, station.log)
    assert -100 < client_of(vm, station)["signal"] < 0
    vm.run("nmcli --wait 60 connection down dsl")
    wait_for(lambda: not station.can_get("http://192.0.2.80/"), 30)
    vm.run("nmcli --wait 60 connection down Hotspot")
    wait_for(lambda: vm.json("status") == {"shares": []}, 30)
    vm.run("sharectl adopt off")
    assert "137" not in vm.run("ip rule")


def test_station_is_disconnected_with_force_only(vm, station, wan):
    station.join("Home", "mode=2", "frequency=2412", "key_mgmt=WPA-PSK", psk(PASSPHRASE))
    vm.run("nmcli connection add type wifi con-name Home ifname wlan0 ssid Home autoconnect no "
           f"wifi-sec.key-mgmt wpa-psk wifi-sec.psk '{PASSPHRASE}' ipv4.method manual "
           "ipv4.addresses 10.7.7.2/24 ipv6.method disabled")
    vm.wait_for("nmcli --wait 20 connection up Home", 90)
    done = vm.call("sharectl share wlan0 via wan0")
    assert done.status == 1 and '"Home"' in done.err and "--force" in done.err
    assert "Connected to" in vm.run("iw dev wlan0 link")
    assert vm.json("status") == {"shares": []}

    vm.run("sharectl share wlan0 via wan0 --force")
    assert "type AP" in vm.run("iw dev wlan0 info")
    vm.run("sharectl unshare wlan0")
    vm.wait_for("iw dev wlan0 link | grep -q 'SSID: Home'")


def test_lan_that_moves(vm, station, wan):
    """Stations lose the link and get a new one, and so ask for an address of the new network."""
    vm.run(WITH_PASSPHRASE % "wan0")
    station.connect("laptop", psk(PASSPHRASE))
    vm.run("ip address add 192.168.137.77/24 dev wan0")
    wait_for(lambda: station.log().count("CTRL-EVENT-CONNECTED") == 2, 60, station.log)
    station.await_in()
    assert station.dhcp()["router"] == "192.168.138.1"
    assert station.can_get()


def test_who_sees_the_passphrase(vm, station, wan):
    vm.run(WITH_PASSPHRASE % "wan0")
    wifi = vm.run("sharectl wifi wlan0")
    assert f"passphrase  {PASSPHRASE}\n" in wifi and "█" in wifi
    assert vm.call("su user -c 'sharectl wifi wlan0'").status == 4
    assert PASSPHRASE not in vm.run("journalctl --no-pager --boot --unit=connshared "
                                    "--unit=NetworkManager --unit=wpa_supplicant")
    assert PASSPHRASE not in vm.run("cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' '")
    assert PASSPHRASE not in vm.run("su user -c 'sharectl status --json; busctl --json=short call "
                                    "org.connshare1 /org/connshare1 "
                                    "org.freedesktop.DBus.ObjectManager GetManagedObjects'")
    readable = vm.run(f"su user -c \"grep -rsl '{PASSPHRASE}' /run /var /etc || true\"")
    assert readable == ""
    assert vm.run(f"grep -rsl '{PASSPHRASE}' /run/connshare /var/lib/connshare").split() == [
        "/run/connshare/ledger", "/var/lib/connshare/wlan0.share"]


def test_what_the_region_forbids(vm, station, wan):
    for options, words in [("--channel 13", "channel 13 of wlan0 is not allowed"),
                           ("--channel 36", "iw reg set"), ("--band 5GHz", "no 5 GHz channel free")]:
        done = vm.call(f"sharectl share wlan0 via wan0 {options}")
        assert done.status == 1 and words in done.err
    vm.run("nmcli radio wifi off")
    done = vm.call("sharectl share wlan0 via wan0")
    assert done.status == 1 and "nmcli radio wifi on" in done.err
    vm.run("nmcli radio wifi on; iw reg set DE")
    vm.wait_for("iw reg get | grep -q 'country DE'")
    vm.wait_for("sharectl share wlan0 via wan0 --band 5GHz", 30)
    assert "channel 36 " in vm.run("iw dev wlan0 info")
    done = vm.call("sharectl share lan0 via wan0 --ssid x")
    assert done.status == 1 and "lan0 is not a Wi-Fi device" in done.err


def test_access_point_returns_after_a_reboot(vm, station):
    vm.put("/etc/modules-load.d/radios.conf", b"mac80211_hwsim\n")
    vm.put("/etc/modprobe.d/radios.conf", b"options mac80211_hwsim radios=3\n")
    vm.run("sharectl share wlan0 via ppp0")
    wifi = vm.json("wifi", "wlan0")
    vm.reboot()
    vm.wait_for("iw dev wlan0 info | grep -q 'type AP'", 90)
    assert vm.json("wifi", "wlan0") == wifi
    wait_for(lambda: vm.json("status")["shares"][0]["state_reason"] == "uplink-missing")
