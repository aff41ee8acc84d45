"""Four services, really running: an agreement's life as partners live it, and every way around the customer tried."""

import json
import re
from collections.abc import Generator
from typing import Any

import httpx
import pytest

from acuerdo_cli.demo.customer import answer_survey
from acuerdo_cli.demo.events import facts_on_nats
from acuerdo_cli.demo.people import People, people
from acuerdo_cli.demo.story import AGENT, Stage, Told, deliver, play
from acuerdo_cli.demo.terms import COMPANIES, DESK, NETWORK, TELCO
from acuerdo_cli.deployment import Deployment
from acuerdo_client import Addresses, Problem
from common.running.service import now

pytestmark = pytest.mark.journey

ROLES = (
    "touchpoint-agent", "solver", "team-lead", "sme", "manager", "committee-member", "integrator", "operator",
    "auditor",
)  # fmt: skip
STRANGER = "rival-x"


@pytest.fixture(scope="module")
def cast(deployment: Deployment) -> Generator[People]:
    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        yield cast


@pytest.fixture(scope="module")
def stage(cast: People) -> Stage:
    return Stage(people=cast, tell=lambda _: None, now=now())


@pytest.fixture(scope="module")
def told(stage: Stage) -> Told:
    return play(stage, lambda _: None)


def test_a_case_closes_with_the_customers_positive_word_and_another_stays_open(told: Told, cast: People) -> None:
    loops = cast(DESK, "touchpoint-agent", AGENT).feedback_loop
    closed, left_open = loops.read_loop(told.closed_case).body, loops.read_loop(told.open_case).body
    assert (closed["state"], closed["round"], closed["verdict"]) == ("closed", 2, "positive")
    assert (left_open["state"], left_open["round"]) == ("awaiting-feedback", 1)
    page = httpx.get(told.waiting.address, timeout=30)
    assert (page.status_code, "<form" in page.text) == (200, True), "whoever looks at the demo can answer it"


def test_accountability_stays_while_the_work_goes_round(told: Told, cast: People) -> None:
    work = cast(TELCO, "manager").solver_teams.get_work(told.closed_case).body
    assert work["accountable"] == NETWORK
    assert {(one["company"]) for one in work["held_in_round"]} == {TELCO, NETWORK}
    clock = cast(TELCO, "manager").solver_teams.get_work_clock(told.closed_case).body
    assert clock["unowned_seconds"] == 0
    parts = clock["working_seconds"] + clock["paused_seconds"] + clock["unowned_seconds"]
    assert parts == pytest.approx(clock["customer_seconds"])


def test_one_timeline_tells_the_case_across_companies_and_channels(told: Told, cast: People) -> None:
    entries = cast(DESK, "touchpoint-agent", AGENT).touchpoints.get_timeline(told.closed_case).body["items"]
    moments = [one["happened_at"] for one in entries]
    assert moments == sorted(moments)
    said = [one["what"] for one in entries]
    milestones = ["work-offered", "solution-proposed", "feedback-asked", "feedback-received", "case-closed"]
    assert all(one in said for one in milestones), said
    assert said.count("feedback-received") == 2


def test_a_negative_experience_is_kept_with_its_correction_and_the_positive_one(told: Told, cast: People) -> None:
    recoveries = cast(TELCO, "manager").feedback_loop.list_recoveries(agreement_id=told.agreement_id).body["items"]
    mine = [one for one in recoveries if one["case_id"] == told.closed_case]
    assert len(mine) == 1


def test_the_case_is_measured_against_the_clauses_it_was_opened_under(told: Told, cast: People) -> None:
    measure = cast(TELCO, "manager").agreement.get_case_measure(told.closed_case).body
    assert measure["stretches"], "response and resolution are measured by the agreement service from published facts"


def test_each_hand_off_between_companies_is_judged_by_its_clause(told: Told, cast: People) -> None:
    rows = cast(TELCO, "manager").agreement.get_case_hand_off_commitments(told.closed_case).body["commitments"]
    assert [(one["customer"], one["supplier"], one["target"], one["clause_id"], one["verdict"]) for one in rows] == [
        (DESK, NETWORK, "acceptance", "o-1", "met"),
        (DESK, NETWORK, "resolution", "o-1", "met"),
        (NETWORK, TELCO, "acceptance", "o-2", "met"),
        (NETWORK, TELCO, "resolution", "o-2", "met"),
    ]


def test_every_company_reads_the_same_facts_over_http_and_on_nats(
    told: Told, cast: People, deployment: Deployment
) -> None:
    token = deployment.token(company=TELCO, roles=["integrator"], person="warehouse")
    heard = set(facts_on_nats(deployment.facts_url, token, TELCO, told.agreement_id))
    integrator = cast(TELCO, "integrator", "warehouse")
    for name, service in _services(integrator).items():
        answer = service.list_facts(agreement_id=told.agreement_id, limit=1_000).body
        read = {(name, one["type"].split(".")[2]) for one in answer["items"]}
        assert read == {pair for pair in heard if pair[0] == name}


def test_a_company_that_is_no_party_sees_nothing_of_it(told: Told, cast: People) -> None:
    stranger = cast(STRANGER, "manager")
    for name, service in _services(cast(STRANGER, "integrator", "spy")).items():
        assert service.list_facts().body["items"] == [], name
        with pytest.raises(Problem) as refused:
            service.list_facts(agreement_id=told.agreement_id)
        assert refused.value.status == 404
    for ask in (
        lambda: stranger.feedback_loop.read_loop(told.open_case),
        lambda: stranger.solver_teams.get_work(told.open_case),
        lambda: stranger.touchpoints.get_case(told.open_case),
        lambda: stranger.agreement.get_agreement(told.agreement_id),
    ):
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.status == 404
    assert stranger.feedback_loop.list_loops().body["items"] == []


