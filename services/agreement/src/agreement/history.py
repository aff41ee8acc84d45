"""The names under which this service's facts are stored, for ever, and the kinds of things they are the lives of."""

from typing import Any
from uuid import UUID, uuid5

from agreement.domain import (
    agreement,
    agreement_facts,
    claim,
    company,
    hand_off,
    hand_off_commands,
    hand_off_facts,
    measure,
    measure_facts,
)
from agreement.domain.measure_commands import LookAtTheClock
from common.history import History, Kind

COMPANY = Kind(name="company", decider=company.decider)
AGREEMENT = Kind(name="agreement", decider=agreement.decider)
CLAIM = Kind(name="claim", decider=claim.decider)
MEASURE = Kind(name="measure", decider=measure.decider, due=measure.due, tick=lambda moment: LookAtTheClock(at=moment))
OLA = Kind(
    name="ola",
    decider=hand_off.decider,
    due=hand_off.due,
    tick=lambda moment: hand_off_commands.LookAtTheClock(at=moment),
)


def _nobody_named(raw: dict[str, Any]) -> dict[str, Any]:
    """Leave open what the parties were called: readers show the codes then."""
    return {**raw, "party_names": []}


history = History(
    service="agreement",
    kinds=(COMPANY, AGREEMENT, CLAIM, MEASURE, OLA),
    names={
        "company-registered": company.CompanyRegistered,
        "company-amended": company.CompanyAmended,
        "agreement-drafted": agreement_facts.AgreementDrafted,
        "terms-changed": agreement_facts.TermsChanged,
        "amendment-drafted": agreement_facts.AmendmentDrafted,
        "agreement-proposed": agreement_facts.AgreementProposed,
        "agreement-signed": agreement_facts.AgreementSigned,
        "signature-declined": agreement_facts.SignatureDeclined,
        "proposal-withdrawn": agreement_facts.ProposalWithdrawn,
        "boundaries-approved": agreement_facts.BoundariesApproved,
        "agreement-in-force": agreement_facts.AgreementInForce,
        "claim-filed": claim.ClaimFiled,
        "improvement-proposal-filed": claim.ImprovementProposalFiled,
        "case-measured": measure_facts.CaseMeasured,
        "targets-moved": measure_facts.TargetsMoved,
        "round-measured": measure_facts.RoundMeasured,
        "stretch-ended": measure_facts.StretchEnded,
        "target-met": measure_facts.TargetMet,
        "target-missed": measure_facts.TargetMissed,
        "hand-offs-followed": hand_off_facts.HandOffsFollowed,
        "item-held": hand_off_facts.ItemHeld,
        "hand-off-commitment-begun": hand_off_facts.HandOffCommitmentBegun,
        "hand-off-clock-halted": hand_off_facts.HandOffClockHalted,
        "hand-off-clock-went-on": hand_off_facts.HandOffClockWentOn,
        "hand-off-commitment-met": hand_off_facts.HandOffCommitmentMet,
        "hand-off-commitment-missed": hand_off_facts.HandOffCommitmentMissed,
        "hand-off-commitment-ended": hand_off_facts.HandOffCommitmentEnded,
    },
    upcasts={"agreement-in-force": [_nobody_named]},
    private=frozenset(
        {
            "company-registered",  # belongs to no agreement, so nobody else has a right to it
            "company-amended",  # as above
            "case-measured",  # how the clocks are kept; what others act on is met or missed
            "targets-moved",  # as above
            "round-measured",  # as above
            "stretch-ended",  # as above
            "hand-offs-followed",  # as above
            "item-held",  # as above
            "hand-off-commitment-begun",  # as above
            "hand-off-clock-halted",  # as above
            "hand-off-clock-went-on",  # as above
        }
    ),
)


def by_reference(reference: UUID, company: str) -> UUID:
    """Return the id of what *company* calls *reference*: nobody takes, or tries, another company's."""
    return uuid5(reference, company)


def filed_by_reference(agreement_id: UUID, reference: UUID, company: str) -> UUID:
    """Return the id of the claim or proposal that *company* calls *reference* in the agreement."""
    return uuid5(by_reference(reference, company), str(agreement_id))
