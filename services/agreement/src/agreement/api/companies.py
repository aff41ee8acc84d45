"""The companies that may become parties. A company sees itself and those it has an agreement with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Company, Language, Name, Zone
from agreement.api.reading import Reader
from agreement.domain.company import (
    AmendCompany,
    CompanyAlreadyRegistered,
    NotYourCompany,
    RegisterCompany,
    UnknownCompany,
    UnsoundCompany,
)
from agreement.history import COMPANY
from agreement.projections.companies import companies
from agreement.projections.memberships import memberships
from common.refusals import StaleVersion, VersionRequired
from common.web.batch import batch_route
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant, Operation
from common.web.paging import Page
from common.web.problems import problems

router = APIRouter(prefix="/v1/companies", tags=["companies"])


class Registration(Body):
    """A company as it registers itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"company": "telco-a", "name": "Telco A, S.A.", "time_zone": "Europe/Madrid", "language": "es"}
            ]
        }
    )

    company: Company
    """Its slug, for ever: small letters, digits and hyphens. It is that of your token."""
    name: Name
    """What people call it; customers read it in the survey."""
    time_zone: Zone
    """IANA time zone that it works in."""
    language: Language
    """BCP 47 tag of the language that it works in."""


class Amendment(Body):
    """What is known of a company from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Telco A, S.A.", "time_zone": "America/Bogota", "language": "es"}]}
    )

    name: Name
    """What people call it; customers read it in the survey."""
    time_zone: Zone
    """IANA time zone that it works in."""
    language: Language
    """BCP 47 tag of the language that it works in."""


class Known(BaseModel):
    """What is known of a company."""

    company: str
    name: str
    time_zone: str
    language: str
    registered_at: datetime


async def _registering(body: Registration, line: Line) -> Meant:
    if line.imported:  # whom it tells of may be of any company
        raise NotYourCompany
    command = RegisterCompany(
        company=body.company,
        name=body.name,
        time_zone=body.time_zone,
        language=body.language,
        by=line.by,
        at=line.at,
    )
    return Meant(key=body.company, command=command, answer={"company": body.company})


REGISTER = Operation(
    kind=COMPANY,
    key="company",
    meaning=_registering,
    roles=("operator", "manager"),
    body=Registration,
    status=201,
)


@router.post(
    "",
    status_code=201,
    operation_id="registerCompany",
    response_model=views.CompanyNamed,
    responses=problems(CompanyAlreadyRegistered, NotYourCompany, UnsoundCompany),
)
async def register(body: Registration, desk: Annotated[Desk, allowed(*REGISTER.roles)]) -> Response:
    """Make one's own company known, as its manager or operator."""
    return await desk.carry_out(REGISTER, body)


batch_route(router, {"registerCompany": REGISTER})


@router.get("", operation_id="listCompanies", response_model=Page[Known])
async def list_companies(desk: Reader) -> Response:
    """Return the companies that the caller may see, by their slug."""
    return await desk.page(_seen_by(desk), companies.c.company)


@router.get("/{company}", operation_id="getCompany", response_model=Known, responses=problems(UnknownCompany))
async def get_company(company: Company, desk: Reader) -> Mapping[str, Any]:
    """Return what is known of a company."""
    return dict(await desk.row(_seen_by(desk).where(companies.c.company == company)))


@router.put(
    "/{company}",
    operation_id="amendCompany",
    response_model=views.CompanyNamed,
    responses=problems(UnknownCompany, UnsoundCompany, NotYourCompany, VersionRequired, StaleVersion),
)
async def amend(company: Company, body: Amendment, desk: Annotated[Desk, allowed("operator", "manager")]) -> Response:
    """Correct what is known of one's own company; what was known before stays in its history."""
    if company != desk.caller.company:
        raise UnknownCompany
    command = AmendCompany(name=body.name, time_zone=body.time_zone, language=body.language, by=desk.by, at=desk.now())
    return await desk.change(COMPANY, company, command, answer={"company": company})


def _seen_by(desk: Desk) -> sa.Select[Any]:
    """Return the companies that share an agreement with the caller's, and that one itself."""
    mine = sa.select(memberships.c.agreement_id).where(memberships.c.company == desk.caller.company)
    partners = sa.select(memberships.c.company).where(memberships.c.agreement_id.in_(mine))
    return sa.select(companies).where(
        sa.or_(companies.c.company == desk.caller.company, companies.c.company.in_(partners))
    )
