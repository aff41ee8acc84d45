"""Keys and tokens in NATS' own form: what others made is read, what was tampered with is not."""

import base64
import binascii
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from common.security.nkeys import AccountKey, Malformed, claims_of_server, fresh_seed, seed_of

# The example of NATS' documentation of auth callouts: a seed that is no secret, and its public key.
SEED = "SAANDLKMXL6CUS3CP52WIXBEDN6YJ545GDKC65U5JZPPV6WH6ESWUA6YAI"
PUBLIC = "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA"


def unpacked(token: str) -> tuple[dict[str, object], dict[str, object]]:
    header, claims, _ = token.split(".")
    return read(header), read(claims)


def read(part: str) -> dict[str, object]:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def packed(told: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def test_a_seed_that_others_made_gives_the_public_key_that_others_know() -> None:
    assert AccountKey(SEED).public == PUBLIC


def test_a_fresh_seed_is_another_each_time_and_is_an_accounts() -> None:
    one, other = fresh_seed(), fresh_seed()
    assert one != other
    assert one.startswith("SA")
    assert AccountKey(one).public.startswith("A")


@pytest.mark.parametrize(
    "seed",
    ["", "SA", PUBLIC, SEED[:-1], SEED.replace("N", "M", 1), SEED.lower(), "SU" + SEED[2:], "é" * 58, "A" * 10_000],
)
def test_what_is_no_seed_of_an_account_is_refused(seed: str) -> None:
    with pytest.raises(Malformed):
        AccountKey(seed)


def test_claims_are_signed_over_all_that_is_said() -> None:
    key = AccountKey(SEED)
    token = key.sign({"sub": "U", "nats": {"type": "user"}})
    header, claims = unpacked(token)
    assert header == {"typ": "JWT", "alg": "ed25519-nkey"}
    assert (claims["iss"], claims["sub"]) == (PUBLIC, "U")
    assert claims["jti"]
    public = base64.b32decode(PUBLIC)[1:33]
    body, _, signature = token.rpartition(".")
    signed = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    Ed25519PublicKey.from_public_bytes(public).verify(signed, body.encode())


def server_token(claims: dict[str, object]) -> tuple[str, str]:
    """Return a token as a server signs it, and the server's id."""
    secret = Ed25519PrivateKey.generate()
    account = AccountKey(seed_of(secret.private_bytes_raw())).public
    raw = bytes([13 << 3]) + base64.b32decode(account)[1:33]
    server = base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).decode().rstrip("=")
    body = f"{packed({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{packed({**claims, 'iss': server})}"
    return f"{body}.{base64.urlsafe_b64encode(secret.sign(body.encode())).rstrip(b'=').decode()}", server


def test_what_a_server_signed_is_read() -> None:
    token, server = server_token({"aud": "nats-authorization-request"})
    assert claims_of_server(token) == {"aud": "nats-authorization-request", "iss": server}


def test_what_no_server_signed_is_not_read() -> None:
    token, server = server_token({"aud": "it"})
    header, claims, signature = token.split(".")
    other, _ = server_token({"aud": "it"})
    bad = [
        "", "a.b", "a.b.c", "..", token[:-8], f"{header}.{claims}.", AccountKey(SEED).sign({"aud": "it"}),
        f"{header}.{packed({'aud': 'other', 'iss': server})}.{signature}",
        f"{packed({'alg': 'none'})}.{claims}.{signature}",
        f"{header}.{claims}.{other.rpartition('.')[2]}",
        f"{header}.{packed([1])}.{signature}", f"é.{claims}.{signature}",
    ]  # fmt: skip
    for one in bad:
        with pytest.raises(Malformed):
            claims_of_server(one)
