"""What a company is shown of what people wrote in a loop: the version that its case was opened under says it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from common.handling import Handling
from common.running.disclosing import Confidence
from common.values import Person, replace, value
from feedback_loop.domain.loop_facts import Fact
from feedback_loop.domain.loop_rounds import known
from feedback_loop.domain.loop_states import Life
from feedback_loop.domain.sharing import Written, may_read, written_in
from feedback_loop.domain.terms import Audience, LoopField
from feedback_loop.history import LOOP
from feedback_loop.projections.rounds import ActionRow, AnswerRow, RoundRow


async def confidences(handle: Handling, fact: Any, reader: str) -> Sequence[Confidence]:
    """Return the texts of *fact*, judged for the company *reader* as the case stands now."""
    if not isinstance(fact, Fact):
        return ()
    judged = _judged(known((await handle.remembered(LOOP, fact.case_id)).state).life, fact, reader)
    if all(one.readable for one in judged):
        return judged
    return _judged(known((await handle.look(LOOP, fact.case_id)).state).life, fact, reader)  # others may have joined


def _judged(life: Life, fact: Fact, reader: str) -> list[Confidence]:
    return [
        Confidence(text=one.text, field=one.field, readable=_readable(life, one, reader))
        for one in written_in(fact, life.company)
    ]


def _readable(life: Life, one: Written, reader: str) -> bool:
    audience = life.terms.audience(one.field)
    return may_read(audience, reader=reader, recorders=one.recorders, companies=life.companies)


@value
class Reader:
    """A company that reads about a case: under which rules, and who is on the case."""

    company: str
    sharing: Mapping[str, Audience]
    touchpoint: str
    companies: frozenset[str]

    def reads(self, field: LoopField, *by: str | None) -> bool:
        """Tell whether the company may read a text of *field* that comes from the companies *by*."""
        recorders = {name for name in by if name}
        return may_read(self.sharing.get(field), reader=self.company, recorders=recorders, companies=self.companies)

    def rounds(self, rows: Iterable[RoundRow]) -> tuple[tuple[RoundRow, ...], list[str]]:
        """Return *rows* without what the company may not read, and the names of what was left out."""
        hidden: set[str] = set()
        return tuple(self._round(row, hidden) for row in rows), sorted(hidden)

    def text(self, field: LoopField, text: str | None, hidden: set[str], *by: str | None) -> str | None:
        """Return *text* if the company may read it; else None, and its name in *hidden*."""
        if text is None or self.reads(field, *by):
            return text
        hidden.add(field)
        return None

    def _round(self, row: RoundRow, hidden: set[str]) -> RoundRow:
        return replace(
            row,
            answers=tuple(self._answer(one, hidden) for one in row.answers),
            root_cause=self.text("root_cause", row.root_cause, hidden, _company(row.root_cause_by)),
            actions=tuple(self._action(one, hidden) for one in row.actions),
        )

    def _answer(self, row: AnswerRow, hidden: set[str]) -> AnswerRow:
        by = (self.touchpoint, _company(row.inquired_by or row.taken_by))
        return replace(row, reason=self.text("feedback_reason", row.reason, hidden, *by))

    def _action(self, row: ActionRow, hidden: set[str]) -> ActionRow:
        return replace(
            row,
            what=self.text("corrective_action", row.what, hidden, _company(row.opened_by)),
            evidence=self.text("corrective_action", row.evidence, hidden, _company(row.done_by)),
        )


def _company(person: Person | None) -> str | None:
    return person and person.company
