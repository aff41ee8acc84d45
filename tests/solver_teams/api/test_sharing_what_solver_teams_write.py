"""What is written about the work is shown to whom the agreement shares it with, and everybody can check the history."""

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest

from common.eventstore.confiding import disagreement
from common.eventstore.recorded import Append, Context, NewFact
from common.messaging.envelope import headers
from common.testing.chained import ensure_chained
from common.values import Person
from solver_teams.history import CASE_WORK, history
from solver_teams.wiring import service

TOUCHPOINT = "ana/telco-a/touchpoint-agent+integrator"
HOLDER = "bea/net-b/solver+integrator"
ASKED = "caro/desk-c/solver+integrator"
BYSTANDER = "oto/rival-d/manager+auditor+operator+integrator+solver+touchpoint-agent+team-lead"
IMPORTER = "importer/telco-a/operator"
PARTIES = ("telco-a", "net-b", "desk-c", "rival-d")
FIELDS = ("hand_over_package", "work_question", "work_note")
PACKAGE = {"context": "no light since Monday", "promises": "a call before six", "next_step": "swap card seven"}
QUESTION, ANSWER, OPEN_QUESTION = "which cabinet is it", "the green one", "is anybody at home"
PURPOSE, NEEDLESS, FULL, NOT_OURS, KEPT, PAUSED, NOTED = (
    "look at the core",
    "the core is well",
    "nobody is free",
    "it is no core matter",
    "we found the fault",
    "the key is lost",
    "the dog bites",
)
PACKED, QUESTIONS = set(PACKAGE.values()), {QUESTION, ANSWER, OPEN_QUESTION}
NOTES = {PURPOSE, NEEDLESS, FULL, NOT_OURS, KEPT, PAUSED, NOTED}
WRITTEN = PACKED | QUESTIONS | NOTES
VIEWS = ("work", "as of")
LISTS = ("list", "clock", "summary")


async def agree(house: Any, version: int, **shared: str) -> None:
    """Let the four parties sign a version that shares the fields as *shared* says."""
    rules = [{"clause_id": f"sh-{name}", "field": name, "shared_with": who} for name, who in shared.items()]
    others = [{"clause_id": "sh-need", "field": "need", "shared_with": "recorder"}]
    await house.sign(*PARTIES, version=version, sharing=[*rules, *others])


async def done(house: Any, token: str, path: str, **body: object) -> dict[str, Any]:
    answer = await house.ask(token, "POST", path, json=body)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def taken(house: Any, version: int) -> tuple[str, str, str, str]:
    """Let the work of a case of *version* be taken; return the teams that have it and could, the case and its item."""
    field = await house.team("Field", ("bea", "net-b"))
    core = await house.team("Core", ("caro", "desk-c"))
    case_id, item_id = await house.case(agreement_version=version)
    await done(house, TOUCHPOINT, f"/v1/work/{case_id}/items/{item_id}/offers", team_id=field)
    await done(house, HOLDER, f"/v1/work/{case_id}/items/{item_id}/acceptances", team_id=field)
    return field, core, case_id, item_id


async def written(house: Any, version: int) -> str:
    """Let people work on a case of *version*, with everything written that people can write."""
    field, core, case_id, item_id = await taken(house, version)
    work = f"/v1/work/{case_id}"
    item = f"{work}/items/{item_id}"
    further = await done(house, TOUCHPOINT, f"{work}/items", team_id=field, purpose=PURPOSE)
    other = f"{work}/items/{further['item_id']}"
    await done(house, HOLDER, f"{other}/rejections", team_id=field, reason=FULL)
    await done(house, TOUCHPOINT, f"{other}/withdrawals", reason=NEEDLESS)
    asked = await done(house, HOLDER, f"{item}/questions", team_id=field, company="telco-a", question=QUESTION)
    await done(house, TOUCHPOINT, f"{item}/answers", question_id=asked["question_id"], answer=ANSWER)
    await done(house, HOLDER, f"{item}/questions", team_id=field, question=OPEN_QUESTION)
    directed = {"team_id": field, "to_team_id": core, "package": PACKAGE}
    await done(house, HOLDER, f"{item}/hand-overs", **directed)
    await done(house, ASKED, f"{item}/hand-over-refusals", team_id=core, reason=NOT_OURS)
    await done(house, HOLDER, f"{item}/hand-overs", **directed)
    await done(house, HOLDER, f"{item}/hand-over-withdrawals", team_id=field, reason=KEPT)
    await done(house, HOLDER, f"{item}/pauses", team_id=field, reason="other", note=PAUSED)
    await done(house, HOLDER, f"{item}/hand-overs", **directed)
    await done(house, HOLDER, f"{work}/notes", text=NOTED)
    await house.settle()
    return case_id


