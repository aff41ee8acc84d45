"""For any history of commands of every role: one accountable company, one holder per open item, no unowned time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from common.eventstore.confiding import digest_of
from common.projecting import About
from common.refusals import Refusal
from common.values import Confided, Person, Rule
from solver_teams.api.showing import state_of
from solver_teams.domain import ola_clock
from solver_teams.domain.business_time import Calendar, Week
from solver_teams.domain.case_work.commands import (
    AcceptHandOver,
    AcceptWork,
    Activity,
    AnswerInformation,
    AskInformation,
    Command,
    DeclineHandOver,
    EndWork,
    HandOver,
    NoteWork,
    OfferWork,
    OpenItem,
    OpenWork,
    ParkWork,
    PauseWork,
    ProposeTeam,
    PullWork,
    RecordWork,
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
from solver_teams.domain.case_work.facts import Fact, Package, SolutionProposed, WorkEnded, WorkOpened, WorkReopened
from solver_teams.domain.case_work.states import (
    Awaiting,
    CaseWork,
    Closed,
    InHands,
    InWork,
    NotOpened,
    Parked,
    Proposed,
    company_of,
)
from solver_teams.domain.case_work.working import PauseReason
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.routing import Proposal
from solver_teams.domain.team import Coverage, Member, Registered
from solver_teams.history import history
from solver_teams.projections import work as work_rows

START = datetime(2026, 3, 1, tzinfo=UTC)
AGREEMENT, CASE = UUID(int=1), UUID(int=2)
ITEMS = [UUID(int=n) for n in (11, 12, 13)]
ABOUT = About(
    key=CASE,
    position=1,
    version=1,
    stream=f"case_work-{CASE}",
    event_id=UUID(int=9),
    actor=Rule(rule="test"),
    agreement_id=AGREEMENT,
    at=START,
    recorded_at=START,
    imported=False,
    performed_by=None,
)
COMPANIES = ("a", "b", "c")
PEOPLE = [
    Person(person=f"{company}-{role}", company=company, role=role)
    for company in COMPANIES
    for role in ("solver", "touchpoint-agent")
]


def team(number: int, companies: tuple[str, ...], service: str) -> Registered:
    return Registered(
        team_id=UUID(int=100 + number),
        agreement_id=AGREEMENT,
        name=f"team {number}",
        companies=frozenset(companies),
        members=frozenset(Member(person=f"{company}-solver", company=company) for company in companies),
        coverage=(Coverage(service=service, activity="*", region="*"),),
        calendar=Calendar(time_zone="UTC", week=Week()),
        level=None,
        imported=False,
    )


TEAMS = [team(1, ("a", "b"), "*"), team(2, ("b",), "line"), team(3, ("b", "c"), "fibre")]
PROPOSALS = [
    Proposal(team_id=TEAMS[0].team_id, company="a", reasons=("covers it",)),
    Proposal(team_id=None, company=None, reasons=("nobody",)),
]

cases, items = st.just(CASE), st.sampled_from(ITEMS)
people, teams, companies = st.sampled_from(PEOPLE), st.sampled_from(TEAMS), st.sampled_from(COMPANIES)
times = st.integers(0, 10_000).map(lambda minutes: START + timedelta(minutes=minutes))


def confide(text: str) -> Confided:
    """Return *text* with a salt that does not vary, so that a failing history can be played again."""
    salt = bytes(16)
    return Confided(digest=digest_of(salt, text), salt=salt.hex(), text=text)


words = st.sampled_from([confide("because"), confide(" ")])
codes = st.sampled_from(["card", ""])
proposals = st.sampled_from(PROPOSALS)
packages = st.builds(Package, context=words, promises=st.just(confide("p")), next_step=st.just(confide("n")))
seats = st.builds(
    Seat, crew=st.builds(Crew, team_id=teams.map(lambda one: one.team_id), company=companies), theirs=st.booleans()
)
reasons = st.sampled_from([*PauseReason, "lunch"])
rounds = st.integers(1, 4)

openings = st.builds(
    OpenWork,
    case_id=cases,
    agreement_id=st.just(AGREEMENT),
    agreement_version=st.just(1),
    item_id=items,
    touchpoint_team_id=st.none(),
    company=companies,
    accountable=st.sampled_from(["a", "b", ""]),
    service=st.sampled_from(["line", "fibre"]),
    activity=st.just("repair"),
    region=st.just("north"),
    priority=st.just("high"),
    solved_at_contact=st.booleans(),
    imported=st.booleans(),
    imported_by=st.none() | companies,
    proposal=proposals,
    at=times,
)


def of_item(command: type, **more: st.SearchStrategy[object]) -> st.SearchStrategy[Command]:
    return st.builds(command, case_id=cases, item_id=items, by=people, at=times, **more)


def seated(command: type, **more: st.SearchStrategy[object]) -> st.SearchStrategy[Command]:
    return of_item(command, seat=seats, **more)


questions = st.sampled_from([UUID(int=21), UUID(int=22)])
commands: st.SearchStrategy[Command] = st.one_of(
    openings,
    of_item(OfferWork, team=teams, company=companies, imported=st.booleans()),
    of_item(OpenItem, team=teams, company=companies, purpose=words),
    of_item(WithdrawItem, reason=words),
    st.builds(
        ProposeTeam,
        case_id=cases,
        item_id=items,
        instead_of=proposals.map(lambda one: one.team_id),
        proposal=proposals,
        at=times,
    ),
    seated(AcceptWork),
    seated(RejectWork, reason=words),
    seated(PullWork, team=teams),
    seated(
        AskInformation,
        question_id=questions,
        asked_company=st.none() | companies,
        parties=st.just(frozenset(COMPANIES)),
        question=words,
    ),
    of_item(AnswerInformation, question_id=questions, answer=words),
    seated(HandOver, to_team=teams, to_company=companies, package=packages),
    seated(AcceptHandOver),
    seated(DeclineHandOver, reason=words),
    seated(WithdrawHandOver, reason=words),
    seated(PauseWork, reason=reasons, note=st.none() | words),
    seated(ResumeWork),
    seated(SolveWork, cause=codes, action=codes),
    st.builds(NoteWork, case_id=cases, text=words, by=people, at=times),
    st.builds(
        RecordWork,
        case_id=cases,
        activity=st.sampled_from(Activity),
        team=teams,
        company=companies,
        reason=st.none() | reasons,
        note=st.none() | words,
        unsaid=st.just(confide("as the source says")),
        cause=st.none() | codes,
        action=st.none() | codes,
        round=st.none() | rounds,
        by=people,
        at=times,
        imported=st.booleans(),
    ),
    st.builds(
        ReopenWork,
        case_id=cases,
        item_id=items,
        round=rounds,
        reason=st.just("negative-feedback"),
        proposal=proposals,
        at=times,
    ),
    st.builds(ParkWork, case_id=cases, reason=st.just("unreachable"), at=times),
    st.builds(UnparkWork, case_id=cases, at=times),
    st.builds(EndWork, case_id=cases, at=times),
)
recorded = commands.filter(
    lambda command: isinstance(command, RecordWork | ReopenWork | EndWork | HandOver | SolveWork)
)
histories = st.tuples(openings, st.lists(commands | recorded, max_size=30)).map(lambda pair: [pair[0], *pair[1]])


def lived(story: list[Command]) -> tuple[list[Fact], list[CaseWork]]:
    state, facts, states = decider.initial, list[Fact](), list[CaseWork]()
    for command in story:
        try:
            brought = decider.decide(state, command)
        except Refusal:
            continue
        state = decider.fold(brought, state)
        facts += brought
        states.append(state)
    return facts, states


@settings(max_examples=100, deadline=None)
@given(histories)
def test_at_every_instant_one_company_is_accountable_and_each_open_item_has_one_holder(story: list[Command]) -> None:
    _, states = lived(story)
    accountable = {state.case.accountable for state in states if not isinstance(state, NotOpened)}
    assert len(accountable) <= 1
    assert "" not in accountable
    for state in states:
        if isinstance(state, InWork):
            assert state.items
        if isinstance(state, InWork | Parked):
            assert len({item.item_id for item in state.items}) == len(state.items)
            assert all(company_of(item) for item in state.items)
            assert all(item.holder in state.case.held for item in state.items if isinstance(item, InHands))


@settings(max_examples=100, deadline=None)
@given(histories, st.integers(0, 20_000))
def test_the_holders_time_is_the_customers_time_and_none_is_unowned(story: list[Command], minutes: int) -> None:
    facts, _ = lived(story)
    until = START + timedelta(minutes=minutes)
    sums = ola_clock.sums(facts, until)
    assert sums.unowned == timedelta()
    assert sums.working + sums.paused == sums.customer == customers_time(facts, until)


def customers_time(facts: list[Fact], until: datetime) -> timedelta:
    """Count the time that the case was not closed, without the clock's help."""
    total, open_since, latest = timedelta(), None, START
    for fact in facts:
        latest = max(latest, fact.at)
        if isinstance(fact, WorkOpened | WorkReopened) and open_since is None:
            open_since = latest
        if isinstance(fact, WorkEnded) and open_since is not None:
            total, open_since = total + (latest - open_since), None
    end = max(latest, until)
    return total + (end - open_since if open_since else timedelta())


