import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hostile_texts import SCRIPTS
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_rows import scored_rows, write_table, write_texts
from selectolax.lexbor import LexborHTMLParser

from pipeline.report import ASSETS, page_address, write_report
from pipeline.report_data import DETAILS_IN_A_FILE, LONGEST_SENTENCE
from pipeline.report_table import ReportError, read_scored_table
from pipeline.report_words import web_link
from pipeline.scored_table import COLUMNS
from pipeline.statutes import GROUNDS

TEXT_COLUMNS = ("ref", "source", "authority", "category", "ground", "warnings", "model")


def report_of(rows: list[dict[str, Any]], folder: Path, **options: Any) -> Path:
    """Write the report of some rows and return its folder."""
    scores = write_table(rows, folder / "scores.jsonl")
    return write_report(scores, folder / "report", **options).parent


def script_data(path: Path) -> list[Any]:
    """Return the arguments of the one call in a data script."""
    found = re.fullmatch(r'"use strict";report\.\w+\((.*)\);\n', path.read_text("ascii"), re.S)
    assert found is not None
    return list(json.loads(f"[{found[1]}]"))


def parsed(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text(encoding="utf-8"))


def words_of(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    assert node is not None, selector
    return " ".join(node.text(separator=" ").split())


# ---- what is in the folder ----------------------------------------------------------------


def test_small_report_has_a_page_for_each_decision(tmp_path):
    folder = report_of(list(scored_rows(12)), tmp_path)
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {
        "index.html",
        "table.html",
        "decisions-report.txt",
        "data/table.js",
        *(f"assets/{name}" for name in ASSETS),
        *(f"decisions/0/{number}.html" for number in range(1, 13)),
    }


def test_report_without_pages_keeps_the_details_in_scripts(tmp_path):
    rows = list(scored_rows(DETAILS_IN_A_FILE + 3))
    folder = report_of(rows, tmp_path, pages=False)
    assert not (folder / "decisions").exists()
    number, first = script_data(folder / "data" / "details-0.js")
    assert (number, len(first)) == (0, DETAILS_IN_A_FILE)
    number, second = script_data(folder / "data" / "details-1.js")
    assert (number, len(second)) == (1, 3)
    [names] = script_data(folder / "data" / "names.js")
    source, provisions, grounds, evidence, warnings = second[2]
    row = rows[-1]
    assert source == row["source"]
    assert len(provisions) == len(row["provisions"].split("|"))
    assert names["grounds"][grounds[0][0]] == GROUNDS[row["ground"]].label
    assert [text for _, text, _ in evidence] == [
        item["text"] for item in json.loads(row["evidence"])
    ]
    assert warnings == [part for part in row["warnings"].split("|") if part]
    for text, href in names["provisions"]:
        assert text
        assert href.startswith("https://www.legislation.gov.uk/")


def test_long_evidence_is_cut_short_only_where_there_are_no_pages(tmp_path):
    row = next(scored_rows(1))
    sentence = "So " + "very " * 400 + "long."
    row["evidence"] = json.dumps(
        [{"section": "summary", "start": 0, "end": 5, "text": sentence, "weight": 1}]
    )
    folder = report_of([row], tmp_path, pages=False)
    _, [details] = script_data(folder / "data" / "details-0.js")
    assert len(details[3][0][1]) <= LONGEST_SENTENCE
    folder = report_of([row], tmp_path, pages=True)
    assert sentence in words_of(parsed(folder / "decisions/0/1.html"), ".evidence")


def test_table_script_holds_every_row(tmp_path):
    rows = list(scored_rows(60))
    folder = report_of(rows, tmp_path)
    [data] = script_data(folder / "data" / "table.js")
    assert data["count"] == 60
    for column in ("authority", "category", "date", "ground"):
        packed = data[column]
        assert [packed["values"][code] for code in packed["codes"]] == [r[column] for r in rows]
    assert data["names"] == [row["ref"] or Path(row["source"]).name for row in rows]
    for place, outcome in enumerate(data["outcomeValues"]):
        expected = [round(1000 * row[f"p_{outcome}"]) for row in rows]
        assert data["probabilities"][place] == expected
    outcomes = [*data["outcomeValues"], ""]
    assert [outcomes[int(digit)] for digit in data["outcome"]] == [r["outcome"] for r in rows]
    assert [outcomes[int(digit)] for digit in data["published"]] == [
        row["published_outcome"] for row in rows
    ]
    assert [digit == "1" for digit in data["review"]] == [row["review"] for row in rows]
    for digit, row in zip(data["set"], rows, strict=True):
        named = {o for bit, o in enumerate(data["outcomeValues"]) if int(digit) & (1 << bit)}
        assert named == set(row["outcome_set"].split("|"))


def test_pages_ask_the_network_for_nothing(tmp_path):
    folder = report_of(list(scored_rows(3)), tmp_path)
    for page in folder.rglob("*.html"):
        tree = parsed(page)
        policy = tree.css_first('meta[http-equiv="Content-Security-Policy"]')
        assert policy is not None
        assert "default-src 'none'" in str(policy.attributes["content"])
        loaded = [node.attributes.get("src") for node in tree.css("[src]")]
        loaded += [node.attributes.get("href") for node in tree.css("link")]
        for address in loaded:
            assert address == "data:," or (page.parent / str(address)).resolve().is_file()
    for script in [*folder.rglob("*.js"), *folder.rglob("*.css")]:
        found = set(re.findall(r"https?://[^/\"']+", script.read_text(encoding="utf-8")))
        assert found <= {"https://www.legislation.gov.uk", "http://www.w3.org"}


def test_every_link_inside_the_report_leads_somewhere(tmp_path):
    folder = report_of(list(scored_rows(5)), tmp_path)
    for page in folder.rglob("*.html"):
        for link in parsed(page).css("a[href]"):
            address = str(link.attributes["href"])
            if address.startswith(("https://", "#")):
                continue
            assert (page.parent / address.split("#")[0]).resolve().is_file(), address


def test_nothing_says_forecast(tmp_path):
    folder = report_of(list(scored_rows(3)), tmp_path)
    for path in [*folder.rglob("*.html"), *folder.glob("assets/*")]:
        assert "forecast" not in path.read_text(encoding="utf-8").lower()


# ---- what the pages say -------------------------------------------------------------------


def test_overview_counts(tmp_path):
    rows = list(scored_rows(90))
    tree = parsed(report_of(rows, tmp_path) / "index.html")
    upheld = sum(row["outcome"] == "upheld" for row in rows)
    line = words_of(tree, '.mix-table a[href="table.html#outcome=upheld"]')
    assert line == "Upheld"
    cells = [row.text(separator=" ").split() for row in tree.css(".mix-table tbody tr")]
    assert cells[2][:2] == ["Upheld", str(upheld)]
    assert [cell[-1] for cell in cells] == ["59%", "10%", "30%"]
    assert words_of(tree, '.tiles a[href="table.html#review=1"]') == str(
        sum(row["review"] for row in rows)
    )
    differ = sum(
        bool(r["published_outcome"]) and r["published_outcome"] != r["outcome"] for r in rows
    )
    assert f"See the {differ} that differ" in words_of(tree, "#published")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (None, "No list of errors was given"),
        ([], "Every input was scored."),
        (["a.txt"], "1 input could not be scored and is counted"),
        (["a.txt", "b.txt"], "2 inputs could not be scored and are counted"),
    ],
)
def test_errors_are_listed(tmp_path, lines, said):
    errors = None
    if lines is not None:
        errors = tmp_path / "errors.jsonl"
        rows = [
            {"source": s, "position": 0, "kind": "empty", "sentence": "No text."} for s in lines
        ]
        errors.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    tree = parsed(report_of(list(scored_rows(2)), tmp_path, errors=errors) / "index.html")
    assert said in words_of(tree, "#errors")
    for source in lines or []:
        assert f"{source} No text." in words_of(tree, ".errors")