async def answers(house: Any, token: str, case_id: str) -> dict[str, str]:
    """Return all that the service answers about the case, by what was asked."""
    moment = (await house.parts.store.read(f"case_work-{case_id}"))[-1].recorded_at
    mine = {"agreement_id": str(house.agreement_id)}
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "work": (f"/v1/work/{case_id}", {}),
        "as of": (f"/v1/work/{case_id}", {"as_of": moment.isoformat()}),
        "history": (f"/v1/work/{case_id}/history", {}),
        "clock": (f"/v1/work/{case_id}/clock", {}),
        "list": ("/v1/work", mine),
        "summary": ("/v1/summary", mine),
        "facts": ("/v1/facts", mine | {"limit": "1000"}),
    }
    found = {name: await house.ask(token, "GET", path, params=query) for name, (path, query) in asked.items()}
    assert {one.status_code for one in found.values()} == {200}, [one.text for one in found.values()]
    return {name: one.text for name, one in found.items()}


def read_in(texts: dict[str, str]) -> dict[str, set[str]]:
    return {name: {one for one in WRITTEN if one in text} for name, text in texts.items()}


def told(texts: set[str]) -> dict[str, set[str]]:
    """Return where whoever may read *texts*, and no others, finds which of them."""
    now = texts & (PACKED | QUESTIONS | {PAUSED})
    views = dict.fromkeys(VIEWS, now) | dict.fromkeys(("history", "facts"), texts)
    return views | {name: set[str]() for name in LISTS}


@pytest.fixture
async def case(house: Any) -> str:
    """A case under rules that keep everything to the companies on it."""
    await agree(house, 2, **dict.fromkeys(FIELDS, "case-companies"))
    return await written(house, 2)


async def test_without_a_rule_every_party_reads_what_is_written_about_the_work(house: Any) -> None:
    await agree(house, 2)
    case_id = await written(house, 2)
    for reader in (TOUCHPOINT, HOLDER, BYSTANDER):
        assert read_in(await answers(house, reader, case_id)) == told(WRITTEN)


async def test_a_party_that_is_not_on_the_case_reads_nothing_that_is_kept_to_its_companies(
    house: Any, case: str
) -> None:
    assert read_in(await answers(house, BYSTANDER, case)) == told(set())
    for reader in (TOUCHPOINT, HOLDER):
        assert read_in(await answers(house, reader, case)) == told(WRITTEN)


async def test_a_company_that_is_asked_to_take_over_reads_the_package_and_comes_onto_the_case_by_taking_over(
    house: Any, case: str
) -> None:
    assert read_in(await answers(house, ASKED, case)) == told(PACKED | {NOT_OURS})
    work = (await house.ask(ASKED, "GET", f"/v1/work/{case}")).json()
    (item,) = work["items"]
    acting = {"team_id": item["hand_over"]["to"]["team_id"]}
    await done(house, ASKED, f"/v1/work/{case}/items/{item['item_id']}/hand-over-acceptances", **acting)
    await house.settle()
    theirs = read_in(await answers(house, ASKED, case))
    assert (theirs["history"], theirs["facts"], theirs["work"]) == (WRITTEN, WRITTEN, QUESTIONS | PACKED)
    assert read_in(await answers(house, BYSTANDER, case)) == told(set())


async def test_what_is_left_out_of_the_work_is_named(house: Any, case: str) -> None:
    seen = {name: msgspec.json.decode(text) for name, text in (await answers(house, BYSTANDER, case)).items()}
    assert seen["work"]["hidden"] == sorted(FIELDS)
    (item,) = seen["work"]["items"]
    assert set(item["hand_over"]["package"].values()) == {None}
    assert (item["pause"], item["questions"][0]["question"]) == ({"reason": "other", "note": None}, None)
    hidden = {one["name"]: one["hidden"] for one in seen["history"]["items"] if one["hidden"]}
    assert hidden == {
        "item-opened": ["work_note"],
        "item-withdrawn": ["work_note"],
        "work-rejected": ["work_note"],
        "information-asked": ["work_question"],
        "information-answered": ["work_question"],
        "hand-over-offered": ["hand_over_package"],
        "hand-over-declined": ["work_note"],
        "hand-over-withdrawn": ["work_note"],
        "work-paused": ["work_note"],
        "work-noted": ["work_note"],
    }
    ours = msgspec.json.decode((await answers(house, HOLDER, case))["work"])
    assert ours["hidden"] == []


