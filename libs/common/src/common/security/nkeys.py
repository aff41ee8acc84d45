"""What an auth callout needs of NATS' key and token formats: Ed25519 keys in base32, and JWTs signed with them.

Formats: nkeys (a type byte, the key, its CRC-16/XMODEM) and NATS JWT version 2 (``ed25519-nkey``).
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_SEED, _ACCOUNT, _SERVER = 18 << 3, 0, 13 << 3  # they make the encoded key begin with S, A and N
_SEED_OF_ACCOUNT = bytes([_SEED | _ACCOUNT >> 5, (_ACCOUNT & 31) << 3])
_HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}
_SIGNED_PARTS = 3


class Malformed(ValueError):
    """Not a key or a token of NATS, or not one that holds."""


class AccountKey:
    """An account's signing key. Whoever has its seed says who may do what on NATS."""

    def __init__(self, seed: str) -> None:
        raw = _decode(seed)
        if raw[:2] != _SEED_OF_ACCOUNT or len(raw) != len(_SEED_OF_ACCOUNT) + 32:
            raise Malformed("is no seed of an account (SA...)")
        self._private = Ed25519PrivateKey.from_private_bytes(raw[2:])
        self.public = _encode(bytes([_ACCOUNT]) + self._private.public_key().public_bytes_raw())

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return *claims* as a token that this account issued."""
        told = {**claims, "iss": self.public}
        told["jti"] = base64.b32encode(hashlib.sha256(msgspec.json.encode(told)).digest()).decode().rstrip("=")
        body = f"{_part(_HEADER)}.{_part(told)}"
        return f"{body}.{_base64url(self._private.sign(body.encode()))}"


def fresh_seed() -> str:
    """Return the seed of a new account key."""
    return seed_of(Ed25519PrivateKey.generate().private_bytes_raw())


def seed_of(secret: bytes) -> str:
    """Return 32 *secret* bytes as the seed of an account key."""
    return _encode(_SEED_OF_ACCOUNT + secret)


def claims_of_server(token: str) -> dict[str, Any]:
    """Return what *token* claims, signed by the server that it names as its issuer.

    Raises:
        Malformed: it is no such token, or its signature does not hold.
    """
    parts = token.split(".")
    if len(parts) != _SIGNED_PARTS:
        raise Malformed("not a token")
    header, claims = _read(parts[0]), _read(parts[1])
    issuer = _decode(str(claims.get("iss")))
    if header.get("alg") != _HEADER["alg"] or issuer[:1] != bytes([_SERVER]) or len(issuer) != 1 + 32:
        raise Malformed("not signed by a server")
    try:
        Ed25519PublicKey.from_public_bytes(issuer[1:]).verify(_unbase64url(parts[2]), ".".join(parts[:2]).encode())
    except InvalidSignature as error:
        raise Malformed("the signature does not hold") from error
    return claims


def _encode(raw: bytes) -> str:
    whole = raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(whole).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        whole = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError as error:
        raise Malformed("is not base32") from error
    raw, check = whole[:-2], whole[-2:]
    if binascii.crc_hqx(raw, 0).to_bytes(2, "little") != check:
        raise Malformed("does not match its checksum")
    return raw


def _part(told: Mapping[str, Any]) -> str:
    return _base64url(msgspec.json.encode(told))


def _read(part: str) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", msgspec.json.decode(_unbase64url(part), type=dict))
    except msgspec.MsgspecError as error:
        raise Malformed("not a token") from error


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unbase64url(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Malformed("not a token") from error
