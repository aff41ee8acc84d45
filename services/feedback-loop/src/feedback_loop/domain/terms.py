"""What an agreement version says about its loops: how a score is judged, when to remind, whom to tell."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from common.refusals import Invalid
from common.values import value

Verdict = Literal["positive", "neutral", "negative"]

LoopField = Literal["feedback_reason", "root_cause", "corrective_action", "decision_note"]
"""What people write in a loop, by the name under which agreements share it."""

Audience = Literal["recorder", "case-companies", "all-parties"]

Band = tuple[int, int]
"""From and to, both included."""


@value
class Scale:
    """How the scores of one scale are read."""

    clause_id: str
    scale: str
    lowest: int
    highest: int
    positive: Band
    neutral: Band | None
    negative: Band | None


@value
class Reminders:
    """When an unanswered customer is reminded, and when a person must call; all counted from the asking."""

    clause_id: str
    after: tuple[timedelta, ...]
    silent_after: timedelta
    link_valid_for: timedelta


@value
class Escalation:
    """From which round on somebody further up is told."""

    clause_id: str
    round: int
    to: str


@value
class Sharing:
    """Who may read what people write of one kind."""

    clause_id: str
    field: LoopField
    shared_with: Audience


@value
class LoopTerms:
    """The part of one agreement version that a case is judged by from opening to positive."""

    version: int
    parties: tuple[str, ...]
    scales: tuple[Scale, ...]
    survey_scale: str
    reminders: Reminders
    escalation: tuple[Escalation, ...] = ()
    sharing: tuple[Sharing, ...] = ()

    def audience(self, field: LoopField) -> Audience | None:
        """Return whom the agreement shows *field*, None when it says nothing."""
        return next((rule.shared_with for rule in self.sharing if rule.field == field), None)

    def scale(self, name: str) -> Scale | None:
        """Return the mapping of the scale *name*, if the agreement has one."""
        return next((scale for scale in self.scales if scale.scale == name), None)


@value
class Judgement:
    """What a score means, and the clause that says so."""

    verdict: Verdict
    scale: str
    score: int
    clause_id: str
    agreement_version: int


class ScaleNotAgreed(Invalid):
    """The agreement version of this case maps no such scale, so its scores mean nothing here."""


class ScoreOutsideScale(Invalid):
    """The score is outside what the agreement's clause maps."""


def judge(terms: LoopTerms, scale: str, score: int) -> Judgement:
    """Return what *score* means under *terms*; where bands overlap the less flattering one counts.

    Raises:
        ScaleNotAgreed: *terms* has no such scale.
        ScoreOutsideScale: the score is out of range or in no band.
    """
    mapping = terms.scale(scale)
    if mapping is None:
        raise ScaleNotAgreed(scale=scale, agreement_version=terms.version)
    verdict = _verdict(mapping, score)
    if verdict is None or not mapping.lowest <= score <= mapping.highest:
        raise ScoreOutsideScale(
            score=score, lowest=mapping.lowest, highest=mapping.highest, clause_id=mapping.clause_id
        )
    return Judgement(
        verdict=verdict, scale=scale, score=score, clause_id=mapping.clause_id, agreement_version=terms.version
    )


def _verdict(mapping: Scale, score: int) -> Verdict | None:
    if _within(mapping.negative, score):
        return "negative"
    if _within(mapping.neutral, score):
        return "neutral"
    return "positive" if _within(mapping.positive, score) else None


def _within(band: Band | None, score: int) -> bool:
    return band is not None and band[0] <= score <= band[1]


def next_reminder(terms: LoopTerms, asked_at: datetime, sent: int) -> datetime | None:
    """Return when the reminder after *sent* ones is due, or None when the plan is used up."""
    after = terms.reminders.after
    return _later(asked_at, after[sent]) if 0 <= sent < len(after) else None


def reminders_due(terms: LoopTerms, asked_at: datetime, now: datetime) -> int:
    """Return how many reminders the plan foresees by *now*."""
    return sum(_later(asked_at, after) <= now for after in terms.reminders.after)


def silent_at(terms: LoopTerms, asked_at: datetime, last_reminder: datetime | None) -> datetime:
    """Return when silence is noted: a late last reminder leaves the customer the time that the plan gives."""
    plan = terms.reminders
    if last_reminder is None or not plan.after:
        return _later(asked_at, plan.silent_after)
    return _later(last_reminder, max(plan.silent_after - plan.after[-1], timedelta()))


def _later(moment: datetime, wait: timedelta) -> datetime:
    """Return *moment* after *wait*; past the end of the calendar its last moment, so that no clock stops on it."""
    try:
        return moment + wait
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def escalated_to(terms: LoopTerms, number: int) -> Escalation | None:
    """Return who is told of round *number*: the highest step of the ladder that it has reached."""
    reached = [step for step in terms.escalation if step.round <= number]
    return max(reached, key=lambda step: step.round, default=None)
