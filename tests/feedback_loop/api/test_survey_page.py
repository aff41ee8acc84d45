"""The customer's page: opening it records nothing, sending it does, once, and nobody else can answer."""

import logging
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import msgspec
import pytest

from common.handling import TooContended
from common.refusals import Unavailable
from common.security.sealing import unseal
from feedback_loop.history import LOOP, history

ANA = "ana/telco-a/touchpoint-agent"
ROBOT = "robot/telco-a/integrator"
OTHER_ROBOT = "robot/field-b/integrator"
STAFF = "ana/telco-a/touchpoint-agent+solver+team-lead+sme+manager+committee-member+operator+auditor"


async def asked(house: Any, **more: Any) -> UUID:
    case_id = await house.open(**more)
    await house.solve(case_id)
    return case_id


async def facts_of(house: Any, case_id: UUID) -> list[str]:
    return [one.name for one in await house.parts.store.read(f"loop-{case_id}")]


async def opened(house: Any, path: str, **headers: str) -> httpx.Response:
    async with house.ask("") as browser:
        return await browser.get(path, headers=headers)


async def test_opening_the_link_records_nothing_whoever_opens_it(house: Any) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)
    before = await facts_of(house, case_id)
    await opened(house, path)
    await opened(house, path, **{"sec-purpose": "prefetch"})
    async with house.ask("") as scanner:
        head = await scanner.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert await facts_of(house, case_id) == before


async def test_sending_the_form_records_the_answer_and_seals_the_comment(house: Any) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)
    answer = await house.answer(path, score="2", reason="took-too-long", comment="  I am Lucía, at 300 555 0199 ")
    assert answer.status_code == 200
    assert "Su caso sigue abierto" in answer.text
    recorded = await house.parts.store.read(f"loop-{case_id}")
    fact = next(history.recall(one) for one in recorded if one.name == "feedback-received")
    assert (fact.verdict, fact.reason.text, fact.source) == (
        "negative",
        "took-too-long",
        "customer-link",
    )
    assert all("Lucía".encode() not in one.data and b"0199" not in one.data for one in recorded)
    said = {"comment": "I am Lucía, at 300 555 0199", "case_id": str(case_id)}
    assert unseal(house.keys.private, fact.comment) == said


async def test_a_positive_answer_closes_the_case_and_a_second_one_changes_nothing(house: Any) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)
    assert "Gracias" in (await house.answer(path, score="5")).text
    after = await facts_of(house, case_id)
    again = await house.answer(path, score="1")
    assert again.status_code == 409
    assert "Ya tenemos su respuesta" in again.text
    assert "Ya tenemos su respuesta" in (await opened(house, path)).text
    assert await facts_of(house, case_id) == after


async def test_an_expired_link_says_so_kindly(house: Any) -> None:
    case_id = await asked(house, language="en")
    path = await house.link(case_id)
    house.now += timedelta(days=31)
    assert (await opened(house, path)).status_code == 410
    answer = await house.answer(path, score="5")
    assert answer.status_code == 410
    assert "This link has run out" in answer.text
    assert "case-closed" not in await facts_of(house, case_id)


async def test_a_link_of_an_earlier_round_is_refused(house: Any) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)
    async with house.ask(ANA) as ana:
        await ana.post(f"/v1/loops/{case_id}/parkings", json={"reason": "withdrawn", "text": "x"})
    await house.post("mia/telco-a/manager", f"/v1/loops/{case_id}/parking-approvals", {})
    house.now += timedelta(hours=1)
    await house.post(ANA, f"/v1/loops/{case_id}/returns", {})
    answer = await house.answer(path, score="5")
    assert answer.status_code == 410
    assert "vuelta anterior" in answer.text


async def test_a_forged_or_broken_link_is_no_link(house: Any) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)
    claims = jwt.decode(path.removeprefix("/survey/"), options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 32, algorithm="HS256")
    unsigned = jwt.encode(claims, "", algorithm="none")
    for token in (forged, unsigned, "nonsense", path.removeprefix("/survey/")[:-2]):
        assert (await house.answer(f"/survey/{token}", score="5")).status_code == 404
    assert "feedback-received" not in await facts_of(house, case_id)


async def test_a_staff_token_in_place_of_a_link_opens_nothing(house: Any) -> None:
    assert (await opened(house, "/survey/ana")).status_code == 404


async def test_the_page_speaks_the_customers_language_and_switches(house: Any) -> None:
    path = await house.link(await asked(house, language="es-MX"))
    spanish = await opened(house, path)
    assert '<html lang="es">' in spanish.text
    assert "¿Está conforme con la solución?" in spanish.text
    english = await opened(house, f"{path}?lang=en")
    assert '<html lang="en">' in english.text
    assert english.headers["content-language"] == "en"
    assert '<html lang="en">' in (await opened(house, await house.link(await asked(house, language="de")))).text
    assert "no es válido" in (await opened(house, "/survey/x", **{"accept-language": "es-CO,es;q=0.9"})).text


