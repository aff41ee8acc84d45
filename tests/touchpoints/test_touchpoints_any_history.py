"""For any history and any command a rule answers, no fact is refused, and what is written can be read."""

from datetime import UTC, datetime, timedelta
from functools import cache
from types import UnionType
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.history import AnyKind
from common.refusals import Refusal
from touchpoints.domain import agreement, case, contact, customer, team, thread
from touchpoints.history import AGREEMENT, CASE, CONTACT, CUSTOMER, TEAM, THREAD, history

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(timedelta, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=999)))
st.register_type_strategy(int, st.integers(min_value=0, max_value=9))
st.register_type_strategy(str, st.sampled_from(["a", "b", "telco-a", "ñandú"]))

LIVES: list[tuple[AnyKind, Any, Any]] = [
    (AGREEMENT, agreement.Event, agreement.Command),
    (TEAM, team.Event, team.Command),
    (CUSTOMER, customer.Event, customer.Command),
    (CONTACT, contact.Event, contact.Command),
    (THREAD, thread.Event, thread.Command),
    (CASE, case.Event, case.Command),
]


@cache
def any_of(shape: Any) -> st.SearchStrategy[Any]:
    shapes = get_args(shape) if isinstance(shape, UnionType) else (shape,)
    return st.one_of([st.from_type(one) for one in shapes])


@pytest.mark.parametrize(("kind", "facts", "commands"), LIVES, ids=lambda one: getattr(one, "name", ""))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_command_on_any_history_brings_facts_or_a_refusal(
    kind: AnyKind, facts: Any, commands: Any, data: st.DataObject
) -> None:
    state = kind.decider.fold(data.draw(st.lists(any_of(facts), max_size=6)))
    command = data.draw(any_of(commands))
    try:
        brought = kind.decider.decide(state, command)
    except Refusal:
        return
    if isinstance(command, customer.DisclosePersonalData | customer.OpenComments):
        return  # each asking is a fact of its own
    after = kind.decider.fold(brought, state)
    try:
        again = kind.decider.decide(after, command)
    except Refusal:
        return
    assert again == []


@pytest.mark.parametrize(("kind", "facts", "commands"), LIVES, ids=lambda one: getattr(one, "name", ""))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_is_read_again(kind: AnyKind, facts: Any, commands: Any, data: st.DataObject) -> None:
    fact = data.draw(any_of(facts))
    name = history.name_of(fact)
    assert history.read(name, history.version_of(name), history.write(fact)) == fact


def test_every_fact_of_every_kind_has_a_stored_name() -> None:
    shapes = {one for _, facts, _ in LIVES for one in (get_args(facts) or (facts,))}
    assert shapes == set(history.names.values())
