"""Moments become stories: the rows of one case together, told in order."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from acuerdo_cli.importing.meanings import Moment
from acuerdo_cli.importing.rows import Reject
from acuerdo_cli.importing.story import Story, tell

Understood = tuple[Moment, ...] | Reject


def stories(understood: Iterable[Understood]) -> Iterator[Story | Reject]:
    """Yield one story per case, and a reject for each row that stands outside the order of its case.

    The rows of a case must stand together and in time order; only one case's rows are in memory, and a digest of
    every case seen.
    """
    told: set[bytes] = set()
    case: list[Moment] = []
    for moments in understood:
        if isinstance(moments, Reject):
            yield moments
            continue
        first = moments[0]
        if case and first.case != case[0].case:
            yield tell(case)
            told.add(_digest(case[0].case))
            case = []
        if _digest(first.case) in told:
            yield Reject(line=first.line, reason=f"the rows of case {first.case} do not stand together")
        elif case and first.at < case[-1].at:
            yield Reject(line=first.line, reason=f"earlier than the row of case {first.case} before it")
        else:
            case.extend(moments)
    if case:
        yield tell(case)


def _digest(case: str) -> bytes:
    return blake2b(case.encode(), digest_size=12).digest()
