"""The labelled corpus on disk: records, their JSON shape, reading and writing.

One file of JSON lines for each category, ``<category-slug>.jsonl``. A record holds the
paragraphs of a decision under their headings, so that it can be laid out as any kind of
page (`pipeline.render`) with sections and provisions known exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pipeline.decision import OUTCOMES, SECTION_LABELS, Outcome

CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "illustrative"
"""The folder of the corpus that ships with the project."""

Hard = Literal[
    "upheld_not_investigated",
    "upheld_mostly_no_fault",
    "upheld_without_word_fault",
    "not_upheld_discontinued",
    "fault_without_injustice",
    "other_body_fault",
    "closed_with_delay_or_apology",
]
HARD_KINDS: tuple[Hard, ...] = get_args(Hard)

PAGE_LABELS = frozenset({"header", "signature", "furniture", "unknown"})
WRITTEN_LABELS = tuple(label for label in SECTION_LABELS if label not in PAGE_LABELS)
"""Labels that a record's own sections can carry; the page around them supplies the others."""

REF = re.compile(r"\d\d \d\d\d \d\d\d[a-c]?")
KEYS = (
    "ref",
    "authority",
    "category",
    "subcategory",
    "outcome",
    "date",
    "hard",
    "contrast_of",
    "sections",
    "provisions",
    "grounds",
)


class CorpusError(ValueError):
    """A corpus that cannot be read. The message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Subheading:
    """A free heading inside a section."""

    text: str


Block = str | tuple[str, ...] | Subheading
"""A paragraph, a bullet list or a sub-heading."""


@dataclass(frozen=True, slots=True)
class WrittenSection:
    """One section of a record: its label, its heading as printed, and its blocks in order."""

    label: str
    heading: str
    body: tuple[Block, ...]

    def lines(self) -> Iterator[str]:
        """Yield every paragraph, bullet and sub-heading of the body, in order."""
        for block in self.body:
            if isinstance(block, Subheading):
                yield block.text
            elif isinstance(block, str):
                yield block
            else:
                yield from block


@dataclass(frozen=True, slots=True)
class CitedProvision:
    """A provision of the gold annotation and the labels of the sections that cite it."""

    id: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One labelled decision of the corpus."""

    ref: str
    authority: str
    category: str
    subcategory: str
    """May be empty, as on some pages."""
    outcome: Outcome
    date: str
    """ISO date."""
    hard: Hard | None
    """What makes the outcome hard to tell, or None."""
    contrast_of: str | None
    """Reference of the record of which this one is the contrast twin, or None."""
    sections: tuple[WrittenSection, ...]
    provisions: tuple[CitedProvision, ...]
    grounds: tuple[str, ...]


def slug(category: str) -> str:
    """Return the file name stem of a category: ``Children's care services`` → ``childrens-…``."""
    return re.sub(r"[^a-z0-9]+", "-", category.lower().replace("'", "")).strip("-")


def load(folder: Path = CORPUS) -> list[Record]:
    """Return all records of the ``*.jsonl`` files in `folder`, sorted by reference.

    Raises `CorpusError` with every fault found (file, line, what is wrong), or where the
    folder holds no corpus.
    """
    files = sorted(Path(folder).glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{folder}: no .jsonl file here; give the folder of a corpus.")
    records: list[Record] = []
    faults: list[str] = []
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    records.append(read_record(json.loads(line)))
                except json.JSONDecodeError as error:
                    faults.append(f"{file.name} line {number}: not JSON ({error.msg}).")
                except CorpusError as error:
                    faults.append(f"{file.name} line {number}: {error}")
    if faults:
        raise CorpusError("\n".join(faults))
    return sorted(records, key=lambda record: record.ref)


def save(records: Iterable[Record], folder: Path) -> None:
    """Write `records` to ``<category-slug>.jsonl`` files in `folder`, sorted by reference.

    A ``.jsonl`` file of a category that no longer occurs is removed.
    """
    by_file: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.ref):
        by_file.setdefault(f"{slug(record.category)}.jsonl", []).append(record)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jsonl"):
        if old.name not in by_file:
            old.unlink()
    for name, rows in by_file.items():
        lines = [json.dumps(write_record(record), ensure_ascii=False) + "\n" for record in rows]
        (folder / name).write_text("".join(lines), encoding="utf-8")


def prose(record: Record, *, only: Sequence[str] = (), without: Sequence[str] = ()) -> str:
    """Return the bodies of the sections of `record`, a line for each paragraph and bullet.

    Headings of sections are left out. `only` and `without` choose sections by label.
    """
    return "\n".join(
        line
        for section in record.sections
        if section.label not in without and (not only or section.label in only)
        for line in section.lines()
    )


