"""One agreement from its first draft to a customer who is content, and one case that stays open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from acuerdo_cli.demo.customer import Survey, answer_survey
from acuerdo_cli.demo.people import People
from acuerdo_cli.demo.terms import COMPANIES, DESK, NETWORK, TELCO, terms
from acuerdo_cli.errors import CommandFailed
from acuerdo_client import Problem

Tell = Callable[[str], None]

AGENT, SPLICER, FIELD, LEAD = "lucía@contacto-sur", "iker@red-cobre", "maite@red-cobre", "jon@red-cobre"


class StoryStuck(CommandFailed):
    """The story did not go on as the rules say it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the story leaves behind to look at: one survey that was answered, and the open case's, which waits."""

    agreement_id: str
    closed_case: str
    open_case: str
    answered: Survey
    waiting: Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the story plays: its people, and the voice that tells it."""

    people: People
    tell: Tell
    now: datetime


def play(stage: Stage, chapter: Tell) -> Told:
    """Play the whole story; *chapter* announces each part."""
    chapter("Three companies sign one agreement")
    agreement_id = sign(stage)
    chapter("They send their people")
    teams = staff(stage, agreement_id)
    chapter("A customer has a need")
    case_id = open_case(stage, agreement_id, teams["desk"], "pbx-1001", "No hay línea desde esta mañana.")
    chapter("The work goes from team to team, and is never nobody's")
    hand_around(stage, case_id, teams)
    chapter("The customer is not content: corrective action, another round")
    answered = disappoint(stage, agreement_id, case_id)
    try_to_close(stage, agreement_id, case_id)
    mend(stage, case_id, teams)
    chapter("The customer is content: only this closes the case")
    satisfy(stage, agreement_id, case_id)
    chapter("Another case stays open")
    open_case_id, waiting = leave_open(stage, agreement_id, teams)
    return Told(
        agreement_id=agreement_id, closed_case=case_id, open_case=open_case_id, answered=answered, waiting=waiting
    )


def sign(stage: Stage, agreed: dict[str, Any] | None = None) -> str:
    """Bring the agreement into force, on the story's terms or on those *agreed*, and return its id."""
    people = stage.people
    for company, (name, zone, language) in COMPANIES.items():
        people(company, "manager").agreement.register_company(
            company=company, name=name, time_zone=zone, language=language
        )
        stage.tell(f"{name} is registered, and works in {zone}")
    drafted = people(TELCO, "manager").agreement.draft_agreement(
        title="Acuerdo Global de Servicio Norte",
        parties=list(COMPANIES),
        effective_from=stage.now - timedelta(days=1),
        terms=cast("Any", agreed or terms()),
    )
    agreement_id = drafted.body["agreement_id"]
    proposed = people(TELCO, "manager").agreement.propose_agreement(agreement_id).body
    for company in COMPANIES:
        people(company, "sme").agreement.approve_boundaries(agreement_id, boundaries_hash=proposed["boundaries_hash"])
    stage.tell("an expert of each company approves who is accountable for what; no gap, no overlap")
    for company, (name, _, _) in COMPANIES.items():
        people(company, "manager").agreement.sign_agreement(agreement_id, content_hash=proposed["content_hash"])
        stage.tell(f"{name} signs content {proposed['content_hash'][:12]}…")
    return agreement_id


def staff(stage: Stage, agreement_id: str) -> dict[str, str]:
    """Make one touchpoint team and two solver teams known; return their ids."""
    people = stage.people
    desk = people(DESK, "team-lead").touchpoints.register_team(
        agreement_id=agreement_id,
        name="Atención Bogotá",
        purpose="the face to the customer, day and night",
        time_zone="America/Bogota",
        languages=["es"],
    )
    people(DESK, "team-lead").touchpoints.join_team(desk.body["team_id"], person=AGENT, company=DESK)
    stage.tell("touchpoint team Atención Bogotá: Contacto Sur, five to six hours behind Madrid")
    teams = {"desk": desk.body["team_id"]}
    for key, name, who, activity in (("lines", "Planta externa", SPLICER, "repair"), ("core", "Núcleo", FIELD, "core")):
        made = people(NETWORK, "team-lead").solver_teams.register_team(
            agreement_id=agreement_id,
            name=name,
            members=[{"person": who, "company": NETWORK}, {"person": LEAD, "company": NETWORK}],
            coverage=[{"service": "fibre", "activity": activity, "region": "*"}],
        )
        teams[key] = made.body["team_id"]
        stage.tell(f"solver team {name}: Red Cobre")
    billing = people(TELCO, "team-lead").solver_teams.register_team(
        agreement_id=agreement_id,
        name="Facturación",
        members=[{"person": "ane@telco-norte", "company": TELCO}],
        coverage=[{"service": "billing", "activity": "*", "region": "*"}],
    )
    teams["billing"] = billing.body["team_id"]
    stage.tell("solver team Facturación: Telco Norte")
    return teams


