"""The registry: every rule tested both ways, ids, display, links, grounds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.provisions import StatuteProvisions
from pipeline.statutes import (
    GROUNDS,
    STATUTES_FILE,
    Custom,
    Ground,
    Instrument,
    StatutesError,
    display,
    grounds_of,
    link,
    load_registry,
    parse_label,
    parse_registry,
    place,
)

REGISTRY = load_registry()
FINDER = StatuteProvisions(REGISTRY)
INSTRUMENTS = list(REGISTRY.instruments.values())
PATH = re.compile(
    r"(?:ukpga|uksi)/(?:\d{4}|Vict/[\d-]+|Edw7/\d+|Geo5and1Edw8/\d+|Geo6/[\d-]+|Eliz2/[\d-]+)/\d+"
    r"|eur/\d{4}/\d+"
)
LGA = "ukpga/1974/7"


def ids(text: str) -> set[str]:
    return {one.id for one in FINDER.find(text)}


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.path)
def test_every_instrument_is_found_where_it_is_and_nowhere_else(instrument: Instrument) -> None:
    assert instrument.examples
    assert instrument.counter_examples
    for example in instrument.examples:
        assert ids(example.text) == set(example.ids)
    for text in instrument.counter_examples:
        assert instrument not in [REGISTRY.instrument_of(one) for one in ids(text)]


@pytest.mark.parametrize("custom", REGISTRY.customs, ids=lambda one: one.name)
def test_every_custom_holds_with_its_cue_only(custom: Custom) -> None:
    assert custom.examples
    assert custom.counter_examples
    for text in custom.examples:
        assert (custom.id, "by_custom") in {(one.id, one.how) for one in FINDER.find(text)}
    for text in custom.counter_examples:
        assert custom.id not in ids(text)


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=lambda one: one.name)
def test_every_ground_is_met_by_its_provisions_only(ground: Ground) -> None:
    assert ground.examples
    assert ground.counter_examples
    for provision in ground.examples:
        assert ground.name in grounds_of([provision])
    for provision in ground.counter_examples:
        assert ground.name not in grounds_of([provision])


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.path)
def test_paths_have_the_shape_of_the_site_and_the_year_of_the_title(instrument: Instrument) -> None:
    assert PATH.fullmatch(instrument.path)
    kind, year = instrument.path.split("/")[:2]
    assert not year.isdigit() or int(year) == instrument.year
    assert (kind == "ukpga") == (instrument.noun == "Act")


def test_no_two_instruments_share_a_name() -> None:
    names = [name for one in INSTRUMENTS for name in (one.title, *one.aliases)]
    assert len(names) == len(set(names))


def test_paths_of_well_known_instruments() -> None:
    known = {
        "Local Government Act 1974": "ukpga/1974/7",
        "Care Act 2014": "ukpga/2014/23",
        "Children Act 1989": "ukpga/1989/41",
        "Freedom of Information Act 2000": "ukpga/2000/36",
        "Environmental Information Regulations 2004": "uksi/2004/3391",
        "Health and Social Care Act 2008 (Regulated Activities) Regulations 2014": "uksi/2014/2936",
    }
    assert {title: parse_label(title) for title in known} == known


@pytest.mark.parametrize(
    ("provision", "expected"),
    [
        (f"{LGA}/section/24A/6", "Local Government Act 1974, s 24A(6)"),
        (f"{LGA}/section/26/6/a", "Local Government Act 1974, s 26(6)(a)"),
        (f"{LGA}/schedule/5/paragraph/5A", "Local Government Act 1974, sch 5 para 5A"),
        (f"{LGA}/schedule/5/paragraph/5/2", "Local Government Act 1974, sch 5 para 5(2)"),
        (LGA, "Local Government Act 1974"),
        ("uksi/1977/204/article/3/1", "Local Authorities' Cemeteries Order 1977, art 3(1)"),
        ("ukpga/1989/41/part/3", "Children Act 1989, pt 3"),
        ("ukpga/Edw7/8/36/section/23", "Small Holdings and Allotments Act 1908, s 23"),
        ("ukpga/1066/1/section/9", "ukpga/1066/1/section/9"),
        ("", ""),
    ],
)
def test_display_is_oscola(provision: str, expected: str) -> None:
    assert display(provision) == expected


@pytest.mark.parametrize(
    ("provision", "page"),
    [
        (f"{LGA}/section/24A/6", f"{LGA}/section/24A/6"),
        ("ukpga/1989/41/part/3", "ukpga/1989/41/part/III"),
        ("ukpga/1990/43/part/2A", "ukpga/1990/43/part/IIA"),
        ("ukpga/2004/34/part/1", "ukpga/2004/34/part/1"),
        ("uksi/1995/418/schedule/2/part/3", "uksi/1995/418/schedule/2/part/3"),
        ("ukpga/1998/42/schedule/1/article/8", "ukpga/1998/42/schedule/1"),
        ("ukpga/1972/70/part/99", "ukpga/1972/70/part/99"),
    ],
)
def test_links_lead_to_the_pages_of_the_site(provision: str, page: str) -> None:
    assert link(provision) == f"https://www.legislation.gov.uk/{page}"


def test_nothing_has_no_link() -> None:
    assert link("") == ""


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("LGA1974 s24A(6)", f"{LGA}/section/24A/6"),
        ("LGA1974 s34H(i)", f"{LGA}/section/34H/1"),
        ("LGA1974 s26(6)(a)", f"{LGA}/section/26/6/a"),
        ("LGA1974 Sch5 para5(2)", f"{LGA}/schedule/5/paragraph/5/2"),
        ("LGA1974 Sch5A para3", f"{LGA}/schedule/5A/paragraph/3"),
        ("LGA1974", LGA),
        ("Care Act 2014 s9", "ukpga/2014/23/section/9"),
        ("Housing Act 1996 s166A(9)", "ukpga/1996/52/section/166A/9"),
        ("Housing Act 2004 Part 1", "ukpga/2004/34/part/1"),
        ("Children Act 1989 Part3", "ukpga/1989/41/part/3"),
        ("Human Rights Act 1998 Sch1 Art5", "ukpga/1998/42/schedule/1/article/5"),
        ("Mental Capacity Act 2005 SchA1", "ukpga/2005/9/schedule/A1"),
        ("Local Authorities' Cemeteries Order 1977 art 3(1)", "uksi/1977/204/article/3/1"),
        ("Local Authorities’ Cemeteries Order 1977", "uksi/1977/204"),
        (
            "Council Tax (Administration and Enforcement) Regulations 1992 reg19",
            "uksi/1992/613/regulation/19",
        ),
        (
            "Health and Social Care Act 2008 (Regulated Activities) Regulations 2014 reg 12",
            "uksi/2014/2936/regulation/12",
        ),
        ("General Permitted Development Order class MB", "uksi/1995/418/schedule/2/part/3"),
        ("reg 21 (instrument not named)", ""),
        ("s106 (Act not named)", ""),
    ],
)
def test_short_labels_become_ids(label: str, expected: str) -> None:
    assert parse_label(label) == expected


@pytest.mark.parametrize("label", ["Burial Act 1857 s25", "Care Act 2014 blue", "", "s9"])
def test_labels_that_cannot_be_read_say_so(label: str) -> None:
    with pytest.raises(StatutesError, match=r"names no instrument|no provision"):
        parse_label(label)


WORDS = {"Act": "section", "Order": "article", "Rules": "rule", "Regulation": "article"}


@settings(max_examples=30, deadline=None)
@given(
    number=st.integers(1, 999),
    letter=st.sampled_from(["", "A", "ZA"]),
    depth=st.sampled_from(["", "(1)", "(6)(a)", "(1B)"]),
)
def test_display_reads_back_as_the_same_id(number: int, letter: str, depth: str) -> None:
    levels = "/".join(["", *re.findall(r"\w+", depth)])
    for instrument in INSTRUMENTS:
        word = WORDS.get(instrument.noun, "regulation")
        provision = place(instrument, f"{word}/{number}{letter}{levels}")
        assert ids(f"({display(provision)})") == {provision}


def test_grounds_of_several_provisions() -> None:
    provisions = [f"{LGA}/section/24A/6", f"{LGA}/section/34B", "ukpga/2014/23/section/9", ""]
    assert grounds_of(provisions) == {"discretion"}
    assert grounds_of([]) == set()


def test_a_number_is_no_prefix_of_another() -> None:
    assert "schools_exclusion" not in grounds_of([f"{LGA}/schedule/5/paragraph/5A"])
    assert "fault_and_injustice" not in grounds_of([f"{LGA}/section/26/10"])


def test_every_provision_of_a_ground_belongs_to_a_known_instrument() -> None:
    for ground in GROUNDS.values():
        for provision in ground.provisions:
            assert REGISTRY.instrument_of(provision.rstrip("$")) is not None


def test_a_registry_can_be_read_from_another_file(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(
        '[[instruments]]\ntitle = "Parish Lamps Act 1833"\nyear = 1833\npath = "ukpga/1833/9"\n',
        encoding="utf-8",
    )
    assert list(load_registry(other).instruments) == ["ukpga/1833/9"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("not toml", "is not TOML"),
        ('[[instruments]]\ntitle = "Care Act 2014"\n', '"path" in Care Act 2014'),
        ('[[instruments]]\npath = "ukpga/2014/23"\n', '"title" in an instrument'),
        (
            '[[instruments]]\ntitle = "A"\nyear = 1\npath = "p/1/2"\n'
            '[[instruments]]\ntitle = "B"\nyear = 1\npath = "p/1/2"\n',
            "a path twice: p/1/2",
        ),
        ('[grounds.late]\nlabel = "Late"\n', '"description" in ground late'),
        ("[customs.x]\nafter = []\n", '"id" in custom x'),
        ('[customs.x]\nid = "ukpga/1/2/section/3"\n', "custom x belongs to no instrument"),
    ],
)
def test_a_faulty_registry_is_refused_in_a_sentence(source: str, message: str) -> None:
    with pytest.raises(StatutesError, match=re.escape(message)):
        parse_registry(source)


def test_the_file_is_in_the_package() -> None:
    assert STATUTES_FILE.name == "statutes.toml"
    assert REGISTRY.source == STATUTES_FILE.read_text(encoding="utf-8")