async def test_what_is_the_recorders_is_read_by_who_wrote_it_and_whom_it_is_for(house: Any) -> None:
    await agree(house, 2, **dict.fromkeys(FIELDS, "recorder"))
    case_id = await written(house, 2)
    ours = {FULL, KEPT, PAUSED, NOTED}
    assert read_in(await answers(house, HOLDER, case_id)) == told(ours | PACKED | QUESTIONS)
    assert read_in(await answers(house, TOUCHPOINT, case_id)) == told({PURPOSE, NEEDLESS} | QUESTIONS)
    assert read_in(await answers(house, ASKED, case_id)) == told({NOT_OURS} | PACKED)
    assert read_in(await answers(house, BYSTANDER, case_id)) == told(set())


async def test_each_field_is_kept_by_its_own_rule(house: Any) -> None:
    for version, field, rest in (
        (2, "hand_over_package", WRITTEN - PACKED),
        (3, "work_question", WRITTEN - QUESTIONS),
        (4, "work_note", WRITTEN - NOTES),
    ):
        await agree(house, version, **{field: "case-companies"})
        case_id = await written(house, version)
        seen = read_in(await answers(house, BYSTANDER, case_id))
        assert (seen["work"], seen["history"]) == (told(rest)["work"], rest), field


async def test_work_keeps_the_sharing_rules_that_its_case_was_opened_under(house: Any, case: str) -> None:
    await agree(house, 3)
    assert read_in(await answers(house, BYSTANDER, case)) == told(set())
    later = await written(house, 3)
    assert read_in(await answers(house, BYSTANDER, later))["work"] == told(WRITTEN)["work"]


async def test_a_company_that_is_asked_to_take_work_by_one_on_the_case_reads_what_is_kept_to_its_companies(
    house: Any, case: str
) -> None:
    core = await house.team("Parts", ("caro", "desk-c"))
    await done(house, HOLDER, f"/v1/work/{case}/items", team_id=core, purpose=PURPOSE)
    assert read_in(await answers(house, ASKED, case))["history"] == WRITTEN


async def test_a_party_that_is_not_on_the_case_brings_itself_into_its_work_by_nothing(house: Any, case: str) -> None:
    team = await house.team("Rivals", ("oto", "rival-d"))
    (item,) = (await house.ask(BYSTANDER, "GET", f"/v1/work/{case}")).json()["items"]
    acting, work = {"team_id": team}, f"/v1/work/{case}"
    for path, body in (
        (f"{work}/items", acting | {"purpose": "x"}),
        (f"{work}/items/{item['item_id']}/offers", acting),
        (f"{work}/items/{item['item_id']}/acceptances", acting),
        (f"{work}/items/{item['item_id']}/self-assignments", acting),
        (f"{work}/items/{item['item_id']}/hand-over-acceptances", acting),
        (f"{work}/items/{item['item_id']}/questions", acting | {"question": "x"}),
    ):
        refused = await house.ask(BYSTANDER, "POST", path, json=body)
        assert refused.status_code in {403, 404, 409}, (path, refused.text)
    for line in (
        {"operation": "recordWork", "activity": "in-work"},
        {"operation": "takeOver"},
        {"operation": "offerWork", "item_id": item["item_id"]},
    ):
        when = {"occurred_at": "2026-03-02T09:30:00Z", "case_id": case} | acting
        sent = json.dumps(line | when)
        how = {"content": sent, "headers": {"content-type": "application/x-ndjson"}}
        outcome = json.loads((await house.ask(BYSTANDER, "POST", "/v1/work/batch", **how)).text)
        assert outcome["status"] == 403, outcome
    noted = await house.ask(BYSTANDER, "POST", f"{work}/notes", json={"text": "we are here, too"})
    assert (noted.status_code, noted.json()["type"]) == (403, "urn:acuerdo:refusal:not-on-the-case")
    assert read_in(await answers(house, BYSTANDER, case)) == told(set())


@pytest.mark.parametrize("reader", [HOLDER, BYSTANDER])
async def test_the_chain_of_the_work_is_checked_with_what_a_reader_is_given(house: Any, case: str, reader: str) -> None:
    ensure_chained(msgspec.json.decode((await answers(house, reader, case))["history"])["items"])


