"""The map of competence: who is accountable for each service, activity and region, and where nobody or several are."""

from collections import defaultdict
from collections.abc import Sequence
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
    drawn = {each.activity for each in terms.boundaries} | {each.region for each in terms.boundaries}
    alike: dict[tuple[str, str, str], list[Boundary]] = {}
    gaps: list[Cell] = []
    overlaps: list[Overlap] = []
    for service, activity, region in product(terms.services, terms.activities, terms.regions):
        key = (service.service, _if_in(drawn, activity.activity), _if_in(drawn, region.region))
        found = alike.get(key)
        if found is None:
            found = alike[key] = _accountable(lines, *key)
        if len(found) == 1:
            continue
        cell = Cell(service=service.service, activity=activity.activity, region=region.region)
        if not found:
            gaps.append(cell)
        elif len(_companies(found)) > 1:
            overlaps.append(_overlap(cell, found))
    return Report(
        cells=len(terms.services) * len(terms.activities) * len(terms.regions),
        gaps=tuple(gaps),
        overlaps=tuple(overlaps),
    )


def _if_in(drawn: set[str], code: str) -> str:
    """Return *code* if a line is drawn with it; what no line names is all alike."""
    return code if code in drawn else ANY


def accountable(terms: Terms, cell: Cell) -> Boundary | None:
    """Return the boundary that makes one company accountable for *cell*; None in a gap or an overlap."""
    found = _accountable(_lines(terms.boundaries), cell.service, cell.activity, cell.region)
    return found[0] if len(_companies(found)) == 1 else None


def _lines(boundaries: Sequence[Boundary]) -> _Map:
    lines: _Map = defaultdict(list)
    for each in boundaries:
        lines[each.service, each.activity, each.region].append(each)
    return lines


def _accountable(lines: _Map, service: str, activity: str, region: str) -> list[Boundary]:
    """Return the most precise lines that put it in a scope; a line out of scope takes vaguer ones away."""
    out: set[str] = set()
    for precise in _ranks(service, activity, region):
        here = [each for key in precise for each in lines.get(key, ())]
        out |= {each.accountable for each in here if not each.in_scope}
        found = [each for each in here if each.in_scope and each.accountable not in out]
        if found:
            return found
    return []


def _ranks(service: str, activity: str, region: str) -> tuple[set[tuple[str, str, str]], ...]:
    return (
        {(service, activity, region)},
        {(service, activity, ANY), (service, ANY, region)},
        {(service, ANY, ANY)},
    )


def _companies(lines: Sequence[Boundary]) -> tuple[str, ...]:
    return tuple(sorted({each.accountable for each in lines}))


def _overlap(cell: Cell, found: Sequence[Boundary]) -> Overlap:
    return Overlap(cell=cell, companies=_companies(found), clauses=tuple(each.clause_id for each in found))
