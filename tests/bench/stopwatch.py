#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs each line of standard input, a list of words in JSON, as a command and prints when it
# began and ended, by the monotonic clock, and its exit status.
#
import json
import subprocess
import sys
import time

for line in sys.stdin:
    begin = time.monotonic()
    done = subprocess.run(json.loads(line), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    print(json.dumps([begin, time.monotonic(), done.returncode]), flush=True)
