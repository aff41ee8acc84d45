"""What touchpoints has learned of an agreement, by version: who is party, what is served, who answers for what."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from common.deciders import Decider
from common.refusals import Conflict, Invalid, NotYet
from common.values import value

ANY = "*"
GAP = "gap: the opening company stays accountable until a person decides"
OVERLAP = "overlap: the opening company stays accountable until a person decides between {companies}"


@value
class Boundary:
    """Who answers for a service, an activity and a region; ``*`` in activity or region matches any."""

    clause_id: str
    service: str
    activity: str
    region: str
    accountable: str
    in_scope: bool


@value
class Priority:
    """How urgent a case can be, and how soon such a case is to be resolved."""

    clause_id: str
    priority: str
    resolution: timedelta


@value
class Sharing:
    """Who sees a personal field: ``recorder``, ``case-companies`` or ``all-parties``."""

    clause_id: str
    field: str
    shared_with: str


@value
class Terms:
    """One version of an agreement that all its parties have signed, as far as touchpoints needs it."""

    agreement_id: UUID
    version: int
    effective_from: datetime
    parties: tuple[str, ...]
    services: tuple[str, ...]
    activities: tuple[str, ...]
    regions: tuple[str, ...]
    calendars: tuple[str, ...]
    boundaries: tuple[Boundary, ...]
    priorities: tuple[Priority, ...]
    sharing: tuple[Sharing, ...]


@value
class LearnTerms:
    """A version of the agreement came into being."""

    terms: Terms
    at: datetime


@value
class TermsLearned:
    """Touchpoints knows this version of the agreement."""

    agreement_id: UUID
    terms: Terms
    at: datetime


@value
class Known:
    """The versions known so far, the lowest first; none at the beginning."""

    versions: tuple[Terms, ...] = ()


@value
class Accountable:
    """The company that answers for a case, the clause that says so (if one does), and the rule that was applied."""

    company: str
    clause_id: str | None
    rule: str


Command = LearnTerms
Event = TermsLearned
Agreement = Known


class NoAgreementInForce(Conflict):
    """No version of the agreement was in force at that time."""


class CompanyNotParty(Conflict):
    """The company is not party to the agreement."""


class ServiceNotInAgreement(Invalid):
    """The agreement version in force covers no such service."""


def decide(state: Agreement, command: Command) -> list[Event]:
    """Return the facts *command* brings about."""
    if any(known.version == command.terms.version for known in state.versions):
        return []  # a signed version never changes
    return [TermsLearned(agreement_id=command.terms.agreement_id, terms=command.terms, at=command.at)]


def evolve(state: Agreement, event: Event) -> Agreement:
    """Return what is known after *event*."""
    others = (known for known in state.versions if known.version != event.terms.version)
    return Known(versions=tuple(sorted((*others, event.terms), key=lambda terms: terms.version)))


decider: Decider[Agreement, Command, Event] = Decider(initial=Known(), decide=decide, evolve=evolve)


def in_force(state: Agreement, at: datetime) -> Terms | None:
    """Return the newest version that had taken effect at *at*, None when there was none."""
    return next((terms for terms in reversed(state.versions) if terms.effective_from <= at), None)


def version_of(state: Agreement, version: int) -> Terms:
    """Return the terms of *version*. Raises ``NotYet`` while it has not been learned."""
    for terms in state.versions:
        if terms.version == version:
            return terms
    raise NotYet


def parties(state: Agreement) -> frozenset[str]:
    """Return every company that is or was party to a version: who may look at what happened under it."""
    return frozenset(company for terms in state.versions for company in terms.parties)


def ensure_party(terms: Terms, company: str) -> None:
    """Raise ``CompanyNotParty`` unless *company* signed these terms."""
    if company not in terms.parties:
        raise CompanyNotParty(f"{company} is not party to version {terms.version}", company=company)


def ensure_served(terms: Terms, service: str) -> None:
    """Raise ``ServiceNotInAgreement`` unless these terms cover *service*."""
    if service not in terms.services:
        raise ServiceNotInAgreement(service=service, version=terms.version)


def accountable(terms: Terms, *, service: str, activity: str, region: str, opener: str) -> Accountable:
    """Return who answers for the work: never nobody.

    Of each company the closest boundary speaks (out of scope wins a tie); of the companies in scope the closest one
    is accountable. Where the agreement says nothing, or says two things, the opening company stays accountable.
    """
    matching = [boundary for boundary in terms.boundaries if _matches(boundary, service, activity, region)]
    closest = _closest(boundary for boundary in _voices(matching) if boundary.in_scope)
    companies = sorted({boundary.accountable for boundary in closest})
    match companies:
        case []:
            return Accountable(company=opener, clause_id=None, rule=GAP)
        case [company]:
            return Accountable(company=company, clause_id=closest[0].clause_id, rule="boundary")
        case _:
            return Accountable(company=opener, clause_id=None, rule=OVERLAP.format(companies=", ".join(companies)))


def _matches(boundary: Boundary, service: str, activity: str, region: str) -> bool:
    return boundary.service == service and boundary.activity in {ANY, activity} and boundary.region in {ANY, region}


def _closeness(boundary: Boundary) -> int:
    return (boundary.activity != ANY) + (boundary.region != ANY)


def _voices(matching: list[Boundary]) -> Iterable[Boundary]:
    spoken: set[str] = set()
    for boundary in sorted(matching, key=lambda one: (-_closeness(one), one.in_scope)):
        if boundary.accountable not in spoken:
            spoken.add(boundary.accountable)
            yield boundary


def _closest(boundaries: Iterable[Boundary]) -> list[Boundary]:
    found = list(boundaries)
    nearest = max(map(_closeness, found), default=0)
    return [boundary for boundary in found if _closeness(boundary) == nearest]
