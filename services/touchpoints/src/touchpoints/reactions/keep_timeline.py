"""What others state about a case, and who follows it wants to know, stands on its timeline: codes, no words of people.

``tests/contracts/test_every_fact_of_a_case_is_on_its_timeline.py`` names what is left out, and why.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from common.messaging.keeping import Keeping
from common.messaging.waiting import Letter
from common.values import value
from touchpoints.projections.timeline import Told, told


@value
class By:
    """Of a person, the company."""

    company: str


@value
class Stated:
    """The fields that are read of any such fact, whichever of them it has."""

    case_id: UUID | None
    agreement_id: UUID
    at: datetime
    round: int | None = None
    team_id: UUID | None = None
    company: str | None = None
    person: str | None = None
    to_team_id: UUID | None = None
    to_company: str | None = None
    offered_by: By | None = None
    opened_by: By | None = None
    withdrawn_by: By | None = None
    answered_by: By | None = None
    noted_by: By | None = None
    approved_by: By | None = None
    by: By | None = None


@value
class Asked(Stated):
    """A question to a company, or to the customer."""

    asked_company: str | None


@value
class ForReason(Stated):
    """The reason is a code."""

    reason: str


@value
class Parking(ForReason):
    """Why a case is to rest, and which case it duplicates."""

    primary_case_id: UUID | None = None


@value
class Solved(Stated):
    """Cause and action are codes."""

    cause: str
    action: str


@value
class Judged(Stated):
    """What the customer's answer means under the agreement."""

    verdict: str


@value
class Because(Stated):
    """Why the customer is asked, as a code."""

    because: str | None = None


@value
class Counted(Stated):
    """The number of a reminder, 0 before the first."""

    n: int


@value
class Escalated(Stated):
    """Before whom it was brought."""

    to: str


@value
class Promised(Stated):
    """What was promised by which clause, and by whom to whom."""

    clause_id: str
    target: str | None = None
    customer: str | None = None
    supplier: str | None = None
    against: str | None = None


@value
class Claimed(Stated):
    """The clause that a wish was first claimed under."""

    claimed_clause_id: str | None = None
    claimed_against: str | None = None


Detail = Callable[..., str | None]


def _nothing(_: Stated) -> None:
    return None


def _asked(fact: Asked) -> str:
    return "asks the customer" if fact.asked_company is None else f"asks {fact.asked_company}"


def _reason(fact: ForReason) -> str:
    return fact.reason


def _unparked(fact: ForReason) -> str:
    """Return a code also of a first version, which has a person's own words where there is a person."""
    return fact.reason if fact.by is None else "person-decided"


def _parking(fact: Parking) -> str:
    return fact.reason if fact.primary_case_id is None else f"{fact.reason} of {fact.primary_case_id}"


def _solved(fact: Solved) -> str:
    return f"{fact.cause}: {fact.action}"


def _verdict(fact: Judged) -> str:
    return fact.verdict


def _because(fact: Because) -> str | None:
    return fact.because


def _reminder(fact: Counted) -> str | None:
    return f"reminder {fact.n}" if fact.n else None


def _to(fact: Escalated) -> str:
    return fact.to


def _promise(fact: Promised) -> str:
    return f"{fact.target}: {fact.clause_id}" if fact.target else fact.clause_id


def _claimed(fact: Claimed) -> str | None:
    return fact.claimed_clause_id


_SOURCES = ("touchpoints", "solver-teams", "feedback-loop", "agreement")


def _keeping(
    source: str, name: str, shape: type[Stated] = Stated, detail: Detail = _nothing, version: int = 1
) -> Keeping[Stated]:
    stage = 0 if name == "round-opened" else _SOURCES.index(source)  # a round begins before anything is done in it

    def row(fact: Stated, letter: Letter) -> Told | None:
        if fact.case_id is None:
            return None
        return Told(
            event_id=letter.id,
            case_id=fact.case_id,
            agreement_id=fact.agreement_id,
            happened_at=fact.at,
            place=10 * (fact.round or 0) + stage,
            position=letter.position,
            source=source,
            what=name,
            round=fact.round,
            company=_about(fact),
            by_company=_by(fact),
            team_id=fact.to_team_id or fact.team_id,
            detail=detail(fact),
            imported=letter.imported,
        )

    return Keeping(source=source, name=name, shape=shape, table=told, row=row, version=version)


