# SPDX-License-Identifier: GPL-2.0-or-later
#
# Port mappings behind other firewalls, each the real program, that drop what nobody asked for.
#
import pytest
from firewalls import ALL, ours
from follow import PPP0
from host import wait_for
from test_forward import LAN_ADDRESS, add, ask, reaches, remove, server


@pytest.fixture
def host(walled):
    return walled


@pytest.fixture
def firewall(host, request):
    firewall = ALL[request.param](host)
    firewall.start()
    yield firewall
    host.run(["sharectl", "unshare", "--all"])
    firewall.clear()


@pytest.mark.parametrize("firewall", ALL, indirect=True)
def test_opened_for_as_long_as_needed(host, client, bus, firewall):
    firewall.use_zone()
    host.share("lan0", "via", "ppp0")
    client.dhcp()
    before = sorted(ours(host))
    with server(client, "phone", "tcp", 8080):
        add(bus, "tcp", 8080, LAN_ADDRESS)
        assert reaches(host.internet)
        assert not ask(host.internet, "tcp", PPP0, 8081).startswith("phone")
        remove(bus, "tcp", 8080)
        assert not reaches(host.internet)
    wait_for(lambda: sorted(ours(host)) == before)
