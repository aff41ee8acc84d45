"""What a service is told from outside, and what it refuses to begin with."""

import base64
from typing import ClassVar

import pytest

from common.settings import DatabaseSettings, SecretKey, ServiceSettings, key_bytes, load

KEY = base64.b64encode(bytes(range(32))).decode()


class Touching(ServiceSettings):
    keys: ClassVar[tuple[str, ...]] = ("master_key",)

    master_key: SecretKey


GOOD = {
    "DATABASE_URL": "postgresql://acuerdo:hush@db/touchpoints",
    "NATS_URL": "nats://nats:4222",
    "ISSUER": "https://login.example",
    "JWKS_URL": "https://login.example/keys",
    "MASTER_KEY": KEY,
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, told in GOOD.items():
        monkeypatch.setenv(f"ACUERDO_{name}", told)
    return monkeypatch


def refused(capsys: pytest.CaptureFixture[str], shape: type[DatabaseSettings] = Touching) -> str:
    with pytest.raises(SystemExit) as ended:
        load(shape)
    assert ended.value.code == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "hush" not in line
    return line


def test_what_is_told_is_read_and_secrets_do_not_show(told: pytest.MonkeyPatch) -> None:
    settings = load(Touching)
    assert not settings.development
    assert settings.database_url.get_secret_value() == GOOD["DATABASE_URL"]
    assert key_bytes(settings.master_key) == bytes(range(32))
    assert "hush" not in repr(settings)
    assert KEY not in repr(settings)


@pytest.mark.parametrize("name", ["DATABASE_URL", "NATS_URL", "ISSUER", "JWKS_URL", "MASTER_KEY"])
def test_nothing_needed_has_a_default(told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str) -> None:
    told.delenv(f"ACUERDO_{name}")
    assert f"ACUERDO_{name} is missing" in refused(capsys)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MASTER_KEY", "hush"), ("MASTER_KEY", base64.b64encode(b"hush").decode()), ("PORT", "hush"),
        ("MASTER_KEY", base64.b64encode(bytes(32)).decode()), ("JWKS_URL", "ftp://hush"), ("ENVIRONMENT", "hush"),
        ("JWKS_URL", "file:///keys.json"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_without_showing_it(
    told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    told.setenv(f"ACUERDO_{name}", value)
    assert f"ACUERDO_{name}" in refused(capsys)


def test_in_development_keys_may_come_from_a_file(told: pytest.MonkeyPatch) -> None:
    told.setenv("ACUERDO_ENVIRONMENT", "development")
    told.setenv("ACUERDO_JWKS_URL", "file:///keys.json")
    assert load(Touching).development


def test_migrating_takes_a_database_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ACUERDO_DATABASE_URL is missing" in refused(capsys, DatabaseSettings)
    monkeypatch.setenv("ACUERDO_DATABASE_URL", "postgresql://db/x")
    load(DatabaseSettings)
