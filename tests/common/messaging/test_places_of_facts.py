"""Where a fact belongs is found quickly or by reading all of its headers, and is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.messaging.headers import BEGINNING, Headers
from common.messaging.places import Place, Unreadable, place, place_of

HASH = "ab" * 32
USUAL = {
    "Nats-Msg-Id": "00000000-0000-0000-0000-000000000001", "content-type": "application/json", "ce-specversion": "1.0",
    "ce-id": "00000000-0000-0000-0000-000000000001", "ce-source": "/acuerdo/solver-teams",
    "ce-type": "acuerdo.solver-teams.work-done.v2", "ce-time": "2026-03-02T12:00:00+00:00",
    "ce-subject": "case-7%20%C3%B1", "ce-dataschema": "urn:acuerdo:schema:solver-teams:work-done:2",
    "ce-position": "12", "ce-previousposition": "9", "ce-streamversion": "3", "ce-actor": "rule=x",
    "ce-recordedtime": "2026-03-02T13:00:00+00:00", "ce-correlationid": "00000000-0000-0000-0000-000000000002",
    "ce-imported": "false", "ce-hash": HASH, "ce-agreementid": "00000000-0000-0000-0000-000000000003",
    "ce-causationid": "00000000-0000-0000-0000-000000000004", "ce-traceparent": "00-abc-def-01",
    "ce-performedby": "Ana%20Mar%C3%ADa",
}  # fmt: skip
HERE = Place(
    event_id="00000000-0000-0000-0000-000000000001", source="solver-teams", name="work-done", stream="case-7 ñ",
    position=12, previous=9,
)  # fmt: skip
ODD = st.sampled_from(
    ["", " ", "x", "12", "-3", "1_0", "9" * 30, "9" * 5_000, "ñ", "ce-position: 5", "1\r\nce-position: 5", "/acuerdo/a",
     "{}", "acuerdo.solver-teams.v1.v2", "acuerdo.other.work-done.v1", "00000000000000000000000000000001",
     "a\nb", " 12 ", "%zz"]
)  # fmt: skip


def block(*lines: tuple[str, str]) -> bytes:
    return BEGINNING + "".join(f"{name}: {said}\r\n" for name, said in lines).encode() + b"\r\n"


def found(block: bytes | None) -> Place | str:
    try:
        return place(block)
    except Unreadable as error:
        return str(error)


def read(block: bytes | None) -> Place | str:
    try:
        return place_of(Headers(block))
    except Unreadable as error:
        return str(error)


def test_a_fact_belongs_where_its_headers_say() -> None:
    assert place(block(*USUAL.items())) == place_of(USUAL) == HERE


@pytest.mark.parametrize(
    "without", ["ce-id", "ce-source", "ce-type", "ce-subject", "ce-position", "ce-previousposition"]
)
def test_what_lacks_a_header_that_says_so_belongs_nowhere(without: str) -> None:
    with pytest.raises(Unreadable, match=without):
        place(block(*[(name, said) for name, said in USUAL.items() if name != without]))


def test_what_has_no_headers_belongs_nowhere() -> None:
    with pytest.raises(Unreadable):
        place(None)


@given(
    changed=st.dictionaries(st.sampled_from(list(USUAL)), ODD, max_size=2),
    dropped=st.sets(st.sampled_from(list(USUAL)), max_size=3),
    again=st.lists(st.tuples(st.sampled_from([*USUAL, "ce-other", " ce-position", "ce-position "]), ODD), max_size=2),
    first=st.booleans(),
)
def test_it_is_where_reading_all_headers_would_find_it(
    changed: dict[str, str], dropped: set[str], again: list[tuple[str, str]], first: bool
) -> None:
    lines = [(name, said) for name, said in (USUAL | changed).items() if name not in dropped]
    given_block = block(*(again + lines if first else lines + again))
    assert found(given_block) == read(given_block)
