"""Who has seen how much of a service's log: its own progress, the services that follow it, and what is on NATS."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any

from asyncpg import Connection
from nats.errors import TimeoutError as NothingCame
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from common.eventstore.chain import Broken
from common.eventstore.verifying import LOG, Witness

_OWN = """
    SELECT 'its relay' AS name, position FROM checkpoints WHERE name = 'relay'
    UNION ALL SELECT 'its projections', max(position) FROM projection_progress HAVING count(*) > 0
    UNION ALL SELECT 'an answer it gave', max(position) FROM idempotency HAVING count(*) > 0
"""
_FOLLOWED = """
    SELECT greatest(
        (SELECT max(position) FROM inbox_shares WHERE source = $1),
        (SELECT max(position) FROM waiting_messages WHERE source = $1)
    )
"""
_KNOWN = "SELECT position, encode(hash, 'hex') AS hash FROM events WHERE position = ANY($1::bigint[])"
_AT_ONCE = 500
_PATIENCE = 5.0

Seen = Mapping[int, str]
"""The hashes of facts as somebody saw them, by position."""


async def its_own(connection: "Connection[Any]") -> list[Witness]:
    """Return what the service's own database says of how far its log went."""
    return [Witness(name=row["name"], position=row["position"]) for row in await connection.fetch(_OWN)]


async def follower(connection: "Connection[Any]", follows: str, name: str) -> Witness:
    """Return how far the service *name* took in the facts of the service *follows*; 0 when it does not."""
    position = await connection.fetchval(_FOLLOWED, follows)
    return Witness(name=name, position=position or 0)


async def last_on_stream(jetstream: JetStreamContext, stream: str, service: str) -> Seen:
    """Return the service's last fact that is on NATS; nothing when there is none."""
    try:
        last = await jetstream.get_last_msg(stream, f"acuerdo.*.{service}.>")
    except NotFoundError:
        return {}
    return _seen([last.headers])


async def all_on_stream(jetstream: JetStreamContext, stream: str, service: str) -> AsyncGenerator[Seen]:
    """Yield all of the service's facts that are on NATS now, some at a time."""
    config = api.ConsumerConfig(
        ack_policy=api.AckPolicy.NONE,
        deliver_policy=api.DeliverPolicy.ALL,
        headers_only=True,
        inactive_threshold=60,
    )
    reading = await jetstream.pull_subscribe(f"acuerdo.*.{service}.>", stream=stream, config=config)
    try:
        left = (await reading.consumer_info()).num_pending or 0
        while left > 0:
            came = await reading.fetch(min(_AT_ONCE, left), timeout=_PATIENCE)
            left -= len(came)
            yield _seen([message.headers for message in came])
    finally:
        with suppress(NothingCame):
            await reading.unsubscribe()


async def disputed(connection: "Connection[Any]", seen: Seen) -> list[Broken]:
    """Return which facts that were *seen* the log does not have, or has otherwise."""
    known = {row["position"]: row["hash"] for row in await connection.fetch(_KNOWN, list(seen))}
    return [
        Broken(
            stream=LOG,
            version=position,
            why="another fact is on NATS in this place" if position in known else "it is on NATS and no longer here",
        )
        for position, hashed in sorted(seen.items())
        if known.get(position) != hashed
    ]


def _seen(messages: list[dict[str, str] | None]) -> Seen:
    read = [(one or {}) for one in messages]
    return {int(one["ce-position"]): one["ce-hash"] for one in read if one.get("ce-position", "").isdecimal()}
