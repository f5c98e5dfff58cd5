# SPDX-License-Identifier: GPL-2.0-or-later
#
# One round of the random test: a new host, a list of operations, and the promises.
#
import random

from conftest import end_service

from . import checks, operations
from .world import World


class Inconclusive(Exception):
    """The capture has lost frames."""


class Result:
    """What came of a round; it is early when the operations themselves broke a promise."""

    def __init__(self, world, played, total):
        self.violations, self.played, self.total = world.oracle.violations, played, total
        self.is_early = bool(self.violations)

    def finish(self, world):
        self.frames = world.capture.frames
        self.let_in, self.mapped = world.oracle.let_in, world.mapped
        self.answers = sum(client.answers for client in world.clients)
        self.log = world.host.log().splitlines()[-25:] if self.violations else []
        return self

    @property
    def kinds(self):
        return {violation.kind for violation in self.violations}


def draw(seed, number, names):
    return operations.draw(random.Random(seed), number, names)


def play(stage, rows, ignored=(), to_the_end=True):
    """Plays the operations, until a promise is broken, but for kinds that are ignored; and the
    end of the round if wanted."""
    world = World(stage, ignored)
    try:
        result = play_in(world, rows, to_the_end)
    finally:
        world.close()
    if world.capture.drops and not result.violations:
        raise Inconclusive(f"{world.capture.drops} frames were lost")
    return result


def play_in(world, rows, to_the_end):
    """The end of a list, and so what is done there, follows from the list itself."""
    played, violations = 0, world.oracle.violations
    for row in rows:
        if violations:
            break
        operations.play(world, row)
        played += 1
    result = Result(world, played, len(rows))
    if to_the_end:
        play_end(world, restore_first=len(rows) % 2 == 0)
    else:
        world.rest(0.5)
    return result.finish(world)


def play_end(world, restore_first):
    violations = world.oracle.violations
    if not violations:
        world.model.note("the end")
        world.settle()
        checks.check_served(world)
    if not violations:
        checks.check_restored(world, restore_first)
    if not violations:
        check_service(world)


def check_service(world):
    """Sanitizers tell of leaks at the end."""
    try:
        end_service(world.host)
    except (AssertionError, TimeoutError) as error:
        world.oracle.note("complaint", str(error))
