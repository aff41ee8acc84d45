"""A touchpoint team: people of one or several companies who are one face to the customer.

One company runs it: it says what the team is and which other companies it is open to. Each company sends and withdraws
its own people, and nobody else's; what is told as history is what a source says, of any company's people.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.refusals import Conflict, Forbidden, Invalid, NotFound
from common.shared_refusals import NotYourPeople, TeamNotImported
from common.values import Person, value
from touchpoints.domain.agreement import Terms, ensure_party


@value
class Member:
    """A person of a company."""

    person: str
    company: str


@value
class RegisterTeam:
    """Make a team known that ``company`` runs; ``terms`` is the agreement in force.

    ``open_to``: the other companies whose people may join.
    """

    team_id: UUID
    terms: Terms
    name: str
    purpose: str
    company: str
    time_zone: str
    calendar: str | None
    languages: tuple[str, ...]
    open_to: frozenset[str]
    imported: bool
    at: datetime


@value
class OpenTeam:
    """Say anew which other companies' people may join; who is in the team stays until their company withdraws them."""

    terms: Terms
    open_to: frozenset[str]
    by: Person
    imported: bool
    at: datetime


@value
class JoinTeam:
    """Let a person of a party take part."""

    terms: Terms
    member: Member
    by: Person
    imported: bool
    at: datetime


@value
class LeaveTeam:
    """Let a person go."""

    member: Member
    by: Person
    imported: bool
    at: datetime


@value
class TeamRegistered:
    """The team exists: ``company`` runs it, people of those it is ``open_to`` may join. ``imported``: it was told."""

    team_id: UUID
    agreement_id: UUID
    name: str
    purpose: str
    company: str
    time_zone: str
    calendar: str | None
    languages: tuple[str, ...]
    open_to: tuple[str, ...]
    imported: bool
    at: datetime


@value
class TeamOpened:
    """From now on people of these companies may join, and of no other but the one that runs the team."""

    team_id: UUID
    agreement_id: UUID
    open_to: tuple[str, ...]
    at: datetime


@value
class MemberJoined:
    """From now on the person works in the team."""

    team_id: UUID
    agreement_id: UUID
    person: str
    company: str
    at: datetime


@value
class MemberLeft:
    """From now on the person works no longer in the team."""

    team_id: UUID
    agreement_id: UUID
    person: str
    company: str
    at: datetime


@value
class NotRegistered:
    """Nobody has made it known."""


@value
class Registered:
    """The team as it was registered, which other companies it is open to now, and who is in it."""

    registered: TeamRegistered
    open_to: frozenset[str]
    members: frozenset[Member] = frozenset()


Command = RegisterTeam | OpenTeam | JoinTeam | LeaveTeam
Event = TeamRegistered | TeamOpened | MemberJoined | MemberLeft
Team = NotRegistered | Registered


class TeamUnknown(NotFound):
    """There is no such touchpoint team."""


class TeamDiffers(Conflict):
    """A team with this reference was registered with other particulars."""


class NotYourTeam(Forbidden):
    """Only the company that runs the team says what it is and whom it is open to."""


class NotOpenToYou(Forbidden):
    """People of another company join a team only if the company that runs it has opened it to theirs."""


class NotInTheTeam(Forbidden):
    """A contact or case names a team that the company which records it runs or has people in."""


class CalendarUnknown(Invalid):
    """The agreement defines no such calendar."""


def decide(state: Team, command: Command) -> list[Event]:
    """Return the facts *command* brings about, or raise the refusal."""
    of_its_kind(state, imported=command.imported)
    match command:
        case RegisterTeam():
            return _register(state, command)
        case OpenTeam():
            return _open(_known(state), command)
        case JoinTeam():
            return _join(_known(state), command)
        case LeaveTeam():
            return _leave(_known(state), command)


def of_its_kind(team: Team, *, imported: bool) -> None:
    """Hold that a source begins teams, or tells of those it began: it rules nobody's live team."""
    if imported and isinstance(team, Registered) and not team.registered.imported:
        raise TeamNotImported


def _known(state: Team) -> Registered:
    match state:
        case NotRegistered():
            raise TeamUnknown
        case Registered():
            return state


