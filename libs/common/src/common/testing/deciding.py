"""Given / when / then over facts: how a rule is tested."""

from typing import Generic, Self

from common.deciders import Command, Decider, Fact, State
from common.refusals import Refusal
from common.values import value


@value
class When(Generic[State, Command, Fact]):
    """One command against one history."""

    decider: Decider[State, Command, Fact]
    state: State
    command: Command

    def then(self, *facts: Fact) -> None:
        """Hold that exactly *facts* came of it, and that they can be folded."""
        brought = self.decider.decide(self.state, self.command)
        assert brought == list(facts), f"brought about {brought}"
        self.decider.fold(brought, self.state)

    def then_nothing(self) -> None:
        """Hold that it changed nothing."""
        self.then()

    def then_refused(self, refusal: type[Refusal]) -> None:
        """Hold that it was refused, and for this reason."""
        try:
            brought = self.decider.decide(self.state, self.command)
        except refusal:
            return
        raise AssertionError(f"not refused; brought about {brought}")


@value
class Given(Generic[State, Command, Fact]):
    """A history of one thing."""

    decider: Decider[State, Command, Fact]
    state: State

    def when(self, command: Command) -> When[State, Command, Fact]:
        """Put *command* to the thing as its history left it."""
        return When(decider=self.decider, state=self.state, command=command)

    def after(self, *commands: Command) -> Self:
        """Let *commands* happen first, each of which must be accepted."""
        state = self.state
        for command in commands:
            state = self.decider.fold(self.decider.decide(state, command), state)
        return type(self)(decider=self.decider, state=state)


def given(decider: Decider[State, Command, Fact], *facts: Fact) -> Given[State, Command, Fact]:
    """Start from what has happened."""
    return Given(decider=decider, state=decider.fold(facts))
