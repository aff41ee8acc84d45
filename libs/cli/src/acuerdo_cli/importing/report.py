"""What an import ends with: the numbers by company, as a table or as one JSON object."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from acuerdo_cli.importing.counting import Counts, total
from acuerdo_cli.importing.rows import Reject
from common.values import value


@value
class Report:
    """The numbers by company name, where they come from, and what became of the file's rows.

    ``not_understood``: the first rows that were not, and why.
    """

    counted_from: str
    agreement_id: str | None
    companies: Mapping[str, Counts]
    rows: int
    rejected_rows: int
    rejects: str | None = None
    not_understood: tuple[Reject, ...] = ()

    def json(self) -> str:
        """Return the report as one JSON object."""
        said: dict[str, object] = {
            "counted_from": self.counted_from,
            "agreement_id": self.agreement_id,
            "totals": asdict(total(self.companies.values())),
            "companies": {name: asdict(counts) for name, counts in sorted(self.companies.items())},
            "rows": self.rows,
            "rejected_rows": self.rejected_rows,
            "rejects": self.rejects,
            "not_understood": [{"line": one.line, "reason": one.reason} for one in self.not_understood],
        }
        return json.dumps(said, ensure_ascii=False)

    def show(self, console: Console) -> None:
        """Print the report as a table."""
        console.print(self._table())
        console.print(
            f"{self.rows:,} rows, {self.rejected_rows:,} rejected" + (f": {self.rejects}" if self.rejects else "")
        )
        if not self.rejects:
            self._show_reasons(console)

    def _show_reasons(self, console: Console) -> None:
        for one in self.not_understood:
            console.print(f"  line {one.line}: {one.reason}", markup=False)
        if (more := self.rejected_rows - len(self.not_understood)) > 0:
            console.print(f"  and {more:,} more; --rejects PATH writes all of them down")

    def _table(self) -> Table:
        names = list(asdict(Counts()))
        table = Table(
            title=f"By company, from {self.counted_from}",
            title_justify="left",
            box=SIMPLE_HEAD,
            show_edge=False,
            padding=0,
        )
        table.add_column("company", no_wrap=True)
        for name in names:
            table.add_column(name.replace("_", " "), justify="right", overflow="fold", min_width=6)
        for company, counts in sorted(self.companies.items(), key=lambda one: -one[1].cases):
            table.add_row(company, *_numbers(counts))
        table.add_section()
        table.add_row("all", *_numbers(total(self.companies.values())))
        return table


def _numbers(counts: Counts) -> list[str]:
    return [f"{number:,}" for number in asdict(counts).values()]
