"""Cases go on side by side, each in order; what a service does not know yet is sent again."""

from collections.abc import Sequence

import pytest

from acuerdo_cli.importing import waves
from acuerdo_cli.importing.waves import Course, Line, Stage, run
from acuerdo_client import Outcome
from acuerdo_client.problems import problem


class Services:
    """Batches that refuse a line as often as they are told to, and remember what they were sent."""

    def __init__(self, **refusals: list[int]) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self._refusals = refusals

    async def __call__(self, to: str, lines: Sequence[Line]) -> Sequence[Outcome]:
        keys = [str(line["key"]) for line in lines]
        self.sent.append((to, keys))
        return [self._outcome(n, key) for n, key in enumerate(keys, start=1)]

    def _outcome(self, number: int, key: str) -> Outcome:
        refusals = self._refusals.get(key)
        if not refusals:
            return Outcome(number, 201, {}, None)
        status = refusals.pop(0)
        return Outcome(number, status, None, problem({"title": "No.", "detail": "Not yet."}, status))


def _course(*stages: tuple[str, str]) -> Course:
    """Return a course of stages, each with a line for every letter of its second part."""
    return Course(
        [
            Stage(
                to=to,
                lines=tuple({"operation": "do", "key": key} for key in keys),
                rows=tuple(ord(key) for key in keys),
            )
            for to, keys in stages
        ]
    )


async def test_stages_of_one_kind_go_together_and_in_order() -> None:
    services = Services()
    assert await run([_course(("open", "a"), ("work", "bc")), _course(("open", "d"), ("loop", "e"))], services) == []
    assert services.sent == [("open", ["a", "d"]), ("work", ["b", "c"]), ("loop", ["e"])]


async def test_what_is_not_known_yet_is_sent_again_from_that_line_on() -> None:
    services = Services(b=[409, 404])
    assert await run([_course(("work", "abc"), ("loop", "d"))], services) == []
    assert services.sent == [("work", ["a", "b", "c"]), ("work", ["b", "c"]), ("work", ["b", "c"]), ("loop", ["d"])]


async def test_others_do_not_wait_for_a_case_that_waits() -> None:
    services = Services(a=[409])
    await run([_course(("work", "a"), ("loop", "x")), _course(("work", "b"), ("loop", "c"))], services)
    assert services.sent[1] == ("loop", ["c"])


async def test_what_can_never_be_ends_the_case_and_is_told_by_its_row() -> None:
    services = Services(b=[422])
    refused = await run([_course(("work", "abc"), ("loop", "d")), _course(("work", "e"))], services)
    assert [(reject.line, reject.reason) for reject in refused] == [(ord("b"), "do was refused: No. Not yet.")]
    assert services.sent == [("work", ["a", "b", "c", "e"])]


async def test_a_refusal_is_told_in_the_words_of_the_source_not_by_its_operation() -> None:
    line = {"operation": "registerCustomer", "key": "a", "occurred_at": "2099-01-01T00:00:00Z"}
    (reject,) = await run([Course([Stage(to="customers", lines=(line,), rows=(2,))])], Services(a=[422]))
    assert reject.reason == "the opening of the case (at 2099-01-01T00:00:00Z) was refused: No. Not yet."


async def test_a_key_that_told_otherwise_before_is_told_as_an_import_that_changed() -> None:
    used = {"type": "urn:acuerdo:refusal:key-used-otherwise", "title": "This idempotency key has been used."}

    async def send(_: str, lines: Sequence[Line]) -> Sequence[Outcome]:
        return [Outcome(n, 422, None, problem(used, 422)) for n, _ in enumerate(lines, start=1)]

    line = {"operation": "recordWork", "key": "a", "occurred_at": "2020-01-01T00:00:00Z"}
    (reject,) = await run([Course([Stage(to="work", lines=(line,), rows=(2,))])], send)
    assert reject.reason == (
        "the work (at 2020-01-01T00:00:00Z) was imported otherwise before and stays so: "
        "has its row, or a name in 'names', changed?"
    )


async def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "PATIENCE", 0.05)
    refused = await run([_course(("work", "a"))], Services(a=[409] * 50))
    assert len(refused) == 1
