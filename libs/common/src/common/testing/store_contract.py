"""What every store must do: one suite, run against each implementation."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.eventstore.chain import BEGINNING, verify
from common.eventstore.recorded import AlreadyAsked, Append, Context, NewFact, Once, Stale, Store
from common.values import Person

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTEXT = Context(actor=Person(person="ana", company="telco-a", role="solver"), correlation=UUID(int=7))


def fact(number: int, name: str = "thing-happened", recorded_at: datetime = NOON) -> NewFact:
    """Return a fact that says *number*."""
    return NewFact(
        event_id=UUID(int=number),
        name=name,
        schema=1,
        data=b'{"number": %d,  "odd spacing": true}' % number,
        at=NOON - timedelta(days=number),
        recorded_at=recorded_at,
        agreement_id=UUID(int=1),
        published=True,
        context=CONTEXT,
    )


def begin(stream: str, *facts: NewFact, once: Once | None = None, due: datetime | None = None) -> Append:
    """Return an append that begins *stream*."""
    return Append(
        stream=stream,
        expected=0,
        previous=BEGINNING,
        facts=facts,
        onces=() if once is None else (once,),
        due=due,
        moves_due=due is not None,
    )


def once(key: str) -> Once:
    """Return an idempotency key with its answer."""
    return Once(key=key, fingerprint=b"f", status=201, answer=b"{}")


class StoreContract:
    """Subclass it and give a ``store`` fixture."""

    async def test_facts_are_read_back_as_they_were_put(self, store: Store) -> None:
        appended = await store.append(begin("case-1", fact(1), fact(2)))
        read = await store.read("case-1")
        assert [one.version for one in read] == [1, 2]
        assert read[0].data == fact(1).data, "the text itself is kept, for the hash covers it"
        assert read[1].hash == appended.hash
        assert (read[0].actor, read[0].at, read[0].agreement_id) == (CONTEXT.actor, fact(1).at, UUID(int=1))

    async def test_an_append_to_a_stream_that_has_moved_on_adds_nothing(self, store: Store) -> None:
        await store.append(begin("case-1", fact(1)))
        with pytest.raises(Stale):
            await store.append(begin("case-1", fact(2)))
        assert len(await store.read("case-1")) == 1

    async def test_a_conflict_fails_only_its_own_command(self, store: Store) -> None:
        await store.append(begin("case-1", fact(1)))
        outcomes = await asyncio.gather(
            store.append(begin("case-2", fact(2))),
            store.append(begin("case-1", fact(3))),
            store.append(begin("case-3", fact(4))),
            return_exceptions=True,
        )
        assert [isinstance(one, Stale) for one in outcomes] == [False, True, False]

    async def test_positions_count_without_gaps(self, store: Store) -> None:
        await asyncio.gather(*(store.append(begin(f"case-{n}", fact(n), fact(n + 100))) for n in range(1, 40)))
        log = await store.read_log(after=0, limit=1_000)
        assert [one.position for one in log] == list(range(1, 79))
        assert await store.head() == 78

    async def test_the_log_is_read_on_from_a_position(self, store: Store) -> None:
        await store.append(begin("case-1", *(fact(n) for n in range(1, 6))))
        assert [one.position for one in await store.read_log(after=2, limit=2)] == [3, 4]

    async def test_each_fact_is_chained_to_the_one_before(self, store: Store) -> None:
        first = await store.append(begin("case-1", fact(1), fact(2)))
        await store.append(Append(stream="case-1", expected=2, previous=first.hash, facts=(fact(3),)))
        assert verify(await store.read("case-1")) is None

    async def test_a_key_is_taken_once_and_its_answer_kept(self, store: Store) -> None:
        await store.append(begin("case-1", fact(1), once=once("k")))
        with pytest.raises(AlreadyAsked):
            await store.append(begin("case-2", fact(2), once=once("k")))
        answers = await store.answered(["k", "other"])
        assert {key: (one.status, one.version, one.position) for key, one in answers.items()} == {"k": (201, 1, 1)}
        assert not await store.read("case-2")

    async def test_a_key_is_kept_even_when_nothing_happened(self, store: Store) -> None:
        await store.append(begin("case-1", once=once("k")))
        assert (await store.answered(["k"]))["k"].position == 0

    async def test_a_stream_is_due_when_its_time_has_come(self, store: Store) -> None:
        await store.append(begin("case-1", fact(1), due=NOON))
        await store.append(begin("case-2", fact(2), due=NOON + timedelta(hours=1)))
        assert await store.claim(now=NOON, until=NOON + timedelta(hours=1), limit=10) == [("case-1", NOON)]

    async def test_who_claims_what_is_due_has_it_alone_until_it_is_due_again(self, store: Store) -> None:
        before, soon, later = NOON - timedelta(hours=1), NOON + timedelta(seconds=30), NOON + timedelta(hours=1)
        first = await store.append(begin("case-1", fact(1), due=NOON))
        await store.append(begin("case-2", fact(2), due=before))
        await store.append(begin("case-3", fact(3), due=later))
        assert await store.claim(now=NOON, until=soon, limit=1) == [("case-2", before)]
        assert await store.claim(now=NOON, until=soon, limit=5) == [("case-1", NOON)]
        assert await store.claim(now=NOON, until=soon, limit=5) == []
        await store.append(
            Append(stream="case-1", expected=1, previous=first.hash, facts=(fact(4),), due=later, moves_due=True)
        )
        assert await store.claim(now=soon, until=later, limit=5) == [("case-2", soon)]

    async def test_a_wake_up_moves_with_its_stream_and_can_be_cleared(self, store: Store) -> None:
        first = await store.append(begin("case-1", fact(1), due=NOON))
        await store.append(
            Append(stream="case-1", expected=1, previous=first.hash, facts=(fact(2),), due=None, moves_due=True)
        )
        assert not await store.claim(now=NOON, until=NOON + timedelta(hours=1), limit=10)

    async def test_together_means_all_or_nothing(self, store: Store) -> None:
        await store.append(begin("case-1", fact(1)))
        with pytest.raises(Stale):
            await store.append_together([begin("case-2", fact(2)), begin("case-1", fact(3))])
        assert not await store.read("case-2")
        stands = await store.append_together([begin("case-2", fact(2)), begin("case-3", fact(3))])
        assert [one.position for one in stands] == [2, 3]

    async def test_a_stream_can_be_read_as_it_was_recorded_at_a_moment(self, store: Store) -> None:
        later = fact(2, recorded_at=NOON + timedelta(hours=1))
        await store.append(begin("case-1", fact(1), later))
        assert len(await store.read("case-1", until=NOON)) == 1

    async def test_a_stream_can_be_read_part_by_part(self, store: Store) -> None:
        await store.append(begin("case-1", fact(1), fact(2), fact(3)))
        parts = [await store.read("case-1", after=after, limit=2) for after in (0, 2, 3)]
        assert [[one.version for one in part] for part in parts] == [[1, 2], [3], []]
