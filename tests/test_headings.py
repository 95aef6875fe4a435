"""Every rule in headings.toml holds for its examples, and for none of its counter-examples."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from pipeline.decision import SECTION_LABELS
from pipeline.headings import (
    LABELS,
    REQUIRED,
    RULES,
    HeadingRules,
    load_rules,
    looks_like_heading,
    normalise,
)
from pipeline.outline import outline

TABLES = tomllib.loads(RULES.read_text(encoding="utf-8"))
PACKAGED = load_rules()


def entries(kind: str) -> list[dict[str, Any]]:
    return list(TABLES[kind])


def lines_of(kind: str, key: str) -> list[Any]:
    return [
        pytest.param(entry, line, id=f"{entry['label']}-{line[:40]}")
        for entry in entries(kind)
        for line in entry[key]
    ]


def heading_label(line: str) -> str:
    """The label of the heading that a line, by itself, is or begins with."""
    known = PACKAGED.read(line)
    if known is not None and known.heading is not None and not known.is_item:
        return known.heading.label
    found = PACKAGED.run_in.match(line)
    if found is None or found["parted"] is None:
        return ""
    heading = PACKAGED.listed(found["heading"])
    return heading.label if heading else ""


def test_tables_are_of_the_known_kinds() -> None:
    assert set(TABLES) == set(REQUIRED)


@pytest.mark.parametrize("kind", REQUIRED)
def test_every_entry_has_examples_and_counter_examples(kind: str) -> None:
    for entry in entries(kind):
        for key in ("examples", "counter_examples"):
            assert entry.get(key), f"{entry} lacks {key}"
        assert entry["label"] in LABELS


def test_every_label_of_a_section_has_a_rule() -> None:
    labels = {entry["label"] for kind in REQUIRED for entry in entries(kind)}
    assert labels >= set(SECTION_LABELS) - {"unknown"}


def test_no_wording_stands_in_two_entries() -> None:
    wordings = [
        normalise(wording)
        for entry in entries("heading")
        for wording in (entry["heading"], *entry.get("variants", ()))
    ]
    assert len(wordings) == len(set(wordings))


@pytest.mark.parametrize(("entry", "line"), lines_of("heading", "examples"))
def test_heading_example(entry: dict[str, Any], line: str) -> None:
    assert heading_label(line) == entry["label"]


@pytest.mark.parametrize(("entry", "line"), lines_of("heading", "counter_examples"))
def test_heading_counter_example(entry: dict[str, Any], line: str) -> None:
    assert heading_label(line) != entry["label"]


@pytest.mark.parametrize(("entry", "line"), lines_of("keyword", "examples"))
def test_keyword_example(entry: dict[str, Any], line: str) -> None:
    assert PACKAGED.about(line) == entry["label"]


@pytest.mark.parametrize(("entry", "line"), lines_of("keyword", "counter_examples"))
def test_keyword_counter_example(entry: dict[str, Any], line: str) -> None:
    assert PACKAGED.about(line) != entry["label"]


def rule_name(line: str) -> str:
    rule = PACKAGED.line(line, in_header=True)
    return rule.name if rule else ""


@pytest.mark.parametrize(("entry", "line"), lines_of("line", "examples"))
def test_line_example(entry: dict[str, Any], line: str) -> None:
    assert rule_name(line) == entry["name"]


@pytest.mark.parametrize(("entry", "line"), lines_of("line", "counter_examples"))
def test_line_counter_example(entry: dict[str, Any], line: str) -> None:
    assert rule_name(line) != entry["name"]


# ---- how a line is compared ----


@pytest.mark.parametrize(
    "line",
    [
        "The Ombudsman's role and powers",
        "The Ombudsman’s role and powers",
        "The Ombudsmans role and powers",
        "THE OMBUDSMAN'S ROLE AND POWERS",
        "the Ombudsman's role and powers",
        "The Ombudsman's role and powers:",
        "The Ombudsman's role and powers.",
        "The Ombudsman's role and powers #",
        "2. The Ombudsman's role and powers",
        "(2) The Ombudsman's role and powers",
        "2) The Ombudsman's role and powers",
        "b) The Ombudsman's role and powers",
        "iv. The Ombudsman's role and powers",
        "## The Ombudsman's role and powers",
        "**The Ombudsman's role and powers**",
        "The\u00a0Ombudsman's\u00a0role  and powers",
        "The Ombudsman's role and power",
        "The Ombudsmna's role and powers",
        "The Ombudsman role and powers",
        "The Ombudsmanâ€™s role and powers",
    ],
)
def test_printing_does_not_matter(line: str) -> None:
    known = PACKAGED.read(line)
    assert known is not None
    assert known.heading is not None
    assert known.heading.label == "role"


@pytest.mark.parametrize(
    "line",
    [
        "The Council's role and powers",
        "The assessment",
        "What I said",
        "First decision",
        "The law on hedges",
        "Final decision letter sent",
        "The complaint procedure",
        "How the Council considered this complaint",
        "Court action",
        "“Background",
        "Final decision 3",
    ],
)
def test_other_words_are_no_slips_of_the_keyboard(line: str) -> None:
    known = PACKAGED.read(line)
    assert known is None or known.heading is None


@pytest.mark.parametrize(
    "line",
    [
        "Moving home",
        "14 October",
        "8 and 9 October",
        "2024",
        "Was the panel fair?",
        "Local Restrictions Support Grants (LRSG)",
        "June 2018: the medicine",
        "What the Council did, and when",
    ],
)
def test_shape_of_a_heading(line: str) -> None:
    assert looks_like_heading(line)


@pytest.mark.parametrize(
    "line",
    [
        "She wants an apology.",
        "lower case to begin with",
        "apologise to Mr X;",
        "The Council has agreed that:",
        "He complained. She did not",
        "Local Government Act 1974, section 26(1)",
        "under section 26(1) as amended",
        "The clerk read the file, wrote to the parents and told the panel what was said",
        "grc@example.org",
        "17",
        "",
    ],
)
def test_shape_of_no_heading(line: str) -> None:
    assert not looks_like_heading(line)


# ---- correcting the rules ----


def test_a_variant_is_added_with_one_line() -> None:
    tables = tomllib.loads(RULES.read_text(encoding="utf-8"))
    text = "The complaint\n\nMr X is cross.\n\nEnding of the case\n\nWe say no.\n"
    assert [label for _, label in outline(text, HeadingRules(tables)).sections] == [
        "complaint",
        "unknown",
    ]
    decision = next(e for e in tables["heading"] if e["heading"] == "Final decision")
    decision["variants"].append("Ending of the case")
    assert [label for _, label in outline(text, HeadingRules(tables)).sections] == [
        "complaint",
        "decision",
    ]


ENTRY = """
[[heading]]
label = "complaint"
heading = "The complaint"
examples = ["The complaint"]
counter_examples = ["The complaint was late."]
"""


def test_rules_from_toml() -> None:
    assert HeadingRules.from_toml(ENTRY).listed("The complaint") is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY.replace('examples = ["The complaint"]\n', "", 1), "lacks examples"),
        (ENTRY.replace('["The complaint was late."]', "[]"), "lacks counter_examples"),
        (ENTRY.replace('"complaint"', '"grievance"'), "'grievance'; use one of header, summary"),
        (ENTRY.replace("label =", "label"), "not valid TOML"),
        (ENTRY + ENTRY, "'The complaint' stands in two entries"),
        (ENTRY + 'variants = ["—"]\n', "'The complaint' has a variant without letters"),
        (
            '[[line]]\nlabel = "furniture"\nname = "menu"\npattern = "("\n'
            'examples = ["Menu"]\ncounter_examples = ["menus"]\n',
            "pattern of .* 'menu' is not right",
        ),
    ],
)
def test_faulty_rules_are_refused_in_a_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HeadingRules.from_toml(text)
