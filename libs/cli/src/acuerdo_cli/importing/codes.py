"""Names of a source as codes and ids: the same name gives the same one, at every import."""

import re
import unicodedata
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1d3b0e-3a7c-5f0e-9a53-0d3f1b8a7c11")
"""Chosen once; every id of every import is derived from it."""

_OTHER = re.compile(r"[^a-z0-9]+")


def slug(name: str) -> str:
    """Return *name* in lower case ASCII letters and digits with hyphens between, ``unknown`` when none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-") or "unknown"


def identity(provenance: str, *parts: object) -> UUID:
    """Return the id of the thing that *parts* name in the source *provenance*."""
    return uuid5(NAMESPACE, "\x1f".join([provenance, *map(str, parts)]))
