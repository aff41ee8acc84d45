"""What a backup says of itself: written last, so that a directory without it is no backup."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from acuerdo_cli.embedded import keeping
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES, Service

FORMAT = 1
_NAME = "manifest.json"


class NoBackup(CommandFailed):
    """What is there is no backup, not a whole one, or not one that this program can read."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One service's database: a file of pg_dump's custom format, and how far its log goes.

    ``revision`` is the last step that its tables came by.
    """

    service: str
    file: str
    sha256: str
    position: int
    revision: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A backup's parts, all as they stood at the moment ``taken_at``."""

    format: int
    taken_at: datetime
    parts: tuple[Part, ...]

    @property
    def moment(self) -> str:
        """``taken_at`` as people read it."""
        return f"{self.taken_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

    def of(self, service: Service) -> Part:
        """Return the part of *service*."""
        return next(part for part in self.parts if part.service == service.name)


def write(place: Path, manifest: Manifest) -> None:
    """Make the directory *place* a backup."""
    keeping.write(place / _NAME, msgspec.json.format(msgspec.json.encode(manifest)).decode())


def read(place: Path) -> Manifest:
    """Return what the backup in *place* says of itself, its files being what they were. Raises ``NoBackup``."""
    try:
        manifest = msgspec.json.decode((place / _NAME).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise NoBackup(f"{place} holds no backup: there is no {_NAME}") from None
    except OSError as problem:
        raise NoBackup(f"{place / _NAME} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise NoBackup(f"{place / _NAME} cannot be read: {problem}") from problem
    if manifest.format != FORMAT:
        raise NoBackup(f"{place} is a backup of format {manifest.format}; this program reads format {FORMAT}")
    if sorted(part.service for part in manifest.parts) != sorted(service.name for service in SERVICES):
        raise NoBackup(f"{place} is not a backup of all four services, each once")
    for part in manifest.parts:
        _require_whole(place, part)
    return manifest


def _require_whole(place: Path, part: Part) -> None:
    if "\0" in part.file or Path(part.file).name != part.file:
        raise NoBackup(f"{part.file!r} of {part.service} is no name of a file in {place}")
    path = place / part.file
    try:
        found = digest(path)
    except OSError as problem:
        raise NoBackup(f"{path} cannot be read: {problem.strerror}") from problem
    if found != part.sha256:
        raise NoBackup(f"{path} is not what it was when the backup was taken")


def digest(path: Path) -> str:
    """Return the SHA-256 of the file at *path*, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
