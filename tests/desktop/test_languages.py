# SPDX-License-Identifier: GPL-2.0-or-later
# The words of application and toggle in other languages, and how the window looks with them, in
# dark, in high contrast and with large text.
import re
import subprocess

import pytest

from desk import ROOT, wait_for

COMPLETE = ("de", "es", "fr")
WORDS = ["--keyword=_", "--keyword=N_", "--keyword=ngettext:1,2", "--from-code=UTF-8"]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Of all messages in the source."""
    path = tmp_path_factory.mktemp("po") / "connshare.pot"
    subprocess.run(["xgettext", *WORDS, "--files-from=po/POTFILES", f"--output={path}"],
                   cwd=ROOT, check=True)
    return path


@pytest.mark.parametrize("language", COMPLETE)
def test_language_is_complete(language, template, tmp_path):
    merged = tmp_path / "merged.po"
    subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", f"--output={merged}",
                    ROOT / f"po/{language}.po", template], check=True)
    missing = subprocess.run(["msgattrib", "--untranslated", "--no-obsolete", merged],
                             check=True, capture_output=True, text=True).stdout
    assert missing == ""


@pytest.mark.parametrize("language", (*COMPLETE, "it"))
def test_formats_and_shortcuts_agree(language):
    done = subprocess.run(["msgfmt", "--check-format", "--check-accelerators=_",
                           "--output-file=/dev/null", ROOT / f"po/{language}.po"],
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_source_is_forgotten():
    """Whatever has words for users is in the list of those that are looked through."""
    listed = (ROOT / "po/POTFILES").read_text(encoding="utf-8").split()
    words = re.compile(r'\bN?_ ?\("|translatable="yes"')
    having = [str(path.relative_to(ROOT)) for kind in ("*.c", "*.ui", "*.js")
              for path in (ROOT / "desktop").rglob(kind)
              if words.search(path.read_text(encoding="utf-8")) or kind == "*.js" and
              re.search(r"\b_\('", path.read_text(encoding="utf-8"))]
    assert set(having) <= set(listed)


def test_nothing_speaks_of_the_command_line():
    for path in (ROOT / "desktop").rglob("*.ui"):
        assert "sharectl" not in path.read_text(encoding="utf-8")


@pytest.fixture
def shared(service):
    service.tell("features", ["clients", "ipv6"])
    service.tell("add", "wlan0", {"Ssid": "Büro & Gäste", "Wan": "auto", "Uplink": "ppp0",
                                  "Ipv6Mode": "extended"})
    return service


def test_german(open_window, shared, picture):
    window = open_window(LANGUAGE="de")
    window.find("Geräte an WLAN (wlan0) nutzen das Internet über Einwahl (ppp0).")
    picture("german")
    width = window.frames()[0].get_component_iface().get_extents(1).width
    window.desk.resize(340, 780)
    wait_for(lambda: window.frames()[0].get_component_iface().get_extents(1).width < width)
    picture("german-narrow")
    # Long words wrap, rather than keep the window wide.
    assert window.frames()[0].get_component_iface().get_extents(1).width <= 420


@pytest.mark.parametrize("name, environment", [
    ("dark", {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}),
    ("contrast", {"ADW_DEBUG_HIGH_CONTRAST": "1"}),
])
def test_looks(open_window, shared, picture, name, environment):
    window = open_window(**environment)
    window.find("Devices on Wi-Fi (wlan0) use the Internet through Dial-up (ppp0).")
    assert picture(name).stat().st_size > 0


@pytest.fixture
def large_text(desk):
    """Half as large again as it usually is."""
    resources = ["xprop", "-root", "-f", "RESOURCE_MANAGER", "8s"]
    subprocess.run([*resources, "-set", "RESOURCE_MANAGER", "Xft.dpi: 144\n"], check=True,
                   env=desk.environment)
    yield
    subprocess.run([*resources, "-remove", "RESOURCE_MANAGER"], check=True, env=desk.environment)


def height_of(window, text):
    return window.find(text, "label").get_component_iface().get_extents(1).height


def test_large_text(open_window, shared, picture, request):
    first = open_window()
    usual = height_of(first, "Automatic")
    first.close_now()
    request.getfixturevalue("large_text")
    window = open_window()
    assert height_of(window, "Automatic") > usual
    picture("large-text")
    assert window.frames()[0].get_component_iface().get_extents(1).width <= 700
