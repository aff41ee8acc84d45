"""The map of competence: who is accountable for each service, activity and region, and where nobody or several are."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

from agreement.domain.canonical import fingerprint
from agreement.domain.terms import ANY, Boundary, Terms
from common.values import value

_Map = dict[tuple[str, str, str], list[Boundary]]


@value
class Cell:
    """One service, activity and region of the map."""

    service: str
    activity: str
    region: str


@value
class Overlap:
    """A cell that several companies are accountable for, by clauses of the same precision."""

    cell: Cell
    companies: tuple[str, ...]
    clauses: tuple[str, ...]


@value
class Report:
    """How much of the map is settled, and where it is not."""

    cells: int
    gaps: tuple[Cell, ...]
    overlaps: tuple[Overlap, ...]


def boundaries_hash(terms: Terms) -> str:
    """Return the fingerprint of the map that the SMEs approve: the boundaries and what they are drawn over."""
    return fingerprint(
        {
            "activities": terms.activities,
            "boundaries": terms.boundaries,
            "regions": terms.regions,
            "services": terms.services,
        }
    )


def survey(terms: Terms) -> Report:
    """Return the gaps and overlaps of the map over every service, activity and region."""
    lines = _lines(terms.boundaries)
    settled = [(cell, _accountable(lines, cell)) for cell in cells(terms)]
    return Report(
        cells=len(settled),
        gaps=tuple(cell for cell, found in settled if not found),
        overlaps=tuple(_overlap(cell, found) for cell, found in settled if len(_companies(found)) > 1),
    )


def accountable(terms: Terms, cell: Cell) -> Boundary | None:
    """Return the boundary that makes one company accountable for *cell*; None in a gap or an overlap."""
    found = _accountable(_lines(terms.boundaries), cell)
    return found[0] if len(_companies(found)) == 1 else None


def cells(terms: Terms) -> Iterator[Cell]:
    """Yield every service, activity and region of the map."""
    for service, activity, region in product(terms.services, terms.activities, terms.regions):
        yield Cell(service=service.service, activity=activity.activity, region=region.region)


def _lines(boundaries: Sequence[Boundary]) -> _Map:
    lines: _Map = defaultdict(list)
    for each in boundaries:
        lines[each.service, each.activity, each.region].append(each)
    return lines


def _accountable(lines: _Map, cell: Cell) -> list[Boundary]:
    """Return the most precise lines that put *cell* in a scope; a line out of scope takes vaguer ones away."""
    out: set[str] = set()
    for precise in _ranks(cell):
        here = [each for key in precise for each in lines.get(key, ())]
        out |= {each.accountable for each in here if not each.in_scope}
        found = [each for each in here if each.in_scope and each.accountable not in out]
        if found:
            return found
    return []


def _ranks(cell: Cell) -> tuple[tuple[tuple[str, str, str], ...], ...]:
    service, activity, region = cell.service, cell.activity, cell.region
    return (
        ((service, activity, region),),
        ((service, activity, ANY), (service, ANY, region)),
        ((service, ANY, ANY),),
    )


def _companies(lines: Sequence[Boundary]) -> tuple[str, ...]:
    return tuple(sorted({each.accountable for each in lines}))


def _overlap(cell: Cell, found: Sequence[Boundary]) -> Overlap:
    return Overlap(cell=cell, companies=_companies(found), clauses=tuple(each.clause_id for each in found))
