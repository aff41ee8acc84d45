"""Who is in a solver team, and who may say so."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from common.shared_refusals import NotYourPeople, TeamNotImported
from common.testing.deciding import Given, given
from common.values import Person
from solver_teams.domain.business_time import Calendar, UnreadableCalendar, Week, business_time
from solver_teams.domain.team import (
    AddMember,
    CalendarChanged,
    ChangeCalendar,
    ChangeCoverage,
    Command,
    Coverage,
    Fact,
    Member,
    MemberJoined,
    MemberLeft,
    NamelessTeam,
    NobodyStaffsIt,
    NotAParty,
    NotInTheTeam,
    NotYourTeam,
    Registered,
    RegisterTeam,
    RemoveMember,
    Team,
    TeamExists,
    UnknownTeam,
    decider,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEAM, AGREEMENT = UUID(int=1), UUID(int=2)
PARTIES = frozenset({"net-b", "desk-c"})
SPLIT = (("09:00", "13:00"), ("15:00", "18:00"))
MADRID = Calendar(time_zone="Europe/Madrid", week=Week(mon=SPLIT, tue=SPLIT), holidays=(date(2026, 3, 3),))
LEA = Person(person="lea", company="net-b", role="team-lead")
MAX = Person(person="max", company="telco-a", role="manager")
OPS = Person(person="ops", company="telco-a", role="operator")
CARLA = Person(person="carla", company="desk-c", role="team-lead")
BEA, CARO = Member(person="bea", company="net-b"), Member(person="caro", company="desk-c")


def register(
    *members: Member,
    companies: frozenset[str] = frozenset(),
    name: str = "Field",
    calendar: Calendar = MADRID,
    by: Person = LEA,
    imported: bool = False,
) -> RegisterTeam:
    return RegisterTeam(
        team_id=TEAM,
        agreement_id=AGREEMENT,
        name=name,
        companies=companies,
        members=members,
        coverage=(Coverage(service="fibre", activity="*", region="*"),),
        calendar=calendar,
        level="L2",
        parties=PARTIES,
        by=by,
        at=NOON,
        imported=imported,
    )


def add(member: Member, by: Person = LEA, *, imported: bool = False) -> AddMember:
    return AddMember(team_id=TEAM, member=member, parties=PARTIES, by=by, at=NOON, imported=imported)


def remove(member: Member, by: Person = LEA) -> RemoveMember:
    return RemoveMember(team_id=TEAM, member=member, by=by, at=NOON)


def field() -> Given[Team, Command, Fact]:
    return given(decider).after(register(BEA))


def test_a_team_has_people_of_several_parties() -> None:
    team = given(decider).after(register(BEA, companies=PARTIES), add(CARO, CARLA)).state
    assert isinstance(team, Registered)
    assert team.companies == {"net-b", "desk-c"}
    assert team.has("caro", "desk-c")


def test_a_person_of_a_company_that_is_no_party_is_refused() -> None:
    given(decider).when(register(Member(person="x", company="stranger"))).then_refused(NotAParty)
    field().when(add(Member(person="x", company="stranger"))).then_refused(NotAParty)
    field().when(add(Member(person="x", company="stranger"), OPS)).then_refused(NotAParty)


def test_a_team_that_nobody_staffs_is_refused() -> None:
    given(decider).when(register()).then_refused(NobodyStaffsIt)


def test_a_team_needs_a_name() -> None:
    given(decider).when(register(BEA, name=" ")).then_refused(NamelessTeam)


def test_registering_the_same_again_changes_nothing() -> None:
    field().when(register(BEA)).then_nothing()


def test_registering_another_team_under_the_same_id_is_refused() -> None:
    field().when(register(BEA, name="Other")).then_refused(TeamExists)


def test_a_member_joins_once() -> None:
    joined = MemberJoined(team_id=TEAM, agreement_id=AGREEMENT, person="dora", company="net-b", at=NOON)
    dora = Member(person="dora", company="net-b")
    field().when(add(dora)).then(joined)
    field().after(add(dora)).when(add(dora)).then_nothing()


def test_a_company_sends_and_withdraws_only_its_own_people() -> None:
    both = given(decider).after(register(BEA, companies=PARTIES), add(CARO, CARLA))
    both.when(add(Member(person="dan", company="desk-c"))).then_refused(NotYourPeople)
    both.when(remove(CARO)).then_refused(NotYourPeople)
    both.when(remove(BEA, CARLA)).then_refused(NotYourPeople)


def test_a_company_that_the_team_was_not_set_up_with_neither_joins_nor_withdraws_anybody() -> None:
    field().when(add(CARO, CARLA)).then_refused(NotYourTeam)
    for somebody in (MAX, OPS):
        field().when(remove(BEA, somebody)).then_refused(NotYourTeam)


def test_a_company_sets_up_a_team_that_names_itself_and_none_but_its_own_people() -> None:
    given(decider).when(register(BEA, by=CARLA)).then_refused(NotYourTeam)
    given(decider).when(register(BEA, companies=PARTIES, by=CARLA)).then_refused(NotYourPeople)
    given(decider).when(register(BEA, by=OPS)).then_refused(NotYourTeam)


def test_a_source_tells_of_anybodys_people_but_only_in_teams_that_were_imported() -> None:
    joined = MemberJoined(team_id=TEAM, agreement_id=AGREEMENT, person="caro", company="desk-c", at=NOON)
    told = given(decider).after(register(BEA, by=OPS, imported=True))
    told.when(add(CARO, OPS, imported=True)).then(joined)
    told.when(register(BEA, by=OPS, imported=True)).then_nothing()
    field().when(add(CARO, OPS, imported=True)).then_refused(TeamNotImported)
    field().when(register(BEA, by=OPS, imported=True)).then_refused(TeamNotImported)


def test_a_member_leaves() -> None:
    field().when(remove(BEA)).then(
        MemberLeft(team_id=TEAM, agreement_id=AGREEMENT, person="bea", company="net-b", at=NOON)
    )
    field().after(remove(BEA)).when(remove(BEA)).then_refused(NotInTheTeam)


def test_a_team_that_was_never_registered_is_unknown() -> None:
    given(decider).when(add(BEA)).then_refused(UnknownTeam)


def test_only_a_company_that_staffs_the_team_says_what_it_takes_on_and_when_it_works() -> None:
    field().when(ChangeCoverage(team_id=TEAM, coverage=(), by=MAX, at=NOON)).then_refused(NotYourTeam)
    field().when(ChangeCalendar(team_id=TEAM, calendar=MADRID, by=MAX, at=NOON)).then_refused(NotYourTeam)


def test_working_hours_change() -> None:
    other = Calendar(time_zone="America/Bogota", week=Week(fri=(("08:00", "24:00"),)))
    changed = CalendarChanged(team_id=TEAM, agreement_id=AGREEMENT, calendar=other, at=NOON)
    field().when(ChangeCalendar(team_id=TEAM, calendar=other, by=LEA, at=NOON)).then(changed)


def test_a_calendar_that_cannot_be_counted_in_is_refused() -> None:
    nowhere = Calendar(time_zone="Atlantis/Centre", week=Week())
    given(decider).when(register(BEA, calendar=nowhere)).then_refused(UnreadableCalendar)
    backwards = Calendar(time_zone="UTC", week=Week(mon=(("18:00", "09:00"),)))
    given(decider).when(register(BEA, calendar=backwards)).then_refused(UnreadableCalendar)


def test_business_time_is_that_of_the_teams_own_calendar_and_zone() -> None:
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    assert business_time(MADRID, monday, monday + timedelta(days=1)) == timedelta(hours=7)
    assert business_time(MADRID, monday + timedelta(hours=11), monday + timedelta(hours=15)) == timedelta(hours=2)


def test_a_holiday_has_no_business_time() -> None:
    holiday = datetime(2026, 3, 3, tzinfo=UTC)
    assert business_time(MADRID, holiday, holiday + timedelta(days=1)) == timedelta()
