"""Arbitrary bytes and spoilt pages: a row or an error row for each, never anything else.

``make fuzz`` sets FUZZ_CASES and runs many more cases, other ones each time.
"""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from distinct_texts import distinct_pages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.bundle import read_manifest
from pipeline.decision import OUTCOMES, SECTION_LABELS
from pipeline.inputs import READABLE
from pipeline.items import Item, read_items
from pipeline.part_scorer import score_part
from pipeline.parts import Settings, divide

CASES = int(os.environ.get("FUZZ_CASES", "500"))
"""Cases of each of the six tests: 3,000 in all where nobody asks for more."""

fuzzed = settings(
    max_examples=CASES,
    derandomize="FUZZ_CASES" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
SEEDS = st.integers(0, 2**64 - 1).map(random.Random)
HEADS = (
    b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"PAR1", b"%PDF-1.4\n",
    b"<!DOCTYPE html><html><body>", b'{"text": "', b"[", b"text,ref\r\n", b"text;date\n",
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "&a;">]>', b"\x1f\x8b", b"\n\n\n",
)  # fmt: skip
FRAGMENTS = (
    "\n", "\n\n", " ", "\t", "\u00a0", "\u2011", "  1. ", "- ", "• ", "a) ", "(", ")", "[", "]",
    "The complaint", "Summary:", "The Ombudsman’s role and powers", "My assessment",
    "What I found", "Final decision", "Agreed action", "Back to top", "Print this page",
    "Decision : Upheld", "Category : Housing > Other", "Decision date : 31 Feb 2021",
    "Borough Council (21 000 001)", "Local Government Act 1974", ", section 24A(6), as amended",
    "sections 26(1) and 26A(1)", "s117", "the Act", "Schedule 5, paragraph 5A", "section 9999999",
    "sections 1 to 99999", "34(B)6", "(1)(a)(i)(A)", "the Housing Act 1996 and the 2014 Act",
    "Mr X complained that the Council", "there was fault", "will not investigate", "no fault",
    "injustice", "apologise", "é", "\U0001f600", "\u202e", "\ufeff", "\x00", "\x1b[31m",
    "<p>", "</div>", "&amp;", "&#0;", "<script>", "=1+1", '"', "'", "%s", "{}", "\\", "0" * 50,
)  # fmt: skip


@pytest.fixture(scope="module")
def scored(bundle: Path) -> Settings:
    return Settings(
        str(bundle), read_manifest(bundle)["files"]["full.joblib"]["sha256"], time_out=30
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def survives(items: Iterable[Item], scored: Settings) -> None:
    """Score items; each must come to a sound row or an error row of a known kind."""
    for part in divide(items):
        done = score_part(part, scored)
        assert done.tally.inputs == len(part.items)
        assert not {"failed", "time_out", "memory", "crash"} & set(done.tally.faults)
        rows = pq.read_table(io.BytesIO(done.file)).to_pylist()
        assert len(rows) == done.tally.scored
        for row in rows:
            assert row["outcome"] in OUTCOMES
            assert sum(row[f"p_{outcome}"] for outcome in OUTCOMES) == pytest.approx(1, abs=2e-4)
            assert_contiguous(row["sections"])
            json.loads(row["evidence"].removeprefix("'"))


def assert_contiguous(sections: str) -> None:
    """Check that sections written as ``label:start-end|...`` follow each other from 0."""
    reached = 0
    for section in sections.split("|"):
        label, _, place = section.rpartition(":")
        start, end = map(int, place.split("-"))
        assert label in SECTION_LABELS
        assert start == reached
        assert end >= start
        reached = end


@cache
def pages() -> tuple[str, ...]:
    layouts = ("numbered", "dashed", "plain", "html")
    return tuple(distinct_pages(60, length=2500, layouts=layouts))


@fuzzed
@given(head=st.sampled_from(HEADS), data=st.binary(max_size=400), suffix=st.sampled_from(READABLE))
def test_any_bytes_in_any_file(
    head: bytes, data: bytes, suffix: str, scored: Settings, folder: Path
) -> None:
    path = folder / f"any{suffix}"
    path.write_bytes(head + data)
    survives(read_items([path]), scored)


@fuzzed
@given(head=st.sampled_from(HEADS), data=st.binary(max_size=400))
def test_any_bytes_in_a_pipe(head: bytes, data: bytes, scored: Settings) -> None:
    survives(read_items(["-"], io.BytesIO(head + data)), scored)


@fuzzed
@given(parts=st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), min_size=8, max_size=120))
def test_any_text_of_the_words_of_decisions(parts: list[str], scored: Settings) -> None:
    text = "".join(parts)
    survives([Item("row 1", {"text": text}), Item("row 2", {"html": text})], scored)


