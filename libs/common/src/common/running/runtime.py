"""A service's parts as its routes find them."""

import asyncpg

from common.eventstore.away import AWAY
from common.running.disclosing import disclosing
from common.running.progress import Seen
from common.running.service import Parts, new_id, now
from common.security.identity import BearerTokens
from common.security.keys import keys_from
from common.settings import ServiceSettings
from common.web.runtime import Health, Runtime


def runtime_of(parts: Parts, seen: Seen) -> Runtime:
    """Return what the routes of the service rest on."""

    async def health() -> Health:
        try:
            standing = await seen.standing()
        except asyncpg.UndefinedTableError:
            return Health(ready=False, detail="the database is not migrated to this program")
        except (OSError, asyncpg.PostgresError, *AWAY):
            return Health(ready=False, detail="the database cannot be reached")
        return Health(ready=True, position=standing.head, lag=standing.lag() | seen.behind())

    return Runtime(
        service=parts.service.name,
        handle=parts.handle,
        store=parts.store,
        tokens=tokens_of(parts.settings),
        clock=now,
        new_id=new_id,
        parties=parts.parties,
        agreements=parts.agreements,
        db=parts.engine,
        progress=seen,
        health=health,
        secret=parts.settings.secret(),
        disclose=disclosing(parts.handle, parts.service.history, parts.service.confidences),
    )


def tokens_of(settings: ServiceSettings) -> BearerTokens:
    """Return what tells who a bearer token speaks for."""
    keys = keys_from(settings.jwks_url, development=settings.environment == "development")
    return BearerTokens(keys, issuer=settings.issuer, audience=settings.audience, clock=now)
