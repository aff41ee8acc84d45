"""Which team the system would offer a case to, and why. It proposes only: a person decides."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from common.values import value
from solver_teams.domain.agreement import Boundary, Terms
from solver_teams.domain.team import ANY, Listing

_NOBODY = "no team of the agreement covers service {service}, activity {activity}, region {region}"
_UNSTAFFED = (
    "no company has people of its own in a team that covers service {service}, activity {activity}, region {region}"
)
_DOUBLES = 12
_LONGEST_REST = timedelta(hours=1)


@value
class Subject:
    """What a case is about, and who answers for it."""

    service: str
    activity: str
    region: str
    accountable: str


@value
class Proposal:
    """The team the system would ask, None when nobody covers the case, and why."""

    team_id: UUID | None
    company: str | None
    reasons: tuple[str, ...]


def propose(terms: Terms | None, teams: Iterable[Listing], subject: Subject) -> Proposal:
    """Return the covering team that serves *subject* best: of the accountable company first, then the most specific.

    A team that no company staffs by its own word is never proposed.
    """
    why = _accountability(terms, subject)
    covering = [(team, exactness) for team in teams if (exactness := _exactness(team, subject)) is not None]
    found = [(team, exactness) for team, exactness in covering if team.companies]
    if not found:
        missing = (_UNSTAFFED if covering else _NOBODY).format(
            service=subject.service, activity=subject.activity, region=subject.region
        )
        return Proposal(team_id=None, company=None, reasons=(why, missing))
    team, exactness = min(found, key=lambda pair: _rank(*pair, subject))
    company = subject.accountable if subject.accountable in team.companies else min(team.companies)
    return Proposal(team_id=team.team_id, company=company, reasons=(why, *_reasons(team, exactness, subject, company)))


def propose_anew(
    terms: Terms | None, teams: Sequence[Listing], subject: Subject, proposed: UUID | None, company: str | None
) -> Proposal | None:
    """Return what replaces the proposal of *company* in the team *proposed* (None: of nobody); None while it holds.

    It does while that company staffs that team and the team covers *subject*, unless it was only proposed because no
    team of the accountable company did.
    """
    anew = propose(terms, teams, subject)
    if (anew.team_id, anew.company) == (proposed, company):
        return None
    stands = any(
        team.team_id == proposed and company in team.companies and _exactness(team, subject) is not None
        for team in teams
    )
    if stands and (company == subject.accountable or anew.company != subject.accountable):
        return None
    return anew


def comes_at_once(company: str | None, before: str | None, accountable: str) -> bool:
    """Tell whether that *company* is proposed waits for nothing: the accountable one's comes instead of another's.

    Nobody can make it wait by coming and going before it. What replaces it rests as all else, so that at most two
    proposals come of each rest.
    """
    return company == accountable != before


def rests_until(times: int, at: datetime) -> datetime:
    """Return until when a proposal that is the *times*-th for its item, made *at* a moment, is replaced by no other.

    A second at first, then ever twice as long up to an hour: teams that change what they cover to and fro bring about
    a few proposals and then one an hour, for each item that waits.
    """
    return at + min(timedelta(seconds=2 ** min(times - 1, _DOUBLES)), _LONGEST_REST)


def _exactness(team: Listing, subject: Subject) -> int | None:
    wanted = (subject.service, subject.activity, subject.region)
    covering = [coverage.exactness() for coverage in team.coverage if coverage.covers(*wanted)]
    return max(covering) if covering else None


def _rank(team: Listing, exactness: int, subject: Subject) -> tuple[bool, int, str, str]:
    return (subject.accountable not in team.companies, -exactness, team.name, str(team.team_id))


def _accountability(terms: Terms | None, subject: Subject) -> str:
    edge = _edge(terms.boundaries if terms else (), subject)
    if edge is None:
        return f"{subject.accountable} is accountable as the case was opened; no boundary names this work"
    clause = f"clause {edge.clause_id} of version {terms.version}" if terms else edge.clause_id
    return f"{subject.accountable} is accountable by {clause}"


def _edge(boundaries: Iterable[Boundary], subject: Subject) -> Boundary | None:
    matching = [edge for edge in boundaries if _matches(edge, subject)]
    return max(matching, key=lambda edge: (edge.activity != ANY) + (edge.region != ANY), default=None)


def _matches(edge: Boundary, subject: Subject) -> bool:
    return (
        edge.in_scope
        and edge.accountable == subject.accountable
        and edge.service == subject.service
        and edge.activity in (ANY, subject.activity)
        and edge.region in (ANY, subject.region)
    )


def _reasons(team: Listing, exactness: int, subject: Subject, company: str) -> tuple[str, ...]:
    covers = f"{team.name} covers it, naming {exactness} of service, activity and region"
    if company == subject.accountable:
        return (covers, f"{company} staffs the team")
    return (covers, f"no covering team is staffed by {subject.accountable}; {company} staffs this one")
