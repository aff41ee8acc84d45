"""What a process appends it need not read again to publish and project it, and holds it as the log does."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from common.eventstore.chain import BEGINNING
from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Append, Context, NewFact, Recorded
from common.eventstore.tail import Tail
from common.values import Person, Rule

PERSON = Person(person="p-1", company="alpha", role="solver")
MADRID = timezone(timedelta(hours=2))
AT = datetime(2026, 3, 2, 14, 0, 0, 123_456, tzinfo=MADRID)


class Counting(PostgresStore):
    """Counts how often the log is read."""

    reads = 0

    async def read_log(self, *, after: int, limit: int) -> Sequence[Recorded]:
        self.reads += 1
        return await super().read_log(after=after, limit=limit)


@pytest.fixture
def store(pool: "asyncpg.Pool[asyncpg.Record]") -> Counting:
    return Counting(pool, clock=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def tail(store: Counting) -> Tail:
    return Tail(store)


def appending(stream: str, texts: Sequence[str], *, expected: int = 0, previous: bytes = BEGINNING) -> Append:
    return Append(stream=stream, expected=expected, previous=previous, facts=tuple(map(_fact, texts)))


def _fact(text: str) -> NewFact:
    context = Context(
        actor=PERSON if text else Rule(rule="r"), correlation=uuid7(), causation=uuid7() if text else None,
        trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" if text else None,
        performed_by="beta" if text else None, imported=not text,
    )  # fmt: skip
    return NewFact(
        event_id=uuid7(), name="said", schema=1, data=b'{"text": "' + text.encode() + b'",  "n":1e2}', at=AT,
        recorded_at=AT, agreement_id=UUID(int=7) if text else None, published=bool(text), context=context,
        confided=b'{"a": "\xc3\xb1"}' if text else None,
    )  # fmt: skip


async def test_what_was_appended_here_is_known_as_the_log_holds_it(store: Counting, tail: Tail) -> None:
    await store.append_together([appending("note-1", ["uno", "", "ñ"]), appending("note-2", ["dos"])])
    await asyncio.gather(*(store.append(appending(f"note-{n}", ["tres", "cuatro"])) for n in range(3, 9)))
    known = await tail.read_log(after=0, limit=100)
    assert store.reads == 0
    assert known == await store.read_log(after=0, limit=100)
    assert [one.position for one in known] == list(range(1, 17))
    assert await tail.read_log(after=4, limit=3) == known[4:7]


async def test_commits_may_become_known_in_any_order(store: Counting, tail: Tail) -> None:
    told: list[Sequence[Recorded]] = []
    store.on_facts = told.append
    for n in range(4):
        await store.append(appending(f"note-{n}", ["a", "b"]))
    take = Tail(store)
    hear = store.on_facts
    for n in (0, 2, 3, 1):
        hear(told[n])
    assert [one.position for one in await take.read_log(after=0, limit=100)] == list(range(1, 9))
    assert store.reads == 0


async def test_what_another_process_appended_between_is_read(
    store: Counting, tail: Tail, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    another = PostgresStore(pool, clock=store._clock)  # pyright: ignore[reportPrivateUsage]
    await store.append(appending("note-1", ["a"]))
    await another.append(appending("note-2", ["b"]))
    await store.append(appending("note-3", ["c"]))
    for after in (0, 1, 2):
        read = await tail.read_log(after=after, limit=100)
        assert [one.position for one in read] == [1, 2, 3][after:]
    assert store.reads >= 1


async def test_a_refused_append_leaves_nothing(store: Counting, tail: Tail) -> None:
    await store.append(appending("note-1", ["a"]))
    outcomes = await asyncio.gather(
        store.append(appending("note-1", ["b"])), store.append(appending("note-2", ["c"])), return_exceptions=True
    )
    assert [type(one).__name__ for one in outcomes] == ["Stale", "Appended"]
    assert [one.stream for one in await tail.read_log(after=0, limit=10)] == ["note-1", "note-2"]


async def test_no_more_than_a_little_is_remembered(store: Counting, tail: Tail) -> None:
    for n in range(3):
        await store.append(appending(f"note-{n}", ["x" * 50_000] * 100))
    read = await tail.read_log(after=0, limit=1_000)
    assert [one.position for one in read] == list(range(1, 301))
    assert store.reads == 1, "the first were forgotten"
    assert [one.position for one in await tail.read_log(after=250, limit=9)] == list(range(251, 260))
    assert store.reads == 1
