"""Personal data sealed under a key per customer (HPKE, RFC 9180); who loses the key has erased the data everywhere.

A box is base64 of what HPKE gives for X25519, HKDF-SHA256 and AES-128-GCM, bound to the customer's id. Private keys
rest wrapped under a master key (AES-GCM), bound to the customer's id as well.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from common.values import Sealed, value

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_PURPOSE = b"acuerdo personal data 1\x00"
_NONCE, _MASTER, _NAME = 12, 32, 8


class CannotUnseal(Exception):
    """The key does not open this: it is another's, or what it should open was changed."""


@value
class KeyPair:
    """A customer's keys, base64 of their 32 raw bytes. The public one seals and is no secret; the private one opens."""

    public: str
    private: str


def new_key_pair() -> KeyPair:
    """Return the keys of a new customer."""
    private = X25519PrivateKey.generate()
    return KeyPair(public=_text(private.public_key().public_bytes_raw()), private=_text(private.private_bytes_raw()))


def seal(public_key: str, customer_id: str, clear: Mapping[str, object]) -> Sealed:
    """Return *clear* so that only the customer's private key opens it."""
    key = _public(public_key)
    box = _SUITE.encrypt(msgspec.json.encode(clear), key, info=_PURPOSE + customer_id.encode())
    return Sealed(key=customer_id, box=_text(box))


def unseal(private_key: str, sealed: Sealed) -> dict[str, Any]:
    """Return what was sealed. Raises ``CannotUnseal``."""
    key = X25519PrivateKey.from_private_bytes(_raw(private_key))
    try:
        clear = _SUITE.decrypt(_raw(sealed.box), key, info=_PURPOSE + sealed.key.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal from error
    return msgspec.json.decode(clear, type=dict[str, Any])


def wrap(master_key: bytes, customer_id: str, private_key: str) -> str:
    """Return *private_key* encrypted under the 32 bytes of *master_key*, for *customer_id* only."""
    nonce = secrets.token_bytes(_NONCE)
    kept = AESGCM(_whole(master_key)).encrypt(nonce, _raw(private_key), customer_id.encode())
    return _text(_name(master_key) + nonce + kept)


def unwrap(master_key: bytes, customer_id: str, wrapped: str) -> str:
    """Return the private key that was wrapped for *customer_id*. Raises ``CannotUnseal``."""
    kept = _raw(wrapped)
    name, nonce, box = kept[:_NAME], kept[_NAME : _NAME + _NONCE], kept[_NAME + _NONCE :]
    if name != _name(master_key):
        raise CannotUnseal("it was wrapped under another master key")
    try:
        return _text(AESGCM(_whole(master_key)).decrypt(nonce, box, customer_id.encode()))
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal from error


def _whole(master_key: bytes) -> bytes:
    if len(master_key) != _MASTER:
        raise ValueError("a master key has 32 bytes")
    return master_key


def _name(master_key: bytes) -> bytes:
    """Tell one master key from another, so that a rotation knows what is still under the old one."""
    return hashlib.sha256(b"acuerdo master key\x00" + master_key).digest()[:_NAME]


@lru_cache(4_096)
def _public(key: str) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(_raw(key))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotUnseal("it is not base64") from error
