"""Who may be in a touchpoint team."""

from dataclasses import replace

import pytest

from common.shared_refusals import NotYourPeople, TeamNotImported
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
    NotOpenToYou,
    NotRegistered,
    NotYourTeam,
    OpenTeam,
    RegisterTeam,
    TeamDiffers,
    TeamOpened,
    TeamUnknown,
    decider,
    ensure_of,
)

LUZ = Member(person="luz", company="desk-c")
LUZ_LEAD = Person(person="leo", company="desk-c", role="team-lead")
NOA_LEAD = Person(person="noa", company="net-b", role="manager")
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
        by=Person(person="eve", company="stranger", role="manager"),
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
        ensure_of(NotRegistered(), registering_team.terms.agreement_id, company="telco-a", imported=False)


def test_each_company_sends_and_withdraws_its_own_people_only(registering_team: RegisterTeam) -> None:
    at, terms = registering_team.at, registering_team.terms
    team = given(decider).after(registering_team, JoinTeam(terms=terms, member=LUZ, by=LUZ_LEAD, imported=False, at=at))
    ivo, ana = Member(person="ivo", company="desk-c"), Member(person="ana", company="telco-a")
    for lead, member in ((ANA_LEAD, ivo), (LUZ_LEAD, ana)):
        team.when(JoinTeam(terms=terms, member=member, by=lead, imported=False, at=at)).then_refused(NotYourPeople)
    team.when(LeaveTeam(member=LUZ, by=ANA_LEAD, imported=False, at=at)).then_refused(NotYourPeople)


def test_another_company_joins_by_the_consent_of_the_one_that_runs_the_team(registering_team: RegisterTeam) -> None:
    at, terms = registering_team.at, registering_team.terms
    noa = JoinTeam(terms=terms, member=Member(person="noa", company="net-b"), by=NOA_LEAD, imported=False, at=at)
    opening = OpenTeam(terms=terms, open_to=frozenset({"net-b", "telco-a"}), by=ANA_LEAD, imported=False, at=at)
    team = given(decider).after(registering_team)
    team.when(noa).then_refused(NotOpenToYou)
    team.when(replace(opening, by=NOA_LEAD)).then_refused(NotYourTeam)
    team.when(replace(opening, open_to=frozenset({"stranger"}))).then_refused(CompanyNotParty)
    team.when(opening).then(
        TeamOpened(team_id=registering_team.team_id, agreement_id=terms.agreement_id, open_to=("net-b",), at=at)
    )
    opened = team.after(opening)
    opened.when(opening).then_nothing()
    joined = opened.after(noa)
    joined.when(JoinTeam(terms=terms, member=LUZ, by=LUZ_LEAD, imported=False, at=at)).then_refused(NotOpenToYou)
    joined.when(registering_team).then_nothing()


def test_who_is_in_a_team_that_closes_stays_until_their_company_withdraws_them(registering_team: RegisterTeam) -> None:
    at, terms = registering_team.at, registering_team.terms
    closed = given(decider).after(
        registering_team,
        JoinTeam(terms=terms, member=LUZ, by=LUZ_LEAD, imported=False, at=at),
        OpenTeam(terms=terms, open_to=frozenset(), by=ANA_LEAD, imported=False, at=at),
    )
    again = JoinTeam(terms=terms, member=Member(person="ivo", company="desk-c"), by=LUZ_LEAD, imported=False, at=at)
    closed.when(again).then_refused(NotOpenToYou)
    leave = LeaveTeam(member=LUZ, by=LUZ_LEAD, imported=False, at=at)
    closed.after(leave).when(leave).then_nothing()


def test_a_team_is_open_to_parties_only(registering_team: RegisterTeam) -> None:
    given(decider).when(replace(registering_team, open_to=frozenset({"stranger"}))).then_refused(CompanyNotParty)


def test_a_source_rules_only_teams_that_it_began(registering_team: RegisterTeam) -> None:
    at, told = registering_team.at, replace(registering_team, imported=True)
    joining = JoinTeam(terms=registering_team.terms, member=LUZ, by=LUZ_LEAD, imported=True, at=at)
    leaving = LeaveTeam(member=LUZ, by=LUZ_LEAD, imported=True, at=at)
    live = given(decider).after(registering_team)
    for one in (told, replace(told, name="Other desk"), joining, leaving):
        live.when(one).then_refused(TeamNotImported)
    with pytest.raises(TeamNotImported):
        ensure_of(live.state, registering_team.terms.agreement_id, company="telco-a", imported=True)
    begun = given(decider).after(told, joining, leaving)
    begun.when(told).then_nothing()
    ensure_of(begun.state, registering_team.terms.agreement_id, company="telco-a", imported=True)
