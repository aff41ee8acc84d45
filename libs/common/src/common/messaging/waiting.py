"""The messages that wait to be handled, each stream's in order: reading and writing their table."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Pool, Record

from common.eventstore.recorded import Effect
from common.messaging.patience import Failure
from common.messaging.places import Unreadable
from common.values import value

LIVE = "state IN ('retrying', 'behind', 'dead')"
TOO_NEW = ("NotUnderstood", "UnknownFact")
"""The refusals of a program that could not read something: a fact of another service, or one of its own service."""
JUST_PARKED = 2.0
"""Seconds within which what was put to wait is most likely handled: so long, whoever waits to see it does so."""
_IS_PARKED = f"state = 'retrying' AND waiting_since > clock_timestamp() - make_interval(secs => {JUST_PARKED})"
PARKED = f"""
    SELECT source, min(position) AS position FROM waiting_messages WHERE {_IS_PARKED} GROUP BY source
"""
"""The first fact of each source that has just been put to wait."""
_PARKED_OF = f"""
    SELECT DISTINCT ON (stream) stream, position,
           extract(epoch FROM clock_timestamp() - waiting_since)::float8 AS seconds
    FROM waiting_messages WHERE source = $1 AND {_IS_PARKED} ORDER BY stream, position
"""

_PUT = """
    INSERT INTO waiting_messages
        (id, source, stream, position, name, headers, body, state, refusal, reason, attempts, next_try_at,
         waiting_since, dead_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text, $9, $10, $11,
            clock_timestamp() + make_interval(secs => $12::float8), clock_timestamp(),
            CASE WHEN $8::text = 'dead' THEN clock_timestamp() END)
    ON CONFLICT (id) DO NOTHING
"""
_HEADS = f"""
    SELECT DISTINCT ON (stream) stream,
           CASE WHEN state = 'behind' THEN 0
                ELSE extract(epoch FROM next_try_at - clock_timestamp())::float8 END AS wait
    FROM waiting_messages WHERE source = $1 AND {LIVE} ORDER BY stream, position
"""
_OF_STREAM = f"""
    SELECT id, source, stream, position, name, headers, body, attempts, dead_at IS NOT NULL AS was_dead
    FROM waiting_messages WHERE source = $1 AND stream = $2 AND {LIVE} ORDER BY position LIMIT $3
"""
_ANEW = """
    UPDATE waiting_messages SET next_try_at = clock_timestamp()
    WHERE source = $1 AND state = 'dead' AND next_try_at IS NULL AND refusal = ANY($2::text[])
"""
_KEEP_AS_HANDLED = f"UPDATE waiting_messages SET state = 'handled', next_try_at = NULL WHERE id = $1 AND {LIVE}"
_DROP = f"DELETE FROM waiting_messages WHERE id = $1 AND {LIVE}"
_FAILED = f"""
    UPDATE waiting_messages
    SET state = $2::text, refusal = $3, reason = $4, attempts = $5,
        next_try_at = clock_timestamp() + make_interval(secs => $6::float8),
        dead_at = CASE WHEN $2::text = 'dead' THEN coalesce(dead_at, clock_timestamp()) ELSE dead_at END
    WHERE id = $1 AND {LIVE}
"""


class Changed(Exception):
    """Someone else settled a waiting message meanwhile; nothing of this transaction may stand."""


@value
class Letter:
    """A message as it came: what is needed to read it, now or later, and to keep it in its stream's order."""

    id: UUID
    source: str
    stream: str
    position: int
    name: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def imported(self) -> bool:
        """Return whether a source told it; what does not say so is not taken for what people did."""
        return self.headers.get("ce-imported") != "false"

    @property
    def schema(self) -> int:
        """Return the version that the fact is in. Raises ``Unreadable`` when it does not say."""
        said = self.headers.get("ce-type", "").rpartition(".v")[2]
        if not said.isdecimal():
            raise Unreadable(f"it does not say in which version of {self.name} it is")
        return int(said)


@value
class Waiting:
    """A letter that waits, and how often it was tried."""

    letter: Letter
    attempts: int
    was_dead: bool


async def try_unread_again(pool: "Pool[Record]", source: str) -> None:
    """Have each dead letter that was too new for a program before this one tried once more; dead it stays meanwhile."""
    await pool.execute(_ANEW, source, TOO_NEW)


async def just_parked(pool: "Pool[Record]", source: str) -> dict[str, tuple[int, float]]:
    """Return where each of *source*'s streams that has just begun to wait does so, and for how many seconds it has."""
    rows = await pool.fetch(_PARKED_OF, source)
    return {row["stream"]: (row["position"], row["seconds"]) for row in rows}


async def heads(pool: "Pool[Record]", source: str) -> dict[str, float | None]:
    """Return each waiting stream with the seconds until it is tried again, None for not before an operator says so."""
    return {row["stream"]: row["wait"] for row in await pool.fetch(_HEADS, source)}


async def of_stream(pool: "Pool[Record]", source: str, stream: str, limit: int) -> Sequence[Waiting]:
    """Return the first waiting messages of *stream*, in order."""
    return [_waiting(row) for row in await pool.fetch(_OF_STREAM, source, stream, limit)]


def putting(letter: Letter, failure: Failure) -> Effect:
    """Return the effect that lets *letter* wait."""

    async def put(connection: "Connection[Any]") -> None:
        await connection.execute(
            _PUT, letter.id, letter.source, letter.stream, letter.position, letter.name,
            msgspec.json.encode(dict(letter.headers)).decode(), letter.body, failure.state, failure.refusal,
            failure.reason, failure.attempts, failure.again_in,
        )  # fmt: skip

    return put


def settling(waiting: Waiting) -> Effect:
    """Return the effect that *waiting* waits no longer; one that was dead is kept with who had it retried."""

    async def settle(connection: "Connection[Any]") -> None:
        await _change(connection, _KEEP_AS_HANDLED if waiting.was_dead else _DROP, waiting.letter.id)

    return settle


def failing(waiting: Waiting, failure: Failure) -> Effect:
    """Return the effect that *waiting* has failed once more."""

    async def fail(connection: "Connection[Any]") -> None:
        await _change(
            connection, _FAILED, waiting.letter.id, failure.state, failure.refusal, failure.reason, failure.attempts,
            failure.again_in,
        )  # fmt: skip

    return fail


async def _change(connection: "Connection[Any]", statement: str, *arguments: object) -> None:
    if not (await connection.execute(statement, *arguments)).endswith(" 1"):
        raise Changed


def _waiting(row: Record) -> Waiting:
    letter = Letter(
        id=row["id"],
        source=row["source"],
        stream=row["stream"],
        position=row["position"],
        name=row["name"],
        headers=msgspec.json.decode(row["headers"], type=dict[str, str]),
        body=row["body"],
    )
    return Waiting(letter=letter, attempts=row["attempts"], was_dead=row["was_dead"])
