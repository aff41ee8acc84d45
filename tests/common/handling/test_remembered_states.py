"""What a process remembers of things is bounded: by their number, and by what they say."""

from common.eventstore.chain import BEGINNING
from common.handling.cache import Standing, States


def stands(version: int, size: int) -> Standing[int]:
    return Standing(state=version, told=None, begun=None, version=version, hash=BEGINNING, size=size)


def remembered(states: States, *streams: str) -> list[str]:
    return [one for one in streams if states.get(one) is not None]


def test_those_used_last_are_remembered() -> None:
    states = States(2)
    states.keep("a", stands(1, 0))
    states.keep("b", stands(1, 0))
    states.get("a")
    states.keep("c", stands(1, 0))
    assert remembered(states, "a", "b", "c") == ["a", "c"]


def test_large_things_leave_room_for_fewer() -> None:
    states = States(1_000, most_bytes=100)
    for name in "abcd":
        states.keep(name, stands(1, 30))
    assert remembered(states, *"abcd") == ["b", "c", "d"]
    states.keep("b", stands(2, 70))
    assert remembered(states, *"abcd") == ["b", "d"]
    states.forget("b")
    states.keep("e", stands(1, 70))
    assert remembered(states, *"abcde") == ["d", "e"]


def test_what_is_larger_than_there_is_room_for_is_not_remembered() -> None:
    states = States(1_000, most_bytes=100, surely=True)
    states.keep("a", stands(1, 10))
    states.outdate("a", 2)
    states.keep("a", stands(2, 101))
    assert remembered(states, "a") == []
    states.keep("b", stands(1, 100))
    assert remembered(states, "a", "b") == ["b"]
