# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fixtures of the scenes.  `host` is a private host with the product of --stage installed; it
# is handed from test to test as long as each leaves it byte-equal to what it found, which is
# checked after every test.  `spare` is one that a test may ruin.  A failed test shows what the
# daemons of its host said.
#
import os
import pathlib
import signal
import sys
import zlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from host import Host, wait_for  # noqa: E402

# A shell starts what runs in the background with Ctrl-C ignored, and so would sharectl be.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption("--stage", default=os.environ.get("CONNSHARE_STAGE", "build/stage"),
                     help="DESTDIR tree of the product (default: %(default)s)")
    parser.addoption("--seed", type=int, help="of the moments in test_crash.py")
    parser.addoption("--sanitized", action="store_true",
                     help="the product was built with sanitizers: no limits on memory and time")
    parser.addoption("--part", type=int, default=1,
                     help="only one scene in so many, always the same ones")


def pytest_collection_modifyitems(config, items):
    part = config.getoption("--part")
    left_out = [item for item in items if zlib.crc32(item.nodeid.encode()) % part]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


class Pool:
    """At most one host, together with the state that it had when it was new."""

    def __init__(self, stage):
        self.stage = stage
        self.host = None

    def take(self):
        if self.host is None:
            self.host = new_host(self.stage)
            self.before = self.host.settled_state()
        return self.host

    def drop(self):
        if self.host is not None:
            self.host.close()
            self.host = None


def new_host(stage):
    """A host whose service has been activated, and whose LANs NetworkManager has used once:
    from then on it leaves their IPv6 settings as they are."""
    host = Host(stage)
    for lan in ("lan0", "lan1"):
        host.run(f"nmcli connection add save no type ethernet ifname {lan} con-name warm-{lan} "
                 "autoconnect no ipv4.method manual ipv4.addresses 10.255.0.1/32 "
                 f"&& nmcli connection up warm-{lan} && nmcli connection delete warm-{lan}")
    host.run(["sharectl", "status"])
    return host


def stop_sharing(host):
    """Ends whatever a test still shares, and forgets the clients' leases."""
    host.run(["sharectl", "unshare", "--all"])
    for client in (host.client, host.client2):
        client.forget()


def check_complaints(host):
    complaints = host.complaints()
    assert not complaints, "\n".join(complaints)


def end_service(host):
    """Ends the service in good order, when the leak sanitizer speaks."""
    host.call(["pkill", "-x", "connshared"])
    wait_for(lambda: not host.pids("connshared"), what="connshared does not end")
    check_complaints(host)


@pytest.fixture(scope="session")
def stage(request):
    path = REPOSITORY / request.config.getoption("--stage")
    assert path.is_dir(), f"{path}: no such directory; run ./check, or see its --help"
    return path


@pytest.fixture(scope="session")
def sanitized(request):
    return request.config.getoption("--sanitized")


@pytest.fixture(scope="session")
def pool(stage):
    pool = Pool(stage)
    yield pool
    if pool.host is not None:
        end_service(pool.host)
    pool.drop()


@pytest.fixture
def host(pool, request):
    host = request.node.private_host = pool.take()
    yield host
    if request.node.failed:
        pool.drop()
        return
    try:
        stop_sharing(host)
        host.await_return(pool.before)
        check_complaints(host)
    except BaseException:
        add_logs(request.node, host)
        pool.drop()
        raise


@pytest.fixture
def spare(stage, request):
    with new_host(stage) as host:
        request.node.private_host = host
        yield host
        end_service(host)


@pytest.fixture(scope="module")
def common(stage):
    with new_host(stage) as host:
        yield host
        end_service(host)


@pytest.fixture
def walled(common, request):
    """One for all tests of a file, which leave nothing of a share, but may leave what other
    firewalls do: these change sysctls and keep chains."""
    request.node.private_host = common
    yield common
    stop_sharing(common)
    check_complaints(common)


@pytest.fixture
def client(host):
    return host.client


@pytest.fixture
def bus(host):
    bus = host.bus()
    yield bus
    bus.close()


def add_logs(node, host):
    for name in ("dbus", "networkmanager"):
        node.add_report_section("teardown", f"log of {name}", host.log(name)[-6000:])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "setup":
        item.failed = report.failed
    if report.when == "call":
        item.failed = report.failed
        host = getattr(item, "private_host", None)
        if report.failed and host is not None:
            for name in ("dbus", "networkmanager"):
                report.sections.append((f"log of {name}", host.log(name)[-6000:]))
