"""Working time is counted on the clocks of a real place: lunch, week-ends, holidays and the hour that comes or goes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.domain.business_time import add, between
from agreement.domain.terms import Calendar, Interval, Week

MADRID = ZoneInfo("Europe/Madrid")
HOUR = timedelta(hours=1)
ALWAYS = (("00:00", "24:00"),)
ROUND_THE_CLOCK = Calendar(
    clause_id="c",
    calendar="always",
    time_zone="Europe/Madrid",
    week=Week(mon=ALWAYS, tue=ALWAYS, wed=ALWAYS, thu=ALWAYS, fri=ALWAYS, sat=ALWAYS, sun=ALWAYS),
)


def madrid(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (madrid(2, 9), 1, madrid(2, 10)),  # a Monday
        (madrid(2, 12), 2, madrid(2, 15)),  # over lunch
        (madrid(2, 12), 1, madrid(2, 13)),  # done when lunch begins
        (madrid(2, 13, 30), 1, madrid(2, 15)),  # asked at lunch
        (madrid(2, 3), 1, madrid(2, 10)),  # asked at night
        (madrid(5, 17), 2, madrid(6, 10)),  # over night
        (madrid(6, 14), 2, madrid(9, 10)),  # over the week-end
        (madrid(18, 17), 2, madrid(20, 10)),  # over the holiday of the 19th
        (madrid(2, 9), 38, madrid(9, 9)),  # a whole week, due when work begins again is due when it ended
    ],
)
def test_a_promise_is_due_after_that_much_work(office: Calendar, start: datetime, hours: int, end: datetime) -> None:
    due = add(office, start, hours * HOUR)
    assert between(office, start, due) == hours * HOUR
    assert between(office, due, end) == timedelta(0)
    assert due <= end


def test_no_work_takes_no_time(office: Calendar) -> None:
    assert add(office, madrid(1, 12), timedelta(0)) == madrid(1, 12)
    assert between(office, madrid(2, 12), madrid(2, 11)) == timedelta(0)


def test_the_night_that_loses_an_hour_has_one_less(office: Calendar) -> None:
    before, after = madrid(28, 0), madrid(30, 0)  # clocks go forward on Sunday, 29 March 2026
    assert between(ROUND_THE_CLOCK, before, after) == 47 * HOUR
    assert add(ROUND_THE_CLOCK, before, 47 * HOUR) == after


def test_the_night_that_gains_an_hour_has_one_more() -> None:
    before, after = madrid(24, 0, month=10), madrid(26, 0, month=10)  # clocks go back on Sunday, 25 October 2026
    assert between(ROUND_THE_CLOCK, before, after) == 49 * HOUR


def test_an_interval_that_begins_in_the_lost_hour_begins_at_the_jump() -> None:
    night = replace(ROUND_THE_CLOCK, week=Week(sun=(("01:00", "02:30"), ("02:30", "04:00"))))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert add(night, madrid(29, 0), HOUR) == jump
    assert between(night, madrid(29, 0), madrid(29, 12)) == 2 * HOUR
    assert add(night, madrid(29, 0), 2 * HOUR) == madrid(29, 4)


def test_the_hour_that_comes_twice_is_worked_twice() -> None:
    night = replace(ROUND_THE_CLOCK, week=Week(sun=(("02:00", "03:00"),)))
    assert between(night, madrid(25, 0, month=10), madrid(25, 12, month=10)) == 2 * HOUR


def test_a_calendar_counts_on_its_own_clock_wherever_the_question_comes_from(office: Calendar) -> None:
    lima = madrid(2, 12).astimezone(ZoneInfo("America/Lima"))
    assert add(office, lima, 2 * HOUR) == madrid(2, 15)


ZONES = st.sampled_from(["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
INSTANTS = st.integers(1_262_304_000, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC))
"""Any second from 2010 to 2034."""


@st.composite
def days(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Zero to three intervals of a day, in order and apart."""
    minutes = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    walls = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]
    return tuple(zip(walls[::2], walls[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar that works at least an hour on Wednesdays."""
    week = {day: draw(days()) for day in ("mon", "tue", "thu", "fri", "sat", "sun")}
    free = draw(st.sets(st.dates(date(2010, 1, 1), date(2035, 1, 1)), max_size=4))
    return Calendar(
        clause_id="c",
        calendar="any",
        time_zone=draw(ZONES),
        week=Week(**week, wed=(("10:00", "11:00"),)),
        holidays=tuple(sorted(free)),
    )


WORK = st.timedeltas(timedelta(seconds=1), timedelta(hours=60))


@given(calendars(), INSTANTS, WORK)
def test_between_undoes_add(calendar: Calendar, start: datetime, work: timedelta) -> None:
    assert between(calendar, start, add(calendar, start, work)) == work


@given(calendars(), INSTANTS, WORK, WORK)
def test_work_done_in_two_goes_is_done_at_the_same_time(
    calendar: Calendar, start: datetime, one: timedelta, two: timedelta
) -> None:
    assert add(calendar, add(calendar, start, one), two) == add(calendar, start, one + two)


@given(calendars(), INSTANTS, INSTANTS, INSTANTS)
def test_time_between_adds_up_and_is_never_more_than_real_time(
    calendar: Calendar, first: datetime, second: datetime, third: datetime
) -> None:
    # A few weeks suffice: the rest is the same days again.
    early = first
    middle = early + (second - early) % timedelta(days=20)
    late = middle + (third - middle) % timedelta(days=20)
    whole = between(calendar, early, late)
    assert whole == between(calendar, early, middle) + between(calendar, middle, late)
    assert timedelta(0) <= whole <= late - early


@given(ZONES, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_round_the_clock_is_real_time_whatever_the_clocks_do(zone: str, start: datetime, work: timedelta) -> None:
    assert add(replace(ROUND_THE_CLOCK, time_zone=zone), start, work) == start + work
