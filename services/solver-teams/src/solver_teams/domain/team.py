"""A solver team: people of one or several parties who take on cases, what they cover and when they work."""

from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.refusals import Conflict, Forbidden, Invalid, NotFound
from common.shared_refusals import NotYourPeople, TeamNotImported
from common.values import Person, replace, value
from solver_teams.domain.business_time import Calendar, checked

ANY = "*"


@value
class Member:
    """A person who works in the team for a company."""

    person: str
    company: str


@value
class Coverage:
    """What the team takes on; ``*`` in any of the three matches all."""

    service: str
    activity: str
    region: str

    def covers(self, service: str, activity: str, region: str) -> bool:
        """Tell whether work of this kind is covered."""
        return self.service in (ANY, service) and self.activity in (ANY, activity) and self.region in (ANY, region)

    def exactness(self) -> int:
        """Return how many of the three are named rather than any."""
        return sum(part != ANY for part in (self.service, self.activity, self.region))


@value
class Listing:
    """What routing needs to know of a team; ``companies`` are those that have people of their own in it."""

    team_id: UUID
    name: str
    companies: tuple[str, ...]
    coverage: tuple[Coverage, ...]


@value
class RegisterTeam:
    """Set the team up; *parties* are those of the agreement, as it stands.

    Here and below, what is ``imported`` is told by an operator of what a source says: of any company's people.
    """

    team_id: UUID
    agreement_id: UUID
    name: str
    companies: frozenset[str]
    members: tuple[Member, ...]
    coverage: tuple[Coverage, ...]
    calendar: Calendar
    level: str | None
    parties: frozenset[str]
    by: Person
    at: datetime
    imported: bool = False


@value
class AddMember:
    """Let a person join."""

    team_id: UUID
    member: Member
    parties: frozenset[str]
    by: Person
    at: datetime
    imported: bool = False


@value
class RemoveMember:
    """Let a person leave."""

    team_id: UUID
    member: Member
    by: Person
    at: datetime
    imported: bool = False


@value
class ChangeCoverage:
    """Say anew what the team takes on."""

    team_id: UUID
    coverage: tuple[Coverage, ...]
    by: Person
    at: datetime
    imported: bool = False


@value
class ChangeCalendar:
    """Say anew when the team works."""

    team_id: UUID
    calendar: Calendar
    by: Person
    at: datetime
    imported: bool = False


@value
class TeamRegistered:
    """A solver team stands ready."""

    team_id: UUID
    agreement_id: UUID
    name: str
    companies: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    calendar: Calendar
    level: str | None
    at: datetime
    imported: bool


@value
class MemberJoined:
    """A person works in the team now."""

    team_id: UUID
    agreement_id: UUID
    person: str
    company: str
    at: datetime


@value
class MemberLeft:
    """A person no longer works in the team."""

    team_id: UUID
    agreement_id: UUID
    person: str
    company: str
    at: datetime


@value
class CoverageChanged:
    """What the team takes on has changed."""

    team_id: UUID
    agreement_id: UUID
    coverage: tuple[Coverage, ...]
    at: datetime


@value
class CalendarChanged:
    """The team works at other hours."""

    team_id: UUID
    agreement_id: UUID
    calendar: Calendar
    at: datetime


@value
class NotRegistered:
    """There is no team."""


@value
class Registered:
    """A team that can be offered work."""

    team_id: UUID
    agreement_id: UUID
    name: str
    companies: frozenset[str]
    members: frozenset[Member]
    coverage: tuple[Coverage, ...]
    calendar: Calendar
    level: str | None
    imported: bool

    def has(self, person: str, company: str) -> bool:
        """Tell whether *person* works here for *company*."""
        return Member(person=person, company=company) in self.members

    def has_people_of(self, company: str) -> bool:
        """Tell whether *company* sent somebody: its own word, where that it was named is another's, or a source's."""
        return not self.imported and self.has_anybody_of(company)

    def has_anybody_of(self, company: str) -> bool:
        """Tell whether somebody works here for *company*, whoever says so: who is asked can answer."""
        return any(member.company == company for member in self.members)

    def listed(self, own_word: frozenset[str]) -> Listing:
        """Return what routing knows of the team: staffed by companies with people in it that said so themselves.

        *own_word* are the companies whose word on the team is their own: whose people acted on it, or whose operator
        told of it. That another company named one, or told of its people, does not staff a team.
        """
        companies = {member.company for member in self.members} & own_word
        return Listing(team_id=self.team_id, name=self.name, companies=tuple(sorted(companies)), coverage=self.coverage)

    def covers(self, service: str, activity: str, region: str) -> bool:
        """Tell whether the team takes on work of this kind."""
        return any(coverage.covers(service, activity, region) for coverage in self.coverage)


Command = RegisterTeam | AddMember | RemoveMember | ChangeCoverage | ChangeCalendar
Fact = TeamRegistered | MemberJoined | MemberLeft | CoverageChanged | CalendarChanged
Team = NotRegistered | Registered


class UnknownTeam(NotFound):
    """There is no such solver team."""


class TeamExists(Conflict):
    """Your company has registered another team under this reference."""


class NotAParty(Forbidden):
    """People of a company that has not signed the agreement cannot work under it."""


class NobodyStaffsIt(Invalid):
    """A team needs at least one company that staffs it."""


class NamelessTeam(Invalid):
    """A team needs a name."""


class NotYourTeam(Forbidden):
    """A company sets up and changes only teams that it is named to staff."""


class NotInTheTeam(Conflict):
    """This person is no member of the team for that company."""


