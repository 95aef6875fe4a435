"""How much memory a process has used, and a limit on it."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def peak_memory() -> int:
    """Return the most memory this process has used, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # What the system counts for `getrusage` begins with the memory of the process that
        # started this one.
        found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def limit_memory(more: int) -> None:
    """Let this process take ``more`` bytes beyond what it has now; 0 for no limit.

    Beyond it a document meets a `MemoryError` of its own, not the system's killer. Where
    the system does not say what a process has, nothing is limited.
    """
    statm = Path("/proc/self/statm")
    if not more or not statm.exists():
        return
    pages = int(statm.read_text().split()[0])
    most = pages * resource.getpagesize() + more
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
