"""A file and its mapping as one stream of stories."""

from collections.abc import Iterator
from pathlib import Path

from acuerdo_cli.importing.assembling import stories
from acuerdo_cli.importing.mapping import Mapping
from acuerdo_cli.importing.reading import read
from acuerdo_cli.importing.rows import Reject
from acuerdo_cli.importing.story import Story
from acuerdo_cli.importing.understanding import Understanding

_TABLES, _COMPRESSED = {".csv", ".tsv", ".txt"}, {".gz", ".xz", ".bz2"}


def told(file: Path, mapping: Mapping) -> Iterator[Story | Reject]:
    """Yield the stories that *file* tells, in its order, and what cannot be understood of it."""
    rows = read(file, delimiter=mapping.source.delimiter)
    return stories(Understanding(mapping, headed=_is_table(file)).moments(rows))


def _is_table(file: Path) -> bool:
    """Tell whether *file* has a header that names its columns."""
    kinds = [suffix.lower() for suffix in file.suffixes if suffix.lower() not in _COMPRESSED]
    return bool(kinds) and kinds[-1] in _TABLES