def test_nobody_takes_the_customers_answer_alone(told: Told, stage: Stage, cast: People) -> None:
    agent = cast(DESK, "touchpoint-agent", AGENT).feedback_loop
    feedback = agent.take_feedback(told.open_case, scale="csat", score=5, channel="phone").body["feedback_id"]
    for colleague in (cast(DESK, "team-lead"), cast(DESK, "manager")):
        with pytest.raises(Problem):
            colleague.feedback_loop.approve_feedback(told.open_case, feedback_id=feedback)
    assert agent.read_loop(told.open_case).body["state"] != "closed"
    cast(TELCO, "manager").feedback_loop.refuse_feedback(told.open_case, feedback_id=feedback, reason="I called her")
    assert agent.read_loop(told.open_case).body["state"] != "closed"


def test_no_operation_of_any_service_in_any_role_closes_a_case(
    told: Told, deployment: Deployment, cast: People
) -> None:
    """Every operation that changes something is tried on the open case, by every role of every company."""
    fill = {"case_id": told.open_case, "agreement_id": told.agreement_id}
    with httpx.Client(timeout=30) as wire:
        for url in deployment.urls.values():
            paths = wire.get(f"{url}/openapi.json").json()["paths"]
            changing = [(path, verb) for path, verbs in paths.items() for verb in verbs if verb not in {"get", "head"}]
            for path, verb in changing:
                if "{case_id}" not in path or "survey" in path:
                    continue
                for company in COMPANIES:
                    for role in ROLES:
                        _try(wire, url, path, verb, fill, deployment.token(company=company, roles=[role]))
            words = {word for path in paths for word in re.split("[/-]", path)}
            assert not {word for word in words if word.startswith("clos")}, "there is no way to close"
    loop = cast(DESK, "touchpoint-agent", AGENT).feedback_loop.read_loop(told.open_case).body
    assert loop["state"] != "closed"
    assert loop["closed_at"] is None


def test_a_survey_link_answers_once_and_only_for_its_own_round(told: Told, stage: Stage, cast: People) -> None:
    before = cast(DESK, "touchpoint-agent", AGENT).feedback_loop.read_loop(told.closed_case).body
    with httpx.Client(timeout=30) as phone:
        again = phone.post(told.answered.address, data={"score": "5"})
        looked = phone.get(told.answered.address)
    after = cast(DESK, "touchpoint-agent", AGENT).feedback_loop.read_loop(told.closed_case).body
    assert again.status_code in {200, 409, 410}
    assert looked.status_code < 500
    assert after["rounds"] == before["rounds"], "the first round's answer stays as it was"


def test_a_closed_case_comes_back_with_its_customer(told: Told, stage: Stage, cast: People) -> None:
    agent = cast(DESK, "touchpoint-agent", AGENT)
    case = agent.touchpoints.get_case(told.closed_case).body
    agent.touchpoints.record_contact(
        agreement_id=told.agreement_id,
        customer_id=case["customer_id"],
        case_id=told.closed_case,
        channel="phone",
        external_reference="pbx-back-again",
        summary="Otra vez sin línea.",
    )
    agent.touchpoints.get_case(told.closed_case)  # read along the way it goes, each service waits for the one before
    came_back = agent.feedback_loop.read_loop(told.closed_case).body
    assert (came_back["state"], came_back["round"]) == ("in-work", 3)
    item = agent.solver_teams.get_work(told.closed_case).body["items"][0]
    holder = cast(NETWORK, "solver", "iker@red-cobre").solver_teams
    holder.solve_work(
        told.closed_case, item["item_id"], team_id=item["holder"]["team_id"] or "", cause="water", action="dried"
    )
    lead = cast(NETWORK, "team-lead", "jon@red-cobre").feedback_loop
    if lead.read_loop(told.closed_case).body["state"] != "awaiting-feedback":
        lead.state_root_cause(told.closed_case, cause="water in the box")
        action = lead.open_corrective_action(
            told.closed_case, company=NETWORK, what="seal the box", due="2030-01-01T00:00:00Z"
        ).body["action_id"]
        lead.finish_corrective_action(told.closed_case, action, evidence="sealed")
    answer_survey(deliver(stage, told.agreement_id, told.closed_case), score=4, comment="Bien.")
    closed = agent.feedback_loop.read_loop(told.closed_case).body
    assert (closed["state"], closed["round"]) == ("closed", 3)


def _services(client: Any) -> dict[str, Any]:
    return {
        "agreement": client.agreement,
        "touchpoints": client.touchpoints,
        "solver-teams": client.solver_teams,
        "feedback-loop": client.feedback_loop,
    }


def _try(wire: httpx.Client, url: str, path: str, verb: str, fill: dict[str, str], token: str) -> None:
    """Send a plausible body for closing; whatever is answered, it is never our own failure."""
    filled = path
    for name, value in fill.items():
        filled = filled.replace(f"{{{name}}}", value)
    while "{" in filled:
        start, end = filled.index("{"), filled.index("}")
        filled = filled[:start] + "00000000-0000-0000-0000-000000000001" + filled[end + 1 :]
    body = {"state": "closed", "verdict": "positive", "score": 5, "scale": "csat", "channel": "phone", "reason": "done"}
    headers = {"authorization": f"Bearer {token}", "if-match": "*", "content-type": "application/json"}
    answer = wire.request(verb.upper(), url + filled, content=json.dumps(body), headers=headers)
    assert answer.status_code < 500, (path, answer.text)
