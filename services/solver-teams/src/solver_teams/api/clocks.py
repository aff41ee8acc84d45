"""The clocks of a case's holders, by the wall and in the working hours of their teams."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from common.web.desk import Desk
from solver_teams.api.views import ClockShown, CompanyTime, SegmentShown, seconds
from solver_teams.domain import ola_clock
from solver_teams.domain.business_time import Calendar, business_time
from solver_teams.domain.case_work.facts import Fact
from solver_teams.domain.ola_clock import Segment
from solver_teams.domain.team import Registered
from solver_teams.history import TEAM

Calendars = Mapping[UUID | None, Calendar]


async def clock_of(desk: Desk, case_id: UUID, facts: Sequence[Fact], until: datetime) -> ClockShown:
    """Return the clock of a case at *until*; a touchpoint has no calendar here, so it has no business time."""
    segments = ola_clock.read(facts, until)
    calendars = await _calendars(desk, {segment.team_id for segment in segments})
    sums = ola_clock.sums(facts, until)
    return ClockShown(
        case_id=case_id,
        until=until,
        customer_seconds=seconds(sums.customer),
        working_seconds=seconds(sums.working),
        paused_seconds=seconds(sums.paused),
        unowned_seconds=seconds(sums.unowned),
        companies=[_company(company, segments, calendars) for company in sorted({one.company for one in segments})],
        segments=[_segment(segment, calendars) for segment in segments],
    )


async def _calendars(desk: Desk, teams: Iterable[UUID | None]) -> Calendars:
    found: dict[UUID | None, Calendar] = {}
    for team_id in teams:
        team = None if team_id is None else (await desk.look(TEAM, team_id)).state
        if isinstance(team, Registered):
            found[team_id] = team.calendar
    return found


def _company(company: str, segments: Iterable[Segment], calendars: Calendars) -> CompanyTime:
    theirs = [segment for segment in segments if segment.company == company]
    leading = [segment for segment in theirs if segment.leading]
    working = [segment for segment in leading if segment.paused is None]
    business = [_business(segment, calendars) or timedelta() for segment in working]
    return CompanyTime(
        company=company,
        working_seconds=seconds(_sum(working)),
        paused_seconds=seconds(_sum(segment for segment in leading if segment.paused is not None)),
        business_working_seconds=seconds(sum(business, timedelta())),
        beside_seconds=seconds(_sum(segment for segment in theirs if not segment.leading)),
    )


def _sum(segments: Iterable[Segment]) -> timedelta:
    return sum((segment.length for segment in segments), timedelta())


def _business(segment: Segment, calendars: Calendars) -> timedelta | None:
    calendar = calendars.get(segment.team_id)
    return None if calendar is None else business_time(calendar, segment.started_at, segment.ended_at)


def _segment(segment: Segment, calendars: Calendars) -> SegmentShown:
    business = _business(segment, calendars)
    return SegmentShown(
        item_id=segment.item_id,
        round=segment.round,
        team_id=segment.team_id,
        company=segment.company,
        started_at=segment.started_at,
        ended_at=segment.ended_at,
        paused=segment.paused,
        leading=segment.leading,
        seconds=seconds(segment.length),
        business_seconds=None if business is None else seconds(business),
    )
