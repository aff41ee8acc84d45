"""What requests and answers are made of, in every service alike."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """What a request says; a member that is not known is refused, so that a misspelt one is noticed.

    Each field is told of by the text under it, as in ``Shown``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Shown(BaseModel):
    """What an answer shows; each field is told of by the text under it."""

    model_config = ConfigDict(use_attribute_docstrings=True)
