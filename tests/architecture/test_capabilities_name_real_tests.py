"""The page of capabilities names all eighty, and every test it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COUNTS = {"A": 14, "B": 10, "C": 7, "D": 16, "E": 8, "F": 10, "G": 7, "H": 8}
ROW = re.compile(r"^\| ([A-H]\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROWS = ROW.findall((ROOT / "docs/capabilities.md").read_text())


def test_all_eighty_capabilities_are_on_the_page_in_order() -> None:
    assert [row[0] for row in ROWS] == [f"{area}{n}" for area, count in COUNTS.items() for n in range(1, count + 1)]


def test_each_capability_names_tests_or_says_not_yet() -> None:
    unclear = [name for name, _, shown in ROWS if shown != "not yet" and NAMED.sub("", shown).strip(", ")]
    assert not unclear, "name tests as `tests/<path>.py::<test>`, separated by commas, or say not yet"


def test_every_test_that_the_page_names_exists() -> None:
    named = {named for _, _, shown in ROWS for named in NAMED.findall(shown)}
    missing = [f"{path}::{test}" for path, test in sorted(named) if test not in _tests_in(ROOT / path)]
    assert not missing


def _tests_in(path: Path) -> set[str]:
    if not path.exists():
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}
