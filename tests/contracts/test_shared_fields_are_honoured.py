"""What an agreement can share by field is what services hold to: no party signs a rule that nothing honours."""

from typing import get_args

import msgspec
import pytest
from pydantic import ValidationError

from agreement.api.terms import SharedField, Sharing
from agreement.domain.terms import Sharing as SharingClause
from common.values import Confided
from feedback_loop.domain.terms import LoopField
from feedback_loop.history import history
from feedback_loop.reactions.learn_terms import SharingSaid, of_loops
from touchpoints.domain.sharing import COMMENT, FreeText, PersonalField


def test_every_field_that_can_be_shared_is_held_to_by_one_service() -> None:
    held = [*get_args(PersonalField), *get_args(FreeText), COMMENT, *get_args(LoopField)]
    assert sorted(held) == sorted(get_args(SharedField))


def test_a_rule_about_anything_else_is_refused() -> None:
    with pytest.raises(ValidationError):
        Sharing.model_validate({"clause_id": "sh-1", "field": "hand_over_package", "shared_with": "recorder"})


def test_everything_that_the_loop_confides_can_be_shared() -> None:
    """A fact with a text that ``written_in`` does not name would be shown to nobody."""
    confiding = {
        name
        for name, shape in history.names.items()
        if any(Confided.__name__ in str(one.type) for one in shape.__dataclass_fields__.values())
    }
    assert confiding == {
        "feedback-taken", "taken-feedback-refused", "feedback-received", "inquiry-answered", "root-cause-stated",
        "corrective-action-opened", "corrective-action-done", "parking-proposed", "parking-refused", "case-parked",
        "case-unparked",
    }  # fmt: skip


def test_a_rule_signed_before_is_still_read() -> None:
    rule = {"clause_id": "sh-1", "field": "anything", "shared_with": "recorder"}
    assert msgspec.convert(rule, SharingClause).field == "anything"
    said = msgspec.convert([rule, {**rule, "field": "root_cause"}], tuple[SharingSaid, ...])
    assert [one.field for one in of_loops(said)] == ["root_cause"]
