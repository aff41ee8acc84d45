"""Answering HTTP until told to stop."""

import uvicorn
from fastapi import FastAPI

from common.settings import ServiceSettings

_DRAIN = 20  # seconds that accepted requests have for their answer after SIGTERM


async def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve *app* until SIGTERM or SIGINT, then answer what was accepted and return.

    There is no access log: a path may hold a survey's token. Requests are counted by route in the metrics.
    """
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http="httptools",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN,
        backlog=2048,
    )
    await uvicorn.Server(config).serve()
