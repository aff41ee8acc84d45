"""The touchpoints service put together."""

from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from asyncpg import Pool, Record

from common.messaging.connection import Wire
from common.running.service import CannotStart, Parts, Service
from common.settings import ServiceSettings
from touchpoints.api import cases, contacts, customers, openings, teams
from touchpoints.api.about import ABOUT
from touchpoints.api.agreements import Agreements
from touchpoints.api.keys import Vault
from touchpoints.api.shredding import Shredding
from touchpoints.history import history
from touchpoints.projections import cases as case_rows
from touchpoints.projections import contacts as contact_rows
from touchpoints.projections import customers as customer_rows
from touchpoints.projections import memberships, timeline
from touchpoints.projections import teams as team_rows
from touchpoints.reactions import hear_customer, keep_timeline, learn_terms, link_opening_contact, note_milestones
from touchpoints.settings import Settings

agreements = Agreements()


def state(settings: ServiceSettings, pool: "Pool[Record]") -> Mapping[str, object]:
    """Return what routes find in the application's state."""
    assert isinstance(settings, Settings)  # noqa: S101 - the service below names them
    return {"agreements": agreements, "vault": Vault(pool, settings.master_key_bytes())}


async def _fits(settings: ServiceSettings, pool: "Pool[Record]") -> None:
    """Hold that the master key opens the keys that are there: a database restored beside another opens nothing."""
    assert isinstance(settings, Settings)  # noqa: S101 - the service below names them
    if not await Vault(pool, settings.master_key_bytes()).opens():
        raise CannotStart(
            "the keys of its customers are under another master key than ACUERDO_MASTER_KEY gives; "
            "give the one that this database was used with, or no personal data can be read"
        )


def _works(parts: Parts, _: Wire) -> Sequence[Coroutine[Any, Any, None]]:
    """Take destroyed keys from the disk."""
    return (Shredding(parts.pool, parts.holder).run(),)


service = Service(
    title="Acuerdo: touchpoints",
    about=ABOUT,
    history=history,
    settings=Settings,
    migrations=Path(__file__).parents[2] / "migrations",
    routers=(teams.router, customers.router, openings.router, contacts.router, cases.router),
    reactions=(
        learn_terms.reaction,
        *note_milestones.reactions,
        *hear_customer.reactions,
        link_opening_contact.reaction,
    ),
    keepings=keep_timeline.keepings,
    projections=(
        memberships.projection,
        team_rows.projection,
        customer_rows.projection,
        contact_rows.projection,
        case_rows.projection,
        timeline.projection,
    ),
    memberships=memberships.memberships,
    parties=agreements.parties,
    state=state,
    works=_works,
    fits=_fits,
)
