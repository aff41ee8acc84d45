"""Dead letters: facts that could not be handled, seen, tried again or discarded by a person."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Pool, Record

from common.messaging.waiting import LIVE
from common.refusals import Conflict, Invalid, NotFound

_COLUMNS = (
    "id, source, stream, position, name, state, refusal, reason, attempts, next_try_at, waiting_since, dead_at, "
    "retried_by, retried_at, discarded_by, discard_reason, discarded_at"
)
_LIST = f"""
    SELECT {_COLUMNS} FROM waiting_messages
    WHERE state = ANY($1::text[]) AND ($2::text IS NULL OR source = $2) ORDER BY source, position LIMIT $3
"""
_SHOW = f"SELECT {_COLUMNS}, headers, body FROM waiting_messages WHERE id = $1"
_RETRY = """
    UPDATE waiting_messages
    SET state = 'retrying', attempts = 0, next_try_at = clock_timestamp(), retried_by = $2,
        retried_at = clock_timestamp()
    WHERE id = $1 AND state = 'dead'
"""
_DISCARD = f"""
    UPDATE waiting_messages
    SET state = 'discarded', next_try_at = NULL, discarded_by = $2, discard_reason = $3,
        discarded_at = clock_timestamp()
    WHERE id = $1 AND {LIVE}
"""


class UnknownLetter(NotFound):
    """No message with this id waits here."""


class NotDead(Conflict):
    """Only a dead letter can be tried again; this one is not dead."""


class AlreadySettled(Conflict):
    """The message was handled or discarded before."""


class NoReason(Invalid):
    """Discarding needs a reason and the name of who decides it."""


async def letters(
    database: "Pool[Record] | Connection[Record]",
    *,
    states: Sequence[str] = ("dead",),
    source: str | None = None,
    limit: int = 200,
) -> list[Mapping[str, Any]]:
    """Return the messages in one of *states* (retrying, behind, dead, discarded, handled), in order."""
    return [dict(row) for row in await database.fetch(_LIST, list(states), source, limit)]


async def letter(database: "Pool[Record] | Connection[Record]", letter_id: UUID) -> Mapping[str, Any]:
    """Return one message with its headers and body."""
    row = await database.fetchrow(_SHOW, letter_id)
    if row is None:
        raise UnknownLetter
    return {**row, "headers": msgspec.json.decode(row["headers"]), "body": row["body"].decode(errors="replace")}


async def retry(database: "Pool[Record] | Connection[Record]", letter_id: UUID, *, by: str) -> None:
    """Have a dead letter handled again at once, and after it those of its stream that wait behind it."""
    if not (await database.execute(_RETRY, letter_id, by)).endswith(" 1"):
        await letter(database, letter_id)
        raise NotDead


async def discard(database: "Pool[Record] | Connection[Record]", letter_id: UUID, *, by: str, reason: str) -> None:
    """Give a message up for good; those of its stream that wait behind it go on. It is kept, with who and why."""
    if not (by.strip() and reason.strip()):
        raise NoReason
    if not (await database.execute(_DISCARD, letter_id, by, reason)).endswith(" 1"):
        await letter(database, letter_id)
        raise AlreadySettled
