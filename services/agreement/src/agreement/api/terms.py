"""The terms of an agreement as they are sent. They are answered in the same shape, durations in seconds."""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, StringConstraints

from agreement.api.inputs import Code, CodeOrAny, Company, CompanyOrAny, Day, Duration, Name, Text, Zone
from agreement.domain import terms
from common.web.bodies import Body

Wall = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Intervals = Annotated[
    tuple[tuple[Wall, Wall], ...], Field(max_length=12, examples=[[["09:00", "13:00"], ["14:00", "18:00"]]])
]
Score = Annotated[int, Field(strict=True, ge=-1000, le=1000)]
Band = tuple[Score, Score]


class Clause(Body):
    """Everything in the terms can be cited by its ``clause_id``."""

    clause_id: Code
    """What cites this clause; no other clause of the version has it."""


class Commitment(Clause):
    """``individual``: of the ``owner``; ``collective``: of all parties, without owner."""

    kind: Literal["individual", "collective"]
    """Of one company, or of all parties together."""
    owner: Company | None = None
    """The company that commits itself; none for a collective commitment."""
    title: Name
    """In a few words."""
    objective: Text
    """What is promised."""
    means: Text
    """With what it is to be kept: people, hours, equipment."""
    exceptions: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    """When it does not hold, one sentence each."""
    services: Annotated[tuple[Code, ...], Field(max_length=2000)] = ()
    """Codes of the services that it is about; they are among the terms' `services`."""


class Service(Clause):
    """A service that the agreement covers."""

    service: Code
    """The code that cases name it by."""
    name: Name
    """What it is called; customers read it."""


class Activity(Clause):
    """A kind of work on a service."""

    activity: Code
    """The code that cases name it by."""
    name: Name
    """What it is called."""


class Region(Clause):
    """A place that the services are given in."""

    region: Code
    """The code that cases name it by."""
    name: Name
    """What it is called."""


class Boundary(Clause):
    """Who is accountable for a service, an activity and a region; ``*`` stands for any of the latter two."""

    service: Code
    """Code of a service of the terms."""
    activity: CodeOrAny = "*"
    """Code of an activity; `*` is any."""
    region: CodeOrAny = "*"
    """Code of a region; `*` is any."""
    accountable: Company
    """The party that answers for such cases."""
    in_scope: bool = True
    """False takes away what a vaguer line of the same company claims."""


class Week(Body):
    """The working intervals of each day, local time, in order."""

    mon: Intervals = ()
    """Intervals from and to, `HH:MM`, on Mondays; `24:00` ends the day, none: nobody works."""
    tue: Intervals = ()
    """Intervals from and to, `HH:MM`, on Tuesdays; `24:00` ends the day, none: nobody works."""
    wed: Intervals = ()
    """Intervals from and to, `HH:MM`, on Wednesdays; `24:00` ends the day, none: nobody works."""
    thu: Intervals = ()
    """Intervals from and to, `HH:MM`, on Thursdays; `24:00` ends the day, none: nobody works."""
    fri: Intervals = ()
    """Intervals from and to, `HH:MM`, on Fridays; `24:00` ends the day, none: nobody works."""
    sat: Intervals = ()
    """Intervals from and to, `HH:MM`, on Saturdays; `24:00` ends the day, none: nobody works."""
    sun: Intervals = ()
    """Intervals from and to, `HH:MM`, on Sundays; `24:00` ends the day, none: nobody works."""


class Calendar(Clause):
    """When work is done: a week in an IANA time zone, and the days that are free."""

    calendar: Code
    """The code that priorities and hand-off commitments name it by."""
    time_zone: Zone
    """IANA time zone that the week is in."""
    week: Week
    """When work is done on each day of the week."""
    holidays: Annotated[tuple[Day, ...], Field(max_length=1000)] = ()
    """Days (`YYYY-MM-DD`) on which nobody works."""


