"""A history brought in from its file, from the command's start until every projection has caught up."""

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from acuerdo_cli.bench import site
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import processes
from acuerdo_cli.errors import CommandFailed

_COMMAND = "from acuerdo_cli.main import main; main()"


async def imported(deployment: Deployment, file: Path, mapping: Path) -> dict[str, Any]:
    """Import *file* as an operator does; return how many seconds until it was sent and until all had caught up."""
    rejects = deployment.home / "rejects.csv"
    argv = ["import", str(file), "--mapping", str(mapping), "--rejects", str(rejects), "--json"]
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _COMMAND, *argv,
        env=processes.inherited({"ACUERDO_HOME": str(deployment.home)}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    if process.returncode:
        raise CommandFailed(f"the import failed: {err.decode(errors='replace').strip()[-300:]}")
    sent = perf_counter()
    await site.caught_up(deployment)
    done, told = perf_counter(), json.loads(out)
    return {
        "rows": told["rows"],
        "seconds_until_the_command_ended": round(sent - began, 2),
        "seconds": round(done - began, 2),
        "facts": await site.events(deployment),
    }
