"""Who is asking: a person of a company in some roles, or a service of a company."""

from common.values import Person, value


@value
class Caller:
    """Who a verified token speaks for."""

    person: str
    company: str
    roles: frozenset[str]
    service: bool = False

    def acting_as(self, role: str) -> Person:
        """Return the caller acting in *role*."""
        return Person(person=self.person, company=self.company, role=role)
