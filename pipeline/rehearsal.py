"""A rehearsal on the shipped corpus: learn from its earlier decisions, score the later ones.

The default model has learnt from every decision of the corpus, so its scores of them would
flatter. Here the later decisions are new to the model, as your own will be.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.api import Model
from pipeline.corpus import CORPUS, load
from pipeline.evaluation import sides
from pipeline.labelled import read_labelled
from pipeline.render import random_quirks, render
from pipeline.scorer import Scorer
from pipeline.splits import read_splits
from pipeline.training import lesson
from pipeline.view_model import fit_view
from pipeline.views import get_view

LAYOUTS = ("numbered", "dashed", "plain", "html")
WITHOUT_HEADER = 13
"""One published page in so many has lost its header."""


def model_of_earlier(corpus: Path = CORPUS, view: str = "full") -> Model:
    """Train one view on the earlier side of the time split; half a minute.

    Raises
    ------
    pipeline.corpus.CorpusError
        The corpus cannot be read.
    ValueError
        There is no such view.
    """
    chosen = get_view(view)
    labelled = read_labelled(corpus)
    earlier, _ = sides(labelled)
    model = fit_view(chosen, lesson(labelled, earlier), labelled.nlp.vocab.strings)
    outcomes = labelled.table["outcome"].iloc[earlier].value_counts().to_dict()
    corpus_told = {"decisions": len(earlier), "outcomes": outcomes}
    return Model(Scorer(model, f"{view}@rehearsal"), corpus_told)


def write_later(folder: Path, corpus: Path = CORPUS) -> Path:
    """Write the later decisions as pages, one file each, and return the folder.

    Layouts take turns, and every page has the quirks of a real copy: some lack sections, some
    the header. Where there is a header, the published outcome stands in it.
    """
    splits = read_splits(corpus.parent / "splits.csv")
    later = set(splits.loc[splits["side"] == "test", "ref"])
    folder.mkdir(parents=True, exist_ok=True)
    records = [record for record in load(corpus) if record.ref in later]
    for number, record in enumerate(records):
        layout = LAYOUTS[number % len(LAYOUTS)]
        quirks = random_quirks(record, number)
        quirks["header"] = "full" if number % WITHOUT_HEADER else "title"
        page = render(record, layout, seed=number, **quirks)
        name = record.ref.replace(" ", "-")
        if layout == "html":
            (folder / f"{name}.html").write_text(page.html, encoding="utf-8")
        else:
            (folder / f"{name}.txt").write_text(page.text, encoding="utf-8")
    return folder