async def test_nats_has_the_digests_of_what_an_integrator_of_a_company_on_the_case_reads(house: Any, case: str) -> None:
    """The relay publishes the stored fact, and headers; the texts rest beside it."""
    recorded = await house.parts.store.read(f"case_work-{case}")
    sent = [one.data.decode() + str(headers(service.name, one, 0)) for one in recorded if one.published]
    assert not [text for text in WRITTEN for one in sent if text in one]
    mine = {"agreement_id": str(house.agreement_id), "limit": "1000"}
    feed, strangers = [
        (await house.ask(f"robot/{company}/integrator", "GET", "/v1/facts", params=mine)).json()["items"]
        for company in ("net-b", "rival-d")
    ]
    asked = next(one for one in feed if one["type"].startswith("acuerdo.solver-teams.information-asked"))
    assert asked["confided"][asked["data"]["question"]["confided"]]["text"] == QUESTION
    assert [one["data"] for one in strangers] == [one["data"] for one in feed]
    assert not [text for text in WRITTEN if text in str(strangers)]


async def test_what_an_import_tells_is_kept_as_what_people_write_and_told_again_changes_nothing(house: Any) -> None:
    await agree(house, 2, **dict.fromkeys(FIELDS, "case-companies"))
    told_of = {"occurred_at": "2026-03-02T09:00:00Z"}
    line = {"operation": "registerTeam", "agreement_id": str(house.agreement_id), "companies": ["net-b"]} | told_of
    named = [line | {"external_reference": name, "name": name} for name in ("one", "two")]
    teams = [one["answer"]["team_id"] for one in await batch(house, "/v1/teams/batch", named)]
    case_id, _ = await house.case(agreement_version=2, imported=True)
    row = {"operation": "recordWork", "case_id": case_id, "team_id": teams[0]} | told_of
    rows = [
        row | {"activity": "in-work"},
        row | {"activity": "paused", "reason": "Wait - Key", "note": PAUSED},
        row | {"activity": "queued", "team_id": teams[1]},
        row | {"activity": "queued"},
        row | {"activity": "note", "note": NOTED},
    ]
    keyed = [one | {"key": f"{case_id}.{n}"} for n, one in enumerate(rows)]
    first = await batch(house, "/v1/work/batch", keyed)
    assert {one["status"] for one in first} == {200}, first
    before = await house.parts.store.read(f"case_work-{case_id}")
    assert all(one["replayed"] for one in await batch(house, "/v1/work/batch", keyed))
    assert await house.parts.store.read(f"case_work-{case_id}") == before
    stored = b"".join(one.data for one in before).decode()
    for text in (PAUSED, NOTED, "Wait - Key", "as the source says"):
        assert text not in stored
    past = (await answers(house, HOLDER, case_id))["history"]
    for text in (f"Wait - Key {PAUSED}", NOTED, "as the source says"):
        assert text in past
    assert read_in(await answers(house, BYSTANDER, case_id)) == told(set())


async def test_a_rival_tells_nothing_of_an_imported_case_that_would_bring_it_into_its_work(house: Any) -> None:
    await agree(house, 2, **dict.fromkeys(FIELDS, "case-companies"))
    told_of = {"occurred_at": "2026-03-02T09:00:00Z"}
    line = {"operation": "registerTeam", "agreement_id": str(house.agreement_id)} | told_of
    ours = line | {"companies": ["net-b"], "name": "ours", "external_reference": "ours"}
    theirs = line | {"companies": ["rival-d"], "name": "theirs", "external_reference": "theirs"}
    (our,) = await batch(house, "/v1/teams/batch", [ours])
    (their,) = await batch(house, "/v1/teams/batch", [theirs], BYSTANDER)
    case_id, item_id = await house.case(agreement_version=2, imported=True)
    row = {"operation": "recordWork", "case_id": case_id, "team_id": our["answer"]["team_id"]} | told_of
    noted = [row | {"activity": "in-work"}, row | {"activity": "note", "note": NOTED}]
    assert {one["status"] for one in await batch(house, "/v1/work/batch", noted)} == {200}
    acting = {"case_id": case_id, "team_id": their["answer"]["team_id"]} | told_of
    anothers = acting | {"performed_by": {"person": "bea", "company": "net-b", "role": "solver"}}
    lines = [
        acting | {"operation": "recordWork", "activity": "in-work"},
        acting | {"operation": "takeOver"},
        anothers | {"operation": "recordWork", "activity": "queued"},
        anothers | {"operation": "openWorkItem", "purpose": "x"},
        anothers | {"operation": "offerWork", "item_id": item_id},
        anothers | {"operation": "acceptHandOver", "item_id": item_id},
    ]
    for outcome in await batch(house, "/v1/work/batch", lines, BYSTANDER):
        assert outcome["problem"]["type"] == "urn:acuerdo:refusal:not-yours-to-tell", outcome
    assert read_in(await answers(house, BYSTANDER, case_id)) == told(set())
    (taken,) = await batch(house, "/v1/work/batch", [row | acting | {"activity": "in-work"}])
    assert taken["status"] == 200
    assert read_in(await answers(house, BYSTANDER, case_id))["history"] == {NOTED}


