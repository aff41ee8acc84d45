"""What was measured, beside what it shall reach: as a table for people and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table

from acuerdo_cli.bench.load import Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that was measured, and its target: *at_least* or, where less is better, *at_most*.

    *measured* is None where it was not, which *why* explains.
    """

    what: str
    unit: str
    measured: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    why: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether it reached its target; None where nothing was measured."""
        if self.measured is None:
            return None
        over = self.at_least is None or self.measured >= self.at_least
        return over and (self.at_most is None or self.measured <= self.at_most)

    def said(self) -> dict[str, Any]:
        """Return the row for JSON."""
        target = {"at_least": self.at_least} if self.at_least is not None else {"at_most": self.at_most}
        said = {"what": self.what, "measured": self.measured, "unit": self.unit, "target": target}
        return said | {"reached": self.reached} | ({"why": self.why} if self.why else {})


@dataclass(slots=True, kw_only=True)
class Result:
    """The rows, the floors in the same run, and every measurement with the processor time that it took."""

    rows: list[Row] = field(default_factory=list[Row])
    floors: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    measurements: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def said(self, options: Mapping[str, object]) -> dict[str, Any]:
        """Return everything for JSON."""
        rows = [row.said() for row in self.rows]
        return {"options": options, "rows": rows, "floors": self.floors, "measurements": self.measurements}

    def tables(self) -> Sequence[Table]:
        """Return what a person looks at."""
        return [_targets(self.rows), _floors(self.floors)]


def figures(taken: Taken) -> dict[str, float]:
    """Return *taken* in numbers: of how many pieces, how many a second, how long they took."""
    return {
        "count": taken.count,
        "seconds": round(taken.seconds, 3),
        "per_second": round(taken.rate, 1),
        "p50_ms": round(taken.percentile(50), 2),
        "p99_ms": round(taken.percentile(99), 2),
    }


def _targets(rows: Sequence[Row]) -> Table:
    table = Table("what", "measured", "target", "reached")
    for row in rows:
        target = f"at least {row.at_least:,g}" if row.at_least is not None else f"at most {row.at_most:,g}"
        reached = {True: "yes", False: "no", None: "not measured"}[row.reached]
        table.add_row(row.what, row.why if row.measured is None else _number(row), f"{target} {row.unit}", reached)
    return table


def _number(row: Row) -> str:
    measured = row.measured or 0.0
    return f"{measured:,.2f} {row.unit}" if measured < 100 else f"{measured:,.0f} {row.unit}"


def _floors(floors: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table("floor, in the same run", "a second")
    for what, said in floors.items():
        table.add_row(what, f"{said['per_second']:,.0f}")
    return table
