"""Addresses of servers as a person may read them."""


def shown(url: str) -> str:
    """Return *url* without the user and password, however odd they are, and without what follows its path."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"
