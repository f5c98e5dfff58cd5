# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who may do what.  polkit and its rules are real; the user at the password dialog is agent.py.
#
import contextlib
import gettext
import re

import pytest
from follow import PPP0
from host import BusError, wait_for

SHARE = "/org/connshare1/share/lan0"
MANAGER = "org.connshare1.Manager"
# Every method that changes something: path, interface, method, arguments.
GUARDED = [
    ("/org/connshare1", MANAGER, "ShareConnection", "('lan1', 'ppp0')"),
    ("/org/connshare1", MANAGER, "ShareConnectionWithOptions", "('lan1', 'ppp0', @a{sv} {})"),
    ("/org/connshare1", MANAGER, "StopSharing", "('lan0',)"),
    ("/org/connshare1", MANAGER, "Adopt", "('ppp0',)"),
    (SHARE, "org.connshare1.Share", "Stop", "()"),
    (SHARE, "org.connshare1.Share", "Update", "({'wan': <'eth1'>},)"),
    (SHARE, "org.connshare1.Share", "SetClient",
     "('02:00:00:00:02:11', {'blocked': <true>})"),
    (SHARE, "org.connshare1.Share", "AddForward",
     "({'protocol': <'tcp'>, 'port': <uint16 8080>, 'client': <'192.168.137.82'>},)"),
    (SHARE, "org.connshare1.Share", "RemoveForward", "('tcp', uint16 8080)"),
    (SHARE, "org.connshare1.Share", "RemovePinhole", "('tcp', uint16 8080, 'fd00::9')"),
]
# For a user at the computer.
PASSPHRASE = [(SHARE, "org.connshare1.Share", "GetWifi", "()"),
              (SHARE, "org.connshare1.Share", "ListClients", "()"),
              (SHARE, "org.connshare1.Share", "ListForwards", "()")]
