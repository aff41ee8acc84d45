"""Someone else's fact kept as a row: what is shown and decides nothing needs no fact of our own.

The row is written in the transaction that moves the inbox's checkpoint, so that it is there once. It is no projection
of our log, and rebuilding leaves it: it is what we know of others, as the checkpoint is how much of them we know.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Generic

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from common.messaging.reactions import NotUnderstood, Shape
from common.messaging.waiting import Letter
from common.values import value

_DIALECT = postgresql.dialect()


@value
class Keeping(Generic[Shape]):
    """What we keep of the fact *name* of the service *source*, read as *shape*: a row of *table*, or nothing.

    The row is a plain value whose fields are the table's columns; one with its primary key that is there stays.
    *version* is the last schema version known; what *shape* reads is the same in all of them.
    """

    source: str
    name: str
    shape: type[Shape]
    table: sa.Table
    row: Callable[[Shape, Letter], Any | None]
    version: int = 1

    def of(self, letter: Letter) -> Any | None:
        """Return the row that *letter* makes, None when it makes none.

        Raises:
            NotUnderstood: its version is newer than this program, a field is missing or is not what it was.
        """
        if not 1 <= (said := letter.schema) <= self.version:
            raise NotUnderstood(f"{letter.name} version {said} is not understood, only up to {self.version}")
        try:
            fact = msgspec.json.decode(letter.body, type=self.shape)
        except msgspec.DecodeError as error:
            raise NotUnderstood(f"{letter.name}: {error}") from error
        return self.row(fact, letter)


class Kept:
    """The rows that one transaction keeps."""

    def __init__(self, keepings: Mapping[str, Sequence[Keeping[Any]]]) -> None:
        self._keepings = keepings
        self._rows: dict[sa.Table, list[Any]] = {}

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._rows)

    def take(self, letter: Letter) -> None:
        """Keep what *letter* makes. Raises as ``Keeping.of``; nothing is kept of it then."""
        made = [(one.table, one.of(letter)) for one in self._keepings.get(letter.name, ())]
        for table, row in made:
            if row is not None:
                self._rows.setdefault(table, []).append(row)

    def writing(self, first: int, condition: str) -> tuple[list[str], list[Any]]:
        """Return what writes them if *condition*: parts of a statement, and their arguments from number *first* on."""
        statements: list[str] = []
        arguments: list[Any] = []
        for table, rows in self._rows.items():
            statements.append(_statement(table, first + len(arguments), condition))
            arguments += [[getattr(row, column.name) for row in rows] for column in table.columns]
        return statements, arguments


@cache
def _statement(table: sa.Table, first: int, condition: str) -> str:
    """Return the statement that writes rows given column by column: a third faster than rows given as JSON."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    types = (column.type.compile(_DIALECT) for column in table.columns)
    given = ", ".join(f"${n}::{told}[]" for n, told in enumerate(types, start=first))
    return (
        f'INSERT INTO "{table.name}" ({columns}) SELECT * FROM unnest({given}) WHERE {condition} ON CONFLICT DO NOTHING'
    )
