"""Another company's operator tells nothing of what one company told, and companies off a case do not act on it."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

ANA = "ana/telco-a/touchpoint-agent"
LEO = "leo/telco-a/team-lead"
ROBOT = "robot/telco-a/integrator"
OPS = "ops/telco-a/operator"
RIVAL = "gus/desk-c/operator"
GIL = "gil/desk-c/touchpoint-agent"
NOA = "noa/net-b/touchpoint-agent"
NAME, MAIL = "Victoria Secreta", "victoria@example.com"
OTHERS = (403, "not-yours-to-tell")


async def told(house: Any, resource: str, *lines: Mapping[str, object], who: str = RIVAL) -> list[dict[str, Any]]:
    """Return the outcomes of *lines*, each told as if a manager of telco-a had done it."""
    ana = {"person": "ana", "company": "telco-a", "role": "manager"}
    envelope = {"occurred_at": "2026-01-05T10:00:00Z", "performed_by": ana}
    text = b"\n".join(msgspec.json.encode({**envelope, **line}) for line in lines)
    async with house.ask(who) as operator:
        headers = {"content-type": "application/x-ndjson"}
        answer = await operator.post(f"/v1/{resource}/batch", content=text, headers=headers)
    return [msgspec.json.decode(line) for line in answer.content.splitlines()]


async def post(house: Any, who: str, path: str, body: Mapping[str, object]) -> tuple[int, Any]:
    async with house.ask(who) as person:
        answer = await person.post(path, json=dict(body))
    return answer.status_code, answer.json()


def refusal(outcome: Mapping[str, Any]) -> tuple[int, str]:
    return outcome["status"], outcome.get("problem", outcome).get("type", "").rsplit(":", 1)[-1]


def customer(house: Any, reference: str, **personal: str) -> dict[str, object]:
    agreement: dict[str, object] = {
        "agreement_id": str(house.agreement_id),
        "external_reference": reference,
        "language": "es",
    }
    return agreement | {"operation": "registerCustomer", "personal": personal or {"name": NAME, "email": MAIL}}


def contact(house: Any, customer_id: str, reference: str, **more: object) -> dict[str, object]:
    agreement = {"agreement_id": str(house.agreement_id), "external_reference": reference}
    about = {"customer_id": customer_id, "channel": "email", "summary": "It is dead"}
    return agreement | about | {"operation": "recordContact"} | more


def case(house: Any, customer_id: str, reference: str, **more: object) -> dict[str, object]:
    agreement = {"agreement_id": str(house.agreement_id), "external_reference": reference}
    what = {"service": "fibre", "activity": "repair", "region": "north", "need": "No dial tone"}
    return agreement | what | {"operation": "openCase", "customer_id": customer_id} | more


def team(house: Any, reference: str) -> dict[str, object]:
    named: dict[str, object] = {
        "agreement_id": str(house.agreement_id),
        "external_reference": reference,
        "name": "Desk",
    }
    return named | {"operation": "registerTeam", "purpose": "Front", "time_zone": "UTC", "languages": ["es"]}


def by_hand(line: Mapping[str, object]) -> dict[str, object]:
    return {name: said for name, said in line.items() if name != "operation"}


def change(customer_id: str, mail: str) -> dict[str, object]:
    personal = {"name": NAME, "email": mail}
    return {"operation": "changeCustomer", "customer_id": customer_id, "language": "es", "personal": personal}


async def past(house: Any, who: str) -> dict[str, str]:
    """Let an operator tell of a customer, two contacts, a case and a team; return their ids."""
    (known,) = await told(house, "customers", customer(house, "C-7"), who=who)
    ids = dict(known["answer"])
    (first,) = await told(house, "contacts", contact(house, ids["customer_id"], "m-1"), who=who)
    opening = case(house, ids["customer_id"], "INC-7", contact_id=first["answer"]["contact_id"])
    (opened,) = await told(house, "cases", opening, who=who)
    (spare,) = await told(house, "contacts", contact(house, ids["customer_id"], "m-2"), who=who)
    (desk,) = await told(house, "teams", team(house, "desk"), who=who)
    await house.settle()
    ids |= {"first": first["answer"]["contact_id"]}
    return ids | opened["answer"] | spare["answer"] | desk["answer"]


@pytest.fixture
async def old(house: Any) -> dict[str, str]:
    """What the operator of telco-a told of."""
    return await past(house, OPS)


@pytest.fixture
async def live(house: Any) -> dict[str, str]:
    """A customer, a case that net-b is accountable for, a contact in it, a contact beside it and a team of telco-a."""
    _, known = await post(house, ANA, "/v1/customers", by_hand(customer(house, "C-8")))
    who = known["customer_id"]
    _, opened = await post(house, ANA, "/v1/cases", by_hand(case(house, who, "INC-8")))
    inside = contact(house, who, "m-8", case_id=opened["case_id"], thread_reference="<8@mail>")
    _, first = await post(house, ANA, "/v1/contacts", by_hand(inside))
    _, spare = await post(house, ANA, "/v1/contacts", by_hand(contact(house, who, "m-9")))
    _, desk = await post(house, LEO, "/v1/teams", by_hand(team(house, "desk-8")))
    await house.settle()
    return {
        "customer_id": who,
        "case_id": opened["case_id"],
        "first": first["contact_id"],
        "contact_id": spare["contact_id"],
        "team_id": desk["team_id"],
    }


async def lengths(house: Any, ids: Mapping[str, str]) -> list[int]:
    streams = [f"{'contact' if name == 'first' else name.removesuffix('_id')}-{key}" for name, key in ids.items()]
    return [len(await house.parts.store.read(stream)) for stream in streams if not stream.startswith("version")]


@pytest.mark.parametrize("acted", [False, True])
async def test_an_operator_of_another_company_tells_and_finds_out_nothing_whatever_it_says(
    house: Any, old: dict[str, str], *, acted: bool
) -> None:
    if acted:
        status, _ = await post(house, ANA, f"/v1/cases/{old['case_id']}/priority", {"priority": "low"})
        assert status == 200
    before, who = await lengths(house, old), old["customer_id"]
    member = {"team_id": old["team_id"], "company": "telco-a"}
    lines = {
        "customers": [
            change(who, MAIL),
            change(who, "gamma@evil.example"),
        ],
        "contacts": [
            contact(house, who, "m-1"),
            contact(house, who, "m-1", summary="A guess"),
            contact(house, who, "forged"),
            contact(house, who, "forged", case_id=old["case_id"]),
            {"operation": "findSpam", "contact_id": old["contact_id"]},
            {"operation": "findSpam", "contact_id": old["first"]},
        ],
        "cases": [
            case(house, who, "INC-7", contact_id=old["first"]),
            case(house, who, "INC-7", need="A guess"),
            case(house, who, "forged"),
            {"operation": "decidePriority", "case_id": old["case_id"], "priority": "high"},
            {"operation": "linkContact", "case_id": old["case_id"], "contact_id": old["contact_id"]},
        ],
        "teams": [
            {"operation": "openTeam", "team_id": old["team_id"], "open_to": ["desk-c"]},
            {"operation": "joinTeam", "person": "evil", **member},
            {"operation": "leaveTeam", "person": "ana", **member},
        ],
    }  # fmt: skip
    for resource, some in lines.items():
        assert {refusal(one) for one in await told(house, resource, *some)} == {OTHERS}, resource
    assert await lengths(house, old) == before


async def test_an_operator_names_only_teams_and_cases_that_its_own_company_told_of(
    house: Any, old: dict[str, str]
) -> None:
    (own,) = await told(house, "customers", customer(house, "C-70"))
    who = own["answer"]["customer_id"]
    contacts = await told(house, "contacts", contact(house, who, "m-70", team_id=old["team_id"]))
    cases = await told(house, "cases", case(house, who, "INC-70", team_id=old["team_id"]))
    contacts += await told(house, "contacts", contact(house, who, "m-71", case_id=old["case_id"]))
    assert {refusal(one) for one in (*contacts, *cases)} == {OTHERS}


async def test_what_a_rival_tells_under_a_company_s_references_is_its_own_and_takes_none_of_them(house: Any) -> None:
    """A rival tells first, as telco-a, of a customer with its own mail address, of contacts, a case and a team."""
    forged = await past(house, RIVAL)
    true = await past(house, OPS)
    await house.settle()
    assert set(forged.values()) & set(true.values()) <= {"1", 1}
    _, known = await post(house, ANA, "/v1/customers", by_hand(customer(house, "C-7")))
    spoken = {"customer_reference": "C-7", "external_reference": "call-7", "channel": "phone", "summary": "Dead"}
    agreement = {"agreement_id": str(house.agreement_id)}
    _, call = await post(house, ANA, "/v1/contacts", agreement | spoken)
    async with house.ask(ANA) as ana:
        about = (await ana.get(f"/v1/contacts/{call['contact_id']}")).json()
        here = {"agreement_id": str(house.agreement_id), "external_reference": "C-7"}
        listed = (await ana.get("/v1/customers", params=here)).json()["items"]
        own = (await ana.get("/v1/customers", params=here | {"told_by": "telco-a"})).json()["items"]
        shown = (await ana.get(f"/v1/customers/{forged['customer_id']}")).json()
    assert known["customer_id"] == about["customer_id"] == true["customer_id"]
    teller = {one["customer_id"]: one["told_by"] for one in listed}
    assert teller == {true["customer_id"]: "telco-a", forged["customer_id"]: "desk-c"}
    assert [one["customer_id"] for one in own] == [true["customer_id"]]
    assert (shown["company"], shown["told_by"]) == ("telco-a", "desk-c")


async def test_a_company_calls_another_s_customer_by_that_company_s_reference(house: Any) -> None:
    agreement = {"agreement_id": str(house.agreement_id)}
    _, known = await post(house, ANA, "/v1/customers", by_hand(customer(house, "C-1")))
    _, own = await post(house, GIL, "/v1/customers", by_hand(customer(house, "C-1", name="Somebody else")))
    call = agreement | {"customer_reference": "C-1", "channel": "phone", "summary": "Dead"}
    _, theirs = await post(
        house, GIL, "/v1/contacts", call | {"external_reference": "1", "customer_company": "telco-a"}
    )
    _, ours = await post(house, GIL, "/v1/contacts", call | {"external_reference": "2"})
    async with house.ask(GIL) as gil:
        who = [(await gil.get(f"/v1/contacts/{one['contact_id']}")).json()["customer_id"] for one in (theirs, ours)]
    assert who == [known["customer_id"], own["customer_id"]]
    unknown = call | {"external_reference": "3", "customer_company": "net-b"}
    assert (await post(house, GIL, "/v1/contacts", unknown))[0] == 404
    nameless = agreement | {"customer_id": known["customer_id"], "customer_company": "telco-a"}
    status, _ = await post(house, GIL, "/v1/contacts", call | nameless | {"external_reference": "4"})
    assert status == 422


@pytest.mark.parametrize("upon", ["case", "contact", "told case", "told case elsewhere"])
async def test_where_people_serve_an_imported_customer_no_source_redirects_what_they_are_sent(
    house: Any, upon: str
) -> None:
    ids = await past(house, RIVAL)
    who = ids["customer_id"]
    doing = {
        "case": ("/v1/cases", by_hand(case(house, who, "INC-9"))),
        "contact": ("/v1/contacts", by_hand(contact(house, who, "m-90"))),
        "told case": (f"/v1/cases/{ids['case_id']}/priority", {"priority": "low"}),
    }
    assert (await told(house, "customers", change(who, "old@example.com")))[0]["status"] == 200
    if upon in doing:
        assert (await post(house, ANA, *doing[upon]))[0] < 300
    else:
        noted = {"case_id": ids["case_id"], "agreement_id": str(house.agreement_id), "at": "2026-01-06T10:00:00Z"}
        await house.hear("solver-teams", "work-noted", noted | {"noted_by": {"company": "telco-a"}})
    await house.settle()
    again, late = await told(house, "customers", change(who, "old@example.com"), change(who, "gamma@evil.example"))
    assert (again["status"], refusal(late)) == (200, (403, "people-act-on-it"))
    asked = {"purpose": "send-survey", "fields": ["email"]}
    assert (await post(house, ROBOT, f"/v1/customers/{who}/disclosures", asked))[1]["personal"]["email"] == (
        "old@example.com"
    )


async def test_cases_that_another_company_told_bring_nobody_to_a_customer_s_data(house: Any) -> None:
    ids = await past(house, RIVAL)
    joined = {
        "case_id": ids["case_id"],
        "agreement_id": str(house.agreement_id),
        "at": "2026-01-06T10:00:00Z",
        "company": "desk-c",
        "offered_by": {"company": "telco-a"},
    }
    await house.hear("solver-teams", "work-accepted", joined, imported=True)
    await house.settle()
    async with house.ask(ANA) as ana:
        seen = await ana.get(f"/v1/customers/{ids['customer_id']}")
        personal = {"name": NAME, "phone": "+57 300 555 0199"}
        body = {"language": "es", "personal": personal}
        changed = await ana.put(
            f"/v1/customers/{ids['customer_id']}", json=body, headers={"if-match": seen.headers["etag"]}
        )
        companies = (await ana.get(f"/v1/cases/{ids['case_id']}")).json()["companies"]
    assert changed.is_success, changed.text
    assert "desk-c" in companies
    async with house.ask(GIL) as gil:
        assert (await gil.get(f"/v1/customers/{ids['customer_id']}")).json()["hidden"] == ["phone"]
    asked = {"purpose": "call-back", "fields": ["phone"]}
    path = f"/v1/customers/{ids['customer_id']}/disclosures"
    assert (await post(house, GIL, path, asked))[0] == 403
    acted = joined | {"at": "2026-01-07T10:00:00Z"}
    await house.hear("solver-teams", "work-offered", acted | {"offered_by": {"company": "desk-c"}})
    assert (await post(house, GIL, path, asked))[0] == 403, "its own people's acts bring a company to nobody's data"
    await house.hear("solver-teams", "work-offered", acted)
    assert (await post(house, GIL, path, asked))[0] == 200, (
        "once telco-a works on the case, who takes part in it counts"
    )


@pytest.mark.parametrize("imported", [False, True])
async def test_only_companies_on_a_case_decide_its_priority_and_bring_contacts_to_it(
    house: Any, live: dict[str, str], old: dict[str, str], *, imported: bool
) -> None:
    ids = old if imported else live
    before = await lengths(house, ids)
    inbound = contact(house, ids["customer_id"], "rival-1")
    _, own = await post(house, GIL, "/v1/contacts", by_hand(inbound))
    path = f"/v1/cases/{ids['case_id']}"
    forged = contact(house, ids["customer_id"], "rival-2", case_id=ids["case_id"])
    for where, body in (
        (f"{path}/priority", {"priority": "high"}),
        ("/v1/contacts", by_hand(forged)),
        (f"{path}/contacts", {"contact_id": own["contact_id"]}),
    ):
        status, problem = await post(house, GIL, where, body)
        assert (status, refusal({"status": status, **problem})[1]) == (403, "not-on-the-case"), where
    await house.settle()
    assert await lengths(house, ids) == before
    assert (await post(house, NOA, f"{path}/priority", {"priority": "high"}))[0] == 200, "the accountable company may"


async def test_what_a_contact_is_about_only_the_company_says_that_recorded_it(house: Any, live: dict[str, str]) -> None:
    _, bogus = await post(house, GIL, "/v1/cases", by_hand(case(house, live["customer_id"], "BOGUS")))
    opening = case(house, live["customer_id"], "BOGUS-2", contact_id=live["contact_id"])
    for who, where, body in (
        (GIL, f"/v1/contacts/{live['contact_id']}/spam", {}),
        (GIL, f"/v1/cases/{bogus['case_id']}/contacts", {"contact_id": live["contact_id"]}),
        (NOA, f"/v1/cases/{live['case_id']}/contacts", {"contact_id": live["contact_id"]}),
        (GIL, "/v1/cases", by_hand(opening)),
    ):
        status, problem = await post(house, who, where, body)
        assert (status, refusal({"status": status, **problem})[1]) == (403, "not-your-contact"), where
    mine = f"/v1/cases/{live['case_id']}/contacts"
    assert (await post(house, ANA, mine, {"contact_id": live["contact_id"]}))[0] == 200


async def test_a_thread_is_its_recorder_s_and_no_other_company_draws_mail_out_of_it(
    house: Any, live: dict[str, str]
) -> None:
    who, thread = live["customer_id"], {"thread_reference": "<8@mail>"}
    _, bogus = await post(house, GIL, "/v1/cases", by_hand(case(house, who, "BOGUS")))
    luring = contact(house, who, "rival-3", case_id=bogus["case_id"], **thread)
    assert (await post(house, GIL, "/v1/contacts", by_hand(luring)))[0] == 201
    await house.settle()
    _, mail = await post(house, ANA, "/v1/contacts", by_hand(contact(house, who, "m-10", **thread)))
    async with house.ask(ANA) as ana:
        assert (await ana.get(f"/v1/contacts/{mail['contact_id']}")).json()["case_id"] == live["case_id"]


async def test_what_a_source_tells_in_a_company_s_name_draws_no_mail_out_of_its_threads(
    house: Any, live: dict[str, str]
) -> None:
    (bogus,) = await told(house, "customers", customer(house, "BOGUS"))
    (opened,) = await told(house, "cases", case(house, bogus["answer"]["customer_id"], "BOGUS"))
    thread = {"thread_reference": "<8@mail>", "case_id": opened["answer"]["case_id"]}
    (luring,) = await told(house, "contacts", contact(house, bogus["answer"]["customer_id"], "rival-9", **thread))
    assert luring["status"] == 201
    await house.settle()
    following = contact(house, live["customer_id"], "m-11", thread_reference="<8@mail>")
    _, mail = await post(house, ANA, "/v1/contacts", by_hand(following))
    async with house.ask(ANA) as ana:
        assert (await ana.get(f"/v1/contacts/{mail['contact_id']}")).json()["case_id"] == live["case_id"]


async def test_a_conversation_that_a_source_told_of_goes_on_live(house: Any) -> None:
    (known,) = await told(house, "customers", customer(house, "C-20"), who=OPS)
    who = known["answer"]["customer_id"]
    (opened,) = await told(house, "cases", case(house, who, "INC-20"), who=OPS)
    inside = {"thread_reference": "<20@mail>", "case_id": opened["answer"]["case_id"]}
    await told(house, "contacts", contact(house, who, "m-20", **inside), who=OPS)
    await house.settle()
    _, mail = await post(house, ANA, "/v1/contacts", by_hand(contact(house, who, "m-21", thread_reference="<20@mail>")))
    async with house.ask(ANA) as ana:
        assert (await ana.get(f"/v1/contacts/{mail['contact_id']}")).json()["case_id"] == inside["case_id"]


async def test_a_contact_or_case_names_a_team_that_its_company_runs_or_has_people_in(
    house: Any, live: dict[str, str]
) -> None:
    who, named = live["customer_id"], {"team_id": live["team_id"]}
    for where, line in (
        ("/v1/contacts", contact(house, who, "rival-4", **named)),
        ("/v1/cases", case(house, who, "rival-5", **named)),
    ):
        status, problem = await post(house, GIL, where, by_hand(line))
        assert (status, refusal({"status": status, **problem})[1]) == (403, "not-in-the-team")
        assert (await post(house, ANA, where, by_hand({**line, "external_reference": "own"})))[0] == 201
    await joined(house, live["team_id"])
    assert (await post(house, GIL, "/v1/contacts", by_hand(contact(house, who, "gil-1", **named))))[0] == 201


async def joined(house: Any, team_id: str) -> None:
    """Let gil of desk-c join the team of telco-a, which opens to them."""
    async with house.ask(LEO) as leo:
        etag = (await leo.get(f"/v1/teams/{team_id}")).headers["etag"]
        opening = {"open_to": ["desk-c"]}
        await leo.put(f"/v1/teams/{team_id}/companies", json=opening, headers={"if-match": etag})
    joining = {"person": "gil", "company": "desk-c"}
    assert (await post(house, "lea/desk-c/team-lead", f"/v1/teams/{team_id}/members", joining))[0] == 200


async def test_people_of_several_companies_in_one_team_work_on_its_contacts_and_cases_as_one(
    house: Any, live: dict[str, str]
) -> None:
    who, named = live["customer_id"], {"team_id": live["team_id"]}
    await joined(house, live["team_id"])
    _, first = await post(house, ANA, "/v1/contacts", by_hand(contact(house, who, "both-1", **named)))
    opening = case(house, who, "BOTH", contact_id=first["contact_id"], **named)
    status, opened = await post(house, GIL, "/v1/cases", by_hand(opening))
    assert status == 201, opened
    _, other = await post(house, ANA, "/v1/cases", by_hand(case(house, who, "OTHER", **named)))
    _, spare = await post(house, ANA, "/v1/contacts", by_hand(contact(house, who, "both-2", **named)))
    _, spam = await post(house, ANA, "/v1/contacts", by_hand(contact(house, who, "both-3", **named)))
    await house.settle()
    path = f"/v1/cases/{other['case_id']}"
    about = contact(house, who, "both-4", case_id=other["case_id"], thread_reference="<both@mail>", **named)
    for where, body in (
        (f"{path}/priority", {"priority": "high"}),
        (f"{path}/contacts", {"contact_id": spare["contact_id"]}),
        ("/v1/contacts", by_hand(about)),
        (f"/v1/contacts/{spam['contact_id']}/spam", {}),
    ):
        status, answer = await post(house, GIL, where, body)
        assert status in {200, 201}, (where, answer)
    await house.settle()
    _, mail = await post(
        house, GIL, "/v1/contacts", by_hand({**about, "external_reference": "both-5", "case_id": None})
    )
    async with house.ask(GIL) as gil:
        assert (await gil.get(f"/v1/contacts/{mail['contact_id']}")).json()["case_id"] == other["case_id"]


@pytest.mark.parametrize("person", ["a/b", "..", ".", " a", "a ", "a\u200bb", "a\nb"])
async def test_whom_no_token_or_path_can_name_joins_no_team(house: Any, live: dict[str, str], person: str) -> None:
    path = f"/v1/teams/{live['team_id']}/members"
    assert (await post(house, LEO, path, {"person": person, "company": "telco-a"}))[0] == 422


async def test_what_another_agreement_s_facts_say_of_a_case_changes_neither_it_nor_its_timeline(
    house: Any, live: dict[str, str]
) -> None:
    closed = {"case_id": live["case_id"], "at": "2036-03-03T10:00:00Z", "round": 1}
    path = f"/v1/cases/{live['case_id']}/timeline"
    for agreement_id, says in (("0190a7f2-0000-7000-8000-00000000bbbb", False), (str(house.agreement_id), True)):
        await house.hear("feedback-loop", "case-closed", {**closed, "agreement_id": agreement_id})
        async with house.ask(ANA) as ana:
            whats = [entry["what"] for entry in (await ana.get(path)).json()["items"]]
            loop = (await ana.get(f"/v1/cases/{live['case_id']}")).json()["loop"]
        assert ("case-closed" in whats, loop == "closed") == (says, says)
