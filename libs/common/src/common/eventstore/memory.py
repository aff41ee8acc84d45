"""The store in memory: the same contract, for tests of the shell only."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from common.eventstore.chain import link, write_actor
from common.eventstore.recorded import AlreadyAsked, Answered, Append, Appended, Effect, Recorded, Stale


class MemoryStore:
    """Facts in a list. Effects are called with no connection, so only effects that need none make sense here."""

    def __init__(self, *, clock: Callable[[], datetime], on_append: Callable[[int], None] | None = None) -> None:
        self._clock = clock
        self._on_append = on_append or _nobody
        self._log: list[Recorded] = []
        self._streams: dict[str, list[Recorded]] = {}
        self._answers: dict[str, Answered] = {}
        self._due: dict[str, datetime] = {}

    async def read(
        self, stream: str, *, after: int = 0, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[Recorded]:
        """Return the stream's facts above version *after*, recorded until *until*, in order, at most *limit*."""
        facts = self._streams.get(stream, [])[after:]
        return [fact for fact in facts if until is None or fact.recorded_at <= until][:limit]

    async def read_log(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Return the facts above position *after*, in order, without gaps."""
        return self._log[after : after + limit]

    async def head(self) -> int:
        """Return the position of the last fact, 0 when there is none."""
        return len(self._log)

    async def answered(self, keys: Sequence[str]) -> Mapping[str, Answered]:
        """Return what was answered under those of *keys* that are taken."""
        return {key: self._answers[key] for key in keys if key in self._answers}

    async def secret(self) -> bytes:
        """Return bytes that are this store's own."""
        return id(self).to_bytes(32)

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        """Take streams whose wake-up time has come; they are due again at *until*."""
        ready = sorted((due, stream) for stream, due in self._due.items() if due <= now)
        taken = [(stream, due) for due, stream in ready[:limit]]
        self._due.update((stream, until) for stream, _ in taken)
        return taken

    async def append(self, append: Append) -> Appended:
        """Put the facts into the list, or raise ``Stale`` or ``AlreadyAsked``."""
        return (await self.append_together([append]))[0]

    async def append_together(self, appends: Sequence[Append], effects: Sequence[Effect] = ()) -> Sequence[Appended]:
        """Put all *appends* into the list, or nothing."""
        for append in appends:
            if len(self._streams.get(append.stream, [])) != append.expected:
                raise Stale(append.stream)
            if any(once.key in self._answers for once in append.onces):
                raise AlreadyAsked(append.stream)
        for effect in effects:
            await effect(cast("Any", None))
        stands = [self._put(append) for append in appends]
        if top := max((one.position for one in stands), default=0):
            self._on_append(top)
        return stands

    def _put(self, append: Append) -> Appended:
        tip, start = append.previous, len(self._log)
        for version, fact in enumerate(append.facts, start=append.expected + 1):
            context, previous = fact.context, tip
            tip = link(
                previous, append.stream, version, fact.event_id, fact.name, fact.schema, fact.data, fact.at,
                fact.recorded_at, write_actor(context.actor), fact.agreement_id, context.correlation,
                context.causation, context.imported, context.performed_by,
            )  # fmt: skip
            recorded = Recorded(
                position=len(self._log) + 1, stream=append.stream, version=version, event_id=fact.event_id,
                name=fact.name, schema=fact.schema, data=fact.data, at=fact.at, recorded_at=fact.recorded_at,
                actor=context.actor, agreement_id=fact.agreement_id, correlation=context.correlation,
                causation=context.causation, imported=context.imported, performed_by=context.performed_by,
                trace=context.trace, published=fact.published, hash=tip, previous=previous, confided=fact.confided,
            )  # fmt: skip
            self._log.append(recorded)
            self._streams.setdefault(append.stream, []).append(recorded)
        self._note(append, start)
        position = len(self._log) if append.facts else 0
        return Appended(version=append.expected + len(append.facts), hash=tip, position=position)

    def _note(self, append: Append, start: int) -> None:
        for once in append.onces:
            version = append.expected + len(append.facts) if once.version is None else once.version
            added = version - append.expected
            self._answers[once.key] = Answered(
                fingerprint=once.fingerprint,
                status=once.status,
                answer=once.answer,
                version=version,
                position=start + added if append.facts and added > 0 else 0,
            )
        if append.moves_due and append.due is not None:
            self._due[append.stream] = append.due
        elif append.moves_due:
            self._due.pop(append.stream, None)


def _nobody(_: int) -> None:
    """Nobody listens."""
