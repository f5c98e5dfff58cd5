# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the bench measures: a tree with connshare installed in it.
#
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent


def add_option(parser):
    parser.add_argument("--stage", metavar="TREE",
                        help="with connshare installed in it (default: this source, built now)")


def find_stage(options):
    """The path of that tree; what is missing on this machine is installed first."""
    try:
        subprocess.run([TESTS / "install-packages", "check"], check=True)
        return options.stage or subprocess.run(
            [TESTS / "stage", TESTS.parent / "build-bench"], check=True, text=True,
            stdout=subprocess.PIPE).stdout.strip()
    except subprocess.CalledProcessError:
        sys.exit(f"{sys.argv[0]}: there is nothing to measure: see above")
