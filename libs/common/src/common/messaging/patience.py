"""How long a message that could not be handled is tried again, and when it is given up."""

import asyncpg

from common.handling import TooContended
from common.refusals import NotYet, Unavailable
from common.values import value

_SOON = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0, 5.0)
_SELDOM = (0.05, 0.5, 2.0, 5.0)
_LATE = 30.0


@value
class Failure:
    """Why a message was not handled, after how many attempts, and in how many seconds it is tried again.

    A dead one waits for an operator; but one that missed only a fact that had not arrived is still tried now and
    then, for after an outage that fact does arrive.
    """

    refusal: str
    reason: str
    attempts: int
    state: str
    again_in: float | None


BEHIND = Failure(
    refusal="Behind", reason="an earlier fact of its stream waits", attempts=0, state="behind", again_in=None
)


def failed(error: Exception, attempts: int) -> Failure:
    """Return what becomes of a message that failed with *error*, by now *attempts* times."""
    patient = isinstance(error, NotYet | Unavailable)
    plan = _SOON if patient else _SELDOM
    dead = attempts > len(plan)
    return Failure(
        refusal=type(error).__name__,
        reason=str(error).replace("\0", " ") or type(error).__name__,
        attempts=attempts,
        state="dead" if dead else "retrying",
        again_in=(_LATE if patient else None) if dead else plan[attempts - 1],
    )


def passing(error: Exception) -> bool:
    """Tell whether *error* says nothing about the message: the database was not there, or others were faster."""
    return isinstance(
        error,
        OSError
        | asyncpg.InterfaceError
        | asyncpg.PostgresConnectionError
        | asyncpg.OperatorInterventionError
        | asyncpg.InsufficientResourcesError
        | asyncpg.TransactionRollbackError
        | TooContended,
    )
