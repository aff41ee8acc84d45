"""Files become rows; what is no row is rejected with its line, and nothing else is lost."""

import gzip
import lzma
from collections.abc import Iterator
from pathlib import Path

import pytest

from acuerdo_cli.importing.reading import LONGEST_LINE, read
from acuerdo_cli.importing.rows import Reject, Row, Unusable

THREE = b"id,said\n1,one\n2,two\n3,three\n"


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _cells(rows: Iterator[Row | Reject]) -> list[dict[str, str]]:
    return [row.cells for row in rows if isinstance(row, Row)]


def _rejects(rows: Iterator[Row | Reject]) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in rows if isinstance(row, Reject)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", THREE),
        ("windows.csv", b"\xef\xbb\xbf" + THREE.replace(b"\n", b"\r\n")),
        ("small.csv.gz", gzip.compress(THREE, mtime=0)),
        ("small.csv.xz", lzma.compress(THREE)),
        ("lines.ndjson", b'{"id":1,"said":"one"}\n\n{"id":2,"said":"two"}\r\n{"id":"3","said":"three"}'),
        (
            "lines.jsonl.gz",
            gzip.compress(
                b'\xef\xbb\xbf{"id":1,"said":"one"}\n{"id":2,"said":"two"}\n{"id":3,"said":"three"}\n', mtime=0
            ),
        ),
    ],
)
def test_every_way_to_write_a_file_gives_the_same_rows(tmp_path: Path, name: str, content: bytes) -> None:
    assert _cells(read(_written(tmp_path, name, content))) == [
        {"id": "1", "said": "one"},
        {"id": "2", "said": "two"},
        {"id": "3", "said": "three"},
    ]


def test_a_row_knows_the_line_it_begins_on_even_when_it_spans_several(tmp_path: Path) -> None:
    path = _written(tmp_path, "spans.csv", b'id,said\n1,"one\nand a half"\n2,two\n')
    assert [row.line for row in read(path)] == [2, 4]


def test_bytes_that_are_not_utf8_cost_only_their_own_row(tmp_path: Path) -> None:
    path = _written(tmp_path, "latin.csv", b"id,said\n1,se\xf1or\n2,se\xc3\xb1or\n")
    assert _rejects(read(path)) == [(2, "not UTF-8")]
    assert _cells(read(path)) == [{"id": "2", "said": "señor"}]


def test_text_that_is_half_a_character_costs_only_its_own_row(tmp_path: Path) -> None:
    lines = (b'{"id": 1, "said": "\\ud800"}', b'{"id": 2, "o": {"\\udfff": 1}}', b'{"id": 3, "said": "\\ud83d\\ude00"}')
    path = _written(tmp_path, "half.ndjson", b"\n".join(lines))
    assert _rejects(read(path)) == [(1, "not UTF-8"), (2, "not UTF-8")]
    assert _cells(read(path)) == [{"id": "3", "said": "\U0001f600"}]


def test_a_row_with_too_few_fields_costs_only_itself(tmp_path: Path) -> None:
    path = _written(tmp_path, "short.csv", b"id,said\n1\n2,two\n")
    assert _rejects(read(path)) == [(2, "1 fields where the header names 2")]
    assert len(_cells(read(path))) == 1


def test_a_line_without_end_is_rejected_and_not_kept_in_memory(tmp_path: Path) -> None:
    path = _written(tmp_path, "long.csv", b"id,said\n1," + b"x" * (LONGEST_LINE * 2) + b"\n2,two\n")
    assert [line for line, _ in _rejects(read(path))] == [2]
    assert _cells(read(path)) == [{"id": "2", "said": "two"}]


def test_a_compressed_file_that_breaks_off_gives_its_rows_and_a_reject(tmp_path: Path) -> None:
    whole = gzip.compress(b"id,said\n" + b"".join(b"%d,%d\n" % (n, n * 7919 % 1000) for n in range(20_000)))
    rows = list(read(_written(tmp_path, "cut.csv.gz", whole[: len(whole) // 2])))
    assert len(rows) > 1000
    assert isinstance(rows[-1], Reject)
    assert "breaks off" in rows[-1].reason


def test_json_that_is_no_object_costs_only_its_own_line(tmp_path: Path) -> None:
    path = _written(tmp_path, "mixed.ndjson", b'[1]\n{"a":{"b":null,"c":true}}\n{"a":\n')
    assert [line for line, _ in _rejects(read(path))] == [1, 3]
    assert _cells(read(path)) == [{"a.b": "", "a.c": "true"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", b"a,b\n"),
        ("twice.csv", b"a,a\n1,2\n"),
        ("book.xlsx", b"PK"),
        ("no.csv.gz", b"plain"),
    ],
)
def test_a_file_that_is_none_of_these_is_said_to_be_unusable(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(Unusable):
        list(read(_written(tmp_path, name, content)))


def test_a_file_that_is_not_there_is_said_to_be_unusable(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no such file"):
        list(read(tmp_path / "absent.csv"))


XES = b"""<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <trace>
    <string key="concept:name" value="case 1"><string key="nested" value="not ours"/></string>
    <event><string key="concept:name" value="start"/><date key="time:timestamp" value="2024-01-01T10:00:00Z"/></event>
    <event>
      <string key="concept:name" value="end"/>
    </event>
  </trace>
  <trace><event><int key="n" value="7"/></event></trace>
</log>
"""


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_each_event_of_a_log_is_a_row_that_knows_its_trace(tmp_path: Path, name: str) -> None:
    content = gzip.compress(XES) if name.endswith("gz") else XES
    rows = list(read(_written(tmp_path, name, content)))
    assert [row.line for row in rows] == [5, 6, 10]
    assert _cells(iter(rows)) == [
        {"case:concept:name": "case 1", "concept:name": "start", "time:timestamp": "2024-01-01T10:00:00Z"},
        {"case:concept:name": "case 1", "concept:name": "end"},
        {"n": "7"},
    ]


def test_a_log_that_breaks_off_gives_the_events_before(tmp_path: Path) -> None:
    rows = list(read(_written(tmp_path, "cut.xes", XES[:-40])))
    assert len(_cells(iter(rows))) == 2
    assert isinstance(rows[-1], Reject)


def test_a_log_that_defines_entities_is_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">]>' + XES.split(b"?>", 1)[1]
    rows = list(read(_written(tmp_path, "bomb.xes", b"<?xml version='1.0'?>" + bomb)))
    assert _rejects(iter(rows)) == [(1, "not XML that is safe to read: DTDForbidden")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nul.ndjson", b'{"id":"1","said":"o\\u0000ne"}\n{"id":"2","said":"two"}\n'),
        ("nul.csv", b"id,said\n1,o\x00ne\n2,two\n"),
    ],
)
def test_a_row_with_a_nul_character_costs_only_itself(tmp_path: Path, name: str, content: bytes) -> None:
    path = _written(tmp_path, name, content)
    line = 1 if name.endswith("ndjson") else 2
    assert _rejects(read(path)) == [(line, "it holds the NUL character")]
    assert _cells(read(path)) == [{"id": "2", "said": "two"}]
