"""What an agreement promises, as one value: everything in it has a clause that can be cited."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from common.values import value

ANY = "*"


@value
class Commitment:
    """What one company (individual) or all of them together (collective) bind themselves to."""

    clause_id: str
    kind: Literal["individual", "collective"]
    owner: str | None
    title: str
    objective: str
    means: str
    exceptions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@value
class Service:
    """A service that the agreement covers."""

    clause_id: str
    service: str
    name: str


@value
class Activity:
    """A kind of work on a service, such as installing or repairing."""

    clause_id: str
    activity: str
    name: str


@value
class Region:
    """A place that the services are given in."""

    clause_id: str
    region: str
    name: str


@value
class Boundary:
    """Where a company's competence ends: it is, or is not, accountable here; ``*`` is any activity or region."""

    clause_id: str
    service: str
    activity: str
    region: str
    accountable: str
    in_scope: bool = True


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

    def days(self) -> tuple[tuple[Interval, ...], ...]:
        """Return the seven days, Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)


@value
class Calendar:
    """When work is done: a week of intervals in an IANA time zone, and the days that are free."""

    clause_id: str
    calendar: str
    time_zone: str
    week: Week
    holidays: tuple[date, ...] = ()


@value
class Priority:
    """How fast an answer and a solution are promised, in working time of a calendar (a day of it has 24 hours)."""

    clause_id: str
    priority: str
    name: str
    response: timedelta
    resolution: timedelta
    calendar: str


Band = tuple[int, int]
"""From and to, both included."""


@value
class Ola:
    """What the supplier promises the customer, the company that hands work over to it; ``*`` is any, also any service.

    ``acceptance``: an offer is accepted or declined within it. ``resolution``: what was accepted is solved or handed
    over onward within it, pauses not counted. Both are working time of the calendar.
    """

    clause_id: str
    customer: str
    supplier: str
    service: str
    acceptance: timedelta
    resolution: timedelta
    calendar: str


@value
class Scale:
    """What each answer of a customer means; the bands cover the scale without hole or overlap."""

    clause_id: str
    scale: Literal["csat", "nps", "ces", "thumb", "sentiment"]
    lowest: int
    highest: int
    positive: Band
    neutral: Band | None
    negative: Band | None


@value
class Reminders:
    """When a silent customer is reminded, when a person must call, and how long the link answers."""

    clause_id: str
    after: tuple[timedelta, ...]
    silent_after: timedelta
    link_valid_for: timedelta


@value
class Escalation:
    """Whom a case is brought before when it reaches a round."""

    clause_id: str
    round: int
    to: Literal["team-lead", "manager", "committee-member"]


@value
class Sharing:
    """Who may read a field: who recorded it, the companies on the case, or all parties."""

    clause_id: str
    field: str
    shared_with: Literal["recorder", "case-companies", "all-parties"]


@value
class Terms:
    """All that the parties sign."""

    commitments: tuple[Commitment, ...]
    services: tuple[Service, ...]
    activities: tuple[Activity, ...]
    regions: tuple[Region, ...]
    boundaries: tuple[Boundary, ...]
    calendars: tuple[Calendar, ...]
    priorities: tuple[Priority, ...]
    scales: tuple[Scale, ...]
    survey_scale: str
    reminders: Reminders
    escalation: tuple[Escalation, ...] = ()
    sharing: tuple[Sharing, ...] = ()
    olas: tuple[Ola, ...] = ()


Clause = (
    Commitment
    | Service
    | Activity
    | Region
    | Boundary
    | Calendar
    | Priority
    | Scale
    | Reminders
    | Escalation
    | Sharing
    | Ola
)


def clauses(terms: Terms) -> Iterator[Clause]:
    """Yield everything in *terms* that can be cited."""
    yield from terms.commitments
    yield from terms.services
    yield from terms.activities
    yield from terms.regions
    yield from terms.boundaries
    yield from terms.calendars
    yield from terms.priorities
    yield from terms.scales
    yield terms.reminders
    yield from terms.escalation
    yield from terms.sharing
    yield from terms.olas


def clause(terms: Terms, clause_id: str) -> Clause | None:
    """Return the clause *clause_id*, if the terms have it."""
    return next((each for each in clauses(terms) if each.clause_id == clause_id), None)


def bound_by(cited: Clause) -> str | None:
    """Return the one company that *cited* binds; None when it binds all parties."""
    match cited:
        case Commitment(owner=owner):
            return owner
        case Boundary(accountable=company, in_scope=True):
            return company
        case Ola(supplier=supplier):
            return supplier
        case _:
            return None


def promised(terms: Terms, priority: str) -> tuple[Priority, Calendar] | None:
    """Return what is promised at *priority* and the calendar it is counted in, if the terms know it."""
    found = next((each for each in terms.priorities if each.priority == priority), None)
    if found is None:
        return None
    return found, next(each for each in terms.calendars if each.calendar == found.calendar)


def ola_between(terms: Terms, customer: str, supplier: str, service: str) -> Ola | None:
    """Return what *supplier* promises *customer* for *service*, by the most precise line; None if nothing is.

    A line that names the customer is more precise than one that names the service only. Within a company nothing is
    handed over.
    """
    fitting = [
        each
        for each in terms.olas
        if each.supplier == supplier != customer and each.customer in {customer, ANY} and each.service in {service, ANY}
    ]
    return max(fitting, key=lambda each: (each.customer != ANY, each.service != ANY), default=None)


def ola_calendar(terms: Terms, clause_id: str) -> Calendar:
    """Return the calendar that the hand-off commitment *clause_id* is counted in."""
    found = next(each for each in terms.olas if each.clause_id == clause_id)
    return next(each for each in terms.calendars if each.calendar == found.calendar)
