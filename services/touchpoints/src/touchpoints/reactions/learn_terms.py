"""A version of an agreement that all have signed: touchpoints keeps what it needs of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value
from touchpoints.domain.agreement import Boundary, LearnTerms, Priority, Sharing, Terms
from touchpoints.history import AGREEMENT


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
class Calendar:
    """When work is done."""

    calendar: str


@value
class Signed:
    """Of the terms, what touchpoints needs."""

    services: tuple[Service, ...]
    activities: tuple[Activity, ...]
    regions: tuple[Region, ...]
    boundaries: tuple[Boundary, ...]
    calendars: tuple[Calendar, ...] = ()
    priorities: tuple[Priority, ...] = ()
    sharing: tuple[Sharing, ...] = ()


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
    """Learn the version."""
    return [Send(kind=AGREEMENT, key=fact.agreement_id, command=LearnTerms(terms=_terms(fact), at=fact.at))]


def _terms(fact: AgreementInForce) -> Terms:
    return Terms(
        agreement_id=fact.agreement_id,
        version=fact.version,
        effective_from=fact.effective_from,
        parties=fact.parties,
        services=tuple(one.service for one in fact.terms.services),
        activities=tuple(one.activity for one in fact.terms.activities),
        regions=tuple(one.region for one in fact.terms.regions),
        calendars=tuple(one.calendar for one in fact.terms.calendars),
        boundaries=fact.terms.boundaries,
        priorities=fact.terms.priorities,
        sharing=fact.terms.sharing,
    )


reaction = Reaction(
    source="agreement", name="agreement-in-force", shape=AgreementInForce, react=react, upcasts=(unchanged,)
)
