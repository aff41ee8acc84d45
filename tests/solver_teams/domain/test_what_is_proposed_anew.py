"""When the system proposes a team instead of the one that it proposed before, and when what people did stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from common.eventstore.confiding import confide
from common.testing.deciding import Given, given
from common.values import Person
from solver_teams.domain.business_time import Calendar, Week
from solver_teams.domain.case_work.commands import (
    AcceptWork,
    Command,
    EndWork,
    OfferWork,
    OpenWork,
    ParkWork,
    ProposeTeam,
    RejectWork,
    Seat,
    UnparkWork,
)
from solver_teams.domain.case_work.decide import decider
from solver_teams.domain.case_work.facts import Fact, TeamProposed
from solver_teams.domain.case_work.states import CaseWork
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.routing import Proposal, Subject, propose_anew, rests_until
from solver_teams.domain.team import Coverage, Listing, Member, Registered

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
AGREEMENT, CASE, ITEM, OTHER_ITEM = (UUID(int=n) for n in range(1, 5))
REPAIR = Subject(service="fibre", activity="repair", region="north", accountable="net-b")
ANY = Coverage(service="*", activity="*", region="*")
FIBRE = Coverage(service="fibre", activity="*", region="*")

ANA = Person(person="ana", company="telco-a", role="touchpoint-agent")
BEA = Person(person="bea", company="net-b", role="solver")
FIELD = Registered(
    team_id=uuid5(AGREEMENT, "field"),
    agreement_id=AGREEMENT,
    name="field",
    companies=frozenset({"net-b"}),
    members=frozenset({Member(person="bea", company="net-b")}),
    coverage=(ANY,),
    calendar=Calendar(time_zone="UTC", week=Week()),
    level=None,
    imported=False,
)
SEAT = Seat(crew=Crew(team_id=FIELD.team_id, company="net-b"), theirs=True)
NOBODY = Proposal(team_id=None, company=None, reasons=("no team covers it",))
BY_FIELD = Proposal(team_id=FIELD.team_id, company="net-b", reasons=("field covers it",))
BY_CORE = Proposal(team_id=uuid5(AGREEMENT, "core"), company="net-b", reasons=("core covers it",))

Work = Given[CaseWork, Command, Fact]


def listing(name: str, company: str, *coverage: Coverage) -> Listing:
    return Listing(team_id=uuid5(AGREEMENT, name), name=name, companies=(company,), coverage=coverage)


def opened(proposal: Proposal = NOBODY) -> Work:
    opening = OpenWork(
        case_id=CASE,
        agreement_id=AGREEMENT,
        agreement_version=1,
        item_id=ITEM,
        touchpoint_team_id=None,
        company="telco-a",
        accountable="net-b",
        service="fibre",
        activity="repair",
        region="north",
        priority=None,
        solved_at_contact=False,
        imported=False,
        imported_by=None,
        proposal=proposal,
        at=NOON,
    )
    return given(decider).after(opening)


def anew(proposal: Proposal = BY_FIELD, *, instead_of: UUID | None = None, item_id: UUID = ITEM) -> ProposeTeam:
    return ProposeTeam(case_id=CASE, item_id=item_id, instead_of=instead_of, proposal=proposal, at=LATER)


OFFER = OfferWork(case_id=CASE, item_id=ITEM, team=FIELD, company="net-b", by=ANA, at=NOON)
ACCEPT = AcceptWork(case_id=CASE, item_id=ITEM, seat=SEAT, by=BEA, at=NOON)
REJECT = RejectWork(case_id=CASE, item_id=ITEM, seat=SEAT, reason=confide("not ours"), by=BEA, at=NOON)
PARK, UNPARK = ParkWork(case_id=CASE, reason="unreachable", at=NOON), UnparkWork(case_id=CASE, at=NOON)


def test_work_that_nobody_covered_is_proposed_to_a_team_that_came_to_cover_it_with_the_reason() -> None:
    proposed = TeamProposed(
        case_id=CASE,
        agreement_id=AGREEMENT,
        item_id=ITEM,
        round=1,
        team_id=FIELD.team_id,
        company="net-b",
        reasons=("field covers it",),
        at=LATER,
    )
    opened().when(anew()).then(proposed)


def test_the_same_team_is_not_proposed_twice() -> None:
    opened().after(anew()).when(anew()).then_nothing()
    opened(BY_FIELD).when(anew(instead_of=FIELD.team_id)).then_nothing()


def test_that_nobody_covers_is_not_said_twice() -> None:
    opened().when(anew(replace(NOBODY, reasons=("still none",)))).then_nothing()


def test_a_proposal_replaces_only_the_one_that_it_was_meant_to_replace() -> None:
    opened().after(anew(BY_CORE)).when(anew(BY_FIELD, instead_of=None)).then_nothing()
    assert decider.decide(opened(BY_CORE).state, anew(BY_FIELD, instead_of=BY_CORE.team_id))


@pytest.mark.parametrize("done", [(OFFER,), (OFFER, ACCEPT), (OFFER, REJECT)])
def test_once_people_asked_somebody_nothing_is_proposed_any_more(done: tuple[Command, ...]) -> None:
    opened().after(*done).when(anew(BY_CORE)).then_nothing()
    opened(BY_FIELD).after(*done).when(anew(BY_CORE, instead_of=FIELD.team_id)).then_nothing()


def test_nothing_is_proposed_for_what_is_parked_closed_unknown_or_another_item() -> None:
    opened().after(PARK).when(anew()).then_nothing()
    assert decider.decide(opened().after(PARK, UNPARK).state, anew())
    opened().after(EndWork(case_id=CASE, at=NOON)).when(anew()).then_nothing()
    opened().when(anew(item_id=OTHER_ITEM)).then_nothing()
    given(decider).when(anew()).then_nothing()


def test_an_offer_says_whether_it_followed_what_was_proposed_last() -> None:
    (offered,) = decider.decide(opened().after(anew()).state, OFFER)
    assert getattr(offered, "followed_proposal", None) is True


def test_a_proposal_stands_while_its_team_covers_the_work() -> None:
    before, better = listing("before", "net-b", ANY), listing("better", "net-b", FIBRE)
    assert propose_anew(None, (before, better), REPAIR, before.team_id, "net-b") is None


def test_where_its_team_covers_the_work_no_more_the_next_is_proposed_or_nobody() -> None:
    before, next_best = listing("before", "net-b"), listing("next", "net-b", ANY)
    proposal = propose_anew(None, (before, next_best), REPAIR, before.team_id, "net-b")
    assert proposal is not None
    assert proposal.team_id == next_best.team_id
    none_left = propose_anew(None, (before,), REPAIR, before.team_id, "net-b")
    assert none_left is not None
    assert none_left.team_id is None
    assert "no team of the agreement covers" in none_left.reasons[-1]
    assert propose_anew(None, (before,), REPAIR, None, None) is None


def test_a_team_of_another_company_gives_way_to_one_of_the_accountable_company_and_to_no_other() -> None:
    before, theirs, own = (
        listing("before", "telco-a", ANY),
        listing("theirs", "desk-c", FIBRE),
        listing("own", "net-b", ANY),
    )
    assert propose_anew(None, (before, theirs), REPAIR, before.team_id, "telco-a") is None
    proposal = propose_anew(None, (before, theirs, own), REPAIR, before.team_id, "telco-a")
    assert proposal is not None
    assert proposal.team_id == own.team_id


def test_a_proposal_whose_company_has_nobody_in_the_team_any_more_is_replaced() -> None:
    mixed = listing("mixed", "net-b", ANY)
    without = replace(mixed, companies=("desk-c",))
    proposal = propose_anew(None, (without,), REPAIR, mixed.team_id, "net-b")
    assert proposal is not None
    assert (proposal.team_id, proposal.company) == (mixed.team_id, "desk-c")
    nobody = propose_anew(None, (replace(mixed, companies=()),), REPAIR, mixed.team_id, "net-b")
    assert nobody is not None
    assert nobody.team_id is None
    back = propose_anew(None, (mixed,), REPAIR, mixed.team_id, "desk-c")
    assert back is not None
    assert back.company == "net-b"


def by_turns(times: int, every: timedelta) -> list[datetime]:
    """Let two teams of other companies come and go by turns, as often as that; return when one was proposed."""
    turns = (Proposal(team_id=FIELD.team_id, company="desk-c", reasons=("it covers it",)), NOBODY)
    work, made, before = opened(), list[datetime](), NOBODY
    for turn in range(times):
        following, at = turns[len(made) % 2], NOON + every * turn
        command = replace(anew(following, instead_of=before.team_id), at=at)
        if decider.decide(work.state, command):
            work, before = work.after(command), following
            made.append(at)
    return made


def test_teams_that_come_and_go_bring_about_a_few_proposals_and_then_one_an_hour() -> None:
    made = by_turns(times=12 * 60 * 6, every=timedelta(seconds=10))
    assert len([at for at in made if at < NOON + timedelta(hours=2)]) <= 13
    later = [at for at in made if at >= NOON + timedelta(hours=3)]
    assert len(later) <= 10
    assert later


def test_how_long_a_proposal_stands_at_least_doubles_from_a_second_to_an_hour() -> None:
    rests = [(rests_until(times, NOON) - NOON).total_seconds() for times in range(1, 16)]
    assert rests == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]


def test_the_accountable_company_s_own_team_waits_for_nothing_however_often_others_came_and_went() -> None:
    work = opened()
    others = (Proposal(team_id=BY_CORE.team_id, company="desk-c", reasons=("it covers it",)), NOBODY)
    at, before = NOON, NOBODY
    for turn in range(12):
        at += timedelta(hours=1)
        work = work.after(replace(anew(others[turn % 2], instead_of=before.team_id), at=at))
        before = others[turn % 2]
    back = replace(anew(others[0], instead_of=None), at=at)
    work.when(back).then_nothing()
    own = replace(anew(BY_FIELD, instead_of=None), at=at)
    assert decider.decide(work.state, own)
    work.after(own).when(replace(anew(NOBODY, instead_of=FIELD.team_id), at=at)).then_nothing()
