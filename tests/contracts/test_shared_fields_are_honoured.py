"""What an agreement can share by field is what services hold to: no party signs a rule that nothing honours."""

from typing import get_args

import msgspec
import pytest
from pydantic import ValidationError

from agreement.api.terms import SharedField, Sharing
from agreement.domain.terms import Sharing as SharingClause
from common.history import History
from common.values import Confided
from feedback_loop.domain.terms import LoopField
from feedback_loop.history import history as loop_history
from feedback_loop.reactions.learn_terms import SharingSaid, of_loops
from solver_teams.domain.sharing import WorkField
from solver_teams.history import history as work_history
from solver_teams.reactions.agreement_in_force import SharingSaid as WorkSharingSaid
from solver_teams.reactions.agreement_in_force import of_work
from touchpoints.domain.sharing import COMMENT, FreeText, PersonalField


def test_every_field_that_can_be_shared_is_held_to_by_one_service() -> None:
    held = [*get_args(PersonalField), *get_args(FreeText), COMMENT, *get_args(LoopField), *get_args(WorkField)]
    assert sorted(held) == sorted(get_args(SharedField))


def test_a_rule_about_anything_else_is_refused() -> None:
    with pytest.raises(ValidationError):
        Sharing.model_validate({"clause_id": "sh-1", "field": "hand_over_weather", "shared_with": "recorder"})


def confiding(history: History) -> set[str]:
    """Return the names of the facts that can hold a text; one that ``written_in`` does not name is shown to nobody."""
    reached: dict[str, set[type]] = {name: set() for name in history.names}
    for name, shape in history.names.items():
        msgspec.json.schema(
            shape, schema_hook=lambda custom, name=name: reached[name].add(custom) or {"type": "object"}
        )
    return {name for name, customs in reached.items() if Confided in customs}


def test_everything_that_the_loop_confides_can_be_shared() -> None:
    assert confiding(loop_history) == {
        "feedback-taken", "taken-feedback-refused", "feedback-received", "inquiry-answered", "root-cause-stated",
        "corrective-action-opened", "corrective-action-done", "parking-proposed", "parking-refused", "case-parked",
        "case-unparked",
    }  # fmt: skip


def test_everything_that_solver_teams_confide_can_be_shared() -> None:
    assert confiding(work_history) == {
        "item-opened", "item-withdrawn", "work-rejected", "information-asked", "information-answered",
        "hand-over-offered", "hand-over-declined", "hand-over-withdrawn", "work-paused", "work-noted",
    }  # fmt: skip


def test_a_rule_signed_before_is_still_read() -> None:
    rule = {"clause_id": "sh-1", "field": "anything", "shared_with": "recorder"}
    assert msgspec.convert(rule, SharingClause).field == "anything"
    said = msgspec.convert([rule, {**rule, "field": "root_cause"}], tuple[SharingSaid, ...])
    assert [one.field for one in of_loops(said)] == ["root_cause"]
    assert [
        one.field
        for one in of_work(msgspec.convert([rule, {**rule, "field": "work_note"}], tuple[WorkSharingSaid, ...]))
    ] == ["work_note"]