def open_case(stage: Stage, agreement_id: str, desk: str, reference: str, need: str, *, service: str = "fibre") -> str:
    """Take a contact and open the customer's case; return its id."""
    agent = stage.people(DESK, "touchpoint-agent", AGENT).touchpoints
    customer = agent.register_customer(
        agreement_id=agreement_id,
        external_reference=f"customer-of-{reference}",
        language="es",
        personal={"name": "Begoña", "phone": "+34 600 000 000"},
    ).body["customer_id"]
    contact = agent.record_contact(
        agreement_id=agreement_id,
        customer_id=customer,
        channel="phone",
        external_reference=reference,
        team_id=desk,
        summary=need,
    ).body["contact_id"]
    case_id = agent.open_case(
        agreement_id=agreement_id,
        customer_id=customer,
        contact_id=contact,
        team_id=desk,
        service=service,
        activity="repair",
        region="norte",
        need=need,
        expectation="Que alguien me diga cuándo.",
        external_reference=f"case-of-{reference}",
    ).body["case_id"]
    shown = agent.get_case(case_id).body
    stage.tell(f"a call: «{need}»  The words are sealed; only who is entitled reads them")
    stage.tell(f"case {case_id}: priority {shown['priority']}, accountable {shown['accountable']} by {_clause(shown)}")
    return case_id


def hand_around(stage: Stage, case_id: str, teams: dict[str, str]) -> None:
    """Let the work be offered, accepted, handed over with a package, and solved."""
    people = stage.people
    item = _item(stage, case_id)
    proposal = item["proposal"] or {"reasons": ["nobody covers it"]}
    stage.tell(f"the system proposes: {'; '.join(proposal['reasons'])}")
    people(DESK, "touchpoint-agent", AGENT).solver_teams.offer_work(case_id, item["item_id"], team_id=teams["lines"])
    stage.tell("the agent decides and offers the work to Planta externa; until they accept, Contacto Sur holds it")
    splicer = people(NETWORK, "solver", SPLICER).solver_teams
    splicer.accept_work(case_id, item["item_id"], team_id=teams["lines"])
    stage.tell("Iker of Red Cobre accepts")
    splicer.hand_over(
        case_id,
        item["item_id"],
        team_id=teams["lines"],
        to_team_id=teams["billing"],
        package={
            "context": "line measured, no fault; service was cut for an unpaid bill",
            "promises": "the customer hears from us before six",
            "next_step": "check the payment of March",
        },
    )
    stage.tell("he hands over to Facturación of Telco Norte: context, promises, next step")
    billing = people(TELCO, "solver", "ane@telco-norte").solver_teams
    billing.accept_hand_over(case_id, item["item_id"], team_id=teams["billing"])
    stage.tell(f"Ane of Telco Norte accepts; accountable is still {billing.get_work(case_id).body['accountable']}")
    billing.solve_work(case_id, item["item_id"], team_id=teams["billing"], cause="payment-misread", action="unblocked")
    stage.tell("she proposes a solution: payment-misread, unblocked")


def disappoint(stage: Stage, agreement_id: str, case_id: str) -> Survey:
    """Let the customer answer that it does not work."""
    survey = deliver(stage, agreement_id, case_id)
    answer_survey(survey, score=2, comment="Sigue sin funcionar.")
    loop = stage.people(DESK, "touchpoint-agent", AGENT).feedback_loop.read_loop(case_id).body
    stage.tell(f"she opens her link on her phone and answers 2 of 5: round {loop['round']} begins, the case is open")
    stage.tell(f"escalated to the {loop['escalated_to']}, as the agreement says for round {loop['round']}")
    return survey


def try_to_close(stage: Stage, agreement_id: str, case_id: str) -> None:
    """Show that nobody can answer for the customer."""
    del agreement_id
    agent = stage.people(DESK, "touchpoint-agent", AGENT).feedback_loop
    try:
        agent.take_feedback(case_id, scale="csat", score=5, channel="phone")
    except Problem as problem:
        stage.tell(f"the agent tries to enter a 5 for her: {problem.status}, {problem.title}")
    else:
        raise StoryStuck("feedback was taken while no answer was asked for")


