"""A corpus as large as the Ombudsman's, made up from the one that ships, to measure training on.

Run as ``python tests/bench/many_records.py 57500 FOLDER`` and then
``decisions train --corpus FOLDER --model OTHER_FOLDER``. The texts say nothing; they have the
length of real decisions, no two are near-duplicates, and new word pairs keep coming as more are
read, which is what time and memory depend on. Figures of a model trained on them mean nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from pipeline.corpus import Block, Record, Subheading, WrittenSection, load, write_record

LENGTH = 6_000
"""Characters of a usual decision; the records of the corpus are shorter."""
SWAPPED = 1 / 20
"""Share of words that give way to others, so that the number of word pairs keeps growing."""
FIRST_DAY = date(2015, 1, 1)
DAYS = 4_200

WORD = re.compile(r"\b[a-z]{4,}\b")
Pool = dict[tuple[str, str], list[Block]]


def many_records(count: int, *, seed: int = 0, length: int = LENGTH) -> Iterator[Record]:
    """Yield records with labels of the corpus and paragraphs of others of the same outcome."""
    records = load()
    pool = _pool(records)
    words = [
        word
        for record in records
        for section in record.sections
        for line in section.lines()
        for word in WORD.findall(line)
    ]
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        base = chance.choice(records)
        yield replace(
            base,
            ref=f"{number // 1_000_000:02} {number // 1000 % 1000:03} {number % 1000:03}",
            date=(FIRST_DAY + timedelta(days=chance.randrange(DAYS))).isoformat(),
            contrast_of=None,
            sections=_mixed(base, pool, words, length, chance),
        )


def write_records(count: int, folder: Path, *, seed: int = 0) -> None:
    """Write ``many.jsonl`` into a folder, one record at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "many.jsonl").open("w", encoding="utf-8") as file:
        for record in many_records(count, seed=seed):
            file.write(json.dumps(write_record(record), ensure_ascii=False) + "\n")


def _pool(records: Sequence[Record]) -> Pool:
    """Return the paragraphs and lists of the corpus by outcome and section label."""
    pool: Pool = {}
    for record in records:
        for section in record.sections:
            blocks = pool.setdefault((record.outcome, section.label), [])
            blocks.extend(block for block in section.body if not isinstance(block, Subheading))
    return pool


def _mixed(
    base: Record, pool: Pool, words: Sequence[str], length: int, chance: random.Random
) -> tuple[WrittenSection, ...]:
    size = sum(len(line) for section in base.sections for line in section.lines())
    times = max(1.0, length / size)
    mixed = []
    for section in base.sections:
        blocks = section.body
        # The record's own powers stay, for its grounds rest on them; a summary stays a paragraph.
        if section.label != "role":
            count = 1 if section.label == "summary" else max(1, round(times * len(blocks)))
            blocks = tuple(chance.choices(pool[base.outcome, section.label], k=count))
        mixed.append(replace(section, body=tuple(_swapped(one, words, chance) for one in blocks)))
    return tuple(mixed)


def _swapped(block: Block, words: Sequence[str], chance: random.Random) -> Block:
    def swap(match: re.Match[str]) -> str:
        return chance.choice(words) if chance.random() < SWAPPED else match.group()

    if isinstance(block, Subheading):
        return block
    if isinstance(block, str):
        return WORD.sub(swap, block)
    return tuple(WORD.sub(swap, item) for item in block)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make up a large corpus to measure training on.")
    parser.add_argument("count", type=int, help="number of decisions")
    parser.add_argument("folder", type=Path, help="where to write them")
    given = parser.parse_args()
    write_records(given.count, given.folder)
