"""What tables are printed on."""

from rich.console import Console

_WIDTH = 140


def paper() -> Console:
    """Return the console to print on: a terminal as wide as it is, a file or a pipe as wide as tables need."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, _WIDTH))