def registered(team: Team) -> Registered:
    """Return the team.

    Raises:
        UnknownTeam: it was never registered.
    """
    match team:
        case NotRegistered():
            raise UnknownTeam
        case Registered():
            return team


def decide(state: Team, command: Command) -> list[Fact]:
    """Return the facts *command* brings about, or raise the refusal."""
    match command:
        case RegisterTeam():
            return _register(state, command)
        case AddMember():
            return _add(registered(state), command)
        case RemoveMember():
            return _remove(registered(state), command)
        case ChangeCoverage():
            return _cover(registered(state), command)
        case ChangeCalendar():
            return _work_at(registered(state), command)


def _register(state: Team, command: RegisterTeam) -> list[Fact]:
    companies = command.companies | {member.company for member in command.members}
    if not companies:
        raise NobodyStaffsIt
    if not command.name.strip():
        raise NamelessTeam
    _all_parties(companies, command.parties)
    _own_registration(state, command, companies)
    facts: list[Fact] = [
        TeamRegistered(
            team_id=command.team_id,
            agreement_id=command.agreement_id,
            name=command.name,
            companies=tuple(sorted(companies)),
            coverage=command.coverage,
            calendar=checked(command.calendar),
            level=command.level,
            at=command.at,
            imported=command.imported,
        ),
        *_joins(command),
    ]
    return _once(state, facts)


def _joins(command: RegisterTeam) -> list[MemberJoined]:
    key, agreement_id, now = command.team_id, command.agreement_id, command.at
    return [
        MemberJoined(team_id=key, agreement_id=agreement_id, person=member.person, company=member.company, at=now)
        for member in dict.fromkeys(command.members)
    ]


def _once(state: Team, facts: list[Fact]) -> list[Fact]:
    match state:
        case NotRegistered():
            return facts
        case Registered() if decider.fold(facts) == state:
            return []
        case Registered():
            raise TeamExists


def _add(team: Registered, command: AddMember) -> list[Fact]:
    _all_parties({command.member.company}, command.parties)
    _own_people(team, command)
    if command.member in team.members:
        return []
    key, agreement_id, member = team.team_id, team.agreement_id, command.member
    return [
        MemberJoined(
            team_id=key, agreement_id=agreement_id, person=member.person, company=member.company, at=command.at
        )
    ]


def _remove(team: Registered, command: RemoveMember) -> list[Fact]:
    _own_people(team, command)
    if command.member not in team.members:
        raise NotInTheTeam
    key, agreement_id, member = team.team_id, team.agreement_id, command.member
    return [
        MemberLeft(team_id=key, agreement_id=agreement_id, person=member.person, company=member.company, at=command.at)
    ]


def _cover(team: Registered, command: ChangeCoverage) -> list[Fact]:
    _own_team(team, command)
    if command.coverage == team.coverage:
        return []
    key, agreement_id = team.team_id, team.agreement_id
    return [CoverageChanged(team_id=key, agreement_id=agreement_id, coverage=command.coverage, at=command.at)]


def _work_at(team: Registered, command: ChangeCalendar) -> list[Fact]:
    _own_team(team, command)
    if command.calendar == team.calendar:
        return []
    key, agreement_id, calendar = team.team_id, team.agreement_id, checked(command.calendar)
    return [CalendarChanged(team_id=key, agreement_id=agreement_id, calendar=calendar, at=command.at)]


def _own_registration(state: Team, command: RegisterTeam, companies: frozenset[str]) -> None:
    """Hold that a company names itself and none but its own people; others' join by a person of theirs."""
    if command.imported:
        if isinstance(state, Registered) and not state.imported:
            raise TeamNotImported
        return
    if command.by.company not in companies:
        raise NotYourTeam
    if any(member.company != command.by.company for member in command.members):
        raise NotYourPeople


def _own_people(team: Registered, command: AddMember | RemoveMember) -> None:
    _own_team(team, command)
    if not command.imported and command.by.company != command.member.company:
        raise NotYourPeople


def _own_team(team: Registered, command: AddMember | RemoveMember | ChangeCoverage | ChangeCalendar) -> None:
    """Hold that who acts is of a company that staffs the team, or that the team is known from a source alone."""
    if command.imported and not team.imported:
        raise TeamNotImported
    if not command.imported and command.by.company not in team.companies:
        raise NotYourTeam


def _all_parties(companies: set[str] | frozenset[str], parties: frozenset[str]) -> None:
    if strangers := sorted(companies - parties):
        raise NotAParty(f"{', '.join(strangers)} has not signed the agreement", companies=strangers)


def evolve(state: Team, fact: Fact) -> Team:
    """Return the team after *fact*; never refuses, for it has happened."""
    match fact, state:
        case TeamRegistered(), _:
            return _stands(fact)
        case _, NotRegistered():
            return state
        case MemberJoined(person=person, company=company), Registered():
            joined = Member(person=person, company=company)
            return replace(state, members=state.members | {joined}, companies=state.companies | {company})
        case MemberLeft(person=person, company=company), Registered():
            return replace(state, members=state.members - {Member(person=person, company=company)})
        case CoverageChanged(coverage=coverage), Registered():
            return replace(state, coverage=coverage)
        case CalendarChanged(calendar=calendar), Registered():
            return replace(state, calendar=calendar)


def _stands(fact: TeamRegistered) -> Registered:
    return Registered(
        team_id=fact.team_id,
        agreement_id=fact.agreement_id,
        name=fact.name,
        companies=frozenset(fact.companies),
        members=frozenset(),
        coverage=fact.coverage,
        calendar=fact.calendar,
        level=fact.level,
        imported=fact.imported,
    )


decider: Decider[Team, Command, Fact] = Decider(initial=NotRegistered(), decide=decide, evolve=evolve)
