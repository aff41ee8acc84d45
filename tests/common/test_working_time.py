"""Working time in the hours of a real place."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.working_time import Hours, add, between, unsound

SPLIT = (("09:00", "13:00"), ("15:00", "18:00"))
MADRID = Hours(time_zone="Europe/Madrid", week=(SPLIT,) * 5 + ((),) * 2, holidays=frozenset({date(2026, 1, 6)}))
BOGOTA = Hours(time_zone="America/Bogota", week=((("08:00", "17:00"),),) * 7)
NIGHT = Hours(time_zone="Europe/Madrid", week=((("00:00", "24:00"),),) * 7)

hours = st.sampled_from([MADRID, BOGOTA, NIGHT])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - UTC is given


def madrid(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Madrid"))


def test_a_promise_made_on_friday_evening_is_due_on_monday() -> None:
    assert add(MADRID, madrid(3, 6, 17, 30), timedelta(hours=1)) == madrid(3, 9, 9, 30)


def test_lunch_does_not_count() -> None:
    assert between(MADRID, madrid(3, 2, 12), madrid(3, 2, 16)) == timedelta(hours=2)


def test_a_holiday_does_not_count() -> None:
    assert between(MADRID, madrid(1, 5, 17), madrid(1, 7, 10)) == timedelta(hours=2)


def test_the_night_the_clocks_go_forward_has_an_hour_less() -> None:
    assert between(NIGHT, madrid(3, 29, 0), madrid(3, 30, 0)) == timedelta(hours=23)


def test_the_night_the_clocks_go_back_has_an_hour_more() -> None:
    assert between(NIGHT, madrid(10, 25, 0), madrid(10, 26, 0)) == timedelta(hours=25)


def test_no_hours_at_all_are_no_time() -> None:
    assert between(Hours(time_zone="UTC", week=((),) * 7), madrid(1, 1, 0), madrid(12, 1, 0)) == timedelta(0)


@given(hours=hours, start=moments, working=st.timedeltas(timedelta(0), timedelta(days=20)))
@settings(max_examples=200, deadline=None)
def test_what_was_added_lies_between(hours: Hours, start: datetime, working: timedelta) -> None:
    assert between(hours, start, add(hours, start, working)) == working


@given(hours=hours, times=st.lists(moments, min_size=3, max_size=3).map(sorted))
@settings(max_examples=200, deadline=None)
def test_time_adds_up(hours: Hours, times: list[datetime]) -> None:
    first, second, third = times
    assert between(hours, first, second) + between(hours, second, third) == between(hours, first, third)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (Hours(time_zone="Mars/Olympus", week=((),) * 7), "no time zone"),
        (Hours(time_zone="UTC", week=((),)), "seven days"),
        (Hours(time_zone="UTC", week=((("09:00", "9"),),) + ((),) * 6), "no time of day"),
        (Hours(time_zone="UTC", week=((("09:00", "25:00"),),) + ((),) * 6), "no time of day"),
        (Hours(time_zone="UTC", week=((("13:00", "09:00"),),) + ((),) * 6), "does not end after"),
        (Hours(time_zone="UTC", week=((("09:00", "13:00"), ("12:00", "18:00")),) + ((),) * 6), "follow one another"),
    ],
)
def test_hours_that_cannot_be_meant_are_said_to_be_so(wrong: Hours, why: str) -> None:
    assert why in (unsound(wrong) or "")
