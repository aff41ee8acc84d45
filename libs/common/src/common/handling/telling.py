"""What is told as history, by whom, and until when: an import adds nothing to what people act on."""

from collections.abc import Iterable
from typing import Generic, Protocol

from common.deciders import Command, Fact, State
from common.eventstore.recorded import Context
from common.history import Kind
from common.refusals import Forbidden, Refusal
from common.shared_refusals import NotYoursToTell
from common.values import Actor, Person, value


class PeopleActOnIt(Forbidden):
    """People act on this now: what they did not do themselves is told of it as history no more."""


class Provenance(Protocol):
    """Who is behind a fact, and whether a source told it: what is kept of each fact says so."""

    @property
    def actor(self) -> Actor:
        """Who is behind it."""
        ...

    @property
    def imported(self) -> bool:
        """Whether a source told it."""
        ...


@value
class AsTold(Generic[State]):
    """A thing as it stood when people began to act on it: what a source had told of it, at most."""

    state: State


@value
class Begun:
    """How a thing began: ``teller`` is the company whose operator told it, None where people or a rule began it."""

    teller: str | None


@value
class Course(Generic[State]):
    """How a thing stands, and what had been told of it before people acted on it; None while nobody has.

    ``begun`` is None while nothing has happened to it. ``acted``: the companies whose own people acted on it.
    """

    state: State
    told: AsTold[State] | None
    begun: Begun | None
    acted: frozenset[str] = frozenset()

    @property
    def teller(self) -> str | None:
        """The company whose operator told the thing's beginning; no other tells more of it."""
        return None if self.begun is None else self.begun.teller


def course(
    kind: Kind[State, Command, Fact], before: Course[State], facts: Iterable[tuple[Fact, Provenance]]
) -> Course[State]:
    """Return how the thing stands after *facts*, each with who is behind it."""
    state, told, begun, acted = before.state, before.told, before.begun, before.acted
    for fact, behind in facts:
        if begun is None:
            begun = Begun(teller=teller_of(behind))
        if told is None and not behind.imported and kind.acts(fact):
            told = AsTold(state=state)
        if (company := _company_of(behind)) is not None and company not in acted:
            acted |= {company}
        state = kind.decider.evolve(state, fact)
    return Course(state=state, told=told, begun=begun, acted=acted)


def _company_of(behind: Provenance) -> str | None:
    """Return the company whose own people did this; None where a source tells it, or a rule brought it about."""
    return behind.actor.company if not behind.imported and isinstance(behind.actor, Person) else None


def teller_of(behind: Provenance) -> str | None:
    """Return the company whose operator tells this as history, whomever they say it was; None where none does."""
    return behind.actor.company if behind.imported and isinstance(behind.actor, Person) else None


def ensure_teller(teller: str | None, company: str) -> None:
    """Hold that *company* tells of what it began itself; what no source began is for other rules."""
    if teller not in {None, company}:
        raise NotYoursToTell


def decided(
    kind: Kind[State, Command, Fact], standing: Course[State], command: Command, context: Context
) -> list[Fact]:
    """Return the facts *command* brings about. Raises its refusal, or ``PeopleActOnIt`` where a source tells too late.

    Another source than the one that told of the thing is refused before anything is compared (``NotYoursToTell``):
    right and wrong guesses are answered alike. What services conclude from what was told is told already, and follows.
    """
    told, telling = standing.told, teller_of(context)
    if telling is not None and kind.told_by_one:
        ensure_teller(standing.teller, telling)
    if told is None or telling is None:
        return kind.decider.decide(standing.state, command)
    if told.state is kind.decider.initial:
        return _nothing(kind.decider.decide(standing.state, command))
    try:
        return _nothing(kind.decider.decide(told.state, command))
    except Refusal as refusal:
        raise PeopleActOnIt from refusal


def _nothing(facts: list[Fact]) -> list[Fact]:
    """Hold that what is told was told before. It is compared with nothing that people did, which it could find out."""
    if facts:
        raise PeopleActOnIt
    return facts
