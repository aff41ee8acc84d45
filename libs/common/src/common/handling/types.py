"""What goes into and comes out of handling a command."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Generic, Protocol

from common.deciders import Command, Fact, State
from common.eventstore.recorded import Context, Effect, Once
from common.history import AnyKind, Kind
from common.refusals import Refusal
from common.values import value


@value
class Folded(Generic[State]):
    """A thing as its facts left it; version 0 means nothing has happened to it.

    ``lived``: people act on it, so that a source tells no more of it. ``teller``: the company whose operator told its
    beginning as history, None where none did. ``acted``: the companies whose own people acted on it, told by no source.
    """

    state: State
    version: int
    lived: bool = False
    teller: str | None = None
    acted: frozenset[str] = frozenset()


@value
class Handled(Generic[State, Fact]):
    """A command that was accepted: its facts stand. ``position`` is the last fact's, 0 when asking twice added none."""

    facts: tuple[Fact, ...]
    state: State
    version: int
    position: int


class Look(Protocol):
    """Reads a thing of this service."""

    async def __call__(self, kind: Kind[State, Command, Fact], key: object) -> Folded[State]:
        """Return the thing *key* as it stands."""
        ...


class Unit(Protocol):
    """Several commands, and effects, that become true in one transaction."""

    async def handle(self, kind: Kind[Any, Any, Any], key: object, command: Any, context: Context) -> Sequence[Any]:
        """Decide on *command* upon this unit's own pending facts; return its facts. Raises the refusal."""
        ...

    async def look(self, kind: Kind[State, Command, Fact], key: object) -> Folded[State]:
        """Return the thing as this unit would leave it."""
        ...

    def remembered(self, kind: Kind[State, Command, Fact], key: object) -> State:
        """Return the thing as this unit would leave what this process last saw of it; as untouched if it never did."""
        ...

    def began(self, kind: Kind[Any, Any, Any], key: object) -> bool:
        """Tell whether nothing had happened to the thing *key* before this unit changed it."""
        ...

    @property
    def idle(self) -> bool:
        """Tell whether nothing is to be committed so far."""
        ...

    def also(self, effect: Effect) -> None:
        """Write *effect* in the same transaction."""
        ...

    def before(self, effect: Effect) -> None:
        """Write *effect* in the same transaction, before all others so far."""
        ...

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Drop what is put into the unit inside the block if the block raises."""
        ...


class Handle(Protocol):
    """The one way in: read, fold, decide, append; tried again when someone else was faster."""

    async def __call__(
        self,
        kind: Kind[State, Command, Fact],
        key: object,
        command: Command,
        *,
        context: Context,
        expected: int | None = None,
        once: Once | None = None,
    ) -> Handled[State, Fact]:
        """Bring about what *command* asks. Raises its refusal, or ``StaleVersion`` when *expected* no longer holds."""
        ...

    async def batch(
        self, kind: Kind[State, Command, Fact], key: object, commands: Sequence[tuple[Command, Context, Once | None]]
    ) -> Sequence[Handled[State, Fact] | Refusal]:
        """Handle commands of one thing in order with one append; each has its own outcome."""
        ...

    async def look(self, kind: Kind[State, Command, Fact], key: object) -> Folded[State]:
        """Return the thing *key* as it stands."""
        ...

    async def as_of(self, kind: Kind[State, Command, Fact], key: object, moment: datetime) -> Folded[State]:
        """Return the thing *key* as it was recorded at *moment*."""
        ...

    async def remembered(self, kind: Kind[State, Command, Fact], key: object) -> Folded[State]:
        """Return the thing as this process last saw it, read only when it never did."""
        ...

    async def together(
        self, work: Callable[[Unit], Awaitable[None]], *, likely: Iterable[tuple[AnyKind, object]] = ()
    ) -> int:
        """Run *work* and commit all it put into its unit at once; run again when someone else was faster.

        Things that it will *likely* look at are read beforehand, all at once. Returned is the last fact's position,
        0 when there was none.
        """
        ...
