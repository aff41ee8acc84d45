"""What people write in a loop is shown to whom the agreement shares it with, and everybody can check the history."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
import pytest

from common.messaging.envelope import headers
from common.testing.chained import ensure_chained
from feedback_loop.wiring import service

TOUCHPOINT = "mia/telco-a/manager+touchpoint-agent+integrator"
HOLDER = "bea/field-b/team-lead+solver+integrator"
OWNER = "liu/parts-d/manager+integrator"
BYSTANDER = "oto/rival-c/manager+auditor+operator+integrator+solver"
PARTIES = ("telco-a", "field-b", "rival-c", "parts-d")
FIELDS = ("feedback_reason", "root_cause", "corrective_action", "decision_note")
REASON, CAUSE, ACTION, EVIDENCE, NOTE = (
    "third visit in vain",
    "no splicing tools in the van",
    "buy the tools",
    "delivery note 7",
    "she is abroad until May",
)
WRITTEN = {REASON, CAUSE, ACTION, EVIDENCE, NOTE}


async def agree(house: Any, signed: dict[str, Any], version: int, **shared: str) -> None:
    """Let the four parties sign a version that shares the fields as *shared* says."""
    rules = [{"clause_id": f"sh-{name}", "field": name, "shared_with": who} for name, who in shared.items()]
    others = [{"clause_id": "sh-need", "field": "need", "shared_with": "recorder"}]
    await house.sign(version, {**signed, "sharing": [*rules, *others]}, PARTIES)


async def done(house: Any, token: str, path: str, body: object) -> dict[str, Any]:
    answer = await house.post(token, path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def written(house: Any, version: int) -> UUID:
    """Let a case of *version* go round, with everything written in it that people can write."""
    case_id = await house.open(agreement_version=version)
    path = f"/v1/loops/{case_id}"
    await house.solve(case_id)
    said = {"scale": "csat", "score": 1, "channel": "phone", "reason": REASON}
    await done(house, TOUCHPOINT, f"{path}/taken-feedback", said)
    await done(house, HOLDER, f"{path}/approvals", {})
    await done(house, HOLDER, f"{path}/root-causes", {"cause": CAUSE})
    wanted = {"company": "field-b", "what": ACTION, "due": "2026-04-01T00:00:00Z"}
    action_id = (await done(house, TOUCHPOINT, f"{path}/corrective-actions", wanted))["action_id"]
    await done(house, HOLDER, f"{path}/corrective-actions/{action_id}/completions", {"evidence": EVIDENCE})
    await done(house, TOUCHPOINT, f"{path}/parkings", {"reason": "unreachable", "text": NOTE})
    await done(house, HOLDER, f"{path}/parking-refusals", {"reason": NOTE})
    return case_id


async def answers(house: Any, token: str, case_id: UUID) -> dict[str, str]:
    """Return all that the service answers about the case, by what was asked."""
    moment = (await house.parts.store.read(f"loop-{case_id}"))[-1].recorded_at
    mine = {"agreement_id": str(house.agreement_id)}
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "loop": (f"/v1/loops/{case_id}", {}),
        "as of": (f"/v1/loops/{case_id}", {"as_of": moment.isoformat()}),
        "history": (f"/v1/loops/{case_id}/history", {}),
        "loops": ("/v1/loops", mine),
        "tasks": ("/v1/tasks", mine),
        "recoveries": ("/v1/recoveries", mine),
        "facts": ("/v1/facts", {**mine, "limit": "1000"}),
    }
    found = {name: await house.get(token, path, **query) for name, (path, query) in asked.items()}
    assert {one.status_code for one in found.values()} == {200}
    return {name: one.text for name, one in found.items()}


def read_in(texts: dict[str, str]) -> dict[str, set[str]]:
    return {name: {one for one in WRITTEN if one in text} for name, text in texts.items()}


ALL = {
    "loop": WRITTEN - {NOTE},
    "as of": WRITTEN - {NOTE},
    "history": WRITTEN,
    "loops": set[str](),
    "tasks": set[str](),
    "recoveries": {REASON, ACTION},
    "facts": WRITTEN,
}
NOTHING = {name: set[str]() for name in ALL}


@pytest.fixture
async def case(house: Any, signed: dict[str, Any]) -> UUID:
    """A case under rules that keep everything to the companies on it."""
    await agree(house, signed, 2, **dict.fromkeys(FIELDS, "case-companies"))
    return await written(house, 2)


async def test_without_a_rule_every_party_reads_what_people_write(house: Any, signed: dict[str, Any]) -> None:
    await agree(house, signed, 2)
    case_id = await written(house, 2)
    for reader in (TOUCHPOINT, HOLDER, BYSTANDER):
        assert read_in(await answers(house, reader, case_id)) == ALL


async def test_a_party_that_is_not_on_the_case_reads_nothing_of_what_is_kept_to_its_companies(
    house: Any, case: UUID
) -> None:
    assert read_in(await answers(house, BYSTANDER, case)) == NOTHING
    for reader in (TOUCHPOINT, HOLDER):
        assert read_in(await answers(house, reader, case)) == ALL


async def test_what_is_left_out_is_named(house: Any, case: UUID) -> None:
    seen = {name: msgspec.json.decode(text) for name, text in (await answers(house, BYSTANDER, case)).items()}
    assert seen["loop"]["hidden"] == ["corrective_action", "feedback_reason", "root_cause"]
    first, second = seen["loop"]["rounds"]
    assert (first["answers"][0]["reason"], second["root_cause"], second["actions"][0]["what"]) == (None, None, None)
    assert seen["recoveries"]["items"][0]["hidden"] == ["corrective_action", "feedback_reason"]
    hidden = {one["name"]: one["hidden"] for one in seen["history"]["items"] if one["hidden"]}
    assert hidden == {
        "feedback-taken": ["feedback_reason"],
        "feedback-received": ["feedback_reason"],
        "root-cause-stated": ["root_cause"],
        "corrective-action-opened": ["corrective_action"],
        "corrective-action-done": ["corrective_action"],
        "parking-proposed": ["decision_note"],
        "parking-refused": ["decision_note"],
    }
    ours = msgspec.json.decode((await answers(house, HOLDER, case))["loop"])
    assert ours["hidden"] == []


async def test_what_is_the_recorders_is_read_by_the_company_that_wrote_it_alone(
    house: Any, signed: dict[str, Any]
) -> None:
    await agree(house, signed, 2, **dict.fromkeys(FIELDS, "recorder"))
    case_id = await written(house, 2)
    theirs = {reader: read_in(await answers(house, reader, case_id)) for reader in (TOUCHPOINT, HOLDER, BYSTANDER)}
    assert theirs[BYSTANDER] == NOTHING
    assert (theirs[TOUCHPOINT]["loop"], theirs[TOUCHPOINT]["facts"]) == ({REASON, ACTION}, {REASON, ACTION, NOTE})
    assert (theirs[HOLDER]["loop"], theirs[HOLDER]["facts"]) == ({CAUSE, EVIDENCE}, {CAUSE, EVIDENCE, NOTE})
    assert theirs[HOLDER]["recoveries"] == set()


async def test_what_the_customer_says_is_the_touchpoints(house: Any, signed: dict[str, Any]) -> None:
    await agree(house, signed, 2, feedback_reason="recorder")
    case_id = await house.open(agreement_version=2)
    await house.solve(case_id)
    await house.answer(await house.link(case_id), score="1", reason="took-too-long")
    shown = {
        reader: msgspec.json.decode((await answers(house, reader, case_id))["loop"])["rounds"][0]["answers"][0]
        for reader in (TOUCHPOINT, HOLDER)
    }
    assert [one["reason"] for one in shown.values()] == ["took-too-long", None]


async def test_who_is_given_something_to_put_right_comes_onto_the_case(house: Any, case: UUID) -> None:
    assert read_in(await answers(house, OWNER, case)) == NOTHING
    wanted = {"company": "parts-d", "what": ACTION, "due": "2026-04-01T00:00:00Z"}
    await done(house, TOUCHPOINT, f"/v1/loops/{case}/corrective-actions", wanted)
    assert read_in(await answers(house, OWNER, case)) == ALL
    assert read_in(await answers(house, BYSTANDER, case)) == NOTHING


async def test_a_case_keeps_the_sharing_rules_that_it_was_opened_under(house: Any, signed: dict[str, Any]) -> None:
    await agree(house, signed, 2, **dict.fromkeys(FIELDS, "case-companies"))
    case_id = await written(house, 2)
    await agree(house, signed, 3)
    assert read_in(await answers(house, BYSTANDER, case_id)) == NOTHING
    later = await written(house, 3)
    loop = (await answers(house, BYSTANDER, later))["loop"]
    assert {one for one in WRITTEN if one in loop} == WRITTEN - {NOTE}


@pytest.mark.parametrize("reader", [TOUCHPOINT, BYSTANDER])
async def test_the_chain_is_checked_with_what_a_reader_is_given(house: Any, case: UUID, reader: str) -> None:
    ensure_chained(msgspec.json.decode((await answers(house, reader, case))["history"])["items"])


@pytest.mark.parametrize("reader", ["field-b", "rival-c"])
async def test_a_program_computes_each_facts_hash_again_and_neighbours_are_linked(
    house: Any, case: UUID, reader: str
) -> None:
    mine = {"agreement_id": str(house.agreement_id), "limit": "1000"}
    feed = (await house.get(f"robot/{reader}/integrator", "/v1/facts", **mine)).json()["items"]
    hashes = {(one["subject"], one["streamversion"]): one["hash"] for one in feed}
    neighbours, gaps = 0, 0
    for one in feed:
        digest = hashlib.sha256(bytes.fromhex(one["previoushash"]) + one["covered"].encode()).hexdigest()
        assert one["hash"] == digest
        assert msgspec.json.decode(msgspec.json.decode(one["covered"])[5]) == one["data"]
        before = hashes.get((one["subject"], one["streamversion"] - 1))
        assert before in {None, one["previoushash"]}
        neighbours += before is not None
        gaps += before is None and one["streamversion"] > 1
    assert neighbours
    assert gaps  # private facts lie there


async def test_an_integrator_of_a_company_on_the_case_reads_the_texts_that_nats_has_the_digests_of(
    house: Any, case: UUID
) -> None:
    """The relay publishes the stored fact, and headers; the texts rest beside it."""
    recorded = await house.parts.store.read(f"loop-{case}")
    sent = [one.data.decode() + str(headers(service.name, one, 0)) for one in recorded if one.published]
    assert not [text for text in WRITTEN for one in sent if text in one]
    mine = {"agreement_id": str(house.agreement_id), "limit": "1000"}
    feed, strangers = [
        (await house.get(f"robot/{company}/integrator", "/v1/facts", **mine)).json()["items"]
        for company in ("field-b", "rival-c")
    ]
    stated = next(one for one in feed if one["type"].startswith("acuerdo.feedback-loop.root-cause-stated"))
    assert stated["confided"][stated["data"]["cause"]["confided"]]["text"] == CAUSE
    assert [one["data"] for one in strangers] == [one["data"] for one in feed]
    assert not [text for text in WRITTEN if text in str(strangers)]


async def test_a_party_that_is_not_on_the_case_brings_itself_onto_it_by_nothing(house: Any, case: UUID) -> None:
    path, wanted = f"/v1/loops/{case}", {"company": "rival-c", "what": ACTION, "due": "2026-04-01T00:00:00Z"}
    action_id = (await house.get(HOLDER, path)).json()["rounds"][1]["actions"][0]["action_id"]
    for where, body in (
        ("corrective-actions", wanted),
        (f"corrective-actions/{action_id}/completions", {"evidence": EVIDENCE}),
        ("root-causes", {"cause": CAUSE}),
        ("parkings", {"reason": "unreachable", "text": NOTE}),
        ("returns", {}),
    ):
        answer = await house.post(BYSTANDER, f"{path}/{where}", body)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:acuerdo:refusal:not-on-the-case"), where
    assert read_in(await answers(house, BYSTANDER, case)) == NOTHING
