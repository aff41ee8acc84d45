"""What every service's OpenAPI document begins with: what all four have in common for whoever calls them."""

_COMMON = """
## Who is asking

Send `Authorization: Bearer <token>`, a token of the agreement's OIDC issuer that names a person (`sub`), a `company`
and `roles`. In development `acuerdo token --company telco-a --role manager --person ana` prints one. Each operation
says which roles it is for. What belongs to an agreement that the token's company is not party to is answered as if it
were not there (404).

## Writing

- `Idempotency-Key: <anything of yours>`: the same request sent again is not done again but gets its first answer;
  another request under the same key is refused.
- An answer's `ETag` is the version of the thing. `If-Match: "3"` makes a change only upon that version (else 412);
  changes that are not to be made unawares ask for it always (428). `If-Match: *` makes the change upon whatever version
  there is: it overwrites what others have changed since you read, and a change of an agreement's terms voids their
  signatures as any other does. Say it only where you mean just that.
- `POST .../batch` takes many operations, a JSON object a line, and answers each on a line of its own.
- A refusal is a problem (RFC 9457) whose `type` names the rule; each operation lists its own.

## Reading what was written

The four services tell one another what happened, which takes a moment. Every write answers `Acuerdo-Position:
<service>=<position>`. Send those that you have seen, of any service, as `Acuerdo-After: agreement=12, touchpoints=40`
with `Prefer: wait=5`: the service waits until it knows of them before it answers. `GET /v1/facts` gives everything
that this service published about your agreements, from any position on; NATS carries the same.
"""


def preface(service: str, about: str) -> str:
    """Return what the document says before its operations: what *service* is for and how to begin, then the rules."""
    return f"{about or f'The service `{service}` of a Global Service Agreement.'}\n{_COMMON}"
