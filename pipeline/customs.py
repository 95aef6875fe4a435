"""Customs of the trade: pinpoints that everyone cites without their Act."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.pinpoints import Group
from pipeline.statutes import Custom, Registry

_REACH = 90


class _Cues(NamedTuple):
    """What must stand beside a pinpoint for a custom to give it its instrument."""

    instrument: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


@dataclass(frozen=True)
class Customs:
    """The customs of a registry, ready to be looked up by number."""

    by_path: dict[str, list[_Cues]]
    """By pinpoint without its instrument: ``section/117``."""

    @classmethod
    def of(cls, registry: Registry) -> Customs:
        """Prepare the customs of a registry."""
        table: dict[str, list[_Cues]] = {}
        for custom in registry.customs:
            instrument = registry.instrument_of(custom.id)
            assert instrument is not None
            path = custom.id.removeprefix(instrument.path + "/")
            for kind, outer in instrument.within.items():
                path = path.removeprefix(f"{outer}/") if f"/{kind}/" in custom.id else path
            table.setdefault(path, []).append(_cues(custom, instrument.path))
        return cls(table)

    def instrument_at(self, text: str, group: Group) -> str:
        """Return the path of the instrument that custom gives a group; nothing if unsure."""
        found = set()
        for cues in self.by_path.get(_first(group), ()):
            start = max(0, group.start - _REACH)
            if (cues.after and cues.after.match(text, group.end)) or (
                cues.before and cues.before.search(text, start, group.start)
            ):
                found.add(cues.instrument)
        return found.pop() if len(found) == 1 else ""


def _first(group: Group) -> str:
    return "/".join(group.pinpoints[0].path.split("/")[:2])


def _cues(custom: Custom, instrument: str) -> _Cues:
    before = _alternatives(custom.before)
    after = _alternatives(custom.after)
    return _Cues(
        instrument,
        re.compile(rf"\b(?:{before})\W{{1,3}}$", re.IGNORECASE) if before else None,
        re.compile(rf"[\"'’”]?\W{{1,3}}(?:{after})\b", re.IGNORECASE) if after else None,
    )


def _alternatives(cues: Iterable[str]) -> str:
    return "|".join(
        re.escape(cue).replace(r"\ \.\.\.\ ", r"\s[^.;\n]{0,40}?\b").replace(r"\ ", r"\s+")
        for cue in cues
    )
