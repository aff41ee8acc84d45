"""A source tells of a thing until people act on it; what follows from what was told is told as well."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest

from common.deciders import Decider
from common.eventstore.memory import MemoryStore
from common.eventstore.recorded import Context
from common.handling import Handling, PeopleActOnIt, Unit
from common.history import History, Kind
from common.values import Person, Rule, value

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Person(person="ana", company="telco-a", role="operator")
LIVE = Context(actor=ANA, correlation=UUID(int=7))
TOLD = Context(actor=ANA, correlation=UUID(int=7), imported=True)
FOLLOWS = Context(actor=Rule(rule="reaction:told"), correlation=UUID(int=7), imported=True)


@value
class Write:
    page: str


@value
class Read:
    page: str


@value
class Written:
    page: str
    at: datetime = NOON


@value
class Seen:
    page: str
    at: datetime = NOON


Diary = frozenset[str]


def decide(diary: Diary, command: Write | Read) -> list[Written | Seen]:
    match command:
        case Read(page=page):
            return [Seen(page=page)]
        case Write(page=page):
            return [] if page in diary else [Written(page=page)]


def evolve(diary: Diary, fact: Written | Seen) -> Diary:
    return diary | {fact.page} if isinstance(fact, Written) else diary


DIARY: Kind[Diary, Write | Read, Written | Seen] = Kind(
    name="diary",
    decider=Decider(initial=frozenset[str](), decide=decide, evolve=evolve),
    lives=lambda fact: isinstance(fact, Written),
)
HISTORY = History(service="shelf", kinds=(DIARY,), names={"page-written": Written, "page-seen": Seen})
MONDAY, TUESDAY, TODAY = Write(page="monday"), Write(page="tuesday"), Write(page="today")


def handling(store: MemoryStore) -> Handling:
    ids = (UUID(int=n) for n in count(1))
    return Handling(store, HISTORY, clock=lambda: NOON, new_id=lambda: next(ids))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=lambda: NOON)


@pytest.fixture
def handle(store: MemoryStore) -> Handling:
    return handling(store)


async def test_a_source_tells_on_until_people_act(handle: Handling) -> None:
    for one in (MONDAY, TUESDAY):
        await handle(DIARY, 1, one, context=TOLD)
    assert not (await handle.look(DIARY, 1)).lived
    await handle(DIARY, 1, TODAY, context=LIVE)
    assert (await handle.look(DIARY, 1)).lived
    with pytest.raises(PeopleActOnIt):
        await handle(DIARY, 1, Write(page="wednesday"), context=TOLD)


async def test_what_was_told_may_be_told_again_and_changes_nothing(handle: Handling) -> None:
    await handle(DIARY, 1, MONDAY, context=TOLD)
    await handle(DIARY, 1, TODAY, context=LIVE)
    assert (await handle(DIARY, 1, MONDAY, context=TOLD)).facts == ()


async def test_a_source_does_not_find_out_by_telling_it_what_people_did(handle: Handling) -> None:
    await handle(DIARY, 1, MONDAY, context=TOLD)
    await handle(DIARY, 1, TODAY, context=LIVE)
    for guess in (TODAY, TUESDAY):
        with pytest.raises(PeopleActOnIt):
            await handle(DIARY, 1, guess, context=TOLD)


async def test_each_command_of_a_batch_is_judged_by_those_before_it(handle: Handling) -> None:
    told, lived, refused, again = await handle.batch(
        DIARY, 1, [(MONDAY, TOLD, None), (TODAY, LIVE, None), (TUESDAY, TOLD, None), (MONDAY, TOLD, None)]
    )
    assert isinstance(refused, PeopleActOnIt)
    assert [one.facts == () for one in (told, lived, again) if not isinstance(one, Exception)] == [False, False, True]
    (late,) = await handle.batch(DIARY, 1, [(TUESDAY, TOLD, None)])
    assert isinstance(late, PeopleActOnIt)


async def test_what_is_no_act_upon_the_thing_leaves_it_history(handle: Handling) -> None:
    await handle(DIARY, 1, MONDAY, context=TOLD)
    await handle(DIARY, 1, Read(page="monday"), context=LIVE)
    assert (await handle(DIARY, 1, TUESDAY, context=TOLD)).facts == (Written(page="tuesday"),)


async def test_what_services_conclude_from_what_was_told_is_neither_an_act_nor_refused(handle: Handling) -> None:
    async def work(unit: Unit) -> None:
        await unit.handle(DIARY, 1, MONDAY, FOLLOWS)
        assert not (await unit.look(DIARY, 1)).lived
        await unit.handle(DIARY, 1, TODAY, LIVE)
        assert (await unit.look(DIARY, 1)).lived
        await unit.handle(DIARY, 1, TUESDAY, FOLLOWS)

    await handle.together(work)
    assert (await handle.look(DIARY, 1)).lived


async def test_a_process_that_did_not_see_the_act_knows_it_from_the_log(handle: Handling, store: MemoryStore) -> None:
    await handle(DIARY, 1, MONDAY, context=TOLD)
    other = handling(store)
    assert not (await other.look(DIARY, 1)).lived
    await handle(DIARY, 1, TODAY, context=LIVE)
    with pytest.raises(PeopleActOnIt):
        await other(DIARY, 1, TUESDAY, context=TOLD)
    assert (await other.as_of(DIARY, 1, NOON)).lived
