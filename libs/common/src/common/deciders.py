"""A rule is a pure function of state and command; a thing's life is its facts folded in order."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Generic, TypeVar

from common.values import value

State = TypeVar("State")
Command = TypeVar("Command")
Fact = TypeVar("Fact")


@value
class Decider(Generic[State, Command, Fact]):
    """How one kind of thing lives: where it starts, what a command brings about, what a fact changes."""

    initial: State
    decide: Callable[[State, Command], list[Fact]]
    evolve: Callable[[State, Fact], State]

    def fold(self, facts: Iterable[Fact], state: State | None = None) -> State:
        """Return the state after *facts*, from *state* or from the beginning."""
        return reduce(self.evolve, facts, self.initial if state is None else state)
