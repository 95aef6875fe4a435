"""Every item of every input is one Decision or one Problem; nothing is lost or raised."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.decision import Decision, Problem
from pipeline.decoding import MAX_CHARACTERS, MAX_PAGE_BYTES, UnreadableError, normalise
from pipeline.header import without
from pipeline.reading import read_decisions, read_html, read_path, read_text

EXAMPLES = Path(__file__).parents[1] / "corpus" / "examples"
HEADER = (
    "Marlbrook Council (20 011 228)\nCategory : Housing > Allocations\n"
    "Decision : Upheld\nDecision date : 30 Mar 2021\n"
)
BODY = (
    "The Ombudsman's final decision:\nSummary: The Council lost Mr X’s form. That was fault.\n\n"
    "The complaint\n\n  1. Mr X complains that the Council lost his £5 form – twice.\n"
)
PAGE = HEADER + BODY
HTML = (
    '<html><body><article id="article"><h1>Marlbrook Council (20 011 228)</h1>'
    '<div class="label">Decision :</div><div class="value">Upheld</div>'
    "<p>Summary: The Council lost Mr X’s form. That was fault.</p>"
    "<h2>The complaint</h2><ol><li>Mr X complains.</li></ol></article></body></html>"
)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only_problem(inputs: Iterable[str | Path] | Path, stdin: bytes | None = None) -> Problem:
    """The one problem that reading gives, and nothing else."""
    inputs = [inputs] if isinstance(inputs, Path) else inputs
    found = list(read_decisions(inputs, stdin=None if stdin is None else io.BytesIO(stdin)))
    assert len(found) == 1, found
    assert isinstance(found[0], Problem)
    assert_sentence(found[0])
    return found[0]


def assert_sentence(problem: Problem) -> None:
    """A sentence fit for an analyst: one printable line that says what to do."""
    assert problem.sentence.isprintable()
    assert len(problem.sentence) < 400
    assert problem.sentence.endswith(".")
    assert ":" in problem.sentence
    assert "Traceback" not in problem.sentence
    assert "Error" not in problem.sentence


# --- what is read ----------------------------------------------------------------------


def test_the_examples_are_five_unlabelled_decisions() -> None:
    found = read_path(EXAMPLES)
    assert [type(item) for item in found] == [Decision] * 5
    suffixes = [Path(item.source.split(":row")[0]).suffix for item in found]
    assert sorted(suffixes) == [".csv", ".html", ".jsonl", ".parquet", ".txt"]
    for item in found:
        assert isinstance(item, Decision)
        assert item.outcome is None
        assert all((item.ref, item.authority, item.category, item.subcategory, item.date))
        assert item.text.count("The complaint\n") == 1
        assert item.authority not in item.text


def test_one_text() -> None:
    decision = read_text(PAGE, "pasted")
    assert decision == Decision(
        text=BODY,
        ref="20 011 228",
        authority="Marlbrook Council",
        category="Housing",
        subcategory="Allocations",
        date="2021-03-30",
        outcome="upheld",
        source="pasted",
        cuts=((0, len(HEADER)),),
    )
    assert without(PAGE, decision.cuts) == BODY


def test_a_text_that_is_html_is_read_as_a_page(tmp_path: Path) -> None:
    assert read_text(HTML) == read_html(HTML)
    named_text = read_path(write(tmp_path / "a.txt", HTML))[0]
    named_html = read_path(write(tmp_path / "a.html", HTML))[0]
    assert isinstance(named_text, Decision)
    assert isinstance(named_html, Decision)
    assert named_text.text == named_html.text == read_html(HTML).text
    plain = read_path(write(tmp_path / "b.html", PAGE))[0]
    assert isinstance(plain, Decision)
    assert plain.text == BODY


@pytest.mark.parametrize(
    "data",
    [
        PAGE.encode(),
        b"\xef\xbb\xbf" + PAGE.encode(),
        PAGE.encode("cp1252"),
        b"\xff\xfe" + PAGE.encode("utf-16-le"),
        b"\xfe\xff" + PAGE.encode("utf-16-be"),
        PAGE.replace("\n", "\r\n").encode(),
        PAGE.replace("\n", "\r").encode(),
        PAGE.encode().decode("cp1252").encode(),
        PAGE.encode()[:-1] + b"\n\xe2\x80",
        PAGE.encode().replace("’".encode(), "’".encode("cp1252")),
    ],
    ids=[
        "utf-8",
        "utf-8 with mark",
        "cp1252",
        "utf-16-le",
        "utf-16-be",
        "windows lines",
        "old mac lines",
        "utf-8 once taken for cp1252",
        "cut off within a sign",
        "utf-8 and cp1252 mixed",
    ],
)
def test_encodings(tmp_path: Path, data: bytes) -> None:
    (decision,) = read_path(write(tmp_path / "page.txt", data))
    assert isinstance(decision, Decision), decision
    assert decision.text == BODY


def test_rows_of_each_kind_of_table_are_the_same_decision(tmp_path: Path) -> None:
    rows = [
        {"Ref": "20 011 228", "Decision text": PAGE},
        {"Ref": "20 011 229b", "Decision text": PAGE},
    ]
    frame = pd.DataFrame(rows)
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_csv(tmp_path / "semicolons.csv", index=False, sep=";")
    frame.to_csv(tmp_path / "excel.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    frame.to_csv(tmp_path / "old.csv", index=False, encoding="cp1252")
    frame.to_csv(tmp_path / "wide.csv", index=False, encoding="utf-16")
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_parquet(tmp_path / "small-groups.parquet", row_group_size=1)
    lines = [json.dumps(row) for row in rows]
    write(tmp_path / "t.jsonl", "\n".join(lines))
    write(tmp_path / "spaced.jsonl", "\ufeff" + "\r\n\r\n".join(lines) + "\r\n\n")
    write(tmp_path / "wide.jsonl", b"\xff\xfe" + "\n".join(lines).encode("utf-16-le"))
    for path in sorted(tmp_path.iterdir()):
        found = read_path(path)
        assert [item.source.removeprefix(str(path)) for item in found] == (
            [":row 1", ":row 3"] if path.name == "spaced.jsonl" else [":row 1", ":row 2"]
        )
        for item, ref in zip(found, ["20 011 228", "20 011 229b"], strict=True):
            assert isinstance(item, Decision), (path, item)
            assert (item.text, item.ref, item.outcome) == (BODY, ref, "upheld"), path


def test_a_line_end_of_two_bytes_is_found_at_even_places_only(tmp_path: Path) -> None:
    text = BODY + "\u0a05\u0100"
    rows = [json.dumps({"text": text}, ensure_ascii=False)] * 2
    path = write(tmp_path / "a.jsonl", b"\xff\xfe" + "\n".join(rows).encode("utf-16-le"))
    found = read_path(path)
    assert [item.text for item in found if isinstance(item, Decision)] == [text, text]


def row_of(tmp_path: Path, **columns: object) -> Decision:
    path = write(tmp_path / "row.jsonl", json.dumps(columns))
    (decision,) = read_path(path)
    assert isinstance(decision, Decision), decision
    return decision


def test_the_columns_of_a_row_win_over_its_header(tmp_path: Path) -> None:
    decision = row_of(
        tmp_path,
        CONTENT=PAGE,
        reference="24-001-411a",
        organisation="Pell Council",
        Category="Education",
        decision_date="09-Nov-2020",
        outcome="Not upheld",
        link="https://example.org/x",
    )
    assert (decision.ref, decision.authority) == ("24 001 411a", "Pell Council")
    assert (decision.category, decision.date) == ("Education", "2020-11-09")
    assert (decision.outcome, decision.url) == ("not_upheld", "https://example.org/x")
    assert decision.text == BODY


def test_empty_columns_leave_the_header_of_the_text(tmp_path: Path) -> None:
    decision = row_of(tmp_path, text=PAGE, ref="", authority=None, outcome="", date=None)
    assert (decision.ref, decision.authority) == ("20 011 228", "Marlbrook Council")
    assert (decision.outcome, decision.date) == ("upheld", "2021-03-30")


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("Upheld", "upheld"),
        ("not_upheld", "not_upheld"),
        ("closed_after_initial_enquiries", "closed_after_initial_enquiries"),
        ("CLOSED AFTER INITIAL ENQUIRIES", "closed_after_initial_enquiries"),
        ("Partly upheld", None),
        ("banana", None),
        (3, None),
    ],
)
def test_published_outcomes_of_rows(tmp_path: Path, given: object, outcome: str | None) -> None:
    assert row_of(tmp_path, text=PAGE, outcome=given).outcome == outcome


def test_address_of_a_row(tmp_path: Path) -> None:
    url = (
        "https://www.lgo.org.uk/decisions/children-s-care-services/looked-after-children/20-011-230"
    )
    decision = row_of(tmp_path, text=BODY, url=url)
    assert (decision.ref, decision.url) == ("20 011 230", url)
    assert (decision.category, decision.subcategory) == (
        "Children's care services",
        "Looked after children",
    )


def test_html_column(tmp_path: Path) -> None:
    assert row_of(tmp_path, html=HTML).text == read_html(HTML).text
    assert row_of(tmp_path, text=HTML).text == read_html(HTML).text
    assert row_of(tmp_path, html=PAGE).text == BODY


def test_types_of_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "ref": [20011228, 20011229],
            "date": [datetime.datetime(2021, 3, 30, 12), pd.Timestamp("2021-03-31")],
            "text": pd.Categorical([BODY, BODY + "More."]),
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    first, second = read_path(tmp_path / "t.parquet")
    assert isinstance(first, Decision)
    assert isinstance(second, Decision)
    assert (first.ref, first.date, first.text) == ("20 011 228", "2021-03-30", BODY)
    assert (second.ref, second.date) == ("20 011 229", "2021-03-31")


def test_folder_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.htm", "C.TXT", ".hidden.txt", ".git/x.txt"):
        write(tmp_path / name, HTML if name.endswith("htm") else PAGE)
    write(tmp_path / "b.html", HTML)
    write(tmp_path / "b_files/style.css", "p { color: red }")
    write(tmp_path / "Thumbs.db", b"\0")
    write(tmp_path / "a/notes.docx", b"PK\x03\x04word/")
    found = read_path(tmp_path)
    names = [str(Path(item.source).relative_to(tmp_path)) for item in found]
    assert names == ["C.TXT", "a/b/c.htm", "a/notes.docx", "a/z.txt", "b.html", "b.txt"]
    assert [item.kind for item in found if isinstance(item, Problem)] == ["unsupported"]


def test_positions_count_over_all_inputs(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", PAGE)
    write(tmp_path / "b.jsonl", "\n".join([json.dumps({"text": PAGE}), "{", json.dumps({"x": 1})]))
    write(tmp_path / "c.txt", "")
    found = list(
        read_decisions([tmp_path / "a.txt", tmp_path / "b.jsonl", tmp_path / "c.txt", "no"])
    )
    assert [type(item).__name__[0] for item in found] == list("DDPPPP")
    places = [(at, item.position) for at, item in enumerate(found) if isinstance(item, Problem)]
    assert [at for at, _ in places] == [position for _, position in places] == [2, 3, 4, 5]


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path / "in/a.txt", PAGE)
    (tmp_path / "in/up").symlink_to(tmp_path)
    (tmp_path / "in/self.txt").symlink_to("self.txt")
    (tmp_path / "in/gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "other").symlink_to(tmp_path / "in")
    found = read_path(tmp_path)
    assert sum(isinstance(item, Decision) for item in found) == 1
    assert sorted(item.kind for item in found if isinstance(item, Problem)) == ["missing", "system"]


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_zip(tmp_path: Path) -> None:
    frame = io.BytesIO()
    pd.DataFrame({"text": [PAGE]}).to_parquet(frame)
    path = zipped(
        tmp_path / "all.zip",
        {
            "b.txt": PAGE,
            "a/x.html": HTML,
            "t.jsonl": json.dumps({"text": PAGE}),
            "t.csv": f'text\n"{PAGE}"\n',
            "t.parquet": frame.getvalue(),
            "__MACOSX/b.txt": b"\0",
            ".hidden/b.txt": PAGE,
        },
    )
    found = read_path(path)
    assert [item.source.removeprefix(f"{path}!") for item in found] == [
        "a/x.html",
        "b.txt",
        "t.csv:row 1",
        "t.jsonl:row 1",
        "t.parquet:row 1",
    ]
    assert all(isinstance(item, Decision) for item in found)


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (PAGE.encode(), "-"),
        (HTML.encode(), "-"),
        (b"\xef\xbb\xbf" + PAGE.encode("utf-8"), "-"),
        (json.dumps({"text": PAGE}).encode(), "-:row 1"),
        (f'\n  {{"text": {json.dumps(PAGE)}}}'.encode(), "-:row 2"),
        (b"\xff\xfe" + json.dumps({"text": PAGE}).encode("utf-16-le"), "-:row 1"),
    ],
)
def test_standard_input(data: bytes, source: str) -> None:
    (decision,) = read_decisions(["-"], stdin=io.BytesIO(data))
    assert isinstance(decision, Decision)
    assert decision.source == source
    assert decision.text.startswith(("The Ombudsman's final decision:", "Summary:"))


def test_reading_is_lazy(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", PAGE)
    stream = read_decisions([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert isinstance(next(stream), Decision)
    write(tmp_path / "b.txt", PAGE)
    assert isinstance(next(stream), Decision)


def test_a_long_table_is_not_held_in_memory() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            block = super().read(size)
            self.taken += len(block)
            return block

    stream = Counting("".join(json.dumps({"text": PAGE}) + "\n" for _ in range(2_000)).encode())
    rows = read_decisions(["-"], stdin=stream)
    next(rows)
    assert stream.taken < 300_000
    assert sum(1 for _ in rows) == 1_999


# --- bad input -------------------------------------------------------------------------

LISTING = (
    "Decisions\nYour search has 1,204 results\n\n"
    "Marlbrook Council (20 011 228)\nCategory : Housing > Other\nDecision : Upheld\n"
    "Summary: The Council lost a form.\n\nPell Council (20 011 229)\nCategory : Housing > Other\n"
    "Decision : Not upheld\nSummary: The Council did not lose a form.\n"
)
PYTHON = '''import re
from pathlib import Path

def decision(council: str, complaint: str) -> str:
    """Return the Ombudsman's decision: fault, injustice, remedy."""
    fault = re.search("fault", complaint)
    if fault:
        return "upheld"
    return "not upheld"

