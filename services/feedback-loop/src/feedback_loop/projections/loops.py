"""Each case's loop: how it stands, and round by round what was solved, asked, answered and put right."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from common.projecting import About, Projection, of_types
from common.values import replace, value
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain.loop_companies import joined
from feedback_loop.domain.loop_facts import Fact
from feedback_loop.domain.terms import Audience
from feedback_loop.projections import metadata
from feedback_loop.projections.rounds import RoundRow, begin, in_rounds

loops = sa.Table(
    "loops",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("agreement_version", sa.Integer, nullable=False),
    sa.Column("customer_id", sa.Uuid, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("accountable", sa.Text, nullable=False),
    sa.Column("accountable_clause", sa.Text),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("external_reference", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("stage_before", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("verdict", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("escalated_to", sa.Text),
    sa.Column("parking_proposed", sa.Text),
    sa.Column("parked_reason", sa.Text),
    sa.Column("parked_at", sa.DateTime(timezone=True)),
    sa.Column("duplicate_of", sa.Uuid),
    sa.Column("request_id", sa.Uuid),
    sa.Column("request_imported", sa.Boolean, nullable=False),
    sa.Column("request_expires_at", sa.DateTime(timezone=True)),
    sa.Column("reminders", sa.Integer, nullable=False),
    sa.Column("delivered", sa.Integer, nullable=False),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Column("customer_erased", sa.Boolean, nullable=False),
    sa.Column("rounds", pg.JSONB, nullable=False),
    sa.Column("companies", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("sharing", pg.JSONB, nullable=False),
    sa.Index("loops_by_agreement", "agreement_id", "opened_at", "case_id"),
    sa.Index("loops_by_change", "agreement_id", "changed_at", "case_id"),
    sa.Index("loops_by_state", "agreement_id", "state", "opened_at"),
    sa.Index("loops_by_primary", "duplicate_of"),
)


@value
class LoopRow:
    """A loop as lists show it: ``stage`` is where it is, or rests.

    ``delivered``: how many of the link and its ``reminders`` reached the customer. ``companies`` are on the case;
    ``sharing`` is whom the agreement shows what people write, where it keeps that from some.
    """

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    customer_id: UUID
    language: str
    company: str
    accountable: str
    accountable_clause: str | None
    service: str
    activity: str
    region: str
    priority: str
    external_reference: str | None
    state: str
    stage: str
    stage_before: str
    round: int
    verdict: str | None
    source: str | None
    escalated_to: str | None
    parking_proposed: str | None
    parked_reason: str | None
    parked_at: datetime | None
    duplicate_of: UUID | None
    request_id: UUID | None
    request_imported: bool
    request_expires_at: datetime | None
    reminders: int
    delivered: int
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    version: int
    imported: bool
    customer_erased: bool
    rounds: tuple[RoundRow, ...]
    companies: tuple[str, ...]
    sharing: dict[str, Audience]


STATES = (
    "in-work",
    "solution-waits-for-action",
    "awaiting-feedback",
    "silent",
    "feedback-to-approve",
    "follow-up",
    "parked",
    "closed",
)
"""What ``state`` says."""

IN_WORK = ("in-work", "solution-waits-for-action")
AWAITING = ("awaiting-feedback", "silent", "feedback-to-approve", "follow-up")


def key(fact: object) -> UUID | None:
    """Return the case that *fact* is about."""
    return fact.case_id if isinstance(fact, Fact) else None


def project(row: LoopRow | None, fact: Fact, about: About) -> LoopRow | None:
    """Return the loop after *fact*."""
    if isinstance(fact, facts.LoopOpened):
        return _opened(fact, about)
    if row is None:
        return None
    after = _staged(_noted(row, fact), fact)
    return replace(
        after,
        state=_state(after),
        rounds=in_rounds(row.rounds, fact),
        companies=tuple(sorted(joined(row.companies, fact))),
        version=about.version,
        changed_at=max(row.changed_at, fact.at),
    )


def _state(row: LoopRow) -> str:
    if row.closed_at is not None:
        return "closed"
    return row.stage if row.parked_at is None else "parked"


def _staged(row: LoopRow, fact: Fact) -> LoopRow:
    stage = row.stage
    match fact:
        case facts.SolutionNoted():
            stage = "solution-waits-for-action"
        case facts.FeedbackAsked():
            stage = "awaiting-feedback"
        case facts.SilenceNoted():
            stage = "silent"
        case facts.FeedbackTaken():
            return replace(row, stage="feedback-to-approve", stage_before=stage)
        case facts.TakenFeedbackRefused() | facts.TakenFeedbackSuperseded():
            stage = row.stage_before
        case facts.FeedbackReceived(verdict="neutral"):
            stage = "follow-up"
        case facts.RoundOpened():
            stage = "in-work"
        case _:
            pass
    return row if stage == row.stage else replace(row, stage=stage)


def _noted(row: LoopRow, fact: Fact) -> LoopRow:  # noqa: PLR0911 - one line per fact
    match fact:
        case facts.FeedbackAsked():
            return replace(
                row,
                request_id=fact.request_id,
                request_imported=fact.imported,
                request_expires_at=fact.expires_at,
                reminders=0,
                delivered=0,
            )
        case facts.ReminderDue(n=n):
            return replace(row, reminders=n)
        case facts.SurveyLinkDelivered(n=n) if fact.request_id == row.request_id:
            return replace(row, delivered=max(row.delivered, n + 1))
        case facts.FeedbackReceived(verdict=verdict, source=source):
            return replace(row, verdict=verdict, source=source)
        case facts.RoundOpened(round=number):
            return replace(row, round=number, closed_at=None)
        case facts.CaseEscalated(to=to):
            return replace(row, escalated_to=to)
        case facts.CaseClosed(at=at):
            return replace(row, closed_at=at, parking_proposed=None)
        case facts.ErasureNoted():
            return replace(row, customer_erased=True)
        case _:
            return _rested(row, fact)


def _rested(row: LoopRow, fact: Fact) -> LoopRow:
    match fact:
        case facts.ParkingProposed(reason=reason):
            return replace(row, parking_proposed=reason)
        case facts.ParkingRefused():
            return replace(row, parking_proposed=None)
        case facts.CaseParked(reason=reason, primary_case_id=primary, at=at):
            return replace(row, parking_proposed=None, parked_reason=reason, parked_at=at, duplicate_of=primary)
        case facts.CaseUnparked():
            return replace(row, parked_reason=None, parked_at=None, duplicate_of=None)
        case _:
            return row


def _opened(fact: facts.LoopOpened, about: About) -> LoopRow:
    return LoopRow(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        customer_id=fact.customer_id,
        language=fact.language,
        company=fact.company,
        accountable=fact.accountable,
        accountable_clause=fact.accountable_clause,
        service=fact.service,
        activity=fact.activity,
        region=fact.region,
        priority=fact.priority,
        external_reference=fact.external_reference,
        state="in-work",
        stage="in-work",
        stage_before="in-work",
        round=fact.round,
        verdict=None,
        source=None,
        escalated_to=None,
        parking_proposed=None,
        parked_reason=None,
        parked_at=None,
        duplicate_of=None,
        request_id=None,
        request_imported=False,
        request_expires_at=None,
        reminders=0,
        delivered=0,
        opened_at=fact.at,
        changed_at=fact.at,
        closed_at=None,
        version=about.version,
        imported=fact.imported,
        customer_erased=False,
        rounds=(begin(fact),),
        companies=tuple(sorted(joined((), fact))),
        sharing={rule.field: rule.shared_with for rule in fact.terms.sharing},
    )


projection = Projection(table=loops, row=LoopRow, key=key, project=project, anew=of_types(facts.LoopOpened))
