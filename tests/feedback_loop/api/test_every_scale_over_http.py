"""Whatever scale the customer rates on, the clause that maps it says what the rating means."""

from typing import Any

import pytest

ANA = "ana/telco-a/touchpoint-agent"
BEA = "bea/field-b/team-lead"
SCALES: list[dict[str, Any]] = [
    {"scale": "csat", "lowest": 1, "highest": 5, "positive": [4, 5], "neutral": [3, 3], "negative": [1, 2]},
    {"scale": "nps", "lowest": 0, "highest": 10, "positive": [9, 10], "neutral": [7, 8], "negative": [0, 6]},
    {"scale": "ces", "lowest": 1, "highest": 7, "positive": [5, 7], "neutral": [4, 4], "negative": [1, 3]},
    {"scale": "thumb", "lowest": 0, "highest": 1, "positive": [1, 1], "neutral": None, "negative": [0, 0]},
    {"scale": "sentiment", "lowest": -1, "highest": 1, "positive": [1, 1], "neutral": [0, 0], "negative": [-1, -1]},
]
ENDS = [
    (one["scale"], score, verdict)
    for one in SCALES
    for verdict in ("positive", "neutral", "negative")
    for score in sorted(set(one[verdict] or ()))
]
STATES = {"positive": "closed", "neutral": "follow-up", "negative": "in-work"}


@pytest.fixture
def five_scales(signed: dict[str, Any]) -> dict[str, Any]:
    """Terms that map every scale, each by a clause of its own."""
    return {**signed, "scales": [{"clause_id": f"{one['scale']}-1", **one} for one in SCALES]}


@pytest.mark.parametrize(("scale", "score", "verdict"), ENDS)
async def test_feedback_on_each_scale_gets_the_verdict_of_its_clause(
    house: Any, five_scales: dict[str, Any], scale: str, score: int, verdict: str
) -> None:
    await house.sign(version=2, terms=five_scales)
    case_id = await house.open(agreement_version=2)
    await house.solve(case_id)
    taken = {"scale": scale, "score": score, "channel": "phone", "reason": "said so"}
    assert (await house.post(ANA, f"/v1/loops/{case_id}/taken-feedback", taken)).status_code == 201
    assert (await house.post(BEA, f"/v1/loops/{case_id}/approvals", {})).status_code == 201
    loop = (await house.get(ANA, f"/v1/loops/{case_id}")).json()
    answer = loop["rounds"][0]["answers"][0]
    assert (answer["verdict"], answer["scale"], answer["score"]) == (verdict, scale, score)
    assert (answer["clause_id"], answer["agreement_version"]) == (f"{scale}-1", 2)
    assert (loop["state"], loop["verdict"]) == (STATES[verdict], verdict)
