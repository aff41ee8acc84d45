"""Turns with rests: what is idle answers at once, what is busy does more in one go."""

import asyncio
from time import monotonic

import pytest

from common.pacing import Calm, Calms, Gathering


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


async def resting(calm: Calm) -> "asyncio.Task[None]":
    """Give a turn that rests in *calm*, if that is not broken."""
    calm.length = 30.0
    gathering = Gathering(shortest=0.0, calm=calm)
    await gathering.turn()
    gathering.rest()
    turn = asyncio.create_task(gathering.turn())
    await asyncio.sleep(0.05)
    return turn


async def test_a_calm_makes_a_rest_longer_until_somebody_waits() -> None:
    calm = Calm()
    turn = await resting(calm)
    assert not turn.done()
    with calm.broken():
        await asyncio.wait_for(turn, 5)
        await asyncio.wait_for(await resting(calm), 5)


async def test_it_is_calm_again_when_nobody_waits_any_more() -> None:
    calm = Calm()
    with calm.broken():
        with calm.broken():
            pass
        await asyncio.wait_for(await resting(calm), 5)
    turn = await resting(calm)
    assert not turn.done()
    turn.cancel()


async def test_a_calm_that_has_ended_does_not_come_back() -> None:
    calms = Calms()
    turn = await resting(calms.taking_in)
    calms.end()
    await asyncio.wait_for(turn, 5)
    with calms.rows.broken():
        pass
    await asyncio.wait_for(await resting(calms.rows), 5)


async def test_who_waits_for_one_work_leaves_the_other_its_calm() -> None:
    calms = Calms()
    with calms.taking_in.broken():
        await asyncio.wait_for(await resting(calms.taking_in), 5)
        turn = await resting(calms.rows)
        assert not turn.done()
        turn.cancel()


async def test_what_shall_be_soon_does_not_rest_in_a_calm() -> None:
    gathering = Gathering(shortest=0.0, calm=Calm(30.0))
    await gathering.turn()
    gathering.rest()
    await asyncio.wait_for(gathering.turn(soon=True), 5)


async def test_a_calm_rest_ends_by_itself() -> None:
    gathering = Gathering(shortest=0.0, calm=Calm(0.05))
    await gathering.turn()
    gathering.rest()
    before = monotonic()
    await gathering.turn()
    assert monotonic() - before >= 0.04
    await gathering.turn()