class Priority(Clause):
    """What is promised at a priority, in working time of a calendar; a day (``P1D``) is 24 working hours."""

    priority: Code
    """The code that cases name it by."""
    name: Name
    """What it is called."""
    response: Duration
    """ISO 8601 duration of working time from the opening until somebody accepts the work."""
    resolution: Duration
    """ISO 8601 duration of working time from the opening until the case is closed."""
    calendar: Code
    """Code of the calendar that the time is counted in."""


class Ola(Clause):
    """What ``supplier`` promises whoever hands work over to it: ``customer``, or ``*`` for any; ``*`` is any service.

    ``acceptance``: an offer is accepted or declined within it. ``resolution``: from then on, it solves or hands over
    onward within it, pauses with a recorded reason not counted. The more precise line prevails.
    """

    customer: CompanyOrAny = "*"
    """The company that hands work over; `*` is any."""
    supplier: Company
    """The company that promises."""
    service: CodeOrAny = "*"
    """Code of the service that the work is about; `*` is any."""
    acceptance: Duration
    """ISO 8601 duration of working time to accept or decline an offer."""
    resolution: Duration
    """ISO 8601 duration of working time from accepting on to solve or hand over onward."""
    calendar: Code
    """Code of the calendar that the time is counted in."""


class Scale(Clause):
    """What each answer means; bands are [from, to], both included, and cover the scale; one is negative."""

    scale: Literal["csat", "nps", "ces", "thumb", "sentiment"]
    """Which scale it is; each at most once."""
    lowest: Score
    """The lowest score that can be given."""
    highest: Score
    """The highest score that can be given."""
    positive: Band
    """Scores that close a case: [from, to], both included."""
    neutral: Band | None = None
    """Scores that a person follows up: [from, to], both included."""
    negative: Band | None = None
    """Scores that begin a new round: [from, to], both included."""


class Reminders(Clause):
    """When a silent customer is reminded, when a person calls, how long the link answers. Real time."""

    after: Annotated[tuple[Duration, ...], Field(max_length=20)]
    """How long after the asking each reminder is due: ISO 8601 durations, the shortest first."""
    silent_after: Duration
    """ISO 8601 duration from the asking, after which a person is to call."""
    link_valid_for: Duration
    """ISO 8601 duration from the asking, for which the survey link can be answered."""


class Escalation(Clause):
    """Whom a case is brought before in a round."""

    round: Annotated[int, Field(strict=True, ge=1, le=100)]
    """From this round of a case on."""
    to: Literal["team-lead", "manager", "committee-member"]
    """The role that is told."""


SharedField = Literal[
    "name", "phone", "email", "address", "document", "birth_date",
    "need", "expectation", "summary", "feedback_comment",
    "feedback_reason", "root_cause", "corrective_action", "decision_note",
    "hand_over_package", "work_question", "work_note",
]  # fmt: skip
"""What a sharing rule can be about: every field that a service holds to it, and no other."""


class Sharing(Clause):
    """Who may read a field.

    Without a rule the recorder alone reads what is personal: the customer's ``name`` to ``birth_date``, and what they
    said, ``need`` to ``feedback_comment``. All parties read what people write in the loop: the reason of feedback, its
    root cause, what corrective actions are to do and did, notes beside a decision (such as why a case rests). And what
    they write about the work: ``hand_over_package``, ``work_question`` with its answer, ``work_note`` (what an item is
    for, why work was declined or withdrawn, notes). Whom a package or question is for reads it whatever is agreed.
    """

    field: SharedField
    """What the rule is about."""
    shared_with: Literal["recorder", "case-companies", "all-parties"]
    """Who reads it beside whom it is from: nobody, the companies on the case, or every party."""


