"""How facts become the rows that a question reads."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from common.eventstore.recorded import Recorded
from common.values import Actor, value

Row = TypeVar("Row")
Key = object


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a fact besides what it says; ``key`` is the row that is being changed."""

    key: Any
    position: int
    version: int
    stream: str
    event_id: UUID
    actor: Actor
    agreement_id: UUID | None
    at: datetime
    recorded_at: datetime
    imported: bool
    performed_by: str | None


@value
class Projection(Generic[Row]):
    """Rows of one table, each folded from the facts that concern it.

    ``key`` names the row or rows that a fact changes: a primary key's value (a tuple when it has several columns), a
    list of such, or None when the fact is of no concern. ``project`` returns the row afterwards, None to have none.
    Rows are plain values whose fields are the table's columns; durations are columns of seconds. ``anew`` tells of a
    fact that the row after it follows from it alone, whatever there was: that need not be read.
    """

    table: sa.Table
    row: type[Row]
    key: Callable[[Any], Any]
    project: Callable[[Row | None, Any, About], Row | None]
    anew: Callable[[Any], bool] = lambda _: False

    @property
    def name(self) -> str:
        """Return the name under which its progress is kept: the table's."""
        return self.table.name

    def keys(self, fact: Any) -> Sequence[tuple[Any, ...]]:
        """Return the primary keys of the rows that *fact* changes."""
        named = self.key(fact)
        if named is None:
            return ()
        many: list[Any] = named if isinstance(named, list) else [named]
        return [one if isinstance(one, tuple) else (one,) for one in many]


def of_types(*types: type[Any]) -> Callable[[object], bool]:
    """Return what tells whether a fact is of one of *types*."""
    return lambda fact: isinstance(fact, types)


def about(fact: Recorded, key: tuple[Any, ...]) -> About:
    """Return what is known of *fact* as it changes the row *key*."""
    return About(
        key=key[0] if len(key) == 1 else key,
        position=fact.position,
        version=fact.version,
        stream=fact.stream,
        event_id=fact.event_id,
        actor=fact.actor,
        agreement_id=fact.agreement_id,
        at=fact.at,
        recorded_at=fact.recorded_at,
        imported=fact.imported,
        performed_by=fact.performed_by,
    )
