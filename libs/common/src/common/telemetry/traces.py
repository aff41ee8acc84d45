"""Traces that join HTTP, store and NATS: a W3C traceparent travels in ``Context.trace`` and in message headers.

With no exporter there are no spans, but every request still has a trace id that its logs and facts carry.
"""

import re
import secrets
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

__all__ = ["SpanKind", "Traced", "begun", "current", "set_up", "trace_id", "traced"]

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_PROPAGATOR = TraceContextTextMapPropagator()
_current: ContextVar[str | None] = ContextVar("acuerdo_trace", default=None)
_tracer: list[Tracer] = []


class Traced:
    """Work under way: its ``traceparent``, and what is worth telling about it."""

    def __init__(self, traceparent: str, span: Span | None = None) -> None:
        self.traceparent = traceparent
        self._span = span

    def name(self, name: str) -> None:
        """Give the work its final name, once known."""
        if self._span is not None:
            self._span.update_name(name)

    def end(self, *_: object) -> None:
        """The work is done; also as a future's callback."""
        if self._span is not None:
            self._span.end()

    @property
    def is_told(self) -> bool:
        """Tell whether anybody learns of it."""
        return self._span is not None

    def tell(self, **attributes: str | int) -> None:
        """Keep *attributes* with the span; ``__`` stands for a dot."""
        if self._span is not None:
            self._span.set_attributes({name.replace("__", "."): told for name, told in attributes.items()})


def set_up(service: str, endpoint: str | None) -> Callable[[], None]:
    """Send spans of *service* to the OTLP *endpoint* (nowhere when None); return what flushes and stops it."""
    if endpoint is None:
        return _nothing
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - a start without it is quicker
        OTLPSpanExporter,
    )

    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"acuerdo-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces")))
    return use(provider)


def use(provider: TracerProvider) -> Callable[[], None]:
    """Make spans with *provider*; return what flushes and stops it."""
    _tracer[:] = [provider.get_tracer("acuerdo")]

    def stop() -> None:
        _tracer.clear()
        provider.shutdown()

    return stop


def traced(name: str, kind: SpanKind, parent: str | None = None) -> AbstractContextManager[Traced]:
    """Do work as a span of the trace that *parent* (a traceparent, else the work around this) belongs to."""
    parent = parent if parent and _TRACEPARENT.fullmatch(parent) else _current.get()
    return _spanned(name, kind, parent) if _tracer else _Known(Traced(parent or _fresh()))


@contextmanager
def _spanned(name: str, kind: SpanKind, parent: str | None) -> Generator[Traced]:
    above = _PROPAGATOR.extract({"traceparent": parent}) if parent else Context()
    with _tracer[0].start_as_current_span(name, context=above, kind=kind) as span, _Known(_of(span)) as work:
        yield work


def begun(name: str, kind: SpanKind, parent: str | None) -> Traced | None:
    """Begin work that ends when told so, of the trace that *parent* belongs to.

    None where nothing is exported, or no trace is under way: work that many requests share must cost nothing then.
    """
    if not _tracer or not parent or not _TRACEPARENT.fullmatch(parent):
        return None
    return _of(_tracer[0].start_span(name, context=_PROPAGATOR.extract({"traceparent": parent}), kind=kind))


def current() -> str | None:
    """Return the traceparent of the work under way."""
    return _current.get()


def trace_id() -> str | None:
    """Return the trace id of the work under way, as logs show it."""
    now = _current.get()
    return now and now[3:35]


class _Known:
    """Work that its logs and facts name the trace of."""

    __slots__ = ("_token", "_work")

    def __init__(self, work: Traced) -> None:
        self._work = work

    def __enter__(self) -> Traced:
        self._token = _current.set(self._work.traceparent)
        return self._work

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def _of(span: Span) -> Traced:
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, trace.set_span_in_context(span))
    return Traced(carrier.get("traceparent") or _fresh(), span)


def _fresh() -> str:
    ids = secrets.token_hex(24)
    return f"00-{ids[:32]}-{ids[32:]}-00"


def _nothing() -> None:
    """Nothing was set up."""
