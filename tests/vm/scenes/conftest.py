# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fixtures of the scenes in the virtual machine.  It boots once; every test that asks for `vm`
# gets it as it was right after the package had been installed, with the network of
# guest/lay-network around it, whatever other tests did to it.  A failed test shows the journal.
#
import os
import pathlib
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
from machine import SCENES, Client, Machine  # noqa: E402

SCRIPTS = [TESTS / "sandbox/internet.py", TESTS / "sandbox/internet6.py",
           TESTS / "sandbox/dhcp-script", TESTS / "sandbox/pcp.py",
           TESTS / "sandbox/agent.py", *sorted((HERE.parent / "guest").iterdir())]


@pytest.fixture(scope="session")
def package():
    """The package, a file of this machine."""
    found = sorted(pathlib.Path(os.environ["CONNSHARE_PACKAGE"]).glob("connshare_*.deb"))
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="session")
def figure():
    """figure(text): a line for the figures that tests/vm/run prints at its end."""
    with open(os.environ["CONNSHARE_FIGURES"], "w", encoding="utf-8") as file:
        yield lambda text: print(text, file=file, flush=True)


@pytest.fixture(scope="session")
def machine(package):
    """Saved as "bare", without connshare, and as "installed"."""
    with tempfile.TemporaryDirectory(prefix="connshare-vm-") as directory:
        machine = Machine(os.environ["CONNSHARE_IMAGE"], directory)
        try:
            machine.run(["mkdir", "-p", SCENES])
            for script in SCRIPTS:
                machine.put(f"{SCENES}/{script.name}", script.read_bytes(), "755")
            machine.put(f"/root/{package.name}", package.read_bytes())
            machine.run(f"{SCENES}/lay-network")
            machine.save("bare")
            install(machine)
            machine.save("installed")
            yield machine
        finally:
            machine.close()


def install(machine):
    machine.run("apt-get install -y /root/connshare_*.deb </dev/null 2>&1", 300)


@pytest.fixture
def vm(machine, request):
    """The machine, with connshare just installed."""
    machine.load("installed")
    request.node.machine = machine
    return machine


@pytest.fixture
def client(vm):
    """The computer at lan0."""
    return Client(vm, "client")


@pytest.fixture
def wan(vm):
    """wan0 is an uplink by itself, 198.18.1.2."""
    vm.run(f"{SCENES}/lay-wan")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    machine = getattr(item, "machine", None)
    if report.failed and machine is not None:
        try:
            journal = machine.journal("--lines=150")
        except Exception as error:
            journal = f"{error}\n{machine.console()[-4000:]}"
        report.sections.append(("journal", journal))