async def test_the_page_is_plain_accessible_and_kept_by_nobody(house: Any) -> None:
    page = await opened(house, await house.link(await asked(house)))
    assert "<script" not in page.text
    assert 'name="viewport"' in page.text
    assert page.text.count('type="radio" name="score"') == 5
    assert page.text.count("<fieldset") == page.text.count("<legend") == 2
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers.get_list("x-content-type-options") == ["nosniff"]
    assert "noindex" in page.headers["x-robots-tag"]
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not re.search(r'(src|href)="(http|//)', page.text)


async def test_a_form_without_an_answer_is_shown_again_with_what_was_written(house: Any) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)
    for score in ("", "9", "five", "99999999999999999999"):
        again = await house.answer(path, score=score, comment="<b>slow</b>")
        assert again.status_code == 422
        assert "&lt;b&gt;slow&lt;/b&gt;" in again.text
    assert "feedback-received" not in await facts_of(house, case_id)


async def test_files_and_odd_bodies_are_no_answer(house: Any) -> None:
    path = await house.link(await asked(house))
    async with house.ask("") as browser:
        upload = await browser.post(path, files={"score": ("x.txt", b"5")})
        json = await browser.post(path, json={"score": 5})
        large = await browser.post(path, data={"score": "5", "comment": "x" * 3_000_000})
    assert (upload.status_code, json.status_code, large.status_code) == (422, 422, 413)


async def test_the_customers_answer_outranks_what_somebody_took(house: Any) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)
    await house.post(ANA, f"/v1/loops/{case_id}/taken-feedback", {"scale": "csat", "score": 5, "channel": "phone"})
    await house.answer(path, score="1", reason="not-solved")
    approval = await house.post("bea/field-b/team-lead", f"/v1/loops/{case_id}/approvals", {})
    assert approval.status_code == 409
    assert "taken-feedback-superseded" in await facts_of(house, case_id)


async def test_no_staff_can_read_the_link_only_an_integrator_and_that_is_a_fact(house: Any) -> None:
    case_id = await asked(house)
    assert (await house.get(STAFF, "/v1/survey-deliveries")).status_code == 403
    await house.link(case_id)
    issued = [one for one in await house.parts.store.read(f"loop-{case_id}") if one.name == "survey-link-issued"]
    assert [msgspec.json.decode(one.data)["to"]["company"] for one in issued] == ["telco-a"]
    await house.link(case_id)
    assert (await facts_of(house, case_id)).count("survey-link-issued") == 1
    for token in (ANA, ROBOT):
        for path in (f"/v1/loops/{case_id}", f"/v1/loops/{case_id}/history", "/v1/loops"):
            assert "eyJ" not in (await house.get(token, path)).text


async def test_a_delivery_leaves_the_list_when_it_is_confirmed_and_its_reminder_comes(house: Any) -> None:
    case_id = await asked(house)

    async def pending(token: str = ROBOT) -> list[tuple[str, int]]:
        answer = await house.get(token, "/v1/survey-deliveries", agreement_id=str(house.agreement_id))
        await house.settle()
        return [(one["purpose"], one["n"]) for one in answer.json()["items"] if one["case_id"] == str(case_id)]

    assert await pending() == [("asking", 0)]
    request_id = (await house.get(ANA, f"/v1/loops/{case_id}")).json()["request_id"]
    confirm = f"/v1/survey-deliveries/{request_id}/confirmations"
    assert (await house.post("robot-2/telco-a/integrator", confirm, {"n": 0})).status_code == 409
    assert (await house.post(ROBOT, confirm, {"n": 0})).status_code == 201
    assert await pending() == []
    await house.pass_time(timedelta(days=2))
    assert await pending() == [("reminder", 1)]
    assert (await house.post(ROBOT, confirm, {"n": 1})).status_code == 201
    assert await pending() == []


async def test_a_rival_party_never_gets_the_link_of_a_customer_of_anothers_touchpoint(house: Any) -> None:
    theirs, ours = await asked(house), await asked(house, company="field-b")
    await house.link(theirs)
    answer = await house.get(OTHER_ROBOT, "/v1/survey-deliveries", agreement_id=str(house.agreement_id))
    assert [one["case_id"] for one in answer.json()["items"]] == [str(ours)]
    request_id = (await house.get(ANA, f"/v1/loops/{theirs}")).json()["request_id"]
    confirmed = await house.post(OTHER_ROBOT, f"/v1/survey-deliveries/{request_id}/confirmations", {"n": 0})
    assert (confirmed.status_code, confirmed.json()["type"]) == (404, "urn:acuerdo:refusal:request-unknown")


async def test_guessing_links_is_slowed_down_while_customers_are_served(house: Any) -> None:
    path = await house.link(await asked(house))
    statuses = [(await opened(house, f"/survey/guess-{number}")).status_code for number in range(40)]
    assert set(statuses) == {404, 429}
    busy = await opened(house, "/survey/guess")
    assert busy.headers["retry-after"] == "60"
    assert (await opened(house, path)).status_code == 200
    house.now += timedelta(minutes=1)
    assert (await opened(house, "/survey/guess")).status_code == 404


