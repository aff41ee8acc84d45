"""Which of the texts that facts confide a reader is shown: the service that owns them says whose they are."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from common.eventstore.confiding import Told, read_texts
from common.handling import Handling
from common.history import History
from common.values import Confided, value
from common.web.runtime import Disclose, Disclosed


@value
class Confidence:
    """A text that a fact confides, the name under which agreements share it, and whether the reader may read it."""

    text: Confided
    field: str
    readable: bool


Confidences = Callable[[Handling, Any, str], Awaitable[Sequence[Confidence]]]
"""Return what a fact confides, judged for a reader's company. What it does not name nobody is shown."""


async def no_confidences(_handle: Handling, _fact: Any, _reader: str) -> Sequence[Confidence]:
    """Return nothing, for a service whose facts confide nothing."""
    return ()


def disclosing(handle: Handling, history: History, confidences: Confidences) -> Disclose:
    """Return what tells the texts beside a fact that a company is shown."""

    async def disclose(name: str, schema: int, data: bytes, confided: bytes | None, reader: str) -> Disclosed:
        if confided is None:
            return Disclosed()
        texts = read_texts(confided)
        found = await confidences(handle, history.read(name, schema, data, confided), reader)
        return Disclosed(
            texts={one.text.digest: _told(one.text) for one in found if one.readable and one.text.digest in texts},
            hidden=tuple(sorted({one.field for one in found if not one.readable})),
        )

    return disclose


def _told(one: Confided) -> Told:
    return Told(salt=one.salt, text=one.text or "")
