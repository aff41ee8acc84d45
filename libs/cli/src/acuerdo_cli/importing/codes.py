"""Names of a source as codes and ids: the same name gives the same one, at every import."""

import json
import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1d3b0e-3a7c-5f0e-9a53-0d3f1b8a7c11")
"""Chosen once; every id of every import is derived from it."""

LONGEST = 63
"""Characters of a code."""

_OTHER = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=50_000)
def slug(name: str) -> str:
    """Return *name* as lower case ASCII letters and digits with hyphens between, or a digest if it has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _short(_OTHER.sub("-", plain).strip("-") or f"x-{_digest(name)}")


@lru_cache(maxsize=50_000)
def joined(*codes: str) -> str:
    """Return one code made of several."""
    return _short("-".join(codes))


def _short(code: str) -> str:
    return code if len(code) <= LONGEST else f"{code[: LONGEST - 9].rstrip('-')}-{_digest(code)}"


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=4).hexdigest()


def identity(provenance: str, *parts: object) -> UUID:
    """Return the id of the thing that *parts* name in the source *provenance*."""
    return uuid5(NAMESPACE, "\x1f".join([provenance, *map(str, parts)]))


def fingerprint(held: object) -> str:
    """Return what tells *held* (made of plain JSON) from anything else."""
    return blake2b(json.dumps(held, sort_keys=True, ensure_ascii=False).encode(), digest_size=16).hexdigest()