def test_a_page_shows_the_row(tmp_path):
    row = {
        **next(scored_rows(1)),
        "ref": "20 011 228",
        "authority": "Thornmere District Council",
        "date": "2021-03-09",
        "outcome": "not_upheld",
        "p_closed_after_initial_enquiries": 0.004,
        "p_not_upheld": 0.556,
        "p_upheld": 0.44,
        "outcome_set": "not_upheld|upheld",
        "review": True,
        "published_outcome": "upheld",
        "warnings": "first warning|second warning",
        "provisions": "ukpga/1974/7/section/24A/6|ukpga/2014/23",
    }
    tree = parsed(report_of([row], tmp_path) / "decisions/0/1.html")
    assert words_of(tree, "h1") == "Thornmere District Council"
    assert "20 011 228" in words_of(tree, ".lead")
    assert "9 March 2021" in words_of(tree, ".lead")
    card = words_of(tree, ".card")
    assert "Closed after initial enquiries <1% Not upheld 56% Upheld 44%" in card
    assert "Possible outcomes Not upheld, Upheld Published as Upheld differs" in card
    assert [item.text() for item in tree.css(".notice li")] == ["first warning", "second warning"]
    assert "More than one outcome is possible" in words_of(tree, ".notice")
    links = [(a.text(), a.attributes["href"]) for a in tree.css(".provisions a")]
    assert links == [
        (
            "Local Government Act 1974, s 24A(6)",
            "https://www.legislation.gov.uk/ukpga/1974/7/section/24A/6",
        ),
        ("Care Act 2014", "https://www.legislation.gov.uk/ukpga/2014/23"),
    ]


