"""A text can be kept from a reader, who checks the history all the same; nobody can change it unseen."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from common.deciders import Decider
from common.eventstore.chain import link_of
from common.eventstore.confiding import Told, confide, digest_of, disagreement, told_openly, write_texts
from common.eventstore.migrating import create_kernel_tables
from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Context, Recorded
from common.eventstore.verifying import Verdict, verify_history
from common.handling import Handling
from common.history import History, Kind
from common.values import Confided, Rule, value

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@value
class Part:
    inner: Confided | None


@value
class Stated:
    why: Confided
    parts: tuple[Part, ...]
    at: datetime


@value
class StatedBefore:
    why: str
    parts: tuple[Part, ...]
    at: datetime


def _confiding(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "why": told_openly(raw["why"])}


def state(_: None, command: Stated) -> list[Stated]:
    return [command]


THING = Kind(name="thing", decider=Decider(initial=None, decide=state, evolve=lambda _s, _f: None))
HISTORY = History(service="things", kinds=(THING,), names={"stated": Stated}, upcasts={"stated": [_confiding]})
CONTEXT = Context(actor=Rule(rule="test"), correlation=UUID(int=7))


def stated(why: str = "the wrong part", inner: str | None = "who ordered it") -> Stated:
    return Stated(why=confide(why), parts=(Part(inner=confide(inner) if inner else None),), at=NOON)


def test_a_fact_is_written_with_the_digest_and_read_back_with_its_texts() -> None:
    fact = stated()
    data, confided = HISTORY.written(fact)
    assert confided is not None
    assert b"wrong part" not in data
    read = HISTORY.read("stated", 2, data, confided)
    assert read == fact
    assert (read.why.text, read.parts[0].inner.text) == ("the wrong part", "who ordered it")
    assert HISTORY.read("stated", 2, data).why.text is None


def test_a_fact_that_confides_nothing_has_nothing_beside_it() -> None:
    assert HISTORY.written(Part(inner=None)) == (b'{"inner":null}', None)


def test_the_same_text_has_another_digest_each_time_so_that_it_cannot_be_guessed() -> None:
    one, other = confide("no"), confide("no")
    assert one != other
    assert one.digest == hashlib.sha256(bytes.fromhex(one.salt) + b"no").hexdigest()
    assert "no" not in repr(one).lower()[len("Confided(") :].replace(one.digest, "")


def test_a_fact_from_before_is_read_with_its_text() -> None:
    data = b'{"why":"as it was","parts":[],"at":"2026-03-02T12:00:00Z"}'
    assert HISTORY.read("stated", 1, data).why.text == "as it was"


def test_no_byte_can_move_from_the_salt_to_the_text() -> None:
    digest = digest_of(b"x" * 16, "yes")
    data = b'{"why":{"confided":"%s"}}' % digest.encode()
    assert disagreement(data, write_texts({digest: Told(salt=(b"x" * 16).hex(), text="yes")})) is None
    assert digest_of(b"x" * 15, "xyes") == digest
    assert disagreement(data, write_texts({digest: Told(salt=(b"x" * 15).hex(), text="xyes")})) is not None


async def _kept(database: str, *statements: str) -> tuple[list[Recorded], Verdict]:
    await create_kernel_tables(database)
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        store = PostgresStore(pool, clock=lambda: NOON)
        handle = Handling(store, HISTORY, clock=lambda: NOON, new_id=lambda: UUID(int=1))
        for fact in (stated(), stated("another", inner=None), stated("a third")):
            await handle(THING, "1", fact, context=CONTEXT)
        kept = list(await store.read("thing-1"))
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("ALTER TABLE events DISABLE TRIGGER events_are_for_ever")
        for statement in statements:
            await connection.execute(statement)
        return kept, await verify_history(connection)
    finally:
        await connection.close()


async def test_who_is_not_shown_the_texts_can_check_the_chain(database: str) -> None:
    kept, verdict = await _kept(database)
    assert verdict.broken == ()
    assert all(b"third" not in one.data and link_of(one) == one.hash for one in kept)
    assert HISTORY.recall(kept[2]).why.text == "a third"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET confided = replace(confided::text, 'another', 'an other')::json WHERE version = 2",
        "UPDATE events SET confided = NULL WHERE version = 2",
        "UPDATE events SET confided = '{}' WHERE version = 2",
        "UPDATE events SET confided = '[1]' WHERE version = 2",
        "UPDATE events SET confided = (SELECT confided FROM events WHERE version = 3) WHERE version = 2",
        "UPDATE events SET data = regexp_replace(data::text, '[0-9a-f]{64}', repeat('0', 64))::json WHERE version = 2",
    ],
)
async def test_a_changed_text_or_digest_is_found(database: str, statement: str) -> None:
    _, verdict = await _kept(database, statement)
    assert [(one.stream, one.version) for one in verdict.broken] == [("thing-1", 2)]
