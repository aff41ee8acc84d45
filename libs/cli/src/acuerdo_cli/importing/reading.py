"""A file becomes a stream of rows: CSV, NDJSON or XES, plain or compressed, never more than a few lines in memory."""

import bz2
import csv
import gzip
import io
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from acuerdo_cli.importing.rows import Reject, Row, Unusable
from acuerdo_cli.importing.xes import read_xes

LONGEST_LINE = 1_000_000
"""Characters; a longer line is no record of any format read here, and would not fit in bounded memory."""

Rows = Iterator[Row | Reject]
Opener = Callable[[Path], IO[bytes]]

_BROKEN = (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile, OSError)


def _plain(path: Path) -> IO[bytes]:
    return path.open("rb")


def _gz(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb"))


def _xz(path: Path) -> IO[bytes]:
    return lzma.open(path, "rb")


def _bz2(path: Path) -> IO[bytes]:
    return bz2.open(path, "rb")


_COMPRESSIONS: dict[str, Opener] = {".gz": _gz, ".xz": _xz, ".bz2": _bz2}


def read(path: Path, *, delimiter: str = ",") -> Rows:
    """Yield the rows of *path* in order, and a reject for each line that is none.

    Raises:
        Unusable: the file is missing, empty, or of a kind that is not read here.
    """
    opener = _COMPRESSIONS.get(path.suffix.lower(), _plain)
    kind = Path(path.stem if opener is not _plain else path.name).suffix.lower()
    match kind:
        case ".csv" | ".txt" | ".tsv":
            return _opened(path, opener, _decoded(_csv_by("\t" if kind == ".tsv" else delimiter)))
        case ".ndjson" | ".jsonl":
            return _opened(path, opener, _decoded(_ndjson))
        case ".xes":
            return _opened(path, opener, read_xes)
        case _:
            raise Unusable(f"{path}: only .csv, .ndjson, .jsonl and .xes are read (also .gz, .xz, .bz2), not {kind!r}")


def _opened(path: Path, opener: Opener, reader: Callable[[IO[bytes]], Rows]) -> Rows:
    """Yield what *reader* finds; a file that breaks off is a reject after its last row, unless it had no row at all."""
    last = 0
    try:
        with opener(path) as stream:
            for row in reader(stream):
                last = row.line
                yield row
    except _BROKEN as broken:
        if last == 0:
            raise Unusable(f"{path}: {_said(broken)}") from broken
        yield Reject(line=last + 1, reason=f"the file breaks off here: {_said(broken)}")
    if last == 0:
        raise Unusable(f"{path}: there is no row in it")


def _said(broken: BaseException) -> str:
    if isinstance(broken, OSError) and broken.strerror:
        return broken.strerror.lower()
    return str(broken).splitlines()[0] if str(broken) else type(broken).__name__


def _decoded(reader: Callable[[io.TextIOWrapper], Rows]) -> Callable[[IO[bytes]], Rows]:
    """Decode as UTF-8; bytes that are none survive as surrogates, so that only their own row is rejected."""

    def read_text(stream: IO[bytes]) -> Rows:
        with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            yield from reader(text)

    return read_text


def _csv_by(delimiter: str) -> Callable[[io.TextIOWrapper], Rows]:
    return lambda text: _csv(text, delimiter)


def _is_utf8(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(said: str) -> str | None:
    """Return why no service takes *said*: a lone surrogate, which JSON can escape, is no UTF-8; NUL is no text."""
    if not _is_utf8(said):
        return "not UTF-8"
    return "it holds the NUL character" if "\0" in said else None


class _Lines:
    """The lines of a text, counted; one that is too long comes shortened and is marked."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.number = 0
        self.too_long = False
        self._text = text

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
            self.too_long = True
            self._skip_rest()
            return "\n"
        return line

    def _skip_rest(self) -> None:
        while (rest := self._text.readline(LONGEST_LINE)) and rest[-1] not in "\r\n":
            pass


def _csv(text: io.TextIOWrapper, delimiter: str) -> Rows:
    lines = _Lines(text)
    records = csv.reader(lines, delimiter=delimiter, strict=True)
    header = next(records, None)
    if header is None:
        return
    if len(set(header)) != len(header) or not all(_is_utf8(name) for name in header):
        raise Unusable("the header names a column twice or is not UTF-8")
    while True:
        first = lines.number + 1
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(line=first, reason=f"not CSV: {error}")
            continue
        if row := _record(header, cells, first, lines):
            yield row


def _record(header: list[str], cells: list[str], line: int, lines: _Lines) -> Row | Reject | None:
    if lines.too_long:
        lines.too_long = False
        return Reject(line=lines.number, reason=f"the line is longer than {LONGEST_LINE} characters")
    if not cells:
        return None
    if len(cells) != len(header):
        return Reject(line=line, reason=f"{len(cells)} fields where the header names {len(header)}")
    return (
        Reject(line=line, reason=wrong)
        if (wrong := _unreadable("".join(cells)))
        else Row(line=line, cells=dict(zip(header, cells, strict=True)))
    )


def _ndjson(text: io.TextIOWrapper) -> Rows:
    lines = _Lines(text)
    for line in lines:
        if lines.too_long:
            lines.too_long = False
            yield Reject(line=lines.number, reason=f"the line is longer than {LONGEST_LINE} characters")
        elif not _is_utf8(line):
            yield Reject(line=lines.number, reason="not UTF-8")
        elif line.strip():
            yield _object(lines.number, line)


def _object(number: int, line: str) -> Row | Reject:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Reject(line=number, reason=f"not JSON: {error}")
    if not isinstance(record, dict):
        return Reject(line=number, reason="not a JSON object")
    try:
        cells = dict(_flat("", cast("dict[str, Any]", record)))
    except RecursionError as error:
        return Reject(line=number, reason=f"not JSON: {error}")
    said = "".join(text for cell in cells.items() for text in cell)
    return Reject(line=number, reason=wrong) if (wrong := _unreadable(said)) else Row(line=number, cells=cells)


def _flat(prefix: str, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield an object's fields as text; a field of an inner object is named ``outer.inner``."""
    for name, held in record.items():
        match held:
            case dict():
                yield from _flat(f"{prefix}{name}.", cast("dict[str, Any]", held))
            case str():
                yield prefix + name, held
            case None:
                yield prefix + name, ""
            case _:
                yield prefix + name, json.dumps(held)
