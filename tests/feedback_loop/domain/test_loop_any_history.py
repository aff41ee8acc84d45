"""Whatever anybody does in whatever order: a case closes only on positive feedback of its last round."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from common.eventstore.confiding import digest_of
from common.projecting import About
from common.refusals import Refusal
from common.values import Confided, Person
from feedback_loop.domain import loop_commands as commands
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain.loop import decider, due
from feedback_loop.domain.loop_states import (
    AwaitingFeedback,
    Closed,
    FeedbackToApprove,
    FollowUp,
    InWork,
    Open,
    Parked,
    Silent,
    SolutionWaits,
)
from feedback_loop.domain.terms import Escalation, LoopTerms, Reminders, Scale
from feedback_loop.history import LOOP, history
from feedback_loop.projections.loops import LoopRow, project

BEGINNING = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
COMPANIES = ("telco-a", "field-b", "outsourcer-c", "bystander-d")
ROLES = ("touchpoint-agent", "solver", "team-lead", "sme", "manager", "committee-member", "integrator", "operator")
TERMS = LoopTerms(
    version=1,
    parties=COMPANIES,
    scales=(
        Scale(clause_id="s1", scale="csat", lowest=1, highest=5, positive=(4, 5), neutral=(3, 3), negative=(1, 2)),
        Scale(clause_id="s2", scale="thumb", lowest=0, highest=1, positive=(1, 1), neutral=None, negative=(0, 0)),
    ),
    survey_scale="csat",
    reminders=Reminders(clause_id="r", after=(DAY, 2 * DAY), silent_after=4 * DAY, link_valid_for=20 * DAY),
    escalation=(Escalation(clause_id="e", round=2, to="manager"),),
)
CASE = UUID(int=1)

ids = st.sampled_from([UUID(int=number) for number in range(1, 13)])
people = st.builds(
    Person,
    person=st.sampled_from(["ana", "bea", "cid", "dora"]),
    company=st.sampled_from(COMPANIES),
    role=st.sampled_from(ROLES),
)
texts = st.sampled_from(["", "slow", "rude", "ok"])
shares = st.lists(st.builds(facts.Share, team_id=st.none() | ids, company=st.sampled_from(COMPANIES)), max_size=2).map(
    tuple
)


def confide(text: str) -> Confided:
    """Return *text* with a salt that does not vary, so that a failing history can be played again."""
    salt = bytes(16)
    return Confided(digest=digest_of(salt, text), salt=salt.hex(), text=text)


confided = texts.map(confide)
solutions = st.builds(commands.Solution, cause=texts, action=texts, attribution=shares)
primaries = st.builds(
    commands.Primary,
    case_id=ids,
    agreement_id=st.just(UUID(int=2)),
    customer_id=st.just(UUID(int=3)),
    duplicates=st.none() | ids,
)


def at(now: datetime, shape: Any, /, **fields: Any) -> st.SearchStrategy[Any]:
    return st.builds(shape, at=st.just(now), **fields)


def anything(moment: datetime) -> st.SearchStrategy[Any]:
    """Return any command that anybody may put to the case at *moment*, sound or not."""
    by: dict[str, Any] = {"by": people}
    of_history: dict[str, Any] = {"imported": st.booleans()}
    acts: dict[str, Any] = {"by": people, "recorded_by": people}
    told: dict[str, Any] = {**acts, **of_history}
    seen: dict[str, Any] = {"reason": st.none() | confided, "stage": st.none(), "comment": st.none()}
    asks: dict[str, Any] = {"request_id": ids, "imported": st.booleans()}
    return st.one_of(
        at(moment, commands.NoteSolution, round=st.integers(1, 4), solution=solutions, **asks),
        at(moment, commands.IssueSurveyLink, request_id=ids, to=people),
        at(moment, commands.ConfirmDelivery, request_id=ids, n=st.integers(0, 2), **by),
        at(
            moment,
            commands.ReceiveFeedback,
            request_id=ids,
            round=st.integers(1, 4),
            feedback_id=ids,
            score=st.integers(0, 6),
            **seen,
        ),
        at(
            moment,
            commands.TakeFeedback,
            feedback_id=ids,
            scale=st.sampled_from(["csat", "thumb", "nps"]),
            score=st.integers(0, 6),
            channel=texts,
            **seen,
            **told,
        ),
        at(moment, commands.ApproveFeedback, feedback_id=st.none() | ids, **told),
        at(moment, commands.RefuseFeedback, feedback_id=st.none() | ids, reason=confided, **told),
        at(
            moment,
            commands.AnswerInquiry,
            feedback_id=ids,
            reason=confided,
            channel=texts,
            stage=st.none(),
            moment=st.none(),
            account=st.none(),
            request_id=ids,
            **told,
        ),
        at(moment, commands.StateRootCause, cause=confided, **asks, **acts),
        at(
            moment,
            commands.OpenCorrectiveAction,
            action_id=ids,
            company=st.sampled_from([*COMPANIES, "stranger"]),
            team_id=st.none(),
            person=st.none(),
            what=confided,
            due=st.just(moment + DAY),
            **told,
        ),
        at(moment, commands.FinishCorrectiveAction, action_id=ids, evidence=confided, **asks, **acts),
        at(moment, commands.AskAgain, **asks, **acts),
        at(moment, commands.WorkAgain, **told),
        at(
            moment,
            commands.ProposeParking,
            reason=st.sampled_from(["withdrawn", "unreachable", "duplicate", "opened-in-error"]),
            text=confided,
            primary=st.none() | primaries,
            **told,
        ),
        at(moment, commands.ApproveParking, primary=st.none() | primaries, **told),
        at(moment, commands.RefuseParking, reason=confided, **told),
        at(moment, commands.Unpark, note=confided, **asks, **acts),
        at(moment, commands.ComeBack, contact_id=st.none() | ids, **(told | {"by": st.none() | people})),
        at(moment, commands.NoteErasure),
        at(moment, commands.Tick),
    )


def opening(solution: commands.Solution | None, *, imported: bool) -> commands.OpenLoop:
    return commands.OpenLoop(
        case_id=CASE,
        agreement_id=UUID(int=2),
        terms=TERMS,
        customer_id=UUID(int=3),
        customer_key="a2V5",
        language="en",
        company="telco-a",
        team_id=None,
        accountable="field-b",
        accountable_clause=None,
        service="internet",
        activity="repair",
        region="north",
        priority="high",
        external_reference=None,
        solution=solution,
        request_id=UUID(int=1),
        imported=imported,
        imported_by="telco-a" if imported else None,
        at=BEGINNING,
    )


def only_positive_feedback_closed(life: list[Any]) -> None:
    """Hold that each closing directly follows the positive, properly given feedback of the round then last."""
    number, recorder = 0, ""
    for before, fact in zip([None, *life], life, strict=False):
        match fact:
            case facts.FeedbackTaken(recorded_by=teller):
                recorder = teller.company
            case facts.LoopOpened(round=opened) | facts.RoundOpened(round=opened):
                assert opened == number + 1
                number = opened
            case facts.FeedbackReceived(source="taken-by-person", taken_by=taker, approved_by=approver):
                assert taker
                assert approver
                assert approver.company != taker.company or approver.company != recorder
                assert fact.moment <= fact.at
            case facts.CaseClosed():
                assert isinstance(before, facts.FeedbackReceived)
                assert (before.verdict, before.round, before.feedback_id) == ("positive", number, fact.feedback_id)
                assert fact.round == number
            case _:
                pass


def only_companies_on_the_case_acted(life: list[Any]) -> None:
    """Hold that who acts is on the case, or an operator who tells of an imported one; who takes is the touchpoint's."""
    on_it, touchpoint, imported, recorder = set[str](), "", False, ""
    for fact in life:
        match fact:
            case facts.LoopOpened(company=touchpoint, accountable=accountable, imported=imported):
                on_it |= {touchpoint, accountable}
            case facts.SolutionNoted(attribution=attribution):
                on_it |= {share.company for share in attribution}
            case facts.FeedbackTaken(by=by, recorded_by=teller):
                recorder = teller.company
                assert recorder in on_it | ({"telco-a"} if imported else set[str]())
                assert by.company == touchpoint if not imported else by.company in on_it or by.role == "operator"
            case facts.FeedbackReceived(taken_by=Person(), approved_by=Person() as approver):
                others = on_it - {recorder}
                assert approver.company in others or not others or (imported and approver.role == "operator")
            case facts.CorrectiveActionOpened(company=company, by=by):
                assert by.company in on_it or (imported and by.role == "operator")
                on_it |= {company} if by.company in on_it else set[str]()
            case (
                facts.RootCauseStated(by=by)
                | facts.CorrectiveActionDone(by=by)
                | facts.InquiryAnswered(by=by)
                | facts.ParkingProposed(by=by)
                | facts.ParkingRefused(by=by)
                | facts.CaseParked(approved_by=by)
                | facts.CaseUnparked(by=Person() as by)
            ):
                assert by.company in on_it or (imported and by.role == "operator")
            case _:
                pass