class Terms(Body):
    """All that the parties sign."""

    commitments: Annotated[tuple[Commitment, ...], Field(max_length=1000)]
    """At least one of each party and a collective one before it can be proposed."""
    services: Annotated[tuple[Service, ...], Field(min_length=1, max_length=2000)]
    """What cases can be about."""
    activities: Annotated[tuple[Activity, ...], Field(min_length=1, max_length=200)]
    """Kinds of work on a service."""
    regions: Annotated[tuple[Region, ...], Field(min_length=1, max_length=500)]
    """Where services are given."""
    boundaries: Annotated[tuple[Boundary, ...], Field(max_length=5000)]
    """The map of competence: who answers for what and where."""
    calendars: Annotated[tuple[Calendar, ...], Field(min_length=1, max_length=200)]
    """When work is done, for the clocks."""
    priorities: Annotated[tuple[Priority, ...], Field(min_length=1, max_length=50)]
    """What is promised to customers, and how fast."""
    scales: Annotated[tuple[Scale, ...], Field(min_length=1, max_length=5)]
    """How customers' scores are read."""
    survey_scale: Literal["csat", "nps", "ces", "thumb", "sentiment"]
    """The scale that the survey asks on; it is among `scales`."""
    reminders: Reminders
    """What happens while a customer does not answer."""
    escalation: Annotated[tuple[Escalation, ...], Field(max_length=100)] = ()
    """Who is told of later rounds."""
    sharing: Annotated[tuple[Sharing, ...], Field(max_length=200)] = ()
    """Which party reads what; a field without a rule is as said at `Sharing`."""
    olas: Annotated[tuple[Ola, ...], Field(max_length=1000, description="Hand-off commitments between companies.")] = ()


def told(body: Terms) -> terms.Terms:
    """Return the terms that *body* tells."""
    return msgspec.convert(body.model_dump(), terms.Terms)


EXAMPLE: dict[str, Any] = {
    "commitments": [
        {
            "clause_id": "k-1",
            "kind": "individual",
            "owner": "telco-a",
            "title": "Answer every customer",
            "objective": "Nine of ten calls are answered within a minute",
            "means": "A desk of twelve people, eight to eight",
            "exceptions": ["An outage that the authorities have named"],
            "services": ["fibre"],
        },
        {
            "clause_id": "k-2",
            "kind": "individual",
            "owner": "net-b",
            "title": "Repair the line",
            "objective": "Service is back within the promised time",
            "means": "Two crews in each region",
        },
        {
            "clause_id": "k-3",
            "kind": "collective",
            "title": "No case closes without the customer",
            "objective": "A case stays open until its customer is satisfied",
            "means": "The loop that this agreement describes",
        },
    ],
    "services": [{"clause_id": "s-1", "service": "fibre", "name": "Fibre at home"}],
    "activities": [{"clause_id": "a-1", "activity": "repair", "name": "Repair"}],
    "regions": [{"clause_id": "r-1", "region": "north", "name": "North"}],
    "boundaries": [{"clause_id": "b-1", "service": "fibre", "activity": "*", "region": "*", "accountable": "net-b"}],
    "calendars": [
        {
            "clause_id": "cal-1",
            "calendar": "office",
            "time_zone": "Europe/Madrid",
            "week": {day: [["09:00", "13:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
            "holidays": ["2026-12-25"],
        }
    ],
    "priorities": [
        {
            "clause_id": "p-1",
            "priority": "normal",
            "name": "Normal",
            "response": "PT1H",
            "resolution": "PT16H",
            "calendar": "office",
        }
    ],
    "scales": [
        {
            "clause_id": "sc-1",
            "scale": "csat",
            "lowest": 1,
            "highest": 5,
            "positive": [4, 5],
            "neutral": [3, 3],
            "negative": [1, 2],
        }
    ],
    "survey_scale": "csat",
    "reminders": {"clause_id": "rem-1", "after": ["P2D", "P5D"], "silent_after": "P8D", "link_valid_for": "P30D"},
    "escalation": [{"clause_id": "e-1", "round": 2, "to": "team-lead"}],
    "sharing": [{"clause_id": "sh-1", "field": "need", "shared_with": "case-companies"}],
    "olas": [
        {
            "clause_id": "o-1",
            "customer": "telco-a",
            "supplier": "net-b",
            "service": "fibre",
            "acceptance": "PT1H",
            "resolution": "PT8H",
            "calendar": "office",
        }
    ],
}
"""An agreement of two companies that holds together, for the documentation."""
