"""The rejects file: what was not imported, by line, and why."""

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from acuerdo_cli.importing.rows import Reject, Unusable


class RejectsFile:
    """A CSV file of lines and reasons; it is made when the first reject comes, or at once if *always*."""

    def __init__(self, path: Path, *, always: bool = False) -> None:
        self.path = path
        self.count = 0
        self._file: IO[str] | None = None
        self._rows: Any = None
        if always:
            self._begin()

    def add(self, reject: Reject) -> None:
        """Write *reject* down."""
        if self._file is None:
            self._begin()
        self.count += 1
        self._rows.writerow([reject.line, reject.reason])

    def _begin(self) -> None:
        try:
            self._file = self.path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            why = (error.strerror or "cannot be written").lower()
            raise Unusable(f"{self.path}: {why}; say with --rejects where rejected rows may go") from error
        self._rows = csv.writer(self._file)
        self._rows.writerow(["line", "reason"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