@settings(max_examples=60, deadline=None)
@given(histories)
def test_each_segment_follows_the_one_before_it_without_gap(story: list[Command]) -> None:
    facts, _ = lived(story)
    leading = [segment for segment in ola_clock.read(facts, START + timedelta(days=30)) if segment.leading]
    for before, after in pairwise(leading):
        assert after.started_at >= before.ended_at
        if after.round == before.round:
            assert after.started_at == before.ended_at


@settings(max_examples=60, deadline=None)
@given(histories)
def test_a_solution_is_attributed_to_those_who_held_in_its_round(story: list[Command]) -> None:
    facts, _ = lived(story)
    for fact in facts:
        if isinstance(fact, SolutionProposed):
            assert fact.attribution
            assert max(Counter(fact.attribution).values()) == 1


@settings(max_examples=100, deadline=None)
@given(histories)
def test_the_row_of_a_case_says_what_its_facts_say(story: list[Command]) -> None:
    facts, _ = lived(story)
    row, state = None, decider.fold(facts)
    for fact in facts:
        row = work_rows.project(row, fact, ABOUT)
    if isinstance(state, NotOpened):
        assert row is None
        return
    assert row is not None
    items = state.items if isinstance(state, InWork | Parked) else ()
    track = state.case.track
    assert [(item.item_id, item.company) for item in row.items] == [(one.item_id, company_of(one)) for one in items]
    assert row.state == state_of(state)
    assert row.round == state.case.round
    assert (row.hand_offs, row.company_changes, row.returned) == (
        track.hand_offs,
        track.company_changes,
        track.returned,
    )


