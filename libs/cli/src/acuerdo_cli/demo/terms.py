"""What the three companies of the story promise one another."""

from typing import Any

TELCO, NETWORK, DESK = "telco-norte", "red-cobre", "contacto-sur"
"""The brand that the customer knows, the network company, and the outsourcer who answers from another time zone."""

COMPANIES = {
    TELCO: ("Telco Norte", "Europe/Madrid", "es"),
    NETWORK: ("Red Cobre", "Europe/Madrid", "es"),
    DESK: ("Contacto Sur", "America/Bogota", "es"),
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
_ALWAYS = {day: [["00:00", "24:00"]] for day in (*_WEEKDAYS, "sat", "sun")}


def terms() -> dict[str, Any]:
    """Return the terms that all three sign."""
    return {
        "commitments": [
            _individual("k-1", TELCO, "Bill what was agreed", "No customer pays for what does not work"),
            _individual("k-2", NETWORK, "Repair the line", "Service is back within the promised time"),
            _individual("k-3", DESK, "Answer every customer", "Nine of ten contacts are answered within a minute"),
            {
                "clause_id": "k-4",
                "kind": "collective",
                "title": "No case closes without the customer",
                "objective": "A case stays open until its customer is satisfied",
                "means": "The loop that this agreement describes",
            },
        ],
        "services": [
            {"clause_id": "s-1", "service": "fibre", "name": "Fibra en casa"},
            {"clause_id": "s-2", "service": "billing", "name": "Factura"},
        ],
        "activities": [
            {"clause_id": "a-1", "activity": "repair", "name": "Reparar"},
            {"clause_id": "a-2", "activity": "core", "name": "Red troncal"},
        ],
        "regions": [{"clause_id": "r-1", "region": "norte", "name": "Norte"}],
        "boundaries": [
            {"clause_id": "b-1", "service": "fibre", "activity": "*", "region": "*", "accountable": NETWORK},
            {"clause_id": "b-2", "service": "billing", "activity": "*", "region": "*", "accountable": TELCO},
        ],
        "calendars": [
            _calendar("cal-1", "madrid", "Europe/Madrid", [["09:00", "14:00"], ["16:00", "19:00"]]),
            {"clause_id": "cal-2", "calendar": "always", "time_zone": "America/Bogota", "week": _ALWAYS},
        ],
        "priorities": [
            _priority("p-1", "high", "PT30M", "PT4H"),
            _priority("p-2", "normal", "PT2H", "PT16H"),
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
        "escalation": [
            {"clause_id": "e-1", "round": 2, "to": "team-lead"},
            {"clause_id": "e-2", "round": 3, "to": "manager"},
        ],
        "sharing": [
            {"clause_id": f"sh-{n}", "field": field, "shared_with": "case-companies"}
            for n, field in enumerate(("need", "feedback_reason", "root_cause", "corrective_action"), start=1)
        ],
        "olas": [
            _hand_off("o-1", DESK, NETWORK, "PT30M", "PT8H"),
            _hand_off("o-2", NETWORK, TELCO, "PT1H", "PT4H"),
        ],
    }


def _individual(clause: str, owner: str, title: str, objective: str) -> dict[str, Any]:
    means = "People named in the annex, with the hours of the calendar"
    return {
        "clause_id": clause,
        "kind": "individual",
        "owner": owner,
        "title": title,
        "objective": objective,
        "means": means,
    }


def _calendar(clause: str, name: str, zone: str, day: list[list[str]]) -> dict[str, Any]:
    return {"clause_id": clause, "calendar": name, "time_zone": zone, "week": dict.fromkeys(_WEEKDAYS, day)}


def _priority(clause: str, name: str, response: str, resolution: str) -> dict[str, Any]:
    return {
        "clause_id": clause,
        "priority": name,
        "name": name.title(),
        "response": response,
        "resolution": resolution,
        "calendar": "always",
    }


def _hand_off(clause: str, customer: str, supplier: str, acceptance: str, resolution: str) -> dict[str, Any]:
    return {
        "clause_id": clause,
        "customer": customer,
        "supplier": supplier,
        "service": "*",
        "acceptance": acceptance,
        "resolution": resolution,
        "calendar": "always",
    }
