"""Programs that the documentation shows, run as they are written: they work, and say in a few words why they do not."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from acuerdo_cli.demo.people import people
from acuerdo_cli.deployment import Deployment
from acuerdo_client import Addresses
from agreement.api.terms import EXAMPLE
from common.running.service import now

pytestmark = pytest.mark.journey

ROOT = Path(__file__).parents[2]
ONE, OTHER = "documented-telco", "documented-net"
UNKNOWN = str(UUID(int=7))


@pytest.fixture(scope="module")
def agreement(deployment: Deployment) -> str:
    terms: Any = json.loads(json.dumps(EXAMPLE).replace("telco-a", ONE).replace("net-b", OTHER))
    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        for company in (ONE, OTHER):
            cast(company, "manager").agreement.register_company(
                company=company, name=company, time_zone="Europe/Madrid", language="es"
            )
        desk = cast(ONE, "manager").agreement
        begin = now() - timedelta(days=1)
        drafted = desk.draft_agreement(title="Fibre", parties=[ONE, OTHER], effective_from=begin, terms=terms).body
        proposed = desk.propose_agreement(drafted["agreement_id"]).body
        for company in (ONE, OTHER):
            experts, managers = cast(company, "sme").agreement, cast(company, "manager").agreement
            experts.approve_boundaries(drafted["agreement_id"], boundaries_hash=proposed["boundaries_hash"])
            managers.sign_agreement(drafted["agreement_id"], content_hash=proposed["content_hash"])
        desk.list_agreements()  # it answers when the rows, which the door asks too, have what was signed
    return drafted["agreement_id"]


def _run(folder: Path, page: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = folder / "program.py"
    program.write_text((ROOT / page).read_text().partition("```python\n")[2].partition("```")[0])
    return subprocess.run(
        [sys.executable, program, *arguments], capture_output=True, text=True, check=False, timeout=90
    )


def test_the_clients_example_lists_a_companys_agreements(
    deployment: Deployment, agreement: str, tmp_path: Path
) -> None:
    services = deployment.urls["agreement"], deployment.urls["touchpoints"]
    token = deployment.token(company=ONE, roles=["manager"])
    done = _run(tmp_path, "libs/client/README.md", *services, token)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line.startswith(f"{agreement} Fibre ")]


def test_the_clients_example_says_in_one_line_what_was_refused(deployment: Deployment, tmp_path: Path) -> None:
    services = deployment.urls["agreement"], deployment.urls["touchpoints"]
    refused = _run(tmp_path, "libs/client/README.md", *services, "no.token")
    assert refused.returncode == 1
    assert refused.stderr.startswith("unauthenticated: ")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("bad", ["no.token", ""], ids=["bad", "none"])
def test_a_subscriber_whose_token_is_bad_ends_at_once_with_one_line(
    deployment: Deployment, tmp_path: Path, bad: str
) -> None:
    refused = _run(tmp_path, "docs/integrating.md", deployment.facts_url, bad, ONE, UNKNOWN)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Authorization Violation" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_subscriber_prints_the_facts_and_ends_when_its_token_does(
    deployment: Deployment, agreement: str, tmp_path: Path
) -> None:
    token = deployment.token(company=ONE, roles=["integrator"], person="warehouse", ttl=timedelta(seconds=8))
    done = _run(tmp_path, "docs/integrating.md", deployment.facts_url, token, ONE, agreement)
    assert done.returncode == 1
    assert "acuerdo.agreement.agreement-in-force" in done.stdout
    assert "Traceback" not in done.stderr
    assert "start it again, with a fresh token" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("company", "known"), [(ONE, False), (OTHER, True)], ids=["another agreement", "another company"]
)
def test_a_subscriber_of_what_is_not_its_own_is_told_so_without_a_traceback(
    deployment: Deployment, agreement: str, tmp_path: Path, company: str, known: bool
) -> None:
    token = deployment.token(company=ONE, roles=["integrator"], person="warehouse")
    asked = agreement if known else UNKNOWN
    done = _run(tmp_path, "docs/integrating.md", deployment.facts_url, token, company, asked)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "permissions violation" in done.stderr.lower()
    assert f"is {company} the token's company, and party to {asked}?" in done.stderr.splitlines()[-1]