@fuzzed
@given(chance=SEEDS)
def test_spoilt_pages(chance: random.Random, scored: Settings) -> None:
    page = chance.choice(pages())
    for _ in range(chance.randint(1, 6)):
        page = chance.choice(SPOILERS)(page, chance)
    data = page.encode("utf-8", "surrogatepass")
    survives([Item("page", data, chance.choice((".txt", ".html", "-")))], scored)


def lose_a_stretch(page: str, chance: random.Random) -> str:
    start, end = sorted(chance.choices(range(len(page) + 1), k=2))
    return page[:start] + page[end:]


def repeat_a_stretch(page: str, chance: random.Random) -> str:
    start, end = sorted(chance.choices(range(len(page) + 1), k=2))
    return page[:end] + page[start:end] * chance.randint(1, 3) + page[end:]


def put_in_fragments(page: str, chance: random.Random) -> str:
    for fragment in chance.choices(FRAGMENTS, k=chance.randint(1, 12)):
        at = chance.randint(0, len(page))
        page = page[:at] + fragment + page[at:]
    return page


def shuffle_lines(page: str, chance: random.Random) -> str:
    lines = page.split("\n")
    chance.shuffle(lines)
    return chance.choice(("\n", "\r\n", "\r", " ", "")).join(lines)


def change_signs(page: str, chance: random.Random) -> str:
    signs = list(page)
    for _ in range(chance.randint(1, 40)):
        if signs:
            signs[chance.randrange(len(signs))] = chr(chance.choice((32, 40, 127, 0x2019, 0xD800)))
    return "".join(signs)


def change_case(page: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.lower, str.swapcase, str.title))(page)


def join_another(page: str, chance: random.Random) -> str:
    return page + chance.choice(("", "\n\n")) + chance.choice(pages())


SPOILERS: tuple[Callable[[str, random.Random], str], ...] = (
    lose_a_stretch,
    repeat_a_stretch,
    put_in_fragments,
    shuffle_lines,
    change_signs,
    change_case,
    join_another,
)


@fuzzed
@given(chance=SEEDS, kind=st.sampled_from(("csv", "jsonl", "parquet")))
def test_spoilt_tables(chance: random.Random, kind: str, scored: Settings, folder: Path) -> None:
    path = folder / f"table.{kind}"
    path.write_bytes(spoil(table(kind), chance))
    survives(read_items([path]), scored)


@cache
def table(kind: str) -> bytes:
    rows = pd.DataFrame(
        {
            "text": ["", pages()[0][:900], pages()[1][:900]],
            "authority": ["A", "=B,\n", None],
            "date": ["2021-01-31", "31 Jan 2021", None],
            "outcome": ["Upheld", "not upheld", "maybe"],
        }
    )
    stream = io.BytesIO()
    if kind == "csv":
        rows.to_csv(stream, index=False)
    elif kind == "parquet":
        rows.to_parquet(stream)
    else:
        rows.to_json(stream, orient="records", lines=True)
    return stream.getvalue()


@fuzzed
@given(chance=SEEDS)
def test_spoilt_archives(chance: random.Random, scored: Settings, folder: Path) -> None:
    path = folder / "pack.zip"
    path.write_bytes(spoil(pack(), chance))
    survives(read_items([path]), scored)


@cache
def pack() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, page in enumerate(pages()[:2]):
            archive.writestr(f"folder/{number}.txt", page[:900])
        for kind in ("csv", "jsonl", "parquet"):
            archive.writestr(f"table.{kind}", table(kind))
    return stream.getvalue()


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with some changed, lost, put in or repeated."""
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at, size = chance.randint(0, len(spoilt)), chance.choice((1, 1, 4, 100))
        what = chance.randrange(5)
        if what == 0:
            spoilt[at : at + size] = chance.randbytes(size)
        elif what == 1:
            del spoilt[at : at + size]
        elif what == 2:
            spoilt[at:at] = chance.randbytes(size)
        elif what == 3:
            spoilt[at:at] = spoilt[max(0, at - size) : at]
        else:
            del spoilt[at + chance.randint(0, len(spoilt)) :]
    return bytes(spoilt)
