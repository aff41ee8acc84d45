"""What a service is told from outside, and what it refuses to begin with."""

import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from common.settings import SecretFiles, SecretKey, ServiceSettings, explain, key_bytes

KEY = base64.b64encode(bytes(range(32))).decode()


class Touching(ServiceSettings):
    master_key: SecretKey


GOOD = {
    "DATABASE_URL": "postgresql://acuerdo:hush@db/touchpoints",
    "NATS_URL": "nats://nats:4222",
    "ISSUER": "https://login.example",
    "JWKS_URL": "https://login.example/keys",
    "MASTER_KEY": KEY,
    "LOG_LEVEL": "INFO",
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, told in GOOD.items():
        monkeypatch.setenv(f"ACUERDO_{name}", told)
    return monkeypatch


def refused() -> str:
    with pytest.raises(ValidationError) as refusal:
        Touching()  # pyright: ignore[reportCallIssue] - pydantic-settings reads the environment
    line = explain(refusal.value)
    assert "\n" not in line
    assert "hush" not in line
    return line


def test_what_is_told_is_read_and_secrets_do_not_show(told: pytest.MonkeyPatch) -> None:
    settings = Touching()  # pyright: ignore[reportCallIssue] - pydantic-settings reads the environment
    assert settings.environment == "production"
    assert settings.database_url.get_secret_value() == GOOD["DATABASE_URL"]
    assert key_bytes(settings.master_key) == bytes(range(32))
    assert "hush" not in repr(settings)
    assert KEY not in repr(settings)


@pytest.mark.parametrize("name", ["DATABASE_URL", "NATS_URL", "ISSUER", "JWKS_URL", "MASTER_KEY"])
def test_nothing_needed_has_a_default(told: pytest.MonkeyPatch, name: str) -> None:
    told.delenv(f"ACUERDO_{name}")
    assert f"ACUERDO_{name}: Field required" in refused()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MASTER_KEY", "hush"), ("MASTER_KEY", base64.b64encode(b"hush").decode()), ("PORT", "hush"),
        ("MASTER_KEY", base64.b64encode(bytes(32)).decode()), ("JWKS_URL", "ftp://hush"), ("ENVIRONMENT", "hush"),
        ("JWKS_URL", "file:///keys.json"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_without_showing_it(told: pytest.MonkeyPatch, name: str, value: str) -> None:
    told.setenv(f"ACUERDO_{name}", value)
    assert f"ACUERDO_{name}" in refused()


def test_in_development_keys_may_come_from_a_file(told: pytest.MonkeyPatch) -> None:
    told.setenv("ACUERDO_ENVIRONMENT", "development")
    told.setenv("ACUERDO_JWKS_URL", "file:///keys.json")
    settings = Touching()  # pyright: ignore[reportCallIssue] - pydantic-settings reads the environment
    assert settings.jwks_url == "file:///keys.json"


def test_a_setting_may_be_a_file_named_for_it_and_the_environment_goes_before(
    told: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told.delenv("ACUERDO_DATABASE_URL")
    told.setenv("ACUERDO_SECRETS_DIR", str(tmp_path))
    (tmp_path / "ACUERDO_DATABASE_URL").write_text("postgresql://from-a-file\n")
    (tmp_path / "ACUERDO_ISSUER").write_text("from-a-file")
    settings = Touching(_secrets_dir=SecretFiles().secrets_dir)  # pyright: ignore[reportCallIssue] - the rest is read
    assert settings.database_url.get_secret_value() == "postgresql://from-a-file"
    assert settings.issuer == GOOD["ISSUER"]


def test_a_directory_of_secrets_that_is_not_there_is_told_in_one_line(told: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told.setenv("ACUERDO_SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(ValidationError) as refusal:
        SecretFiles()
    assert explain(refusal.value).startswith("settings: ACUERDO_SECRETS_DIR: ")
