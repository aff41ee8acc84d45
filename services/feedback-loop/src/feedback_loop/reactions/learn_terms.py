"""A version of an agreement that all have signed: its loops will be judged by what it says."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast, get_args
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.values import value
from feedback_loop.domain.agreement import LearnTerms, Name, Names
from feedback_loop.domain.terms import Audience, Escalation, LoopField, LoopTerms, Reminders, Scale, Sharing
from feedback_loop.history import AGREEMENT

_OURS = frozenset(get_args(LoopField))


@value
class SharingSaid:
    """Who may read a field, of whichever service."""

    clause_id: str
    field: str
    shared_with: Audience


@value
class PartyName:
    """What a party is called."""

    company: str
    name: str


@value
class ServiceSaid:
    """A service that the agreement is about."""

    service: str
    name: str


@value
class Signed:
    """Of the terms, what a loop needs."""

    scales: tuple[Scale, ...]
    survey_scale: str
    reminders: Reminders
    escalation: tuple[Escalation, ...] = ()
    sharing: tuple[SharingSaid, ...] = ()
    services: tuple[ServiceSaid, ...] = ()


@value
class AgreementInForce:
    """The fields that are read of ``agreement-in-force``."""

    agreement_id: UUID
    version: int
    effective_from: datetime
    parties: tuple[str, ...]
    party_names: tuple[PartyName, ...]
    terms: Signed
    at: datetime


async def react(fact: AgreementInForce, _: Look) -> Sequence[Send]:
    """Learn the version."""
    terms = LoopTerms(
        version=fact.version,
        parties=fact.parties,
        scales=fact.terms.scales,
        survey_scale=fact.terms.survey_scale,
        reminders=fact.terms.reminders,
        escalation=fact.terms.escalation,
        sharing=of_loops(fact.terms.sharing),
    )
    command = LearnTerms(
        agreement_id=fact.agreement_id,
        effective_from=fact.effective_from,
        terms=terms,
        names=names_of(fact),
        at=fact.at,
    )
    return [Send(kind=AGREEMENT, key=fact.agreement_id, command=command)]


def names_of(fact: AgreementInForce) -> Names:
    """Return what the parties and the services are called."""
    return Names(
        companies=tuple(Name(code=one.company, name=one.name) for one in fact.party_names),
        services=tuple(Name(code=one.service, name=one.name) for one in fact.terms.services),
    )


def of_loops(rules: Sequence[SharingSaid]) -> tuple[Sharing, ...]:
    """Return which of *rules* are about what people write in a loop."""
    return tuple(
        Sharing(clause_id=rule.clause_id, field=cast("LoopField", rule.field), shared_with=rule.shared_with)
        for rule in rules
        if rule.field in _OURS
    )


def _nobody_named(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "party_names": []}


reaction = Reaction(
    source="agreement", name="agreement-in-force", shape=AgreementInForce, react=react, upcasts=(_nobody_named,)
)
