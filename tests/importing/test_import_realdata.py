"""The two public histories, told whole: the stories add up to what the data's description says."""

from collections import defaultdict
from pathlib import Path

import pytest

from acuerdo_cli.importing.assembling import stories
from acuerdo_cli.importing.counting import Counts, count, hand_offs, total
from acuerdo_cli.importing.mapping import load_mapping
from acuerdo_cli.importing.reading import read
from acuerdo_cli.importing.story import Story
from acuerdo_cli.importing.understanding import Understanding

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"

pytestmark = pytest.mark.realdata


def _told(mapping: str, name: str) -> list[Story]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the public history {name} is not beside the project in shared/data")
    moments = Understanding(load_mapping(ROOT / "mappings" / mapping)).moments(read(path))
    told = list(stories(moments))
    assert all(isinstance(story, Story) for story in told), "no row is rejected"
    return [story for story in told if isinstance(story, Story)]


def test_the_incidents_add_up() -> None:
    told = _told("bpi2013.toml", "bpi2013_volvo_incidents.csv.xz")
    assert sum(story.rows for story in told) == 65_533
    assert total(map(count, told)) == Counts(
        cases=7_554,
        rounds=8_134,
        hand_offs=9_454,
        closed=7_455,
        open=99,
        in_work=8,
        awaiting_feedback=90,
        parked=1,
        reopened_cases=514,
    )
    assert sum(1 for story in told if hand_offs(story)) == 3_820
    assert sum(one != other for story in told for one, other in hand_offs(story)) == 4_350


def test_the_complaints_add_up_for_every_company() -> None:
    by_company: dict[str, Counts] = defaultdict(Counts)
    for story in _told("profeco.toml", "profeco_telecom_complaints.csv.xz"):
        by_company[story.team.company].add(count(story))
    assert {name: (some.cases, some.closed, some.reopened_cases) for name, some in by_company.items()} == {
        "TELCEL": (7_062, 3_663, 699),
        "MEGACABLE": (3_298, 2_377, 148),
        "IZZI": (2_775, 1_751, 143),
        "OTROS": (2_766, 1_670, 271),
        "TOTALPLAY": (2_632, 1_674, 152),
        "MOVISTAR": (2_587, 1_348, 290),
        "AT&T": (1_905, 763, 260),
        "TELMEX": (1_565, 1_114, 142),
    }
    whole = total(by_company.values())
    assert (whole.cases, whole.closed, whole.parked, whole.in_work) == (24_590, 14_360, 8_124, 2_106)
