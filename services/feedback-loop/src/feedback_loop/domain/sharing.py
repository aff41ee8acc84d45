"""Who may read what people wrote in a loop: every party, unless the agreement's sharing rules keep it narrower."""

from collections.abc import Collection

from common.values import Confided, Person, value
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain.loop_facts import Fact
from feedback_loop.domain.terms import Audience, LoopField


@value
class Written:
    """A text of a fact; ``recorders`` are the companies that it comes from, which may read it whatever is agreed."""

    field: LoopField
    recorders: frozenset[str]
    text: Confided


def may_read(audience: Audience | None, *, reader: str, recorders: Collection[str], companies: Collection[str]) -> bool:
    """Tell whether the party *reader* may read a text; *companies* are those on the case, *audience* None no rule."""
    match audience:
        case "recorder":
            return reader in recorders
        case "case-companies":
            return reader in recorders or reader in companies
        case "all-parties" | None:
            return True


def written_in(fact: Fact, touchpoint: str) -> list[Written]:  # noqa: PLR0911 - one line per kind of text
    """Return the texts of *fact*; what the customer says is of the company *touchpoint*, and of whoever wrote it."""
    match fact:
        case facts.FeedbackTaken(reason=reason, by=by) | facts.InquiryAnswered(reason=reason, by=by):
            return _written("feedback_reason", touchpoint, by, reason)
        case facts.FeedbackReceived(reason=reason, taken_by=by):
            return _written("feedback_reason", touchpoint, by, reason)
        case facts.RootCauseStated(cause=text, by=by):
            return _written("root_cause", None, by, text)
        case facts.CorrectiveActionOpened(what=text, by=by) | facts.CorrectiveActionDone(evidence=text, by=by):
            return _written("corrective_action", None, by, text)
        case facts.ParkingProposed(text=text, by=by) | facts.CaseParked(text=text, proposed_by=by):
            return _written("decision_note", None, by, text)
        case facts.TakenFeedbackRefused(reason=text, by=by) | facts.ParkingRefused(reason=text, by=by):
            return _written("decision_note", None, by, text)
        case facts.CaseUnparked(note=text, by=by):
            return _written("decision_note", None, by, text)
        case _:
            return []


def _written(field: LoopField, touchpoint: str | None, by: Person | None, text: Confided | None) -> list[Written]:
    recorders = frozenset(name for name in (touchpoint, by and by.company) if name)
    return [] if text is None else [Written(field=field, recorders=recorders, text=text)]
