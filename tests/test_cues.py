"""Every rule of cues.toml against its own sentences; the matcher against small texts."""

import numpy as np
import pytest
import spacy
from spacy.attrs import LOWER
from spacy.tokens import Span

from pipeline.cues import Cue, CueMatcher, load_cues, spell_out
from pipeline.decision import SECTION_LABELS
from pipeline.nlp import make_tokenizer


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.tokenizer = make_tokenizer(nlp)
    return nlp


@pytest.fixture(scope="module")
def matcher(nlp):
    return CueMatcher(nlp)


def cues_in(nlp, matcher, *texts, label="summary"):
    """Return the names of the cues in sections of one label, one section a text."""
    doc = nlp(" ".join(texts))
    spans, start = [], 0
    for text in texts:
        end = start + len(nlp.make_doc(text))
        spans.append(Span(doc, start, end, label=label))
        start = end
    doc.spans["sections"] = spans
    codes = np.full(len(doc), SECTION_LABELS.index(label), dtype=np.uint8)
    lower = doc.to_array(LOWER)
    sections = [(span.start, span.end, SECTION_LABELS.index(label)) for span in spans]
    hashes, tokens = matcher.find(lower, codes, sections)
    return [
        (nlp.vocab.strings[int(h)].replace("cue ", ""), int(t))
        for h, t in zip(hashes, tokens, strict=True)
    ]


def names(found):
    return {name for name, _ in found}


CUES = load_cues()


@pytest.mark.parametrize(
    ("cue", "sentence"),
    [(cue, text) for cue in CUES for text in cue.examples],
    ids=lambda value: getattr(value, "name", value),
)
def test_example(nlp, matcher, cue, sentence):
    assert cue.name in names(cues_in(nlp, matcher, sentence))


@pytest.mark.parametrize(
    ("cue", "sentence"),
    [(cue, text) for cue in CUES for text in cue.counter_examples],
    ids=lambda value: getattr(value, "name", value),
)
def test_counter_example(nlp, matcher, cue, sentence):
    assert cue.name not in names(cues_in(nlp, matcher, sentence))


def test_case_does_not_matter(nlp, matcher):
    assert "finds_no_fault" in names(cues_in(nlp, matcher, "WE FOUND NO FAULT."))


def test_a_denial_turns_a_cue_round(nlp, matcher):
    assert "finds_fault" in names(cues_in(nlp, matcher, "There was fault by the Trust."))
    assert "finds_fault" not in names(cues_in(nlp, matcher, "We saw no fault by the Trust."))


def test_two_cues_of_a_statement_are_also_found_together(nlp, matcher):
    found = names(cues_in(nlp, matcher, "We will not investigate. It apologised for the delay."))
    assert any("declines" in name and "accepts_fault" in name for name in found if "+" in name)


def test_cues_of_two_sections_are_not_together(nlp, matcher):
    found = names(cues_in(nlp, matcher, "We will not investigate.", "It apologised for it."))
    assert {"declines", "accepts_fault"} <= found
    assert not any("declines" in name and "accepts_fault" in name for name in found if "+" in name)


def test_a_cue_does_not_run_into_the_next_section(nlp, matcher):
    assert "finds_no_fault" in names(cues_in(nlp, matcher, "We found no fault"))
    assert "finds_no_fault" not in names(cues_in(nlp, matcher, "We found no", "fault"))


def test_only_sections_that_speak_of_the_outcome_are_read(nlp, matcher):
    assert cues_in(nlp, matcher, "We found no fault.", label="complaint") == []


def test_a_cue_counts_once_where_its_phrases_overlap(nlp, matcher):
    found = cues_in(nlp, matcher, "The Council was at fault.", label="findings")
    assert [name for name, _ in found].count("finds_fault") == 1


def test_phrases_are_spelt_out():
    assert spell_out("was|were at fault") == ["was at fault", "were at fault"]
    assert spell_out("no good? reason") == ["no good reason", "no reason"]


@pytest.mark.parametrize("missing", ["label", "phrases", "examples", "counter_examples"])
def test_an_entry_must_be_complete(tmp_path, missing):
    entry = {
        "label": 'label = "x"',
        "phrases": 'phrases = ["x"]',
        "examples": 'examples = ["x"]',
        "counter_examples": 'counter_examples = ["y"]',
    }
    del entry[missing]
    path = tmp_path / "cues.toml"
    path.write_text("[some_cue]\n" + "\n".join(entry.values()))
    with pytest.raises(ValueError, match="some_cue"):
        load_cues(path)


def test_a_cue_shows_its_name():
    assert all(isinstance(cue, Cue) and cue.name.isidentifier() for cue in CUES)
