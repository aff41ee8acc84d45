"""Which priority the system proposes for a case; a person decides."""

from datetime import timedelta
from typing import Literal

from common.refusals import Conflict, Invalid
from common.values import value
from touchpoints.domain.agreement import Priority, Terms

Impact = Literal["stopped", "degraded", "question"]


@value
class Proposal:
    """A priority of the agreement, the clause that defines it and the rule that led to it."""

    priority: str
    clause_id: str
    rule: str


class NoPriorities(Conflict):
    """The agreement in force defines no priorities."""


class PriorityUnknown(Invalid):
    """The agreement version that the case was opened under defines no such priority."""


def propose(terms: Terms, impact: Impact) -> Proposal:
    """Return the shortest resolution for a stopped service, the middle for a degraded one, else the longest."""
    ranked = sorted(terms.priorities, key=_resolution)
    if not ranked:
        raise NoPriorities(version=terms.version)
    match impact:
        case "stopped":
            return _proposal(ranked[0], "service stopped: the shortest resolution")
        case "degraded":
            return _proposal(ranked[(len(ranked) - 1) // 2], "service degraded: the middle resolution")
        case "question":
            return _proposal(ranked[-1], "question: the longest resolution")


def clause_of(terms: Terms, priority: str) -> str:
    """Return the clause that defines *priority*. Raises ``PriorityUnknown`` when none does."""
    for defined in terms.priorities:
        if defined.priority == priority:
            return defined.clause_id
    raise PriorityUnknown(priority=priority, version=terms.version)


def _resolution(priority: Priority) -> tuple[timedelta, str]:
    return (priority.resolution, priority.priority)


def _proposal(priority: Priority, rule: str) -> Proposal:
    return Proposal(priority=priority.priority, clause_id=priority.clause_id, rule=rule)
