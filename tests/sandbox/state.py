#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# All that a share could change on the host, for state() of host.py, in a form that is byte-equal
# when nothing did: no counters, no handles, no times, no interface numbers, no order that is the
# kernel's.  Answers each line that it reads with the number of bytes and the text.  It stays, as
# it is asked after every scene: a shell script of twenty programs took half of the tests' time.
#
import os
import pathlib
import re
import stat
import subprocess
import sys

from gi.repository import Gio, GLib

PROGRAMS = ("nft -s list ruleset", "ip -4 rule", "ip -4 route show table all", "ip -6 rule",
            "ip -6 route show table all", "ip -o address show", "ip -br link show",
            "ip neigh show proxy")
NETWORK_MANAGER = "org.freedesktop.NetworkManager"
PROFILES = "/etc/NetworkManager/system-connections", "/run/NetworkManager/system-connections"
# They end by themselves: the service and its process for nftables when nothing is shared.
PASSING = "nm-dispatcher", "connshared", "connshare-nft"


def outputs():
    """What the programs say, each in a text of its own; they run at once."""
    running = [subprocess.Popen(program.split(), stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
               for program in PROGRAMS]
    return [program.communicate()[0].rstrip() for program in running]


def ordered(text, *cut):
    """Its lines, sorted, without what these expressions match."""
    for expression in cut:
        text = re.sub(expression, "", text, flags=re.M)
    return sorted(re.sub(" +", " ", line).rstrip() for line in text.splitlines())


def rules(text):
    """Each set's elements on a line of their own, sorted; without the table that drops answers
    which come after a share's end for some seconds (system/nft/strays.h): it does not stay; and
    without the clients that count, who come and go, and the ports on which this host listens."""
    text = re.sub(r"^table inet connshare_left \{.*?^\}\n?", "", text, flags=re.M | re.S)
    text = re.sub(r"^\t(set clients_|map short_|set own_ports).*?^\t\}\n", "", text,
                  flags=re.M | re.S)
    return [re.sub(r"^\t\telements = \{ (.*?) \}$",
                   lambda found: "\n".join("\t\telement " + element for element
                                           in sorted(re.split(r",\s*", found[1]))),
                   text, flags=re.M | re.S)]


def sysctls():
    lines = []
    for family in ("ipv4", "ipv6"):
        top = pathlib.Path("/proc/sys/net", family)
        names = ["ip_forward", "ip_dynaddr"] if family == "ipv4" else []
        names += [f"neigh/{interface}/proxy_delay" for interface in os.listdir(top / "neigh")]
        for interface in os.listdir(top / "conf"):
            names += [f"conf/{interface}/{name}" for name in os.listdir(top / "conf" / interface)
                      if name not in ("stable_secret", "mc_forwarding")]
        for name in names:
            try:
                lines.append(f"{family}/{name}:{(top / name).read_text().rstrip()}")
            except OSError:  # not to be read, or gone with its interface
                pass
    return sorted(lines)


def ask(bus, name, path, interface, method):
    return bus.call_sync(name, path, interface, method, None, None,
                         Gio.DBusCallFlags.NO_AUTO_START, 10000, None).unpack()[0]


def network_manager(bus):
    """Devices with their states (NMDeviceState), profiles, and the devices where they are in use."""
    objects = ask(bus, NETWORK_MANAGER, "/org/freedesktop", "org.freedesktop.DBus.ObjectManager",
                  "GetManagedObjects")
    active = {path: each[NETWORK_MANAGER + ".Connection.Active"]
              for path, each in objects.items()
              if NETWORK_MANAGER + ".Connection.Active" in each}
    lines = []
    for path, each in objects.items():
        if device := each.get(NETWORK_MANAGER + ".Device"):
            used = active.get(device["ActiveConnection"], {}).get("Id", "")
            lines.append(f"{device['Interface']}:{device['State']}:{used}")
        elif NETWORK_MANAGER + ".Settings.Connection" in each:
            settings = ask(bus, NETWORK_MANAGER, path,
                           NETWORK_MANAGER + ".Settings.Connection", "GetSettings")["connection"]
            used = [objects[device][NETWORK_MANAGER + ".Device"]["Interface"]
                    for each in active.values() if each["Connection"] == path
                    for device in each["Devices"]]
            lines.append(f"{settings['id']}:{settings['type']}:{','.join(used)}")
    # the name of one that comes while its namesake goes has its UUID, too
    files = [re.sub("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=[.]nmconnection$)", "", str(file))
             for folder in (*PROFILES, "/etc/NetworkManager/conf.d")
             if os.path.isdir(folder) for file in pathlib.Path(folder).iterdir()]
    return sorted(lines) + sorted(files)


def files():
    """Who was seen is written some time after a client came, and has to go with the shares."""
    found = [file for folder in ("/run/connshare", "/var/lib/connshare")
             for file in pathlib.Path(folder).rglob("*")]
    if any(file.name == "ledger" for file in found):
        found = [file for file in found if str(file) != "/run/connshare/clients"]
    found += pathlib.Path("/var/lib/misc").rglob("*connshare*")
    lines = []
    for file in found:
        try:
            about = file.lstat()
        except FileNotFoundError:
            continue
        lines.append(f"{stat.filemode(about.st_mode)} {about.st_uid} {file}")
    return [*sorted(lines), pathlib.Path("/etc/resolv.conf").read_text()]


def processes():
    """Those that were started in this host, not from outside."""
    lines = []
    for process in os.listdir("/proc"):
        try:
            fields = pathlib.Path("/proc", process, "stat").read_text() if process.isdigit() else ""
            words = pathlib.Path("/proc", process, "cmdline").read_bytes() if fields else b""
        except OSError:  # has ended
            continue
        name, _, rest = fields.partition("(")[2].rpartition(")")
        if fields and rest.split()[1] not in ("0", str(os.getpid())) and name not in PASSING:
            lines.append(f"{name} {words.replace(bytes(1), b' ').decode(errors='replace')}")
    return sorted(lines)


def bus_names(bus):
    names = ask(bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")
    return sorted(name for name in names if name[0] != ":" and "nm_dispatcher" not in name
                  and name != "org.connshare1")


def of_bus(question):
    """Its answer by a connection to the bus of the moment: scenes restart the bus."""
    try:
        bus = Gio.DBusConnection.new_for_address_sync(
            "unix:path=/run/dbus/system_bus_socket",
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        lines = question(bus)
        bus.close_sync()
    except GLib.Error as error:
        Gio.DBusError.strip_remote_error(error)
        return [error.message]
    return lines


def state():
    ruleset, rule4, route4, rule6, route6, address, link, proxies = outputs()
    sections = {
        "rules": rules(ruleset),
        "policy routing": [rule4, *ordered(route4), rule6, *ordered(route6, " expires [0-9]*sec")],
        "addresses": ordered(address, "^[0-9]+: ", r" (valid|preferred)_lft \S+", " tentative",
                             r"\\ *$"),
        "links": ordered(link, "@if[0-9]*"),
        "proxies": ordered(proxies),
        "sysctls": sysctls(),
        "NetworkManager": of_bus(network_manager),
        "files": files(),
        "processes": processes(),
        "bus names": of_bus(bus_names),
    }
    return "\n".join("\n".join([f"== {name}", *lines]) for name, lines in sections.items())


for _ in sys.stdin:
    answer = state().encode()
    sys.stdout.buffer.write(b"%d\n%s" % (len(answer), answer))
    sys.stdout.buffer.flush()
