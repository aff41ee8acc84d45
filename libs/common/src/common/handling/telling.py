"""What is told as history, and until when: an import adds nothing to what people act on."""

from collections.abc import Iterable
from typing import Generic

from common.deciders import Command, Fact, State
from common.eventstore.recorded import Context
from common.history import Kind
from common.refusals import Forbidden, Refusal
from common.values import Person, value


class PeopleActOnIt(Forbidden):
    """People act on this now: what they did not do themselves is told of it as history no more."""


@value
class AsTold(Generic[State]):
    """A thing as it stood when people began to act on it: what a source had told of it, at most."""

    state: State


@value
class Course(Generic[State]):
    """How a thing stands, and what had been told of it before people acted on it; None while nobody has."""

    state: State
    told: AsTold[State] | None


def course(
    kind: Kind[State, Command, Fact], before: Course[State], facts: Iterable[tuple[Fact, bool]]
) -> Course[State]:
    """Return how the thing stands after *facts*, each with whether a source told it."""
    state, told = before.state, before.told
    for fact, imported in facts:
        if told is None and not imported and kind.acts(fact):
            told = AsTold(state=state)
        state = kind.decider.evolve(state, fact)
    return Course(state=state, told=told)


def decided(
    kind: Kind[State, Command, Fact], standing: Course[State], command: Command, context: Context
) -> list[Fact]:
    """Return the facts *command* brings about. Raises its refusal, or ``PeopleActOnIt`` where a source tells too late.

    What services conclude from what was told is told already, and follows.
    """
    told = standing.told
    if told is None or not (context.imported and isinstance(context.actor, Person)):
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
