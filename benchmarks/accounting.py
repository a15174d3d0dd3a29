"""Processor time and memory: what the operating system says that processes have used (Linux: /proc), and one call."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")
TICK = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds per unit in which /proc counts processor time."""


def cpu_seconds(pids: tuple[int, ...]) -> float:
    """Processor time, user and system, that processes have used since they began."""
    return sum(sum(int(ticks) for ticks in _stat(pid)[11:13]) for pid in pids) * TICK


def resident_megabytes(pid: int) -> float:
    """Memory that a process holds now, in MB (2**20 bytes)."""
    for line in (PROC / str(pid) / "status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def workers(parent: int) -> tuple[int, ...]:
    """The processes that a server has started to answer requests."""
    pids = (int(path.name) for path in PROC.iterdir() if path.name.isdigit())
    return tuple(sorted(pid for pid in pids if _is_worker(pid, parent)))


def seconds_a_call(work: Callable[[], None], seconds: float) -> float:
    """Processor time of one call in this process, from as many calls as fit into so many seconds."""
    work()
    calls = 0
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        work()
        calls += 1
    return (time.process_time() - begun) / calls


def _is_worker(pid: int, parent: int) -> bool:
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes()
        # Python keeps a process of its own beside the workers, which only tidies up.
        return int(_stat(pid)[1]) == parent and b"resource_tracker" not in command
    except (FileNotFoundError, ProcessLookupError):
        return False  # it ended while we looked


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on (the third), after the name in brackets."""
    return (PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
