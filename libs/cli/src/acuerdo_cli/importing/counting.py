"""What stories add up to: the numbers that a faithful import must bring out of the services."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise

from acuerdo_cli.importing.story import Answered, CameBack, Parked, Solved, Story


@dataclass(slots=True)
class Counts:
    """Cases and what became of them. Open cases are in work, awaiting feedback or parked."""

    cases: int = 0
    rounds: int = 0
    hand_offs: int = 0
    closed: int = 0
    open: int = 0
    in_work: int = 0
    awaiting_feedback: int = 0
    parked: int = 0
    reopened_cases: int = 0

    def add(self, other: "Counts") -> None:
        """Add *other* to these."""
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)


def count(story: Story) -> Counts:
    """Return what *story* adds."""
    rounds, ends = 1, "in_work"
    for step in story.steps:
        rounds, ends = _after(rounds, ends, step)
    counts = Counts(cases=1, rounds=rounds, hand_offs=len(hand_offs(story)), reopened_cases=int(rounds > 1))
    counts.open = int(ends != "closed")
    setattr(counts, ends, 1)
    return counts


def _after(rounds: int, ends: str, step: object) -> tuple[int, str]:
    match step:
        case Solved():
            return rounds, "awaiting_feedback"
        case Answered(positive=True):
            return rounds, "closed"
        case Answered():
            return rounds + 1, "in_work"
        case CameBack(round=opened):
            return opened, "in_work"
        case Parked():
            return rounds, "parked"
        case _:
            return rounds, ends


def hand_offs(story: Story) -> list[tuple[str, str]]:
    """Return the companies from and to of every time the case was seen with another team."""
    seen = [step.team for step in story.steps]
    return [
        (one.company, next_.company)
        for one, next_ in pairwise(seen)
        if (one.company, one.name) != (next_.company, next_.name)
    ]


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of *counts*."""
    summed = Counts()
    for some in counts:
        summed.add(some)
    return summed
