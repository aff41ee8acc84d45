"""What a source file yields: rows, and lines that cannot be a row."""

from acuerdo_cli.errors import CommandFailed
from common.values import value


@value
class Row:
    """One record of the source. ``line`` is where it begins in the file, counted from 1; cells are text as written."""

    line: int
    cells: dict[str, str]


@value
class Reject:
    """A line that cannot be understood, and why. Nothing of it is imported."""

    line: int
    reason: str


class Unusable(CommandFailed):
    """The file or the mapping as a whole cannot be used."""
