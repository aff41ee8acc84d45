"""Who may read a personal field: whom the agreement's sharing rules name, by default only the company it is from."""

from collections.abc import Iterable
from typing import Literal

from touchpoints.domain.agreement import Terms

PersonalField = Literal["name", "phone", "email", "address", "document", "birth_date"]
FreeText = Literal["summary", "need", "expectation"]
COMMENT = "feedback_comment"
"""The name under which agreements share what a customer says in feedback."""


def audience_of(terms: Terms | None, field: str) -> str:
    """Return whom *field* is shared with under *terms*."""
    rules = terms.sharing if terms else ()
    return next((rule.shared_with for rule in rules if rule.field == field), "recorder")


def may_read(terms: Terms | None, field: str, *, reader: str, recorder: str, case_companies: Iterable[str]) -> bool:
    """Tell whether the company *reader* may read *field*; whoever recorded it always may."""
    if reader == recorder:
        return True
    match audience_of(terms, field):
        case "all-parties":
            return terms is not None and reader in terms.parties
        case "case-companies":
            return reader in set(case_companies)
        case _:
            return False
