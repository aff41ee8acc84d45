"""What Prometheus is told, named once for all services."""

from collections.abc import Mapping

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"
FACTS_OF = "facts_of_"
"""What a lag is called, with the source behind it, that counts a source's facts."""
_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

HTTP_SECONDS = Histogram(
    "acuerdo_http_request_seconds",
    "How long requests took, by route template.",
    ["service", "method", "route", "status"],
    buckets=_FAST,
)
HTTP_IN_FLIGHT = Gauge("acuerdo_http_requests_in_flight", "Requests being worked on.", ["service"])
HTTP_TURNED_AWAY = Counter(
    "acuerdo_http_requests_turned_away_total", "Requests answered 503 because too many were in flight.", ["service"]
)
APPEND_SECONDS = Histogram(
    "acuerdo_append_seconds", "How long a group of appends took to be written and committed.", buckets=_FAST
)
LOG_POSITION = Gauge("acuerdo_log_position", "Facts committed to the service's log.", ["service"])
RELAY_LAG = Gauge("acuerdo_relay_lag_facts", "Committed facts not yet published.", ["service"])
PROJECTION_LAG = Gauge("acuerdo_projection_lag_facts", "Committed facts not yet in the rows.", ["service"])
SUBSCRIPTION_LAG = Gauge("acuerdo_subscription_waiting", "Facts of others that wait to be handled.", ["service"])
DEAD_LETTERS = Gauge("acuerdo_dead_letters", "Facts of others that could not be handled.", ["service"])
SOURCE_LAG = Gauge(
    "acuerdo_source_lag_facts", "Facts of another service, or one's own, not yet taken in.", ["service", "source"]
)
_LAG = {
    "relay": RELAY_LAG,
    "projections": PROJECTION_LAG,
    "waiting_messages": SUBSCRIPTION_LAG,
    "dead_letters": DEAD_LETTERS,
}


def stands(service: str, position: int, lag: Mapping[str, int]) -> None:
    """Keep how far *service* has come, for the next who asks."""
    LOG_POSITION.labels(service).set(position)
    for name, behind in lag.items():
        if name in _LAG:
            _LAG[name].labels(service).set(behind)
        elif name.startswith(FACTS_OF):
            SOURCE_LAG.labels(service, name.removeprefix(FACTS_OF)).set(behind)


def exposition() -> bytes:
    """Return all metrics as Prometheus reads them."""
    return generate_latest(REGISTRY)
