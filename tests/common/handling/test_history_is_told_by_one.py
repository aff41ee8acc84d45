"""Only the company whose operator told the beginning of a thing tells more of it; others are told nothing of it."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest

from common.deciders import Decider
from common.eventstore.memory import MemoryStore
from common.eventstore.recorded import Context
from common.handling import Handling, Unit
from common.history import History, Kind
from common.refusals import Conflict
from common.shared_refusals import NotYoursToTell
from common.values import Person, Rule, value

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def told(company: str) -> Context:
    """Return what a line is told with by an operator of *company*, who says that it was somebody of telco-a."""
    actor = Person(person="ops", company=company, role="operator")
    return Context(actor=actor, correlation=UUID(int=7), imported=True, performed_by="telco-a/ana/agent")


OURS, THEIRS = told("telco-a"), told("desk-c")
LIVE = Context(actor=Person(person="ana", company="telco-a", role="agent"), correlation=UUID(int=7))
FOLLOWS = Context(actor=Rule(rule="reaction:told"), correlation=UUID(int=7), imported=True)


@value
class Name:
    name: str


@value
class Named:
    name: str
    at: datetime = NOON


class Differs(Conflict):
    """It has another name."""


def decide(state: str, command: Name) -> list[Named]:
    if state not in {"", command.name}:
        raise Differs
    return [] if state else [Named(name=command.name)]


decider: Decider[str, Name, Named] = Decider(initial="", decide=decide, evolve=lambda _, fact: fact.name)
PET = Kind(name="pet", decider=decider, told_by_one=True)
STRAY = Kind(name="stray", decider=decider)
HISTORY = History(service="shelf", kinds=(PET, STRAY), names={"pet-named": Named})
REX, GUESS = Name(name="rex"), Name(name="lux")


def handling(store: MemoryStore) -> Handling:
    ids = (UUID(int=n) for n in count(1))
    return Handling(store, HISTORY, clock=lambda: NOON, new_id=lambda: next(ids))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=lambda: NOON)


@pytest.fixture
def handle(store: MemoryStore) -> Handling:
    return handling(store)


@pytest.mark.parametrize("acted", [False, True])
async def test_right_and_wrong_guesses_of_another_source_are_answered_alike(handle: Handling, *, acted: bool) -> None:
    await handle(PET, 1, REX, context=OURS)
    if acted:
        assert (await handle(PET, 1, REX, context=LIVE)).facts == ()
    for guess in (REX, GUESS):
        with pytest.raises(NotYoursToTell):
            await handle(PET, 1, guess, context=THEIRS)
    assert (await handle(PET, 1, REX, context=OURS)).facts == ()
    with pytest.raises(Differs):
        await handle(PET, 1, GUESS, context=OURS)


async def test_the_teller_is_who_asked_and_never_whom_they_told_of(handle: Handling) -> None:
    await handle(PET, 1, REX, context=THEIRS)
    assert (await handle.look(PET, 1)).teller == "desk-c"
    with pytest.raises(NotYoursToTell):
        await handle(PET, 1, REX, context=OURS)


async def test_a_process_that_did_not_hear_it_told_knows_the_teller_from_the_log(
    handle: Handling, store: MemoryStore
) -> None:
    await handle(PET, 1, REX, context=OURS)
    other = handling(store)
    with pytest.raises(NotYoursToTell):
        await other(PET, 1, REX, context=THEIRS)
    assert (await other.as_of(PET, 1, NOON)).teller == "telco-a"


async def test_each_line_of_a_batch_and_each_command_of_a_unit_is_judged_so(handle: Handling) -> None:
    first, second = await handle.batch(PET, 1, [(REX, OURS, None), (REX, THEIRS, None)])
    assert not isinstance(first, Exception)
    assert isinstance(second, NotYoursToTell)

    async def work(unit: Unit) -> None:
        await unit.handle(PET, 2, REX, OURS)
        assert (await unit.look(PET, 2)).teller == "telco-a"
        with pytest.raises(NotYoursToTell):
            await unit.handle(PET, 2, REX, THEIRS)

    await handle.together(work)
    assert (await handle.look(PET, 2)).teller == "telco-a"


async def test_what_people_or_a_rule_began_has_no_teller(handle: Handling) -> None:
    await handle(PET, 1, REX, context=LIVE)
    await handle(PET, 2, REX, context=FOLLOWS)
    assert [(await handle.look(PET, key)).teller for key in (1, 2, 3)] == [None, None, None]
    assert (await handle(PET, 2, REX, context=THEIRS)).facts == ()


async def test_people_act_on_what_another_company_told_and_services_conclude_from_it(handle: Handling) -> None:
    await handle(PET, 1, REX, context=THEIRS)
    for context in (LIVE, FOLLOWS):
        assert (await handle(PET, 1, REX, context=context)).facts == ()


async def test_kinds_that_several_companies_tell_of_say_so(handle: Handling) -> None:
    await handle(STRAY, 1, REX, context=OURS)
    assert (await handle(STRAY, 1, REX, context=THEIRS)).facts == ()


async def test_whose_own_people_acted_on_a_thing_is_known_from_the_log_and_no_source_or_rule_says_so(
    handle: Handling, store: MemoryStore
) -> None:
    await handle(PET, 1, REX, context=OURS)
    await handle(PET, 2, REX, context=FOLLOWS)
    await handle(PET, 3, REX, context=LIVE)
    for one in (handle, handling(store)):
        acted = [(await one.look(PET, key)).acted for key in (1, 2, 3, 4)]
        assert acted == [frozenset(), frozenset(), frozenset({"telco-a"}), frozenset()]
        assert (await one.as_of(PET, 3, NOON)).acted == {"telco-a"}

    async def work(unit: Unit) -> None:
        await unit.handle(PET, 5, REX, LIVE)
        assert (await unit.look(PET, 5)).acted == {"telco-a"}

    await handle.together(work)
    assert (await handle.look(PET, 5)).acted == {"telco-a"}
