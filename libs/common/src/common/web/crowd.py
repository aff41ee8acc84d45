"""Who is being served: nobody takes the places of everybody else, and whoever only waits takes none."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from common.refusals import TooMany
from common.web.problems import Overloaded

_WAIT_FOR_EACH = 4
"""How many requests may wait for each place: they take next to nothing."""

NOBODY = ""
"""Whoever does not say who they are; they have a share of their own."""


class TooManyAtOnce(TooMany):
    """Your company has as many requests under way here as is its share; ask again when some are answered."""


class TooManyWaiting(TooMany):
    """As many requests wait here as may, of your company or of all; ask again, or without ``Prefer: wait``."""


class Crowd:
    """The requests of one process: how many, whose, and which of them only wait.

    A company may have a quarter of the *places*, three quarters as long as it is alone; who says not who they are, a
    quarter.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._here: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self.in_flight = 0

    def come(self) -> None:
        """Count a request, whoever's it is and whatever becomes of it, until it has ``gone``."""
        self.in_flight += 1

    def gone(self) -> None:
        """Count it no more."""
        self.in_flight -= 1

    def admit(self) -> None:
        """Raise ``Overloaded`` when more is being worked on than there are places."""
        if self.in_flight > self._places and self.in_flight - self._waiting.total() > self._places:
            raise Overloaded

    def serve(self, company: str) -> None:
        """Give *company* a place for a request, until it is ``served``. Raises ``TooManyAtOnce``."""
        if self._at_work(company) >= self._share(company):
            raise TooManyAtOnce
        self._here[company] += 1

    def served(self, company: str) -> None:
        """Take back a place that *company* was given."""
        _count_off(self._here, company)

    @contextmanager
    def waits(self, company: str) -> Generator[None]:
        """Let a request of *company* that has a place wait without it, and go on if there is one again.

        Raises:
            TooManyWaiting: too many wait already.
            TooManyAtOnce: the company's other requests took its share meanwhile.
            Overloaded: everybody's took all places.
        """
        if self._waiting[company] >= self._share(company) or self._waiting.total() >= _WAIT_FOR_EACH * self._places:
            raise TooManyWaiting
        with _counted(self._waiting, company):
            yield
        self.admit()
        if self._at_work(company) > self._share(company):
            raise TooManyAtOnce

    def _at_work(self, company: str) -> int:
        return self._here[company] - self._waiting[company]

    def _share(self, company: str) -> int:
        others = len(self._here) - (company in self._here) - (company != NOBODY and NOBODY in self._here)
        alone = company != NOBODY and not others
        return max(1, self._places * (3 if alone else 1) // 4)


@contextmanager
def _counted(counter: Counter[str], company: str) -> Generator[None]:
    counter[company] += 1
    try:
        yield
    finally:
        _count_off(counter, company)


def _count_off(counter: Counter[str], company: str) -> None:
    counter[company] -= 1
    if not counter[company]:
        del counter[company]
