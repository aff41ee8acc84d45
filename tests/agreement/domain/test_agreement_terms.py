"""Terms that do not hold together are refused with every reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agreement.domain.soundness import UnsoundTerms, check, reasons_against
from agreement.domain.terms import Calendar, Escalation, Ola, Scale, Terms, Week

PARTIES = ("desk-c", "net-b", "telco-a")


def first(many: tuple[Any, ...], **changes: object) -> tuple[Any, ...]:
    return (replace(many[0], **changes), *many[1:])


OLA = Ola(
    clause_id="o-1",
    customer="*",
    supplier="net-b",
    service="*",
    acceptance=timedelta(hours=1),
    resolution=timedelta(hours=4),
    calendar="office",
)


def promising(terms: Terms, *olas: Ola, **changes: object) -> Terms:
    return replace(terms, olas=(replace(OLA, **changes), *olas))


def test_the_example_holds_together(terms: Terms) -> None:
    check(terms, PARTIES)
    check(promising(terms, replace(OLA, clause_id="o-2", customer="desk-c", service="fibre")), PARTIES)


WRONG: dict[str, Callable[[Terms], Terms]] = {
    "a clause named twice": lambda t: replace(t, services=first(t.services, clause_id="k-1")),
    "a service named twice": lambda t: replace(t, services=first(t.services, service="mobile")),
    "an escalation round named twice": lambda t: replace(
        t, escalation=(*t.escalation, Escalation(clause_id="e-2", round=2, to="manager"))
    ),
    "no services": lambda t: replace(t, services=()),
    "a star as a region": lambda t: replace(t, regions=first(t.regions, region="*")),
    "an individual commitment of nobody": lambda t: replace(t, commitments=first(t.commitments, owner=None)),
    "an individual commitment of a stranger": lambda t: replace(t, commitments=first(t.commitments, owner="rival")),
    "a collective commitment of one": lambda t: replace(t, commitments=first(t.commitments, kind="collective")),
    "a commitment about an unknown service": lambda t: replace(t, commitments=first(t.commitments, services=("tv",))),
    "a boundary of a stranger": lambda t: replace(t, boundaries=first(t.boundaries, accountable="rival")),
    "a boundary on an unknown service": lambda t: replace(t, boundaries=first(t.boundaries, service="tv")),
    "a boundary on every service": lambda t: replace(t, boundaries=first(t.boundaries, service="*")),
    "a boundary on an unknown region": lambda t: replace(t, boundaries=first(t.boundaries, region="east")),
    "an unknown zone": lambda t: replace(t, calendars=first(t.calendars, time_zone="Mars/Olympus")),
    "a calendar without work": lambda t: replace(t, calendars=first(t.calendars, week=Week())),
    "an unknown calendar": lambda t: replace(t, priorities=first(t.priorities, calendar="night")),
    "no response promised": lambda t: replace(t, priorities=first(t.priorities, response=timedelta(0))),
    "a resolution before the response": lambda t: replace(t, priorities=first(t.priorities, response=timedelta(9))),
    "a target beyond reach": lambda t: replace(t, priorities=first(t.priorities, resolution=timedelta(days=2000))),
    "a survey on an unknown scale": lambda t: replace(t, survey_scale="nps"),
    "reminders out of order": lambda t: replace(t, reminders=replace(t.reminders, after=(timedelta(2), timedelta(1)))),
    "silent before the last reminder": lambda t: replace(t, reminders=replace(t.reminders, silent_after=timedelta(1))),
    "a dead link": lambda t: replace(t, reminders=replace(t.reminders, link_valid_for=timedelta(0))),
    "a hand-off commitment of a stranger": lambda t: promising(t, supplier="rival"),
    "a hand-off commitment to a stranger": lambda t: promising(t, customer="rival"),
    "a hand-off commitment to oneself": lambda t: promising(t, customer="net-b"),
    "a hand-off commitment on an unknown service": lambda t: promising(t, service="tv"),
    "a hand-off commitment in an unknown calendar": lambda t: promising(t, calendar="night"),
    "a hand-off to be accepted in no time": lambda t: promising(t, acceptance=timedelta(0)),
    "a hand-off to be solved in no time": lambda t: promising(t, resolution=timedelta(-1)),
    "a hand-off beyond reach": lambda t: promising(t, resolution=timedelta(days=2000)),
    "two equal hand-off commitments": lambda t: promising(t, replace(OLA, clause_id="o-2")),
    "a hand-off commitment with another's clause": lambda t: promising(t, clause_id="k-1"),
    "too much to travel": lambda t: replace(t, services=first(t.services, name="x" * 900_000)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_meant_is_refused(terms: Terms, wrong: str) -> None:
    with pytest.raises(UnsoundTerms) as refused:
        check(WRONG[wrong](terms), PARTIES)
    assert refused.value.parameters["reasons"]


@pytest.mark.parametrize(
    "day",
    [
        (("13:00", "09:00"),),
        (("09:00", "13:00"), ("12:00", "18:00")),
        (("14:00", "18:00"), ("09:00", "13:00")),
        (("9:00", "13:00"),),
        (("09:00", "25:00"),),
        (("09:00", "09:00"),),
    ],
)
def test_the_intervals_of_a_day_are_times_in_order_and_apart(
    terms: Terms, office: Calendar, day: tuple[tuple[str, str], ...]
) -> None:
    odd = replace(terms, calendars=(replace(office, week=Week(mon=day)),))
    assert list(reasons_against(odd, PARTIES))


@pytest.mark.parametrize(
    ("positive", "neutral", "negative"),
    [
        ((4, 5), None, (1, 2)),
        ((4, 5), (3, 4), (1, 2)),
        ((4, 5), (2, 3), (1, 2)),
        ((5, 4), (3, 3), (1, 2)),
        ((4, 6), (3, 3), (1, 2)),
        ((4, 5), (3, 3), (0, 2)),
    ],
)
def test_the_bands_cover_the_scale_without_hole_or_overlap(
    terms: Terms, positive: tuple[int, int], neutral: tuple[int, int] | None, negative: tuple[int, int] | None
) -> None:
    odd = replace(terms.scales[0], positive=positive, neutral=neutral, negative=negative)
    with pytest.raises(UnsoundTerms):
        check(replace(terms, scales=(odd,)), PARTIES)


@pytest.mark.parametrize("neutral", [None, (1, 3)])
def test_a_scale_lets_customers_say_that_they_are_not_content(terms: Terms, neutral: tuple[int, int] | None) -> None:
    positive = (1, 5) if neutral is None else (4, 5)
    odd = replace(terms.scales[0], positive=positive, neutral=neutral, negative=None)
    with pytest.raises(UnsoundTerms) as refused:
        check(replace(terms, scales=(odd,)), PARTIES)
    assert refused.value.parameters["reasons"] == [
        f"clause {odd.clause_id} has no negative score: no customer could say that they are not content"
    ]


def test_a_scale_may_have_its_good_end_below_and_no_middle(terms: Terms) -> None:
    effort = Scale(clause_id="sc-2", scale="ces", lowest=1, highest=7, positive=(1, 3), neutral=None, negative=(4, 7))
    thumb = Scale(clause_id="sc-3", scale="thumb", lowest=0, highest=1, positive=(1, 1), neutral=None, negative=(0, 0))
    check(replace(terms, scales=(*terms.scales, effort, thumb)), PARTIES)
