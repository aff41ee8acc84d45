"""Lists in pages: a cursor says after which row to go on, so nothing is skipped or shown twice when rows come in."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy import ColumnElement, DateTime, Select, Table, UnaryExpression, tuple_
from sqlalchemy.sql import operators
from starlette.datastructures import URL, QueryParams
from starlette.responses import Response

from common.values import value
from common.web.problems import Malformed

MOST, USUAL = 200, 50
PARAMETERS = frozenset({"limit", "cursor"})
"""The query parameters of every list in pages."""

Item = TypeVar("Item")
Shape = Callable[[Any], Mapping[str, Any]]


class Page(BaseModel, Generic[Item]):
    """One page of a list; ``next`` is the cursor of the page after it, null on the last."""

    items: list[Item]
    next: str | None


@value
class Asked:
    """Which page was asked for."""

    limit: int
    after: tuple[Any, ...] | None


def asked(query: QueryParams, order: Sequence[ColumnElement[Any]]) -> Asked:
    """Return which page *query* asks for. Raises ``Malformed``."""
    try:
        limit = int(query.get("limit", USUAL))
    except ValueError:
        limit = 0
    if not 1 <= limit <= MOST:
        raise Malformed(f"limit is a number from 1 to {MOST}")
    cursor = query.get("cursor")
    return Asked(limit=limit, after=None if cursor is None else _read(cursor, order))


def is_page(route: APIRoute) -> bool:
    """Tell whether *route* answers with a page of a list."""
    model = route.response_model
    return isinstance(model, type) and issubclass(model, Page)


def window(select: Select[Any], order: Sequence[ColumnElement[Any]], asked: Asked) -> Select[Any]:
    """Return *select* cut to the page, and one row more that tells whether there is another."""
    select = select.order_by(*order).limit(asked.limit + 1)
    if asked.after is None:
        return select
    columns = tuple_(*(_column(one) for one in order))
    return select.where(columns < asked.after if _descends(order[0]) else columns > asked.after)


def answer(
    url: URL, found: Sequence[Mapping[str, Any]], order: Sequence[ColumnElement[Any]], asked: Asked, shape: Shape
) -> Response:
    """Return the page as an answer, with a link to the next."""
    rows = found[: asked.limit]
    after = _write(rows[-1], order) if len(found) > asked.limit else None
    body = msgspec.json.encode({"items": [shape(row) for row in rows], "next": after}, enc_hook=str)
    link = {} if after is None else {"Link": _link(url, after)}
    return Response(body, headers=link, media_type="application/json")


def given(select: Select[Any], *filters: tuple[ColumnElement[Any], object]) -> Select[Any]:
    """Return *select* narrowed by those filters that were given: a value to equal, or a list to be in; None is none."""
    for column, wanted in filters:
        if isinstance(wanted, list | tuple | set | frozenset):
            select = select.where(column.in_(wanted))
        elif wanted is not None:
            select = select.where(column == wanted)
    return select


def sorting(table: Table, sort: str, *tie_breakers: str) -> list[ColumnElement[Any]]:
    """Return the order that *sort* names (a column; ``-column`` for the latest first), all columns in one direction."""
    names = [sort.removeprefix("-"), *(name for name in tie_breakers if name != sort.removeprefix("-"))]
    if any(name not in table.c for name in names):
        raise Malformed("this list cannot be sorted like that")
    return [table.c[name].desc() if sort.startswith("-") else table.c[name].asc() for name in names]


def _column(ordered: ColumnElement[Any]) -> ColumnElement[Any]:
    return ordered.element if isinstance(ordered, UnaryExpression) else ordered


def _descends(ordered: ColumnElement[Any]) -> bool:
    return isinstance(ordered, UnaryExpression) and ordered.modifier is operators.desc_op


def _link(url: URL, cursor: str) -> str:
    following = url.include_query_params(cursor=cursor)
    return f'<{following.path}?{following.query}>; rel="next"'


def _write(row: Mapping[str, Any], order: Sequence[ColumnElement[Any]]) -> str:
    values = [row[_column(one).key or ""] for one in order]
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _read(cursor: str, order: Sequence[ColumnElement[Any]]) -> tuple[Any, ...]:
    shape = tuple.__class_getitem__(tuple(_type(_column(one)) for one in order))
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, binascii.Error, ValueError, RecursionError) as error:
        raise Malformed("the cursor is not one that this list gave out") from error


def _type(column: ColumnElement[Any]) -> Any:
    if isinstance(column.type, DateTime):
        return Annotated[datetime, msgspec.Meta(tz=column.type.timezone)]
    return column.type.python_type
