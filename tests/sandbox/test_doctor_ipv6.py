# SPDX-License-Identifier: GPL-2.0-or-later
#
# What sharectl doctor says of IPv6: nothing where the uplink has none and nobody has asked for it,
# and else what is missing.
#
import pytest
from ipv6 import internet6, managed
from test_doctor import notes, only_flaw
from test_faults import replaced


@pytest.fixture
def uplink(host):
    """With IPv6; its network delegates nothing."""
    with internet6(host), managed(host):
        yield "wan7"
        host.unshare("--all")


def test_uplink_has_none(host):
    host.share("lan0", "via", "ppp0")
    assert set(notes(host)) == {"shared"}
    host.run("sharectl change lan0 --ipv6 extended")
    assert notes(host)["ipv6-none"] == "clients of lan0 get no IPv6 through ppp0: it has none"
    host.run("sharectl change lan0 --ipv6 off")
    assert set(notes(host)) == {"shared"}


def test_nothing_is_delegated(host, uplink):
    host.share("lan0", "via", uplink, "--ipv6", "delegated")
    assert notes(host)["ipv6-delegation"] == (
        "clients of lan0 get no IPv6 through wan7: its network delegates no IPv6 prefix")
    host.run("sharectl change lan0 --ipv6 auto")
    assert "ipv6-delegation" not in notes(host)


def test_radvd_is_missing(host, client, uplink):
    with replaced(host, "/usr/sbin/radvd", None):
        host.share("lan0", "via", uplink, "--ipv6", "masquerade")
        found = only_flaw(host, "warning", "ipv6-radvd")
        assert "is not installed" in found["message"] and "package radvd" in found["remedy"]
        client.dhcp()
        assert client.get()
        host.unshare("lan0")
