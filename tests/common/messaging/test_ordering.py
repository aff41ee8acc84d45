"""Whatever order and however often messages come, they are taken in the order of their source's log."""

from hypothesis import given
from hypothesis import strategies as st

from common.messaging.ordering import Missing, Ordering, Placed


@given(
    gaps=st.lists(st.integers(1, 4), min_size=1, max_size=40),
    order=st.randoms(use_true_random=False),
    again=st.lists(st.integers(0, 39)),
    limit=st.integers(1, 7),
)
def test_everything_is_taken_once_and_in_order(gaps: list[int], order: object, again: list[int], limit: int) -> None:
    placed: list[Placed[int]] = []
    for gap in gaps:
        previous = placed[-1].position if placed else 0
        placed.append(Placed(position=previous + gap, previous=previous, what=previous + gap))
    arriving = [*placed, *(placed[n] for n in again if n < len(placed))]
    order.shuffle(arriving)  # pyright: ignore[reportAttributeAccessIssue] - hypothesis gives a random.Random
    ordering: Ordering[int] = Ordering()
    taken: list[int] = []
    for one in arriving:
        if one.position > (taken[-1] if taken else 0):
            ordering.put(one)
        while ready := ordering.take(taken[-1] if taken else 0, limit):
            taken.extend(ready_one.what for ready_one in ready)
    assert taken == [one.what for one in placed]
    assert len(ordering) == 0


def test_nothing_is_taken_past_a_gap() -> None:
    ordering: Ordering[str] = Ordering()
    ordering.put(Placed(position=3, previous=2, what="third"))
    assert ordering.take(1, 10) == []
    assert len(ordering) == 1


def test_the_latest_are_given_back_when_there_is_no_room() -> None:
    ordering: Ordering[int] = Ordering(room=4)
    for position in range(11, 17):
        ordering.put(Placed(position=position, previous=position - 1, what=position))
    assert [one.what for one in ordering.overflow()] == [13, 14, 15, 16]
    assert [one.what for one in ordering.take(10, 10)] == [11, 12]


def test_what_is_missing_is_asked_for_after_a_while_and_ever_more_seldom() -> None:
    missing = Missing(first=1, longest=4)
    asked = [now for now in range(20) if missing.due(5, now, missing=True)]
    assert asked == [1, 3, 7, 11, 15, 19]


def test_nobody_is_asked_while_there_is_progress() -> None:
    missing = Missing(first=1, longest=4)
    assert not any(missing.due(position, position, missing=True) for position in range(20))
    assert not missing.due(20, 99, missing=False)
