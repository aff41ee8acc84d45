"""How much of a span of time lies within a team's working hours, in the team's own zone.

An instant counts if its local time lies in an interval of its local weekday and its local date is no holiday. A day of
23 or 25 hours therefore counts what the clock on the wall really showed.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from common.refusals import Invalid
from common.values import value

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
END_OF_DAY = "24:00"
MIDNIGHT = time()


@value
class Calendar:
    """Working hours: per weekday any number of ``("09:00", "13:00")`` intervals, local; ``24:00`` ends a day."""

    time_zone: str
    week: dict[str, tuple[tuple[str, str], ...]]
    holidays: frozenset[date] = frozenset()


class UnreadableCalendar(Invalid):
    """The calendar names no known time zone, weekday or interval."""


def checked(calendar: Calendar) -> Calendar:
    """Return *calendar* if it can be counted in.

    Raises:
        UnreadableCalendar: zone or weekday is unknown, or an interval does not end after it starts.
    """
    if calendar.time_zone not in _zones():
        raise UnreadableCalendar(f"{calendar.time_zone} is no time zone")
    if unknown := set(calendar.week) - set(WEEKDAYS):
        raise UnreadableCalendar(f"{', '.join(sorted(unknown))} is no weekday; they are {', '.join(WEEKDAYS)}")
    for interval in (interval for day in calendar.week.values() for interval in day):
        _check(interval)
    return calendar


def working_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return how much of the time from *start* to *end* (both aware) is working time; none if *end* is not later."""
    zone = ZoneInfo(calendar.time_zone)
    week = {day: _merged(intervals) for day, intervals in calendar.week.items()}
    spans = _even_spans(zone, start.astimezone(UTC), end.astimezone(UTC))
    return sum((_within(week, calendar.holidays, *span) for span in spans), timedelta())


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check(interval: tuple[str, str]) -> None:
    try:
        start, end = (_since_midnight(clock) for clock in interval)
    except ValueError as error:
        raise UnreadableCalendar(f"{interval} is not two times of day") from error
    if end <= start:
        raise UnreadableCalendar(f"{interval[0]} to {interval[1]} does not end after it starts")


def _since_midnight(clock: str) -> timedelta:
    if clock == END_OF_DAY:
        return DAY
    return datetime.combine(date.min, time.fromisoformat(clock)) - datetime.combine(date.min, MIDNIGHT)


def _merged(intervals: tuple[tuple[str, str], ...]) -> list[tuple[timedelta, timedelta]]:
    merged: list[tuple[timedelta, timedelta]] = []
    for start, end in sorted((_since_midnight(start), _since_midnight(end)) for start, end in intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _even_spans(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the time as local spans (naive) throughout each of which the offset from UTC is the same."""
    since = start
    while since < end:
        offset = _offset(zone, since)
        until = _same_offset_until(zone, since, end, offset)
        yield ((since + offset).replace(tzinfo=None), (until + offset).replace(tzinfo=None))
        since = until


def _same_offset_until(zone: ZoneInfo, since: datetime, end: datetime, offset: timedelta) -> datetime:
    same = since
    while same < end:
        later = min(same + DAY, end)
        if _offset(zone, later) != offset:
            return _change_between(zone, same, later, offset)
        same = later
    return end


def _change_between(zone: ZoneInfo, same: datetime, other: datetime, offset: timedelta) -> datetime:
    """Return the whole second at which the offset changes: zones change on whole seconds."""
    floor = same.replace(microsecond=0)
    low, high = 0, -(-(other - floor) // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, floor + middle * SECOND) == offset else (low, middle)
    return floor + high * SECOND


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _within(
    week: Mapping[str, list[tuple[timedelta, timedelta]]], holidays: frozenset[date], start: datetime, end: datetime
) -> timedelta:
    total = timedelta()
    for day in (start.date() + n * DAY for n in range((end.date() - start.date()).days + 1)):
        if day in holidays:
            continue
        midnight = datetime.combine(day, MIDNIGHT)
        for opens, closes in week.get(WEEKDAYS[day.weekday()], ()):
            total += max(min(end, midnight + closes) - max(start, midnight + opens), timedelta())
    return total
