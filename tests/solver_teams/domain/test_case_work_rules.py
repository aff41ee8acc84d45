"""Who has the work of a case, and who may do what with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from common.eventstore.confiding import confide
from common.testing.deciding import Given, given
from common.values import Person
from solver_teams.domain.business_time import Calendar, Week
from solver_teams.domain.case_work import refusals as no
from solver_teams.domain.case_work.commands import (
    AcceptHandOver,
    AcceptWork,
    AnswerInformation,
    AskInformation,
    Command,
    DeclineHandOver,
    EndWork,
    HandOver,
    OfferWork,
    OpenItem,
    OpenWork,
    ParkWork,
    PauseWork,
    PullWork,
    RejectWork,
    ReopenWork,
    ResumeWork,
    Seat,
    SolveWork,
    UnparkWork,
    WithdrawHandOver,
    WithdrawItem,
)
from solver_teams.domain.case_work.decide import decider
from solver_teams.domain.case_work.facts import (
    Fact,
    HandOverOffered,
    ItemOpened,
    ItemSolved,
    Package,
    SolutionProposed,
    TeamProposed,
    WorkAccepted,
    WorkOffered,
    WorkOpened,
    WorkReopened,
    WorkResumed,
)
from solver_teams.domain.case_work.states import Awaiting, CaseWork, Closed, InHands, InWork, company_of
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.routing import Proposal
from solver_teams.domain.team import Coverage, Member, NotAParty, Registered

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGREEMENT, CASE, ITEM, OTHER_ITEM, QUESTION = (UUID(int=n) for n in range(1, 6))
ANYTHING = (Coverage(service="*", activity="*", region="*"),)
DAYS = Calendar(time_zone="Europe/Madrid", week=Week(mon=(("09:00", "18:00"),)))
PACKAGE = Package(
    context=confide("no light on the line"), promises=confide("a call before six"), next_step=confide("swap the card")
)

ANA = Person(person="ana", company="telco-a", role="touchpoint-agent")
BEA = Person(person="bea", company="net-b", role="solver")
BOB = Person(person="bob", company="net-b", role="team-lead")
CARO = Person(person="caro", company="desk-c", role="solver")
EVE = Person(person="eve", company="desk-c", role="solver")

Work = Given[CaseWork, Command, Fact]


def team(name: str, *members: Person, coverage: tuple[Coverage, ...] = ANYTHING) -> Registered:
    return Registered(
        team_id=uuid5(AGREEMENT, name),
        agreement_id=AGREEMENT,
        name=name,
        companies=frozenset(one.company for one in members),
        members=frozenset(Member(person=one.person, company=one.company) for one in members),
        coverage=coverage,
        calendar=DAYS,
        level=None,
        imported=False,
    )


FIELD = team("field", BEA, BOB, CARO)
CORE = team("core", CARO, EVE)
FIBRE_ONLY = team("fibre-only", BEA, coverage=(Coverage(service="fibre", activity="*", region="*"),))
PROPOSAL = Proposal(team_id=FIELD.team_id, company="net-b", reasons=("it covers it",))


def seat(where: Registered, who: Person) -> Seat:
    crew = Crew(team_id=where.team_id, company=who.company)
    return Seat(crew=crew, theirs=where.has(who.person, who.company))


def after(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def opening(*, accountable: str = "net-b", at_contact: bool = False, proposal: Proposal = PROPOSAL) -> OpenWork:
    return OpenWork(
        case_id=CASE,
        agreement_id=AGREEMENT,
        agreement_version=1,
        item_id=ITEM,
        touchpoint_team_id=None,
        company="telco-a",
        accountable=accountable,
        service="line",
        activity="repair",
        region="north",
        priority="high",
        solved_at_contact=at_contact,
        imported=False,
        imported_by=None,
        proposal=proposal,
        at=NOON,
    )


def offer(to: Registered = FIELD, company: str = "net-b", by: Person = ANA, item: UUID = ITEM) -> OfferWork:
    return OfferWork(case_id=CASE, item_id=item, team=to, company=company, by=by, at=after(1))


def accept(where: Registered = FIELD, by: Person = BEA, item: UUID = ITEM) -> AcceptWork:
    return AcceptWork(case_id=CASE, item_id=item, seat=seat(where, by), by=by, at=after(2))


def solve(where: Registered = FIELD, by: Person = BEA, item: UUID = ITEM, minutes: int = 9) -> SolveWork:
    return SolveWork(
        case_id=CASE,
        item_id=item,
        seat=seat(where, by),
        cause="card",
        action="swapped",
        by=by,
        at=after(minutes),
    )


def hand_over(to: Registered = CORE, company: str = "desk-c", by: Person = BEA, package: Package = PACKAGE) -> HandOver:
    return HandOver(
        case_id=CASE,
        item_id=ITEM,
        seat=seat(FIELD, by),
        to_team=to,
        to_company=company,
        package=package,
        by=by,
        at=after(3),
    )


def take_over(where: Registered = CORE, by: Person = CARO) -> AcceptHandOver:
    return AcceptHandOver(case_id=CASE, item_id=ITEM, seat=seat(where, by), by=by, at=after(4))


def pause(reason: str = "waiting-customer", note: str | None = None) -> PauseWork:
    return PauseWork(
        case_id=CASE,
        item_id=ITEM,
        seat=seat(FIELD, BEA),
        reason=reason,
        note=None if note is None else confide(note),
        by=BEA,
        at=after(5),
    )


def ask(company: str | None) -> AskInformation:
    return AskInformation(
        case_id=CASE,
        item_id=ITEM,
        question_id=QUESTION,
        asked_company=company,
        parties=frozenset({"telco-a", "net-b", "desk-c"}),
        question=confide("which port?"),
        seat=seat(FIELD, BEA),
        by=BEA,
        at=after(5),
    )


def answer(by: Person) -> AnswerInformation:
    return AnswerInformation(
        case_id=CASE, item_id=ITEM, question_id=QUESTION, answer=confide("the third"), by=by, at=after(6)
    )


def another_item(by: Person = BEA) -> OpenItem:
    return OpenItem(
        case_id=CASE,
        item_id=OTHER_ITEM,
        purpose=confide("check the core"),
        team=CORE,
        company="desk-c",
        by=by,
        at=after(3),
    )


def reopen(number: int, item: UUID = OTHER_ITEM) -> ReopenWork:
    return ReopenWork(
        case_id=CASE, item_id=item, round=number, reason="negative-feedback", proposal=PROPOSAL, at=after(30)
    )


def work(*commands: Command) -> Work:
    return given(decider).after(*commands)


def opened() -> Work:
    return work(opening())


def in_hands() -> Work:
    return work(opening(), offer(), accept())


def item_of(state: CaseWork) -> InHands:
    assert isinstance(state, InWork)
    item = state.items[0]
    assert isinstance(item, InHands)
    return item


def test_the_system_proposes_a_team_and_says_why_when_a_case_opens() -> None:
    facts = decider.decide(given(decider).state, opening())
    assert [type(fact) for fact in facts] == [WorkOpened, TeamProposed]
    assert isinstance(facts[1], TeamProposed)
    assert facts[1].reasons == ("it covers it",)


def test_a_case_that_nobody_covers_opens_with_no_team_proposed() -> None:
    nobody = Proposal(team_id=None, company=None, reasons=("nobody covers it",))
    facts = decider.decide(given(decider).state, opening(proposal=nobody))
    assert isinstance(facts[1], TeamProposed)
    assert facts[1].team_id is None


def test_opening_twice_changes_nothing() -> None:
    opened().when(opening()).then_nothing()


def test_a_case_without_an_accountable_company_cannot_be_worked_on() -> None:
    given(decider).when(opening(accountable=" ")).then_refused(no.AccountableMissing)


def test_before_anyone_accepts_the_touchpoints_company_holds() -> None:
    state = work(opening(), offer()).state
    assert isinstance(state, InWork)
    assert [company_of(item) for item in state.items] == ["telco-a"]


def test_delegating_changes_who_performs_and_never_who_is_accountable() -> None:
    state = in_hands().after(hand_over(), take_over()).state
    assert isinstance(state, InWork)
    assert state.case.accountable == "net-b"
    assert item_of(state).holder == Crew(team_id=CORE.team_id, company="desk-c")


def test_offering_to_the_proposed_team_is_said_to_follow_the_proposal() -> None:
    (fact,) = decider.decide(opened().state, offer())
    assert isinstance(fact, WorkOffered)
    assert fact.followed_proposal is True


def test_offering_to_another_team_is_said_to_override_the_proposal() -> None:
    (fact,) = decider.decide(opened().state, offer(CORE, "desk-c"))
    assert isinstance(fact, WorkOffered)
    assert fact.followed_proposal is False


def test_offering_where_nobody_was_proposed_follows_and_overrides_nothing() -> None:
    nobody = Proposal(team_id=None, company=None, reasons=("nobody covers it",))
    (fact,) = decider.decide(work(opening(proposal=nobody)).state, offer())
    assert isinstance(fact, WorkOffered)
    assert fact.followed_proposal is None


def test_offering_twice_to_the_same_changes_nothing() -> None:
    opened().after(offer()).when(offer()).then_nothing()


def test_work_is_offered_only_to_a_company_that_staffs_the_team() -> None:
    opened().when(offer(FIELD, "telco-a")).then_refused(no.CompanyNotInTeam)


def test_work_is_not_offered_to_a_team_of_another_agreement() -> None:
    stranger = Registered(
        team_id=CORE.team_id,
        agreement_id=CASE,
        name="stranger",
        companies=frozenset({"net-b"}),
        members=frozenset(),
        coverage=ANYTHING,
        calendar=DAYS,
        level=None,
        imported=False,
    )
    opened().when(offer(stranger)).then_refused(no.TeamOfAnotherAgreement)


def test_a_company_that_is_not_concerned_cannot_direct_the_work() -> None:
    opened().when(offer(by=CARO)).then_refused(no.NotYoursToDirect)


def test_a_member_of_the_team_and_company_accepts() -> None:
    (fact,) = decider.decide(opened().after(offer()).state, accept())
    assert isinstance(fact, WorkAccepted)
    assert (fact.company, fact.person, fact.followed_proposal) == ("net-b", "bea", True)


def test_a_solver_of_another_company_cannot_accept_for_this_one() -> None:
    opened().after(offer()).when(accept(by=CARO)).then_refused(no.NotOffered)


def test_a_person_who_is_no_member_cannot_accept() -> None:
    stranger = Person(person="zoe", company="net-b", role="solver")
    opened().after(offer()).when(accept(by=stranger)).then_refused(no.NotAMember)


def test_work_that_was_not_offered_cannot_be_accepted() -> None:
    opened().when(accept()).then_refused(no.NotOffered)


def test_accepting_twice_changes_nothing() -> None:
    in_hands().when(accept()).then_nothing()


def test_a_second_person_of_the_team_is_told_who_has_accepted() -> None:
    with pytest.raises(no.AcceptedAlready, match="bea has accepted it already"):
        decider.decide(in_hands().state, accept(by=BOB))


def test_a_second_person_of_the_receiving_team_is_told_who_has_taken_over() -> None:
    taken = in_hands().after(hand_over(), take_over())
    taken.when(take_over()).then_nothing()
    taken.when(take_over(by=EVE)).then_refused(no.AcceptedAlready)


def test_accepted_work_is_handed_over_and_no_longer_offered() -> None:
    in_hands().when(offer(CORE, "desk-c")).then_refused(no.AcceptedAlready)


def test_rejecting_needs_a_reason() -> None:
    reject = RejectWork(case_id=CASE, item_id=ITEM, seat=seat(FIELD, BEA), reason=confide(" "), by=BEA, at=after(2))
    opened().after(offer()).when(reject).then_refused(no.ReasonMissing)


def test_rejected_work_can_be_offered_elsewhere_and_the_touchpoint_holds_it_meanwhile() -> None:
    reject = RejectWork(case_id=CASE, item_id=ITEM, seat=seat(FIELD, BEA), reason=confide("full"), by=BEA, at=after(2))
    state = work(opening(), offer(), reject, offer(CORE, "desk-c")).state
    assert isinstance(state, InWork)
    assert company_of(state.items[0]) == "telco-a"


def pull(where: Registered = FIELD, by: Person = BEA) -> PullWork:
    return PullWork(case_id=CASE, item_id=ITEM, team=where, seat=seat(where, by), by=by, at=after(2))


@pytest.mark.parametrize("by", [BEA, CARO])
def test_a_member_of_a_covering_team_that_the_accountable_company_staffs_may_take_work_that_nobody_has(
    by: Person,
) -> None:
    facts = decider.decide(opened().state, pull(by=by))
    assert [type(fact) for fact in facts] == [WorkOffered, WorkAccepted]


def test_a_team_of_the_company_that_holds_the_work_may_take_it() -> None:
    ane = Person(person="ane", company="telco-a", role="solver")
    facts = decider.decide(opened().state, pull(team("own", ane), ane))
    assert [type(fact) for fact in facts] == [WorkOffered, WorkAccepted]


def test_a_company_that_the_work_does_not_concern_takes_it_only_when_asked() -> None:
    opened().when(pull(CORE, EVE)).then_refused(no.NotYoursToTake)
    facts = decider.decide(opened().after(offer(CORE, "desk-c")).state, pull(CORE, EVE))
    assert [type(fact) for fact in facts] == [WorkAccepted]


def test_that_a_team_names_the_accountable_company_does_not_let_others_take_its_work() -> None:
    named = replace(CORE, companies=CORE.companies | {"net-b"})
    told = replace(named, members=named.members | {Member(person="bea", company="net-b")}, imported=True)
    for where in (named, told):
        opened().when(pull(where, EVE)).then_refused(no.NotYoursToTake)


def test_nobody_takes_work_that_others_are_asked_to_take_until_they_have_answered() -> None:
    asked = opened().after(offer(CORE, "desk-c"))
    asked.when(pull()).then_refused(no.AskedOfOthers)
    reject = RejectWork(case_id=CASE, item_id=ITEM, seat=seat(CORE, EVE), reason=confide("full"), by=EVE, at=after(2))
    assert decider.decide(asked.after(reject).state, pull())


def test_a_team_that_does_not_cover_the_work_cannot_take_it_unasked() -> None:
    opened().when(pull(FIBRE_ONLY)).then_refused(no.NotCovered)


def test_a_hand_over_leaves_the_giver_holding_until_it_is_accepted() -> None:
    assert item_of(in_hands().after(hand_over()).state).holder == Crew(team_id=FIELD.team_id, company="net-b")


def test_the_same_package_or_note_given_again_changes_nothing_though_it_has_another_digest() -> None:
    again = Package(context=confide("a"), promises=confide("b"), next_step=confide("c"))
    once = Package(context=confide("a"), promises=confide("b"), next_step=confide("c"))
    in_hands().after(hand_over(package=once)).when(hand_over(package=again)).then_nothing()
    in_hands().after(pause("other", "no key")).when(pause("other", "no key")).then_nothing()


@pytest.mark.parametrize("missing", ["context", "promises", "next_step"])
def test_a_hand_over_needs_a_complete_package(missing: str) -> None:
    parts = {
        part: confide(text)
        for part, text in ({"context": "x", "promises": "y", "next_step": "z"} | {missing: "  "}).items()
    }
    in_hands().when(hand_over(package=Package(**parts))).then_refused(no.IncompletePackage)


def test_only_the_holder_hands_over() -> None:
    in_hands().when(hand_over(by=CARO)).then_refused(no.NotTheHolder)


def test_work_is_not_handed_over_to_its_holder() -> None:
    in_hands().when(hand_over(FIELD, "net-b")).then_refused(no.AlreadyTheirs)


def test_work_may_be_handed_over_to_another_company_of_the_same_team() -> None:
    state = in_hands().after(hand_over(FIELD, "desk-c"), take_over(FIELD, CARO)).state
    assert isinstance(state, InWork)
    assert (state.case.track.hand_offs, state.case.track.company_changes) == (0, 1)


def test_only_the_receiver_accepts_a_hand_over() -> None:
    in_hands().after(hand_over()).when(take_over(FIELD, CARO)).then_refused(no.NotHandedOver)


def test_a_declined_hand_over_stays_with_the_giver() -> None:
    decline = DeclineHandOver(
        case_id=CASE, item_id=ITEM, seat=seat(CORE, CARO), reason=confide("not ours"), by=CARO, at=after(4)
    )
    state = in_hands().after(hand_over(), decline).state
    assert item_of(state).hand_over is None
    assert item_of(state).holder.company == "net-b"


def test_a_hand_over_may_be_directed_elsewhere_before_it_is_accepted() -> None:
    (fact,) = decider.decide(in_hands().after(hand_over()).state, hand_over(FIELD, "desk-c"))
    assert isinstance(fact, HandOverOffered)
    assert fact.instead_of == Crew(team_id=CORE.team_id, company="desk-c")


def test_a_hand_over_that_was_withdrawn_can_no_longer_be_accepted() -> None:
    withdraw = WithdrawHandOver(
        case_id=CASE, item_id=ITEM, seat=seat(FIELD, BOB), reason=confide("found it"), by=BOB, at=after(4)
    )
    in_hands().after(hand_over(), withdraw).when(take_over()).then_refused(no.NotHandedOver)


def test_work_pauses_only_for_an_agreed_reason() -> None:
    in_hands().when(pause("lunch")).then_refused(no.UnknownPauseReason)


def test_another_reason_needs_a_note() -> None:
    in_hands().when(pause("other")).then_refused(no.UnknownPauseReason)


def test_paused_work_is_not_paused_for_a_second_reason() -> None:
    in_hands().after(pause()).when(pause("waiting-vendor")).then_refused(no.Paused)


def test_resuming_says_which_pause_ended() -> None:
    resume = ResumeWork(case_id=CASE, item_id=ITEM, seat=seat(FIELD, BEA), by=BEA, at=after(7))
    (fact,) = decider.decide(in_hands().after(pause()).state, resume)
    assert isinstance(fact, WorkResumed)
    assert fact.reason == "waiting-customer"


def test_a_question_is_answered_by_the_company_that_was_asked() -> None:
    in_hands().after(ask("desk-c")).when(answer(BEA)).then_refused(no.NotAsked)


def test_the_touchpoint_answers_for_the_customer() -> None:
    state = in_hands().after(ask(None), answer(ANA)).state
    assert item_of(state).questions == ()


def test_only_a_party_is_asked() -> None:
    in_hands().when(ask("stranger")).then_refused(NotAParty)


def test_the_last_item_solved_proposes_a_solution_attributed_to_all_who_held_in_the_round() -> None:
    facts = decider.decide(in_hands().after(hand_over(), take_over()).state, solve(CORE, CARO))
    assert [type(fact) for fact in facts] == [ItemSolved, SolutionProposed]
    assert isinstance(facts[1], SolutionProposed)
    assert facts[1].attribution == (
        Crew(team_id=FIELD.team_id, company="net-b"),
        Crew(team_id=CORE.team_id, company="desk-c"),
    )


def test_work_that_nobody_accepted_cannot_be_solved() -> None:
    opened().after(offer()).when(solve()).then_refused(no.NotInWork)


def test_a_solution_is_proposed_only_when_no_item_is_open() -> None:
    facts = decider.decide(in_hands().after(another_item()).state, solve())
    assert [type(fact) for fact in facts] == [ItemSolved]


def test_a_further_item_is_opened_and_offered_at_once() -> None:
    facts = decider.decide(in_hands().state, another_item())
    assert [type(fact) for fact in facts] == [ItemOpened, WorkOffered]


def test_the_last_open_item_cannot_be_withdrawn() -> None:
    withdraw = WithdrawItem(case_id=CASE, item_id=ITEM, reason=confide("not needed"), by=BEA, at=after(4))
    in_hands().when(withdraw).then_refused(no.LastItem)


def test_an_item_that_is_not_needed_is_withdrawn_with_a_reason() -> None:
    withdraw = WithdrawItem(case_id=CASE, item_id=OTHER_ITEM, reason=confide("not needed"), by=BEA, at=after(4))
    state = in_hands().after(another_item(), withdraw).state
    assert isinstance(state, InWork)
    assert len(state.items) == 1


def solved() -> Work:
    return in_hands().after(solve())


NOTHING_MORE = [
    offer(),
    accept(),
    hand_over(),
    take_over(),
    pause(),
    solve(),
    another_item(),
    ask("desk-c"),
    answer(CARO),
]


@pytest.mark.parametrize("command", NOTHING_MORE, ids=lambda one: type(one).__name__)
def test_nothing_can_be_done_while_feedback_is_awaited(command: Command) -> None:
    solved().when(command).then_refused(no.FeedbackAwaited)


@pytest.mark.parametrize("command", NOTHING_MORE, ids=lambda one: type(one).__name__)
def test_nothing_can_be_done_while_the_case_is_parked(command: Command) -> None:
    parked = in_hands().after(ParkWork(case_id=CASE, reason="withdrawn", at=after(9)))
    parked.when(command).then_refused(no.CaseParked)


@pytest.mark.parametrize("command", NOTHING_MORE, ids=lambda one: type(one).__name__)
def test_nothing_can_be_done_once_the_case_is_closed(command: Command) -> None:
    solved().after(EndWork(case_id=CASE, at=after(20))).when(command).then_refused(no.CaseClosed)


@pytest.mark.parametrize("command", NOTHING_MORE, ids=lambda one: type(one).__name__)
def test_work_of_an_unknown_case_is_not_found(command: Command) -> None:
    given(decider).when(command).then_refused(no.UnknownWork)


def test_a_case_solved_at_contact_awaits_feedback_from_the_start() -> None:
    state = work(opening(at_contact=True)).state
    assert isinstance(state, Awaiting)


def test_a_new_round_gives_the_work_back_to_who_held_it_last() -> None:
    state = solved().after(reopen(2)).state
    assert isinstance(state, InWork)
    assert item_of(state).holder == Crew(team_id=FIELD.team_id, company="net-b")
    assert (state.case.round, state.case.held) == (2, (Crew(team_id=FIELD.team_id, company="net-b"),))


def test_a_case_solved_at_contact_goes_to_a_proposed_team_in_its_second_round() -> None:
    facts = decider.decide(work(opening(at_contact=True)).state, reopen(2))
    assert [type(fact) for fact in facts] == [WorkReopened, TeamProposed]


def test_a_round_that_is_known_changes_nothing() -> None:
    solved().after(reopen(2)).when(reopen(2)).then_nothing()


def test_a_case_that_came_back_after_closing_is_worked_on_again() -> None:
    again = solved().after(EndWork(case_id=CASE, at=after(20)), reopen(2), solve(item=OTHER_ITEM, minutes=40))
    assert isinstance(again.state, Awaiting)


def test_a_new_round_while_items_are_open_carries_them_on() -> None:
    parked = in_hands().after(ParkWork(case_id=CASE, reason="withdrawn", at=after(9)), reopen(2))
    assert item_of(parked.state).item_id == ITEM


def test_a_parked_case_goes_on_where_it_was_left() -> None:
    parked = in_hands().after(ParkWork(case_id=CASE, reason="withdrawn", at=after(9)))
    assert parked.after(UnparkWork(case_id=CASE, at=after(12))).state == in_hands().state


def test_closing_twice_changes_nothing() -> None:
    closed = solved().after(EndWork(case_id=CASE, at=after(20)))
    assert isinstance(closed.state, Closed)
    closed.when(EndWork(case_id=CASE, at=after(21))).then_nothing()
