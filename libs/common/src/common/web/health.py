"""Whether the service lives, can serve, has begun; and what Prometheus asks. Open to all, said to nobody in OpenAPI."""

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from common.telemetry import metrics
from common.web.runtime import Health, Runtime

health = APIRouter(include_in_schema=False)


@health.get("/livez")
async def livez() -> Response:
    """The process answers."""
    return _say(200, {"status": "alive"})


@health.get("/readyz")
async def readyz(request: Request) -> Response:
    """What the service rests on is there, and it is not about to stop."""
    stands = await _stands(request)
    draining: bool = request.app.state.draining
    ready = stands.ready and not draining
    told: dict[str, object] = {
        "status": "draining" if draining else "ready" if ready else "not ready",
        "position": stands.position,
        "lag": stands.lag,
    }
    if stands.detail:
        told["detail"] = stands.detail
    return _say(200 if ready else 503, told)


@health.get("/startupz")
async def startupz(request: Request) -> Response:
    """The service has finished beginning."""
    stands = await _stands(request)
    return _say(200 if stands.started else 503, {"status": "started" if stands.started else "starting"})


@health.get("/metrics")
async def prometheus(request: Request) -> Response:
    """All metrics, the lags as they are now."""
    stands = await _stands(request)
    if stands.position is not None and stands.lag is not None:
        metrics.stands(request.app.state.runtime.service, stands.position, stands.lag)
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


async def _stands(request: Request) -> Health:
    runtime: Runtime = request.app.state.runtime
    try:
        return await runtime.health()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is that we are not ready
        return Health(ready=False, started=False, detail=type(error).__name__)


def _say(status: int, told: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(told), status_code=status, media_type="application/json")
