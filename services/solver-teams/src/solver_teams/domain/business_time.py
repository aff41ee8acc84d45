"""How much of a span of time lies within a team's working hours, in the team's own zone."""

from datetime import date, datetime, timedelta

from common import working_time
from common.refusals import Invalid
from common.values import value

Interval = tuple[str, str]
"""From and to, local wall time ``HH:MM``; the end may be ``24:00``."""


@value
class Week:
    """The working intervals of each day of the week, in order and apart."""

    mon: tuple[Interval, ...] = ()
    tue: tuple[Interval, ...] = ()
    wed: tuple[Interval, ...] = ()
    thu: tuple[Interval, ...] = ()
    fri: tuple[Interval, ...] = ()
    sat: tuple[Interval, ...] = ()
    sun: tuple[Interval, ...] = ()


@value
class Calendar:
    """When a team works: a week of intervals in an IANA time zone, and the days that are free."""

    time_zone: str
    week: Week
    holidays: tuple[date, ...] = ()


class UnreadableCalendar(Invalid):
    """The calendar names no known time zone, or intervals that do not follow one another."""


def checked(calendar: Calendar) -> Calendar:
    """Return *calendar* if it can be counted in.

    Raises:
        UnreadableCalendar: the zone is unknown, or an interval does not end after it starts.
    """
    if why := working_time.unsound(_hours(calendar)):
        raise UnreadableCalendar(why)
    return calendar


def business_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return how much of the time from *start* to *end* (both aware) the team works; none if *end* is not later."""
    return working_time.between(_hours(calendar), start, end)


def _hours(calendar: Calendar) -> working_time.Hours:
    week = calendar.week
    days = (week.mon, week.tue, week.wed, week.thu, week.fri, week.sat, week.sun)
    return working_time.Hours(time_zone=calendar.time_zone, week=days, holidays=frozenset(calendar.holidays))