def asked_only_when_amended(life: list[Any]) -> None:
    """Hold that a round that follows negative feedback asks only after its reason, its cause and one of its actions.

    The reason of what is asked as history is not held to: no source need say it.
    """
    negative, cause, done, number = False, False, False, 1
    inquiries, feedback_id = set[UUID](), None
    for fact in life:
        match fact:
            case facts.RoundOpened(reason=reason):
                negative, cause, done = reason == "negative-feedback", False, False
                number, feedback_id = fact.round, fact.feedback_id
            case facts.InquiryOpened():
                inquiries.add(fact.feedback_id)
            case facts.InquiryAnswered():
                inquiries.discard(fact.feedback_id)
            case facts.RootCauseStated():
                cause = True
            case facts.CorrectiveActionDone():
                done = done or (negative and fact.round == number)
            case facts.FeedbackAsked():
                assert not negative or (cause and done)
                assert not negative or fact.imported or feedback_id not in inquiries
            case _:
                pass


def an_erased_customer_was_left_alone(life: list[Any]) -> None:
    """Hold that after an erasure no link is handed out, nobody is reminded and no link answers, and it is said."""
    erased = False
    for fact, after in zip(life, [*life[1:], None], strict=False):
        match fact:
            case facts.ErasureNoted():
                erased = True
            case facts.SurveyLinkIssued() | facts.ReminderDue() | facts.SilenceNoted():
                assert not erased
            case facts.FeedbackReceived(source=source):
                assert not erased or source == "taken-by-person"
            case facts.FeedbackAsked(request_id=request_id) if erased:
                assert isinstance(after, facts.ErasureNoted)
                assert after.request_id == request_id
            case _:
                pass