def mend(stage: Stage, case_id: str, teams: dict[str, str]) -> None:
    """State the cause, do the corrective action, and solve the second round."""
    people = stage.people
    lead = people(NETWORK, "team-lead", LEAD).feedback_loop
    lead.state_root_cause(case_id, cause="the port stayed blocked after the payment was found")
    action = lead.open_corrective_action(
        case_id,
        company=NETWORK,
        what="unblock the port, and let the billing system do so by itself",
        due=stage.now + timedelta(days=2),
    ).body["action_id"]
    lead.finish_corrective_action(case_id, action, evidence="port open since 12:04, light measured at the home")
    stage.tell("Jon of Red Cobre states the root cause and does the corrective action, with evidence")
    item = _item(stage, case_id)["item_id"]
    people(TELCO, "solver", "ane@telco-norte").solver_teams.hand_over(
        case_id,
        item,
        team_id=teams["billing"],
        to_team_id=teams["lines"],
        package={
            "context": "paid and unblocked on our side, the line is still dead",
            "promises": "she is called when there is light",
            "next_step": "see that the port opened",
        },
    )
    splicer = people(NETWORK, "solver", SPLICER).solver_teams
    splicer.accept_hand_over(case_id, item, team_id=teams["lines"])
    stage.tell("the work came back to Ane, who held it last; she hands it over to Planta externa, and Iker accepts")
    splicer.solve_work(case_id, item, team_id=teams["lines"], cause="port-blocked", action="port-opened")
    stage.tell("Planta externa solves the second round: port-blocked, port-opened")


def satisfy(stage: Stage, agreement_id: str, case_id: str) -> None:
    """Let the customer answer that she is content."""
    answer_survey(deliver(stage, agreement_id, case_id), score=5, comment="Gracias, ya va.")
    desk = stage.people(DESK, "touchpoint-agent", AGENT)
    loop = desk.feedback_loop.read_loop(case_id).body
    if loop["state"] != "closed":
        raise StoryStuck(f"the case is {loop['state']} after positive feedback")
    stage.tell(f"she answers 5 of 5: closed in round {loop['round']}")
    clock = desk.solver_teams.get_work_clock(case_id).body
    stage.tell(
        f"the customer's clock: {clock['customer_seconds']:.1f} s = {clock['working_seconds']:.1f} s of work"
        f" + {clock['paused_seconds']:.1f} s waiting + {clock['unowned_seconds']:.1f} s nobody's"
    )


def leave_open(stage: Stage, agreement_id: str, teams: dict[str, str]) -> tuple[str, Survey]:
    """Open a case whose customer does not answer; return its id and the survey that waits."""
    need = "La factura de abril no cuadra."
    case_id = open_case(stage, agreement_id, teams["desk"], "pbx-1002", need, service="billing")
    item = _item(stage, case_id)
    people = stage.people
    people(DESK, "touchpoint-agent", AGENT).solver_teams.offer_work(case_id, item["item_id"], team_id=teams["billing"])
    billing = people(TELCO, "solver", "ane@telco-norte").solver_teams
    billing.accept_work(case_id, item["item_id"], team_id=teams["billing"])
    billing.solve_work(case_id, item["item_id"], team_id=teams["billing"], cause="rounding", action="corrected")
    survey = deliver(stage, agreement_id, case_id)
    keep_from_a_rival(stage, case_id)
    loop = people(DESK, "touchpoint-agent", AGENT).feedback_loop.read_loop(case_id).body
    stage.tell(f"she has not answered: {loop['state']}. After the reminders a person will call; silence closes nothing")
    return case_id, survey


def keep_from_a_rival(stage: Stage, case_id: str) -> None:
    """Show that what people write about a case stays with the companies on it, as the agreement says."""
    people, cause = stage.people, "the tariffs of April were loaded a day late"
    people(TELCO, "team-lead").feedback_loop.state_root_cause(case_id, cause=cause)
    on_it = people(DESK, "touchpoint-agent", AGENT).feedback_loop.read_loop(case_id).body
    rival = people(NETWORK, "manager").feedback_loop.read_loop(case_id).body
    read = (on_it["rounds"][-1].get("root_cause"), rival["rounds"][-1].get("root_cause"), rival["hidden"])
    if read != (cause, None, ["root_cause"]):
        raise StoryStuck("a root cause is not shown as the agreement shares it")
    stage.tell(f"Telco Norte states the cause: «{cause}». Contacto Sur, on the case, reads it")
    stage.tell("Red Cobre is not on this case: it sees that a cause was stated, and not one word of it (clause sh-3)")


def deliver(stage: Stage, agreement_id: str, case_id: str) -> Survey:
    """Let the desk's messaging service fetch the survey link, as no person may, and hand it to the customer."""
    messaging = stage.people(DESK, "integrator", "messaging").feedback_loop
    waiting = messaging.list_survey_deliveries(agreement_id=agreement_id).body["items"]
    mine = next((one for one in waiting if one["case_id"] == case_id), None)
    if mine is None:
        raise StoryStuck("no survey link waits for this case")
    messaging.confirm_survey_delivery(mine["request_id"], n=mine["n"])
    stage.tell("feedback is asked: the link goes to the customer by a messaging service; no person can read it")
    return Survey(address=mine["address"])


def _item(stage: Stage, case_id: str) -> Any:
    items = stage.people(DESK, "touchpoint-agent", AGENT).solver_teams.get_work(case_id).body["items"]
    if not items:
        raise StoryStuck("the case has no work to do")
    return items[0]


def _clause(shown: Any) -> str:
    clause = shown["accountable_clause"]
    return f"clause {clause}" if clause else str(shown["accountable_rule"])
