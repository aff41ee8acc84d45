"""Whole lives as four services keep them: what a history of many is made of.

A life is a customer with what happened to them: their streams in every database, what was answered to whom asked for
it, what one service keeps of another's facts, and the customer's key.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import SERVICES

Row = Mapping[str, Any]

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEYS = "customer_keys"
_OTHERS = {"touchpoints": ("told", _KEYS)}
"""Tables whose rows rebuilding does not bring about: those made of others' facts, and keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A life that was lived through the APIs: *reference* is what its things are called by *company*."""

    reference: str
    company: str
    customer_id: str
    contact_id: str
    case_id: str | None

    @property
    def things(self) -> frozenset[str]:
        """The ids of the things whose streams are this life's."""
        return frozenset(one for one in (self.customer_id, self.contact_id, self.case_id) if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the database of a service keeps of one life: rows by table, each in the log's order."""

    events: Sequence[Row]
    idempotency: Sequence[Row]
    others: Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A life to make others like, with all that is kept of it by service; *own* are the ids that are nobody else's."""

    life: Life
    kept: Mapping[str, Kept]
    key: Row
    own: tuple[str, ...]

    @property
    def facts(self) -> int:
        """How many facts it has in all."""
        return sum(len(kept.events) for kept in self.kept.values())


async def templates(deployment: Deployment, lives: Sequence[Life]) -> Sequence[Template]:
    """Read what the databases keep of *lives*."""
    found = {service.name: await _read(deployment, service.name) for service in SERVICES}
    things = frozenset[str]().union(*(life.things for life in lives))
    shared = _ids(row for rows in found.values() for row in rows["events"] if _thing(row) not in things)
    return [_template(life, found, shared) for life in lives]


async def _read(deployment: Deployment, service: str) -> dict[str, list[Row]]:
    tables = ("events", "idempotency", *_OTHERS.get(service, ()))
    connection = await asyncpg.connect(deployment.database_url(service))
    try:
        return {table: [dict(row) for row in await connection.fetch(_all_of(table))] for table in tables}
    finally:
        await connection.close()


def _all_of(table: str) -> str:
    return f"SELECT * FROM {table}" + ("" if table == _KEYS else " ORDER BY position")


def _template(life: Life, found: Mapping[str, Mapping[str, list[Row]]], shared: frozenset[str]) -> Template:
    kept = {service: _kept(life, tables) for service, tables in found.items()}
    key = next(row for row in found["touchpoints"][_KEYS] if str(row["customer_id"]) == life.customer_id)
    own = _ids(row for one in kept.values() for row in one.events) - shared
    return Template(life=life, kept=kept, key=key, own=tuple(sorted(own)))


def _kept(life: Life, tables: Mapping[str, list[Row]]) -> Kept:
    events = [row for row in tables["events"] if _thing(row) in life.things]
    positions = {row["position"] for row in events}
    others = {name: rows for name, rows in tables.items() if name not in {"events", "idempotency", _KEYS}}
    return Kept(
        events=events,
        idempotency=[row for row in tables["idempotency"] if row["position"] in positions],
        others={name: [row for row in rows if str(row["case_id"]) == life.case_id] for name, rows in others.items()},
    )


def _thing(row: Row) -> str:
    """Return the id of the thing that a fact happened to."""
    return row["stream"].partition("-")[2]


def _ids(rows: Iterable[Row]) -> frozenset[str]:
    """Return every id that *rows* of events mention."""
    return frozenset(one for row in rows for value in row.values() for one in _ID.findall(str(value)))
