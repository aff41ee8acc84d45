"""A team covers, or covers no more, work that nobody was asked to do: the system proposes anew, and people decide.

Upon no one fact, for cases by the thousand may be waiting, and the next one may be opened while the team is listed:
what waits is held against the teams as they are, again and again, and each case gets what is due to it by itself. The
teams are held against their own facts too, now and then: a program of the version before may have listed them.
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
from common.values import Rule
from solver_teams.domain.agreement import of_version
from solver_teams.domain.case_work.commands import ProposeTeam
from solver_teams.domain.routing import Proposal, Subject, comes_at_once, propose_anew
from solver_teams.history import AGREEMENT, CASE_WORK, TEAM
from solver_teams.reactions.team_changes import listing

WORK = "proposing"
RULE = Rule(rule="reaction:teams-cover")
_WAITS = "unasked IS NOT NULL AND NOT told AND state = 'in-work'"
_KINDS = f"""
    SELECT DISTINCT
        agreement_id, service, activity, region, accountable, agreement_version, proposed, proposed_company
    FROM work WHERE {_WAITS}
"""
_CASES = f"""
    SELECT case_id, unasked FROM work
    WHERE {_WAITS} AND agreement_id = $1 AND service = $2 AND activity = $3 AND region = $4 AND accountable = $5
        AND agreement_version = $6 AND proposed IS NOT DISTINCT FROM $7 AND proposed_company IS NOT DISTINCT FROM $8
        AND case_id > $9 AND ($10 OR rests_until IS NULL OR rests_until <= $11)
    ORDER BY case_id LIMIT $12
"""
_BEFORE_ALL = UUID(int=0)
_LOOKS = 1.0  # seconds
_LISTS = 600.0  # seconds
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
        """Propose all that is due now; return for how many cases. What fails for one keeps no other waiting."""
        made = 0
        for kind in await self._pool.fetch(_KINDS):
            try:
                proposal = await self._anew(kind)
                if proposal is not None:
                    made += await self._to_each(kind, proposal)
            except Exception:  # noqa: BLE001 - a fault upon one kind of work must not keep all others waiting
                _log.exception("work could not be held against the teams; trying again", kind=dict(kind))
        return made

    async def list_anew(self) -> int:
        """List every team as its own facts say it stands; return for how many that is something new."""
        made = 0
        for row in await self._pool.fetch("SELECT agreement_id, team_id FROM teams ORDER BY team_id"):
            try:
                made += await self._listed(row["agreement_id"], row["team_id"])
            except Exception as fault:  # noqa: BLE001 - a fault upon one team must not keep all others unlisted
                _log.warning("a team could not be listed; trying again later", team=row["team_id"], fault=repr(fault))
        return made

    async def _listed(self, agreement_id: UUID, team_id: UUID) -> bool:
        """List the team, unless it was listed in between: what is read here may be older than that."""
        before = await self._handle.look(AGREEMENT, agreement_id)
        command = listing(await self._handle.look(TEAM, team_id), self._clock())
        if command is None or command.team in before.state.teams:
            return False
        handled = await self._handle(AGREEMENT, agreement_id, command, context=self._context(), expected=before.version)
        return bool(handled.facts)

    async def _watch(self, _: Lease) -> None:
        elapsed = asyncio.get_running_loop().time
        listed = None
        while True:
            if listed is None or elapsed() > listed + _LISTS:
                await self.list_anew()
                listed = elapsed()
            await self.once()
            await asyncio.sleep(_LOOKS)

    def _context(self) -> Context:
        return Context(actor=RULE, correlation=self._new_id())

    async def _anew(self, kind: Any) -> Proposal | None:
        known = (await self._handle.look(AGREEMENT, kind["agreement_id"])).state
        terms = of_version(known, kind["agreement_version"])
        subject = Subject(
            service=kind["service"],
            activity=kind["activity"],
            region=kind["region"],
            accountable=kind["accountable"],
        )
        return propose_anew(terms, known.teams, subject, kind["proposed"], kind["proposed_company"])

    async def _to_each(self, kind: Any, proposal: Proposal) -> int:
        made, after, now = 0, _BEFORE_ALL, self._clock()
        at_once = comes_at_once(proposal.company, kind["proposed_company"], kind["accountable"])
        while cases := await self._pool.fetch(_CASES, *kind.values(), after, at_once, now, self._at_once):
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
        try:
            handled = await self._handle(CASE_WORK, command.case_id, command, context=self._context())
        except Exception as fault:  # noqa: BLE001 - a fault upon one case must not keep all others waiting
            _log.warning("a team could not be proposed; trying again", case=command.case_id, fault=repr(fault))
            return False
        return bool(handled.facts)
