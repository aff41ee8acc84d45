"""The largest agreement that can be signed: every fact of its life fits into one message."""

import json
from collections.abc import Mapping
from typing import Any

from agreement.domain.soundness import LARGEST_TERMS
from common.handling.handling import LARGEST_FACT
from common.running.service import Parts


def with_boundaries(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return terms with as many boundaries as may be sent, under names as long as real ones."""
    terms = json.loads(json.dumps(example))
    terms["services"] = [{"clause_id": f"s{n}", "service": f"service-{n}", "name": "s"} for n in range(50)]
    terms["activities"] = [{"clause_id": f"a{n}", "activity": f"activity-{n}", "name": "a"} for n in range(100)]
    terms["boundaries"] = [
        {"clause_id": f"edge-{s}-{a}", "service": f"service-{s}", "activity": f"activity-{a}", "accountable": "net-b"}
        for s in range(50)
        for a in range(100)
    ]
    for commitment in terms["commitments"]:
        commitment.pop("services", None)
    terms["olas"] = []
    return terms


def filled(terms: dict[str, Any], size: int) -> dict[str, Any]:
    """Return *terms* with so much said in commitments that they have about *size* bytes, defaults included."""
    defaults = len('"region":"*","in_scope":true,') * len(terms["boundaries"])
    left = size - defaults - len(json.dumps(terms, separators=(",", ":")).encode())
    promise = {"kind": "individual", "owner": "net-b", "title": "k", "objective": "k", "exceptions": [], "services": []}
    while left > 4_200:
        means = "\u00e9" * min(2_000, (left - 200) // 2)
        commitment = {"clause_id": f"more-{left}", "means": means, **promise}
        terms["commitments"].append(commitment)
        left -= len(json.dumps(commitment, ensure_ascii=False, separators=(",", ":")).encode()) + 1
    return terms


async def test_no_fact_of_the_largest_agreement_is_too_large_to_be_told(
    story: Any, example: Mapping[str, Any], parts: Parts
) -> None:
    agreement_id = await story.draft(terms=filled(with_boundaries(example), LARGEST_TERMS))
    await story.approve(agreement_id)
    await story.propose(agreement_id)
    await story.sign(agreement_id)
    facts = [fact for fact in await parts.store.read_log(after=0, limit=500) if fact.agreement_id == agreement_id]
    sizes = {fact.name: len(fact.data) for fact in facts}
    assert LARGEST_TERMS * 0.98 < sizes["agreement-in-force"] < LARGEST_FACT - 64 * 1024
    assert max(sizes.values()) < LARGEST_FACT - 64 * 1024


async def test_larger_terms_are_refused_with_the_reason(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    await story.register()
    terms = filled(with_boundaries(example), LARGEST_TERMS + 10_000)
    dates = {"effective_from": "2026-01-01T00:00:00Z", "parties": ["telco-a", "net-b"]}
    refused = await ask("POST", "/v1/agreements", "ana/telco-a/manager", {"title": "Too much", "terms": terms, **dates})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:acuerdo:refusal:unsound-terms")
    assert refused.json()["reasons"] == [f"they are larger than {LARGEST_TERMS} bytes"]
