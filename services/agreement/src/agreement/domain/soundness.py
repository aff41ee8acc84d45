"""Whether terms hold together: every name means something, every scale is covered, every promise can be counted."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from agreement.domain.canonical import canonical
from agreement.domain.terms import ANY, Calendar, Commitment, Interval, Ola, Priority, Reminders, Scale, Terms, clauses
from common.refusals import Invalid

LARGEST_TERMS = 800_000
"""Bytes of canonical JSON: terms travel whole in one message; as many boundaries as may be sent find room."""

MOST_CELLS = 100_000
"""Services x activities x regions, each of which is checked for gaps and overlaps."""

LONGEST_WEEKS = 520
"""A target must be reachable within ten years of working weeks."""

LONGEST_WAIT = timedelta(days=366)

_WALL = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class UnsoundTerms(Invalid):
    """The terms do not hold together."""


def check(terms: Terms, parties: Sequence[str]) -> None:
    """Refuse *terms* that *parties* could not mean, with every reason at once."""
    reasons = list(reasons_against(terms, parties))
    if reasons:
        raise UnsoundTerms(f"The terms do not hold together: {'; '.join(reasons[:20])}.", reasons=reasons[:100])


def reasons_against(terms: Terms, parties: Sequence[str]) -> Iterable[str]:
    """Yield each reason why the terms do not hold together."""
    for rule in _RULES:
        yield from rule(terms, parties)


def _fits(terms: Terms, _: Sequence[str]) -> Iterable[str]:
    if len(canonical(terms).encode()) > LARGEST_TERMS:
        yield f"they are larger than {LARGEST_TERMS} bytes"
    if len(terms.services) * len(terms.activities) * len(terms.regions) > MOST_CELLS:
        yield f"services x activities x regions are more than {MOST_CELLS}"


def _nothing_is_named_twice(terms: Terms, _: Sequence[str]) -> Iterable[str]:
    named = {
        "clause_id": [each.clause_id for each in clauses(terms)],
        "service": [each.service for each in terms.services],
        "activity": [each.activity for each in terms.activities],
        "region": [each.region for each in terms.regions],
        "calendar": [each.calendar for each in terms.calendars],
        "priority": [each.priority for each in terms.priorities],
        "scale": [each.scale for each in terms.scales],
        "escalation round": [str(each.round) for each in terms.escalation],
        "shared field": [each.field for each in terms.sharing],
        "hand-off commitment": [f"{each.customer} to {each.supplier} for {each.service}" for each in terms.olas],
    }
    for what, names in named.items():
        for twice in (name for name, times in Counter(names).items() if times > 1):
            yield f"{what} {twice} is named twice"
    for what in ("service", "activity", "region", "calendar", "priority", "scale"):
        if not named[what]:
            yield f"there is no {what}"
        if ANY in named[what]:
            yield f"{ANY} is no {what}"


def _owners_are_parties(terms: Terms, parties: Sequence[str]) -> Iterable[str]:
    for each in terms.commitments:
        yield from _owned(each, parties)


def _owned(each: Commitment, parties: Sequence[str]) -> Iterable[str]:
    if each.kind == "collective" and each.owner is not None:
        yield f"clause {each.clause_id} is collective and cannot have one owner"
    if each.kind == "individual" and each.owner not in parties:
        yield f"clause {each.clause_id} is individual and its owner is no party"


def _services_are_known(terms: Terms, _: Sequence[str]) -> Iterable[str]:
    known = {each.service for each in terms.services}
    for each in terms.commitments:
        for service in each.services:
            if service not in known:
                yield f"clause {each.clause_id} names the unknown service {service}"


def _boundaries_are_drawn_over_the_map(terms: Terms, parties: Sequence[str]) -> Iterable[str]:
    services = {each.service for each in terms.services}
    activities = {ANY, *(each.activity for each in terms.activities)}
    regions = {ANY, *(each.region for each in terms.regions)}
    for each in terms.boundaries:
        if each.accountable not in parties:
            yield f"clause {each.clause_id} makes {each.accountable} accountable, which is no party"
        if each.service not in services or each.activity not in activities or each.region not in regions:
            yield f"clause {each.clause_id} lies outside the map of services, activities and regions"


def _calendars_have_working_time(terms: Terms, _: Sequence[str]) -> Iterable[str]:
    for each in terms.calendars:
        if not is_time_zone(each.time_zone):
            yield f"clause {each.clause_id} names the unknown time zone {each.time_zone}"
        if not all(_in_order(day) for day in each.week.days()):
            yield f"clause {each.clause_id} has intervals that overlap, are out of order or are no times"
        elif not _weekly(each):
            yield f"clause {each.clause_id} has no working time"


def is_time_zone(name: str) -> bool:
    """Tell whether *name* is a zone of the IANA database."""
    return name in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _in_order(day: Sequence[Interval]) -> bool:
    walls = [wall for interval in day for wall in interval]
    pairs = all(begins < ends for begins, ends in day)
    return pairs and all(_WALL.fullmatch(wall) for wall in walls) and walls == sorted(walls)


def _weekly(calendar: Calendar) -> int:
    """Return the working minutes of a week."""
    return sum(_minutes(ends) - _minutes(begins) for day in calendar.week.days() for begins, ends in day)


def _minutes(wall: str) -> int:
    return int(wall[:2]) * 60 + int(wall[3:])


def _targets_can_be_reached(terms: Terms, parties: Sequence[str]) -> Iterable[str]:
    if any(_calendars_have_working_time(terms, parties)):
        return
    weekly = {each.calendar: timedelta(minutes=_weekly(each)) for each in terms.calendars}
    for each in terms.priorities:
        yield from _reachable(each, weekly.get(each.calendar))
    for ola in terms.olas:
        yield from _kept_in_time(ola, weekly.get(ola.calendar))


def _reachable(each: Priority, week: timedelta | None) -> Iterable[str]:
    if week is None:
        yield f"clause {each.clause_id} counts in the unknown calendar {each.calendar}"
    elif not timedelta(0) < each.response <= each.resolution:
        yield f"clause {each.clause_id} must promise a response, and a resolution not before it"
    elif each.resolution > week * LONGEST_WEEKS:
        yield f"clause {each.clause_id} promises what its calendar does not reach within {LONGEST_WEEKS} weeks"


def _kept_in_time(each: Ola, week: timedelta | None) -> Iterable[str]:
    if week is None:
        yield f"clause {each.clause_id} counts in the unknown calendar {each.calendar}"
    elif min(each.acceptance, each.resolution) <= timedelta(0):
        yield f"clause {each.clause_id} must promise an acceptance and a resolution that take time"
    elif max(each.acceptance, each.resolution) > week * LONGEST_WEEKS:
        yield f"clause {each.clause_id} promises what its calendar does not reach within {LONGEST_WEEKS} weeks"


def _olas_are_between_parties(terms: Terms, parties: Sequence[str]) -> Iterable[str]:
    services = {ANY, *(each.service for each in terms.services)}
    for each in terms.olas:
        if each.supplier not in parties:
            yield f"clause {each.clause_id} promises in the name of {each.supplier}, which is no party"
        if each.customer not in {ANY, *parties}:
            yield f"clause {each.clause_id} promises to {each.customer}, which is no party"
        if each.customer == each.supplier:
            yield f"clause {each.clause_id} promises {each.supplier} something of its own"
        if each.service not in services:
            yield f"clause {each.clause_id} names the unknown service {each.service}"


def _scales_are_covered(terms: Terms, _: Sequence[str]) -> Iterable[str]:
    if terms.survey_scale not in {each.scale for each in terms.scales}:
        yield f"the survey asks on the unknown scale {terms.survey_scale}"
    for each in terms.scales:
        if not _covered(each):
            yield f"clause {each.clause_id} leaves a hole or an overlap between {each.lowest} and {each.highest}"
        if each.negative is None:
            yield f"clause {each.clause_id} has no negative score: no customer could say that they are not content"


def _covered(scale: Scale) -> bool:
    bands = sorted(band for band in (scale.positive, scale.neutral, scale.negative) if band is not None)
    follow = all(before[1] + 1 == after[0] for before, after in pairwise(bands))
    filled = all(first <= last for first, last in bands)
    return filled and follow and bands[0][0] == scale.lowest and bands[-1][1] == scale.highest


def _reminders_come_in_order(terms: Terms, _: Sequence[str]) -> Iterable[str]:
    plan: Reminders = terms.reminders
    waits = [timedelta(0), *plan.after]
    if any(later <= earlier for earlier, later in pairwise(waits)):
        yield "reminders must come one after the other"
    if plan.silent_after < waits[-1] or plan.silent_after <= timedelta(0):
        yield "a customer is not silent before the last reminder"
    if plan.link_valid_for <= timedelta(0) or max(plan.link_valid_for, plan.silent_after) > LONGEST_WAIT:
        yield f"reminders and links end within {LONGEST_WAIT.days} days"


_RULES: tuple[Callable[[Terms, Sequence[str]], Iterable[str]], ...] = (
    _fits,
    _nothing_is_named_twice,
    _owners_are_parties,
    _services_are_known,
    _boundaries_are_drawn_over_the_map,
    _calendars_have_working_time,
    _targets_can_be_reached,
    _olas_are_between_parties,
    _scales_are_covered,
    _reminders_come_in_order,
)
