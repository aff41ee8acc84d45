"""Logs for machines, without secrets or personal data."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from common.telemetry import logs
from common.telemetry.traces import SpanKind, traced

JWT = ".".join(("eyJhbGciOiJFZERTQSJ9", "eyJzdWIiOiJhbmEifQ", "c2lnbmF0dXJl"))  # noqa: FLY002 - in one piece it looks like a secret


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level, quiet = root.handlers[:], root.level, logging.getLogger("httpx").level
    kept = io.StringIO()
    logs.set_up("notes", "debug", to=kept)
    yield kept
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("httpx").setLevel(quiet)
    structlog.reset_defaults()


def last(written: io.StringIO) -> dict[str, object]:
    text = written.getvalue()
    assert text.count("\n") == 1, text
    return json.loads(text)


def test_a_log_line_is_one_json_object_with_service_and_trace(written: io.StringIO) -> None:
    with traced("work", SpanKind.INTERNAL) as work:
        structlog.get_logger("x").info("done", cases=3)
    line = last(written)
    assert (line["event"], line["service"], line["level"], line["cases"]) == ("done", "notes", "info", 3)
    assert line["trace"] == work.traceparent[3:35]
    assert "timestamp" in line


@pytest.mark.parametrize(
    "secret",
    [
        {"authorization": "Bearer abc"}, {"headers": {"Authorization": "Basic abc="}}, {"token": "abc"},
        {"said": f"got {JWT}"}, {"said": [f"Bearer {JWT}"]}, {"path": "/survey/abc?x=1"}, {"url": "/v1/x?token=abc"},
        {"dsn": "postgresql://acuerdo:abc@db/x"}, {"master_key": "abc"}, {"error": ValueError("Bearer abc")},
        {"raw": b"bearer abc"},
    ],
)  # fmt: skip
def test_secrets_are_not_written_down(written: io.StringIO, secret: dict[str, object]) -> None:
    structlog.get_logger("x").warning("seen", **secret)
    line = json.dumps(last(written))
    assert "abc" not in line
    assert JWT not in line
    assert "[redacted]" in line


def test_what_libraries_log_is_written_alike(written: io.StringIO) -> None:
    logging.getLogger("lib").error("failed for %s", "Bearer abc", exc_info=RuntimeError(f"no entry for {JWT}"))
    line = last(written)
    assert line["event"] == "failed for Bearer [redacted]"
    assert "no entry for [redacted]" in str(line["exception"])
    assert line["service"] == "notes"
