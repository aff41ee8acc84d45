"""A team covers, or covers no more, work that nobody was asked to do: the system proposes anew, and people decide.

Upon no one fact, for cases by the thousand may be waiting, and the next one may be opened while the team is listed:
what waits is held against the teams as they are, again and again, and each case gets what is due to it by itself.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from asyncpg import Pool, Record

from common.eventstore.recorded import Context
from common.handling.types import Handle
from common.messaging.holding import keep_holding
from common.messaging.leases import Lease, Leases
from common.refusals import Refusal
from common.values import Rule
from solver_teams.domain.agreement import of_version
from solver_teams.domain.case_work.commands import ProposeTeam
from solver_teams.domain.routing import Proposal, Subject, propose_anew
from solver_teams.history import AGREEMENT, CASE_WORK

WORK = "proposing"
RULE = Rule(rule="reaction:teams-cover")
_WAITS = "unasked IS NOT NULL AND NOT told AND state = 'in-work'"
_KINDS = f"""
    SELECT DISTINCT agreement_id, service, activity, region, accountable, agreement_version, proposed
    FROM work WHERE {_WAITS}
"""
_CASES = f"""
    SELECT case_id, unasked FROM work
    WHERE {_WAITS} AND agreement_id = $1 AND service = $2 AND activity = $3 AND region = $4 AND accountable = $5
        AND agreement_version = $6 AND proposed IS NOT DISTINCT FROM $7 AND case_id > $8
    ORDER BY case_id LIMIT $9
"""
_BEFORE_ALL = UUID(int=0)
_LOOKS = 1.0  # seconds
_log = structlog.get_logger(__name__)


class Proposing:
    """Holds the work that nobody was asked to do against the teams; one process at a time does so.

    Were it two, each case would still be proposed for once: its own stream decides. Cases are taken *at_once* together,
    each with an append of its own.
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        handle: Handle,
        holder: str,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        at_once: int = 100,
    ) -> None:
        self._pool = pool
        self._handle = handle
        self._leases = Leases(pool, holder)
        self._clock = clock
        self._new_id = new_id
        self._at_once = at_once

    async def run(self) -> None:
        """Do so every second until cancelled; a failure is logged and tried again."""
        await keep_holding(self._leases, WORK, self._watch)

    async def once(self) -> int:
        """Propose all that is to be proposed now; return for how many cases."""
        made = 0
        for kind in await self._pool.fetch(_KINDS):
            proposal = await self._anew(kind)
            if proposal is not None:
                made += await self._to_each(kind, proposal)
        return made

    async def _watch(self, _: Lease) -> None:
        while True:
            await self.once()
            await asyncio.sleep(_LOOKS)

    async def _anew(self, kind: Any) -> Proposal | None:
        known = (await self._handle.look(AGREEMENT, kind["agreement_id"])).state
        terms = of_version(known, kind["agreement_version"])
        subject = Subject(
            service=kind["service"],
            activity=kind["activity"],
            region=kind["region"],
            accountable=kind["accountable"],
        )
        return propose_anew(terms, known.teams, subject, kind["proposed"])

    async def _to_each(self, kind: Any, proposal: Proposal) -> int:
        made, after = 0, _BEFORE_ALL
        while cases := await self._pool.fetch(_CASES, *kind.values(), after, self._at_once):
            proposing = (self._to_one(case, kind["proposed"], proposal) for case in cases)
            made += sum(await asyncio.gather(*proposing))
            after = cases[-1]["case_id"]
        return made

    async def _to_one(self, case: Any, instead_of: UUID | None, proposal: Proposal) -> bool:
        command = ProposeTeam(
            case_id=case["case_id"],
            item_id=case["unasked"],
            instead_of=instead_of,
            proposal=proposal,
            at=self._clock(),
        )
        context = Context(actor=RULE, correlation=self._new_id())
        try:
            handled = await self._handle(CASE_WORK, command.case_id, command, context=context)
        except Refusal as refusal:
            _log.warning("a team could not be proposed", case=command.case_id, refusal=type(refusal).__name__)
            return False
        return bool(handled.facts)