async def test_the_token_is_in_no_log(house: Any, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    path = await house.link(await asked(house))
    with caplog.at_level(logging.DEBUG, logger="common"):
        await opened(house, path)
        await house.answer(path, score="5")
        await house.answer(path + "x", score="5")
    shown = capsys.readouterr()
    logged = "".join(one.getMessage() for one in caplog.records if not one.name.startswith("httpx"))
    assert path.removeprefix("/survey/") not in logged + shown.out + shown.err


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("es", "{name} le pregunta por su caso <strong>T-&lt;17&gt;</strong> (Internet por fibra, abierto el {day} "),
        ("en", "{name} asks about your case <strong>T-&lt;17&gt;</strong> (Internet por fibra, opened on {day} "),
    ],
)
async def test_the_page_says_which_company_asks_about_which_case(house: Any, language: str, says: str) -> None:
    case_id = await asked(house, language=language, external_reference="T-<17>")
    page = await opened(house, await house.link(case_id))
    began = (await house.parts.handle.look(LOOP, case_id)).state.life.about.opened_at
    assert says.format(name="\u2068Compañía A\u2069", day=began.day) in page.text
    assert str(began.year) in page.text


async def test_a_case_without_a_reference_is_known_by_its_service_and_day(house: Any) -> None:
    page = await opened(house, await house.link(await asked(house)))
    assert "\u2068Compañía A\u2069 le pregunta por su caso (Internet por fibra, abierto el " in page.text


async def test_when_a_newer_link_was_delivered_the_one_before_is_good_no_longer(house: Any) -> None:
    case_id = await asked(house)
    before = await house.link(case_id)
    again = await house.post("ana/telco-a/touchpoint-agent", f"/v1/loops/{case_id}/asks", {})
    assert again.status_code == 201, again.text
    assert (await opened(house, before)).status_code == 200, "nobody has the newer one yet"
    newest = await house.link(case_id)
    request_id = (await house.parts.handle.look(LOOP, case_id)).state.life.requests[-1].request_id
    robot, path = "robot/telco-a/integrator", f"/v1/survey-deliveries/{request_id}/confirmations"
    confirmed = await house.post(robot, path, {"n": 0})
    assert confirmed.is_success, confirmed.text
    page, answer = await opened(house, before), await house.answer(before, score="5")
    assert {page.status_code, answer.status_code} == {410}
    assert "Le hemos enviado un enlace más reciente" in page.text
    assert (await house.answer(newest, score="5")).status_code == 200


async def test_names_come_from_the_newest_version_and_codes_stand_where_there_are_none(house: Any) -> None:
    path = await house.link(await asked(house, service="television"))
    assert "\u2068Compañía A\u2069 le pregunta por su caso (television, abierto el " in (await opened(house, path)).text
    await house.sign(version=2, names={"telco-a": "A & <B>"})
    assert "\u2068A &amp; &lt;B&gt;\u2069 le pregunta por su caso (television, " in (await opened(house, path)).text


async def test_whoever_writes_to_the_customer_is_given_the_names(house: Any) -> None:
    case_id = await asked(house, external_reference="T-17")
    waiting = (await house.get(ROBOT, "/v1/survey-deliveries")).json()["items"]
    told = next(one for one in waiting if one["case_id"] == str(case_id))
    said = [told[field] for field in ("company", "company_name", "service_name", "external_reference")]
    assert said == ["telco-a", "Compañía A", "Internet por fibra", "T-17"]


async def test_what_is_no_question_says_nothing_of_the_case(house: Any) -> None:
    """Who finds a used link finds no reference in it."""
    path = await house.link(await asked(house, external_reference="T-17"))
    assert "T-17" not in (await house.answer(path, score="5")).text
    assert "T-17" not in (await opened(house, path)).text


@pytest.mark.parametrize("why", [Unavailable("the database cannot be reached"), TooContended(), ConnectionResetError()])
@pytest.mark.parametrize("where", ["read", "append"])
async def test_a_link_is_not_said_to_be_invalid_because_nothing_can_be_kept_now(
    house: Any, monkeypatch: pytest.MonkeyPatch, why: Exception, where: str
) -> None:
    case_id = await asked(house)
    path = await house.link(case_id)

    async def fail(*_given: Any, **_named: Any) -> Any:
        raise why

    with monkeypatch.context() as broken:
        broken.setattr(type(house.parts.store), where, fail)
        answer = await house.answer(path, score="5")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    said = {"read": "Your link is still good", "append": "Su enlace sigue siendo válido"}  # whose case it is is read
    assert said[where] in answer.text
    assert (await house.answer(path, score="5")).status_code == 200


async def test_a_failure_of_ours_is_not_said_to_be_the_links(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = await house.link(await asked(house))

    async def fail(*_given: Any, **_named: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(type(house.parts.store), "append", fail)
    assert (await house.answer(path, score="5")).status_code == 500
