"""Word lists of the reading room, loaded from ``reading.toml``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from pipeline.decision import OUTCOMES, Outcome

RULES: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("reading.toml").read_text(encoding="utf-8")
)

OUTCOME_WORDINGS: Final[dict[Outcome, list[str]]] = {
    outcome: RULES["outcome"][outcome] for outcome in OUTCOMES
}
OTHER_WORDINGS: Final[list[str]] = RULES["outcome"]["other"]
CATEGORIES: Final[list[str]] = RULES["category"]["names"]
COLUMNS: Final[dict[str, list[str]]] = RULES["columns"]
SUFFIX_ADVICE: Final[dict[str, str]] = RULES["suffix_advice"]

_BEFORE_HEADING: Final = r"[ #*>_]{0,40}(?:\d{1,2}[.)] {0,4}|- |\u2022 )?[ *_]{0,4}"


def _heading(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(_BEFORE_HEADING + "(?:" + "|".join(patterns) + ")", re.IGNORECASE)


BODY_LINE: Final = _heading(RULES["body"]["patterns"])
"""A line with which the decision proper begins; matches a line with plain signs."""

BANNER: Final = re.compile("|".join(RULES["banner"]["words"]), re.IGNORECASE)
TELLING_HEADING: Final = _heading(RULES["telling_headings"]["patterns"])
CUES: Final = [re.compile(pattern) for pattern in RULES["cues"]["patterns"]]
LEAST_CUES: Final[int] = RULES["cues"]["least"]
CODE_LINE: Final = re.compile(r"\s*(?:" + "|".join(RULES["code"]["patterns"]) + ")")
MOST_CODE: Final[float] = RULES["code"]["most"]
