"""A touchpoint team: people of one or several companies who are one face to the customer."""

from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.refusals import Conflict, Forbidden, Invalid, NotFound
from common.values import Person, value
from touchpoints.domain.agreement import Terms, ensure_party


@value
class Member:
    """A person of a company."""

    person: str
    company: str


@value
class RegisterTeam:
    """Make a team known; ``terms`` is the agreement in force."""

    team_id: UUID
    terms: Terms
    name: str
    purpose: str
    company: str
    time_zone: str
    calendar: str | None
    languages: tuple[str, ...]
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
    """The team exists; ``company`` runs it, its people may be of several. ``imported``: a source told of it."""

    team_id: UUID
    agreement_id: UUID
    name: str
    purpose: str
    company: str
    time_zone: str
    calendar: str | None
    languages: tuple[str, ...]
    imported: bool
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
    """The team as it was registered, and who is in it now."""

    registered: TeamRegistered
    members: frozenset[Member] = frozenset()


Command = RegisterTeam | JoinTeam | LeaveTeam
Event = TeamRegistered | MemberJoined | MemberLeft
Team = NotRegistered | Registered


class TeamUnknown(NotFound):
    """There is no such touchpoint team."""


class TeamNotImported(Forbidden):
    """History is told only of teams that were imported themselves."""


class TeamDiffers(Conflict):
    """A team with this reference was registered with other particulars."""


class NotYourPeople(Forbidden):
    """A company sends and withdraws its own people; only the company that runs the team does so for others."""


class CalendarUnknown(Invalid):
    """The agreement defines no such calendar."""


def decide(state: Team, command: Command) -> list[Event]:
    """Return the facts *command* brings about, or raise the refusal."""
    of_its_kind(state, imported=command.imported)
    match command:
        case RegisterTeam():
            return _register(state, command)
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
            ensure_party(command.terms, command.company)
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
        imported=command.imported,
        at=command.at,
    )


def _particulars(fact: TeamRegistered) -> tuple[object, ...]:
    return (fact.name, fact.purpose, fact.company, fact.time_zone, fact.calendar, fact.languages)


def _join(team: Registered, command: JoinTeam) -> list[Event]:
    member, about = command.member, team.registered
    _ensure_own(team, command)
    ensure_party(command.terms, member.company)
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
    _ensure_own(team, command)
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


def _ensure_own(team: Registered, command: JoinTeam | LeaveTeam) -> None:
    if command.by.company not in {command.member.company, team.registered.company}:
        raise NotYourPeople


def evolve(state: Team, event: Event) -> Team:
    """Return the team after *event*."""
    match state, event:
        case _, TeamRegistered():
            return Registered(registered=event)
        case Registered(registered=registered, members=members), MemberJoined(person=person, company=company):
            return Registered(registered=registered, members=members | {Member(person=person, company=company)})
        case Registered(registered=registered, members=members), MemberLeft(person=person, company=company):
            return Registered(registered=registered, members=members - {Member(person=person, company=company)})
        case NotRegistered(), _:
            return state


decider: Decider[Team, Command, Event] = Decider(initial=NotRegistered(), decide=decide, evolve=evolve)


def ensure_of(state: Team, agreement_id: UUID, *, imported: bool) -> None:
    """Hold that the team is registered under *agreement_id*, and that a source names only teams that it began."""
    if not isinstance(state, Registered) or state.registered.agreement_id != agreement_id:
        raise TeamUnknown
    of_its_kind(state, imported=imported)
