"""A fact that a projection says makes its row anew does so whatever the row was: the projector does not read it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from common.eventstore.recorded import Recorded
from common.projecting import Projection
from common.projecting.projection import about
from common.running.service import Service
from common.values import Person

PACKAGES = ("agreement", "touchpoints", "solver_teams", "feedback_loop")
SAMPLES = Path(__file__).parents[1]
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Untouchable:
    """A row that may not be looked at."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"its {name} was looked at")


def made_anew() -> Iterator[Any]:
    for package in PACKAGES:
        service = cast("Service", import_module(f"{package}.wiring").service)
        for sample in sorted((SAMPLES / package / "samples").glob("*.json")):
            name, version = sample.stem.rsplit(".v", 1)
            recorded = Recorded(
                1, "thing-1", 1, UUID(int=1), name, int(version), sample.read_bytes(), AT, AT,
                Person(person="ana", company="telco-a", role="solver"), UUID(int=2), UUID(int=3), None, False, None,
                None, True, b"", b"",
            )  # fmt: skip
            fact = service.history.recall(recorded)
            for projection in service.projections:
                if projection.keys(fact) and projection.anew(fact):
                    named = f"{package} {projection.name} {sample.stem}"
                    yield pytest.param(projection, fact, recorded, id=named)


@pytest.mark.parametrize(("projection", "fact", "recorded"), list(made_anew()))
def test_the_row_follows_from_the_fact_alone(projection: Projection[Any], fact: Any, recorded: Recorded) -> None:
    for key in projection.keys(fact):
        whatever = projection.project(cast("Any", Untouchable()), fact, about(recorded, key))
        assert whatever == projection.project(None, fact, about(recorded, key))


def test_each_of_them_is_tried() -> None:
    tried = {one.id.split()[1] for one in made_anew()}
    assert tried >= {"cases", "timeline", "contacts", "measures", "hand_off_commitments", "work", "loops", "requests"}
    assert tried >= {"recoveries", "tasks"}  # and a closing is made of one fact alone
