"""What this service is for and in which order it is used, for whoever opens its OpenAPI document."""

ABOUT = """\
The companies' face to the customer: teams at the touchpoints, customers and their personal data, contacts on every
channel, and the cases that come of them.

## How to begin

An agreement is in force first (service agreement); one that is not is unknown here, to its parties too.

1. `registerTeam`, `joinTeam`: who is at the touchpoint (optional). Each company sends its own people; other companies
   join a team that is open to them (`openTeam`).
2. `registerCustomer`: once per customer, under your own reference.
3. `recordContact`: what came in on a channel; the same channel and reference again is the same contact.
4. `openCase`: what the customer needs, for a service, an activity and a region of the agreement. Its first contact may
   be named; later ones join it with `linkContact`.
5. `getCase`, `getTimeline`: how it stands. Its work is in solver-teams and its way to closing in feedback-loop: a case
   closes by its customer's positive feedback and in no other way.
"""
