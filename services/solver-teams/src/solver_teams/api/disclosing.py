"""What a company is shown of what people wrote about the work: the version that its case was opened under says it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from common.handling import Handling
from common.running.disclosing import Confidence
from common.values import Confided, value
from common.web.desk import Desk
from solver_teams.domain.agreement import Terms, of_version
from solver_teams.domain.case_work.facts import Fact
from solver_teams.domain.case_work.states import Case, NotOpened
from solver_teams.domain.case_work.written import written_in
from solver_teams.domain.sharing import WorkField, may_read
from solver_teams.history import AGREEMENT, CASE_WORK


@value
class Reader:
    """A company that reads about a case, and the terms that the case was opened under, None if they are not known."""

    company: str
    case: Case
    terms: Terms | None

    def reads(self, field: WorkField, *between: str | None) -> bool:
        """Tell whether the company may read a text of *field* that is between those; not known terms share nothing."""
        audience = self.terms.audience(field) if self.terms else "recorder"
        named = {company for company in between if company}
        return may_read(audience, reader=self.company, between=named, companies=self.case.companies)

    def words(self, field: WorkField, words: Confided, hidden: set[str], *between: str | None) -> str | None:
        """Return the text if the company may read it; else None, and the field's name in *hidden*."""
        if self.reads(field, *between):
            return words.text
        hidden.add(field)
        return None

    def judged(self, fact: Fact) -> list[Confidence]:
        """Return the texts of *fact*, and which of them the company may read."""
        return [
            Confidence(text=one.text, field=one.field, readable=self.reads(one.field, *one.between))
            for one in written_in(fact, self.case.company)
        ]


async def confidences(handle: Handling, fact: Any, reader: str) -> Sequence[Confidence]:
    """Return the texts of *fact*, judged for the company *reader* as the case stands now."""
    if not isinstance(fact, Fact):
        return ()
    judged = await _judged(handle, fact, reader, (await handle.remembered(CASE_WORK, fact.case_id)).state)
    if all(one.readable for one in judged):
        return judged
    return await _judged(handle, fact, reader, (await handle.look(CASE_WORK, fact.case_id)).state)  # others may be in


async def reader_of(desk: Desk, case_id: UUID) -> Reader:
    """Return the caller's company as it stands to the case now, also when it asks how the case stood."""
    case = (await desk.look(CASE_WORK, case_id)).state.case
    known = (await desk.look(AGREEMENT, case.agreement_id)).state
    return Reader(company=desk.caller.company, case=case, terms=of_version(known, case.agreement_version))


async def _judged(handle: Handling, fact: Fact, reader: str, state: Any) -> list[Confidence]:
    if isinstance(state, NotOpened):
        return []
    known = (await handle.remembered(AGREEMENT, fact.agreement_id)).state
    terms = of_version(known, state.case.agreement_version)
    if terms is None:  # learned by another process meanwhile
        terms = of_version((await handle.look(AGREEMENT, fact.agreement_id)).state, state.case.agreement_version)
    return Reader(company=reader, case=state.case, terms=terms).judged(fact)
