"""The memory of a process is its own, not that of the process that started it."""

from __future__ import annotations

import subprocess
import sys

from pipeline.peak_memory import peak_memory


def test_what_a_parent_took_does_not_count() -> None:
    held = b"x" * (600 << 20)
    asked = "from pipeline.peak_memory import peak_memory; print(peak_memory())"
    found = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert peak_memory() > len(held)
    assert 1 << 20 < int(found.stdout) < 300 << 20


def test_memory_that_is_taken_counts() -> None:
    before = peak_memory()
    held = b"x" * (before + (64 << 20))
    assert peak_memory() > before + (50 << 20)
    del held
