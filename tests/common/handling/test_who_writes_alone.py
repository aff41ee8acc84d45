"""A process that writes alone reads a thing once; what others write all the same is seen as soon as it is told."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from common.deciders import Decider
from common.eventstore.migrating import create_kernel_tables
from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Context, Recorded
from common.eventstore.tail import Tail
from common.handling import Handling
from common.history import History, Kind
from common.projecting import Projector
from common.values import Person, value

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTEXT = Context(actor=Person(person="ana", company="telco-a", role="solver"), correlation=UUID(int=7))


@value
class Count:
    at: datetime


@value
class Counted:
    at: datetime


SHEEP: Kind[int, Count, Counted] = Kind(
    name="sheep",
    decider=Decider(initial=0, decide=lambda _, count: [Counted(at=count.at)], evolve=lambda counted, _: counted + 1),
)
HISTORY = History(service="meadow", kinds=(SHEEP,), names={"sheep-counted": Counted})
COUNT = Count(at=NOON)


class Read(PostgresStore):
    """Remembers which streams were read."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        super().__init__(pool, clock=lambda: NOON)
        self.streams: list[str] = []

    async def read(
        self, stream: str, *, after: int = 0, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[Recorded]:
        self.streams.append(stream)
        return await super().read(stream, after=after, until=until, limit=limit)


@pytest.fixture
async def pool(database: str) -> AsyncGenerator["asyncpg.Pool[asyncpg.Record]"]:
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        await create_kernel_tables(database)
        yield pool


@pytest.fixture
def store(pool: "asyncpg.Pool[asyncpg.Record]") -> Read:
    return Read(pool)


@pytest.fixture
def alone(store: Read) -> Handling:
    handle = Handling(store, HISTORY, clock=lambda: NOON, new_id=uuid7, alone=True)
    store.on_commit = handle.committed
    return handle


@pytest.fixture
def another(pool: "asyncpg.Pool[asyncpg.Record]") -> Handling:
    return Handling(PostgresStore(pool, clock=lambda: NOON), HISTORY, clock=lambda: NOON, new_id=uuid7)


async def test_a_thing_is_read_once(store: Read, alone: Handling, another: Handling) -> None:
    await another(SHEEP, 1, COUNT, context=CONTEXT)
    assert [(await alone.look(SHEEP, 1)).state for _ in range(3)] == [1, 1, 1]
    await alone(SHEEP, 1, COUNT, context=CONTEXT)
    await alone(SHEEP, 2, COUNT, context=CONTEXT)
    assert [(await alone.look(SHEEP, key)).state for key in (1, 2)] == [2, 1]
    assert store.streams == ["sheep-1"], "what one has written oneself one knows"


async def test_who_finds_that_others_write_reads_again(store: Read, alone: Handling, another: Handling) -> None:
    await alone(SHEEP, 1, COUNT, context=CONTEXT)
    await another(SHEEP, 1, COUNT, context=CONTEXT)
    assert (await alone.look(SHEEP, 1)).state == 1
    alone.doubt()
    assert (await alone.look(SHEEP, 1)).state == 2
    await another(SHEEP, 1, COUNT, context=CONTEXT)
    assert (await alone.look(SHEEP, 1)).state == 3


async def test_a_projector_finds_out_that_another_runs(
    pool: "asyncpg.Pool[asyncpg.Record]", alone: Handling, another: Handling
) -> None:
    doubts: list[int] = []
    ours = Projector(pool, alone.store, HISTORY, (), on_others=lambda: doubts.append(1))
    for _ in range(3):
        await alone(SHEEP, 1, COUNT, context=CONTEXT)
        assert await ours.step() == 1
        assert await ours.step() == 0
    assert doubts == []
    await another(SHEEP, 1, COUNT, context=CONTEXT)
    assert await Projector(pool, another.store, HISTORY, ()).step() == 1
    assert await ours.step() == 0
    assert await ours.step() == 0
    await asyncio.sleep(0.6)  # until it is not sure any more that nobody has gone on
    assert await ours.step() == 0
    assert doubts


async def test_who_is_not_alone_reads_again(another: Handling, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    third = Handling(PostgresStore(pool, clock=lambda: NOON), HISTORY, clock=lambda: NOON, new_id=uuid7)
    for counted in (1, 2, 3):
        await another(SHEEP, 1, COUNT, context=CONTEXT)
        assert (await third.look(SHEEP, 1)).state == counted


async def test_what_another_process_wrote_all_the_same_is_known_from_the_log(
    store: Read, alone: Handling, another: Handling
) -> None:
    await alone(SHEEP, 1, COUNT, context=CONTEXT)
    await another(SHEEP, 1, COUNT, context=CONTEXT)
    tail = Tail(store, alone.committed)
    assert (await alone.look(SHEEP, 1)).state == 1
    assert len(await tail.read_log(after=0, limit=10)) == 2
    assert (await alone.look(SHEEP, 1)).state == 2


async def test_what_another_process_wrote_all_the_same_is_never_written_over(
    alone: Handling, another: Handling
) -> None:
    await alone(SHEEP, 1, COUNT, context=CONTEXT)
    await another(SHEEP, 1, COUNT, context=CONTEXT)
    assert (await alone(SHEEP, 1, COUNT, context=CONTEXT)).version == 3
    await another(SHEEP, 1, COUNT, context=CONTEXT)

    async def count(unit: object) -> None:
        await unit.handle(SHEEP, 1, COUNT, CONTEXT)  # pyright: ignore[reportAttributeAccessIssue] - a Unit

    await alone.together(count)
    assert (await alone.look(SHEEP, 1)).state == 5


async def test_a_commit_that_nobody_waited_for_any_more_is_known(store: Read, alone: Handling) -> None:
    for _ in range(20):
        before = await alone.look(SHEEP, 1)
        asking = asyncio.create_task(alone(SHEEP, 1, COUNT, context=CONTEXT))
        while not store._waiting and store._committing is None:  # pyright: ignore[reportPrivateUsage]
            await asyncio.sleep(0)
        asking.cancel()
        reading = asyncio.create_task(alone.look(SHEEP, 1))
        with suppress(asyncio.CancelledError):
            await asking
        await store.drain()
        await reading
        assert (await alone.look(SHEEP, 1)).version == len(await store.read("sheep-1")) == before.version + 1


async def test_a_log_is_read_once_by_all_who_follow_it(store: Read, alone: Handling, another: Handling) -> None:
    tail = Tail(store)
    await alone(SHEEP, 1, COUNT, context=CONTEXT)
    one, two = await asyncio.gather(tail.read_log(after=0, limit=10), tail.read_log(after=0, limit=10))
    assert one[0] is two[0], "both were given what was read for the first"
    await another(SHEEP, 1, COUNT, context=CONTEXT)
    assert len(await tail.read_log(after=0, limit=10)) == 1, "nobody has said that there is more"
    tail.forget()
    assert [one.position for one in await tail.read_log(after=0, limit=10)] == [1, 2]
    assert [one.position for one in await tail.read_log(after=1, limit=10)] == [2]
    await alone(SHEEP, 1, COUNT, context=CONTEXT)
    assert [one.position for one in await tail.read_log(after=0, limit=10)] == [1, 2, 3], "it wrote it itself"
    assert [one.position for one in await tail.read_log(after=1, limit=1)] == [2]
    assert await tail.read_log(after=3, limit=10) == []
    assert await tail.head() == 3
