"""Batches: many operations in one request, one outcome per line, in order; more lines go in more requests."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from acuerdo_client.calls import written
from acuerdo_client.problems import Problem, problem

MEDIA_TYPE = "application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one batch request may carry."""

    lines: int = 5_000
    octets: int = 8_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line: ``line`` counts from 1 over the whole batch, ``problem`` is None if it was accepted.

    ``position`` is where the service then was, 0 when nothing was added; ``replayed``: the first answer, again.
    """

    line: int
    status: int
    answer: Any
    problem: Problem | None
    position: int = 0
    replayed: bool = False


def requests(lines: Iterable[Mapping[str, Any]], limits: Limits) -> Iterator[Sequence[bytes]]:
    """Yield *lines* as JSON, as many together as one request may carry."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=written).encode() + b"\n"
        if held and (len(held) >= limits.lines or size + len(text) > limits.octets):
            yield held
            held, size = [], 0
        held.append(text)
        size += len(text)
    if held:
        yield held


class Reply:
    """The answer to one batch request, put together from its pieces; what a broken try told is not told again."""

    def __init__(self, lines: int, before: int, reached: Callable[[int], None]) -> None:
        self._lines = lines
        self._reached = reached
        self._before = before
        self._known = 0
        self._rest = b""

    @property
    def whole(self) -> bool:
        """Tell whether every line has its outcome."""
        return self._known >= self._lines

    def begin(self) -> None:
        """Forget the half line that a broken try left."""
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[Outcome]:
        """Yield the outcomes that *piece* completes. *before* lines went in earlier requests."""
        *whole, self._rest = (self._rest + piece).split(b"\n")
        for line in filter(None, whole):
            became = _outcome(line, self._before)
            if became.line > self._before + self._known:
                self._known += 1
                self._reached(became.position)
                yield became


def _outcome(line: bytes, before: int) -> Outcome:
    told = cast("dict[str, Any]", json.loads(line))
    refused, status = told.get("problem"), int(told["status"])
    why = problem(refused, status) if refused else None
    number, position = before + int(told["line"]), int(told.get("position", 0))
    return Outcome(number, status, told.get("answer"), why, position, bool(told.get("replayed")))