def _about(fact: Stated) -> str | None:
    """Return the company that it is about: who is to work, to answer for it, or does so."""
    match fact:
        case Promised(supplier=str(company)) | Promised(against=str(company)) | Claimed(claimed_against=str(company)):
            return company
        case _:
            return fact.to_company or fact.company


def _by(fact: Stated) -> str | None:
    """Return the company whose person did it, None where nobody did: the customer, a clock, or a rule."""
    named = fact.offered_by or fact.opened_by or fact.withdrawn_by or fact.answered_by or fact.noted_by
    by = named or fact.approved_by or fact.by
    if by is not None:
        return by.company
    return None if fact.person is None else fact.to_company or fact.company


keepings = (
    _keeping("solver-teams", "team-proposed"),
    _keeping("solver-teams", "item-opened", version=2),
    _keeping("solver-teams", "item-withdrawn", version=2),
    _keeping("solver-teams", "work-offered"),
    _keeping("solver-teams", "work-accepted"),
    _keeping("solver-teams", "work-rejected", version=2),
    _keeping("solver-teams", "information-asked", Asked, _asked, version=2),
    _keeping("solver-teams", "information-answered", version=2),
    _keeping("solver-teams", "hand-over-offered", version=2),
    _keeping("solver-teams", "hand-over-accepted"),
    _keeping("solver-teams", "hand-over-declined", version=2),
    _keeping("solver-teams", "hand-over-withdrawn", version=2),
    _keeping("solver-teams", "work-paused", ForReason, _reason, version=2),
    _keeping("solver-teams", "work-resumed", ForReason, _reason),
    _keeping("solver-teams", "item-solved", Solved, _solved),
    _keeping("solver-teams", "solution-proposed", Solved, _solved),
    _keeping("solver-teams", "work-seen-elsewhere"),
    _keeping("solver-teams", "work-reopened", ForReason, _reason),
    _keeping("solver-teams", "work-noted", version=2),
    _keeping("feedback-loop", "feedback-asked", Because, _because),
    _keeping("feedback-loop", "survey-link-delivered", Counted, _reminder),
    _keeping("feedback-loop", "reminder-due", Counted, _reminder),
    _keeping("feedback-loop", "silence-noted"),
    _keeping("feedback-loop", "feedback-taken", Judged, _verdict, version=2),
    _keeping("feedback-loop", "taken-feedback-refused", version=2),
    _keeping("feedback-loop", "taken-feedback-superseded"),
    _keeping("feedback-loop", "feedback-received", Judged, _verdict, version=2),
    _keeping("feedback-loop", "inquiry-opened"),
    _keeping("feedback-loop", "inquiry-answered", version=2),
    _keeping("feedback-loop", "round-opened", ForReason, _reason),
    _keeping("feedback-loop", "case-escalated", Escalated, _to),
    _keeping("feedback-loop", "root-cause-stated", version=2),
    _keeping("feedback-loop", "corrective-action-opened", version=2),
    _keeping("feedback-loop", "corrective-action-done", version=2),
    _keeping("feedback-loop", "parking-proposed", Parking, _parking, version=2),
    _keeping("feedback-loop", "parking-refused", version=2),
    _keeping("feedback-loop", "case-parked", Parking, _parking, version=2),
    _keeping("feedback-loop", "case-unparked", ForReason, _unparked, version=2),
    _keeping("feedback-loop", "case-closed"),
    _keeping("feedback-loop", "erasure-noted"),
    _keeping("agreement", "target-met", Promised, _promise),
    _keeping("agreement", "target-missed", Promised, _promise),
    _keeping("agreement", "hand-off-commitment-met", Promised, _promise),
    _keeping("agreement", "hand-off-commitment-missed", Promised, _promise),
    _keeping("agreement", "claim-filed", Promised, _promise),
    _keeping("agreement", "improvement-proposal-filed", Claimed, _claimed),
)
