"""What leaves a service is a contract: its document is generated from the code, and it only ever grows."""

import importlib
import json
from pathlib import Path
from typing import Any, cast

import pytest

from common.history import History
from common.messaging.asyncapi import asyncapi

FROZEN = Path(__file__).parent / "published"
PACKAGES = ("agreement", "touchpoints", "solver_teams", "feedback_loop")
OF_NO_AGREEMENT = {"company-registered", "company-changed"}


def history_of(package: str) -> History:
    return cast("History", importlib.import_module(f"{package}.history").history)


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_published_fact_says_when_it_happened_and_to_which_agreement_it_belongs(package: str) -> None:
    history = history_of(package)
    published = {name: shape for name, shape in history.names.items() if history.published(name)}
    silent = {
        name
        for name, shape in published.items()
        if not {"at", "agreement_id"} <= set(shape.__dataclass_fields__) and name not in OF_NO_AGREEMENT
    }
    assert not silent


def test_the_document_of_published_facts_refers_only_to_what_it_holds(package: str) -> None:
    document = asyncapi(history_of(package), package)
    assert document["asyncapi"] == "3.0.0"
    for reference in _references(document):
        assert _held(document, reference), reference


def test_published_facts_only_grow(package: str) -> None:
    """A name once published stays, with every field it had and that field's type; a new version needs an upcast.

    To add a fact or a field on purpose, write what ``shapes`` gives to the frozen file beside this test.
    """
    frozen = json.loads((FROZEN / f"{package}.json").read_text())
    today = shapes(history_of(package))
    for name, was in frozen.items():
        assert name in today, f"{name} was published and is gone"
        if was["version"] == today[name]["version"]:
            changed = {field for field, kind in was["fields"].items() if today[name]["fields"].get(field) != kind}
            assert not changed, f"{name} changed {sorted(changed)} without a new version"
    assert not today.keys() - frozen.keys(), "published facts that are not frozen yet"


def shapes(history: History) -> dict[str, Any]:
    """Return the version and the fields with their JSON types of each published fact."""
    schemas = asyncapi(history, "")["components"]
    return {
        name: {
            "version": history.version_of(name),
            "fields": _resolve(schemas["schemas"], message["payload"])["properties"],
        }
        for name, message in schemas["messages"].items()
    }


def _resolve(schemas: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
    return schemas[payload["$ref"].rsplit("/", 1)[-1]] if "$ref" in payload else payload


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        found = [str(value) for key, value in node.items() if key == "$ref"]
        return found + [one for value in node.values() for one in _references(value)]
    if isinstance(node, list):
        return [one for value in node for one in _references(value)]
    return []


def _held(document: Any, reference: str) -> bool:
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(document, dict) or part not in document:
            return False
        document = cast("dict[str, Any]", document)[part]
    return True
