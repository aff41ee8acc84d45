"""The document of a service's published facts, for whoever wants to subscribe."""

from functools import cache
from typing import Annotated

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from common.messaging.asyncapi import asyncapi
from common.running.service import Service
from common.web.desk import Desk, public


def contract_of(service: Service) -> APIRouter:
    """Return the route that gives the AsyncAPI document of *service*."""
    router = APIRouter(tags=["facts"])

    @cache
    def document() -> bytes:
        return msgspec.json.encode(asyncapi(service.history, service.title))

    @router.get("/asyncapi.json", operation_id="getAsyncApi", include_in_schema=False)
    async def get_asyncapi(_: Annotated[Desk, public("anybody", why="it tells of shapes, not of facts")]) -> Response:
        """Give the AsyncAPI 3.0 document of the facts that this service publishes."""
        return Response(document(), media_type="application/json")

    return router
