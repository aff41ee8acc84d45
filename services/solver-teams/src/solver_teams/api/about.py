"""What this service is for and in which order it is used, for whoever opens its OpenAPI document."""

ABOUT = """\
Who works on a case, of which team and company, since when, and who held it up: solver teams, work items, questions,
hand-overs, pauses, solutions, and the clock of each holder.

## How to begin

An agreement is in force first (service agreement); one that is not is unknown here, to its parties too.

1. `registerTeam`: people of one or several parties, and what they take on in the words of the agreement;
   `addTeamMember`, `changeTeamCoverage` later.
2. A case is opened at a touchpoint (service touchpoints). `listWork` and `getWork` show it with its first item and
   the team that the system proposes.
3. `offerWork` asks a team, one of its people answers with `acceptWork` or `rejectWork`; or a member of a team that
   covers the work takes it with `pullWork`.
4. `askInformation`, `pauseWork`, `resumeWork`, `handOver` with `acceptHandOver`: as the work goes.
5. `solveWork`, item by item. With the last one the solution is proposed, and the customer is asked (feedback-loop).
"""
