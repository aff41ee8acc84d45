"""Working time: how long until, and how much between, in the opening hours of a real place with its clock changes."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from common.values import value

Shift = tuple[datetime, datetime]
"""From and to of a stretch of work, in UTC; the end is not part of it."""

Week = tuple[tuple[tuple[str, str], ...], ...]
"""Seven days from Monday, each with its intervals ``("09:00", "13:00")`` in order; ``24:00`` ends a day."""

_DAY = timedelta(days=1)


@value
class Hours:
    """When work is done: a week of intervals in an IANA time zone, and the dates that are free."""

    time_zone: str
    week: Week
    holidays: frozenset[date] = frozenset()


def add(hours: Hours, start: datetime, working: timedelta) -> datetime:
    """Return the instant, in UTC, by which *working* time has passed since *start*; *start* itself for none.

    The week must have working time.
    """
    left, now = working, start.astimezone(UTC)
    if left <= timedelta(0):
        return now
    for begins, ends in _shifts_from(hours, now):
        begun = max(begins, now)
        if left <= ends - begun:
            return begun + left
        left -= ends - begun
    raise AssertionError("a calendar goes on for ever")


def between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """Return how much working time lies between two instants; none when *end* is not after *start*."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta(0)
    if last <= first or not any(hours.week):
        return total
    for begins, ends in _shifts_from(hours, first):
        if begins >= last:
            break
        total += min(ends, last) - max(begins, first)
    return total


def unsound(hours: Hours) -> str | None:
    """Return what is wrong with *hours*, or None: a known zone, seven days, intervals that end after they start."""
    if hours.time_zone not in _zones():
        return f"{hours.time_zone} is no time zone"
    if len(hours.week) != 7:
        return "a week has seven days"
    for day in hours.week:
        for interval in day:
            if why := _unsound_interval(*interval):
                return why
        if any(before[1] > after[0] for before, after in itertools.pairwise(day)):
            return "the intervals of a day follow one another"
    return None


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _unsound_interval(begins: str, ends: str) -> str | None:
    for shown in (begins, ends):
        if not _is_time(shown):
            return f"{shown} is no time of day"
    return None if begins < ends else f"{begins} to {ends} does not end after it starts"


def _is_time(shown: str) -> bool:
    if len(shown) != 5 or shown[2] != ":" or not (shown[:2] + shown[3:]).isdecimal():
        return False
    return shown == "24:00" or (int(shown[:2]) < 24 and int(shown[3:]) < 60)


def _shifts_from(hours: Hours, now: datetime) -> Iterator[Shift]:
    """Yield the shifts that end after *now*, one after the other, without end."""
    day = now.astimezone(ZoneInfo(hours.time_zone)).date() - _DAY
    while True:
        for begins, ends in _shifts_of(hours, day):
            if ends > now:
                yield begins, ends
        day += _DAY


@lru_cache(maxsize=8192)
def _shifts_of(hours: Hours, day: date) -> tuple[Shift, ...]:
    if day in hours.holidays:
        return ()
    zone = ZoneInfo(hours.time_zone)
    local = ((_instant(day, begins, zone), _instant(day, ends, zone)) for begins, ends in hours.week[day.weekday()])
    return tuple((begins, ends) for begins, ends in local if begins < ends)


def _instant(day: date, wall: str, zone: ZoneInfo) -> datetime:
    """Return when the clock on the wall shows *wall*: the first time if it does so twice, the jump if it never does."""
    hour, minute = int(wall[:2]), int(wall[3:])
    shown = datetime.combine(day + (_DAY if hour == 24 else timedelta(0)), time(hour % 24, minute), zone)
    instant = shown.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return instant
    return _jump(zone, shown.replace(fold=1).astimezone(UTC), instant)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first second in ``(before, after]`` that has the offset of *after*."""
    new = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        changed = (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == new
        low, high = (low, middle) if changed else (middle, high)
    return before + timedelta(seconds=high)
