"""Old times and other people's acts are told of what was imported; of what people work with nothing is learned so."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import pytest

ANA = "ana/telco-a/touchpoint-agent"
LEO = "leo/telco-a/team-lead"
RIVAL = "gus/desk-c/operator"
OPS = "ops/telco-a/operator"
TOLD = {
    "occurred_at": "2026-01-05T10:00:00Z",
    "performed_by": {"person": "ana", "company": "telco-a", "role": "manager"},
}
NAME, PHONE = "Lucía Robledo", "+57 300 555 0199"
SUMMARY, NEED = "She cried on the phone", "No dial tone at my mother's"


async def told(house: Any, resource: str, *lines: Mapping[str, object], who: str = RIVAL) -> list[dict[str, Any]]:
    """Return the outcomes of *lines*, each told as an import by somebody of a rival of telco-a."""
    await house.settle()
    text = b"\n".join(msgspec.json.encode({**TOLD, **line}) for line in lines)
    async with house.ask(who) as operator:
        headers = {"content-type": "application/x-ndjson"}
        answer = await operator.post(f"/v1/{resource}/batch", content=text, headers=headers)
    return [msgspec.json.decode(line) for line in answer.content.splitlines()]


def refusal(outcome: Mapping[str, Any]) -> tuple[int, str, str]:
    problem = outcome.get("problem", {})
    return outcome["status"], problem.get("type", "").rsplit(":", 1)[-1], problem.get("detail", "")


def customer_line(house: Any, reference: str, phone: str = PHONE) -> dict[str, object]:
    return {
        "operation": "registerCustomer",
        "agreement_id": str(house.agreement_id),
        "external_reference": reference,
        "language": "es",
        "channel": "phone",
        "personal": {"name": NAME, "phone": phone},
    }


def contact_line(house: Any, customer: UUID | str, reference: str, **more: object) -> dict[str, object]:
    return {
        "operation": "recordContact",
        "agreement_id": str(house.agreement_id),
        "customer_id": str(customer),
        "channel": "phone",
        "external_reference": reference,
        "summary": SUMMARY,
        **more,
    }


def case_line(house: Any, customer: UUID | str, reference: str, **more: object) -> dict[str, object]:
    return {
        "operation": "openCase",
        "agreement_id": str(house.agreement_id),
        "customer_id": str(customer),
        "service": "fibre",
        "activity": "repair",
        "region": "north",
        "need": NEED,
        "external_reference": reference,
        **more,
    }


def team_line(house: Any, reference: str, **more: object) -> dict[str, object]:
    return {
        "operation": "registerTeam",
        "agreement_id": str(house.agreement_id),
        "external_reference": reference,
        "name": "Front desk",
        "purpose": "First contact",
        "time_zone": "America/Bogota",
        "languages": ["es"],
        **more,
    }


async def lived(house: Any, who: str, path: str, line: Mapping[str, object]) -> dict[str, Any]:
    """Do by hand what *line* says."""
    body = {name: said for name, said in line.items() if name != "operation"}
    async with house.ask(who) as person:
        answer = await person.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture
async def live(house: Any, customer: UUID) -> dict[str, str]:
    """A customer, a contact, a case and a team of telco-a that people made."""
    contact = await lived(house, ANA, "/v1/contacts", contact_line(house, customer, "call-1", thread_reference="t-1"))
    opening = case_line(house, customer, "INC-1", contact_id=contact["contact_id"])
    case = await lived(house, ANA, "/v1/cases", opening)
    team = await lived(house, LEO, "/v1/teams", team_line(house, "desk"))
    path = f"/v1/teams/{team['team_id']}/members"
    await lived(house, LEO, path, {"person": "ana", "company": "telco-a"})
    await house.settle()
    return {"customer_id": str(customer)} | {
        key: one[key] for one in (contact, case, team) for key in one if key != "version"
    }


@pytest.fixture
async def old(house: Any) -> dict[str, str]:
    """A customer, a contact, a case and a team that a source told of."""
    (customer,) = await told(house, "customers", customer_line(house, "OLD-1"))
    customer_id = customer["answer"]["customer_id"]
    (contact,) = await told(house, "contacts", contact_line(house, customer_id, "OLD-1"))
    opening = case_line(house, customer_id, "OLD-INC-1", contact_id=contact["answer"]["contact_id"])
    (case,) = await told(house, "cases", opening)
    (team,) = await told(house, "teams", team_line(house, "old-desk"))
    await house.settle()
    return {
        key: said for one in (customer, contact, case, team) for key, said in one["answer"].items() if key != "version"
    }


async def states(house: Any, things: Mapping[str, str]) -> list[int]:
    """Return how long the history of each of *things* is."""
    return [len(await house.parts.store.read(f"{name.removesuffix('_id')}-{key}")) for name, key in things.items()]


@pytest.mark.parametrize("who", [OPS, RIVAL])
async def test_a_live_thing_told_of_gets_one_refusal_whatever_is_told(
    house: Any, live: dict[str, str], who: str
) -> None:
    before, customer = await states(house, live), live["customer_id"]
    opening = case_line(house, customer, "INC-1", contact_id=live["contact_id"])
    member = {"team_id": live["team_id"], "person": "ana", "company": "telco-a"}
    by_resource = {
        "customers": [
            customer_line(house, "C-1"),
            customer_line(house, "C-1", phone="+57 1"),
            {"operation": "changeCustomer", "customer_id": customer, "language": "es", "personal": {"phone": "1"}},
            {"operation": "changeCustomer", "customer_id": customer, "language": "es", "personal": {"phone": PHONE}},
        ],
        "contacts": [
            contact_line(house, customer, "call-1", thread_reference="t-1"),
            contact_line(house, customer, "call-1", thread_reference="t-1", summary="A guess"),
            contact_line(house, UUID(int=9), "call-1", spam=True),
            {"operation": "findSpam", "contact_id": live["contact_id"]},
        ],
        "cases": [
            opening,
            {**opening, "need": "A guess"},
            {**opening, "customer_id": str(UUID(int=9)), "service": "gas"},
            {**opening, "occurred_at": "2001-01-01T00:00:00Z"},
            {"operation": "decidePriority", "case_id": live["case_id"], "priority": "low"},
            {"operation": "linkContact", "case_id": live["case_id"], "contact_id": str(UUID(int=9))},
        ],
        "teams": [
            {"operation": "openTeam", "team_id": live["team_id"], "open_to": []},
            {"operation": "joinTeam", **member, "person": "eve"},
            {"operation": "joinTeam", **member},
            {"operation": "leaveTeam", **member},
        ],
    }  # fmt: skip
    for resource, lines in by_resource.items():
        named = [line for line in lines if who == OPS or "external_reference" not in line]  # a reference is one's own
        outcomes = {refusal(one) for one in await told(house, resource, *named, who=who) if named}
        ((status, name, _),) = outcomes
        assert (status, name) == (403, f"{resource.removesuffix('s')}-not-imported")
    assert await states(house, live) == before


async def test_what_is_begun_by_a_source_touches_nothing_live(
    house: Any, live: dict[str, str], old: dict[str, str]
) -> None:
    customer, past = live["customer_id"], old["customer_id"]
    opening = case_line(house, past, "OLD-INC-2")
    by_hand = await lived(house, ANA, "/v1/cases", case_line(house, past, "INC-2"))
    await lived(
        house, ANA, "/v1/contacts", contact_line(house, past, "c-2", thread_reference="t-2", case_id=by_hand["case_id"])
    )
    await house.settle()
    contacts = await told(
        house,
        "contacts",
        contact_line(house, customer, "OLD-2"),
        contact_line(house, past, "OLD-3", case_id=by_hand["case_id"]),
        contact_line(house, past, "OLD-5", team_id=live["team_id"]),
    )
    opened = await told(
        house,
        "cases",
        case_line(house, customer, "OLD-INC-3"),
        {**opening, "contact_id": live["contact_id"]},
        {**opening, "team_id": live["team_id"]},
        {"operation": "linkContact", "case_id": old["case_id"], "contact_id": live["contact_id"]},
    )
    assert [refusal(one)[1].removesuffix("-not-imported") for one in (*contacts, *opened)] == [
        "customer", "case", "team", "customer", "contact", "team", "contact",
    ]  # fmt: skip
    assert {one["status"] for one in (*contacts, *opened)} == {403}
    (threaded,) = await told(house, "contacts", contact_line(house, past, "OLD-4", thread_reference="t-2"))
    async with house.ask(ANA) as ana:
        shown = (await ana.get(f"/v1/contacts/{threaded['answer']['contact_id']}")).json()
    assert shown["case_id"] is None, "threads that people tied are theirs"


async def test_what_a_source_began_it_goes_on_telling_of_and_twice_changes_nothing(
    house: Any, old: dict[str, str]
) -> None:
    customer, member = old["customer_id"], {"team_id": old["team_id"], "person": "ana", "company": "telco-a"}
    change = {"operation": "changeCustomer", "customer_id": customer, "language": "es", "personal": {"name": NAME}}
    lines = {
        "contacts": [contact_line(house, customer, "OLD-9", case_id=old["case_id"], team_id=old["team_id"])],
        "cases": [
            case_line(house, customer, "OLD-INC-1", contact_id=old["contact_id"]),
            {"operation": "decidePriority", "case_id": old["case_id"], "priority": "low"},
        ],
        "teams": [team_line(house, "old-desk"), {"operation": "joinTeam", **member}],
        "customers": [change],
    }
    assert (await told(house, "customers", customer_line(house, "OLD-1")))[0]["status"] == 201
    lengths: list[list[int]] = []
    for _ in range(2):
        for resource, some in lines.items():
            outcomes = await told(house, resource, *some)
            assert all(one["status"] < 300 for one in outcomes), outcomes
        await house.settle()
        lengths.append(await states(house, old))
    assert lengths[0] == lengths[1]
    async with house.ask(ANA) as ana:
        listed = (await ana.get("/v1/customers", params={"external_reference": "OLD-1"})).json()["items"]
    assert [one["imported"] for one in listed if one["agreement_id"] == str(house.agreement_id)] == [True]


async def test_what_a_company_calls_its_team_a_rival_s_import_neither_takes_nor_tries(
    house: Any, live: dict[str, str]
) -> None:
    lines = [team_line(house, "desk"), team_line(house, "desk", name="A guess")]
    (begun, differs), (own,) = await told(house, "teams", *lines), await told(house, "teams", lines[0], who=OPS)
    assert (begun["status"], begun["answer"]["team_id"] == live["team_id"]) == (201, False)
    assert [refusal(one)[1] for one in (differs, own)] == ["team-differs", "team-not-imported"]


async def test_what_people_act_on_is_told_of_no_more(house: Any, old: dict[str, str]) -> None:
    customer, case, contact, team = (old[name] for name in ("customer_id", "case_id", "contact_id", "team_id"))
    member = {"team_id": team, "company": "telco-a"}
    (mia,) = await told(house, "teams", {"operation": "joinTeam", "person": "mia", **member})
    assert mia["status"] == 200
    async with house.ask(OPS) as ops, house.ask(ANA) as ana:
        seen = (await ops.get(f"/v1/customers/{customer}")).headers["etag"]
        change = {"language": "en", "channel": "phone", "personal": {"name": NAME, "phone": "+57 1"}}
        answers = [
            await ops.put(f"/v1/customers/{customer}", json=change, headers={"if-match": seen}),
            await ops.post(f"/v1/teams/{team}/members", json={"person": "ana", "company": "telco-a"}),
            await ana.post(f"/v1/cases/{case}/priority", json={"priority": "low"}),
        ]
    assert all(one.is_success for one in answers), [one.text for one in answers]
    before = await states(house, old)
    late = {
        "customers": [
            {"operation": "changeCustomer", "customer_id": customer, "language": "es", "personal": {}},
            {"operation": "changeCustomer", "customer_id": customer, **change},
            customer_line(house, "OLD-1", phone="+57 1"),
        ],
        "contacts": [
            contact_line(house, customer, "OLD-7"),
            contact_line(house, customer, "OLD-8", case_id=case),
        ],
        "cases": [
            {"operation": "decidePriority", "case_id": case, "priority": "high"},
            {"operation": "decidePriority", "case_id": case, "priority": "low"},
            case_line(house, customer, "OLD-INC-7"),
        ],
        "teams": [
            {"operation": "joinTeam", "person": "eve", **member},
            {"operation": "joinTeam", "person": "ana", **member},
            {"operation": "leaveTeam", "person": "mia", **member},
            {"operation": "openTeam", "team_id": team, "open_to": ["net-b"]},
        ],
    }
    for resource, lines in late.items():
        outcomes = await told(house, resource, *lines)
        assert {refusal(one)[:2] for one in outcomes} == {(403, "people-act-on-it")}, (resource, outcomes)
    same = {
        "customers": [customer_line(house, "OLD-1")],
        "contacts": [contact_line(house, customer, "OLD-1")],
        "cases": [
            case_line(house, customer, "OLD-INC-1", contact_id=contact),
            {"operation": "linkContact", "case_id": case, "contact_id": contact},
        ],
        "teams": [team_line(house, "old-desk"), {"operation": "joinTeam", "person": "mia", **member}],
    }
    for resource, lines in same.items():
        outcomes = await told(house, resource, *lines)
        assert all(one["status"] < 300 for one in outcomes), (resource, outcomes)
    assert await states(house, old) == before


async def test_a_live_contact_takes_its_case_out_of_history(house: Any, old: dict[str, str]) -> None:
    said = contact_line(house, old["customer_id"], "call-7", case_id=old["case_id"])
    await lived(house, ANA, "/v1/contacts", said)
    await house.settle()
    (late,) = await told(house, "cases", {"operation": "decidePriority", "case_id": old["case_id"], "priority": "low"})
    assert refusal(late)[1] == "people-act-on-it"
    again = contact_line(house, old["customer_id"], "OLD-7", case_id=old["case_id"])
    (contact,) = await told(house, "contacts", again)
    assert refusal(contact)[1] == "people-act-on-it"
    (other,) = await told(house, "contacts", contact_line(house, old["customer_id"], "OLD-7"))
    assert other["status"] == 201


@pytest.mark.parametrize(("told_too", "said"), [(False, "people-act-on-it"), (True, "")])
async def test_no_source_brings_back_the_customer_of_a_case_that_people_closed(
    house: Any, old: dict[str, str], *, told_too: bool, said: str
) -> None:
    closed = {"case_id": old["case_id"], "agreement_id": str(house.agreement_id), "at": "2026-01-06T10:00:00Z"}
    await house.hear("feedback-loop", "case-closed", closed | {"round": 1}, imported=told_too)
    back = contact_line(house, old["customer_id"], "OLD-7", case_id=old["case_id"], occurred_at="2026-01-07T10:00:00Z")
    (contact,) = await told(house, "contacts", back)
    assert refusal(contact)[1] == said
    await house.settle()
    names = [one.name for one in await house.parts.store.read(f"case-{old['case_id']}")]
    assert ("customer-came-back" in names) == told_too


async def test_asking_for_personal_data_leaves_a_customer_history(house: Any, old: dict[str, str]) -> None:
    asked = {"purpose": "send-survey", "fields": ["phone"]}
    async with house.ask("robot/telco-a/integrator") as robot:
        answer = await robot.post(f"/v1/customers/{old['customer_id']}/disclosures", json=asked)
    assert answer.is_success, answer.text
    change = {"operation": "changeCustomer", "customer_id": old["customer_id"], "language": "en", "personal": {}}
    assert (await told(house, "customers", change))[0]["status"] == 200


async def test_live_lines_of_a_batch_are_judged_by_the_caller_s_own_company(house: Any, live: dict[str, str]) -> None:
    change = {"operation": "changeCustomer", "customer_id": live["customer_id"], "language": "es", "personal": {}}
    leaving = {"operation": "leaveTeam", "team_id": live["team_id"], "person": "ana", "company": "telco-a"}
    now = {"occurred_at": None, "performed_by": None}
    (changed,) = await told(house, "customers", {**change, **now})
    (left,) = await told(house, "teams", {**leaving, **now})
    (own,) = await told(house, "teams", {**leaving, **now}, who="ops/telco-a/operator")
    assert [refusal(one)[1] for one in (changed, left)] == ["not-your-customer", "not-your-people"]
    assert own["status"] == 200
