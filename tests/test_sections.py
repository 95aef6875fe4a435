"""The component: partition, serialisation, and what it writes to a Doc."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from decision_copies import (
    COOKIES,
    COPIES,
    FREE,
    HEADER,
    HEADINGS,
    PAGE,
    RULES,
    UNLISTED,
    labels_of,
    sections_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from pipeline.decision import SECTION_LABELS
from pipeline.nlp import make_tokenizer
from pipeline.outline import outline
from pipeline.sections import DecisionSections, read_sections, unlisted_headings


def make_nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.tokenizer = make_tokenizer(nlp)
    nlp.add_pipe("decision_sections")
    return nlp


@pytest.fixture(scope="module")
def nlp() -> Language:
    return make_nlp()


# ---- invariants ----------------------------------------------------------------------------

PIECES = [
    *HEADINGS.values(),
    *HEADER.split("\n\n"),
    *COOKIES.split("\n\n"),
    "Summary",
    "Summary: No fault.",
    "Contents",
    "Background",
    "Analysis",
    "Agreed action",
    "Decision",
    "Ending of the case",
    "The complain",
    "How",
    "I considered this complaint",
    "The complaintMr X says so.",
    "The complaint The Council says so. Final decision We end. Back to top What I found In May",
    "Back to top",
    "Investigator's decision on behalf of the Ombudsman",
    "Print this page",
    "• the complaint",
    "- The Council wrote.",
    "  1. Mr X wrote in May.",
    "Mr X wrote in May and",
    "apologise to him; or",
    "The Council will:",
    "2024",
]  # fmt: skip
jumbled = st.builds(
    lambda end, lines: end.join(lines),
    st.sampled_from(["\n", "\n\n", "\r\n", " ", ""]),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=25),
)


def assert_partition(doc: Doc) -> None:
    spans = list(doc.spans["sections"])
    if len(doc):
        assert spans[0].start == 0
        assert spans[-1].end == len(doc)
    for before, after in pairwise(spans):
        assert before.end == after.start
    assert all(span.label_ in SECTION_LABELS for span in spans)
    sections = read_sections(doc)
    assert "".join(doc.text[s.start : s.end] for s in sections) == (doc.text if spans else "")
    assert [section.label for section in sections] == [span.label_ for span in spans]
    for heading in doc.spans["headings"]:
        owner = next(span for span in spans if span.start <= heading.start < span.end)
        assert heading.label_ == owner.label_
        assert heading.end <= owner.end


def spans_of(doc: Doc) -> dict[str, list[tuple[int, int, str]]]:
    return {
        key: [(span.start, span.end, span.label_) for span in doc.spans[key]]
        for key in ("sections", "headings", "subheadings")
    }


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\u00a0\n ", "Hello", "The complaint", "1.", "\x00"]
)
def test_next_to_nothing(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert_partition(doc)
    assert bool(doc.spans["sections"]) == bool(text)


@settings(max_examples=200, deadline=None)
@given(text=jumbled)
def test_any_jumble_of_lines_is_partitioned(text: str) -> None:
    doc = NLP(text)
    assert doc.text == text
    assert_partition(doc)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_partitioned(text: str) -> None:
    assert_partition(NLP(text))


@settings(max_examples=100, deadline=None)
@given(text=jumbled)
def test_once_is_as_good_as_twice(text: str) -> None:
    doc = NLP(text)
    first = spans_of(doc)
    NLP.get_pipe("decision_sections")(doc)
    assert spans_of(doc) == first


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(st.sampled_from([p for p in PIECES if len(p) > 4]), max_size=20))
def test_line_ends_do_not_matter(lines: list[str]) -> None:
    labels = [label for _, label in outline("\n\n".join(lines), RULES).sections]
    for end in ("\r\n\r\n", "\r\r", "\n \n", "\n\n\n"):
        assert [label for _, label in outline(end.join(lines), RULES).sections] == labels


@settings(max_examples=100, deadline=None)
@given(order=st.permutations(list(HEADINGS)))
def test_firm_headings_open_their_section_in_any_order(order: list[str]) -> None:
    firm = [label for label in order if label != "complaint"]
    text = "\n\n".join(f"{HEADINGS[label]}\n\nText about {label} goes here." for label in firm)
    assert labels_of(text) == firm


NLP = make_nlp()


# ---- the component -------------------------------------------------------------------------

TEXTS = [PAGE, "", "Good morning.\n\nThis is a letter.", COOKIES + PAGE, COPIES["glued"], HEADER]


def test_subheadings_are_labelled(nlp: Language) -> None:
    doc = nlp(PAGE.replace("What I found\n\n", FREE))
    assert "The second hearing" in [span.text for span in doc.spans["subheadings"]]
    assert {span.label_ for span in doc.spans["subheadings"]} == {"subheading"}


def test_factory_and_entry_point() -> None:
    assert isinstance(spacy.blank("en").add_pipe("decision_sections"), DecisionSections)


def test_default_tokenizer_will_do() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("decision_sections")
    doc = nlp(COPIES["glued"])
    assert_partition(doc)
    assert [s.label for s in read_sections(doc)] == [s.label for s in read_sections(NLP(doc.text))]


def test_offsets_are_those_of_the_outline() -> None:
    for name, text in COPIES.items():
        assert read_sections(NLP(text)) == sections_of(text), name


def test_a_glued_heading_becomes_words_of_its_own(nlp: Language) -> None:
    doc = nlp("The complaintMr X says the Council lost his form.")
    assert [token.text for token in doc][:4] == ["The", "complaint", "Mr", "X"]
    assert doc.spans["headings"][0].text == "The complaint"


def test_the_heading_is_reachable(nlp: Language) -> None:
    doc = nlp(PAGE)
    headings = {span.label_: span._.heading for span in doc.spans["sections"]}
    assert headings["complaint"].text == "The complaint"
    assert headings["header"] is None
    assert Span.has_extension("heading")


def test_docbin_keeps_everything(nlp: Language) -> None:
    bin_ = DocBin(docs=list(nlp.pipe(TEXTS)), store_user_data=False)
    back = list(DocBin().from_bytes(bin_.to_bytes()).get_docs(spacy.blank("en").vocab))
    for text, doc in zip(TEXTS, back, strict=True):
        again = nlp(text)
        assert spans_of(doc) == spans_of(again)
        assert read_sections(doc) == read_sections(again)


def test_two_processes(nlp: Language) -> None:
    docs = list(nlp.pipe(TEXTS * 3, n_process=2, batch_size=2))
    for text, doc in zip(TEXTS * 3, docs, strict=True):
        assert spans_of(doc) == spans_of(nlp(text))


EXTRA = {
    "label": "decision",
    "heading": UNLISTED,
    "examples": [UNLISTED],
    "counter_examples": ["The ending of the case"],
}
CHANGED = f"The complaint\n\nMr X.\n\n{UNLISTED}\n\nNo.\n"


def test_added_rules_survive_bytes(nlp: Language) -> None:
    first = make_nlp()
    first.get_pipe("decision_sections").add_rules("heading", [EXTRA])
    second = make_nlp().from_bytes(first.to_bytes())
    for changed in (first, second):
        assert [section.label for section in read_sections(changed(CHANGED))] == [
            "complaint",
            "decision",
        ]
    assert [s.label for s in read_sections(nlp(CHANGED))] == ["complaint", "unknown"]


def test_added_rules_survive_the_disk(tmp_path: Path) -> None:
    first = make_nlp()
    first.get_pipe("decision_sections").add_rules("heading", [EXTRA])
    first.to_disk(tmp_path / "model")
    doc = spacy.load(tmp_path / "model")(CHANGED)
    assert [span.label_ for span in doc.spans["sections"]] == ["complaint", "decision"]


def test_faulty_added_rules_are_refused() -> None:
    component = make_nlp().get_pipe("decision_sections")
    before = component.rules
    with pytest.raises(ValueError, match="lacks examples"):
        component.add_rules("heading", [{"label": "decision", "heading": "Ending"}])
    assert component.rules is before


def test_score(nlp: Language) -> None:
    gold = nlp(PAGE)
    scores = nlp.evaluate([Example(nlp.make_doc(PAGE), gold)])
    assert scores["spans_sections_f"] == 1.0
    assert "complaint" in scores["spans_sections_per_type"]


def test_unlisted_headings_are_counted(nlp: Language) -> None:
    texts = [PAGE.replace("What I found\n\n", FREE), PAGE.replace("Final decision", UNLISTED), PAGE]
    assert unlisted_headings(nlp.pipe(texts)) == {"The second hearing": 1, UNLISTED: 1}


def test_error_handler_is_used() -> None:
    nlp = make_nlp()
    nlp.get_pipe("decision_sections").rules = None
    seen: list[str] = []
    nlp.set_error_handler(lambda name, _proc, _docs, _error: seen.append(name))
    list(nlp.pipe([PAGE]))
    assert "decision_sections" in seen
