"""Rows of one projection read and written many at a time, through JSON, so that one way serves every table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa
from asyncpg import Connection

from common.projecting.projection import Projection, Row

Keys = tuple[Any, ...]
T = TypeVar("T")
AT_ONCE = 5_000
"""Rows that one statement is given: more take much memory."""


class Rows(Generic[Row]):
    """The table of one projection as a mapping from primary key to row; None stands for no row.

    Each key is looked up by itself (``OFFSET 0`` keeps the planner from joining otherwise): a plan made while the table
    held a few rows held all of it against all keys, from then on and as it grew.
    """

    def __init__(self, projection: Projection[Row]) -> None:
        table = projection.table
        name = _quote(table.name)
        keys = [column.name for column in table.primary_key]
        columns = [column.name for column in table.columns]
        on = " AND ".join(f"t.{_quote(key)} = k.{_quote(key)}" for key in keys)
        listed = ", ".join(map(_quote, columns))
        changed = ", ".join(f"{_quote(one)} = excluded.{_quote(one)}" for one in columns if one not in keys)
        conflict = f"DO UPDATE SET {changed}" if changed else "DO NOTHING"
        self._keys = keys
        self._decode = msgspec.json.Decoder(projection.row).decode
        given = f"json_populate_recordset(NULL::{name}, {{}}) k"
        one = f"{name} t WHERE {on} OFFSET 0"
        first = given.format("$1")
        self._select = f"SELECT row_to_json(t)::text FROM {first}, LATERAL (SELECT * FROM {one}) t"
        self._insert = f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {given}"
        self._or_change = f" ON CONFLICT ({', '.join(map(_quote, keys))}) {conflict}"
        self._upsert = self._insert.format("$1") + self._or_change
        self._hold = f"SELECT FROM {first}, LATERAL (SELECT FROM {one} FOR UPDATE) t"
        found = f"SELECT t.ctid FROM {given}, LATERAL (SELECT t.ctid FROM {one}) t"
        self._delete = f"DELETE FROM {name} WHERE ctid = ANY(ARRAY({found}))"
        self.empty = f"DELETE FROM {name}"

    async def read(self, connection: "Connection[Any]", keys: Iterable[Keys]) -> dict[Keys, Row | None]:
        """Return the row of each of *keys*."""
        wanted = list(keys)
        found: dict[Keys, Row | None] = dict.fromkeys(wanted)
        if not wanted:
            return found
        for record in await connection.fetch(self._select, self.named(wanted)):
            row = self._decode(record[0])
            found[self.key_of(row)] = row
        return found

    async def write(self, connection: "Connection[Any]", rows: Mapping[Keys, Row | None]) -> None:
        """Make the table say what *rows* say."""
        kept = [row for row in rows.values() if row is not None]
        gone = [key for key, row in rows.items() if row is None]
        for some in _parts(kept):
            await connection.execute(self._upsert, self.told(some))
        for some in _parts(gone):
            await self.hold(connection, some)
            await connection.execute(self._delete.format("$1"), self.named(some))

    @staticmethod
    def told(rows: Iterable[Row]) -> str:
        """Return *rows* as statements are given them."""
        return msgspec.json.encode(list(rows)).decode()

    def upsert(self, number: int, condition: str) -> str:
        """Return the statement that writes the rows given as parameter *number*, if *condition*; part of another."""
        return f"{self._insert.format(f'${number}')} WHERE {condition}{self._or_change}"

    async def hold(self, connection: "Connection[Any]", keys: Iterable[Keys]) -> None:
        """Let nobody else change the rows of *keys* before the transaction ends: a migration may be filling them."""
        await connection.execute(self._hold, self.named(keys))

    def deletion(self, number: int, condition: str) -> str:
        """Return the statement that deletes the held rows whose keys are parameter *number*, if *condition*."""
        return f"{self._delete.format(f'${number}')} AND {condition}"

    def key_of(self, row: Any) -> Keys:
        """Return the primary key of *row*."""
        return tuple(getattr(row, key) for key in self._keys)

    def named(self, keys: Iterable[Keys]) -> str:
        """Return *keys* as statements are given them."""
        return msgspec.json.encode([dict(zip(self._keys, key, strict=True)) for key in keys]).decode()


def _parts(many: Sequence[T]) -> Iterable[Sequence[T]]:
    """Return *many* in parts that one statement can take without much memory."""
    return (many[start : start + AT_ONCE] for start in range(0, len(many), AT_ONCE))


def _quote(name: str) -> str:
    return str(sa.quoted_name(name, quote=True)).join('""')
