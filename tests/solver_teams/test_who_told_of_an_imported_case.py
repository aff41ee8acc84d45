"""Whose history an imported case is: the company's whose operator told of it, whatever the told person's was."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from common.messaging.envelope import Message
from common.values import Actor, Person, Rule
from solver_teams.reactions.case_opened import reaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPERATOR = Person(person="ops", company="telco-a", role="operator")
OPENED = {
    "case_id": UUID(int=1),
    "agreement_id": UUID(int=2),
    "agreement_version": 1,
    "team_id": None,
    "company": "net-b",
    "service": "fibre",
    "activity": "repair",
    "region": "north",
    "accountable": "net-b",
    "imported_by": "rival-d",
    "at": NOON,
}


def heard(*, actor: Actor, imported: bool) -> Message:
    return Message(
        event_id=UUID(int=3),
        source="touchpoints",
        name="case-opened",
        schema=1,
        stream="case-1",
        stream_version=1,
        position=1,
        previous=0,
        at=NOON,
        recorded_at=NOON,
        agreement_id=UUID(int=2),
        actor=actor,
        performed_by="net-b/siebel/touchpoint-agent",
        correlation=UUID(int=4),
        causation=None,
        imported=imported,
        trace=None,
        data=msgspec.json.encode(OPENED),
    )


@pytest.mark.parametrize(
    ("actor", "imported", "by"),
    [(OPERATOR, True, "telco-a"), (OPERATOR, False, None), (Rule(rule="upon something"), True, None)],
)
def test_an_imported_case_is_its_tellers(actor: Actor, imported: bool, by: str | None) -> None:
    assert reaction.read(heard(actor=actor, imported=imported)).imported_by == by