def test_pages_lead_to_their_neighbours(tmp_path):
    folder = report_of(list(scored_rows(3)), tmp_path)
    turns = [
        [link.attributes["href"] for link in parsed(folder / page_address(n)).css(".turn a")]
        for n in range(3)
    ]
    to = [f"../../decisions/0/{number}.html" for number in (1, 2, 3)]
    assert turns == [[to[1]], [to[0], to[2]], [to[1]]]


def test_pages_lie_in_folders_of_a_thousand():
    assert page_address(0) == "decisions/0/1.html"
    assert page_address(999) == "decisions/0/1000.html"
    assert page_address(1000) == "decisions/1/1001.html"


def test_pages_show_the_texts_of_the_inputs(tmp_path):
    rows = list(scored_rows(20, folder=str(tmp_path / "in")))
    write_texts(rows)
    folder = report_of(rows, tmp_path, inputs=[tmp_path / "in"])
    for number, row in enumerate(rows):
        tree = parsed(folder / page_address(number))
        marked = " ".join("".join(node.text() for node in tree.css("mark")).split())
        for item in json.loads(row["evidence"]):
            assert item["text"] in marked
        assert "complaint" in words_of(tree, '.reading nav[aria-label="Sections"]').lower()
        shown = words_of(tree, ".text")
        body = re.sub(r"\s+", " ", row["text"].split("complaint", 1)[1])
        assert body[:200].strip() in shown


def test_pages_say_when_their_text_is_not_there(tmp_path):
    rows = list(scored_rows(3, folder=str(tmp_path / "in")))
    write_texts(rows[:2])
    folder = report_of(rows, tmp_path, inputs=[tmp_path / "in"])
    assert "was not among the inputs" in words_of(parsed(folder / page_address(2)), ".reading")
    assert "Texts were found for 2 of 3" in words_of(parsed(folder / "index.html"), "#reading")
    folder = report_of(rows, tmp_path)
    assert "made without the texts" in words_of(parsed(folder / page_address(0)), ".reading")


def test_texts_that_are_left_out_are_said_to_be(tmp_path):
    rows = list(scored_rows(2, folder=str(tmp_path / "in")))
    write_texts(rows)
    folder = report_of(rows, tmp_path, inputs=tmp_path / "in", pages=False)
    assert "The texts are left out" in words_of(parsed(folder / "index.html"), "#reading")


def test_a_single_input_needs_no_list(tmp_path):
    rows = list(scored_rows(2, folder=str(tmp_path / "in")))
    write_texts(rows)
    folder = report_of(rows, tmp_path, inputs=str(tmp_path / "in"))
    assert parsed(folder / page_address(0)).css(".text section")


def test_a_text_that_can_no_longer_be_read_keeps_its_page(tmp_path):
    rows = list(scored_rows(2, folder=str(tmp_path / "in")))
    write_texts(rows)
    Path(rows[1]["source"]).write_bytes(b"\x00\x01\x02")
    folder = report_of(rows, tmp_path, inputs=[tmp_path / "in"])
    assert "was not among the inputs" in words_of(parsed(folder / page_address(1)), ".reading")


def test_inputs_that_are_not_those_scored_are_refused(tmp_path):
    rows = list(scored_rows(2, folder=str(tmp_path / "in")))
    write_texts(rows)
    for row in rows:
        row["source"] = "elsewhere/" + Path(row["source"]).name
    with pytest.raises(ReportError, match="None of the scored decisions is among the inputs"):
        report_of(rows, tmp_path, inputs=[tmp_path / "in"])
    assert not (tmp_path / "report").exists()


def test_a_source_marked_for_spreadsheets_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [row] = scored_rows(1, folder="=in")
    write_texts([row])
    row["source"] = "'" + row["source"]
    folder = report_of([row], tmp_path, inputs=["=in"])
    assert parsed(folder / page_address(0)).css("mark")


