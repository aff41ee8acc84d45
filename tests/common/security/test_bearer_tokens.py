"""Who a token speaks for, and all the ways in which a token does not hold."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from common.security.identity import BearerTokens, Unauthenticated
from common.security.keys import FileKeysRefused, IssuerKeys, KeysUnavailable, keys_from

ISSUER, AUDIENCE = "https://login.example", "acuerdo"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALGORITHM = {"EdDSA": OKPAlgorithm, "ES256": ECAlgorithm, "RS256": RSAAlgorithm}
MAKE: dict[str, Callable[[], Any]] = {
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
}


class Issuer:
    """An OIDC issuer with keys that rotate, and bad days."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[str, Any]] = {}
        self.fetched = 0
        self.away = False
        self.rotate("one")

    def rotate(self, name: str, algorithm: str = "EdDSA") -> None:
        self.keys = {name: (algorithm, MAKE[algorithm]())}

    async def fetch(self) -> bytes:
        self.fetched += 1
        if self.away:
            raise httpx.ConnectError("away")
        return self.document()

    def document(self) -> bytes:
        told = [
            {**json.loads(ALGORITHM[algorithm].to_jwk(key.public_key())), "kid": name, "use": "sig"}
            for name, (algorithm, key) in self.keys.items()
        ]
        return json.dumps({"keys": told}).encode()

    def token(self, **claims: Any) -> str:
        name, (algorithm, key) = next(iter(self.keys.items()))
        return jwt.encode(usual(**claims), key, algorithm=algorithm, headers={"kid": name})


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def usual(**claims: Any) -> dict[str, Any]:
    told = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ana", "company": "telco-a", "roles": ["solver", "team-lead"],
        "exp": NOON.timestamp() + 3600, **claims,
    }  # fmt: skip
    return {name: claim for name, claim in told.items() if claim is not None}


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(issuer: Issuer, clock: Clock) -> BearerTokens:
    keys = IssuerKeys(issuer.fetch, monotonic=clock.monotonic)
    return BearerTokens(keys, issuer=ISSUER, audience=AUDIENCE, clock=clock, remembered=3)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
async def test_a_token_speaks_for_a_person_of_a_company_in_roles(
    issuer: Issuer, tokens: BearerTokens, algorithm: str
) -> None:
    issuer.rotate("key", algorithm)
    caller = await tokens.caller(issuer.token())
    assert (caller.person, caller.company, caller.service) == ("ana", "telco-a", False)
    assert caller.roles == {"solver", "team-lead"}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"}, {"aud": "another"}, {"exp": NOON.timestamp() - 11}, {"exp": None},
        {"exp": "soon"}, {"exp": True}, {"nbf": NOON.timestamp() + 60}, {"sub": ""}, {"sub": None}, {"sub": "a\0b"},
        {"sub": "x" * 256}, {"sub": " ana"}, {"sub": "ana "}, {"sub": "ana\n"}, {"sub": "a\u200bna"},
        {"sub": "\u202eana"}, {"sub": " "}, {"company": "telco-a\n"}, {"company": "\uff54elco-a"}, {"company": None},
        {"company": "Telco A"}, {"company": 7}, {"roles": None}, {"roles": []},
        {"roles": [7]}, {"roles": {"solver": 1}}, {"roles": ["integrator", "manager"]},
    ],
)  # fmt: skip
async def test_a_token_that_does_not_say_what_it_must_shows_nobody(
    issuer: Issuer, tokens: BearerTokens, claims: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.caller(issuer.token(**claims))


@pytest.mark.parametrize("subject", ["Ana", "ANA", "\uff41\uff4e\uff41"])
async def test_who_did_something_is_told_as_the_token_says_it(
    issuer: Issuer, tokens: BearerTokens, subject: str
) -> None:
    assert (await tokens.caller(issuer.token(sub=subject))).person == subject


async def test_an_integrator_is_a_service(issuer: Issuer, tokens: BearerTokens) -> None:
    assert (await tokens.caller(issuer.token(roles=["integrator"]))).service
    assert (await tokens.caller(issuer.token(roles=["operator"], service=True))).service


async def test_unsigned_and_shared_secret_tokens_are_refused(issuer: Issuer, tokens: BearerTokens) -> None:
    await tokens.caller(issuer.token())
    public = json.loads(issuer.document())["keys"][0]["x"]
    unsigned = jwt.encode(usual(), "", algorithm="none", headers={"kid": "one"})
    shared = jwt.encode(usual(), public.ljust(32, "x"), algorithm="HS256", headers={"kid": "one"})
    for token in (unsigned, shared):
        with pytest.raises(Unauthenticated, match="must be signed with"):
            await tokens.caller(token)


async def test_a_token_signed_by_another_is_refused(issuer: Issuer, tokens: BearerTokens) -> None:
    other = Issuer()
    with pytest.raises(Unauthenticated):
        await tokens.caller(other.token())
    genuine = issuer.token()
    await tokens.caller(genuine)
    head, body, signature = genuine.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "company": "telco-b"}).encode()).decode().rstrip("=")
    with pytest.raises(Unauthenticated):
        await tokens.caller(f"{head}.{forged}.{signature}")


