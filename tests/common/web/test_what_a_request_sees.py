"""A request reads each thing once, however many parts of it ask: what it sees does not change under it."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat
from fastapi import FastAPI
from starlette.requests import Request

from common.deciders import Decider
from common.eventstore.memory import MemoryStore
from common.eventstore.recorded import Context
from common.handling.handling import Handling
from common.history import History, Kind
from common.security.identity import Caller
from common.values import Person, value
from common.web.desk import Desk
from common.web.runtime import Runtime

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGREEMENT = UUID("0190a7f2-0000-7000-8000-000000000001")
ANA = Caller(person="ana", company="alpha", roles=frozenset({"writer"}))


@value
class Rung:
    at: datetime


BELL: Kind[int, Rung, Rung] = Kind(
    name="bell", decider=Decider(initial=0, decide=lambda _, command: [command], evolve=lambda rings, _: rings + 1)
)
HISTORY = History(service="bells", kinds=(BELL,), names={"rung": Rung})
BY = Context(actor=Person(person="ana", company="alpha", role="writer"), correlation=AGREEMENT)


class House:
    """A service of two processes, each with what it remembers, and how often the first asks who is party."""

    def __init__(self) -> None:
        store = MemoryStore(clock=lambda: NOON)
        one, other = (Handling(store, HISTORY, clock=lambda: NOON, new_id=uuid_utils.compat.uuid7) for _ in range(2))
        self.here, self.elsewhere = one, other
        self.asked = 0
        self.runtime = Runtime(
            service="bells", handle=one, store=store, tokens=self, clock=lambda: NOON,
            new_id=uuid_utils.compat.uuid7, parties=self.parties,
        )  # fmt: skip

    async def caller(self, token: str) -> Caller:  # noqa: ARG002 - everybody is Ana here
        return ANA

    async def parties(self, _: UUID) -> frozenset[str]:
        self.asked += 1
        return frozenset({"alpha"})

    def request(self) -> Desk:
        request = Request({"type": "http", "app": FastAPI(), "headers": []})
        return Desk(request, self.runtime, ANA, "writer")


async def rings(desk: Desk) -> int:
    return (await desk.look(BELL, "tower")).state


async def test_a_request_sees_a_thing_as_it_first_saw_it_and_the_next_one_as_it_stands_then() -> None:
    house = House()
    await house.elsewhere(BELL, "tower", Rung(at=NOON), context=BY)
    desk = house.request()
    assert await rings(desk) == 1
    await house.elsewhere(BELL, "tower", Rung(at=NOON), context=BY)
    assert (await rings(desk), await rings(house.request())) == (1, 2)


async def test_a_request_sees_what_it_did_itself_with_what_others_did_before() -> None:
    house = House()
    desk = house.request()
    assert await rings(desk) == 0
    await house.elsewhere(BELL, "tower", Rung(at=NOON), context=BY)
    await house.here(BELL, "tower", Rung(at=NOON), context=BY)
    assert await rings(desk) == 2


async def test_who_is_party_is_asked_once_by_each_request() -> None:
    house = House()
    for desk in (house.request(), house.request()):
        await desk.party(AGREEMENT)
        await desk.party(AGREEMENT)
    assert house.asked == 2
