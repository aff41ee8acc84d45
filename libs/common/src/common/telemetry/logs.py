"""Logs for machines: one JSON object a line on stderr, with the trace id, without secrets or personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from common.telemetry.traces import trace_id

_SECRET_NAMES = re.compile(r"(?i)authorization|cookie|token|secret|passw|api_?key|private_?key|master_?key")
_SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"), r"\1 [redacted]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), "[redacted]"),
    (re.compile(r"(/(?:s|survey|surveys|answer)/)[^/\s?\"'#]+"), r"\1[redacted]"),
    (re.compile(r"(\b[a-z][a-z0-9+]*://[^/\s:@]+:)[^@\s/]+@"), r"\1[redacted]@"),
    (re.compile(r"(?i)\b(key|token|secret|signature|sig)=[^&\s\"']+"), r"\1=[redacted]"),
)
_QUIET = ("uvicorn.access", "httpx", "httpcore")

Event = MutableMapping[str, Any]


def set_up(service: str, level: str = "INFO", to: TextIO = sys.stderr) -> None:
    """Write the logs of *service*, and of the libraries it uses, from *level* up."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Named(service),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(to)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """Return *event* without what must not be written down."""
    for name, told in event.items():
        event[name] = _without_secrets(name, told)
    return event


class _Named:
    """Puts the service and the trace id on every event."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        event["service"] = self._service
        known = trace_id()
        if known:
            event["trace"] = known
        return event


def _without_secrets(name: str, told: Any) -> Any:
    if _SECRET_NAMES.search(name):
        return "[redacted]"
    if isinstance(told, dict):
        return {str(inner): _without_secrets(str(inner), deeper) for inner, deeper in told.items()}
    if isinstance(told, list | tuple):
        return [_without_secrets("", deeper) for deeper in told]
    if isinstance(told, str | bytes):
        return _clean(told.decode("utf-8", "replace") if isinstance(told, bytes) else told)
    return told if told is None or isinstance(told, bool | int | float) else _clean(str(told))


def _clean(text: str) -> str:
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
