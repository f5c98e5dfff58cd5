# SPDX-License-Identifier: GPL-2.0-or-later
# sharectl wifi, whose QR code a real decoder reads, and passphrases from files.
import json
import os
import re
import subprocess

import pytest
from PIL import Image

from conftest import SHARECTL, on_terminal

URI = "WIFI:T:WPA;S:desk;P:correct horse;;"
STRANGE = r'WIFI:T:WPA;S:a\;b\,c\:d\"e\\f Café;P:\\\\\;\,;;'
LIGHT = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}


def ok(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def decode(picture):
    done = subprocess.run(["zbarimg", "--quiet", "--raw", "--oneshot", picture], check=True,
                          capture_output=True, text=True)
    return done.stdout.removesuffix("\n")


def photograph(drawing, path):
    """What a terminal shows that writes bright on dark, surrounded by its darkness."""
    lines = drawing.splitlines()
    width = max(len(line) for line in lines)
    assert {len(line) for line in lines} == {width}
    pixels = [[LIGHT[character][half] * 255 for character in line]
              for line in lines for half in (0, 1)]
    image = Image.new("L", (width + 20, len(pixels) + 20), 0)
    image.putdata([pixels[y - 10][x - 10] if 10 <= x < width + 10 and 10 <= y < len(pixels) + 10
                   else 0 for y in range(image.height) for x in range(image.width)])
    image.resize((image.width * 5, image.height * 5), Image.NEAREST).save(path)
    return path


@pytest.fixture
def wlan0(service):
    service.add("wlan0", Ssid="desk")


def test_words_and_code(wlan0, sharectl, service, tmp_path):
    words, drawing = ok(sharectl("wifi", "wlan0")).split("\n\n")
    assert words == "network     desk\npassphrase  correct horse\nsecurity    wpa2"
    assert decode(photograph(drawing, tmp_path / "photograph.png")) == URI
    assert service.calls() == [["GetWifi", [], True]]


@pytest.mark.parametrize("uri", [STRANGE, "WIFI:T:nopass;S:" + "x" * 32 + ";;",
                                 "WIFI:T:WPA;R:1;S:desk;H:true;P:" + "y" * 63 + ";;"])
def test_code_of_any_text(wlan0, sharectl, service, tmp_path, uri):
    service.wifi(uri=uri)
    drawing = ok(sharectl("wifi", "wlan0")).split("\n\n")[1]
    assert decode(photograph(drawing, tmp_path / "photograph.png")) == uri


def test_colours_of_a_terminal_are_not_trusted(bus, service, wlan0, tmp_path):
    lines = on_terminal(bus, "wifi", "wlan0").split("\n\n")[1].splitlines()
    assert {(line[:8], line[-4:]) for line in lines} == {("\033[40;97m", "\033[0m")}
    drawing = "\n".join(re.sub("\033.*?m", "", line) for line in lines)
    assert decode(photograph(drawing, tmp_path / "photograph.png")) == URI


def test_terminal_that_is_too_narrow_for_the_code(bus, service, wlan0, sharectl):
    width = len(ok(sharectl("wifi", "wlan0")).splitlines()[-1])
    assert "█" in on_terminal(bus, "wifi", "wlan0", columns=width)
    words, instead = on_terminal(bus, "wifi", "wlan0", columns=width - 1).split("\n\n")
    assert "correct horse" in words
    assert instead == (
        f"The QR code needs {width} columns: widen the terminal, or use --png FILE\n")


def test_picture(wlan0, sharectl, tmp_path):
    path = tmp_path / "code.png"
    path.write_text("readable by all")
    assert ok(sharectl("wifi", "wlan0", "--png", str(path))) == ""
    assert path.stat().st_mode & 0o777 == 0o600
    assert decode(path) == URI
    done = sharectl("wifi", "wlan0", "--png", str(tmp_path / "no/code.png"))
    assert done.returncode == 1 and "no/code.png" in done.stderr


def test_picture_behind_a_link(wlan0, sharectl, tmp_path):
    path, link = tmp_path / "code.png", tmp_path / "link"
    path.write_text("readable by all")
    link.symlink_to(path)
    ok(sharectl("wifi", "wlan0", "--png", str(link)))
    assert link.is_symlink() and path.stat().st_mode & 0o777 == 0o600
    assert decode(path) == URI


def test_picture_into_a_pipe(bus, wlan0, tmp_path):
    path, pipe = tmp_path / "code.png", tmp_path / "pipe"
    os.mkfifo(pipe)
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        ok(bus.sharectl("wifi", "wlan0", "--png", str(pipe)))
        path.write_bytes(reader.read())
    assert pipe.is_fifo() and decode(path) == URI
    stdout = tmp_path / "stdout"
    stdout.symlink_to("/proc/self/fd/1")
    done = subprocess.run([SHARECTL, "wifi", "wlan0", "--png", stdout], check=True,
                          stdout=subprocess.PIPE, env=bus.environment)
    path.write_bytes(done.stdout)
    assert decode(path) == URI


@pytest.mark.parametrize("target, words", [
    ("/dev/full", "No space left on device"), ("/tmp", "Is a directory")])
def test_picture_that_cannot_be_written(wlan0, sharectl, tmp_path, target, words):
    path = tmp_path / "link"
    path.symlink_to(target)
    done = sharectl("wifi", "wlan0", "--png", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", f'sharectl: cannot write the picture to "{path}": {words}\n')
    assert path.is_symlink()


def test_json(wlan0, sharectl, service, tmp_path):
    service.wifi(hidden=True)
    assert json.loads(ok(sharectl("wifi", "wlan0", "--json"))) == {
        "ssid": "desk", "passphrase": "correct horse", "security": "wpa2", "hidden": True,
        "uri": URI}
    both = ok(sharectl("wifi", "wlan0", "--json", "--png", str(tmp_path / "code.png")))
    assert json.loads(both)["uri"] == decode(tmp_path / "code.png")


def test_other_networks(wlan0, sharectl, service):
    service.wifi(ssid="a\x1b[31mb", hidden=True, passphrase="", security="open")
    assert ok(sharectl("wifi", "wlan0")).split("\n\n")[0] == (
        "network     a\\x1b[31mb\n            (hidden: clients have to type its name)\n"
        "passphrase  none: anybody can join and listen\nsecurity    open")


def test_refusals(wlan0, sharectl, service):
    assert sharectl("wifi").returncode == 2
    assert sharectl("wifi", "lan0").returncode == 3
    service.add("lan0")
    done = sharectl("wifi", "lan0")
    assert (done.returncode, done.stdout) == (1, "") and '"lan0" is not an access point' in done.stderr
    assert service.calls() == []
    service.fail("GetWifi", "org.connshare1.Error.NotAuthorized", "not you")
    done = sharectl("wifi", "wlan0")
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "sharectl: not you\n")
    service.wifi(uri="x" * 3000)
    service.fail("GetWifi", "org.connshare1.Error.NotSuitable", "not an access point")
    assert sharectl("wifi", "wlan0", "--json").returncode == 1


def test_code_that_would_be_too_large(wlan0, sharectl, service):
    service.wifi(uri="x" * 3000)
    done = sharectl("wifi", "wlan0")
    assert (done.returncode, done.stdout) == (1, "") and "cannot make a QR code" in done.stderr


def test_share_and_status_name_the_network(sharectl, service):
    service.become(Ssid="Büro \x1b[31m5")
    assert ok(sharectl("share", "wlan0", "via", "ppp0")).splitlines()[1] == (
        "Wi-Fi network \"Büro \\x1b[31m5\": \"sharectl wifi wlan0\" shows how to join it")
    assert "\n  network   Büro \\x1b[31m5\n" in ok(sharectl("status"))
    assert json.loads(ok(sharectl("status", "--json")))["shares"][0]["ssid"] == "Büro \x1b[31m5"


@pytest.mark.parametrize("text, passphrase", [
    (b"correct horse\n", "correct horse"), (b"correct horse", "correct horse"),
    (b"correct horse\r\n", "correct horse"), (b" two \n\n", " two "),
    (b"first line\r\nsecond\n\xff\0", "first line"),
    ("Bücher".encode(), "Bücher"), (b"x" * 5000, "x" * 1024)])
def test_passphrase_of_a_file(sharectl, service, tmp_path, text, passphrase):
    path = tmp_path / "passphrase"
    path.write_bytes(text)
    ok(sharectl("share", "wlan0", "--passphrase-file", str(path)))
    assert service.calls()[0][1][2] == {"passphrase": passphrase}


def test_passphrase_of_standard_input(bus, service):
    done = subprocess.run([SHARECTL, "share", "wlan0", "--passphrase-file", "-"], text=True,
                          input="correct horse\n", capture_output=True, env=bus.environment)
    assert ok(done) and service.calls()[0][1][2] == {"passphrase": "correct horse"}


def test_passphrase_that_is_typed_needs_no_end_of_file(bus, service):
    with subprocess.Popen([SHARECTL, "share", "wlan0", "--passphrase-file", "-"], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          env=bus.environment) as process:
        process.stdin.write("correct horse\n")
        process.stdin.flush()
        assert process.wait(60) == 0
    assert service.calls()[0][1][2] == {"passphrase": "correct horse"}


@pytest.mark.parametrize("text, words", [(b"a\0bcdefgh", "not a text file"),
                                         (b"\xff\xff\xff\xff\xff", "not a text file"),
                                         (b"", "is empty"), (b"\nsecond\n", "is empty"),
                                         (None, "No such file")])
def test_bad_passphrase_files(sharectl, service, tmp_path, text, words):
    path = tmp_path / "passphrase"
    if text is not None:
        path.write_bytes(text)
    done = sharectl("share", "wlan0", "--passphrase-file", str(path))
    assert done.returncode == 1 and words in done.stderr and service.calls() == []
    done = sharectl("share", "wlan0", "--passphrase-file", str(tmp_path))
    assert done.returncode == 1 and "directory" in done.stderr


@pytest.mark.parametrize("words", ["--channel x", "--channel=-1", "--channel", "--hidden=no"])
def test_bad_values(sharectl, service, words):
    assert sharectl("share", "wlan0", *words.split()).returncode == 2
    assert service.calls() == []
