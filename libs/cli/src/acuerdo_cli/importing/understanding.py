"""A row and a mapping give a moment of a case, or the reason why the row cannot be understood."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b

from acuerdo_cli.importing.codes import slug
from acuerdo_cli.importing.mapping import Known, Mapping, Meaning
from acuerdo_cli.importing.meanings import Circumstances, Means, Moment, Team
from acuerdo_cli.importing.rows import Reject, Row, Unusable

_LONGEST_SPAN = 36_525
"""Days; an outcome a hundred years after the opening is a mistake of the source."""


class _NotUnderstood(Exception):
    """The row says nothing that the mapping gives a meaning to."""


class Understanding:
    """Reads rows of one source by its mapping. Cases without an id are known by what they say, and how often."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._missing = frozenset(mapping.source.missing)
        self._columns = sorted(mapping.columns())
        self._conditions = sorted({column for meaning in mapping.rows for column in meaning.when})
        self._zone = mapping.time_zone
        self._alike: Counter[bytes] = Counter()
        self._checked: frozenset[str] = frozenset()
        self._means = lru_cache(maxsize=10_000)(self._first_meaning)

    def moments(self, rows: Iterable[Row | Reject]) -> Iterator[tuple[Moment, ...] | Reject]:
        """Yield what each row says: one moment, or two where a row tells a case's opening and its outcome."""
        for row in rows:
            yield row if isinstance(row, Reject) else self._of(row)

    def _of(self, row: Row) -> tuple[Moment, ...] | Reject:
        self._check_columns(row)
        try:
            return self._event(row) if self._mapping.shape == "events" else self._whole_case(row)
        except _NotUnderstood as why:
            return Reject(line=row.line, reason=str(why))

    def _check_columns(self, row: Row) -> None:
        """Raise ``Unusable`` when the first row shows that this is not the mapping's kind of file."""
        if self._checked:
            return
        missing = [column for column in self._columns if column not in row.cells]
        if missing and len(missing) * 2 >= len(self._columns):
            raise Unusable(f"this mapping is for another file: there is no column {missing[0]!r}")
        self._checked = frozenset(self._columns)

    def _event(self, row: Row) -> tuple[Moment, ...]:
        meaning = self._meaning(row)
        at = self._moment(self._needed(row, self._mapping.time.column))
        return (self._said(row, self._needed(row, self._mapping.case.id or ""), at, meaning.means, meaning.reason),)

    def _whole_case(self, row: Row) -> tuple[Moment, ...]:
        meaning = self._meaning(row)
        opened, answered = self._span(row)
        key = self._needed(row, self._mapping.case.id) if self._mapping.case.id else self._by_content(row)
        return (
            self._said(row, key, opened, Means.IN_WORK, None),
            self._said(row, key, answered, meaning.means, meaning.reason),
        )

    def _span(self, row: Row) -> tuple[datetime, datetime]:
        times, outcome = self._mapping.time, self._mapping.outcome
        day = self._parsed(self._needed(row, times.column))
        days = self._days(self._needed(row, outcome.days if outcome else ""))
        if day.time() != time() or day.tzinfo:
            opened = self._zoned(day)
            return opened, opened + timedelta(days=days)
        opened = datetime.combine(day.date(), time.fromisoformat(times.opened_at))
        answered = datetime.combine(day.date() + timedelta(days=int(days)), time.fromisoformat(times.answered_at))
        return self._zoned(opened), self._zoned(max(opened, answered))

    @staticmethod
    def _days(text: str) -> float:
        try:
            days = float(text)
        except ValueError:
            raise _NotUnderstood(f"{text!r} is no number of days") from None
        if not 0 <= days <= _LONGEST_SPAN:
            raise _NotUnderstood(f"answered {text} days after it was opened")
        return days

    def _by_content(self, row: Row) -> str:
        """Return a key that depends on what the row says and how many rows before said the same, not on its place."""
        content = "\x1e".join(f"{name}\x1f{cell}" for name, cell in sorted(row.cells.items()))
        digest = blake2b(content.encode(), digest_size=12)
        self._alike[digest.digest()] += 1
        return f"{digest.hexdigest()}-{self._alike[digest.digest()]}"

    def _meaning(self, row: Row) -> Meaning:
        said = tuple(self._cell(row, column) for column in self._conditions)
        meaning = self._means(said)
        if meaning is None:
            what = ", ".join(f"{column} {cell!r}" for column, cell in zip(self._conditions, said, strict=True))
            raise _NotUnderstood(f"no rule says what {what} means")
        return meaning

    def _first_meaning(self, said: tuple[str, ...]) -> Meaning | None:
        cells = dict(zip(self._conditions, said, strict=True))
        for meaning in self._mapping.rows:
            if all(
                cells[column] in ((wanted,) if isinstance(wanted, str) else wanted)
                for column, wanted in meaning.when.items()
            ):
                return meaning
        return None

    def _said(self, row: Row, key: str, at: datetime, means: Means, reason: str | None) -> Moment:
        person = self._mapping.person
        named = self._cell(row, person.column) if person.column else ""
        return Moment(
            line=row.line,
            case=key,
            at=at,
            means=means,
            team=self._team(row),
            person=named or person.unnamed,
            said=" / ".join(dict.fromkeys(filter(None, (self._cell(row, column) for column in self._conditions)))),
            reason=reason or "",
            about=self._about(row),
        )

    def _team(self, row: Row) -> Team:
        case = self._mapping.case
        return Team(
            company=self._name(row, case.company, "company"),
            name=self._name(row, case.team, "team"),
            level=self._name(row, case.level, "level"),
        )

    def _about(self, row: Row) -> Circumstances:
        case = self._mapping.case
        return Circumstances(
            service=self._name(row, case.service, "service"),
            activity=self._name(row, case.activity, "activity"),
            region=self._name(row, case.region, "region"),
            priority=self._priority(row),
            language=self._name(row, case.language, "language"),
            about=self._name(row, case.about, "about"),
        )

    def _priority(self, row: Row) -> str:
        named = slug(self._name(row, self._mapping.case.priority, "priority"))
        if named not in self._mapping.agreement.priorities:
            raise _NotUnderstood(f"the mapping's agreement has no priority {named!r}")
        return named

    def _name(self, row: Row, known: Known, what: str) -> str:
        if known.column is None:
            return known.value or ""
        cell = self._cell(row, known.column)
        named = known.names.get(cell, cell) or known.missing
        if named is None:
            raise _NotUnderstood(f"no {what}: {known.column!r} is missing")
        return named

    def _needed(self, row: Row, column: str) -> str:
        if cell := self._cell(row, column):
            return cell
        raise _NotUnderstood(f"{column!r} is missing")

    def _cell(self, row: Row, column: str) -> str:
        cell = row.cells.get(column, "").strip()
        return "" if cell in self._missing else cell

    def _moment(self, text: str) -> datetime:
        return self._zoned(self._parsed(text))

    def _parsed(self, text: str) -> datetime:
        form = self._mapping.time.format
        try:
            return datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007  _zoned adds it
        except ValueError:
            raise _NotUnderstood(f"{text!r} is no time in the format {form!r}") from None

    def _zoned(self, at: datetime) -> datetime:
        try:
            return (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)
        except OverflowError:
            raise _NotUnderstood(f"{at} is out of range") from None
