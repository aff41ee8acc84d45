"""Where what is wrong with a request: said to whoever sent it, without what was sent, for it may be personal."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_PLUS_LOST = re.compile(r".*\d \d\d:?\d\d")


def located(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Return pydantic's *errors* as a problem lists them.

    A list is not told to be too short when its items are what cannot be read: they were sent.
    """
    found = list(errors)
    places = [tuple(one["loc"]) for one in found]
    told = [one for one in found if one["type"] != "too_short" or not _within(tuple(one["loc"]), places)]
    return [{"at": [str(part) for part in one["loc"]], "message": _message(one)} for one in told]


def _within(place: tuple[Any, ...], places: Sequence[tuple[Any, ...]]) -> bool:
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _message(error: Mapping[str, Any]) -> str:
    sent = error.get("input")
    if error["loc"][:1] == ("query",) and isinstance(sent, str) and _PLUS_LOST.fullmatch(sent):
        return f"{error['msg']}; a + in an address is written %2B"
    return str(error["msg"])
