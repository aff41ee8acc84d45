"""A version of an agreement that all have signed: solver-teams keeps what it needs of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast, get_args
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value
from solver_teams.domain.agreement import Boundary, LearnTerms, NamedCalendar, Terms
from solver_teams.domain.business_time import Calendar, Week
from solver_teams.domain.sharing import Audience, Sharing, WorkField
from solver_teams.history import AGREEMENT

_OURS = frozenset(get_args(WorkField))


@value
class Service:
    """A service that the agreement covers."""

    service: str


@value
class Activity:
    """A kind of work on a service."""

    activity: str


@value
class Region:
    """A place that services are given in."""

    region: str


@value
class Hours:
    """When work is done."""

    calendar: str
    time_zone: str
    week: Week
    holidays: tuple[date, ...] = ()


@value
class SharingSaid:
    """Who may read a field, of whichever service."""

    clause_id: str
    field: str
    shared_with: Audience


@value
class Signed:
    """Of the terms, what solver-teams needs."""

    services: tuple[Service, ...]
    activities: tuple[Activity, ...]
    regions: tuple[Region, ...]
    boundaries: tuple[Boundary, ...]
    calendars: tuple[Hours, ...] = ()
    sharing: tuple[SharingSaid, ...] = ()


@value
class AgreementInForce:
    """The fields that are read of ``agreement-in-force``."""

    agreement_id: UUID
    version: int
    effective_from: datetime
    parties: tuple[str, ...]
    terms: Signed
    at: datetime


async def react(fact: AgreementInForce, _: Look) -> Sequence[Send]:
    """Learn the version's terms."""
    learn = LearnTerms(agreement_id=fact.agreement_id, terms=_terms(fact), at=fact.at)
    return [Send(kind=AGREEMENT, key=fact.agreement_id, command=learn)]


def _terms(fact: AgreementInForce) -> Terms:
    signed = fact.terms
    return Terms(
        version=fact.version,
        effective_from=fact.effective_from,
        parties=fact.parties,
        services=tuple(one.service for one in signed.services),
        activities=tuple(one.activity for one in signed.activities),
        regions=tuple(one.region for one in signed.regions),
        boundaries=signed.boundaries,
        calendars=tuple(_named(one) for one in signed.calendars),
        sharing=of_work(signed.sharing),
    )


def of_work(rules: Sequence[SharingSaid]) -> tuple[Sharing, ...]:
    """Return which of *rules* are about what people write about the work."""
    return tuple(
        Sharing(clause_id=rule.clause_id, field=cast("WorkField", rule.field), shared_with=rule.shared_with)
        for rule in rules
        if rule.field in _OURS
    )


def _named(hours: Hours) -> NamedCalendar:
    calendar = Calendar(time_zone=hours.time_zone, week=hours.week, holidays=hours.holidays)
    return NamedCalendar(code=hours.calendar, calendar=calendar)


reaction = Reaction(
    source="agreement", name="agreement-in-force", shape=AgreementInForce, react=react, upcasts=(unchanged,)
)
