"""Personal data on its way in and out: sealed before anything else happens, shown only to whom the agreement allows."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from common.values import Sealed, value
from common.web.desk import Desk
from common.web.operations import Line, ensure_own_history
from touchpoints.api.agreements import terms_at
from touchpoints.api.keys import Personal, Sealer, Vault
from touchpoints.api.looking import remembered
from touchpoints.domain.customer import (
    CustomerIsErased,
    CustomerUnknown,
    NotRegistered,
    Registered,
    of_its_kind,
    registered,
)
from touchpoints.domain.sharing import may_read
from touchpoints.history import CUSTOMER


@value
class Shown:
    """What a reader sees: *personal* holds what they may read, *hidden* names what there is besides."""

    personal: Personal
    hidden: Sequence[str]
    erased: bool


@value
class Origin:
    """Where personal data comes from: whose it is, in which agreement, who recorded it and who takes part."""

    customer_id: UUID
    agreement_id: UUID
    recorder: str
    companies: Iterable[str]


def vault_of(line: Line) -> Vault:
    """Return the keeper of the customers' keys."""
    return line.request.app.state.vault


async def customer_of(line: Line, agreement_id: UUID, customer_id: UUID) -> tuple[Registered, Sealer]:
    """Return a customer of the agreement and what seals for them.

    Raises:
        CustomerUnknown: there is no such customer in the agreement.
        CustomerNotImported: a source tells of a customer whom people know.
        NotYoursToTell: another company's operator told of them.
        CustomerIsErased: nothing may be added to them.
    """
    known = await remembered(line, CUSTOMER, customer_id)
    state = known.state
    if isinstance(state, NotRegistered) or state.agreement_id != agreement_id:
        raise CustomerUnknown
    of_its_kind(state, imported=line.imported)
    await ensure_own_history(line, known)
    customer = registered(state)
    sealer = await vault_of(line).sealer(customer_id)
    if sealer is None:
        raise CustomerIsErased
    return customer, sealer


async def readable(desk: Desk, fields: Iterable[str], origin: Origin) -> list[str]:
    """Return which of *fields* the reader may read: no auditor and no service reads personal data by looking."""
    if desk.by.role == "auditor" or desk.caller.service:
        return []
    return await shared(desk, fields, origin)


async def shared(desk: Desk, fields: Iterable[str], origin: Origin) -> list[str]:
    """Return which of *fields* the agreement shares with the reader's company."""
    terms = await terms_at(desk, origin.agreement_id)
    companies = frozenset(origin.companies)
    return [
        field
        for field in fields
        if may_read(terms, field, reader=desk.by.company, recorder=origin.recorder, case_companies=companies)
    ]


async def show(desk: Desk, sealed: Sealed, origin: Origin) -> Shown:
    """Return what the reader may see of what is sealed."""
    opened = await vault_of(desk).read(origin.customer_id, sealed)
    if opened is None:
        return ERASED
    allowed = set(await readable(desk, opened, origin))
    personal = {field: said for field, said in opened.items() if field in allowed}
    return Shown(personal=personal, hidden=[field for field in opened if field not in allowed], erased=False)


ERASED = Shown(personal={}, hidden=(), erased=True)
