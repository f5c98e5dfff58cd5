# SPDX-License-Identifier: GPL-2.0-or-later
# sharectl adopt, and what other commands say of what is adopted.
import json

import pytest
from test_commands import NOTHING, ok

LEFT_ALONE = "connections that NetworkManager itself shares are left alone\n"
ADOPTED = "connections that NetworkManager itself shares are adopted, via {}\n"


def test_on_and_off(sharectl, service):
    assert ok(sharectl("adopt")) == LEFT_ALONE
    assert ok(sharectl("adopt", "via", "ppp0")) == ADOPTED.format("ppp0")
    assert ok(sharectl("adopt")) == ADOPTED.format("ppp0")
    assert json.loads(ok(sharectl("adopt", "--json"))) == {"adopt_wan": "ppp0"}
    assert ok(sharectl("adopt", "off")) == LEFT_ALONE
    assert [call for call in service.calls() if call[0] == "Adopt"] == [
        ["Adopt", ["ppp0"], True], ["Adopt", [""], True]]


def test_a_name_that_nothing_has(sharectl):
    done = sharectl("adopt", "via", "pp0")
    assert (done.returncode, done.stderr) == (0, NOTHING + '"pp0"; did you mean "ppp0"?\n')


@pytest.mark.parametrize("words, complaint", [
    (["via"], '"via" needs the WAN after it'), (["on"], 'unexpected argument "on"'),
    (["via", "ppp0", "lan0"], 'unexpected argument "lan0"'), (["via", ""], 'argument "via"'),
    (["--json", "off"], '--json is for "adopt" alone')])
def test_mistakes(sharectl, service, words, complaint):
    done = sharectl("adopt", *words)
    assert done.returncode == 2 and complaint in done.stderr
    assert "Adopt" not in [call[0] for call in service.calls()]


def test_refused(sharectl, service):
    service.fail("Adopt", "org.connshare1.Error.NotAuthorized", "not authorized")
    done = sharectl("adopt", "via", "ppp0")
    assert (done.returncode, done.stdout) == (4, "") and "not authorized" in done.stderr


def test_status_says_whose_it_is(sharectl, service):
    service.add("wlan0", Source="adopted", Address="10.42.0.1/24", Persistent=False)
    text = ok(sharectl("status"))
    assert "NetworkManager gives clients addresses from 10.42.0.0/24" in text
    assert "  adopted   NetworkManager's own; unshare ends that connection, too\n" in text
    assert "reboot" not in text


def test_status_hints_at_it(sharectl, service):
    service.tell("interfaces", [{"name": "wlan0", "can-be-lan": False, "lan-code": "shared"}])
    assert ok(sharectl("status")) == (
        "nothing is shared\n\nNetworkManager itself shares wlan0, by whatever way this computer "
        'goes;\n"sharectl adopt via auto" makes that a share\n')
    service.add("wlan0", Source="adopted")
    assert "adopt via" not in ok(sharectl("status"))
