"""What stands behind an error that no rule raised: a value that cannot be kept, a database away, or our own fault."""

from collections.abc import Iterator

import asyncpg
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from common.eventstore.away import AWAY
from common.history import UnknownFact
from common.refusals import Refusal, Unavailable
from common.web.problems import Malformed

_OUT_OF_REACH = (*AWAY, asyncpg.TooManyConnectionsError, NoConnectionFree)


def refusal_behind(error: BaseException) -> Refusal | None:
    """Return what the caller is to be told of *error*, or None when it is ours alone."""
    for one in _behind(error):
        if isinstance(one, asyncpg.DataError | UnicodeEncodeError) or _is_of_the_driver(one):
            return Malformed("a value is out of the range that can be kept")
        if isinstance(one, _OUT_OF_REACH):
            return Unavailable("the database cannot be reached")
        if isinstance(one, UnknownFact):  # a newer program stated it: one of these answers next time
            return Unavailable("this service is being upgraded; ask again")
    return None


def _is_of_the_driver(error: BaseException) -> bool:
    """Tell whether the driver itself found that a value does not fit its column."""
    return isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Give *error* and what caused it; SQLAlchemy keeps the driver's own error beside the chain."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        inner = getattr(seen, "orig", None)
        if isinstance(inner, BaseException):
            yield inner
            seen = inner.__cause__ or seen.__cause__
        else:
            seen = seen.__cause__
