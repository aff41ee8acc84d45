"""Which process of a deployment used how much processor time."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 11, 12, 13, 14
"""Fields of /proc/<pid>/stat after the command's name: proc(5)."""

Spent = Mapping[str, float]
"""Processor seconds by the name of the process."""


def spent(processes: Mapping[str, int]) -> Spent:
    """Return what each of *processes* (pids by name) and its children, also those that ended, used so far."""
    fields = {pid: found for pid in _pids() if (found := _fields(pid)) is not None}
    return {name: _of(pid, fields) for name, pid in processes.items() if pid in fields}


def between(before: Spent, after: Spent) -> dict[str, float]:
    """Return what was used between two looks, by whom most first; who was not there before is left out."""
    used = {name: round(after[name] - before[name], 2) for name in after if name in before}
    return dict(sorted(used.items(), key=lambda one: -one[1]))


def _of(pid: int, fields: Mapping[int, list[str]]) -> float:
    own = sum(int(fields[pid][n]) for n in (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM))
    children = (child for child, said in fields.items() if int(said[_PARENT]) == pid)
    return own / _TICKS + sum(_of(child, fields) for child in children)


def _pids() -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]


def _fields(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
