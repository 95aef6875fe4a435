"""How well sections and provisions are found, for the evaluation: nothing here is learnt."""

from __future__ import annotations

from typing import Any

from pipeline.corpus import Record
from pipeline.nlp import build_nlp
from pipeline.provision_scores import GOLD_FILE, corpus_scores, gold_scores, load_gold, wrong_links
from pipeline.provisions import StatuteProvisions
from pipeline.render import render
from pipeline.section_scores import corpus_agreement
from pipeline.sections import read_sections
from pipeline.statutes import load_registry


def measure_extraction(records: list[Record]) -> dict[str, Any]:
    """Return the figures of sections and provisions on an annotated corpus.

    ``sections``: boundary F1 and label accuracy by character, for each layout. ``provisions``:
    precision and recall of the ids of each decision, by form and by resolution. ``gold``: the
    same, with the surface text, on hand-labelled hard sentences.
    """
    nlp = build_nlp()
    finder = StatuteProvisions(load_registry())
    sentences = load_gold(GOLD_FILE)
    divided = corpus_agreement(records, lambda text: read_sections(nlp(text)))
    cited = corpus_scores(
        (
            (render(record, "numbered").text, [one.id for one in record.provisions])
            for record in records
        ),
        finder.find,
    )
    return {
        "sections": {
            name: {"boundary_f1": one.boundary_f1, "label_accuracy": one.label_accuracy}
            for name, one in divided.items()
        },
        "provisions": {
            name: {"precision": one.precision, "recall": one.recall, "right": one.right}
            for name, one in sorted(cited.items())
        },
        "gold": {
            name: {"f1": one.f1, "right": one.right}
            for name, one in gold_scores(sentences, finder.find).items()
            if not name.startswith("form")
        },
        "wrong_links": len(wrong_links(sentences, finder.find)),
    }
