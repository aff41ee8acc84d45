"""How an import reaches the services, and in whose name: two operators, of two companies."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast, get_args

import httpx

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.importing.rows import Unusable
from acuerdo_client import Addresses
from acuerdo_client.calls import Service
from common.values import value

_SERVICES = cast("tuple[Service, ...]", get_args(Service))

Sign = Callable[[str, str], str]
"""Company and role give a token."""


@value
class Access:
    """Where the services are; ``sign`` makes tokens (development), else an agreement and two operators are given."""

    addresses: Addresses
    sign: Sign | None = None
    agreement: str | None = None
    tokens: tuple[str, str] | None = None

    async def reach(self, http: httpx.AsyncClient) -> None:
        """Return when each service has shown that it is there. Raises ``Unusable`` for the first that has not."""
        for service in _SERVICES:
            url = self.addresses.of(service)
            try:
                (await http.get(f"{url}/livez", timeout=30)).raise_for_status()
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unusable(f"{service} does not answer at {url}; is it running? (acuerdo status)") from error

    def token(self, company: str, role: str) -> str:
        """Return a token of *role* in *company*; only a development issuer gives one."""
        if self.sign is None:
            raise Unusable("outside development nothing can be done in a company's name without its token")
        return self.sign(company, role)

    def operators(self, companies: Sequence[str]) -> tuple[str, str]:
        """Return the tokens of the two operators: those given, or made for the first two of *companies*."""
        if self.tokens is not None:
            return self.tokens
        one, other, *_ = companies
        return self.token(one, "operator"), self.token(other, "operator")


def development() -> Access:
    """Return the access to what ``acuerdo up`` started here.

    Raises:
        CommandFailed: nothing is running.
    """
    deployment = Deployment.from_settings()
    deployment.require_running()
    return Access(
        addresses=Addresses.named(deployment.urls),
        sign=lambda company, role: deployment.token(company=company, roles=[role], person=f"import-{role}@{company}"),
    )


def given(addresses: Sequence[str], tokens: Sequence[Path], agreement: str) -> Access:
    """Return the access that the command line tells. Raises ``Unusable`` when a part of it is missing."""
    if len(tokens) != 2:
        raise Unusable("--agreement needs --operator-token twice: operators of two companies of the agreement")
    one, other = (_token(path) for path in tokens)
    return Access(addresses=_addresses(addresses), agreement=agreement, tokens=(one, other))


def _addresses(told: Sequence[str]) -> Addresses:
    known = {service: url for service, _, url in (one.partition("=") for one in told)}
    for service in _SERVICES:
        if not known.get(service, "").startswith(("http://", "https://")):
            raise Unusable(f"--agreement needs --address {service}=https://…, and so for each of the four services")
    if strange := sorted(known.keys() - set(_SERVICES)):
        raise Unusable(f"--address {strange[0]}: there is no such service")
    return Addresses.named(known)


def _token(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no token"
        raise Unusable(f"{path}: {why.lower()}") from error