FREE = [
    ("/org/connshare1", MANAGER, "Preview", "('lan1', 'ppp0', @a{sv} {})"),
    ("/org/connshare1", MANAGER, "ListInterfaces", "()"),
    ("/org/connshare1", MANAGER, "Diagnose", "()"),
    ("/org/connshare1", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", "()"),
    ("/org/connshare1", "org.freedesktop.DBus.Properties", "GetAll", f"('{MANAGER}',)"),
    (SHARE, "org.freedesktop.DBus.Properties", "GetAll", "('org.connshare1.Share',)"),
]
RULE = """polkit.addRule(function(action, subject) {
  if (action.id == "org.connshare1.share" && subject.user != "carol" && %s)
    return polkit.Result.YES;
});"""
WHO = [("alice", "c1"), ("bob", "c2"), ("carol", "none")]


def named(row):
    return row[2]


# It says yes when the gate is opened (within ten seconds, polkit's limit), as a password dialog
# would after minutes.
GATE = "/run/gate"
WAITS = ('(polkit.spawn(["/bin/sh", "-c", "cd %s; touch asked; until test -e open; do sleep 0.05; '
         'done"]) == "")' % GATE)


@pytest.fixture
def shared(host):
    host.share("lan0", "via", "ppp0")


@pytest.fixture
def while_asked(host):
    """A context for what happens while polkit thinks: from its question to its answer."""
    @contextlib.contextmanager
    def thinking():
        wait_for(lambda: host.path(f"{GATE}/asked").exists())
        yield
        host.run(f"touch {GATE}/open")
    host.run(f"mkdir -m 777 {GATE}")
    yield thinking
    host.run(f"rm -r {GATE}")


@pytest.fixture
def bus_of(host):
    """Opens a bus connection of a user in a session."""
    open_ones = []

    def open_one(user, session):
        open_ones.append(host.user(user, session).bus())
        return open_ones[-1]

    yield open_one
    for bus in open_ones:
        bus.close()


@pytest.fixture
def alice(bus_of):
    return bus_of("alice", "c1")


@pytest.fixture
def rule(host):
    """Installs an administrator's rule and waits until polkit has read it; likewise at the end,
    or the next rule would be taken for read when polkit has only seen this one go."""
    path = host.path("/etc/polkit-1/rules.d/10-test.rules")

    def change(act):
        before = host.log("polkit").count("Finished loading")
        act()
        wait_for(lambda: host.log("polkit").count("Finished loading") > before)

    yield lambda text: change(lambda: path.write_text(text))
    if path.exists():
        change(path.unlink)


@pytest.mark.parametrize("user, session", WHO)
@pytest.mark.parametrize("path, interface, method, arguments", GUARDED, ids=map(named, GUARDED))
def test_unauthorized_user_is_refused(host, shared, bus_of, user, session, path, interface,
                                      method, arguments):
    before = host.settled_state()
    for interactive in (False, True):
        with pytest.raises(BusError) as refusal:
            bus_of(user, session).call(method, arguments, path, interface, interactive=interactive)
        assert refusal.value.name == "org.connshare1.Error.NotAuthorized"
    assert host.state() == before


@pytest.mark.parametrize("path, interface, method, arguments", FREE, ids=map(named, FREE))
def test_everyone_may_read(shared, bus_of, path, interface, method, arguments):
    assert bus_of("carol", "none").call(method, arguments, path, interface)


@pytest.mark.parametrize("who, error", zip(WHO, ["NotSuitable", *["NotAuthorized"] * 2]))
def test_passphrase_is_for_who_sits_there(shared, bus_of, who, error):
    assert bus_of(*who).error_of("GetWifi", path=SHARE, interface="org.connshare1.Share") == error


def test_no_method_is_forgotten(shared, alice):
    listed = {(row[1], row[2]) for row in GUARDED + FREE + PASSPHRASE}
    for path in ("/org/connshare1", SHARE):
        xml = alice.call("Introspect", path=path,
                         interface="org.freedesktop.DBus.Introspectable")[0]
        for interface, body in re.findall(r'<interface name="(.*?)">(.*?)</interface>', xml, re.S):
            for method in re.findall(r'<method name="([^"]*)"', body):
                assert (interface, method) in listed or "freedesktop" in interface


@pytest.mark.parametrize("name, value", [("Wan", "'eth1'"), ("State", "'failed'"),
                                         ("Persistent", "false"), ("Options", "@a{sv} {}")])
def test_properties_cannot_be_written(shared, bus, name, value):
    with pytest.raises(BusError):
        bus.call("Set", f"('org.connshare1.Share', '{name}', <{value}>)", SHARE,
                 "org.freedesktop.DBus.Properties")


def test_dialog_answered(host, alice):
    with host.agent("yes") as agent:
        alice.call("ShareConnection", "('lan0', 'ppp0')", interactive=True)
    assert [action for action, _ in agent.dialogs] == ["org.connshare1.share"]
    assert host.client.dhcp() and host.client.get() == PPP0


def test_dialog_is_kept_for_a_while(host, alice):
    with host.agent("yes") as agent:
        alice.call("ShareConnection", "('lan0', 'ppp0')", interactive=True)
        alice.call("StopSharing", "('lan0',)", interactive=True)
    assert len(agent.dialogs) == 1


def test_dialog_says_what_it_is_about(host, bus_of):
    """Each verb in words of its own. polkit remembers for each caller, so these are three."""
    share = {"path": SHARE, "interface": "org.connshare1.Share"}
    with host.agent("yes") as agent:
        for method, arguments, place in [("ShareConnection", "('lan0', 'ppp0')", {}),
                                         ("Update", "({'dial': <false>},)", share),
                                         ("StopSharing", "('lan0',)", {})]:
            bus_of("alice", "c1").call(method, arguments, interactive=True, **place)
    start = "Authentication is required to "
    assert [message for _, message in agent.dialogs] == [start + words for words in (
        "share a network connection (ppp0) with the computers on lan0",
        "change how a network connection (ppp0) is shared with the computers on lan0",
        "end the sharing of a network connection (ppp0) with the computers on lan0")]


def test_dialog_speaks_the_language_of_its_desktop(stage):
    """By the catalogue that polkit is told of."""
    text = ("Authentication is required to end the sharing of a network connection ($(wan)) "
            "with the computers on $(lan)")
    for language, word in (("de", "beenden"), ("es", "dejar"), ("fr", "fin"), ("it", "terminare")):
        catalogue = gettext.translation("connshare", stage / "usr/share/locale", [language])
        said = catalogue.gettext(text)
        assert word in said and "$(lan)" in said and "$(wan)" in said


def test_dialog_dismissed(host, alice):
    with host.agent("no") as agent:
        with pytest.raises(BusError) as refusal:
            alice.call("ShareConnection", "('lan0', 'ppp0')", interactive=True)
    assert refusal.value.name.endswith(".NotAuthorized") and len(agent.dialogs) == 1


def test_no_dialog_unless_the_message_allows_it(host, alice):
    with host.agent("yes") as agent:
        assert alice.error_of("ShareConnection", "('lan0', 'ppp0')") == "NotAuthorized"
    assert agent.dialogs == []


@pytest.mark.parametrize("method, arguments", [
    ("ShareConnection", "('a\"b', 'ppp0')"),
    ("ShareConnection", "('lan0', 'lan0')"),
    ("ShareConnectionWithOptions", "('lan0', 'ppp0', {'nonsense': <1>})"),
    ("ShareConnectionWithOptions", "('lan0', 'ppp0', {'address': <1>})"),
    ("ShareConnectionWithOptions", "('lan0', 'ppp0', {'address': <'1.2.3.4'>})"),
    ("StopSharing", "('no\\nsuch',)"),
])
def test_malformed_call_is_answered_before_any_dialog(host, alice, method, arguments):
    with host.agent("yes") as agent:
        with pytest.raises(BusError) as refusal:
            alice.call(method, arguments, interactive=True)
    assert refusal.value.name == "org.connshare1.Error.InvalidArgument"
    assert agent.dialogs == []


def test_caller_that_leaves_during_the_dialog_gets_no_share(host):
    with host.agent("wait") as agent:
        caller = host.user("alice", "c1").popen(
            "exec gdbus call -t 60 -i --system -d org.connshare1 -o /org/connshare1 "
            "-m org.connshare1.Manager.ShareConnection lan0 ppp0")
        dialog = agent.process.stdout.readline()
        assert "org.connshare1.share" in dialog
        host.run("pkill -x gdbus")
        caller.communicate()
    assert host.json("status") == {"shares": []}


def test_other_calls_go_on_during_a_dialog(host, alice):
    with host.agent("wait") as agent:
        caller = host.user("alice", "c1").popen(
            "exec gdbus call -t 60 -i --system -d org.connshare1 -o /org/connshare1 "
            "-m org.connshare1.Manager.ShareConnection lan0 ppp0")
        agent.process.stdout.readline()
        host.share("lan1", "via", "eth1")
        host.unshare("lan1")
        host.run("pkill -x gdbus")
        caller.communicate()


@pytest.mark.parametrize("condition, allowed", [
    ("true", [("alice", "c1"), ("bob", "c2")]),
    ("subject.active && subject.local", [("alice", "c1")]),
    ("!subject.active", [("bob", "c2")]),
])
def test_rule_of_the_administrator_is_honoured(bus_of, rule, condition, allowed):
    rule(RULE % condition)
    for who in WHO:
        expected = "" if who in allowed else "NotAuthorized"
        assert bus_of(*who).error_of("ShareConnection", "('lan0', 'ppp0')") == expected


def test_rule_for_one_uplink_permits_to_end_it(host, bus_of, rule):
    rule(RULE % 'action.lookup("wan") == "eth1"')
    bob = bus_of("bob", "c2")
    for path, interface, method, arguments in (
            ("/org/connshare1", MANAGER, "StopSharing", "('lan0',)"),
            (SHARE, "org.connshare1.Share", "Stop", "()")):
        bob.call("ShareConnection", "('lan0', 'eth1')")
        bob.call(method, arguments, path, interface)
    host.share("lan0", "via", "ppp0")
    assert bob.error_of("StopSharing", "('lan0',)") == "NotAuthorized"


# How bob takes over a share of lan0: path, interface, method, arguments.
TAKE_OVER = [
    ("/org/connshare1", MANAGER, "ShareConnection", "('lan0', 'eth1')"),
    ("/org/connshare1", MANAGER, "ShareConnectionWithOptions",
     "('lan0', 'eth1', {'dns': <['9.9.9.9']>})"),
    (SHARE, "org.connshare1.Share", "Update", "({'wan': <'eth1'>},)"),
]


@pytest.mark.parametrize("path, interface, method, arguments", TAKE_OVER, ids=map(named, TAKE_OVER))
def test_rule_for_one_uplink_permits_no_change_of_another(
        host, shared, bus, bus_of, rule, path, interface, method, arguments):
    rule(RULE % 'action.lookup("wan") == "eth1"')
    before = host.settled_state()
    bob = bus_of("bob", "c2")
    assert bob.error_of(method, arguments, path=path, interface=interface) == "NotAuthorized"
    assert bus.property(SHARE, "Wan") == "ppp0" and host.state() == before


@pytest.mark.parametrize("path, interface, method, arguments", TAKE_OVER, ids=map(named, TAKE_OVER))
def test_rule_for_both_uplinks_permits_the_change(
        shared, bus, bus_of, rule, path, interface, method, arguments):
    rule(RULE % '["eth1", "ppp0"].indexOf(action.lookup("wan")) >= 0')
    bus_of("bob", "c2").call(method, arguments, path, interface)
    assert bus.property(SHARE, "Wan") == "eth1"


def test_rule_for_one_uplink_permits_no_change_to_another(host, bus, bus_of, rule):
    host.share("lan0", "via", "eth1")
    rule(RULE % 'action.lookup("wan") == "eth1"')
    bob = bus_of("bob", "c2")
    assert bob.error_of("Update", "({'wan': <'ppp0'>},)", path=SHARE,
                        interface="org.connshare1.Share") == "NotAuthorized"
    assert bus.property(SHARE, "Wan") == "eth1"


def test_change_of_uplink_is_one_dialog(shared, host, bus, alice):
    """polkit keeps the answer for a while."""
    with host.agent("yes") as agent:
        alice.call("ShareConnection", "('lan0', 'eth1')", interactive=True)
    assert len(agent.dialogs) == 1 and bus.property(SHARE, "Wan") == "eth1"


@pytest.mark.parametrize("beginning, method, arguments", [
    (None, "ShareConnection", ["lan0", "eth1"]),
    ("eth1", "ShareConnection", ["lan0", "eth1"]),
    ("eth1", "StopSharing", ["lan0"])])
def test_share_that_changes_during_the_dialog_is_not_touched(
        host, bus, rule, while_asked, beginning, method, arguments):
    """Root shares from ppp0 while polkit thinks about eth1, which is all that bob may share."""
    if beginning:
        host.share("lan0", "via", beginning)
    rule(RULE % ('action.lookup("wan") == "eth1" && ' + WAITS))
    caller = host.user("bob", "c2").popen([
        "gdbus", "call", "-t", "60", "--system", "-d", "org.connshare1", "-o", "/org/connshare1",
        "-m", f"{MANAGER}.{method}", *arguments])
    with while_asked():
        host.share("lan0", "via", "ppp0")
    error = caller.communicate()[1]
    assert caller.returncode == 1 and 'Error.Failed: "lan0" is shared via "ppp0" by now' in error
    assert bus.property(SHARE, "Wan") == "ppp0"


@pytest.mark.parametrize("meanwhile, told", [
    (["share", "lan0", "via", "ppp0", "--dns", "9.9.9.9"], ""),
    (["share", "lan0", "via", "eth1"], "Failed"),
    (["unshare", "lan0"], "NoSuchShare")])
def test_update_is_of_what_the_share_is_by_then(
        host, shared, bus, rule, while_asked, meanwhile, told):
    rule(RULE % WAITS)
    caller = host.user("bob", "c2").popen([
        "gdbus", "call", "-t", "60", "--system", "-d", "org.connshare1", "-o", SHARE,
        "-m", "org.connshare1.Share.Update", "{'persistent': <false>}"])
    with while_asked():
        host.run(["sharectl", *meanwhile])
    error = caller.communicate()[1]
    assert caller.returncode == bool(told) and told in error
    if not told:
        assert bus.property(SHARE, "Options") == {"dns": ["9.9.9.9"], "persistent": False}


def test_rule_of_the_administrator_can_forbid(host, alice, rule):
    rule('polkit.addRule(function(action) { if (action.id == "org.connshare1.share") '
         "return polkit.Result.NO; });")
    with host.agent("yes") as agent:
        assert alice.error_of("ShareConnection", "('lan0', 'ppp0')", interactive=True) \
            == "NotAuthorized"
    assert agent.dialogs == []


def test_without_polkit_only_root_may(spare):
    spare.run("rm -f /usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service; "
              "pkill -HUP -x dbus-daemon")
    spare.kill("polkitd")
    bob = spare.user("carol", "none").bus()
    error = bob.error_of("ShareConnection", "('lan0', 'ppp0')", interactive=True)
    bob.close()
    assert error in ("NotAuthorized", "Failed", "Timeout")
    assert spare.json("status") == {"shares": []}
    spare.run(["sharectl", "share", "lan0", "via", "ppp0"])


def test_polkit_is_restarted(spare):
    """The bus starts another one for the next question."""
    spare.kill("polkitd")
    alice = spare.user("alice", "c1").bus()
    with spare.agent("yes") as agent:
        assert alice.error_of("ShareConnection", "('lan0', 'ppp0')", interactive=True) == ""
    alice.close()
    assert agent.dialogs
    assert spare.json("status")["shares"][0]["state"] == "active"


def test_name_cannot_be_taken_by_users(host):
    host.kill("connshared", 15)
    bob = host.user("carol", "none").bus()
    with pytest.raises(BusError) as refusal:
        bob.call("RequestName", "('org.connshare1', uint32 0)", "/", "org.freedesktop.DBus",
                 "org.freedesktop.DBus")
    bob.close()
    assert refusal.value.name == "org.freedesktop.DBus.Error.AccessDenied"
    host.run(["sharectl", "status"])


def test_state_files_are_not_for_users(host, shared):
    assert host.user("carol", "none").call(["touch", "/run/connshare/x"]).returncode == 1
    assert host.user("carol", "none").call(["touch", "/var/lib/connshare/x"]).returncode == 1
