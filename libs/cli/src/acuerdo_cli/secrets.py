"""The secrets of a deployment: made once, each kept in a file of its own below one folder."""

import secrets
from base64 import b64encode
from pathlib import Path

from acuerdo_cli.embedded import keeping
from common.security.nkeys import AccountKey, fresh_seed

SECRETS = {
    "agreement": {"ACUERDO_CALLOUT_SEED": "callout-seed"},
    "touchpoints": {"ACUERDO_MASTER_KEY": "master-key"},
    "feedback-loop": {"ACUERDO_SURVEY_KEY": "survey-key"},
}
"""The keys of each service, which no other is told, and the files that keep them."""


def ensure(folder: Path) -> None:
    """Every key is there, made on first use."""
    keeping.private_directory(folder)
    keeping.secret(folder / "callout-seed", fresh_seed())
    for file in (file for files in SECRETS.values() for file in files.values()):
        keeping.secret(folder / file, b64encode(secrets.token_bytes(32)).decode())


def of_service(folder: Path, service: str) -> dict[str, str]:
    """Return the settings with which *service* is told its keys."""
    return {name: keeping.secret(folder / file) for name, file in SECRETS.get(service, {}).items()}


def callout_key(folder: Path) -> str:
    """Return the public key of whoever says which programs NATS lets in."""
    return AccountKey(keeping.secret(folder / "callout-seed")).public
