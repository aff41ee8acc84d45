"""A row and a mapping give a moment of a case, or the reason why the row cannot be understood."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from hashlib import blake2b

from acuerdo_cli.importing.mapping import Mapping
from acuerdo_cli.importing.meanings import Means, Moment
from acuerdo_cli.importing.naming import NAME, Naming, NotUnderstood, Said, clean, fitting
from acuerdo_cli.importing.rows import Reject, Row, Unusable
from common.values import can_name_a_person

_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)
"""An agreement can be in force from 1970 to 2200, and an import's begins at least a day before its first row."""

_LONGEST_SPAN = 36_525
"""Days; an outcome a hundred years after the opening is a mistake of the source."""

_LONGEST_CASE = 240
"""Characters of a case's name: what came of it later is called by it too, with the number of its step."""

_DELIMITERS = (";", "\t", "|", ",")


class Understanding:
    """Reads rows of one source by its mapping. Cases without an id are known by what they say, and how often."""

    def __init__(self, mapping: Mapping, *, headed: bool = False) -> None:
        """*headed*: the file names its columns once, so that every row has all there are."""
        self._mapping = mapping
        self._headed = headed
        self._missing = frozenset(mapping.source.missing)
        self._columns = sorted(mapping.columns())
        self._naming = Naming(mapping)
        self._zone = mapping.time_zone
        self._alike: Counter[bytes] = Counter()
        self._checked: frozenset[str] = frozenset()

    def moments(self, rows: Iterable[Row | Reject]) -> Iterator[tuple[Moment, ...] | Reject]:
        """Yield what each row says: one moment, or two where a row tells a case's opening and its outcome."""
        for row in rows:
            yield row if isinstance(row, Reject) else self._of(row)

    def _of(self, row: Row) -> tuple[Moment, ...] | Reject:
        self._check_columns(row)
        try:
            return self._event(row) if self._mapping.shape == "events" else self._whole_case(row)
        except NotUnderstood as why:
            return Reject(line=row.line, reason=str(why))

    def _check_columns(self, row: Row) -> None:
        """Raise ``Unusable`` when the first row shows that this is not the mapping's kind of file."""
        if self._checked:
            return
        missing = [column for column in self._columns if column not in row.cells]
        if missing and len(missing) * 2 >= len(self._columns):
            raise Unusable(f"this mapping is for another file: there is no column {missing[0]!r}{self._parted(row)}")
        if missing and self._headed:
            raise Unusable(f"there is no column {missing[0]!r}{_like(missing[0], row)}")
        self._checked = frozenset(self._columns)

    def _parted(self, row: Row) -> str:
        """Return the delimiter that may be meant where a header names one column, as the end of a sentence."""
        found = [one for one in _DELIMITERS if one in "".join(row.cells)]
        headed = self._headed and len(row.cells) == 1
        return f"; is the delimiter {found[0]!r} ([source] delimiter)?" if found and headed else ""

    def _event(self, row: Row) -> tuple[Moment, ...]:
        said = self._naming.said(row)
        at = self._moment(self._needed(row, self._mapping.time.column))
        return (self._said(row, self._needed(row, self._mapping.case.id or ""), at, said),)

    def _whole_case(self, row: Row) -> tuple[Moment, ...]:
        said = self._naming.said(row)
        opened, answered = self._span(row)
        key = self._needed(row, self._mapping.case.id) if self._mapping.case.id else self._by_content(row)
        return self._said(row, key, opened, said, opening=True), self._said(row, key, answered, said)

    def _span(self, row: Row) -> tuple[datetime, datetime]:
        times, outcome = self._mapping.time, self._mapping.outcome
        day = self._parsed(self._needed(row, times.column))
        days = self._days(self._needed(row, outcome.days if outcome else ""))
        if day.time() != time() or day.tzinfo:
            opened = self._zoned(day)
            return opened, opened + timedelta(days=days)
        opened = self._zoned(datetime.combine(day.date(), time.fromisoformat(times.opened_at)))
        answered = datetime.combine(day.date() + timedelta(days=int(days)), time.fromisoformat(times.answered_at))
        return opened, max(opened, self._zoned(answered))

    @staticmethod
    def _days(text: str) -> float:
        try:
            days = float(text)
        except ValueError:
            raise NotUnderstood(f"{text!r} is no number of days") from None
        if not 0 <= days <= _LONGEST_SPAN:
            raise NotUnderstood(f"answered {text} days after it was opened")
        return days

    def _by_content(self, row: Row) -> str:
        """Return a key that depends on what the row says and how many rows before said the same, not on its place."""
        content = "\x1e".join(f"{name}\x1f{cell}" for name, cell in sorted(row.cells.items()))
        digest = blake2b(content.encode(), digest_size=12)
        self._alike[digest.digest()] += 1
        return f"{digest.hexdigest()}-{self._alike[digest.digest()]}"

    def _said(self, row: Row, key: str, at: datetime, said: Said, *, opening: bool = False) -> Moment:
        person = self._mapping.person
        named = self._cell(row, person.column) if person.column else ""
        team, about = self._naming.team(row), self._naming.about(row)
        fitting(f"{team.company}: {about.service}", "company with its service", NAME)
        return Moment(
            line=row.line,
            case=fitting(key, "case", _LONGEST_CASE),
            at=at,
            means=Means.IN_WORK if opening else said.meaning.means,
            team=team,
            person=_nameable(named or person.unnamed),
            said=said.words,
            reason=said.meaning.reason or "",
            about=about,
        )

    def _needed(self, row: Row, column: str) -> str:
        if cell := self._cell(row, column):
            return cell
        raise NotUnderstood(f"{column!r} is missing")

    def _cell(self, row: Row, column: str) -> str:
        return clean(row.cells.get(column, ""), self._missing)

    def _moment(self, text: str) -> datetime:
        return self._zoned(self._parsed(text))

    def _parsed(self, text: str) -> datetime:
        form = self._mapping.time.format
        try:
            return datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007  _zoned adds it
        except ValueError:
            raise NotUnderstood(f"{text!r} is no time in the format {form!r}") from None

    def _zoned(self, at: datetime) -> datetime:
        try:
            zoned = (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)
        except OverflowError:
            zoned = None
        if zoned is None or not _EARLIEST <= zoned <= _LATEST:
            raise NotUnderstood(f"{at} is out of range: no agreement was or will be in force then")
        return zoned


def _like(column: str, row: Row) -> str:
    """Return the column of *row* that may be meant, as the end of a sentence."""
    alike = get_close_matches(column, list(row.cells), n=1)
    return f"; is {alike[0]!r} meant?" if alike else f"; there are {', '.join(row.cells)}"


def _nameable(person: str) -> str:
    if "/" in person or not can_name_a_person(person):
        raise NotUnderstood(f"{person!r} cannot name a person")
    return person
