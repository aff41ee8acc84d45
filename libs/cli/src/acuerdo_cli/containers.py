"""What servers and services in containers are told in secret: each has a folder that is mounted for it and no other."""

import json
from collections.abc import Mapping
from pathlib import Path

from acuerdo_cli import databases, secrets
from acuerdo_cli.embedded import keeping, nats
from acuerdo_cli.issuer import DevelopmentIssuer
from acuerdo_cli.services import SERVICES, Service

SUPERUSER = "postgres"


class ContainerKeys:
    """Folders of files named for settings; *postgres* and *nats* are where the containers find their servers."""

    def __init__(self, home: Path, *, postgres: str = "postgres:5432", nats: str = "nats:4222") -> None:
        self.home = home.absolute()
        self._postgres = postgres
        self._nats = nats
        self._kept = self.home / "secrets"

    def ensure(self) -> None:
        """Everything is there; what was there already is the same as before."""
        keeping.private_directory(self.home)
        secrets.ensure(self._kept)
        issuer = DevelopmentIssuer(self.home / "issuer")
        issuer.ensure()
        self._write("postgres", {"passwords.env": self._passwords()})
        self._write("nats", {"nats-server.conf": self._nats_configuration()})
        server = self._database_url(SUPERUSER, SUPERUSER)
        self._write("operator", {"ACUERDO_DATABASE_URL": server, "ACUERDO_NATS_URL": self._nats_url})
        for service in SERVICES:
            self._write(service.name, {**self.settings(service), "jwks.json": issuer.jwks.read_text()})

    def settings(self, service: Service) -> dict[str, str]:
        """Return what *service* is told in secret."""
        return {
            **secrets.of_service(self._kept, service.name),
            "ACUERDO_DATABASE_URL": self._database_url(service.database, service.database),
            "ACUERDO_NATS_URL": self._nats_url,
        }

    @property
    def _nats_url(self) -> str:
        return f"nats://{nats.USER}:{self._password('nats')}@{self._nats}"

    def _database_url(self, role: str, database: str) -> str:
        return databases.address(f"postgresql://{role}:{self._password(role)}@{self._postgres}", database)

    def _passwords(self) -> str:
        """What PostgreSQL's first start reads, its own password and one for each service's role."""
        roles = [service.database for service in SERVICES]
        named = {f"{role.upper()}_PASSWORD": self._password(role) for role in roles}
        told = {"POSTGRES_PASSWORD": self._password(SUPERUSER), **named}
        return "".join(f"{name}={password}\n" for name, password in told.items())

    def _nats_configuration(self) -> str:
        return nats.written(
            {
                "server_name": "acuerdo",
                "listen": "0.0.0.0:4222",
                "http": "0.0.0.0:8222",
                "jetstream": {"store_dir": "/var/lib/nats"},
                **nats.access(self._password("nats"), secrets.callout_key(self._kept)),
            }
        )

    def _password(self, of: str) -> str:
        return keeping.secret(self._kept / f"{of}-password")

    def _write(self, folder: str, files: Mapping[str, str]) -> None:
        place = keeping.private_directory(self.home / folder)
        for name, text in files.items():
            keeping.write(place / name, text)


def kustomization(keys: Path) -> str:
    """Return a kustomization that makes a Secret of each folder of *keys*, to be applied from there."""
    folders = ["postgres", "nats", *(service.name for service in SERVICES)]
    generators = [
        {"name": f"{folder}-keys", "files": sorted(file.name for file in (keys / folder).iterdir())}
        for folder in folders
    ]
    for folder, generator in zip(folders, generators, strict=True):
        generator["files"] = [f"{folder}/{name}" for name in generator["files"]]
    told = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": "acuerdo",
        "generatorOptions": {"disableNameSuffixHash": True},
        "secretGenerator": generators,
    }
    return json.dumps(told, indent=2) + "\n"
