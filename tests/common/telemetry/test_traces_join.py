"""Traces that join what was asked, what was kept and what came of it."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from common.telemetry import traces
from common.telemetry.traces import SpanKind, current, trace_id, traced

ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_without_an_exporter_a_trace_still_goes_on() -> None:
    stop = traces.set_up("notes", None)
    with traced("one", SpanKind.SERVER, ABOVE) as work:
        assert work.traceparent == current() == ABOVE
        assert trace_id() == ABOVE[3:35]
    assert current() is None
    stop()


@pytest.mark.parametrize("parent", [None, "", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01", ABOVE + "\n"])
def test_without_a_parent_a_trace_begins(parent: str | None) -> None:
    with traced("one", SpanKind.SERVER, parent) as work, traced("two", SpanKind.INTERNAL) as inner:
        assert work.traceparent[3:35] != ABOVE[3:35]
        assert inner.traceparent[3:35] == work.traceparent[3:35]


def test_with_an_exporter_spans_hang_together() -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    stop = traces.use(provider)
    with traced("asked", SpanKind.SERVER, ABOVE) as asked:
        asked.name("POST /v1/notes")
        asked.tell(http__route="/v1/notes")
    with traced("handled", SpanKind.CONSUMER, asked.traceparent):
        pass
    first, second = kept.get_finished_spans()
    stop()
    assert (first.name, dict(first.attributes or {})) == ("POST /v1/notes", {"http.route": "/v1/notes"})
    assert first.parent is not None
    assert f"{first.parent.span_id:016x}" == ABOVE[36:52]
    assert second.parent is not None
    assert first.context is not None
    assert second.parent.span_id == first.context.span_id
