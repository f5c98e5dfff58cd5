# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makes a failing list of operations shorter (delta debugging), within a limit of time.
#
import time


def shrink(rows, fails, seconds):
    """The shortest list found for which fails() is true."""
    end = time.monotonic() + seconds
    parts = 2
    while len(rows) > 1 and parts <= len(rows):
        size = -(-len(rows) // parts)
        for begin in range(0, len(rows), size):
            fewer = rows[:begin] + rows[begin + size:]
            if time.monotonic() > end:
                return rows
            if fewer and fails(fewer):
                rows, parts = fewer, max(parts - 1, 2)
                break
        else:
            if size == 1:
                return rows
            parts = min(parts * 2, len(rows))
    return rows
