# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the bench measures of one way to share, once.  Each stage shares, looks, and leaves the
# host as it was; it returns {name: figure}, by the names of report.py.
#
import contextlib
import json
import pathlib
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"
CLIENT_LIMIT = 20
LEASES_LIMIT = 120
SHARES = 60
REST_SECONDS = 10
# Seconds after a lease: by then the kernel has asked whether the new neighbour is there, and what
# guards late answers to a share before is gone.
SETTLED = 12
SERVER = "192.0.2.80"
FLOODS = 8
ROUNDS = 5
COMPUTERS = 20


def script(name, *words):
    return [PYTHON, str(HERE / name), *words]


class Stopwatch:
    def __init__(self, host):
        self.process = host.popen(script("stopwatch.py"),
                                  stdin=subprocess.PIPE, stderr=None)

    def time(self, words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        begin, end, status = json.loads(self.process.stdout.readline())
        if status:
            raise RuntimeError(f"exit status {status}: {words}")
        return begin, end


@contextlib.contextmanager
def shared(host, watch, way):
    """One share, whose client has a lease."""
    way.prepare(host, "lan0", 100)
    watch.time(way.command("lan0", 100))
    lease = host.client.dhcp(timeout=CLIENT_LIMIT)
    yield lease
    way.clean(host, "lan0")
    host.client.forget()


def first_page(host, watch, way, cold):
    """Seconds from the command, to its reply, to the client's lease, and to its first page."""
    way.prepare(host, "lan0", 100)
    if cold:
        way.cool(host)
    client = host.client.popen(script("client.py"), stderr=None)
    client.stdout.readline()
    begin, end = watch.time(way.command("lan0", 100))
    out, _ = client.communicate(timeout=CLIENT_LIMIT)
    marks = dict(line.split() for line in out.splitlines())
    way.clean(host, "lan0")
    host.client.forget()
    return end - begin, float(marks["lease"]) - begin, float(marks["page"]) - begin


def go_online(host, watch, way):
    reply, lease, page = first_page(host, watch, way, cold=False)
    return {"reply": reply, "lease": lease, "page": page}


def start_cold(host, watch, way):
    """The first share since the computer was switched on."""
    return {"cold page": first_page(host, watch, way, cold=True)[-1]}


def stream(host, *direction, server=SERVER):
    """Gbit/s of one TCP stream of a fifth of a second from the client to the Internet, or back.
    It goes in pieces of some 50 kB, and depends more on the scheduler than on the gateway: one
    differs by an eighth from the next, however long it is."""
    out = host.client.run(["iperf3", "-c", server, *direction, "-M", "536", "-n", "250M",
                           "-J"], timeout=20)
    return json.loads(out)["end"]["sum_received"]["bits_per_second"] / 1e9


def downloads(host, streams, **where):
    return statistics.median(stream(host, "-R", **where) for _ in range(streams))


def uploads(host, streams, **where):
    return statistics.median(stream(host, **where) for _ in range(streams))


def packets(host, server=SERVER):
    """Packets per second, down and up: with small ones the gateway is nearly all that takes
    time."""
    out = host.client.run(script("flood.py", "ask", server, str(FLOODS)), timeout=60)
    return [float(word) for word in out.split()]


def transfer(host, watch, way, streams):
    with shared(host, watch, way):
        down, up = packets(host)
        return {"stream": downloads(host, streams), "packets": down, "packets up": up,
                "stream up": uploads(host, streams)}


def connect(host, watch, way):
    with shared(host, watch, way):
        return {"connections": float(host.client.run(script("connect.py", "ask", str(ROUNDS))))}


def ask_names(host, watch, way):
    with shared(host, watch, way) as lease:
        return {f"{kind} names": float(host.client.run(
            script("names.py", lease["router"], kind, str(ROUNDS)))) for kind in ("known", "new")}


def lease_addresses(host, watch, way):
    """To computers that no server remembers."""
    way.prepare(host, "lan0", 100)
    watch.time(way.command("lan0", 100))
    rate = host.client.run(script("leases.py", str(COMPUTERS)), timeout=LEASES_LIMIT)
    way.clean(host, "lan0")
    return {"leases": float(rate)}


def share_many(host, watch, way, streams):
    """Seconds for the first and the last of 60 shares (medians of five), and the throughput of
    the first one's client with one share and with all."""
    names = ["lan0"] + [f"x{number}" for number in range(1, SHARES)]
    times, row = [], {}

    def transfer_with(which):
        row[f"stream with {which}"] = downloads(host, 2 * streams)
        row[f"packets with {which}"] = packets(host)[0]

    for number, name in enumerate(names):
        way.prepare(host, name, 100 + number)
        begin, end = watch.time(way.command(name, 100 + number))
        times.append(end - begin)
        if number == 0:
            host.client.dhcp(timeout=CLIENT_LIMIT)
            transfer_with("one")
    transfer_with("all")
    for name in names:
        way.clean(host, name)
    host.client.forget()
    return {"first": statistics.median(times[:5]), "last": statistics.median(times[-5:]), **row}


@contextlib.contextmanager
def many_interfaces(host):
    for number in range(1, SHARES):
        host.plug(f"x{number}")
    yield
    for number in range(1, SHARES):
        host.unplug(f"x{number}")


def status_of(host, program):
    pid = host.pids(program)[0]
    lines = host.path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines)


def rest(host, watch, way):
    """Megabytes resident, and wake-ups in ten seconds, with one share and one client."""
    with shared(host, watch, way):
        time.sleep(SETTLED)
        before = status_of(host, way.service)
        time.sleep(REST_SECONDS)
        after = status_of(host, way.service)
    key = "voluntary_ctxt_switches"
    return {"resident": int(after["VmRSS"].split()[0]) / 1024,
            "wake-ups": int(after[key]) - int(before[key])}