async def test_an_algorithm_that_is_not_the_keys_own_is_refused(issuer: Issuer, tokens: BearerTokens) -> None:
    other = MAKE["ES256"]()
    with pytest.raises(Unauthenticated):
        await tokens.caller(jwt.encode(usual(), other, algorithm="ES256", headers={"kid": "one"}))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "\0.\0.\0", "é.é.é", "\ud800", "x" * 20_000, "." * 9])
async def test_what_is_no_token_shows_nobody(tokens: BearerTokens, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.caller(token)


async def test_a_remembered_token_still_expires(issuer: Issuer, tokens: BearerTokens, clock: Clock) -> None:
    token = issuer.token()
    await tokens.caller(token)
    clock.pass_by(3611)
    with pytest.raises(Unauthenticated):
        await tokens.caller(token)


async def test_only_so_many_tokens_are_remembered(issuer: Issuer, tokens: BearerTokens) -> None:
    for number in range(5):
        await tokens.caller(issuer.token(sub=f"person-{number}"))
    assert len(tokens._known) == 3  # pyright: ignore[reportPrivateUsage] - what is remembered shows nowhere else


async def test_keys_rotate_and_what_the_old_one_signed_no_longer_holds(
    issuer: Issuer, tokens: BearerTokens, clock: Clock
) -> None:
    old = issuer.token()
    await tokens.caller(old)
    issuer.rotate("two")
    clock.pass_by(6)
    assert (await tokens.caller(issuer.token())).person == "ana"
    with pytest.raises(Unauthenticated):
        await tokens.caller(old)


async def test_unknown_keys_are_not_asked_for_at_every_request(
    issuer: Issuer, tokens: BearerTokens, clock: Clock
) -> None:
    await tokens.caller(issuer.token())
    stranger = Issuer()
    stranger.rotate("unknown")
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            await tokens.caller(stranger.token())
        clock.pass_by(0.1)
    assert issuer.fetched == 1


async def test_known_keys_go_on_while_the_issuer_is_away(issuer: Issuer, tokens: BearerTokens, clock: Clock) -> None:
    await tokens.caller(issuer.token())
    issuer.away = True
    clock.pass_by(700)
    assert (await tokens.caller(issuer.token(sub="eva"))).person == "eva"
    with pytest.raises(Unauthenticated):
        await tokens.caller(jwt.encode(usual(), MAKE["EdDSA"](), algorithm="EdDSA", headers={"kid": "new"}))


async def test_with_no_keys_at_all_nobody_can_be_judged(issuer: Issuer, tokens: BearerTokens, clock: Clock) -> None:
    issuer.away = True
    with pytest.raises(KeysUnavailable):
        await tokens.caller(issuer.token())
    issuer.away = False
    clock.pass_by(6)
    assert (await tokens.caller(issuer.token())).person == "ana"


async def test_keys_come_from_a_url_and_from_a_file_in_development_only(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "the keys.json"
    path.write_bytes(issuer.document())
    assert await keys_from(path.as_uri(), development=True).find("one") is not None
    with pytest.raises(FileKeysRefused):
        keys_from(path.as_uri(), development=False)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=issuer.document()))
    async with httpx.AsyncClient(transport=transport) as http:
        assert await keys_from("https://login.example/keys", development=False, http=http).find("one") is not None


@pytest.mark.parametrize(
    "document", [b"", b"[]", b'{"keys":7}', b'{"keys":[]}', b'{"keys":[7]}', b'{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}']
)
async def test_a_document_without_usable_keys_gives_none(document: bytes) -> None:
    async def fetch() -> bytes:
        return document

    with pytest.raises(KeysUnavailable):
        await IssuerKeys(fetch).find("one")
