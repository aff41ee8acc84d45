"""The agreement service put together."""

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from agreement.api import agreements, boundaries, claims, companies, hand_off_commitments, measures, past, signing
from agreement.api.about import ABOUT
from agreement.domain.agreement_states import NotDrafted
from agreement.history import AGREEMENT, history
from agreement.projections import agreements as agreement_rows
from agreement.projections import claims as claim_rows
from agreement.projections import companies as company_rows
from agreement.projections import hand_off_commitments as hand_off_rows
from agreement.projections import improvement_proposals, memberships
from agreement.projections import measures as measure_rows
from agreement.reactions import (
    case_closed,
    case_opened,
    hand_offs_answered,
    hand_offs_begun,
    hand_offs_held,
    priority_decided,
    round_opened,
    work_accepted,
)
from agreement.settings import Settings
from common.handling import Handling
from common.messaging.connection import Wire
from common.partners import Admission, Creating
from common.running.runtime import tokens_of
from common.running.service import Parts, Service
from common.security.nkeys import AccountKey


async def parties(handle: Handling, agreement_id: UUID) -> frozenset[str]:
    """Return the companies of the agreement, drafts included: whom a draft names must be able to read it."""
    state = (await handle.look(AGREEMENT, agreement_id)).state
    return frozenset() if isinstance(state, NotDrafted) else frozenset(state.parties)


def _works(parts: Parts, wire: Wire) -> Sequence[Coroutine[Any, Any, None]]:
    """Let the parties' programs in on NATS: this service knows which agreements are theirs."""
    settings = parts.settings
    assert isinstance(settings, Settings)  # noqa: S101 - the runtime reads this service's own settings

    async def in_force(company: str) -> frozenset[UUID]:
        return await agreement_rows.in_force(parts.pool, company)

    key = AccountKey(settings.callout_seed.get_secret_value())
    return (Admission(key, tokens_of(settings), in_force).run(wire), Creating().run(wire))


service = Service(
    title="Acuerdo: agreement",
    about=ABOUT,
    history=history,
    settings=Settings,
    migrations=Path(__file__).parents[2] / "migrations",
    routers=(
        companies.router,
        agreements.router,
        signing.router,
        boundaries.router,
        past.router,
        claims.router,
        measures.router,
        hand_off_commitments.router,
    ),
    reactions=(
        case_opened.reaction,
        priority_decided.reaction,
        work_accepted.reaction,
        case_closed.reaction,
        round_opened.reaction,
        *hand_offs_begun.reactions,
        *hand_offs_answered.reactions,
        *hand_offs_held.reactions,
    ),
    projections=(
        agreement_rows.projection,
        memberships.projection,
        company_rows.projection,
        measure_rows.projection,
        hand_off_rows.projection,
        claim_rows.projection,
        improvement_proposals.projection,
    ),
    memberships=memberships.memberships,
    parties=parties,
    works=_works,
)
