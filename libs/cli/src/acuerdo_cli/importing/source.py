"""A file and its mapping as one stream of stories."""

from collections.abc import Iterator
from pathlib import Path

from acuerdo_cli.importing.assembling import stories
from acuerdo_cli.importing.mapping import Mapping
from acuerdo_cli.importing.reading import read
from acuerdo_cli.importing.rows import Reject
from acuerdo_cli.importing.story import Story
from acuerdo_cli.importing.understanding import Understanding


def told(file: Path, mapping: Mapping) -> Iterator[Story | Reject]:
    """Yield the stories that *file* tells, in its order, and what cannot be understood of it."""
    return stories(Understanding(mapping).moments(read(file, delimiter=mapping.source.delimiter)))
