"""What an agreement says, version by version, as this service has learned it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.values import value
from feedback_loop.domain.terms import LoopTerms


@value
class Name:
    """What the company or service with this code is called."""

    code: str
    name: str


@value
class Names:
    """What customers know companies and services by; the codes are between the companies."""

    companies: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()


@value
class LearnTerms:
    """A version of the agreement came into force."""

    agreement_id: UUID
    effective_from: datetime
    terms: LoopTerms
    names: Names
    at: datetime


@value
class TermsLearned:
    """The loop's terms of one agreement version are known here."""

    agreement_id: UUID
    effective_from: datetime
    terms: LoopTerms
    names: Names
    at: datetime


@value
class Learned:
    """One version and when it takes effect."""

    effective_from: datetime
    terms: LoopTerms
    names: Names


@value
class Agreement:
    """All versions that have arrived; none at first."""

    versions: tuple[Learned, ...] = ()


def version(state: Agreement, number: int) -> LoopTerms | None:
    """Return the terms of version *number*, if they have arrived."""
    return next((learned.terms for learned in state.versions if learned.terms.version == number), None)


def in_force(state: Agreement, at: datetime) -> LoopTerms | None:
    """Return the terms that bind at *at*: of the versions in effect, the latest."""
    begun = [learned for learned in state.versions if learned.effective_from <= at]
    latest = max(begun, key=lambda learned: (learned.effective_from, learned.terms.version), default=None)
    return None if latest is None else latest.terms


def company_name(state: Agreement, company: str, at: datetime) -> str:
    """Return what *company* is called *at* a moment, by the newest version that tells; its code where none does."""
    return _name(company, (learned.names.companies for learned in _newest_first(state, at)))


def service_name(state: Agreement, service: str, at: datetime) -> str:
    """Return what *service* is called *at* a moment, by the newest version that tells; its code where none does."""
    return _name(service, (learned.names.services for learned in _newest_first(state, at)))


def _newest_first(state: Agreement, at: datetime) -> list[Learned]:
    """Return the versions, those that took effect later than *at* after all others: they may tell what none does."""

    def order(learned: Learned) -> tuple[bool, int]:
        return learned.effective_from <= at, learned.terms.version

    return sorted(state.versions, key=order, reverse=True)


def _name(code: str, told: Iterable[tuple[Name, ...]]) -> str:
    """Return the first name told of *code* without what cannot be seen in it: it stands in a page and in messages."""
    return next(filter(None, (_seen(one.name) for names in told for one in names if one.code == code)), code)


def _seen(name: str) -> str:
    visible = (one if one.isprintable() else " " * one.isspace() for one in name)
    return " ".join("".join(visible).split())


def decide(state: Agreement, command: LearnTerms) -> list[TermsLearned]:
    """Return what is new in *command*; a version learned twice is nothing new."""
    if version(state, command.terms.version) is not None:
        return []
    return [
        TermsLearned(
            agreement_id=command.agreement_id,
            effective_from=command.effective_from,
            terms=command.terms,
            names=command.names,
            at=command.at,
        )
    ]


def evolve(state: Agreement, fact: TermsLearned) -> Agreement:
    """Return the agreement with one more version known."""
    learned = Learned(effective_from=fact.effective_from, terms=fact.terms, names=fact.names)
    return Agreement(versions=(*state.versions, learned))


decider = Decider(initial=Agreement(), decide=decide, evolve=evolve)


def parties_of(state: Agreement) -> frozenset[str]:
    """Return every company that is or was party to a version: who may look at what happened under it."""
    return frozenset(company for learned in state.versions for company in learned.terms.parties)
