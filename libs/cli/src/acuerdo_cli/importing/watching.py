"""How far an import has come, shown on a terminal only and never on standard output."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Step = Callable[[int], None]


class Watching:
    """Shows one bar after another."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def bar(self, doing: str, total: int | None = None) -> Generator[Step]:
        """Show a bar for what is *doing*; the function it gives moves it on."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(
            *columns,
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        ) as progress:
            task = progress.add_task(doing, total=total)
            yield lambda moved: progress.advance(task, moved)
