"""What requests and answers are made of, and how an answer is given."""

from typing import Annotated

import msgspec
from pydantic import Field
from starlette.responses import Response

Code = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Term = Annotated[str, Field(min_length=1, max_length=63)]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Reference = Annotated[str, Field(min_length=1, max_length=255)]
Words = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


def answer(said: object, version: int) -> Response:
    """Return *said* as JSON, tagged with the thing's version."""
    body = msgspec.json.encode(said, enc_hook=str)
    return Response(body, media_type="application/json", headers={"ETag": f'"{version}"'})
