"""Any number of decision pages, no two of them alike, mixed from the records of the corpus."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from pipeline.corpus import Block, Record, WrittenSection, load
from pipeline.render import render

LAYOUTS = ("numbered", "dashed", "plain", "html")
LENGTH = 6_000
"""Characters of a usual decision; the records of the corpus are shorter."""


@cache
def _records() -> tuple[Record, ...]:
    return tuple(load())


@cache
def _blocks(label: str) -> tuple[Block, ...]:
    """Return every paragraph and list of the corpus that stands in sections of one label."""
    return tuple(
        block
        for record in _records()
        for section in record.sections
        if section.label == label
        for block in section.body
    )


def distinct_pages(
    count: int,
    *,
    seed: int = 0,
    layouts: tuple[str, ...] = LAYOUTS[:3],
    length: int = LENGTH,
) -> Iterator[str]:
    """Yield pages of about ``length`` characters: sections with paragraphs of other records."""
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        record = chance.choice(_records())
        mixed = replace(
            record,
            ref=f"{90 + number % 10:02} {number // 1000 % 1000:03} {number % 1000:03}",
            sections=_mixed(record.sections, length, chance),
        )
        yield render(mixed, layouts[number % len(layouts)], seed=number).text


def _mixed(
    sections: tuple[WrittenSection, ...], length: int, chance: random.Random
) -> tuple[WrittenSection, ...]:
    size = sum(len(line) for section in sections for line in section.lines())
    more = max(1, round((length - size) / (400 * len(sections))))
    return tuple(replace(section, body=_mixed_body(section, more, chance)) for section in sections)


def _mixed_body(section: WrittenSection, more: int, chance: random.Random) -> tuple[Block, ...]:
    body = [*section.body, *chance.choices(_blocks(section.label), k=more)]
    if section.label != "summary":
        chance.shuffle(body)
    return tuple(body)


def write_jsonl(path: Path, texts: Iterator[str] | list[str]) -> Path:
    """Write texts as rows of a JSON lines table."""
    with path.open("w", encoding="utf-8") as file:
        for text in texts:
            file.write(json.dumps({"text": text}) + "\n")
    return path
