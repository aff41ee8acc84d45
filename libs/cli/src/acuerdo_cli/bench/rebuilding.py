"""All projections of the four services folded again at once, on as many cores as there are."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import SERVICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many facts one service folded, in how many seconds, and when it had done so."""

    service: str
    facts: int
    seconds: float
    done_at: float


def rebuilt(deployment: Deployment) -> Sequence[Rebuilt]:
    """Rebuild every projection of every service, each in a process of its own, all at once."""
    with ThreadPoolExecutor(max_workers=len(SERVICES)) as pool:
        return list(pool.map(partial(_one, deployment), (service.name for service in SERVICES)))


def per_second(all_of_them: Sequence[Rebuilt]) -> float:
    """Return the facts a second, from when the first began to fold until the last was done: no program's start."""
    facts = sum(one.facts for one in all_of_them)
    return facts / seconds(all_of_them)


def seconds(all_of_them: Sequence[Rebuilt]) -> float:
    """Return how long it took from when the first began to fold until the last was done."""
    return max(one.done_at for one in all_of_them) - min(one.done_at - one.seconds for one in all_of_them)


def said(all_of_them: Sequence[Rebuilt]) -> dict[str, Any]:
    """Return what each service did, for JSON."""
    each = {one.service: {"facts": one.facts, "seconds": one.seconds} for one in all_of_them}
    return {"seconds": round(seconds(all_of_them), 3), "per_second": round(per_second(all_of_them), 1), "each": each}


def _one(deployment: Deployment, service: str) -> Rebuilt:
    told = json.loads(deployment.run_once(service, "rebuild"))
    return Rebuilt(service=service, facts=told["facts"], seconds=told["seconds"], done_at=perf_counter())
