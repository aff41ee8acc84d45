"""Who may read what people write about the work: every party, unless the agreement's sharing rules keep it narrower."""

from collections.abc import Collection
from typing import Literal

from common.values import value

WorkField = Literal["hand_over_package", "work_question", "work_note"]
"""What people write about the work, by the name under which agreements share it."""

Audience = Literal["recorder", "case-companies", "all-parties"]


@value
class Sharing:
    """Who may read what people write of one kind."""

    clause_id: str
    field: WorkField
    shared_with: Audience


def may_read(audience: Audience | None, *, reader: str, between: Collection[str], companies: Collection[str]) -> bool:
    """Tell whether the party *reader* may read a text: *audience* None is no rule, *companies* are on the case.

    Those that it is *between*, who wrote it and whom it is for, read it whatever is agreed.
    """
    match audience:
        case "recorder":
            return reader in between
        case "case-companies":
            return reader in between or reader in companies
        case "all-parties" | None:
            return True
