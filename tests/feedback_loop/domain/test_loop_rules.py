"""The rules of a loop, each as a sentence, over facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from common.eventstore.confiding import confide
from common.shared_refusals import NotYoursToTell
from common.testing.deciding import Given, given
from common.values import Person, Sealed
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain import loop_refusals as refusals
from feedback_loop.domain.loop import decider, due
from feedback_loop.domain.loop_commands import (
    AnswerInquiry,
    ApproveFeedback,
    ApproveParking,
    AskAgain,
    ComeBack,
    Command,
    ConfirmDelivery,
    FinishCorrectiveAction,
    IssueSurveyLink,
    NoteErasure,
    NoteSolution,
    OpenCorrectiveAction,
    OpenLoop,
    Primary,
    ProposeParking,
    ReceiveFeedback,
    RefuseFeedback,
    RefuseParking,
    Solution,
    StateRootCause,
    TakeFeedback,
    Tick,
    Unpark,
    WorkAgain,
)
from feedback_loop.domain.loop_facts import Fact, ParkingReason, Share
from feedback_loop.domain.loop_states import Closed, Loop, Open, Parked
from feedback_loop.domain.terms import Escalation, LoopTerms, Reminders, Scale, ScaleNotAgreed, ScoreOutsideScale

CASE, AGREEMENT, CUSTOMER = UUID(int=1), UUID(int=2), UUID(int=3)
FIRST, SECOND, THIRD = UUID(int=11), UUID(int=12), UUID(int=13)
ANSWER, ACTION = UUID(int=21), UUID(int=31)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ANA = Person(person="ana", company="telco-a", role="touchpoint-agent")
ANDRES = Person(person="andres", company="telco-a", role="team-lead")
BEA = Person(person="bea", company="field-b", role="team-lead")
GIL = Person(person="gil", company="outsourcer-c", role="team-lead")
BOT = Person(person="crm", company="telco-a", role="integrator")

CSAT = Scale(clause_id="csat", scale="csat", lowest=1, highest=5, positive=(4, 5), neutral=(3, 3), negative=(1, 2))
NPS = Scale(clause_id="nps", scale="nps", lowest=0, highest=10, positive=(9, 10), neutral=(7, 8), negative=(0, 6))
THUMB = Scale(clause_id="thumb", scale="thumb", lowest=0, highest=1, positive=(1, 1), neutral=None, negative=(0, 0))
TERMS = LoopTerms(
    version=2,
    parties=("telco-a", "field-b", "outsourcer-c"),
    scales=(CSAT, NPS, THUMB),
    survey_scale="csat",
    reminders=Reminders(clause_id="reminders", after=(DAY, 3 * DAY), silent_after=5 * DAY, link_valid_for=30 * DAY),
    escalation=(
        Escalation(clause_id="escalate-2", round=2, to="team-lead"),
        Escalation(clause_id="escalate-3", round=3, to="manager"),
    ),
)
SHARES = (Share(team_id=UUID(int=41), company="field-b"),)
SOLUTION = Solution(cause="cable", action="replaced", attribution=SHARES)


def opening(*, solution: Solution | None = None, imported: bool = False, by: str = "outsourcer-c") -> OpenLoop:
    return OpenLoop(
        case_id=CASE,
        agreement_id=AGREEMENT,
        terms=TERMS,
        customer_id=CUSTOMER,
        customer_key="a2V5",
        language="es",
        company="telco-a",
        team_id=None,
        accountable="field-b",
        accountable_clause="edge-1",
        service="internet",
        activity="repair",
        region="north",
        priority="high",
        external_reference=None,
        solution=solution,
        request_id=FIRST,
        imported=imported,
        imported_by=by if imported else None,
        at=MONDAY,
    )


def solving(number: int = 1, request_id: UUID = FIRST, *, imported: bool = False) -> NoteSolution:
    return NoteSolution(round=number, solution=SOLUTION, request_id=request_id, imported=imported, at=MONDAY + HOUR)


def answering(
    score: int, *, number: int = 1, request_id: UUID = FIRST, reason: str | None = "slow", at: datetime | None = None
) -> ReceiveFeedback:
    return ReceiveFeedback(
        request_id=request_id,
        round=number,
        feedback_id=ANSWER,
        score=score,
        reason=None if reason is None else confide(reason),
        stage=None,
        comment=None,
        at=at or MONDAY + 2 * HOUR,
    )


def taking(score: int, *, scale: str = "csat", by: Person = ANA, feedback_id: UUID = ANSWER) -> TakeFeedback:
    return TakeFeedback(
        feedback_id=feedback_id,
        scale=scale,
        score=score,
        channel="phone",
        reason=confide("said so"),
        stage="end",
        comment=None,
        imported=False,
        by=by,
        recorded_by=by,
        at=MONDAY + 2 * HOUR,
    )


def approving(by: Person = BEA, feedback_id: UUID | None = None) -> ApproveFeedback:
    return ApproveFeedback(feedback_id=feedback_id, imported=False, by=by, recorded_by=by, at=MONDAY + 3 * HOUR)


def refusing(by: Person = BEA) -> RefuseFeedback:
    return RefuseFeedback(
        feedback_id=None,
        reason=confide("not what the recording says"),
        imported=False,
        by=by,
        recorded_by=by,
        at=MONDAY + 3 * HOUR,
    )


def stating(cause: str = "no spare parts") -> StateRootCause:
    return StateRootCause(
        cause=confide(cause), request_id=SECOND, imported=False, by=BEA, recorded_by=BEA, at=MONDAY + 4 * HOUR
    )


def acting(company: str = "field-b") -> OpenCorrectiveAction:
    return OpenCorrectiveAction(
        action_id=ACTION,
        company=company,
        team_id=None,
        person=None,
        what=confide("stock the van"),
        due=MONDAY + DAY,
        imported=False,
        by=BEA,
        recorded_by=BEA,
        at=MONDAY + 5 * HOUR,
    )


def finishing(action_id: UUID = ACTION) -> FinishCorrectiveAction:
    return FinishCorrectiveAction(
        action_id=action_id,
        evidence=confide("photo"),
        request_id=SECOND,
        imported=False,
        by=BEA,
        recorded_by=BEA,
        at=MONDAY + 6 * HOUR,
    )


def asking(request_id: UUID = SECOND, *, imported: bool = False) -> AskAgain:
    return AskAgain(request_id=request_id, imported=imported, by=ANA, recorded_by=ANA, at=MONDAY + 3 * HOUR)


def parking(reason: ParkingReason = "withdrawn", primary: Primary | None = None) -> ProposeParking:
    return ProposeParking(
        reason=reason,
        text=confide("the customer moved"),
        primary=primary,
        imported=False,
        by=ANA,
        recorded_by=ANA,
        at=MONDAY + 3 * HOUR,
    )


def resting(by: Person = ANDRES, primary: Primary | None = None) -> ApproveParking:
    return ApproveParking(primary=primary, imported=False, by=by, recorded_by=by, at=MONDAY + 4 * HOUR)


def going_on() -> Unpark:
    return Unpark(note=confide("reached"), request_id=THIRD, imported=False, by=ANA, recorded_by=ANA, at=MONDAY + DAY)


def returning(at: datetime = MONDAY + 9 * DAY) -> ComeBack:
    return ComeBack(contact_id=UUID(int=51), by=None, recorded_by=None, imported=False, at=at)


def tick(after: timedelta) -> Tick:
    return Tick(at=MONDAY + HOUR + after)


def erasing() -> NoteErasure:
    return NoteErasure(at=MONDAY + 2 * HOUR)


Case = Given[Loop, Command, Fact]


def a_case(*commands: Command) -> Case:
    return given(decider).after(opening(), *commands)


def asked(*commands: Command) -> Case:
    return a_case(solving(), *commands)


def brought(case: Case, command: Command) -> list[str]:
    return [type(fact).__name__ for fact in decider.decide(case.state, command)]


def stage(case: Case) -> str:
    match case.state:
        case Open(stage=here):
            return type(here).__name__
        case other:
            return type(other).__name__


def test_a_loop_freezes_the_terms_of_its_agreement_version_when_it_opens() -> None:
    opened = decider.decide(decider.initial, opening())[0]
    assert isinstance(opened, facts.LoopOpened)
    assert (opened.agreement_version, opened.terms) == (2, TERMS)


def test_opening_a_loop_twice_changes_nothing() -> None:
    a_case().when(opening()).then_nothing()


def test_nothing_can_be_done_to_a_loop_that_was_not_opened() -> None:
    given(decider).when(taking(5)).then_refused(refusals.LoopUnknown)


def test_a_case_solved_at_contact_is_asked_about_at_once() -> None:
    assert stage(given(decider).after(opening(solution=SOLUTION))) == "AwaitingFeedback"


def test_a_solution_makes_the_customer_asked_with_a_link_as_long_as_the_agreement_says() -> None:
    noted, request = decider.decide(a_case().state, solving())
    assert isinstance(noted, facts.SolutionNoted)
    assert isinstance(request, facts.FeedbackAsked)
    assert request.expires_at == MONDAY + HOUR + 30 * DAY


def test_the_same_solution_again_changes_nothing() -> None:
    asked().when(solving(request_id=SECOND)).then_nothing()


def test_a_solution_of_a_past_round_changes_nothing() -> None:
    asked(answering(1)).when(solving(number=1, request_id=SECOND)).then_nothing()


def test_positive_feedback_by_the_link_closes_the_case() -> None:
    assert brought(asked(), answering(5)) == ["FeedbackReceived", "CaseClosed"]


def test_the_answer_names_the_clause_and_version_that_judged_it_and_whose_work_it_was() -> None:
    received = decider.decide(asked().state, answering(4))[0]
    assert isinstance(received, facts.FeedbackReceived)
    assert (received.verdict, received.clause_id, received.agreement_version) == ("positive", "csat", 2)
    assert received.attribution == SHARES


@pytest.mark.parametrize(
    ("scale", "score", "verdict"),
    [
        ("nps", 9, "positive"),
        ("nps", 8, "neutral"),
        ("nps", 6, "negative"),
        ("thumb", 1, "positive"),
        ("thumb", 0, "negative"),
        ("csat", 3, "neutral"),
    ],
)
def test_each_agreed_scale_is_mapped_by_its_clause(scale: str, score: int, verdict: str) -> None:
    taken = decider.decide(asked().state, taking(score, scale=scale))[0]
    assert isinstance(taken, facts.FeedbackTaken)
    assert (taken.verdict, taken.clause_id) == (verdict, scale)


def test_a_score_outside_the_scale_is_refused() -> None:
    asked().when(answering(6)).then_refused(ScoreOutsideScale)
    asked().when(answering(0)).then_refused(ScoreOutsideScale)


def test_a_scale_that_the_agreement_does_not_map_is_refused() -> None:
    asked().when(taking(1, scale="ces")).then_refused(ScaleNotAgreed)


def test_neutral_feedback_closes_nothing_and_waits_for_a_person() -> None:
    assert brought(asked(), answering(3)) == ["FeedbackReceived"]
    assert stage(asked(answering(3))) == "FollowUp"


def test_after_a_neutral_answer_a_person_may_ask_again_or_have_it_worked_on_again() -> None:
    assert stage(asked(answering(3), asking())) == "AwaitingFeedback"
    again = WorkAgain(imported=False, by=ANA, recorded_by=ANA, at=MONDAY + DAY)
    assert brought(asked(answering(3)), again) == ["RoundOpened", "CaseEscalated"]
    asked().when(again).then_refused(refusals.NoFollowUp)


def test_negative_feedback_opens_the_next_round_and_escalates_by_it() -> None:
    *_, round_, escalated = decider.decide(asked().state, answering(1))
    assert isinstance(round_, facts.RoundOpened)
    assert (round_.round, round_.reason, round_.feedback_id) == (2, "negative-feedback", ANSWER)
    assert isinstance(escalated, facts.CaseEscalated)
    assert (escalated.to, escalated.clause_id) == ("team-lead", "escalate-2")


def test_negative_feedback_without_a_reason_opens_an_inquiry() -> None:
    assert "InquiryOpened" in brought(asked(), answering(1, reason=None))
    assert "InquiryOpened" not in brought(asked(), answering(1))
    sealed = replace(answering(1, reason=None), comment=Sealed(key="k", box="Yg=="))
    assert "InquiryOpened" in brought(asked(), sealed)  # words are sealed: what they mean is for people to find out


def finding() -> AnswerInquiry:
    return AnswerInquiry(
        feedback_id=ANSWER,
        reason=confide("waited two weeks"),
        channel="phone",
        stage=None,
        moment=None,
        account=None,
        request_id=SECOND,
        imported=False,
        by=ANA,
        recorded_by=ANA,
        at=MONDAY,
    )


def test_an_inquiry_is_answered_once() -> None:
    inquired = asked(answering(1, reason=None))
    assert brought(inquired, finding()) == ["InquiryAnswered"]
    inquired.after(finding()).when(finding()).then_refused(refusals.NoSuchInquiry)


def test_nobody_is_asked_again_while_it_is_not_known_why_the_customer_was_not_content() -> None:
    amended = asked(answering(1, reason=None), stating(), acting(), finishing())
    waits = amended.after(solving(2, SECOND))
    assert stage(waits) == "SolutionWaits"
    waits.when(asking(THIRD)).then_refused(refusals.CorrectiveActionNeeded)
    assert brought(waits, finding()) == ["InquiryAnswered", "FeedbackAsked"]
    assert brought(amended.after(finding()), solving(2, SECOND)) == ["SolutionNoted", "FeedbackAsked"]
    late = asked(answering(1, reason=None), solving(2, SECOND), finding(), acting(), finishing())
    assert brought(late, stating()) == ["RootCauseStated", "FeedbackAsked"]
    rested = waits.after(parking(), resting())
    assert brought(rested, finding()) == ["InquiryAnswered"]
    assert brought(rested, going_on()) == ["CaseUnparked"]
    assert brought(rested.after(finding()), going_on()) == ["CaseUnparked", "FeedbackAsked"]


def test_history_is_told_with_rounds_whose_reason_no_source_says() -> None:
    told = asked(answering(1, reason=None), stating(), acting(), finishing())
    assert brought(told, solving(2, SECOND, imported=True)) == ["SolutionNoted", "FeedbackAsked"]


def test_after_negative_feedback_a_solution_waits_until_cause_is_stated_and_an_action_done() -> None:
    negative = asked(answering(1))
    waits = negative.after(solving(2, SECOND))
    assert stage(waits) == "SolutionWaits"
    waits.when(asking(THIRD)).then_refused(refusals.CorrectiveActionNeeded)
    assert stage(waits.after(stating(), acting())) == "SolutionWaits"
    assert brought(waits.after(stating(), acting()), finishing()) == ["CorrectiveActionDone", "FeedbackAsked"]
    assert brought(waits.after(acting(), finishing()), stating()) == ["RootCauseStated", "FeedbackAsked"]
    assert stage(negative.after(stating(), acting(), finishing(), solving(2, SECOND))) == "AwaitingFeedback"


def test_an_action_of_an_earlier_round_does_not_amend_a_later_one() -> None:
    third = asked(
        answering(1), stating(), acting(), finishing(), solving(2, SECOND), answering(1, number=2, request_id=SECOND)
    )
    assert stage(third.after(stating("again"), solving(3, THIRD))) == "SolutionWaits"


def test_corrective_actions_belong_to_parties_and_finish_once() -> None:
    negative = asked(answering(1))
    negative.when(acting("stranger")).then_refused(refusals.OwnerNotParty)
    negative.when(finishing()).then_refused(refusals.ActionUnknown)
    negative.after(acting()).when(acting()).then_refused(refusals.ActionDiffers)
    negative.after(acting(), finishing()).when(finishing()).then_nothing()
    other = replace(finishing(), evidence=confide("list"))
    negative.after(acting(), finishing()).when(other).then_refused(refusals.DoneOnOtherEvidence)
    negative.when(replace(acting(), due=MONDAY)).then_refused(refusals.DueIsPast)


def test_only_its_owner_says_that_a_corrective_action_is_done() -> None:
    given = asked(answering(1), acting("telco-a"))
    given.when(finishing()).then_refused(refusals.NotYourAction)
    assert brought(given, replace(finishing(), imported=True)) == ["CorrectiveActionDone"]
    assert brought(given, replace(finishing(), by=replace(BEA, company="telco-a"))) == ["CorrectiveActionDone"]


def test_a_root_cause_said_twice_is_nothing_new_and_said_otherwise_a_correction() -> None:
    stated = asked(answering(1), stating())
    stated.when(stating()).then_nothing()
    assert brought(stated, stating("wrong part")) == ["RootCauseStated"]
    assert brought(stated, replace(stating(), by=ANDRES)) == ["RootCauseStated"], "another company learns nothing"


def test_the_next_round_closes_on_its_own_positive_feedback() -> None:
    second = asked(answering(1), stating(), acting(), finishing(), solving(2, SECOND))
    assert brought(second, answering(5, number=2, request_id=SECOND)) == ["FeedbackReceived", "CaseClosed"]


def test_the_link_goes_out_also_while_what_a_person_took_waits_for_approval() -> None:
    issue = IssueSurveyLink(request_id=FIRST, to=BOT, at=MONDAY + HOUR)
    assert brought(asked(taking(5)), issue) == ["SurveyLinkIssued"]
    assert "CaseClosed" not in brought(asked(taking(5), issue), answering(1))
    asked(answering(3), taking(5)).when(issue).then_refused(refusals.NothingToDeliver)


def test_an_answer_to_an_earlier_round_is_refused() -> None:
    later = asked(
        asking(),
        answering(3, request_id=SECOND),
        WorkAgain(imported=False, by=ANA, recorded_by=ANA, at=MONDAY),
        solving(2, THIRD),
    )
    later.when(answering(5)).then_refused(refusals.AlreadyAnswered)
    back = asked(parking(), resting(), returning(), solving(2, SECOND))
    back.when(answering(5)).then_refused(refusals.RequestOfEarlierRound)
    back.when(answering(5, number=1, request_id=SECOND)).then_refused(refusals.RequestOfEarlierRound)


def test_the_link_before_is_good_until_a_newer_one_was_delivered() -> None:
    assert brought(asked(asking()), answering(5)) == ["FeedbackReceived", "CaseClosed"]
    issue = IssueSurveyLink(request_id=SECOND, to=BOT, at=MONDAY + 4 * HOUR)
    delivered = asked(asking(), issue, ConfirmDelivery(request_id=SECOND, n=0, by=BOT, at=MONDAY + 4 * HOUR))
    delivered.when(answering(5)).then_refused(refusals.RequestSuperseded)
    assert brought(delivered, answering(5, request_id=SECOND)) == ["FeedbackReceived", "CaseClosed"]


def test_a_request_is_answered_once() -> None:
    asked(answering(5)).when(answering(1)).then_refused(refusals.AlreadyAnswered)
    asked(answering(3)).when(answering(5)).then_refused(refusals.AlreadyAnswered)


def test_an_unknown_request_and_an_expired_link_are_refused() -> None:
    asked().when(answering(5, request_id=THIRD)).then_refused(refusals.RequestUnknown)
    asked().when(answering(5, at=MONDAY + 31 * DAY)).then_refused(refusals.LinkExpired)


def test_feedback_taken_by_a_person_closes_only_when_one_of_another_company_approves() -> None:
    taken = asked(taking(5))
    assert stage(taken) == "FeedbackToApprove"
    taken.when(approving(ANDRES)).then_refused(refusals.SecondCompanyNeeded)
    taken.when(approving(ANA)).then_refused(refusals.SecondPersonNeeded)
    taken.when(approving(replace(ANA, company="field-b"))).then_refused(refusals.SecondPersonNeeded)
    taken.when(approving(feedback_id=THIRD)).then_refused(refusals.NoFeedbackToApprove)
    received, closed = decider.decide(taken.state, approving())
    assert isinstance(received, facts.FeedbackReceived)
    assert isinstance(closed, facts.CaseClosed)
    assert (received.source, received.taken_by, received.approved_by) == ("taken-by-person", ANA, BEA)
    assert (received.moment, received.at) == (MONDAY + 2 * HOUR, MONDAY + 3 * HOUR)


def told_by(command: Any, person: Person) -> Any:
    fields = {"by": person, "recorded_by": person}
    return replace(command, **{name: who for name, who in fields.items() if hasattr(command, name)})


def test_only_companies_on_the_case_act_in_it() -> None:
    negative = asked(answering(1, reason=None), acting())
    for command in (stating(), acting("outsourcer-c"), finishing(), parking(), finding()):
        negative.when(told_by(command, GIL)).then_refused(refusals.NotOnTheCase)
    no = RefuseParking(reason=confide("no"), imported=False, by=GIL, recorded_by=GIL, at=MONDAY + DAY)
    for command in (resting(GIL), no):
        asked(parking()).when(command).then_refused(refusals.NotOnTheCase)
    asked().when(told_by(asking(), GIL)).then_refused(refusals.NotOnTheCase)
    asked(answering(3)).when(WorkAgain(imported=False, by=GIL, recorded_by=GIL, at=MONDAY + DAY)).then_refused(
        refusals.NotOnTheCase
    )
    asked(parking(), resting()).when(told_by(going_on(), GIL)).then_refused(refusals.NotOnTheCase)
    asked(answering(5)).when(told_by(returning(), GIL)).then_refused(refusals.NotOnTheCase)


def test_who_works_on_a_case_or_is_given_an_action_by_one_on_it_is_on_it() -> None:
    negative = asked(answering(1))
    assert brought(negative.after(acting("outsourcer-c")), told_by(stating(), GIL)) == ["RootCauseStated"]
    theirs = replace(SOLUTION, attribution=(Share(team_id=None, company="outsourcer-c"),))
    worked = a_case(replace(solving(), solution=theirs), answering(1))
    assert brought(worked, told_by(stating(), GIL)) == ["RootCauseStated"]


def test_only_the_touchpoints_company_takes_what_the_customer_says() -> None:
    for by in (BEA, GIL):
        asked().when(taking(5, by=by)).then_refused(refusals.NotTheTouchpoint)


def test_taken_feedback_is_decided_on_by_another_company_on_the_case_if_there_is_one() -> None:
    for command in (approving(GIL), refusing(GIL)):
        asked(taking(5)).when(command).then_refused(refusals.NotOnTheCase)
    own = replace(SOLUTION, attribution=(Share(team_id=None, company="telco-a"),))
    alone = given(decider).after(replace(opening(solution=own), accountable="telco-a"), taking(5))
    alone.when(approving(ANDRES)).then_refused(refusals.SecondCompanyNeeded)
    assert brought(alone, approving(GIL)) == ["FeedbackReceived", "CaseClosed"]


def test_in_an_imported_case_any_company_on_it_takes_feedback_and_operators_may_tell_in_their_own_name() -> None:
    case = given(decider).after(opening(imported=True), solving(imported=True))
    assert brought(case, taking(5, by=BEA)) == ["FeedbackTaken"]
    case.when(taking(5, by=GIL)).then_refused(refusals.NotOnTheCase)
    case.when(replace(taking(5, by=GIL), imported=True)).then_refused(refusals.NotOnTheCase)
    unknown = given(decider).after(replace(opening(imported=True), imported_by=None), solving(imported=True))
    unknown.when(replace(taking(5, by=BEA), recorded_by=GIL, imported=True)).then_refused(NotYoursToTell)
    teller, other = replace(GIL, role="operator"), replace(BEA, role="operator")
    told = case.after(replace(taking(5, by=teller), imported=True))
    assert brought(told, replace(approving(other), imported=True)) == ["FeedbackReceived", "CaseClosed"]
    asked().when(replace(taking(5, by=teller), imported=True)).then_refused(refusals.NotTheTouchpoint)


def test_who_tells_of_an_imported_case_brings_nobody_onto_it() -> None:
    case = given(decider).after(opening(imported=True), solving(imported=True))
    teller = replace(GIL, role="operator")
    as_another = replace(acting("outsourcer-c"), imported=True, recorded_by=teller)
    case.when(as_another).then_refused(refusals.NotOnTheCase)
    told = case.after(replace(as_another, by=teller))
    told.when(told_by(stating(), GIL)).then_refused(refusals.NotOnTheCase)
    assert brought(case, replace(as_another, company="field-b")) == ["CorrectiveActionOpened"]


def test_who_neither_told_of_an_imported_case_nor_is_on_it_tells_nothing_of_it() -> None:
    case = given(decider).after(opening(imported=True, by="telco-a"), solving(imported=True))
    rival = replace(GIL, role="operator")
    for command in (taking(5), asking(), parking()):
        case.when(replace(command, imported=True, recorded_by=rival)).then_refused(NotYoursToTell)
    negative = case.after(answering(1, reason=None))
    for command in (stating(), acting(), finishing()):
        negative.when(replace(command, imported=True, recorded_by=rival)).then_refused(NotYoursToTell)
    told = {"imported": True, "recorded_by": rival}
    taken, proposed = case.after(taking(5)), case.after(parking())
    taken.when(replace(refusing(), **told)).then_refused(NotYoursToTell)
    no = RefuseParking(reason=confide("no"), imported=True, by=BEA, recorded_by=rival, at=MONDAY + DAY)
    proposed.when(no).then_refused(NotYoursToTell)
    proposed.after(resting()).when(replace(going_on(), **told)).then_refused(NotYoursToTell)
    case.after(answering(5)).when(replace(returning(), by=BEA, **told)).then_refused(NotYoursToTell)


def test_people_on_an_imported_case_decide_on_what_operators_of_another_company_told() -> None:
    case = given(decider).after(opening(imported=True, by="telco-a"), solving(imported=True))
    importer = Person(person="importer", company="telco-a", role="operator")
    told = case.after(replace(taking(5, by=BEA), imported=True, recorded_by=importer))
    told.when(approving(GIL)).then_refused(refusals.NotOnTheCase)
    told.when(approving(ANDRES)).then_refused(refusals.SecondCompanyNeeded)
    assert brought(told, approving(BEA)) == ["FeedbackReceived", "CaseClosed"]
    proposed = case.after(replace(parking(), imported=True, recorded_by=importer))
    second = replace(importer, person="importer-2")
    proposed.when(replace(resting(BEA), imported=True, recorded_by=second)).then_refused(refusals.SecondCompanyNeeded)
    assert brought(proposed, resting(BEA)) == ["CaseParked"]


def test_an_operator_cannot_tell_both_sides_of_an_imported_history() -> None:
    teller = Person(person="importer", company="telco-a", role="operator")
    other = Person(person="other-importer", company="field-b", role="operator")
    told = asked(replace(taking(5), recorded_by=teller))
    told.when(replace(approving(), recorded_by=teller)).then_refused(refusals.SecondPersonNeeded)
    told.when(replace(approving(), recorded_by=replace(other, company="telco-a"))).then_refused(
        refusals.SecondCompanyNeeded
    )
    assert brought(told, replace(approving(), recorded_by=other)) == ["FeedbackReceived", "CaseClosed"]
    resting_told = asked(replace(parking(), recorded_by=teller))
    resting_told.when(replace(resting(), recorded_by=teller)).then_refused(refusals.SecondPersonNeeded)


@pytest.mark.parametrize("alike", ["Ana", "ANA", "ana ", "\uff41\uff4e\uff41", "a\u200bna"])
def test_a_name_that_looks_alike_is_no_second_person(alike: str) -> None:
    again = replace(BEA, person=alike)
    for command in (approving(again), refusing(again), replace(approving(), recorded_by=again)):
        asked(taking(5)).when(command).then_refused(refusals.SecondPersonNeeded)
    no = RefuseParking(
        reason=confide("she answers in the evening"), imported=False, by=again, recorded_by=again, at=MONDAY + DAY
    )
    for command in (resting(again), no, replace(resting(), recorded_by=again)):
        asked(parking()).when(command).then_refused(refusals.SecondPersonNeeded)


def test_taking_and_approving_twice_changes_nothing() -> None:
    asked(taking(5)).when(taking(5)).then_nothing()
    asked(taking(5), approving()).when(approving(feedback_id=ANSWER)).then_nothing()
    asked(taking(5)).when(taking(5, feedback_id=SECOND)).then_refused(refusals.FeedbackWaitsForApproval)


def test_feedback_is_only_taken_about_a_solution_the_customer_was_asked_about() -> None:
    a_case().when(taking(5)).then_refused(refusals.FeedbackNotAsked)
    asked(answering(1)).when(taking(5, feedback_id=SECOND)).then_refused(refusals.FeedbackNotAsked)
    asked().when(approving()).then_refused(refusals.NoFeedbackToApprove)


def test_nobody_decides_before_there_is_something_to_decide_on() -> None:
    early = MONDAY + HOUR
    for command in (approving(), refusing(), replace(approving(), imported=True)):
        asked(taking(5)).when(replace(command, at=early)).then_refused(refusals.DecidedTooEarly)
    no = RefuseParking(reason=confide("no"), imported=False, by=BEA, recorded_by=BEA, at=early)
    for command in (replace(resting(), at=early), no):
        asked(parking()).when(command).then_refused(refusals.DecidedTooEarly)
    at_once = replace(approving(), at=MONDAY + 2 * HOUR)
    assert brought(asked(taking(5)), at_once) == ["FeedbackReceived", "CaseClosed"]


def test_refused_taken_feedback_leaves_the_customer_awaited() -> None:
    asked(taking(5)).when(refusing(ANDRES)).then_refused(refusals.SecondCompanyNeeded)
    assert stage(asked(taking(5), refusing())) == "AwaitingFeedback"


def test_the_customers_own_answer_outranks_what_somebody_took() -> None:
    assert brought(asked(taking(5)), answering(1))[:2] == ["TakenFeedbackSuperseded", "FeedbackReceived"]


def test_silence_reminds_by_the_plan_then_becomes_a_persons_task_and_never_closes() -> None:
    case = asked()
    assert due(case.state) == MONDAY + HOUR + DAY
    case.when(tick(DAY - HOUR)).then_nothing()
    assert brought(case, tick(DAY)) == ["ReminderDue"]
    case = case.after(tick(DAY))
    assert due(case.state) == MONDAY + HOUR + 3 * DAY
    case = case.after(tick(3 * DAY))
    assert due(case.state) == MONDAY + HOUR + 5 * DAY
    assert brought(case, tick(5 * DAY)) == ["SilenceNoted"]
    case = case.after(tick(5 * DAY))
    assert (stage(case), due(case.state)) == ("Silent", None)
    case.when(tick(500 * DAY)).then_nothing()


def test_reminders_missed_while_nobody_looked_are_not_sent_one_upon_the_other() -> None:
    case = asked(tick(20 * DAY))
    reminded = decider.decide(asked().state, tick(20 * DAY))[0]
    assert isinstance(reminded, facts.ReminderDue)
    assert reminded.n == 2
    assert due(case.state) == MONDAY + HOUR + 22 * DAY


def test_a_silent_customer_may_still_answer_and_may_be_asked_again() -> None:
    silent = asked(tick(DAY), tick(3 * DAY), tick(5 * DAY))
    assert brought(silent, answering(5)) == ["FeedbackReceived", "CaseClosed"]
    assert brought(silent, asking()) == ["FeedbackAsked"]
    assert stage(silent.after(taking(5))) == "FeedbackToApprove"


def test_an_imported_request_reminds_nobody_and_is_never_delivered() -> None:
    case = a_case(solving(imported=True))
    assert due(case.state) is None
    case.when(tick(500 * DAY)).then_nothing()
    case.when(IssueSurveyLink(request_id=FIRST, to=BOT, at=MONDAY)).then_refused(refusals.NothingToDeliver)
    assert due(case.after(asking()).state) is not None


def test_asking_again_needs_a_solution() -> None:
    a_case().when(asking()).then_refused(refusals.NothingToAsk)
    asked(taking(5)).when(asking()).then_refused(refusals.FeedbackWaitsForApproval)
    asked(asking()).when(asking()).then_nothing()


def test_who_was_given_the_link_is_a_fact_once_per_reminder() -> None:
    issue = IssueSurveyLink(request_id=FIRST, to=BOT, at=MONDAY + HOUR)
    case = asked(issue)
    case.when(issue).then_nothing()
    assert brought(case.after(tick(DAY)), replace(issue, at=MONDAY + 2 * DAY)) == ["SurveyLinkIssued"]
    asked(answering(5)).when(issue).then_refused(refusals.CaseIsClosed)


def test_only_who_was_given_the_link_confirms_its_delivery() -> None:
    confirm = ConfirmDelivery(request_id=FIRST, n=0, by=BOT, at=MONDAY + 2 * HOUR)
    asked().when(confirm).then_refused(refusals.NothingToDeliver)
    issued = asked(IssueSurveyLink(request_id=FIRST, to=BOT, at=MONDAY + HOUR))
    assert brought(issued, confirm) == ["SurveyLinkDelivered"]
    issued.after(confirm).when(confirm).then_nothing()
    issued.when(replace(confirm, request_id=THIRD)).then_refused(refusals.RequestUnknown)


def test_a_case_rests_only_when_a_second_person_agrees_and_stays_open() -> None:
    proposed = asked(parking())
    proposed.when(parking()).then_nothing()
    proposed.when(parking("unreachable")).then_refused(refusals.ParkingAlreadyProposed)
    proposed.when(resting(ANA)).then_refused(refusals.SecondPersonNeeded)
    parked = proposed.after(resting())
    assert isinstance(parked.state, Parked)
    parked.when(resting()).then_nothing()
    parked.when(taking(5)).then_refused(refusals.CaseIsParked)
    assert due(parked.state) is None
    asked().when(resting()).then_refused(refusals.NoParkingProposed)


def test_a_parking_can_be_refused() -> None:
    no = RefuseParking(
        reason=confide("she answers in the evening"), imported=False, by=ANDRES, recorded_by=ANDRES, at=MONDAY + DAY
    )
    asked().when(no).then_refused(refusals.NoParkingProposed)
    asked(parking()).when(replace(no, by=ANA, recorded_by=ANA)).then_refused(refusals.SecondPersonNeeded)
    asked(parking(), no).when(resting()).then_refused(refusals.NoParkingProposed)


def test_unparking_goes_on_where_it_rested_and_asks_afresh() -> None:
    assert brought(asked(parking(), resting()), going_on()) == ["CaseUnparked", "FeedbackAsked"]
    assert brought(a_case(parking(), resting()), going_on()) == ["CaseUnparked"]
    assert brought(a_case(parking(), resting(), solving()), going_on()) == ["CaseUnparked", "FeedbackAsked"]
    asked().when(going_on()).then_refused(refusals.CaseIsNotParked)


def test_a_customer_who_answers_while_the_case_rests_is_heard() -> None:
    parked = asked(parking("unreachable"), resting())
    assert brought(parked, answering(5)) == ["CaseUnparked", "FeedbackReceived", "CaseClosed"]


def test_a_duplicate_names_a_case_of_the_same_customer_that_is_none_itself_and_is_asked_with_it() -> None:
    fit = Primary(case_id=THIRD, agreement_id=AGREEMENT, customer_id=CUSTOMER, duplicates=None)
    asked().when(parking("duplicate")).then_refused(refusals.PrimaryNeeded)
    asked().when(parking("withdrawn", fit)).then_refused(refusals.PrimaryNeeded)
    for unfit in (
        replace(fit, duplicates=CASE),
        replace(fit, duplicates=SECOND),
        replace(fit, case_id=CASE),
        replace(fit, agreement_id=THIRD),
        replace(fit, customer_id=THIRD),
    ):
        asked().when(parking("duplicate", unfit)).then_refused(refusals.PrimaryUnfit)
    proposed = asked(parking("duplicate", fit))
    proposed.when(resting(primary=replace(fit, duplicates=SECOND))).then_refused(refusals.PrimaryUnfit)
    proposed.when(resting(primary=replace(fit, case_id=SECOND))).then_refused(refusals.PrimaryNeeded)
    proposed.when(resting()).then_refused(refusals.PrimaryNeeded)
    proposed.after(resting(primary=fit)).when(answering(5)).then_refused(refusals.CaseIsParked)


def test_a_closed_case_comes_back_with_its_customer_in_a_new_round() -> None:
    closed = asked(answering(5))
    assert isinstance(closed.state, Closed)
    opened = decider.decide(closed.state, returning())[0]
    assert isinstance(opened, facts.RoundOpened)
    assert (opened.round, opened.reason) == (2, "customer-came-back")
    assert stage(closed.after(returning(), solving(2, SECOND))) == "AwaitingFeedback"


def test_a_parked_case_comes_back_with_its_customer_in_a_new_round() -> None:
    assert brought(asked(parking(), resting()), returning())[:2] == ["CaseUnparked", "RoundOpened"]


def test_a_return_that_is_told_twice_opens_one_round() -> None:
    back = asked(answering(5), returning(MONDAY + DAY), solving(2, SECOND))
    closed_again = back.after(answering(5, number=2, request_id=SECOND, at=MONDAY + DAY))
    closed_again.when(returning(MONDAY + DAY)).then_nothing()
    assert brought(closed_again, returning(MONDAY + 2 * DAY))[0] == "RoundOpened"


def test_a_return_before_the_closing_or_to_an_open_case_changes_nothing() -> None:
    asked(answering(5)).when(returning(MONDAY)).then_nothing()
    asked().when(returning()).then_nothing()


def test_a_closed_case_takes_nothing_but_its_customer_and_the_end_of_its_actions() -> None:
    closed = asked(acting(), answering(5))
    for command in (
        taking(5, feedback_id=THIRD),
        approving(),
        stating(),
        replace(acting(), action_id=THIRD),
        asking(),
        parking(),
        resting(),
    ):
        closed.when(cast("Any", command)).then_refused(refusals.CaseIsClosed)
    assert brought(closed, finishing()) == ["CorrectiveActionDone"]


def erased(request_id: UUID | None) -> facts.ErasureNoted:
    return facts.ErasureNoted(
        case_id=CASE, agreement_id=AGREEMENT, round=1, request_id=request_id, at=MONDAY + 2 * HOUR
    )


def test_an_erasure_is_noted_once_with_the_asking_that_reaches_nobody_and_leaves_the_case_where_it_was() -> None:
    asked().when(erasing()).then(erased(FIRST))
    a_case().when(erasing()).then(erased(None))
    asked(answering(5)).when(erasing()).then(erased(None))
    asked(erasing()).when(erasing()).then_nothing()
    assert stage(asked(erasing())) == "AwaitingFeedback"
    assert stage(asked(parking(), resting(), erasing())) == "Parked"
    given(decider).when(erasing()).then_refused(refusals.LoopUnknown)


def test_an_erased_customer_is_not_reminded_and_no_link_is_handed_out_or_answers() -> None:
    case = asked(erasing())
    assert due(case.state) is None
    case.when(tick(500 * DAY)).then_nothing()
    case.when(IssueSurveyLink(request_id=FIRST, to=BOT, at=MONDAY)).then_refused(refusals.NothingToDeliver)
    case.when(answering(5)).then_refused(refusals.CustomerErased)
    case.when(asking()).then_refused(refusals.CustomerErased)


def test_a_case_of_an_erased_customer_still_closes_when_two_companies_say_so_and_not_otherwise() -> None:
    case = asked(erasing(), taking(5))
    case.when(approving(ANDRES)).then_refused(refusals.SecondCompanyNeeded)
    assert brought(case, approving(BEA)) == ["FeedbackReceived", "CaseClosed"]


def test_a_solution_found_after_the_erasure_is_a_persons_to_ask_about() -> None:
    case = a_case(erasing())
    assert brought(case, solving()) == ["SolutionNoted", "FeedbackAsked", "ErasureNoted"]
    assert due(case.after(solving()).state) is None
    unparked = asked(erasing(), parking(), resting()).when(going_on())
    noted = decider.decide(unparked.state, unparked.command)[-1]
    assert isinstance(noted, facts.ErasureNoted)
    assert noted.request_id == THIRD
