"""What the rows of a case tell: work, solutions, feedback and rounds."""

from datetime import UTC, datetime, timedelta

from acuerdo_cli.importing.counting import count, hand_offs
from acuerdo_cli.importing.meanings import Circumstances, Means, Moment, Team
from acuerdo_cli.importing.story import Answered, CameBack, Noted, Parked, Solved, Step, Story, Worked, tell

MONDAY = datetime(2012, 5, 7, 9, tzinfo=UTC)
ABOUT = Circumstances(service="s", activity="a", region="r", priority="p", language="en", about="printer")
QUEUED, HELD, PAUSED, SOLVED = Means.QUEUED, Means.IN_WORK, Means.PAUSED, Means.SOLVED
CONTENT, NOT_CONTENT, WITHDRAWN, NOTE = Means.POSITIVE, Means.NEGATIVE, Means.WITHDRAWN, Means.NOTE


def _told(*rows: tuple[Means, str]) -> Story:
    """Tell the story of rows an hour apart; a team is ``name`` or ``name@company``."""
    return tell([_moment(n, means, team) for n, (means, team) in enumerate(rows)])


def _moment(n: int, means: Means, team: str) -> Moment:
    name, _, company = team.partition("@")
    return Moment(
        line=n + 2,
        case="1",
        at=MONDAY + timedelta(hours=n),
        means=means,
        team=Team(company=company or "acme", name=name),
        person="unnamed",
        said=means,
        reason="waiting" if means is PAUSED else "withdrawn" if means is WITHDRAWN else "",
        about=ABOUT,
    )


def _short(step: Step) -> tuple[str, int, int]:
    """Return a step as what it is, its round and its line."""
    match step:
        case Worked(how=how, team=team):
            return f"{how} {team.name}", step.round, step.line
        case Answered(positive=positive):
            return "positive" if positive else "negative", step.round, step.line
        case Solved() | CameBack() | Parked() | Noted():
            return type(step).__name__.lower(), step.round, step.line


def _shorts(*rows: tuple[Means, str]) -> list[tuple[str, int, int]]:
    return [_short(step) for step in _told(*rows).steps]


def test_a_case_goes_from_the_queue_to_content() -> None:
    assert _shorts((QUEUED, "a"), (HELD, "a"), (PAUSED, "a"), (SOLVED, "a"), (CONTENT, "a")) == [
        ("queued a", 1, 2),
        ("in-work a", 1, 3),
        ("paused a", 1, 4),
        ("solved", 1, 5),
        ("positive", 1, 6),
    ]


def test_work_after_a_solution_is_negative_feedback_and_a_new_round() -> None:
    assert _shorts((HELD, "a"), (SOLVED, "a"), (QUEUED, "b"), (HELD, "b"), (SOLVED, "b")) == [
        ("in-work a", 1, 2),
        ("solved", 1, 3),
        ("negative", 1, 4),
        ("queued b", 2, 4),
        ("in-work b", 2, 5),
        ("solved", 2, 6),
    ]


def test_work_after_a_closing_is_a_customer_who_came_back() -> None:
    assert _shorts((HELD, "a"), (CONTENT, "a"), (HELD, "a")) == [
        ("in-work a", 1, 2),
        ("solved", 1, 3),
        ("positive", 1, 3),
        ("cameback", 2, 4),
        ("in-work a", 2, 4),
    ]


def test_a_remark_between_solution_and_work_changes_nothing() -> None:
    assert _shorts((HELD, "a"), (SOLVED, "a"), (NOTE, "a"), (HELD, "a"))[1:] == [
        ("solved", 1, 3),
        ("noted", 1, 4),
        ("negative", 1, 5),
        ("in-work a", 2, 5),
    ]


def test_content_twice_closes_once() -> None:
    assert _shorts((HELD, "a"), (CONTENT, "a"), (CONTENT, "b"))[1:] == [
        ("solved", 1, 3),
        ("positive", 1, 3),
        ("noted", 1, 4),
    ]


def test_a_run_of_answers_speaks_with_its_last_word() -> None:
    assert _shorts((SOLVED, "a"), (CONTENT, "a"), (SOLVED, "a")) == [
        ("in-work a", 1, 2),
        ("solved", 1, 2),
        ("noted", 1, 3),
        ("noted", 1, 4),
    ]


def test_a_solution_given_again_by_another_team_is_that_teams() -> None:
    assert _shorts((HELD, "a"), (SOLVED, "a"), (SOLVED, "b"), (SOLVED, "b")) == [
        ("in-work a", 1, 2),
        ("noted", 1, 3),
        ("in-work b", 1, 4),
        ("solved", 1, 4),
        ("noted", 1, 5),
    ]


def test_a_solution_from_the_queue_was_held_first() -> None:
    assert _shorts((QUEUED, "a"), (SOLVED, "b"))[1:] == [("in-work b", 1, 3), ("solved", 1, 3)]


def test_a_source_that_says_no_opens_the_next_round() -> None:
    assert _shorts((HELD, "a"), (NOT_CONTENT, "a")) == [("in-work a", 1, 2), ("solved", 1, 3), ("negative", 1, 3)]


def test_no_after_a_solution_is_one_negative_feedback() -> None:
    assert _shorts((HELD, "a"), (SOLVED, "a"), (NOT_CONTENT, "a"), (HELD, "a")) == [
        ("in-work a", 1, 2),
        ("solved", 1, 3),
        ("negative", 1, 4),
        ("in-work a", 2, 5),
    ]


def test_a_withdrawn_case_is_parked_and_comes_back_in_the_same_round() -> None:
    assert _shorts((HELD, "a"), (WITHDRAWN, "a"), (HELD, "a")) == [
        ("in-work a", 1, 2),
        ("parked", 1, 3),
        ("cameback", 1, 4),
        ("in-work a", 1, 4),
    ]


def test_a_closed_case_cannot_be_withdrawn() -> None:
    assert _shorts((CONTENT, "a"), (WITHDRAWN, "a"))[-1] == ("noted", 1, 3)


def test_hand_offs_are_changes_of_team_across_rounds() -> None:
    story = _told((HELD, "a"), (SOLVED, "a"), (HELD, "b@other"), (QUEUED, "a"), (SOLVED, "a"))
    assert hand_offs(story) == [("acme", "other"), ("other", "acme")]


def test_a_story_adds_up() -> None:
    counts = count(_told((HELD, "a"), (SOLVED, "a"), (HELD, "b"), (CONTENT, "b"), (HELD, "a"), (SOLVED, "a")))
    assert (counts.cases, counts.rounds, counts.hand_offs, counts.closed, counts.open) == (1, 3, 2, 0, 1)
    assert (counts.awaiting_feedback, counts.in_work, counts.parked, counts.reopened_cases) == (1, 0, 0, 1)
