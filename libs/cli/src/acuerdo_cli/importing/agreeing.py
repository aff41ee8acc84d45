"""The agreement of an import: drafted, approved by every company's expert, signed by every company's manager."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID, uuid5

from acuerdo_cli.importing.codes import fingerprint, identity
from acuerdo_cli.importing.mapping import Mapping
from acuerdo_cli.importing.rows import Unusable
from acuerdo_cli.importing.survey import Survey
from acuerdo_cli.importing.terms import effective_from, terms
from acuerdo_client import AsyncAcuerdoClient, NotFound, Problem
from acuerdo_client.agreement import Agreement, Terms

ClientOf = Callable[[str, str], AsyncAcuerdoClient]
"""Company and role give a client."""

Warn = Callable[[str], None]


class Agreeing:
    """Brings the agreement of a source into force, whatever of it was done before."""

    def __init__(self, mapping: Mapping, found: Survey, client: ClientOf, warn: Warn) -> None:
        self._warn = warn
        self._mapping = mapping
        self._found = found
        self._client = client
        self._terms = terms(mapping.agreement, found)
        self._from = effective_from(found)
        self.parties = sorted(found.companies)
        self._reference = identity(mapping.provenance, fingerprint([self.parties, self._from, self._terms]))

    @property
    def agreement_id(self) -> UUID:
        """The id that the service makes of our reference and the company that drafts."""
        return uuid5(self._reference, self.parties[0])

    async def agree(self) -> UUID:
        """Return the agreement, in force. Raises ``Unusable`` when the file names one company only."""
        if len(self.parties) < 2:
            raise Unusable("an agreement has at least two parties, and the file names only one company")
        standing = await self._standing()
        if standing is None:
            await self._look_for_another()
            await self._register()
            await self._draft()
            standing = await self._standing()
        if standing is not None and not standing["versions"]:
            await self._sign(standing)
        return self.agreement_id

    async def _standing(self) -> Agreement | None:
        try:
            return (await self._client(self.parties[0], "manager").agreement.get_agreement(self.agreement_id)).body
        except NotFound:
            return None

    async def _look_for_another(self) -> None:
        """An agreement of this title that is another is most likely the same history, named otherwise."""
        title = self._mapping.agreement.name
        for company in self.parties:
            async for one in self._client(company, "manager").agreement.every_agreements():
                if one["title"] == title:
                    self._warn(
                        f"there is an agreement {title!r} already, {one['agreement_id']}, with other companies, "
                        "services, places, terms or first day than this file and mapping give: "
                        "all cases come under a second one. To go on with the first, call them in 'names' as before"
                    )
                    return

    async def _register(self) -> None:
        for code in self.parties:
            name = self._found.companies[code]
            try:
                await self._client(code, "manager").agreement.register_company(
                    company=code,
                    name=name,
                    time_zone=self._mapping.time.zone,
                    language="en",
                    key=f"import.{code}.{fingerprint(name)}",
                )
            except Problem as problem:
                if not await self._is_known(code):
                    raise Unusable(f"company {code!r} cannot be registered: {problem.detail}") from problem

    async def _is_known(self, code: str) -> bool:
        """Tell whether the company registered under *code* has the name that the source gives it."""
        try:
            known = (await self._client(code, "manager").agreement.get_company(code)).body
        except NotFound:
            return False
        if known["name"] != self._found.companies[code]:
            name = self._found.companies[code]
            raise Unusable(
                f"company {code!r} is {known['name']!r} already, not {name!r}: rename it in the mapping's 'names'"
            )
        return True

    async def _draft(self) -> None:
        await self._client(self.parties[0], "manager").agreement.draft_agreement(
            reference=self._reference,
            title=self._mapping.agreement.name,
            parties=self.parties,
            effective_from=self._from,
            terms=cast("Terms", cast("Any", self._terms)),
            key=f"import.{self._reference}",
        )

    async def _sign(self, standing: Agreement) -> None:
        table = standing["on_the_table"]
        if table is None:
            raise Unusable(f"agreement {self.agreement_id} was withdrawn; nothing can be imported under it")
        for company in table["approvals_missing"]:
            await self._client(company, "sme").agreement.approve_boundaries(
                self.agreement_id, boundaries_hash=table["boundaries_hash"]
            )
        if not table["proposed"]:
            await self._client(self.parties[0], "manager").agreement.propose_agreement(self.agreement_id)
        for company in table["signatures_missing"]:
            await self._client(company, "manager").agreement.sign_agreement(
                self.agreement_id, content_hash=table["content_hash"]
            )
