"""What this service knows of an agreement: its terms, version by version, as they were signed elsewhere."""

from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.refusals import Invalid, NotFound
from common.values import replace, value
from solver_teams.domain.business_time import Calendar
from solver_teams.domain.sharing import Audience, Sharing, WorkField
from solver_teams.domain.team import ANY, Coverage, Listing


@value
class Boundary:
    """One edge of competence: who answers for a service, activity and region; ``*`` matches any of the latter two."""

    service: str
    activity: str
    region: str
    accountable: str
    in_scope: bool
    clause_id: str


@value
class NamedCalendar:
    """Working hours that the agreement defines under a code."""

    code: str
    calendar: Calendar


@value
class Terms:
    """The part of one version's terms that routing, clocks and the sharing of what people write rest on."""

    version: int
    effective_from: datetime
    parties: tuple[str, ...]
    services: tuple[str, ...]
    activities: tuple[str, ...]
    regions: tuple[str, ...]
    boundaries: tuple[Boundary, ...]
    calendars: tuple[NamedCalendar, ...]
    sharing: tuple[Sharing, ...]

    def audience(self, field: WorkField) -> Audience | None:
        """Return whom the agreement shows *field*, None when it says nothing."""
        return next((rule.shared_with for rule in self.sharing if rule.field == field), None)


@value
class LearnTerms:
    """Take note of a version that all parties have signed."""

    agreement_id: UUID
    terms: Terms
    at: datetime


@value
class ListTeam:
    """Take note of a team that work under the agreement can be proposed to, or of how it has changed."""

    agreement_id: UUID
    team: Listing
    at: datetime


@value
class TermsLearned:
    """A version of the agreement is known here."""

    agreement_id: UUID
    terms: Terms
    at: datetime


@value
class TeamListed:
    """A team can be proposed, or is listed anew."""

    agreement_id: UUID
    team: Listing
    at: datetime


@value
class Known:
    """The agreement's versions in the order they were learned, and its teams; neither before the first fact."""

    versions: tuple[Terms, ...]
    teams: tuple[Listing, ...]


Command = LearnTerms | ListTeam
Fact = TermsLearned | TeamListed
Agreement = Known


class UnknownAgreement(NotFound):
    """There is no such agreement in force."""


class CoverageNotInAgreement(Invalid):
    """A team covers services, activities and regions of the agreement, or any (``*``)."""


def decide(state: Agreement, command: Command) -> list[Fact]:
    """Return the fact that something more is known; what is known already adds nothing."""
    match command:
        case LearnTerms(agreement_id=key, terms=terms, at=now):
            return [] if of_version(state, terms.version) else [TermsLearned(agreement_id=key, terms=terms, at=now)]
        case ListTeam(agreement_id=key, team=team, at=now):
            return [] if team in state.teams else [TeamListed(agreement_id=key, team=team, at=now)]


def evolve(state: Agreement, fact: Fact) -> Agreement:
    """Return the agreement with one thing more known of it."""
    match fact:
        case TermsLearned(terms=terms):
            return replace(state, versions=(*state.versions, terms))
        case TeamListed(team=team):
            others = tuple(listed for listed in state.teams if listed.team_id != team.team_id)
            return replace(state, teams=(*others, team))


def in_force(state: Agreement, at: datetime) -> Terms | None:
    """Return the terms that were in force *at* a moment, None before the first took effect."""
    effective = [terms for terms in state.versions if terms.effective_from <= at]
    return max(effective, key=lambda terms: (terms.effective_from, terms.version), default=None)


def ensure_in_agreement(state: Agreement, coverage: tuple[Coverage, ...], at: datetime) -> None:
    """Hold that all that is covered is named in the version in force *at* a moment, or in a later one.

    Raises:
        CoverageNotInAgreement: it names others, with those that there are.
    """
    ruling = in_force(state, at)
    versions = [one for one in state.versions if ruling is None or one.effective_from >= ruling.effective_from]
    known = {
        "services": sorted({name for terms in versions for name in terms.services}),
        "activities": sorted({name for terms in versions for name in terms.activities}),
        "regions": sorted({name for terms in versions for name in terms.regions}),
    }
    said = {
        "services": {one.service for one in coverage},
        "activities": {one.activity for one in coverage},
        "regions": {one.region for one in coverage},
    }
    unknown = {kind: sorted(names - {ANY, *known[kind]}) for kind, names in said.items()}
    if wrong := [f"{name} is none of its {kind}" for kind, names in unknown.items() for name in names]:
        raise CoverageNotInAgreement("; ".join(wrong), unknown=unknown, **known)


def latest(state: Agreement) -> Terms:
    """Return the newest version that is known.

    Raises:
        UnknownAgreement: none is.
    """
    if not state.versions:
        raise UnknownAgreement
    return max(state.versions, key=lambda terms: terms.version)


def of_version(state: Agreement, version: int) -> Terms | None:
    """Return the terms of *version*, if they are known."""
    return next((terms for terms in state.versions if terms.version == version), None)


def parties(state: Agreement) -> frozenset[str]:
    """Return the companies that are or were party to the agreement, none if nothing is known of it."""
    return frozenset(company for terms in state.versions for company in terms.parties)


decider: Decider[Agreement, Command, Fact] = Decider(initial=Known(versions=(), teams=()), decide=decide, evolve=evolve)
