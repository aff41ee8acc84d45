"""What Prometheus is told, named once for all services."""

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"
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
FACTS_APPENDED = Counter("acuerdo_facts_appended_total", "Facts committed to the log.", ["service"])
APPEND_SECONDS = Histogram(
    "acuerdo_append_seconds", "How long a group of appends took to commit.", ["service"], buckets=_FAST
)
RELAY_LAG = Gauge("acuerdo_relay_lag_facts", "Committed facts not yet published.", ["service"])
SUBSCRIPTION_LAG = Gauge("acuerdo_subscription_lag_facts", "Facts of others not yet handled.", ["service", "source"])
PROJECTION_LAG = Gauge("acuerdo_projection_lag_facts", "Committed facts not yet in the rows.", ["service"])
DEAD_LETTERS = Gauge("acuerdo_dead_letters", "Facts that could not be handled and wait for an operator.", ["service"])


def exposition() -> bytes:
    """Return all metrics as Prometheus reads them."""
    return generate_latest(REGISTRY)
