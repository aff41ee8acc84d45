"""Working time in a calendar of the agreement: how long until, and how much between."""

from datetime import datetime, timedelta
from functools import lru_cache

from agreement.domain.terms import Calendar
from common import working_time
from common.working_time import Hours


def add(calendar: Calendar, start: datetime, working: timedelta) -> datetime:
    """Return the instant, in UTC, by which *working* time of *calendar* has passed since *start*."""
    return working_time.add(_hours(calendar), start, working)


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return how much working time of *calendar* lies between two instants; none when *end* is not after *start*."""
    return working_time.between(_hours(calendar), start, end)


@lru_cache(maxsize=1024)
def _hours(calendar: Calendar) -> Hours:
    return Hours(time_zone=calendar.time_zone, week=calendar.week.days(), holidays=frozenset(calendar.holidays))
