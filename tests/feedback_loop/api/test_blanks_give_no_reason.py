"""Blanks say nothing: whoever is to give a reason, a cause or evidence gives one, in a batch as well."""

from typing import Any
from uuid import UUID, uuid4  # noqa: TID251 - throw-away keys of lines

import msgspec
import pytest

BEA = "bea/field-b/team-lead"
OPERATOR = "importer-a/telco-a/operator"
ACTION = UUID(int=31)
DUE = "2030-03-15T18:00:00+01:00"

SAID: list[tuple[str, str, dict[str, Any], str]] = [
    ("stateRootCause", "root-causes", {}, "cause"),
    ("openCorrectiveAction", "corrective-actions", {"company": "field-b", "due": DUE}, "what"),
    ("finishCorrectiveAction", f"corrective-actions/{ACTION}/completions", {}, "evidence"),
    ("refuseFeedback", "refusals", {}, "reason"),
    ("proposeParking", "parkings", {"reason": "withdrawn"}, "text"),
    ("refuseParking", "parking-refusals", {}, "reason"),
    ("unpark", "unparkings", {}, "reason"),
    ("takeFeedback", "taken-feedback", {"scale": "csat", "score": 2, "channel": "phone"}, "reason"),
    ("answerInquiry", f"inquiries/{ACTION}/answers", {"channel": "phone"}, "reason"),
]


@pytest.mark.parametrize(("operation", "path", "body", "member"), SAID)
async def test_blanks_are_no_text(house: Any, operation: str, path: str, body: dict[str, Any], member: str) -> None:
    case_id = await house.open()
    for blank in ("", " ", "\t\n", "\u00a0\u2003"):
        answer = await house.post(BEA, f"/v1/loops/{case_id}/{path}", {**body, member: blank})
        assert answer.status_code == 422, answer.text
    line = {"key": str(uuid4()), "operation": operation, "case_id": case_id, **body, member: " "}
    if str(ACTION) in path:
        line["action_id" if operation == "finishCorrectiveAction" else "feedback_id"] = ACTION
    async with house.ask(OPERATOR) as client:
        told = await client.post(
            "/v1/loops/batch",
            content=msgspec.json.encode(line, enc_hook=str),
            headers={"content-type": "application/x-ndjson"},
        )
    outcome = msgspec.json.decode(told.text)
    assert outcome["status"] == 422, outcome
    assert member in str(outcome["problem"])
