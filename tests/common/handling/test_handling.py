"""Commands become facts: decided on what stands, appended with the version read, again when someone was faster."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest

from common.deciders import Decider
from common.eventstore.memory import MemoryStore
from common.eventstore.recorded import AlreadyAsked, Context, Once
from common.handling import Handling, Unit
from common.handling.handling import LARGEST_FACT, FactTooLarge
from common.handling.wakeups import Wakeups
from common.history import History, Kind
from common.refusals import Conflict, StaleVersion
from common.values import Person, Rule, value

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTEXT = Context(actor=Person(person="ana", company="telco-a", role="solver"), correlation=UUID(int=7))


@value
class Lend:
    to: str
    at: datetime


@value
class Remind:
    at: datetime


@value
class Lent:
    to: str
    at: datetime


@value
class Reminded:
    at: datetime


class OnLoan(Conflict):
    """Somebody else has it."""


Book = tuple[str, int] | None


def decide(book: Book, command: Lend | Remind) -> list[Lent | Reminded]:
    match command:
        case Remind():
            return [Reminded(at=command.at)]
        case Lend(to=to) if book is None:
            return [Lent(to=to, at=command.at)]
        case Lend(to=to) if book is not None and book[0] == to:
            return []
        case Lend():
            raise OnLoan


def evolve(book: Book, fact: Lent | Reminded) -> Book:
    match fact:
        case Lent(to=to):
            return (to, 0)
        case Reminded():
            return None if book is None else (book[0], book[1] + 1)


def due(book: Book) -> datetime | None:
    return None if book is None or book[1] > 1 else NOON + timedelta(days=book[1])


BOOK: Kind[Book, Lend | Remind, Lent | Reminded] = Kind(
    name="book", decider=Decider(initial=None, decide=decide, evolve=evolve), due=due, tick=lambda at: Remind(at=at)
)
HISTORY = History(service="library", kinds=(BOOK,), names={"book-lent": Lent, "reader-reminded": Reminded})


def handling(store: MemoryStore) -> Handling:
    ids = (UUID(int=n) for n in count(1))
    return Handling(store, HISTORY, clock=lambda: NOON, new_id=lambda: next(ids))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=lambda: NOON)


@pytest.fixture
def handle(store: MemoryStore) -> Handling:
    return handling(store)


def lend(to: str) -> Lend:
    return Lend(to=to, at=NOON)


async def test_a_command_brings_about_its_facts(handle: Handling) -> None:
    handled = await handle(BOOK, 1, lend("ana"), context=CONTEXT)
    assert (handled.facts, handled.version, handled.position) == ((Lent(to="ana", at=NOON),), 1, 1)


async def test_asking_twice_changes_nothing(handle: Handling) -> None:
    await handle(BOOK, 1, lend("ana"), context=CONTEXT)
    assert (await handle(BOOK, 1, lend("ana"), context=CONTEXT)).facts == ()


async def test_a_refusal_reaches_the_caller(handle: Handling) -> None:
    await handle(BOOK, 1, lend("ana"), context=CONTEXT)
    with pytest.raises(OnLoan):
        await handle(BOOK, 1, lend("eva"), context=CONTEXT)


async def test_a_refusal_rests_on_what_stands_and_not_on_what_was_remembered(store: MemoryStore) -> None:
    here, there = handling(store), handling(store)
    await here.look(BOOK, 1)
    await there(BOOK, 1, lend("ana"), context=CONTEXT)
    with pytest.raises(OnLoan):
        await here(BOOK, 1, lend("eva"), context=CONTEXT)


async def test_a_change_based_on_an_older_version_is_refused(handle: Handling) -> None:
    await handle(BOOK, 1, lend("ana"), context=CONTEXT)
    with pytest.raises(StaleVersion):
        await handle(BOOK, 1, Remind(at=NOON), context=CONTEXT, expected=0)


async def test_of_many_at_once_exactly_one_is_lent_the_book(store: MemoryStore) -> None:
    processes = [handling(store) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(processes[n % 4](BOOK, 1, lend(f"reader-{n}"), context=CONTEXT) for n in range(40)), return_exceptions=True
    )
    assert sum(not isinstance(one, BaseException) for one in outcomes) == 1


async def test_each_command_of_a_batch_has_its_own_outcome(handle: Handling) -> None:
    outcomes = await handle.batch(BOOK, 1, [(lend(to), CONTEXT, None) for to in ("ana", "eva", "ana")])
    assert [type(one).__name__ for one in outcomes] == ["Handled", "OnLoan", "Handled"]
    assert (await handle.look(BOOK, 1)).version == 1


async def test_the_outcomes_of_a_batch_know_their_own_positions(handle: Handling) -> None:
    commands = [Remind(at=NOON), Remind(at=NOON), lend("ana")]
    outcomes = await handle.batch(BOOK, 1, [(command, CONTEXT, None) for command in commands])
    assert [getattr(one, "position", None) for one in outcomes] == [1, 2, 3]


async def test_a_key_that_was_asked_before_is_not_handled_again(handle: Handling) -> None:
    once = Once(key="k", fingerprint=b"f", status=201, answer=b"{}")
    await handle(BOOK, 1, lend("ana"), context=CONTEXT, once=once)
    with pytest.raises(AlreadyAsked):
        await handle(BOOK, 2, lend("ana"), context=CONTEXT, once=once)


async def test_what_is_done_together_is_true_together_or_not_at_all(handle: Handling) -> None:
    async def work(unit: Unit) -> None:
        await unit.handle(BOOK, 1, lend("ana"), CONTEXT)
        await unit.handle(BOOK, 2, lend("eva"), CONTEXT)
        with suppress(OnLoan):
            async with unit.attempt():
                await unit.handle(BOOK, 3, lend("ana"), CONTEXT)
                await unit.handle(BOOK, 1, lend("eva"), CONTEXT)

    assert await handle.together(work) == 2
    assert [(await handle.look(BOOK, n)).version for n in (1, 2, 3)] == [1, 1, 0]


async def test_a_thing_is_seen_as_it_was_recorded_at_a_moment(handle: Handling) -> None:
    await handle(BOOK, 1, lend("ana"), context=CONTEXT)
    assert (await handle.as_of(BOOK, 1, NOON - timedelta(seconds=1))).version == 0
    assert (await handle.as_of(BOOK, 1, NOON)).state == ("ana", 0)


async def test_a_thing_is_woken_when_its_time_has_come_and_by_the_clock(store: MemoryStore, handle: Handling) -> None:
    ids = (UUID(int=n) for n in count(1))
    wakeups = Wakeups(store, handle, HISTORY, clock=lambda: NOON, new_id=lambda: next(ids))
    await handle(BOOK, 1, lend("ana"), context=CONTEXT)
    assert await wakeups.step() == 1
    assert await wakeups.step() == 0, "the next time is tomorrow"
    assert (await store.read("book-1"))[-1].actor == Rule(rule="clock:book")


async def test_a_fact_too_large_to_be_told_is_refused_and_nothing_is_kept(handle: Handling, store: MemoryStore) -> None:
    with pytest.raises(FactTooLarge) as refused:
        await handle(BOOK, 1, lend("x" * LARGEST_FACT), context=CONTEXT)
    assert refused.value.parameters["most"] == LARGEST_FACT
    assert await store.head() == 0
    await handle(BOOK, 1, lend("x" * (LARGEST_FACT - 100)), context=CONTEXT)
