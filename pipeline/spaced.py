"""Patterns that do not care how a copy spaces its words or breaks its lines."""

from __future__ import annotations

import re

SPACE = r"[^\S\n]{0,3}\n?[^\S\n]{0,3}"
"""Up to a few spaces of any sort, and at most one line break; a blank line ends a sentence."""


def spaced(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which ``~`` stands for `SPACE`."""
    return re.compile(pattern.replace("~", SPACE))
