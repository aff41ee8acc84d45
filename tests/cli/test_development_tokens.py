"""`acuerdo token`: signed by a key that only this machine has, and only for what exists."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuerdo_cli.commands.token import NoDuration, duration
from acuerdo_cli.deployment import Deployment, NotThere
from acuerdo_cli.issuer import AUDIENCE, ISSUER, DevelopmentIssuer, NotAccepted, UnknownRole


@pytest.fixture
def issuer(tmp_path: Path) -> DevelopmentIssuer:
    made = DevelopmentIssuer(tmp_path / "issuer")
    made.ensure()
    return made


def read(issuer: DevelopmentIssuer, token: str) -> dict[str, object]:
    key = jwt.PyJWKSet.from_json(issuer.jwks.read_text())[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["EdDSA"], audience=AUDIENCE, issuer=ISSUER)


def test_a_token_says_who_acts_for_whom_in_which_roles_until_when(issuer: DevelopmentIssuer) -> None:
    token = issuer.sign(company="telco-a", roles=["solver", "team-lead"], person="ana", ttl=timedelta(hours=8))
    claims = read(issuer, token)
    assert (claims["sub"], claims["company"], claims["roles"]) == ("ana", "telco-a", ["solver", "team-lead"])
    assert int(str(claims["exp"])) - int(str(claims["iat"])) == 8 * 3600


def test_the_key_is_kept_and_readable_by_its_owner_only(issuer: DevelopmentIssuer) -> None:
    before = issuer.jwks.read_text()
    issuer.ensure()
    assert issuer.jwks.read_text() == before
    assert stat.S_IMODE((issuer.home / "key.pem").stat().st_mode) == 0o600


def test_the_published_key_set_holds_no_private_part(issuer: DevelopmentIssuer) -> None:
    (key,) = json.loads(issuer.jwks.read_text())["keys"]
    assert set(key) == {"kty", "crv", "x", "alg", "use", "kid"}


def test_a_role_that_no_route_knows_is_refused(issuer: DevelopmentIssuer) -> None:
    with pytest.raises(UnknownRole, match="there is no role king"):
        issuer.sign(company="telco-a", roles=["king"], person="ana", ttl=timedelta(hours=1))


@pytest.mark.parametrize(
    ("company", "roles", "person", "why"),
    [
        ("Telco A", ["manager"], "ana", "the token names no company"),
        ("telco-a", ["integrator", "manager"], "ana", "an integrator is a service"),
        ("telco-a", ["manager"], "ana ", "subject names nobody"),
        ("telco-a", [], "ana", "names no roles"),
    ],
)
def test_no_token_is_signed_that_the_services_would_refuse(
    issuer: DevelopmentIssuer, company: str, roles: list[str], person: str, why: str
) -> None:
    with pytest.raises(NotAccepted, match=why):
        issuer.sign(company=company, roles=roles, person=person, ttl=timedelta(hours=1))


def test_no_token_is_signed_where_nothing_was_ever_started(tmp_path: Path) -> None:
    with pytest.raises(NotThere):
        Deployment(tmp_path / "nothing").token(company="telco-a", roles=["solver"])
    assert not (tmp_path / "nothing").exists()


@given(number=st.integers(1, 99999), unit=st.sampled_from("smhd"))
def test_a_duration_is_a_number_and_a_unit(number: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    assert duration(f"{number}{unit}") == timedelta(seconds=number * seconds)


@pytest.mark.parametrize("text", ["", "8", "0h", "-1h", "8 h", "8w", "eight"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(NoDuration):
        duration(text)