async def batch(house: Any, path: str, lines: list[dict[str, Any]], token: str = IMPORTER) -> list[dict[str, Any]]:
    how = {
        "content": "\n".join(json.dumps(line) for line in lines),
        "headers": {"content-type": "application/x-ndjson"},
    }
    answer = await house.ask(token, "POST", path, **how)
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_what_was_stored_before_texts_were_confided_is_read_by_every_party_and_work_goes_on_from_it(
    house: Any,
) -> None:
    await agree(house, 2)
    field, core, case_id, item_id = await taken(house, 2)
    asked_id = str(UUID(int=house.agreement_id.int + 7))
    about = {"case_id": case_id, "agreement_id": str(house.agreement_id), "round": 1, "at": "2026-03-02T10:00:00Z"}
    item = about | {"item_id": item_id, "team_id": field, "company": "net-b", "person": "bea"}
    given = {"from_team_id": field, "from_company": "net-b", "to_team_id": core, "to_company": "desk-c"}
    by = {"person": "bea", "company": "net-b", "role": "solver"}
    await store_first_versions(
        house,
        case_id,
        ("work-noted", about | {"text": NOTED, "noted_by": by}),
        ("information-asked", item | {"question_id": asked_id, "asked_company": "telco-a", "question": OPEN_QUESTION}),
        ("work-paused", item | {"reason": "other", "note": PAUSED}),
        ("hand-over-offered", item | given | {"package": PACKAGE, "instead_of": None, "offered_by": by}),
    )
    for reader in (HOLDER, BYSTANDER):
        seen = read_in(await answers(house, reader, case_id))
        assert seen == told(PACKED | {OPEN_QUESTION, PAUSED, NOTED})
    work = f"/v1/work/{case_id}/items/{item_id}"
    before = (await house.ask(HOLDER, "GET", f"/v1/work/{case_id}")).headers["etag"]
    await done(house, HOLDER, f"{work}/pauses", team_id=field, reason="other", note=PAUSED)
    await done(house, HOLDER, f"{work}/hand-overs", team_id=field, to_team_id=core, package=PACKAGE)
    assert (await house.ask(HOLDER, "GET", f"/v1/work/{case_id}")).headers["etag"] == before
    await done(house, TOUCHPOINT, f"{work}/answers", question_id=asked_id, answer=ANSWER)
    assert ANSWER in (await answers(house, BYSTANDER, case_id))["history"]


async def store_first_versions(house: Any, case_id: str, *facts: tuple[str, dict[str, Any]]) -> None:
    """Put facts into the log as the service wrote them before their texts were confided."""
    stream = f"case_work-{case_id}"
    last = (await house.parts.store.read(stream))[-1]
    context = Context(actor=Person(person="bea", company="net-b", role="solver"), correlation=UUID(int=1))
    stored = tuple(
        NewFact(
            event_id=UUID(int=UUID(case_id).int + number),
            name=name,
            schema=1,
            data=msgspec.json.encode(fact),
            at=last.at,
            recorded_at=last.recorded_at,
            agreement_id=house.agreement_id,
            published=True,
            context=context,
        )
        for number, (name, fact) in enumerate(facts, 1)
    )
    append = Append(stream=stream, expected=last.version, previous=last.hash, facts=stored)
    await house.parts.store.append(append)


@pytest.mark.parametrize("kept", ["recorder", "all-parties"])
async def test_the_log_of_the_work_holds_with_the_texts_beside_it_and_folds_to_the_same(house: Any, kept: str) -> None:
    await agree(house, 2, **dict.fromkeys(FIELDS, kept))
    case_id = await written(house, 2)
    recorded = await house.parts.store.read(f"case_work-{case_id}")
    assert [disagreement(one.data, one.confided) for one in recorded] == [None] * len(recorded)
    again = CASE_WORK.decider.fold([history.recall(one) for one in recorded])
    assert again == (await house.parts.handle.look(CASE_WORK, case_id)).state
