"""A team that was imported before under another name: which, so that a person can give it that name again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from acuerdo_cli.importing.rows import Reject
from acuerdo_cli.importing.waves import Course, Line
from acuerdo_client import AsyncAcuerdoClient, Problem


class Renaming:
    """Asks the services under which name they know a team whose rows were imported otherwise; warns of each once."""

    def __init__(self, names: Mapping[str, str], warn: Callable[[str], None]) -> None:
        """*names*: what the file calls the teams, by the ids of these."""
        self._names = names
        self._warn = warn
        self._known: dict[str, str] = {}
        self._warned: set[tuple[str, str]] = set()

    async def explained(self, course: Course, reject: Reject, client: AsyncAcuerdoClient) -> Reject:
        """Return *reject*, with the name that its team was imported under where that is why."""
        line = course.told_otherwise
        if line is None or line["operation"] != "recordWork":
            return reject
        now, before = self._names[line["team_id"]], await self._name_before(client, line)
        if before is None:
            return reject
        self._beware(now, before)
        why = f"was imported before under another name of its team, {before!r}, and stays so"
        do = f"'names' in the mapping must say {before!r} again, not {now!r}"
        return Reject(line=reject.line, reason=f"the work (at {line['occurred_at']}) {why}: {do}")

    def _beware(self, now: str, before: str) -> None:
        if (now, before) in self._warned:
            return
        self._warned.add((now, before))
        self._warn(
            f"team {now!r} was imported before under the name {before!r}, and what was imported stays so: its rows are "
            f"rejected. Let the mapping's 'names' say {before!r} again, or import all anew under another 'provenance'"
        )

    async def _name_before(self, client: AsyncAcuerdoClient, line: Line) -> str | None:
        """Return which other team the services say did the work of *line*, None where none did or it is not known."""
        try:
            segments = (await client.solver_teams.get_work_clock(line["case_id"])).body["segments"]
            team = _holder(segments, datetime.fromisoformat(line["occurred_at"]))
            if team is None or team == line["team_id"]:
                return None
            if team not in self._known:
                self._known[team] = (await client.solver_teams.get_team(team)).body["name"]
        except Problem:
            return None
        return self._known[team]


def _holder(segments: Any, at: datetime) -> str | None:
    """Return the team that held the work from *at* on, or last before it."""
    held = [one for one in segments if one["team_id"] and datetime.fromisoformat(one["started_at"]) <= at]
    return max(held, key=lambda one: datetime.fromisoformat(one["started_at"]))["team_id"] if held else None
