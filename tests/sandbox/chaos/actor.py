# SPDX-License-Identifier: GPL-2.0-or-later
#
# A thread in a network namespace.
#
import threading

from .capture import enter


class Actor(threading.Thread):
    """Calls turn() again and again in a network namespace, until close()."""

    def __init__(self, namespace, interval):
        super().__init__(daemon=True)
        self.namespace, self.interval = namespace, interval
        self.ended, self.broken = threading.Event(), None

    def run(self):
        try:
            if self.namespace:
                enter(self.namespace)
            self.open()
            while not self.ended.wait(self.interval):
                self.turn()
        except Exception as error:  # to be raised where the others are judged
            self.broken = error

    def open(self):
        pass

    def close(self):
        self.ended.set()
        self.join()
