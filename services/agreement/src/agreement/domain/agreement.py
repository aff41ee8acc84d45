"""The life of an agreement: drafted, proposed, signed by all, in force; amended by versions that all sign again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from agreement.domain import soundness
from agreement.domain.agreement_commands import (
    ApproveBoundaries,
    ChangeTerms,
    Command,
    DeclineToSign,
    DraftAgreement,
    DraftAmendment,
    ProposeAgreement,
    SignAgreement,
    WithdrawProposal,
)
from agreement.domain.agreement_facts import (
    AgreementDrafted,
    AgreementInForce,
    AgreementProposed,
    AgreementSigned,
    AmendmentDrafted,
    BoundariesApproved,
    Fact,
    ProposalWithdrawn,
    SignatureDeclined,
    TermsChanged,
)
from agreement.domain.agreement_refusals import (
    AlreadyDrafted,
    AmendmentOnTheTable,
    AnotherContent,
    AnotherMap,
    Incomplete,
    NothingOnTheTable,
    NotLater,
    NotProposed,
    NotYetInForce,
    OnlyAManager,
    OnlyAnExpert,
    ProposedByAnother,
    UnknownAgreement,
    UnsoundDate,
    UnsoundParties,
)
from agreement.domain.agreement_states import (
    Agreement,
    Approval,
    Content,
    Draft,
    InForce,
    NotDrafted,
    OnTheTable,
    Preparing,
    Proposal,
    Signature,
    content_hash,
    evolve,
    is_complete,
    versions,
)
from agreement.domain.boundaries import boundaries_hash
from agreement.domain.terms import Terms
from common.deciders import Decider
from common.values import Person, replace

EARLIEST_YEAR, LATEST_YEAR = 1970, 2200


def decide(state: Agreement, command: Command) -> list[Fact]:  # noqa: PLR0911 - one line per command
    """Return the facts *command* brings about, or raise the refusal."""
    if isinstance(command, DraftAgreement):
        return _draft(state, command)
    party = _of_a_party(state, command.by)
    match command:
        case ChangeTerms():
            return _change(party, command)
        case DraftAmendment():
            return _amend(party, command)
        case ProposeAgreement():
            return _propose(party, command)
        case SignAgreement():
            return _sign(party, command)
        case DeclineToSign():
            return _decline(party, command)
        case WithdrawProposal():
            return _withdraw(party, command)
        case ApproveBoundaries():
            return _approve(party, command)


def _of_a_party(state: Agreement, by: Person) -> Preparing | InForce:
    if isinstance(state, NotDrafted) or by.company not in state.parties:
        raise UnknownAgreement
    return state


def _draft(state: Agreement, command: DraftAgreement) -> list[Fact]:
    parties = command.parties
    if len(set(parties)) < max(2, len(parties)) or command.by.company not in parties:
        raise UnsoundParties
    _sound(command.terms, parties, command.effective_from)
    drafted = AgreementDrafted(
        agreement_id=command.agreement_id,
        title=command.title,
        parties=parties,
        effective_from=command.effective_from,
        terms=command.terms,
        by=command.by,
        at=command.at,
    )
    match state:
        case NotDrafted():
            return [drafted]
        case Preparing(title=drafted.title, table=Draft(content=content)) if content == _content(drafted):
            return []
        case _:
            raise AlreadyDrafted


def _content(drafted: AgreementDrafted) -> Content:
    return Content(version=1, parties=drafted.parties, effective_from=drafted.effective_from, terms=drafted.terms)


def _sound(terms: Terms, parties: Sequence[str], effective_from: datetime) -> None:
    if effective_from.tzinfo is None or not EARLIEST_YEAR <= effective_from.year <= LATEST_YEAR:
        raise UnsoundDate
    soundness.check(terms, parties)


def _change(state: Preparing | InForce, command: ChangeTerms) -> list[Fact]:
    table = _table(state)
    _sound(command.terms, state.parties, command.effective_from)
    _later(state, command.effective_from)
    before = table.content
    if (before.terms, before.effective_from) == (command.terms, command.effective_from):
        return []
    changed = TermsChanged(
        agreement_id=state.agreement_id,
        version=before.version,
        effective_from=command.effective_from,
        terms=command.terms,
        by=command.by,
        at=command.at,
    )
    if isinstance(table, Draft):
        return [changed]
    after = Content(
        version=before.version, parties=state.parties, effective_from=changed.effective_from, terms=changed.terms
    )
    return [changed, _proposed(state, after, command.by, command.at)]


def _table(state: Preparing | InForce) -> OnTheTable:
    if state.table is None:
        raise NothingOnTheTable
    return state.table


def _later(state: Preparing | InForce, effective_from: datetime) -> None:
    before = versions(state)
    if before and effective_from <= before[-1].content.effective_from:
        raise NotLater


def _amend(state: Preparing | InForce, command: DraftAmendment) -> list[Fact]:
    match state:
        case Preparing():
            raise NotYetInForce
        case InForce(table=Proposal(content=content)) if (content.terms, content.effective_from) == (
            command.terms,
            command.effective_from,
        ):
            return []
        case InForce(table=Proposal()):
            raise AmendmentOnTheTable
        case InForce():
            return _next_version(state, command)


def _next_version(state: InForce, command: DraftAmendment) -> list[Fact]:
    _sound(command.terms, state.parties, command.effective_from)
    _later(state, command.effective_from)
    content = Content(
        version=state.versions[-1].content.version + 1,
        parties=state.parties,
        effective_from=command.effective_from,
        terms=command.terms,
    )
    drafted = AmendmentDrafted(
        agreement_id=state.agreement_id,
        version=content.version,
        effective_from=content.effective_from,
        terms=content.terms,
        by=command.by,
        at=command.at,
    )
    return [drafted, _proposed(state, content, command.by, command.at)]


def _propose(state: Preparing | InForce, command: ProposeAgreement) -> list[Fact]:
    match _table(state):
        case Draft(content=content):
            return [_proposed(state, content, command.by, command.at)]
        case Proposal():
            return []


def _proposed(state: Preparing | InForce, content: Content, by: Person, at: datetime) -> AgreementProposed:
    if by.role != "manager":
        raise OnlyAManager
    _complete(content)
    return AgreementProposed(
        agreement_id=state.agreement_id,
        version=content.version,
        content_hash=content_hash(content),
        boundaries_hash=boundaries_hash(content.terms),
        by=by,
        at=at,
    )


def _complete(content: Content) -> None:
    owners = {each.owner for each in content.terms.commitments if each.kind == "individual"}
    bare = [party for party in content.parties if party not in owners]
    if bare:
        raise Incomplete(f"{', '.join(bare)} has no individual commitment.", without_commitment=bare)
    if not any(each.kind == "collective" for each in content.terms.commitments):
        raise Incomplete("There is no collective commitment.", without_commitment=[])


def _sign(state: Preparing | InForce, command: SignAgreement) -> list[Fact]:
    if command.by.role != "manager":
        raise OnlyAManager
    if any(each.content_hash == command.content_hash for each in versions(state)):
        return []
    proposal = _proposal(state)
    if proposal.content_hash != command.content_hash:
        raise AnotherContent(content_hash=proposal.content_hash)
    if command.by.company in proposal.signatures:
        return []
    signed = AgreementSigned(
        agreement_id=state.agreement_id,
        version=proposal.content.version,
        content_hash=command.content_hash,
        by=command.by,
        at=command.at,
    )
    signatures = {**proposal.signatures, command.by.company: Signature(by=command.by, at=command.at)}
    return [signed, *_in_force(state, replace(proposal, signatures=signatures), state.approvals, command)]


def _proposal(state: Preparing | InForce) -> Proposal:
    if not isinstance(state.table, Proposal):
        raise NotProposed
    return state.table


def _in_force(
    state: Preparing | InForce,
    proposal: Proposal,
    approvals: Mapping[str, Approval],
    command: SignAgreement | ApproveBoundaries,
) -> list[AgreementInForce]:
    content = proposal.content
    if not is_complete(proposal, approvals):
        return []
    return [
        AgreementInForce(
            agreement_id=state.agreement_id,
            version=content.version,
            content_hash=proposal.content_hash,
            effective_from=content.effective_from,
            parties=content.parties,
            party_names=command.party_names,
            terms=content.terms,
            at=command.at,
        )
    ]


def _decline(state: Preparing | InForce, command: DeclineToSign) -> list[Fact]:
    if command.by.role != "manager":
        raise OnlyAManager
    proposal = _proposal(state)
    before = proposal.declined.get(command.by.company)
    if before is not None and before.reason == command.reason:
        return []
    return [
        SignatureDeclined(
            agreement_id=state.agreement_id,
            version=proposal.content.version,
            content_hash=proposal.content_hash,
            reason=command.reason,
            by=command.by,
            at=command.at,
        )
    ]


def _withdraw(state: Preparing | InForce, command: WithdrawProposal) -> list[Fact]:
    if command.by.role != "manager":
        raise OnlyAManager
    if isinstance(_table(state), Draft):
        return []
    proposal = _proposal(state)
    if command.by.company != proposal.proposed_by.company:
        raise ProposedByAnother
    return [
        ProposalWithdrawn(
            agreement_id=state.agreement_id,
            version=proposal.content.version,
            content_hash=proposal.content_hash,
            reason=command.reason,
            by=command.by,
            at=command.at,
        )
    ]


def _approve(state: Preparing | InForce, command: ApproveBoundaries) -> list[Fact]:
    if command.by.role != "sme":
        raise OnlyAnExpert
    company, hashed = command.by.company, command.boundaries_hash
    before = state.approvals.get(company)
    if before is not None and before.boundaries_hash == hashed:
        return []
    table = _table(state)
    current = boundaries_hash(table.content.terms)
    if hashed != current:
        raise AnotherMap(boundaries_hash=current)
    approved = BoundariesApproved(
        agreement_id=state.agreement_id,
        version=table.content.version,
        boundaries_hash=hashed,
        by=command.by,
        at=command.at,
    )
    if isinstance(table, Draft):
        return [approved]
    approvals = {**state.approvals, company: Approval(boundaries_hash=hashed, by=command.by, at=command.at)}
    return [approved, *_in_force(state, table, approvals, command)]


_initial: Agreement = NotDrafted()
decider: Decider[Agreement, Command, Fact] = Decider(initial=_initial, decide=decide, evolve=evolve)
