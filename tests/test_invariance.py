"""What must not change a score, over the whole corpus: the label line, the layout of the copy.

And what must not reach a view: any word of a section that it does not read.
"""

import re
from itertools import groupby

import numpy as np
import pytest

from pipeline.corpus import load
from pipeline.cues import CueMatcher
from pipeline.decision import OUTCOMES, SECTION_LABELS
from pipeline.ngrams import joined, read_ngrams
from pipeline.nlp import build_nlp
from pipeline.reading import read_html, read_text
from pipeline.render import random_quirks, render
from pipeline.scorer import Scorer
from pipeline.views import VIEWS

LAYOUTS = ("numbered", "dashed", "plain", "html")
PRINTED = ("Upheld", "Not upheld", "Closed after initial enquiries")

RECORDS = load()


@pytest.fixture(scope="module")
def nlp():
    return build_nlp()


@pytest.fixture(scope="module")
def cues(nlp):
    return CueMatcher(nlp)


@pytest.fixture(scope="module", params=VIEWS)
def scorer(request, bundle):
    return Scorer.load(bundle, request.param)


def relabelled(text, turn):
    """Return a page with other header lines: another outcome, category and date, or none."""
    if turn == len(PRINTED):
        return re.sub(r"(?m)^(Category|Decision|Decision date) ?:.*\n+", "", text)
    text = re.sub(r"(?m)^Decision ?:.*$", f"Decision : {PRINTED[turn]}", text)
    text = re.sub(r"(?m)^Category ?:.*$", "Category : Housing > Allocations", text)
    return re.sub(r"(?m)^Decision date ?:.*$", "Decision date : 1 Jan 2001", text)


def test_the_label_line_is_never_read():
    for place, record in enumerate(RECORDS):
        page = render(record, "numbered", header="full").text
        assert "Decision :" in page
        texts = {read_text(relabelled(page, turn)).text for turn in range(len(PRINTED) + 1)}
        texts.add(read_text(page).text)
        assert len(texts) == 1, record.ref
        assert not re.search(r"(?im)^\W*decision\s*:", texts.pop()), (place, record.ref)


def test_the_reference_is_never_read():
    for record in RECORDS[::10]:
        page = render(record, "numbered", header="full").text
        other = page.replace(f"({record.ref})", "(12 345 678)")
        assert read_text(page).text == read_text(other).text


def pages(record):
    """Return the same record in every layout, as the text that the pipeline reads."""
    for layout in LAYOUTS:
        page = render(record, layout)
        yield (read_html(page.html) if layout == "html" else read_text(page.text)).text


def test_a_layout_changes_neither_sections_nor_words(nlp, cues):
    for record in RECORDS:
        seen = []
        for text in pages(record):
            doc = nlp(text)
            labels = (span.label_ for span in doc.spans["sections"])
            # Two sections of one label that only furniture parted are one.
            kept = [label for label, _ in groupby(one for one in labels if one != "furniture")]
            seen.append((kept, read_ngrams(doc, cues)))
        first_labels, first = seen[0]
        for layout, (labels, ngrams) in zip(LAYOUTS[1:], seen[1:], strict=True):
            assert labels == first_labels, (record.ref, layout)
            assert (ngrams.sections == first.sections).all(), (record.ref, layout)
            assert (ngrams.hashes == first.hashes).all(), (record.ref, layout)


def test_a_layout_changes_no_probability(scorer):
    for record in RECORDS[::40]:
        rows = [
            next(scorer.read([read_text(text)])).probabilities.tolist() for text in pages(record)
        ]
        assert all(row == rows[0] for row in rows), record.ref


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_reads_only_its_sections(name, nlp, cues, bundle):
    model = Scorer.load(bundle, name).model
    view = VIEWS[name]
    allowed = {SECTION_LABELS.index(label) for label in view.outcome_sections}
    for record in RECORDS[:: 4 if name == "full" else 2]:
        quirks = random_quirks(record, seed=1)
        layout = LAYOUTS[len(record.ref + record.authority) % 3]
        ngrams = read_ngrams(nlp(read_text(render(record, layout, **quirks).text).text), cues)
        weighted = model.outcome_features.weigh(joined([ngrams]))
        assert {int(code) for code in ngrams.sections[weighted.origins]} <= allowed
        # The same text with every word of the other sections replaced gets the same features.
        readable = np.isin(ngrams.sections, list(allowed))
        scrambled = ngrams.where(readable)
        one, other = model.predict_all([scrambled, ngrams])
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-9)


def test_the_complaint_view_has_no_word_of_another_section(nlp):
    """Checked on the text itself, not on section codes: every copy, every layout."""
    view = VIEWS["complaint"]
    assert view.outcome_sections == view.grounds_sections == ("complaint",)
    code = SECTION_LABELS.index("complaint")
    for record in RECORDS:
        written = " ".join(
            line
            for section in record.sections
            if section.label == "complaint"
            for line in section.lines()
        ).lower()
        own = set(re.findall(r"[^\W\d_]{2,}", written))
        for text in pages(record):
            ngrams = read_ngrams(nlp(text))
            words = ngrams.where((ngrams.sections == code) & (ngrams.kinds == 0))
            read = {nlp.vocab.strings[int(hashed)] for hashed in np.unique(words.hashes)}
            assert read <= own, (record.ref, read - own)


def test_every_outcome_is_published_as_one_of_three():
    assert {record.outcome for record in RECORDS} == set(OUTCOMES)
