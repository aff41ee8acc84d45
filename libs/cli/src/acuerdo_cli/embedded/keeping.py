"""Small files that only their owner may read: secrets, and what runs where."""

import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any


def private_directory(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write(path: Path, text: str) -> None:
    """The file holds *text*, whole or not at all, and nobody else may read it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as out:
        out.write(text)
    Path(draft).replace(path)


def secret(path: Path, fresh: str | None = None) -> str:
    """The secret kept at *path*, made on first use."""
    if not path.exists():
        write(path, fresh or secrets.token_urlsafe(32))
    return path.read_text().strip()


def remember(path: Path, what: dict[str, Any]) -> None:
    write(path, json.dumps(what, indent=2))


def recall(path: Path) -> dict[str, Any]:
    """What was remembered; nothing when the file is missing or damaged."""
    try:
        kept = json.loads(path.read_text())
    except (FileNotFoundError, IsADirectoryError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}