class Council:
    def investigate(self):
        return self.complaints[0]
'''
BAD_FILES: dict[str, tuple[str, str | bytes, str]] = {
    "empty text": ("a.txt", "", "empty"),
    "blank text": ("a.txt", " \n\t\r\n \ufeff", "empty"),
    "only a byte order mark": ("a.txt", b"\xef\xbb\xbf", "empty"),
    "empty page": ("a.html", "", "empty"),
    "page without a word": ("a.html", "<html><body><img src=x></body></html>", "empty"),
    "header without text": ("a.txt", HEADER, "empty"),
    "few words": ("a.txt", HEADER + "Summary: see below.", "too_short"),
    "binary": ("a.txt", bytes(range(256)) * 20, "binary"),
    "nul bytes": ("a.txt", PAGE.encode() + b"\0", "binary"),
    "wide text without a mark": ("a.txt", PAGE.encode("utf-16-le"), "binary"),
    "noise": ("a.txt", b"\x81\x8d\x90 word" * 200, "encoding"),
    "pdf": ("a.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "wrong_type"),
    "pdf with blank lines before": ("a.txt", b"\n\n%PDF-1.7\n", "wrong_type"),
    "zip named text": ("a.txt", b"PK\x03\x04\x14\0\0\0\x08\0a.txt", "wrong_type"),
    "word named text": ("a.txt", b"PK\x03\x04\x14\0\0\0\x08\0word/document.xml", "wrong_type"),
    "excel named html": ("a.html", b"PK\x03\x04\x14\0\0\0\x08\0xl/workbook.xml", "wrong_type"),
    "old word": ("a.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50, "wrong_type"),
    "rich text": ("a.txt", b"{\\rtf1\\ansi The complaint}", "wrong_type"),
    "picture": ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "wrong_type"),
    "parquet named text": ("a.txt", b"PAR1\x15\x04", "wrong_type"),
    "parquet named csv": ("a.csv", b"PAR1\x15\x04", "wrong_type"),
    "json named text": ("a.txt", json.dumps({"text": PAGE}), "wrong_type"),
    "csv named text": ("a.txt", f'ref,Text\n1,"{PAGE}"\n', "wrong_type"),
    "page named jsonl": ("a.jsonl", HTML, "wrong_type"),
    "page named csv": ("a.csv", HTML, "wrong_type"),
    "listing": ("a.txt", LISTING, "listing"),
    "listing in one line": ("a.txt", " ".join(LISTING.split()[5:]), "listing"),
    "two whole decisions": ("a.txt", PAGE + PAGE.replace("228", "229"), "listing"),
    "shopping list": (
        "a.txt",
        "Milk, eggs, two loaves\nwashing powder\nbananas\nbin bags\n",
        "no_decision",
    ),
    "program": ("a.txt", PYTHON, "no_decision"),
    "another language": (
        "a.txt",
        "Chers amis, nous serons ravis de vous voir samedi prochain à la maison.",
        "no_decision",
    ),
    "long text": ("a.txt", "The complaint about the council was late. " * 30_000, "too_long"),
    "no suffix": ("a", PAGE, "unsupported"),
    "word": ("a.docx", b"PK\x03\x04word/", "unsupported"),
    "pdf by name": ("a.pdf", b"%PDF-1.7", "unsupported"),
    "odd suffix": ("a.\x01\x1b[2J" + "x" * 150, PAGE, "unsupported"),
    "csv without text": (
        "a.csv",
        "ref,outcome\n20 011 228,Upheld\n20 011 229,Upheld\n",
        "no_text_column",
    ),
    "csv without header": ("a.csv", f'"{PAGE}"\n', "no_text_column"),
    "empty csv": ("a.csv", "", "empty"),
    "blank csv": ("a.csv", "\n\n", "empty"),
    "csv without rows": ("a.csv", "ref,text\n", "empty"),
    "binary csv": ("a.csv", b"\0\1\2\3,\n\0", "binary"),
    "unclosed quotation mark": (
        "a.csv",
        'ref,text\n1,"' + "x" * (MAX_PAGE_BYTES + 10),
        "malformed",
    ),
    "empty jsonl": ("a.jsonl", "", "empty"),
    "blank jsonl": ("a.jsonl", "\n \n", "empty"),
    "binary jsonl": ("a.jsonl", b"\0\1\2\n\0\n\0\n", "binary"),
    "json over several lines": ("a.jsonl", json.dumps([{"text": PAGE}], indent=1), "malformed"),
    "empty parquet": ("a.parquet", "", "empty"),
    "broken parquet": ("a.parquet", b"PAR1" + b"x" * 100 + b"PAR1", "malformed"),
    "text named parquet": ("a.parquet", PAGE, "malformed"),
    "pdf named parquet": ("a.parquet", b"%PDF-1.7", "wrong_type"),
    "text named zip": ("a.zip", PAGE, "malformed"),
    "empty zip": ("a.zip", b"PK\x05\x06" + b"\0" * 18, "nothing_readable"),
    "deep tags": ("a.html", "<div>" * 100_000, "malformed"),
}


@pytest.mark.parametrize(("name", "content", "kind"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_bad_files(tmp_path: Path, name: str, content: str | bytes, kind: str) -> None:
    problem = only_problem(write(tmp_path / name, content))
    assert problem.kind == kind, problem.sentence
    assert problem.source == str(tmp_path / name)
    assert problem.position == 0


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("empty", b""),
        ("empty", b"\n"),
        ("binary", b"abc\0"),
        ("wrong_type", b"%PDF-1.4"),
        ("wrong_type", f'ref;text\n1;"{PAGE}"\n'.encode()),
        ("listing", LISTING.encode()),
        ("too_long", b"complaint about fault\n" * 600_000),
    ],
)
def test_bad_standard_input(kind: str, data: bytes) -> None:
    problem = only_problem(["-"], stdin=data)
    assert (problem.kind, problem.source) == (kind, "-")
    assert "standard input" in problem.sentence


def test_a_20_mb_text_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(20_000_000)
    assert only_problem(path).kind == "too_long"


def test_the_longest_text_that_is_taken() -> None:
    text = BODY + "x" * (MAX_CHARACTERS - len(BODY))
    assert len(read_text(text).text) > MAX_CHARACTERS - 10
    with pytest.raises(UnreadableError, match="longer than any decision"):
        read_text(text + "x")


def test_missing_path(tmp_path: Path) -> None:
    assert only_problem(tmp_path / "no.txt").kind == "missing"
    assert only_problem(["\0"]).kind == "system"
    assert only_problem([""]).kind == "missing"


def test_a_long_path_with_control_signs_is_shown_short(tmp_path: Path) -> None:
    problem = only_problem([str(tmp_path / ("x" * 100 + "\n\x1b[31m" + "y" * 100 + ".txt"))])
    assert "\x1b" not in problem.sentence
    assert "..." in problem.sentence


def test_folder_with_nothing_readable(tmp_path: Path) -> None:
    assert only_problem(tmp_path).kind == "nothing_readable"
    write(tmp_path / ".hidden.txt", PAGE)
    write(tmp_path / "a/b.docx", b"x")
    assert only_problem(tmp_path).kind == "nothing_readable"


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt", PAGE)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert only_problem(path).kind == "no_permission"


def test_a_file_that_vanishes_before_it_is_opened(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", PAGE)
    write(tmp_path / "b.txt", PAGE)
    stream = read_decisions([tmp_path])
    next(stream)
    (tmp_path / "b.txt").unlink()
    (problem,) = stream
    assert isinstance(problem, Problem)
    assert problem.kind == "missing"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a matter of Unix")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert only_problem(tmp_path / "pipe.txt").kind == "not_a_file"


def test_broken_lines_cost_themselves_only(tmp_path: Path) -> None:
    good = json.dumps({"text": PAGE})
    lines = {
        "good": good,
        "cut off": '{"text": "The compl',
        "no object": "[1, 2]",
        "number": "17",
        "number as text": '{"text": 17}',
        "list as text": '{"text": ["The complaint"]}',
        "null": '{"text": null}',
        "no text": '{"ref": "20 011 228", "decision": "Upheld"}',
        "deep": "[" * 100_000,
        "long number": '{"text": ' + "9" * 5000 + "}",
        "not a number": '{"text": NaN}',
        "lone surrogate": json.dumps({"text": PAGE + "\ud800"}),
        "nul": json.dumps({"text": PAGE + "\0"}),
        "listing": json.dumps({"text": LISTING}),
        "long": json.dumps({"text": "complaint " * (MAX_CHARACTERS // 9)}),
        "endless": '{"text": "' + "x" * (MAX_PAGE_BYTES + 100_000) + '"}',
        "last": good,
    }
    found = read_path(write(tmp_path / "a.jsonl", "\n".join(lines.values())))
    kinds = [item.kind if isinstance(item, Problem) else "decision" for item in found]
    assert dict(zip(lines, kinds, strict=True)) == {
        "good": "decision",
        "cut off": "malformed",
        "no object": "malformed",
        "number": "malformed",
        "number as text": "not_text",
        "list as text": "not_text",
        "null": "empty",
        "no text": "no_text_column",
        "deep": "malformed",
        "long number": "malformed",
        "not a number": "not_text",
        "lone surrogate": "decision",
        "nul": "binary",
        "listing": "listing",
        "long": "too_long",
        "endless": "too_long",
        "last": "decision",
    }
    for number, item in enumerate(found, start=1):
        assert item.source == f"{tmp_path / 'a.jsonl'}:row {number}"
        if isinstance(item, Problem):
            assert_sentence(item)
        else:
            item.text.encode()


def test_ragged_rows_cost_themselves_only(tmp_path: Path) -> None:
    quoted = '"' + PAGE.replace('"', '""') + '"'
    rows = [
        "ref,text,note",
        f"1,{quoted},x",
        "2,The complaint, unquoted, with commas,x",
        "3",
        "",
        f"4,{quoted},x,,",
        "5,,x",
        f"6,{quoted[:-1]}\0{quoted[-1]},x",
        f"7,{quoted},x",
    ]
    found = read_path(write(tmp_path / "a.csv", "\n".join(rows)))
    kinds = [item.kind if isinstance(item, Problem) else "decision" for item in found]
    assert kinds == ["decision", "ragged", "ragged", "decision", "empty", "binary", "decision"]
    assert [item.source.rsplit(" ")[-1] for item in found] == list("1234567")


@pytest.mark.parametrize(("name", "start"), [("a.csv", b"ref,text\n"), ("a.jsonl", b'{"text": "')])
def test_one_endless_line_does_not_fill_the_memory(tmp_path: Path, name: str, start: bytes) -> None:
    path = write(tmp_path / name, start + b"x" * 8 * MAX_PAGE_BYTES)
    tracemalloc.start()
    try:
        problem = only_problem(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert problem.kind in ("malformed", "too_long")
    # The csv module holds a cell as four bytes a sign, and doubles as it grows.
    assert peak < 10 * MAX_PAGE_BYTES


def test_wrong_types_in_parquet(tmp_path: Path) -> None:
    pd.DataFrame({"text": [b"The complaint", None]}).to_parquet(tmp_path / "bytes.parquet")
    pd.DataFrame({"text": [[1], [2, 3]]}).to_parquet(tmp_path / "lists.parquet")
    pd.DataFrame({"ref": ["x"]}).to_parquet(tmp_path / "none.parquet")
    pd.DataFrame({"text": pd.Series([], dtype="string")}).to_parquet(tmp_path / "zero.parquet")
    kinds = {
        path.stem: [item.kind for item in read_path(path) if isinstance(item, Problem)]
        for path in tmp_path.iterdir()
    }
    assert kinds == {
        "bytes": ["not_text", "empty"],
        "lists": ["not_text", "not_text"],
        "none": ["no_text_column"],
        "zero": ["empty"],
    }


def test_a_parquet_table_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [PAGE + str(number) * 500 for number in range(300)]
    pd.DataFrame({"text": texts}).to_parquet(path, row_group_size=50, compression="snappy")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2_000] = b"\xff" * 2_000
    found = read_path(write(path, bytes(data)))
    assert isinstance(found[0], Decision)
    assert isinstance(found[-1], Problem)
    assert found[-1].kind in ("malformed", "binary", "encoding")


def test_bad_archives(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.txt": PAGE}).read_bytes()
    path = zipped(
        tmp_path / "bad.zip",
        {
            "/etc/a.txt": PAGE,
            "../a.txt": PAGE,
            "b/../../a.txt": PAGE,
            "c:\\a.txt": PAGE,
            "d.docx": b"x",
            "e.zip": inner,
            "f.txt": b" " * 5_000_000,
            "g.jsonl": b"\n" * 30_000_000,
            "h.txt": os.urandom(MAX_PAGE_BYTES + 1),
            "i.txt": "",
            "j.txt": PAGE,
        },
    )
    found = read_path(path)
    for item in found:
        assert item.source.startswith(f"{path}!")
        if isinstance(item, Problem):
            assert_sentence(item)
    assert [item.kind if isinstance(item, Problem) else "decision" for item in found] == [
        *["unsafe_path"] * 2,
        "unsafe_path",
        "unsafe_path",
        "unsupported",
        "unsupported",
        "bomb",
        "bomb",
        "too_long",
        "empty",
        "decision",
    ]
    assert not (tmp_path.parent / "a.txt").exists()


def test_damaged_locked_and_linked_members(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "a.zip", {"a.txt": PAGE * 3}).read_bytes())
    damaged = data.copy()
    damaged[60:70] = b"\xff" * 10
    assert only_problem(write(tmp_path / "damaged.zip", bytes(damaged))).kind == "malformed"
    locked = data.copy()
    locked[data.index(b"PK\x01\x02") + 8] |= 1
    assert only_problem(write(tmp_path / "locked.zip", bytes(locked))).kind == "locked"
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert only_problem(tmp_path / "link.zip").kind == "unsafe_path"
    assert only_problem(write(tmp_path / "cut.zip", bytes(data[:-30]))).kind == "malformed"


def test_an_archive_that_lies_about_a_size(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "a.zip", {"a.txt": b" " * 9_000_000}).read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (100).to_bytes(4, "little")
    problem = only_problem(write(tmp_path / "lie.zip", bytes(data)))
    assert problem.kind in ("bomb", "malformed", "empty")


def test_problems_of_one_text_are_raised_as_value_errors() -> None:
    with pytest.raises(ValueError, match="the text is empty"):
        read_text("")
    with pytest.raises(UnreadableError) as caught:
        read_text(LISTING)
    assert caught.value.kind == "listing"


@pytest.mark.parametrize("end", [60, 120, 200, len(BODY)])
def test_a_decision_cut_off_early_passes(end: int) -> None:
    assert read_text(BODY[:end]).text
    assert read_text(" ".join(BODY[:end].split())).text


@pytest.mark.parametrize(
    "sign", [" ", "* ", "# ", "\xa0", "x", "(", "Category : ", "decision:", "a=", "- "]
)
def test_a_line_of_many_signs_takes_no_longer_than_its_length(sign: str) -> None:
    line = sign * (400_000 // len(sign))
    for text in (line, f"Marlbrook Council (20 011 228) {line}", f"The complaint\n{line}\n{BODY}"):
        try:
            assert len(read_text(text).text) <= len(text)
        except UnreadableError as error:
            assert error.kind in ("empty", "too_short", "no_decision")  # noqa: PT017


# --- properties ------------------------------------------------------------------------

mutations = st.lists(
    st.tuples(st.integers(0, len(PAGE)), st.binary(max_size=6), st.integers(0, 40)), max_size=6
)


def mutated(data: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    for at, inserted, removed in changes:
        data = data[:at] + inserted + data[at + removed :]
    return data


@given(
    content=st.one_of(
        st.binary(max_size=400),
        mutations.map(lambda changes: mutated(PAGE.encode(), changes)),
        mutations.map(lambda changes: mutated(HTML.encode(), changes)),
        mutations.map(lambda changes: mutated(json.dumps({"text": PAGE}).encode(), changes)),
        mutations.map(lambda changes: mutated(f'ref,text\n1,"{PAGE}"\n'.encode(), changes)),
        mutations.map(lambda changes: mutated(PARQUET, changes)),
        mutations.map(lambda changes: mutated(ARCHIVE, changes)),
    ),
    suffix=st.sampled_from([".txt", ".html", ".jsonl", ".csv", ".parquet", ".zip", "-"]),
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_decisions_or_problems(content: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / f"a{suffix}", content)
        inputs = ["-"] if suffix == "-" else [path]
        found = list(read_decisions(inputs, stdin=io.BytesIO(content)))
    assert found
    for position, item in enumerate(found):
        item.source.encode()
        if isinstance(item, Problem):
            assert item.position == position
            assert_sentence(item)
        else:
            item.text.encode()
            assert item.text.strip()


def parquet_bytes() -> bytes:
    stream = io.BytesIO()
    pd.DataFrame({"text": [PAGE] * 3}).to_parquet(stream, compression=None)
    return stream.getvalue()


def archive_bytes() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", PAGE)
        archive.writestr("b.csv", f'text\n"{PAGE}"\n')
    return stream.getvalue()


PARQUET = parquet_bytes()
ARCHIVE = archive_bytes()


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_no_row_is_lost(cells: list[str]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["n", "text"])
    for cell in cells:
        writer.writerow(["x", cell])
    lines = "\n".join(json.dumps({"text": cell}) for cell in cells)
    with tempfile.TemporaryDirectory() as folder:
        table = write(Path(folder) / "a.csv", stream.getvalue().encode("utf-8", "replace"))
        objects = write(Path(folder) / "a.jsonl", lines)
        assert len(read_path(table)) == len(cells)
        assert len(read_path(objects)) == len(cells)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_cuts_count_in_the_text_as_read(text: str) -> None:
    try:
        decision = read_text(PAGE + text)
    except UnreadableError:
        return
    assert without(normalise(PAGE + text), decision.cuts) == decision.text


def test_the_pipeline_takes_the_longest_text_that_is_read() -> None:
    from pipeline import nlp

    assert nlp.MAX_CHARACTERS >= MAX_CHARACTERS
