"""The agreement that an import needs: the mapping's promises, and the companies, services and places of the file."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from acuerdo_cli.importing.mapping import Agreement, Promise
from acuerdo_cli.importing.rows import Unusable
from acuerdo_cli.importing.survey import Survey

Clause = dict[str, Any]

SCALE = "thumb"
UP, DOWN = 1, 0


def effective_from(survey: Survey) -> str:
    """Return from when on the agreement holds: midnight at least a day before the oldest row.

    Raises:
        Unusable: there is no case in the file.
    """
    if survey.first is None:
        raise Unusable("no case was understood, so there is nothing to import")
    before = (survey.first - timedelta(days=1)).astimezone(UTC)
    return before.replace(hour=0, minute=0, second=0, microsecond=0).isoformat()


def terms(agreement: Agreement, survey: Survey) -> Clause:
    """Return the terms, as the agreement service takes them; the same file and mapping give the same."""
    return {
        "commitments": list(_commitments(agreement, survey)),
        "services": [
            {"clause_id": f"service.{number}", "service": code, "name": name}
            for number, (code, (_, name)) in _numbered(survey.services)
        ],
        "activities": [
            {"clause_id": f"activity.{number}", "activity": code, "name": name}
            for number, (code, name) in _numbered(survey.activities)
        ],
        "regions": [
            {"clause_id": f"region.{number}", "region": code, "name": name}
            for number, (code, name) in _numbered(survey.regions)
        ],
        "boundaries": [
            {"clause_id": f"boundary.{number}", "service": code, "activity": "*", "region": "*", "accountable": company}
            for number, (code, (company, _)) in _numbered(survey.services)
        ],
        "calendars": [_calendar(agreement)],
        "priorities": list(_priorities(agreement)),
        "scales": [
            {
                "clause_id": "scale.1",
                "scale": SCALE,
                "lowest": DOWN,
                "highest": UP,
                "positive": [UP, UP],
                "negative": [DOWN, DOWN],
            }
        ],
        "survey_scale": SCALE,
        "reminders": {
            "clause_id": "reminders.1",
            "after": ["P3D", "P7D"],
            "silent_after": "P14D",
            "link_valid_for": "P30D",
        },
    }


def _numbered(found: dict[str, Any]) -> Iterator[tuple[int, tuple[str, Any]]]:
    return enumerate(sorted(found.items()), start=1)


def _commitments(agreement: Agreement, survey: Survey) -> Iterator[Clause]:
    for number, (code, _) in _numbered(survey.companies):
        clause_id = f"commitment.{number}"
        yield {"clause_id": clause_id, "kind": "individual", "owner": code, **_promise(agreement.individual)}
    yield {"clause_id": "commitment.all", "kind": "collective", **_promise(agreement.collective)}


def _promise(promise: Promise) -> Clause:
    return {"title": promise.title, "objective": promise.objective, "means": promise.means}


def _calendar(agreement: Agreement) -> Clause:
    calendar = agreement.calendar
    return {
        "clause_id": "calendar.1",
        "calendar": calendar.code,
        "time_zone": calendar.time_zone,
        "week": {day: [list(interval) for interval in intervals] for day, intervals in calendar.week.items()},
        "holidays": list(calendar.holidays),
    }


def _priorities(agreement: Agreement) -> Iterator[Clause]:
    for number, (code, priority) in enumerate(agreement.priorities.items(), start=1):
        yield {
            "clause_id": f"priority.{number}",
            "priority": code,
            "name": priority.name,
            "response": priority.response,
            "resolution": priority.resolution,
            "calendar": agreement.calendar.code,
        }
