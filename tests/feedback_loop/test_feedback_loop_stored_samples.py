"""Facts stored once are read for ever: the frozen samples of every name and version."""

import json
from pathlib import Path

import pytest

from feedback_loop.history import history

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.json"))


def parts(sample: Path) -> tuple[str, int]:
    name, version = sample.stem.rsplit(".v", 1)
    return name, int(version)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_a_stored_fact_is_still_read(sample: Path) -> None:
    name, version = parts(sample)
    fact = history.read(name, version, sample.read_bytes())
    assert history.name_of(fact) == name


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_a_fact_of_the_current_version_is_written_as_it_was(sample: Path) -> None:
    name, version = parts(sample)
    if version == history.version_of(name):
        written = history.write(history.read(name, version, sample.read_bytes()))
        assert json.loads(written) == json.loads(sample.read_bytes())


def test_every_name_and_version_has_a_sample() -> None:
    wanted = {(name, version) for name in history.names for version in range(1, history.version_of(name) + 1)}
    assert {parts(sample) for sample in SAMPLES} == wanted