def read_record(row: object) -> Record:
    """Return the record of one JSON object, checking its shape.

    Raises `CorpusError` naming every fault of the object in one sentence each.
    """
    if not isinstance(row, dict):
        raise CorpusError("not a JSON object.")
    faults = list(_faults(row))
    if faults:
        raise CorpusError(f"{row.get('ref', 'no reference')}: {' '.join(faults)}")
    return Record(
        ref=row["ref"],
        authority=row["authority"],
        category=row["category"],
        subcategory=row["subcategory"],
        outcome=cast(Outcome, row["outcome"]),
        date=row["date"],
        hard=row["hard"],
        contrast_of=row["contrast_of"],
        sections=tuple(_read_section(section) for section in row["sections"]),
        provisions=tuple(
            CitedProvision(item["id"], tuple(item["sections"])) for item in row["provisions"]
        ),
        grounds=tuple(row["grounds"]),
    )


def write_record(record: Record) -> dict[str, Any]:
    """Return `record` as a JSON object; the inverse of `read_record`."""
    return {
        "ref": record.ref,
        "authority": record.authority,
        "category": record.category,
        "subcategory": record.subcategory,
        "outcome": record.outcome,
        "date": record.date,
        "hard": record.hard,
        "contrast_of": record.contrast_of,
        "sections": [
            {
                "label": section.label,
                "heading": section.heading,
                "body": [_write_block(block) for block in section.body],
            }
            for section in record.sections
        ],
        "provisions": [
            {"id": cited.id, "sections": list(cited.sections)} for cited in record.provisions
        ],
        "grounds": list(record.grounds),
    }


def _read_section(section: Mapping[str, Any]) -> WrittenSection:
    blocks: list[Block] = []
    for block in section["body"]:
        if isinstance(block, str):
            blocks.append(block)
        elif isinstance(block, dict):
            blocks.append(Subheading(block["subheading"]))
        else:
            blocks.append(tuple(block))
    return WrittenSection(section["label"], section["heading"], tuple(blocks))


def _write_block(block: Block) -> str | list[str] | dict[str, str]:
    if isinstance(block, Subheading):
        return {"subheading": block.text}
    return block if isinstance(block, str) else list(block)


def _faults(row: Mapping[str, Any]) -> Iterator[str]:
    missing = [key for key in KEYS if key not in row]
    extra = [str(key) for key in row if key not in KEYS]
    if missing:
        yield f"missing: {', '.join(missing)}."
    if extra:
        yield f"not known: {', '.join(extra)}."
    if missing:
        return
    for key in ("authority", "category"):
        if not _is_text(row[key]):
            yield f"{key} must be text on one line."
    if row["subcategory"] != "" and not _is_text(row["subcategory"]):
        yield "subcategory must be text on one line, or empty."
    if not _is_text(row["ref"]) or not REF.fullmatch(row["ref"]):
        yield "ref must look like '20 006 486', with a letter for a joint case."
    if row["outcome"] not in OUTCOMES:
        yield f"outcome must be one of {', '.join(OUTCOMES)}."
    if not _is_date(row["date"]):
        yield "date must be a day written as YYYY-MM-DD."
    if row["hard"] is not None and row["hard"] not in HARD_KINDS:
        yield f"hard must be null or one of {', '.join(HARD_KINDS)}."
    if row["contrast_of"] is not None and not REF.fullmatch(str(row["contrast_of"])):
        yield "contrast_of must be null or the reference of another record."
    if not _is_list_of_text(row["grounds"]):
        yield "grounds must be a list of names."
    yield from _section_faults(row["sections"])
    yield from _provision_faults(row["provisions"])


def _section_faults(sections: object) -> Iterator[str]:
    if not isinstance(sections, list) or not sections:
        yield "sections must be a list with at least one section."
        return
    for number, section in enumerate(sections, start=1):
        if not isinstance(section, dict) or set(section) != {"label", "heading", "body"}:
            yield f"section {number} must have label, heading and body, and nothing else."
            continue
        if section["label"] not in WRITTEN_LABELS:
            yield f"section {number}: label must be one of {', '.join(WRITTEN_LABELS)}."
        if not _is_text(section["heading"]):
            yield f"section {number}: heading must be text on one line."
        body = section["body"]
        if not isinstance(body, list) or not body or not all(map(_is_block, body)):
            yield (
                f"section {number}: body must hold paragraphs (text), lists (of text) and "
                'sub-headings ({"subheading": text}), each on one line without outer spaces.'
            )


def _provision_faults(provisions: object) -> Iterator[str]:
    if not isinstance(provisions, list):
        yield "provisions must be a list."
        return
    for item in provisions:
        well_formed = (
            isinstance(item, dict)
            and set(item) == {"id", "sections"}
            and _is_text(item["id"])
            and _is_list_of_text(item["sections"])
        )
        if not well_formed:
            yield f"provision {item!r} must have an id and the labels of the sections citing it."
        elif not item["sections"] or not set(item["sections"]) <= set(WRITTEN_LABELS):
            yield f"provision {item['id']}: sections must name at least one of the labels."


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value) and value == " ".join(value.split())


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_block(value: object) -> bool:
    if isinstance(value, dict):
        return set(value) == {"subheading"} and _is_text(value["subheading"])
    return _is_text(value) or (_is_list_of_text(value) and value != [])


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
