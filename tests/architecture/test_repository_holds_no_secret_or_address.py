"""What git keeps can be shown to anyone and works on any machine: no secret, no machine, no package registry."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRACKED = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
FILES = [ROOT / name for name in TRACKED.split("\0") if name and (ROOT / name).is_file()]
FORBIDDEN = {
    "a package registry": re.compile(
        r"https?://[\w.-]*(?:pypi|pythonhosted|artifactory|nexus|jfrog)[\w.-]*|--(?:extra-)?index-url"
    ),
    "a path of somebody's machine": re.compile(r"(?<![\w.$}/-])/(?:work|root|Users|home/\w+|opt)/\w"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + "KEY-----"),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "a password in an address": re.compile(
        r"\b\w+://[\w-]+:(?!\{|\$|<|password|secret|acuerdo|wrong|guessed)[\w-]{8,}@"
    ),
}
THIS = Path(__file__)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for file in FILES
        if file != THIS
        for number, line in enumerate(file.read_text(errors="ignore").splitlines(), start=1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == [], f"git keeps {what}"


def test_one_lock_is_kept_and_it_is_the_one_that_install_reads() -> None:
    names = {file.name for file in FILES}
    assert "uv.lock" not in names, "uv.lock names the registry it was made from; requirements/*.lock does not"
    assert {"runtime.lock", "dev.lock"} <= names


def test_every_locked_package_is_held_by_its_hash() -> None:
    for lock in ("runtime.lock", "dev.lock"):
        text = (ROOT / "requirements" / lock).read_text().replace("\\\n", " ")
        packages = [line for line in text.splitlines() if re.match(r"[a-z0-9].*==", line)]
        assert packages
        assert [line.split()[0] for line in packages if "--hash=sha256:" not in line] == []


def test_what_a_deployment_makes_is_never_added_by_accident() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {".acuerdo/", ".venv/"} <= set(ignored)
