"""Who may be in a touchpoint team."""

from dataclasses import replace

import pytest

from common.testing.deciding import given
from common.values import Person
from touchpoints.domain.agreement import CompanyNotParty
from touchpoints.domain.team import (
    CalendarUnknown,
    JoinTeam,
    LeaveTeam,
    Member,
    MemberJoined,
    MemberLeft,
    NotRegistered,
    NotYourPeople,
    RegisterTeam,
    TeamDiffers,
    TeamNotImported,
    TeamUnknown,
    decider,
    ensure_of,
)

LUZ = Member(person="luz", company="desk-c")
LUZ_LEAD = Person(person="leo", company="desk-c", role="team-lead")
ANA_LEAD = Person(person="mia", company="telco-a", role="manager")


def test_people_of_several_companies_are_one_team(registering_team: RegisterTeam) -> None:
    at, terms = registering_team.at, registering_team.terms
    team = given(decider).after(registering_team, JoinTeam(terms=terms, member=LUZ, by=LUZ_LEAD, imported=False, at=at))
    team.when(
        JoinTeam(terms=terms, member=Member(person="ana", company="telco-a"), by=ANA_LEAD, imported=False, at=at)
    ).then(
        MemberJoined(
            team_id=registering_team.team_id,
            agreement_id=terms.agreement_id,
            person="ana",
            company="telco-a",
            at=at,
        )
    )
    team.when(JoinTeam(terms=terms, member=LUZ, by=LUZ_LEAD, imported=False, at=at)).then_nothing()


def test_a_person_of_a_company_that_is_no_party_cannot_join(registering_team: RegisterTeam) -> None:
    stranger = JoinTeam(
        terms=registering_team.terms,
        member=Member(person="x", company="stranger"),
        by=ANA_LEAD,
        imported=False,
        at=registering_team.at,
    )
    given(decider).after(registering_team).when(stranger).then_refused(CompanyNotParty)
    given(decider).when(replace(registering_team, company="stranger")).then_refused(CompanyNotParty)


def test_a_member_leaves_once(registering_team: RegisterTeam) -> None:
    at = registering_team.at
    team = given(decider).after(
        registering_team, JoinTeam(terms=registering_team.terms, member=LUZ, by=LUZ_LEAD, imported=False, at=at)
    )
    leave = LeaveTeam(member=LUZ, by=LUZ_LEAD, imported=False, at=at)
    team.when(leave).then(
        MemberLeft(
            team_id=registering_team.team_id,
            agreement_id=registering_team.terms.agreement_id,
            person="luz",
            company="desk-c",
            at=at,
        )
    )
    team.after(leave).when(leave).then_nothing()


def test_registering_again_changes_nothing_unless_it_differs(registering_team: RegisterTeam) -> None:
    team = given(decider).after(registering_team)
    team.when(registering_team).then_nothing()
    team.when(replace(registering_team, name="Other desk")).then_refused(TeamDiffers)


def test_a_team_works_by_a_calendar_of_the_agreement(registering_team: RegisterTeam) -> None:
    given(decider).when(replace(registering_team, calendar="lunar")).then_refused(CalendarUnknown)


def test_nobody_joins_a_team_that_does_not_exist(registering_team: RegisterTeam) -> None:
    given(decider).when(
        JoinTeam(terms=registering_team.terms, member=LUZ, by=LUZ_LEAD, imported=False, at=registering_team.at)
    ).then_refused(TeamUnknown)
    with pytest.raises(TeamUnknown):
        ensure_of(NotRegistered(), registering_team.terms.agreement_id, imported=False)


def test_a_company_sends_its_own_people_and_the_team_s_own_company_anybody(registering_team: RegisterTeam) -> None:
    at, terms = registering_team.at, registering_team.terms
    team = given(decider).after(registering_team)
    rival = Person(person="noa", company="net-b", role="manager")
    team.when(JoinTeam(terms=terms, member=LUZ, by=rival, imported=False, at=at)).then_refused(NotYourPeople)
    joined = team.after(JoinTeam(terms=terms, member=LUZ, by=ANA_LEAD, imported=False, at=at))
    joined.when(LeaveTeam(member=LUZ, by=rival, imported=False, at=at)).then_refused(NotYourPeople)


def test_a_source_rules_only_teams_that_it_began(registering_team: RegisterTeam) -> None:
    at, told = registering_team.at, replace(registering_team, imported=True)
    joining = JoinTeam(terms=registering_team.terms, member=LUZ, by=LUZ_LEAD, imported=True, at=at)
    leaving = LeaveTeam(member=LUZ, by=LUZ_LEAD, imported=True, at=at)
    live = given(decider).after(registering_team)
    for one in (told, replace(told, name="Other desk"), joining, leaving):
        live.when(one).then_refused(TeamNotImported)
    with pytest.raises(TeamNotImported):
        ensure_of(live.state, registering_team.terms.agreement_id, imported=True)
    begun = given(decider).after(told, joining, leaving)
    begun.when(told).then_nothing()
    ensure_of(begun.state, registering_team.terms.agreement_id, imported=True)
