"""Answering HTTP until told to stop."""

from fastapi import FastAPI

from common.settings import ServiceSettings
from common.web.serve import Server


async def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve *app* until SIGTERM or SIGINT, then answer what was accepted and return for the caller to clean up."""
    await Server(app, settings).serve()