def about(version: int) -> About:
    return About(
        key=CASE,
        position=version,
        version=version,
        stream="loop-x",
        event_id=CASE,
        actor=Person(person="ana", company="telco-a", role="operator"),
        agreement_id=None,
        at=BEGINNING,
        recorded_at=BEGINNING,
        imported=False,
        performed_by=None,
    )


SHOWN = {
    InWork: "in-work",
    SolutionWaits: "solution-waits-for-action",
    AwaitingFeedback: "awaiting-feedback",
    Silent: "silent",
    FollowUp: "follow-up",
    FeedbackToApprove: "feedback-to-approve",
}


class AnyHistory(RuleBasedStateMachine):
    """Everybody does anything, and time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.state = decider.initial
        self.life: list[Any] = []
        self.now = BEGINNING
        self.row: LoopRow | None = None

    def put(self, command: Any) -> None:
        try:
            brought = decider.decide(self.state, command)
        except Refusal:
            return
        for fact in brought:
            name = history.name_of(fact)
            assert history.read(name, history.version_of(name), history.write(fact)) == fact
            self.row = project(self.row, fact, about(len(self.life)))
            self.life.append(fact)
        self.state = decider.fold(brought, self.state)

    @rule(solution=st.none() | solutions, imported=st.booleans())
    def a_case_is_opened(self, solution: commands.Solution | None, imported: bool) -> None:
        self.put(opening(solution, imported=imported))

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        self.now += days * DAY
        assert LOOP.tick
        self.put(LOOP.tick(self.now))

    @rule(data=st.data())
    def anybody_does_anything(self, data: st.DataObject) -> None:
        self.put(data.draw(anything(self.now)))

    @rule(data=st.data(), score=st.integers(1, 5))
    def the_work_goes_its_way(self, data: st.DataObject, score: int) -> None:
        """Lead the history deep by doing what fits the state, so that later commands meet every stage."""
        number = max(
            (fact.round for fact in self.life if isinstance(fact, facts.LoopOpened | facts.RoundOpened)), default=1
        )
        request_id = UUID(int=100 + len(self.life))
        self.put(
            commands.NoteSolution(
                round=number,
                solution=data.draw(solutions),
                request_id=request_id,
                imported=data.draw(st.booleans()),
                at=self.now,
            )
        )
        asked = [fact for fact in self.life if isinstance(fact, facts.FeedbackAsked)]
        if asked:
            self.put(
                commands.ReceiveFeedback(
                    request_id=asked[-1].request_id,
                    round=asked[-1].round,
                    feedback_id=UUID(int=200 + len(self.life)),
                    score=score,
                    reason=None,
                    stage=None,
                    comment=None,
                    at=self.now,
                )
            )

    @rule(by=people, second=people, score=st.integers(1, 5))
    def somebody_takes_feedback_and_somebody_approves(self, by: Person, second: Person, score: int) -> None:
        self.put(
            commands.TakeFeedback(
                feedback_id=UUID(int=300 + len(self.life)),
                scale="csat",
                score=score,
                channel="phone",
                reason=confide("slow"),
                stage=None,
                comment=None,
                imported=False,
                by=by,
                recorded_by=by,
                at=self.now,
            )
        )
        self.put(commands.ApproveFeedback(feedback_id=None, imported=False, by=second, recorded_by=second, at=self.now))

    @rule(by=people)
    def what_went_wrong_is_put_right(self, by: Person) -> None:
        action_id = UUID(int=400 + len(self.life))
        asks: dict[str, Any] = {
            "request_id": UUID(int=500 + len(self.life)),
            "imported": False,
            "by": by,
            "recorded_by": by,
        }
        self.put(commands.StateRootCause(cause=confide("cable"), at=self.now, **asks))
        self.put(
            commands.OpenCorrectiveAction(
                action_id=action_id,
                company="field-b",
                team_id=None,
                person=None,
                what=confide("new cable"),
                due=self.now,
                imported=False,
                by=by,
                recorded_by=by,
                at=self.now,
            )
        )
        self.put(commands.FinishCorrectiveAction(action_id=action_id, evidence=confide("photo"), at=self.now, **asks))

    @invariant()
    def only_positive_feedback_of_the_last_round_closed(self) -> None:
        only_positive_feedback_closed(self.life)
        only_companies_on_the_case_acted(self.life)
        asked_only_when_amended(self.life)
        an_erased_customer_was_left_alone(self.life)
        if isinstance(self.state, Closed):
            assert any(isinstance(fact, facts.CaseClosed) for fact in self.life)
            due_then = due(self.state)
            assert due_then is None

    @invariant()
    def the_list_shows_what_is(self) -> None:
        match self.state, self.row:
            case Open(life=life, stage=stage), LoopRow() as row:
                assert (row.state, row.round) == (SHOWN[type(stage)], life.round.number)
            case Parked(life=life, stage=stage), LoopRow() as row:
                assert (row.state, row.stage, row.round) == ("parked", SHOWN[type(stage)], life.round.number)
            case Closed(life=life), LoopRow() as row:
                assert (row.state, row.round) == ("closed", life.round.number)
            case _, row:
                assert row is None
        if self.row is not None:
            assert self.row.customer_erased == any(isinstance(fact, facts.ErasureNoted) for fact in self.life)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)


names = sorted(history.names)
any_fact: st.SearchStrategy[Any] = st.one_of([st.from_type(history.names[name]) for name in names])


@settings(max_examples=100, deadline=None)
@given(st.lists(any_fact, max_size=8), st.booleans())
def test_evolve_never_refuses_even_facts_in_an_order_that_cannot_be(life: list[Any], opened: bool) -> None:
    """A fold goes through whatever the log holds, and its clock can be asked."""
    start = decider.decide(decider.initial, opening(None, imported=False)) if opened else []
    loop_facts_only = [fact for fact in life if isinstance(fact, facts.Fact)]
    due(decider.fold([*start, *loop_facts_only]))


@settings(max_examples=150, deadline=None)
@given(any_fact)
def test_what_is_written_is_read_again_as_it_was(fact: Any) -> None:
    name = history.name_of(fact)
    assert history.read(name, history.version_of(name), history.write(fact)) == fact


@settings(max_examples=50, deadline=None)
@given(st.datetimes(timezones=st.just(UTC)) | st.just(datetime.max.replace(tzinfo=UTC)), st.integers(-3, 30))
def test_a_clock_never_stops_on_a_moment_at_the_end_of_the_calendar(at: datetime, reminders: int) -> None:
    start = decider.fold(decider.decide(decider.initial, opening(None, imported=False)))
    asked = facts.FeedbackAsked(
        case_id=CASE, agreement_id=CASE, round=1, request_id=CASE, because="solution-proposed", scale="csat",
        expires_at=at, imported=False, at=at,
    )  # fmt: skip
    reminded = facts.ReminderDue(
        case_id=CASE, agreement_id=CASE, round=1, request_id=CASE, n=reminders, clause_id="r", agreement_version=1,
        at=at,
    )  # fmt: skip
    for life in ([asked], [asked, reminded]):
        state = start
        for fact in life:
            state = decider.evolve(state, fact)
        due_at = due(state)
        assert due_at is not None
        assert due_at >= at
