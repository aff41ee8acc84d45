"""Who may do what at the touchpoints; whoever is not named may not."""

AGENTS = ("touchpoint-agent", "team-lead", "manager", "operator")
INTAKE = (*AGENTS, "integrator")
LEADS = ("team-lead", "manager", "operator")
ERASERS = ("manager", "operator")
READERS = (*AGENTS, "solver", "sme", "committee-member", "integrator", "auditor")
LISTENERS = ("touchpoint-agent", "team-lead", "manager")
WHO_NEEDS_IT_CLEAR = ("touchpoint-agent", "team-lead", "manager", "integrator")
