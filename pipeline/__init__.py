"""Sections, provisions, outcomes and grounds of ombudsman decisions.

>>> from pipeline import load, read, score
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.api import load, read, score

__all__ = ["load", "read", "score"]


def __getattr__(name: str) -> Any:
    # The command line and spaCy import this package often and seldom need all of it.
    if name in __all__:
        from pipeline import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
