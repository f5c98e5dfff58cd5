# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the bench says: {way: {name: [the figure of each run]}} as a table of medians, and ours in
# ratio to the others'.  Times and rates depend on the machine; what counts is how they compare,
# and how sure that is: a ratio is the median of those of the single runs, and behind it stands
# its standard error.
#
import statistics

from stages import COMPUTERS, REST_SECONDS, SHARES
from ways import WAYS

# name, title, factor, format
ROWS = [
    ("reply", "command to reply, ms", 1000, "%.0f"),
    ("lease", "command to the client's lease, ms", 1000, "%.0f"),
    ("page", "command to the client's first page, ms", 1000, "%.0f"),
    ("cold page", "the same, without the service at first", 1000, "%.0f"),
    ("resident", "resident, MB", 1, "%.1f"),
    ("wake-ups", f"wake-ups in {REST_SECONDS} s at rest", 1, "%d"),
    ("stream", "download of a stream, Gbit/s", 1, "%.2f"),
    ("packets", "1000 packets per second, down", 1e-3, "%.1f"),
    ("stream up", "upload of a stream, Gbit/s", 1, "%.2f"),
    ("packets up", "1000 packets per second, up", 1e-3, "%.1f"),
    ("connections", "1000 new connections per second", 1e-3, "%.2f"),
    ("known names", "1000 names per second, known", 1e-3, "%.1f"),
    ("new names", "1000 names per second, new", 1e-3, "%.1f"),
    ("leases", f"leases per second, of {COMPUTERS} at once", 1, "%.1f"),
    ("first", f"first of {SHARES} shares, ms", 1000, "%.0f"),
    ("last", f"last of {SHARES} shares, ms", 1000, "%.0f"),
    ("stream with one", "stream with the first, Gbit/s", 1, "%.2f"),
    ("packets with one", "1000 packets per second with the first", 1e-3, "%.1f"),
    ("stream with all", "stream with all, Gbit/s", 1, "%.2f"),
    ("packets with all", "1000 packets per second with all", 1e-3, "%.1f"),
]
OURS, THEIRS, RECIPE = (way.name for way in WAYS)
# title, name of ours, whose to compare with, name of theirs, goal
RATIOS = [
    ("first page, of NetworkManager's", "page", THEIRS, "page", "at most 0.10"),
    ("reply, of NetworkManager's", "reply", THEIRS, "reply", "under 0.50"),
    (f"last of {SHARES} shares, of the first", "last", OURS, "first", "at most 1.50"),
    (f"stream with {SHARES} shares, of that with 1", "stream with all", OURS, "stream with one",
     "at least 0.97"),
    (f"packets with {SHARES} shares, of those with 1", "packets with all", OURS,
     "packets with one", "at least 0.97"),
    *((f"{title}, of {whose}", name, other, name, goal) for title, name, goal in [
        ("first page from cold", "cold page", "at most 0.10"),
        ("download", "stream", "at least 1.00"),
        ("packets down", "packets", "at least 1.00"),
        ("upload", "stream up", "at least 1.00"),
        ("packets up", "packets up", "at least 1.00"),
        ("new connections", "connections", "at least 1.00"),
        ("known names", "known names", "at least 1.00"),
        ("new names", "new names", "at least 1.00"),
        ("leases", "leases", "at least 1.00"),
    ] for whose, other in (("NetworkManager's", THEIRS), ("the recipe's", RECIPE))),
]


def ratio(ours, theirs):
    """What was measured together was measured in the same minute: the machine's own pace drifts.
    The median's standard error is a quarter more than the mean's."""
    ratios = [one / other for one, other in zip(ours, theirs)]
    error = statistics.stdev(ratios) / len(ratios) ** 0.5 if len(ratios) > 1 else float("nan")
    return statistics.median(ratios), 1.25 * error


def print_table(results):
    print(f"{'':42}" + "".join(f"{name:>16}" for name in results))
    for name, title, factor, form in ROWS:
        if name in results[OURS]:
            cells = [form % (statistics.median(rows[name]) * factor) for rows in results.values()]
            print(f"{title:42}" + "".join(f"{cell:>16}" for cell in cells))


def print_ratios(results):
    print(f"\n{'connshare':46}{'ratio':>16}{'goal':>16}")
    for title, name, other, theirs, goal in RATIOS:
        if name in results[OURS]:
            value, error = ratio(results[OURS][name], results[other][theirs])
            print(f"{title:46}{f'{value:.3f} ± {error:.3f}':>16}{goal:>16}")
