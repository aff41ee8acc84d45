"""How long a message that could not be handled is tried again, and when it is given up."""

import asyncpg

from common.eventstore.away import AWAY
from common.handling import TooContended
from common.refusals import NotYet, Unavailable
from common.values import value

_PASSING = (
    OSError,
    *AWAY,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    TooContended,
)


@value
class Patience:
    """Pauses in seconds before each new attempt; after the last one fails too, the message is dead.

    ``soon`` is for a fact that had not arrived yet and for what was out of reach, ``seldom`` for everything else.
    ``late`` is how often a message that died for want of a fact is still tried: after an outage that fact does arrive.
    """

    soon: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0, 5.0)
    seldom: tuple[float, ...] = (0.05, 0.5, 2.0, 5.0)
    late: float = 30.0


@value
class Failure:
    """Why a message was not handled, after how many attempts, what state it waits in, in how many seconds it is tried.

    Without seconds it waits for an operator, or for those before it in its stream.
    """

    refusal: str
    reason: str
    attempts: int
    state: str
    again_in: float | None


BEHIND = Failure(
    refusal="Behind", reason="an earlier fact of its stream waits", attempts=0, state="behind", again_in=None
)


def failed(error: Exception, attempts: int, patience: Patience) -> Failure:
    """Return what becomes of a message that failed with *error*, by now *attempts* times."""
    may_pass = isinstance(error, NotYet | Unavailable)
    plan = patience.soon if may_pass else patience.seldom
    if attempts <= len(plan):
        return _failure(error, attempts, "retrying", plan[attempts - 1])
    return _failure(error, attempts, "dead", patience.late if may_pass else None)


def hopeless(error: Exception) -> Failure:
    """Return what becomes of a message that is none of ours."""
    return _failure(error, 1, "dead", None)


def passing(error: Exception) -> bool:
    """Tell whether *error* says nothing about the message: the database was not there, or others were faster."""
    return isinstance(error, _PASSING) and not isinstance(
        error, ValueError
    )  # a wrong argument is an InterfaceError too


def _failure(error: Exception, attempts: int, state: str, again_in: float | None) -> Failure:
    reason = str(error).replace("\0", " ") or type(error).__name__
    return Failure(refusal=type(error).__name__, reason=reason, attempts=attempts, state=state, again_in=again_in)
