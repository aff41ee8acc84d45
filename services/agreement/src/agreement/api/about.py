"""What this service is for and in which order it is used, for whoever opens its OpenAPI document."""

ABOUT = """\
What several companies promise one another and their customers, who is accountable for what, and whether it is kept:
companies, agreements and their versions, boundaries of competence, signatures, claims, and the measures of each case.

## How to begin

1. `registerCompany`: a manager of each party registers their company.
2. `draftAgreement`: a manager or expert of one party drafts it, with all its terms. Everyone reads it with
   `getAgreement`, which shows its `content_hash` and `boundaries_hash`; `changeTerms` edits it.
3. `reportBoundaries` shows gaps and overlaps of the map; an expert (`sme`) of each party calls `approveBoundaries`.
4. `proposeAgreement`: a manager freezes the draft. Then a manager of each party calls `signAgreement`.
5. With all signatures and all approvals it is settled, and binds from `effective_from` on. Every answer on the way
   says whether it is `in_force` and who is waited for.

Only then the other services know the agreement: next are teams (solver-teams and touchpoints), then customers,
contacts and cases (touchpoints).
"""
