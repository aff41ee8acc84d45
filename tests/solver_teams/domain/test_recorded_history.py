"""What a source says happened becomes the ordinary facts, whatever order its rows come in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from common.eventstore.confiding import confide
from common.shared_refusals import CaseNotImported
from common.testing.deciding import Given, given
from common.values import Person
from solver_teams.domain.business_time import Calendar, Week
from solver_teams.domain.case_work import facts as did
from solver_teams.domain.case_work import refusals as no
from solver_teams.domain.case_work.commands import Activity, Command, EndWork, OpenWork, RecordWork, ReopenWork
from solver_teams.domain.case_work.decide import decider
from solver_teams.domain.case_work.recording import AS_THE_SOURCE_SAYS
from solver_teams.domain.case_work.states import CaseWork, Closed, InWork
from solver_teams.domain.routing import Proposal
from solver_teams.domain.team import Registered

T0 = datetime(2011, 1, 3, 9, tzinfo=UTC)
AGREEMENT, CASE = UUID(int=1), UUID(int=2)
NOBODY = Proposal(team_id=None, company=None, reasons=("nobody",))
SOURCE = Person(person="siebel", company="operator-x", role="solver")
Q, W, P, S, N = Activity.QUEUED, Activity.IN_WORK, Activity.PAUSED, Activity.SOLVED, Activity.NOTE

Work = Given[CaseWork, Command, did.Fact]


def team(name: str) -> Registered:
    return Registered(
        team_id=uuid5(AGREEMENT, name),
        agreement_id=AGREEMENT,
        name=name,
        companies=frozenset({"org-a", "org-b"}),
        members=frozenset(),
        coverage=(),
        calendar=Calendar(time_zone="UTC", week=Week()),
        level=None,
        imported=False,
    )


def row(
    activity: Activity,
    where: str = "T1",
    *,
    company: str = "org-a",
    reason: str | None = None,
    note: str | None = None,
    number: int | None = 1,
    imported: bool = True,
) -> RecordWork:
    return RecordWork(
        case_id=CASE,
        activity=activity,
        team=team(where),
        company=company,
        reason=reason,
        note=None if note is None else confide(note),
        unsaid=confide(AS_THE_SOURCE_SAYS),
        cause=None,
        action=None,
        round=number,
        by=SOURCE,
        at=T0 + timedelta(hours=1),
        imported=imported,
    )


def case(*rows: Command, imported: bool = True) -> Work:
    opening = OpenWork(
        case_id=CASE,
        agreement_id=AGREEMENT,
        agreement_version=1,
        item_id=UUID(int=3),
        touchpoint_team_id=None,
        company="org-a",
        accountable="org-a",
        service="s",
        activity="a",
        region="r",
        priority=None,
        solved_at_contact=False,
        imported=imported,
        imported_by=None,
        proposal=NOBODY,
        at=T0,
    )
    return given(decider).after(opening, *rows)


def brought(work: Work, command: Command) -> list[type]:
    return [type(fact) for fact in decider.decide(work.state, command)]


def track(work: Work) -> tuple[int, int, bool]:
    assert isinstance(work.state, InWork)
    return (work.state.case.track.hand_offs, work.state.case.track.company_changes, work.state.case.track.returned)


def test_only_imports_record_history() -> None:
    case().when(row(W, imported=False)).then_refused(no.OnlyAsImported)


def test_history_is_recorded_only_of_cases_that_were_imported_themselves() -> None:
    case(imported=False).when(row(W)).then_refused(CaseNotImported)


def test_a_first_row_in_work_is_an_offer_and_its_acceptance() -> None:
    assert brought(case(), row(W)) == [did.WorkOffered, did.WorkAccepted]


def test_a_queue_elsewhere_is_a_hand_over_that_leaves_the_holder_holding() -> None:
    work = case(row(W))
    assert brought(work, row(Q, "T2")) == [did.HandOverOffered]


def test_a_second_queue_before_acceptance_directs_the_hand_over_elsewhere() -> None:
    work = case(row(W), row(Q, "T2"))
    assert brought(work, row(Q, "T3")) == [did.HandOverOffered]
    assert track(work.after(row(Q, "T3"))) == (2, 0, False)


def test_work_accepted_where_it_was_not_queued_is_offered_and_accepted_there() -> None:
    work = case(row(W), row(Q, "T2"))
    facts = decider.decide(work.state, row(W, "T4"))
    assert [type(fact) for fact in facts] == [did.HandOverOffered, did.HandOverAccepted]
    assert isinstance(facts[0], did.HandOverOffered)
    assert facts[0].package.context.text == "as the source says"


def test_queued_back_at_the_holder_takes_the_hand_over_back() -> None:
    work = case(row(W), row(Q, "T2"))
    assert brought(work, row(Q, "T1")) == [did.HandOverWithdrawn]
    assert track(work.after(row(Q, "T1"))) == (2, 0, True)


def test_a_pause_straight_after_a_queue_is_accepted_first() -> None:
    work = case(row(W), row(Q, "T2"))
    assert brought(work, row(P, "T2", reason="waiting-user")) == [did.HandOverAccepted, did.WorkPaused]


def test_another_reason_to_pause_ends_the_first_pause() -> None:
    work = case(row(P, reason="waiting-user"))
    assert brought(work, row(P, reason="waiting-vendor")) == [did.WorkResumed, did.WorkPaused]


def test_a_reason_that_is_none_of_ours_is_kept_in_the_sources_words() -> None:
    (*_, fact) = decider.decide(case().state, row(P, reason="Wait - Moon", note="Wait - Moon"))
    assert isinstance(fact, did.WorkPaused)
    assert fact.note
    assert (fact.reason, fact.note.text) == ("other", "Wait - Moon")


def test_paused_work_that_is_queued_elsewhere_is_resumed_first() -> None:
    assert brought(case(row(P)), row(Q, "T2")) == [did.WorkResumed, did.HandOverOffered]


def test_the_same_again_changes_nothing() -> None:
    case(row(W)).when(row(W)).then_nothing()
    case(row(Q)).when(row(Q)).then_nothing()
    case(row(P)).when(row(P)).then_nothing()


def test_a_team_that_never_accepted_can_solve() -> None:
    work = case(row(W), row(Q, "T2"))
    assert brought(work, row(S, "T3")) == [
        did.HandOverOffered,
        did.HandOverAccepted,
        did.ItemSolved,
        did.SolutionProposed,
    ]


def test_a_row_of_a_round_that_is_not_open_here_yet_is_refused_so() -> None:
    case(row(S)).when(row(W, number=2)).then_refused(no.RoundNotOpenHere)


def test_a_row_of_a_round_that_is_over_is_refused() -> None:
    again = ReopenWork(case_id=CASE, item_id=UUID(int=4), round=2, reason="r", proposal=NOBODY, at=T0)
    case(row(S), again).when(row(W, number=1)).then_refused(no.RoundIsOver)


def test_work_is_not_recorded_while_feedback_is_awaited() -> None:
    case(row(S)).when(row(W)).then_refused(no.FeedbackAwaited)


def test_a_solution_stated_again_elsewhere_after_closing_reopens_nothing_and_counts_as_directed() -> None:
    work = case(row(S), EndWork(case_id=CASE, at=T0))
    assert brought(work, row(S, "T2")) == [did.WorkSeenElsewhere]
    after = work.after(row(S, "T2")).state
    assert isinstance(after, Closed)
    assert after.case.track.hand_offs == 1


def test_a_remark_changes_nothing() -> None:
    assert brought(case(row(W)), row(N)) == [did.WorkNoted]


def test_the_same_team_of_another_company_is_a_change_of_company_only() -> None:
    assert track(case(row(W), row(W, company="org-b"))) == (0, 1, False)


def test_work_that_comes_back_to_an_earlier_team_has_returned() -> None:
    assert track(case(row(W), row(W, "T2"), row(W, "T1"))) == (2, 0, True)
