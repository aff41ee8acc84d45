"""A fact travels as CloudEvents in binary mode, and comes out as it went in."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.eventstore.recorded import Recorded
from common.messaging.envelope import Message, block, headers, read, subject
from common.messaging.headers import Headers
from common.messaging.places import _BLOCK, Unreadable, place, place_of  # pyright: ignore[reportPrivateUsage] - what is found at once
from common.values import Actor, Person, Rule

ACTORS = st.one_of(
    st.builds(Rule, rule=st.text()), st.builds(Person, person=st.text(), company=st.text(), role=st.text())
)


def fact(
    actor: Actor,
    *,
    performed_by: str | None = None,
    agreement_id: UUID | None = None,
    trace: str | None = "00-abc-def-01",
) -> Recorded:
    return Recorded(
        position=12, stream="case-7 ñ", version=3, event_id=UUID(int=1), name="case-opened", schema=2, data=b"{}",
        at=datetime(2026, 3, 2, 12, 0, 0, 5, tzinfo=UTC), recorded_at=datetime(2026, 3, 2, 13, tzinfo=UTC), actor=actor,
        agreement_id=agreement_id, correlation=UUID(int=2), causation=UUID(int=3), imported=True,
        performed_by=performed_by, trace=trace, published=True, hash=b"\1\2", previous=b"",
    )  # fmt: skip


@given(actor=ACTORS, performed_by=st.none() | st.text())
def test_what_is_read_is_what_was_written(actor: Actor, performed_by: str | None) -> None:
    given_fact = fact(actor, performed_by=performed_by, agreement_id=UUID(int=9))
    assert read(headers("touchpoints", given_fact, 11), b"{}") == Message(
        event_id=UUID(int=1), source="touchpoints", name="case-opened", schema=2, stream="case-7 ñ", stream_version=3,
        position=12, previous=11, at=given_fact.at, recorded_at=given_fact.recorded_at, agreement_id=UUID(int=9),
        actor=actor, performed_by=performed_by, correlation=UUID(int=2), causation=UUID(int=3), imported=True,
        trace="00-abc-def-01", data=b"{}",
    )  # fmt: skip


@given(actor=ACTORS, performed_by=st.none() | st.text(), trace=st.none() | st.text())
def test_headers_are_plain_printable_text(actor: Actor, performed_by: str | None, trace: str | None) -> None:
    said_of = headers("touchpoints", fact(actor, performed_by=performed_by, trace=trace), 11)
    assert len(said_of) == 18 + (performed_by is not None) + (trace is not None)
    for name, said in said_of.items():
        assert said.isascii()
        assert all(" " < one < "\x7f" for one in said), (name, said)


@given(performed_by=st.none() | st.text(min_size=1), agreement_id=st.none() | st.uuids(), anew=st.booleans())
def test_where_a_fact_belongs_is_found_at_once(performed_by: str | None, agreement_id: UUID | None, anew: bool) -> None:
    given_fact = fact(Rule(rule="x"), performed_by=performed_by, agreement_id=agreement_id)
    said = block("touchpoints", given_fact, 11, anew=anew)
    assert _BLOCK.fullmatch(said)
    assert place(said) == place_of(Headers(said))


def test_what_goes_to_a_stream_anew_goes_there_without_its_id() -> None:
    given_fact = fact(Rule(rule="x"))
    said = headers("touchpoints", given_fact, 11)
    del said["Nats-Msg-Id"]
    assert dict(Headers(block("touchpoints", given_fact, 11, anew=True))) == said


def test_a_fact_goes_on_in_the_trace_that_it_is_published_in() -> None:
    said = headers("touchpoints", fact(Rule(rule="x")), 11)
    traced = Headers(block("touchpoints", fact(Rule(rule="x")), 11, trace="00-123-456-01"))
    assert dict(traced) == said | {"ce-traceparent": "00-123-456-01"}
    assert "ce-traceparent" not in headers("touchpoints", fact(Rule(rule="x"), trace=None), 11)


def test_the_attributes_are_those_of_cloudevents() -> None:
    said = headers("touchpoints", fact(Rule(rule="x")), 11)
    assert said["ce-specversion"] == "1.0"
    assert said["ce-id"] == said["Nats-Msg-Id"] == str(UUID(int=1))
    assert said["ce-source"] == "/acuerdo/touchpoints"
    assert said["ce-type"] == "acuerdo.touchpoints.case-opened.v2"
    assert said["ce-time"] == "2026-03-02T12:00:00.000005+00:00"
    assert all(name[3:].isalnum() and name[3:].islower() for name in said if name.startswith("ce-"))


def test_the_subject_names_agreement_service_thing_and_fact() -> None:
    assert subject("touchpoints", fact(Rule(rule="x"))) == "acuerdo.-.touchpoints.case.case-opened"
    of_agreement = fact(Rule(rule="x"), agreement_id=UUID(int=9))
    assert subject("touchpoints", of_agreement) == f"acuerdo.{UUID(int=9)}.touchpoints.case.case-opened"


@pytest.mark.parametrize("missing", ["ce-id", "ce-position", "ce-type", "ce-actor"])
def test_what_lacks_an_attribute_is_no_fact(missing: str) -> None:
    said = headers("touchpoints", fact(Rule(rule="x")), 11)
    del said[missing]
    with pytest.raises(Unreadable):
        read(said, b"{}")
