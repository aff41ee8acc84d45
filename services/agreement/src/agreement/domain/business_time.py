"""Working time: how long until, and how much between, in a calendar of a real place with its clock changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agreement.domain.terms import Calendar

Shift = tuple[datetime, datetime]
"""From and to of a stretch of work, in UTC; the end is not part of it."""

_DAY = timedelta(days=1)


def add(calendar: Calendar, start: datetime, working: timedelta) -> datetime:
    """Return the instant by which *working* time has passed since *start*; *start* itself for nothing.

    The calendar must have working time. The answer is in UTC.
    """
    left, now = working, start.astimezone(UTC)
    if left <= timedelta(0):
        return now
    for begins, ends in _shifts_from(calendar, now):
        begun = max(begins, now)
        if left <= ends - begun:
            return begun + left
        left -= ends - begun
    raise AssertionError("a calendar goes on for ever")


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return how much working time lies between two instants; nothing when *end* is not after *start*."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta(0)
    if last <= first:
        return total
    for begins, ends in _shifts_from(calendar, first):
        if begins >= last:
            break
        total += min(ends, last) - max(begins, first)
    return total


def _shifts_from(calendar: Calendar, now: datetime) -> Iterator[Shift]:
    """Yield the calendar's shifts that end after *now*, one after the other, without end."""
    day = now.astimezone(ZoneInfo(calendar.time_zone)).date() - _DAY
    while True:
        for begins, ends in _shifts_of(calendar, day):
            if ends > now:
                yield begins, ends
        day += _DAY


@lru_cache(maxsize=8192)
def _shifts_of(calendar: Calendar, day: date) -> tuple[Shift, ...]:
    if day in calendar.holidays:
        return ()
    zone = ZoneInfo(calendar.time_zone)
    local = ((_instant(day, begins, zone), _instant(day, ends, zone)) for begins, ends in _intervals(calendar, day))
    return tuple((begins, ends) for begins, ends in local if begins < ends)


def _intervals(calendar: Calendar, day: date) -> tuple[tuple[str, str], ...]:
    return calendar.week.days()[day.weekday()]


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