def _register(state: Team, command: RegisterTeam) -> list[Event]:
    registered = _registration(command)
    match state:
        case NotRegistered():
            for company in (command.company, *sorted(command.open_to)):
                ensure_party(command.terms, company)
            if command.calendar is not None and command.calendar not in command.terms.calendars:
                raise CalendarUnknown(calendar=command.calendar)
            return [registered]
        case Registered(registered=before) if _particulars(before) == _particulars(registered):
            return []
        case Registered():
            raise TeamDiffers


def _registration(command: RegisterTeam) -> TeamRegistered:
    return TeamRegistered(
        team_id=command.team_id,
        agreement_id=command.terms.agreement_id,
        name=command.name,
        purpose=command.purpose,
        company=command.company,
        time_zone=command.time_zone,
        calendar=command.calendar,
        languages=command.languages,
        open_to=_others(command.open_to, command.company),
        imported=command.imported,
        at=command.at,
    )


def _particulars(fact: TeamRegistered) -> tuple[object, ...]:
    return (fact.name, fact.purpose, fact.company, fact.time_zone, fact.calendar, fact.languages, fact.open_to)


def _others(companies: frozenset[str], own: str) -> tuple[str, ...]:
    return tuple(sorted(companies - {own}))


def _open(team: Registered, command: OpenTeam) -> list[Event]:
    about = team.registered
    if not command.imported and command.by.company != about.company:
        raise NotYourTeam
    for company in sorted(command.open_to):
        ensure_party(command.terms, company)
    open_to = _others(command.open_to, about.company)
    if frozenset(open_to) == team.open_to:
        return []
    return [TeamOpened(team_id=about.team_id, agreement_id=about.agreement_id, open_to=open_to, at=command.at)]


def _join(team: Registered, command: JoinTeam) -> list[Event]:
    member, about = command.member, team.registered
    _ensure_own(command)
    ensure_party(command.terms, member.company)
    if not command.imported and member.company not in {about.company, *team.open_to}:
        raise NotOpenToYou
    if member in team.members:
        return []
    return [
        MemberJoined(
            team_id=about.team_id,
            agreement_id=about.agreement_id,
            person=member.person,
            company=member.company,
            at=command.at,
        )
    ]


def _leave(team: Registered, command: LeaveTeam) -> list[Event]:
    member, about = command.member, team.registered
    _ensure_own(command)
    if member not in team.members:
        return []
    return [
        MemberLeft(
            team_id=about.team_id,
            agreement_id=about.agreement_id,
            person=member.person,
            company=member.company,
            at=command.at,
        )
    ]


def _ensure_own(command: JoinTeam | LeaveTeam) -> None:
    if not command.imported and command.by.company != command.member.company:
        raise NotYourPeople


def evolve(state: Team, event: Event) -> Team:
    """Return the team after *event*."""
    match state, event:
        case _, TeamRegistered():
            return Registered(registered=event, open_to=frozenset(event.open_to))
        case Registered(), TeamOpened(open_to=open_to):
            return replace(state, open_to=frozenset(open_to))
        case Registered(members=members), MemberJoined(person=person, company=company):
            return replace(state, members=members | {Member(person=person, company=company)})
        case Registered(members=members), MemberLeft(person=person, company=company):
            return replace(state, members=members - {Member(person=person, company=company)})
        case NotRegistered(), _:
            return state


decider: Decider[Team, Command, Event] = Decider(initial=NotRegistered(), decide=decide, evolve=evolve)


def ensure_of(state: Team, agreement_id: UUID, *, company: str, imported: bool) -> None:
    """Hold that *company* is in the team, which is registered under *agreement_id*.

    A source names only teams that were imported, of whatever company.
    """
    if not isinstance(state, Registered) or state.registered.agreement_id != agreement_id:
        raise TeamUnknown
    of_its_kind(state, imported=imported)
    if not imported and not takes_part(state, company):
        raise NotInTheTeam


def takes_part(team: Team, company: str) -> bool:
    """Tell whether *company* runs the team or has people in it."""
    return isinstance(team, Registered) and company in {
        team.registered.company,
        *(member.company for member in team.members),
    }
