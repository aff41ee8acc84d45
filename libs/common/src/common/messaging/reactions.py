"""Someone else's fact turned into our commands."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import msgspec

from common.handling.types import Look
from common.history import AnyKind, Upcast
from common.messaging.envelope import Message
from common.values import value

Shape = TypeVar("Shape")
Remembered = Callable[[AnyKind, object], Any]
"""Gives the state of a thing as this process last saw it."""


class NotUnderstood(Exception):
    """The fact is in a version, or of a shape, that this program cannot read."""


def unchanged(raw: dict[str, Any]) -> dict[str, Any]:
    """Return *raw*: the step to a version that differs in nothing we read."""
    return raw


@value
class Send:
    """A command to put to the thing *key* of our own."""

    kind: AnyKind
    key: object
    command: Any


@value
class Reaction(Generic[Shape]):
    """What we do upon the fact *name* of the service *source*, read as *shape* (our own class with the fields we need).

    *upcasts* lead from each older schema version to the next; their number + 1 is the version that *shape* reads.
    *settled* tells that nothing comes of a fact, now or whatever may follow: then *react* is not asked, and what this
    process remembers of a thing is enough to know it.
    """

    source: str
    name: str
    shape: type[Shape]
    react: Callable[[Shape, Look], Awaitable[Sequence[Send]]]
    upcasts: Sequence[Upcast] = ()
    settled: Callable[[Shape, Remembered], bool] | None = None

    def read(self, message: Message) -> Shape:
        """Return the fact in *message* as ``shape``; fields that we do not know are ignored.

        Raises:
            NotUnderstood: its version is newer than this program, a field is missing or is not what it was.
        """
        return self.read_data(message.schema, message.data)

    def read_data(self, schema: int, data: bytes) -> Shape:
        """Return the fact that *data* holds in version *schema*, as ``read`` does."""
        newest = len(self.upcasts) + 1
        if not 1 <= schema <= newest:
            raise NotUnderstood(f"{self.name} version {schema} is not understood, only up to {newest}")
        try:
            if schema == newest:
                return msgspec.json.decode(data, type=self.shape)
            raw = cast("dict[str, Any]", msgspec.json.decode(data))
            for step in self.upcasts[schema - 1 :]:
                raw = step(raw)
            return msgspec.convert(raw, type=self.shape)
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            raise NotUnderstood(f"{self.name}: {error}") from error
