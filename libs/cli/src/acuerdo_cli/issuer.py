"""The development issuer: signs tokens that the services of this deployment, and no others, believe."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from acuerdo_cli.embedded import keeping
from acuerdo_cli.errors import CommandFailed
from common.security.identity import Unauthenticated, caller_in

ISSUER = "urn:acuerdo:development"
AUDIENCE = "acuerdo"
ROLES = (
    "auditor", "committee-member", "integrator", "manager", "operator",
    "sme", "solver", "team-lead", "touchpoint-agent",
)  # fmt: skip


class UnknownRole(CommandFailed):
    """A token for a role that no route knows would open nothing."""


class NotAccepted(CommandFailed):
    """A token that says this would be refused by every service."""


class DevelopmentIssuer:
    """An Ed25519 key kept below *home*, and the key set that the services read."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()

    @property
    def jwks(self) -> Path:
        """The file with the public key, as RFC 7517 has it."""
        return self.home / "jwks.json"

    def ensure(self) -> None:
        """The key and its public half are on disk, made on first use."""
        keeping.private_directory(self.home)
        keeping.secret(self._file, _fresh_key())
        keeping.write(self.jwks, json.dumps({"keys": [self._public()]}, indent=2))

    def sign(self, *, company: str, roles: Sequence[str], person: str, ttl: timedelta) -> str:
        """A bearer token with which *person* acts for *company* until *ttl* has passed; none that would be refused."""
        unknown = [role for role in roles if role not in ROLES]
        if unknown:
            raise UnknownRole(f"there is no role {unknown[0]}; there are {', '.join(ROLES)}")
        now = datetime.now(UTC)  # noqa: TID251 - a token is valid from the moment it is asked for
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": person, "company": company, "roles": list(roles)}
        when = {"iat": now, "exp": now + ttl}
        try:
            caller_in(claims)
        except Unauthenticated as refused:
            raise NotAccepted(
                f"no service would accept it: {refused.detail} (a company is a slug: telco-a)"
            ) from refused
        return jwt.encode({**claims, **when}, self._key(), algorithm="EdDSA", headers={"kid": self._public()["kid"]})

    @property
    def _file(self) -> Path:
        return self.home / "key.pem"

    def _key(self) -> Ed25519PrivateKey:
        key = serialization.load_pem_private_key(self._file.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise CommandFailed(f"{self._file} holds no Ed25519 key; remove it and start again")
        return key

    def _public(self) -> dict[str, str]:
        raw = self._key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        key = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
        thumbprint = hashlib.sha256(
            json.dumps(key, separators=(",", ":"), sort_keys=True).encode()
        ).digest()  # RFC 7638
        return {**key, "alg": "EdDSA", "use": "sig", "kid": _base64url(thumbprint)}


def _fresh_key() -> str:
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