@settings(max_examples=200, deadline=None)
@given(histories)
def test_the_row_of_a_case_names_the_item_that_can_be_proposed_for_anew_and_whom_it_was_proposed_to(
    story: list[Command],
) -> None:
    facts, states = lived(story)
    row = None
    for fact in facts:
        row = work_rows.project(row, fact, ABOUT)
    items = states[-1].items if states and isinstance(states[-1], InWork | Parked) else ()
    left = [one for one in items if isinstance(one, Proposed) and one.left_to_propose]
    assert len(left) <= 1
    proposal = left[0].proposal if left else None
    assert (row and row.unasked) == (left[0].item_id if left else None)
    assert (row and row.proposed, row and row.proposed_company) == (
        (proposal.team_id, proposal.company) if proposal else (None, None)
    )
    if row:
        assert (row.proposals, row.rests_until) == ((left[0].proposals, left[0].rests_until) if left else (0, None))


@settings(max_examples=60, deadline=None)
@given(histories)
def test_every_fact_that_is_brought_about_is_read_as_it_was_written(story: list[Command]) -> None:
    for fact in lived(story)[0]:
        name = history.name_of(fact)
        assert history.read(name, history.version_of(name), history.write(fact)) == fact


@settings(max_examples=60, deadline=None)
@given(histories, st.randoms(use_true_random=False))
def test_folding_never_fails_whatever_order_facts_come_in(story: list[Command], chance: Random) -> None:
    facts, _ = lived(story)
    shuffled = chance.sample(facts, len(facts))
    decider.fold(shuffled)
    ola_clock.fold(shuffled)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_a_closed_case_stays_closed_until_the_loop_opens_a_round(story: list[Command]) -> None:
    state = decider.initial
    for command in story:
        try:
            brought = decider.decide(state, command)
        except Refusal:
            continue
        after = decider.fold(brought, state)
        if isinstance(state, Closed) and not isinstance(after, Closed):
            assert isinstance(command, ReopenWork)
        if isinstance(after, Closed) and not isinstance(state, Closed):
            assert isinstance(command, EndWork)
        if isinstance(after, Awaiting) and isinstance(state, InWork):
            assert isinstance(command, SolveWork | RecordWork)
        state = after
