"""Blanks say nothing: a contact and a case tell what the customer said, needs and expects."""

from typing import Any
from uuid import UUID

import pytest

ANA = "ana/telco-a/touchpoint-agent"


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0\u2003"])
async def test_a_blank_need_expectation_or_summary_is_refused(house: Any, customer: UUID, blank: str) -> None:
    named = {"agreement_id": str(house.agreement_id), "customer_id": str(customer)}
    case = {**named, "service": "fibre", "activity": "repair", "region": "north", "need": "No dial tone"}
    contact = {**named, "channel": "phone", "external_reference": "call-9"}
    async with house.ask(ANA) as ana:
        for path, body, member in (
            ("/v1/cases", case, "need"),
            ("/v1/cases", case, "expectation"),
            ("/v1/contacts", contact, "summary"),
        ):
            answer = await ana.post(path, json={**body, member: blank})
            assert answer.status_code == 422, answer.text
            assert member in answer.text