# ---- the folder it is written to ----------------------------------------------------------


def test_an_earlier_report_is_replaced_whole(tmp_path):
    folder = report_of(list(scored_rows(9)), tmp_path)
    report_of(list(scored_rows(2)), tmp_path)
    assert sorted(p.name for p in (folder / "decisions" / "0").iterdir()) == ["1.html", "2.html"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report", "scores.jsonl"]


def test_a_report_that_fails_leaves_the_earlier_one(tmp_path):
    folder = report_of(list(scored_rows(2)), tmp_path)
    before = (folder / "index.html").read_bytes()
    rows = list(scored_rows(3))
    rows[2]["evidence"] = "[{"
    with pytest.raises(ReportError, match=r"Row 3 .* column evidence"):
        report_of(rows, tmp_path)
    assert (folder / "index.html").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report", "scores.jsonl"]


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "report").mkdir()
    precious = tmp_path / "report" / "thesis.docx"
    precious.write_text("years of work", encoding="utf-8")
    with pytest.raises(ReportError, match="other than an earlier report"):
        report_of(list(scored_rows(1)), tmp_path)
    assert precious.read_text(encoding="utf-8") == "years of work"


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path):
    (tmp_path / "report").write_text("a file", encoding="utf-8")
    with pytest.raises(ReportError, match="is a file"):
        report_of(list(scored_rows(1)), tmp_path)


# ---- hostile texts ------------------------------------------------------------------------


def active_content(tree: LexborHTMLParser) -> list[str]:
    """Return everything on a page that could run, but the report's own script files."""
    found = []
    for node in tree.css("*"):
        attributes = {name: value or "" for name, value in node.attributes.items()}
        found += [f"{node.tag} {name}" for name in attributes if name.startswith("on")]
        found += [f"{node.tag} style" for name in attributes if name == "style"]
        for name in ("href", "src", "action", "formaction"):
            address = attributes.get(name, "")
            scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", address, re.IGNORECASE)
            if scheme and scheme[1].lower() not in ("https", "data"):
                found.append(address)
        if node.tag in ("iframe", "object", "embed", "base", "style", "img"):
            found.append(node.tag)
        if node.tag == "script" and (node.text() or "assets/" not in attributes.get("src", "")):
            found.append(f"script {attributes}")
    return [item for item in found if item != "script {'src': 'data/table.js', 'defer': ''}"]


def hostile_row(text: str, source: str) -> dict[str, Any]:
    row = next(scored_rows(1))
    evidence = [{"section": text, "start": 0, "end": 9, "text": text, "weight": 1.0}]
    plain = text.replace("|", " ")
    return {
        **row,
        **dict.fromkeys(TEXT_COLUMNS, plain),
        "source": source,
        "grounds": plain,
        "ground_probabilities": f"{plain}=0.9",
        "provisions": plain,
        "evidence": json.dumps(evidence),
    }


@pytest.mark.parametrize("text", SCRIPTS)
def test_hostile_texts_stay_texts(tmp_path, text):
    source = str(tmp_path / "in" / "0.txt")
    row = hostile_row(text, source)
    body = f"The complaint\n{text}\nMr X complains about his bin. {text}\nFinal decision\n{text}"
    write_texts([{"source": source, "text": body}])
    errors = tmp_path / "errors.jsonl"
    line = {"source": text, "position": 0, "kind": text, "sentence": text}
    errors.write_text(json.dumps(line), encoding="utf-8")
    folders = [
        report_of([row], tmp_path, pages=True, errors=errors, title=text),
        report_of([row], tmp_path, pages=False, errors=errors, title=text),
    ]
    for folder in folders:
        for page in folder.rglob("*.html"):
            raw = page.read_text(encoding="utf-8")
            assert active_content(LexborHTMLParser(raw)) == []
            assert "\x00" not in raw
        for script in folder.glob("data/*.js"):
            assert script.read_bytes().isascii()


def test_hostile_texts_are_shown_as_they_are(tmp_path):
    text = SCRIPTS[0]
    folder = report_of([hostile_row(text, "0.txt")], tmp_path)
    tree = parsed(folder / "decisions/0/1.html")
    assert words_of(tree, "h1") == text
    assert words_of(tree, ".evidence p") == text
    assert words_of(tree, ".provisions li") == text
    assert not tree.css(".provisions a")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=8, max_size=8))
