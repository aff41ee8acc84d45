"""Ports: none is ours by right, so a busy one is replaced by a free one."""

import socket
import time

_HIGHEST = 65_535
_PATIENCE = 1.0  # seconds after which whoever was killed has let go of its sockets


def choose(preferred: int | None = None) -> int:
    """The port we had last time if nobody took it meanwhile, otherwise any free one."""
    return preferred if preferred is not None and _becomes_free(preferred) else _any()


def _becomes_free(port: int) -> bool:
    end = time.monotonic() + _PATIENCE
    while not (free := is_free(port)) and time.monotonic() < end:
        time.sleep(0.02)
    return free


def is_one(kept: object) -> bool:
    """Whether what was *kept* in a file is the number of a port."""
    return isinstance(kept, int) and kept is not True and 0 < kept <= _HIGHEST


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _any() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
