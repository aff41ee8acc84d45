"""A story becomes lines that say the same at every import, in an order that the rules of the services allow."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from acuerdo_cli.importing.lines import CASES, CONTACTS, LOOP, SECOND, WORK, Lines
from acuerdo_cli.importing.meanings import Circumstances, Means, Moment, Team
from acuerdo_cli.importing.story import Story, tell
from acuerdo_cli.importing.waves import Stage

AGREEMENT = UUID("0199aaaa-0000-7000-8000-000000000001")
CASE = "0199aaaa-0000-7000-8000-000000000002"
MONDAY = datetime(2012, 5, 7, 9, tzinfo=UTC)
TEAMS = {"V30": "0199aaaa-0000-7000-8000-000000000003"}
HELD, PAUSED, SOLVED, CONTENT = Means.IN_WORK, Means.PAUSED, Means.SOLVED, Means.POSITIVE


def _story(*means: Means, first_line: int = 2) -> Story:
    about = Circumstances(
        service="Incidents", activity="Incident", region="SE", priority="high", language="en", about="printer"
    )
    return tell(
        [
            Moment(
                line=first_line + n,
                case="1-364",
                at=MONDAY + timedelta(hours=n),
                means=one,
                team=Team(company="Org line C", name="V30"),
                person="unnamed",
                said=one,
                reason="waiting-user" if one is PAUSED else "withdrawn" if one is Means.WITHDRAWN else "",
                about=about,
            )
            for n, one in enumerate(means)
        ]
    )


def _course(*means: Means) -> list[Stage]:
    return Lines(AGREEMENT, TEAMS).course(_story(*means), CASE)


def _operations(stages: list[Stage]) -> list[tuple[str, list[str]]]:
    return [(stage.to, [line["operation"] for line in stage.lines]) for stage in stages]


def test_work_goes_together_and_feedback_is_approved_by_the_second_operator() -> None:
    assert _operations(_course(HELD, PAUSED, SOLVED, CONTENT)) == [
        (WORK, ["recordWork"]),
        (WORK, ["recordWork"] * 2),
        (LOOP, ["takeFeedback"]),
        (SECOND, ["approveFeedback"]),
    ]


def test_the_first_line_of_a_round_goes_alone_so_that_no_later_one_is_accepted_before_it() -> None:
    work = [len(stage.lines) for stage in _course(HELD, PAUSED, HELD, SOLVED, HELD, PAUSED, SOLVED) if stage.to == WORK]
    assert work == [1, 3, 1, 2]


def test_what_went_wrong_is_put_right_before_the_next_solution() -> None:
    assert _operations(_course(HELD, SOLVED, HELD, SOLVED))[2:] == [
        (LOOP, ["takeFeedback"]),
        (SECOND, ["approveFeedback"]),
        (LOOP, ["stateRootCause", "openCorrectiveAction", "finishCorrectiveAction"]),
        (WORK, ["recordWork"]),
        (WORK, ["recordWork"]),
    ]


def test_what_the_source_does_not_say_was_put_right_is_not_said_to_be() -> None:
    assert _operations(_course(HELD, SOLVED, HELD))[2:] == [
        (LOOP, ["takeFeedback"]),
        (SECOND, ["approveFeedback"]),
        (WORK, ["recordWork"]),
    ]


def test_who_comes_back_makes_contact_and_opens_a_round() -> None:
    stages = _course(HELD, CONTENT, HELD)
    assert _operations(stages)[4:] == [(CONTACTS, ["recordContact"]), (LOOP, ["comeBack"]), (WORK, ["recordWork"])]
    assert stages[-1].lines[0]["round"] == 2


def test_a_withdrawn_case_rests_as_two_people_say_and_goes_on_in_its_round() -> None:
    stages = _course(HELD, Means.WITHDRAWN, HELD)
    assert _operations(stages)[1:] == [
        (LOOP, ["proposeParking"]),
        (SECOND, ["approveParking"]),
        (LOOP, ["unpark"]),
        (WORK, ["recordWork"]),
    ]
    assert stages[-1].lines[0]["round"] == 1


def test_a_row_that_says_the_same_as_before_is_not_sent() -> None:
    stages = _course(HELD, HELD, PAUSED, PAUSED, HELD)
    assert [line["activity"] for stage in stages for line in stage.lines] == ["in-work", "paused", "in-work"]
    assert [row for stage in stages for row in stage.rows] == [2, 4, 6]


def test_the_same_story_gives_the_same_lines_wherever_it_stands_in_the_file() -> None:
    means = (HELD, SOLVED, HELD, SOLVED, CONTENT, HELD)
    one, other = (Lines(AGREEMENT, TEAMS).course(_story(*means, first_line=line), CASE) for line in (2, 7000))
    assert [stage.lines for stage in one] == [stage.lines for stage in other]


def test_a_longer_story_begins_with_the_lines_of_the_shorter_one() -> None:
    shorter = [line for stage in _course(HELD, SOLVED) for line in stage.lines]
    longer = [line for stage in _course(HELD, SOLVED, CONTENT) for line in stage.lines]
    assert longer[: len(shorter)] == shorter


def test_no_two_lines_of_an_operation_have_the_same_key() -> None:
    stages = _course(HELD, SOLVED, HELD, SOLVED, HELD, CONTENT, HELD, SOLVED, CONTENT)
    keys = [(line["operation"], line["key"]) for stage in stages for line in stage.lines]
    assert len(keys) == len(set(keys))


def test_everything_happened_when_the_source_says() -> None:
    stages = _course(HELD, SOLVED, HELD, SOLVED, CONTENT)
    assert all(line["occurred_at"] for stage in stages for line in stage.lines)
    finished = [line for stage in stages for line in stage.lines if line["operation"] == "finishCorrectiveAction"]
    assert [line["occurred_at"] for line in finished] == [(MONDAY + timedelta(hours=3)).isoformat()]


def test_a_case_is_opened_by_the_company_of_its_first_row_for_its_own_service() -> None:
    (line,) = Lines(AGREEMENT, TEAMS).case(_story(HELD), "customer", "contact").lines
    assert line["performed_by"]["company"] == "org-line-c"
    assert (line["service"], line["region"], line["priority"]) == ("org-line-c-incidents", "se", "high")
    assert Lines(AGREEMENT, TEAMS).case(_story(HELD), "customer", "contact").to == CASES