def test_any_text_can_stand_in_any_cell(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("any")
    rows = [hostile_row(text, f"{number}.txt") for number, text in enumerate(texts)]
    report = report_of(rows, folder)
    for page in report.rglob("*.html"):
        assert active_content(parsed(page)) == []
    [data] = script_data(report / "data" / "table.js")
    assert data["count"] == 8


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.example.org/decisions/20-011-228", True),
        ("http://www.example.org", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
    ],
)
def test_only_web_addresses_become_links(address, shown):
    assert web_link(address) == (address if shown else "")


# ---- bad tables ---------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_the_three_formats_read_the_same(tmp_path, suffix):
    rows = list(scored_rows(40))
    table = read_scored_table(write_table(rows, tmp_path / f"scores{suffix}"))
    expected = read_scored_table(write_table(rows, tmp_path / "other.jsonl"))
    pd.testing.assert_frame_equal(table, expected)
    assert list(table.columns) == list(COLUMNS)
    assert table["review"].tolist() == [row["review"] for row in rows]


def test_other_columns_are_ignored(tmp_path):
    row = next(scored_rows(1))
    path = tmp_path / "scores.jsonl"
    path.write_text(json.dumps({**row, "remark": "mine"}), encoding="utf-8")
    assert list(read_scored_table(path).columns) == list(COLUMNS)


def broken(**changes: Any) -> list[dict[str, Any]]:
    rows = list(scored_rows(3))
    rows[1].update(changes)
    return rows


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"outcome": "Upheld"}, 'row 2 has "Upheld", which is none of the three outcomes'),
        ({"outcome": ""}, "row 2 .* column outcome"),
        ({"published_outcome": "maybe"}, "row 2 .* column published_outcome"),
        ({"p_upheld": 1.2}, "row 2 .* no probability from 0 to 1"),
        ({"p_upheld": "often"}, 'row 2 has "often"'),
        ({"p_not_upheld": None}, "row 2 .* column p_not_upheld"),
        ({"review": "perhaps"}, "row 2 .* neither true nor false"),
        ({"sections": "summary"}, "Row 2 .* column sections"),
        ({"sections": "summary:0"}, "Row 2 .* column sections"),
        ({"ground_probabilities": "late"}, "Row 2 .* column ground_probabilities"),
        ({"evidence": "{"}, "Row 2 .* column evidence"),
        ({"evidence": '[{"text": "x"}]'}, "Row 2 .* column evidence"),
        ({"evidence": "[1]"}, "Row 2 .* column evidence"),
    ],
)
def test_a_bad_cell_is_named(tmp_path, changes, sentence):
    with pytest.raises(ReportError, match=sentence):
        report_of(broken(**changes), tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("scores.csv", b"a,b\n1,2\n", "lacks the columns ref, source"),
        ("scores.csv", b"", "cannot be read as a table"),
        ("scores.csv", b"\xff\xfe\x00", "cannot be read as a table"),
        ("scores.parquet", b"PAR1 not really", "cannot be read as a table"),
        ("scores.jsonl", b'{"ref": ', "cannot be read as a table"),
        ("scores.jsonl", b"[1, 2]\n", "cannot be read as a table"),
        ("scores.jsonl", b"", "lacks the columns"),
        ("scores.xlsx", b"PK", "must end in .csv, .parquet or .jsonl"),
    ],
)
def test_a_file_that_is_no_scored_table_is_refused(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        write_report(path, tmp_path / "report")


def test_a_table_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReportError, match=r"There is no file .*scores.csv"):
        write_report(tmp_path / "scores.csv", tmp_path / "report")


def test_one_missing_column_is_named(tmp_path):
    row = next(scored_rows(1))
    row.pop("evidence")
    path = tmp_path / "scores.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(ReportError, match=r"lacks the column evidence\."):
        read_scored_table(path)


def test_a_table_without_rows_is_refused(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(",".join(COLUMNS), encoding="utf-8")
    with pytest.raises(ReportError, match="has no rows"):
        read_scored_table(path)


@pytest.mark.parametrize("content", ["{", '{"source": "a"}', "[1]", '"text"'])
def test_a_bad_list_of_errors_is_refused(tmp_path, content):
    errors = tmp_path / "errors.jsonl"
    errors.write_text(content, encoding="utf-8")
    with pytest.raises(ReportError, match="not a list of scoring errors"):
        report_of(list(scored_rows(1)), tmp_path, errors=errors)
