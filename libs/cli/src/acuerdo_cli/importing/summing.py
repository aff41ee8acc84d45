"""The numbers of an import as the services count them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from acuerdo_cli.importing.counting import Counts
from acuerdo_cli.importing.rows import Unusable
from acuerdo_client import Answer, AsyncAcuerdoClient

_ASKED = 12
_PAUSE = 1.0

Summary = Callable[..., Awaitable[Answer[Any]]]


async def summed(client: AsyncAcuerdoClient, agreement_id: UUID, names: Mapping[str, str]) -> dict[str, Counts]:
    """Return the counts by company name, once the services' views hold all that *client* has written.

    Raises:
        Unusable: a service's view stays behind; the import is done, its numbers are not known yet.
    """
    counts: dict[str, Counts] = {}
    for loop in await _items(client.feedback_loop.summarize_loops, agreement_id):
        if loop["imported"]:
            counts[names.get(loop["company"], loop["company"])] = Counts(
                cases=loop["cases"],
                rounds=loop["rounds"],
                closed=loop["closed"],
                open=loop["open"],
                in_work=loop["in_work"],
                awaiting_feedback=loop["awaiting_feedback"],
                parked=loop["parked"],
                reopened_cases=loop["reopened_cases"],
            )
    for work in await _items(client.solver_teams.get_summary, agreement_id):
        counts.setdefault(names.get(work["company"], work["company"]), Counts()).hand_offs = work["hand_offs"]
    return counts


async def _items(summary: Summary, agreement_id: UUID) -> list[dict[str, Any]]:
    for _ in range(_ASKED):
        answer = await summary(agreement_id=agreement_id)
        if not answer.behind:
            return answer.body["items"]
        await asyncio.sleep(_PAUSE)
    raise Unusable("everything was sent, but a service's views stay behind; run the same import again for its numbers")
