"""What the cells of a row name: who does the work, and what the case is about. The same cells are read once."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from acuerdo_cli.importing.codes import slug
from acuerdo_cli.importing.mapping import Known, Mapping, Meaning
from acuerdo_cli.importing.meanings import Circumstances, Team
from acuerdo_cli.importing.rows import Row
from common.values import value

T = TypeVar("T")

_REMEMBERED = 20_000

NAME, ABOUT, WORDS, LEVEL, LANGUAGE = 200, 20_000, 4_000, 100, 35
"""Characters that the services take of a name, what a case is about, a remark, a team's level, and a language."""


class NotUnderstood(Exception):
    """The row says nothing that the mapping gives a meaning to."""


class Cells(Generic[T]):
    """Reads the same columns of every row, and remembers what their cells gave."""

    def __init__(self, columns: Sequence[str], missing: frozenset[str], read: Callable[[dict[str, str]], T]) -> None:
        self._columns = tuple(dict.fromkeys(columns))
        self._missing = missing
        self._read = read
        self._known = lru_cache(maxsize=_REMEMBERED)(self._clean)

    def of(self, row: Row) -> T:
        """Return what the cells of *row* give. Raises ``NotUnderstood``."""
        cells = row.cells
        return self._known(tuple([cells.get(column, "") for column in self._columns]))

    def _clean(self, cells: tuple[str, ...]) -> T:
        return self._read(
            {column: clean(cell, self._missing) for column, cell in zip(self._columns, cells, strict=True)}
        )


@value
class Said:
    """What a row means, and its own words for it."""

    meaning: Meaning
    words: str


class Naming:
    """A mapping's names and meanings, ready to be read from rows."""

    def __init__(self, mapping: Mapping) -> None:
        case, missing = mapping.case, frozenset(mapping.source.missing)
        self._mapping = mapping
        self._team_of = Cells(_columns(case.company, case.team, case.level), missing, self._team)
        about = (case.service, case.activity, case.region, case.priority, case.language, case.about)
        self._about_of = Cells(_columns(*about), missing, self._about)
        conditions = sorted({column for meaning in mapping.rows for column in meaning.when})
        self._said_of = Cells(conditions, missing, self._said)

    def team(self, row: Row) -> Team:
        """Return who does the work. Raises ``NotUnderstood``."""
        return self._team_of.of(row)

    def about(self, row: Row) -> Circumstances:
        """Return what the case is about. Raises ``NotUnderstood``."""
        return self._about_of.of(row)

    def said(self, row: Row) -> Said:
        """Return what the row means. Raises ``NotUnderstood``."""
        return self._said_of.of(row)

    def _team(self, cells: dict[str, str]) -> Team:
        case = self._mapping.case
        return Team(
            company=_name(cells, case.company, "company"),
            name=_name(cells, case.team, "team"),
            level=_name(cells, case.level, "level", LEVEL),
        )

    def _about(self, cells: dict[str, str]) -> Circumstances:
        case = self._mapping.case
        return Circumstances(
            service=_name(cells, case.service, "service"),
            activity=_name(cells, case.activity, "activity"),
            region=_name(cells, case.region, "region"),
            priority=self._priority(_name(cells, case.priority, "priority")),
            language=_name(cells, case.language, "language", LANGUAGE),
            about=_name(cells, case.about, "about", ABOUT),
        )

    def _priority(self, name: str) -> str:
        code = slug(name)
        if code not in self._mapping.agreement.priorities:
            raise NotUnderstood(f"the mapping's agreement has no priority {code!r}")
        return code

    def _said(self, cells: dict[str, str]) -> Said:
        meaning = next((meaning for meaning in self._mapping.rows if _fits(meaning, cells)), None)
        if meaning is None:
            what = ", ".join(f"{column} {cell[:NAME]!r}" for column, cell in cells.items())
            raise NotUnderstood(f"no rule says what {what} means")
        words = " / ".join(dict.fromkeys(filter(None, cells.values())))
        return Said(meaning=meaning, words=fitting(words, "remark", WORDS))


def fitting(said: str, what: str, longest: int) -> str:
    """Return *said* if the services take as much. Raises ``NotUnderstood``."""
    if len(said) > longest:
        raise NotUnderstood(f"the {what} has {len(said)} characters; at most {longest} are taken")
    return said


def clean(cell: str, missing: frozenset[str]) -> str:
    """Return what *cell* says, nothing if it holds a mark for that."""
    said = cell.strip()
    return "" if said in missing else said


def _columns(*names: Known) -> list[str]:
    return [known.column for known in names if known.column is not None]


def _fits(meaning: Meaning, cells: dict[str, str]) -> bool:
    return all(
        cells[column] in ((wanted,) if isinstance(wanted, str) else wanted) for column, wanted in meaning.when.items()
    )


def _name(cells: dict[str, str], known: Known, what: str, longest: int = NAME) -> str:
    if known.column is None:
        return known.value or ""
    cell = cells[known.column]
    named = known.names.get(cell, cell) or known.missing
    if named is None:
        raise NotUnderstood(f"no {what}: {known.column!r} is missing")
    return fitting(named, what, longest)
