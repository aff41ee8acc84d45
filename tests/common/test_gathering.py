"""Turns with rests: what is idle answers at once, what is busy does more in one go."""

import asyncio
from time import monotonic

import pytest

from common.pacing import Calm, Gathering


class Time:
    """A clock of the test's own; whoever sleeps moves it on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def gathering(time: Time) -> Gathering:
    return Gathering(shortest=0.01, longest=0.1, clock=time.clock, sleep=time.sleep)


@pytest.mark.parametrize(("took", "rest"), [(0.001, 0.01), (0.03, 0.03), (2.0, 0.1)])
async def test_a_rest_is_as_long_as_the_turn_before_it_within_bounds(
    gathering: Gathering, time: Time, took: float, rest: float
) -> None:
    await gathering.turn()
    assert not time.slept
    time.now += took
    gathering.rest()
    await gathering.turn()
    assert time.slept == pytest.approx(rest)


async def test_what_comes_after_the_rest_is_done_at_once(gathering: Gathering, time: Time) -> None:
    await gathering.turn()
    gathering.rest()
    time.now += 1.0
    await gathering.turn()
    assert not time.slept


async def test_a_turn_that_left_something_is_followed_by_the_next(gathering: Gathering, time: Time) -> None:
    await gathering.turn()
    time.now += 0.5
    await gathering.turn()
    assert not time.slept


@pytest.mark.parametrize("broken", ["before", "meanwhile", "for good"])
async def test_a_calm_makes_a_rest_longer_until_somebody_waits(broken: str) -> None:
    calm = Calm()
    gathering = Gathering(shortest=0.0, calm=calm, calmly=30.0)
    await gathering.turn()
    gathering.rest()
    if broken != "meanwhile":
        calm.somebody_waits() if broken == "before" else calm.end()
        calm.nobody_waits() if broken == "for good" else None
        await asyncio.wait_for(gathering.turn(), 5)
        return
    turn = asyncio.create_task(gathering.turn())
    await asyncio.sleep(0.05)
    assert not turn.done()
    calm.somebody_waits()
    await asyncio.wait_for(turn, 5)


async def test_a_calm_rest_ends_by_itself() -> None:
    gathering = Gathering(shortest=0.0, calm=Calm(), calmly=0.05)
    await gathering.turn()
    gathering.rest()
    before = monotonic()
    await gathering.turn()
    assert monotonic() - before >= 0.04
    await gathering.turn()
