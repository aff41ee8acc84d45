"""The customers' keys: each customer has a pair of their own; whoever destroys it erases what was sealed under it.

The private key rests wrapped under the master key, which never is in the database. Facts hold only what was sealed
under the public key. A destroyed key leaves an empty row behind, so that its customer never gets another. Fingerprints
(is this the same text as before?) are keyed with the customer's secret too, so that nobody can find a short text such
as a telephone number by trying once the key is gone.
"""

import base64
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from asyncpg import Connection, Pool, Record, UndefinedTableError

from common.security.sealing import CannotUnseal, KeyPair, new_key_pair, seal, unseal, unwrap, wrap
from common.values import Sealed, value

customer_keys = sa.Table(
    "customer_keys",
    sa.MetaData(),
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("public_key", sa.Text),
    sa.Column("wrapped", sa.Text),
    sa.Column("remains", sa.Boolean, nullable=False),
)

_MAKE = """
    INSERT INTO customer_keys (customer_id, public_key, wrapped) VALUES ($1, $2, $3)
    ON CONFLICT (customer_id) DO NOTHING
    RETURNING public_key, wrapped
"""
_READ = "SELECT public_key, wrapped FROM customer_keys WHERE customer_id = $1 AND wrapped IS NOT NULL"
_ANY = "SELECT customer_id, public_key, wrapped FROM customer_keys WHERE wrapped IS NOT NULL LIMIT 1"
_DESTROY = """
    UPDATE customer_keys SET public_key = NULL, wrapped = NULL, remains = true
    WHERE customer_id = $1 AND wrapped IS NOT NULL
"""
_REMEMBERED = 50_000

Personal = Mapping[str, str]


@value
class Sealer:
    """Seals a customer's personal data; it cannot read any."""

    customer_id: UUID
    public_key: str
    distinguishing: bytes

    def seal(self, personal: Personal) -> Sealed:
        """Return *personal* so that only the customer's key opens it."""
        return seal(self.public_key, str(self.customer_id), personal)

    def fingerprint(self, personal: Personal) -> str:
        """Return what is equal for equal *personal* of this customer and tells nothing else."""
        return hmac.digest(self.distinguishing, _packed(personal), "sha256").hex()


class Vault:
    """Makes, uses and destroys the customers' keys."""

    def __init__(self, pool: "Pool[Record]", master_key: bytes) -> None:
        self._pool = pool
        self._master_key = master_key
        self._sealers: OrderedDict[UUID, Sealer] = OrderedDict()

    async def opens(self) -> bool:
        """Tell whether the master key is the one that the customers' keys rest under, or none rests yet."""
        with suppress(UndefinedTableError):  # nothing rests where nothing was migrated
            for row in await self._pool.fetch(_ANY):
                try:
                    self._pair(row["customer_id"], row)
                except CannotUnseal:
                    return False
        return True

    async def make(self, customer_id: UUID) -> Sealer | None:
        """Return the sealer of a new customer; asked twice, or by two at once, it is the same; None once destroyed."""
        pair = new_key_pair()
        wrapped = wrap(self._master_key, str(customer_id), pair.private)
        row = await self._pool.fetchrow(_MAKE, customer_id, pair.public, wrapped)
        row = row or await self._pool.fetchrow(_READ, customer_id)
        return None if row is None else self._remember(customer_id, self._pair(customer_id, row))

    async def sealer(self, customer_id: UUID) -> Sealer | None:
        """Return the sealer of a customer, None when their key was destroyed."""
        known = self._sealers.get(customer_id)
        if known is not None:
            return known
        row = await self._pool.fetchrow(_READ, customer_id)
        return None if row is None else self._remember(customer_id, self._pair(customer_id, row))

    async def read(self, customer_id: UUID, sealed: Sealed) -> Personal | None:
        """Return what *sealed* holds, None when the key was destroyed; the key is asked for each time."""
        row = await self._pool.fetchrow(_READ, customer_id)
        if row is None:
            return None
        private = self._pair(customer_id, row).private
        try:
            return unseal(private, sealed)
        except CannotUnseal:
            return None  # sealed under a key that is no more

    def destroying(self, customer_id: UUID) -> "Callable[[Connection[Any]], Awaitable[None]]":
        """Return the effect that destroys the customer's key, for the transaction that states it."""

        async def destroy(connection: "Connection[Any]") -> None:
            await connection.execute(_DESTROY, customer_id)
            self._sealers.pop(customer_id, None)

        return destroy

    def _pair(self, customer_id: UUID, row: Record) -> KeyPair:
        private = unwrap(self._master_key, str(customer_id), row["wrapped"])
        return KeyPair(public=row["public_key"], private=private)

    def _remember(self, customer_id: UUID, pair: KeyPair) -> Sealer:
        secret = base64.b64decode(pair.private)
        distinguishing = hmac.new(secret, b"acuerdo fingerprint 1", hashlib.sha256).digest()
        sealer = Sealer(customer_id=customer_id, public_key=pair.public, distinguishing=distinguishing)
        self._sealers[customer_id] = sealer
        if len(self._sealers) > _REMEMBERED:
            self._sealers.popitem(last=False)
        return sealer


def _packed(personal: Personal) -> bytes:
    return msgspec.json.encode(dict(sorted(personal.items())))
