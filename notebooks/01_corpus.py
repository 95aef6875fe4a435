# %% [markdown]
# # The corpus: what a decision looks like
#
# The decisions that ship with this project were written for it. They have the form of the
# decisions that the Local Government and Social Care Ombudsman publishes, but every authority,
# person and sentence is invented. They stand in until you have downloaded real ones
# (`docs/downloading.md`); the datasheet `corpus/README.md` says how they were made.
#
# Nothing here needs a trained model. Run a cell with Shift-Enter, change it, run it again.

# %%
from pipeline import corpus, pictures, read
from pipeline.corpus_stats import count
from pipeline.corpus_table import to_table
from pipeline.splits import read_splits

records = corpus.load()
table = to_table(records)
counts = count(records, read_splits(corpus.CORPUS.parent / "splits.csv"))
f"{counts.records} decisions, {counts.words:,} words, {counts.provisions} distinct provisions"

# %% [markdown]
# ## One decision
#
# A page begins with the authority and the reference, then category, outcome and date. This
# header is read, kept apart, and cut from the text: no model ever sees the published outcome.
# The text itself runs from the summary to the final decision.

# %%
from pipeline.render import render

record = next(record for record in records if record.ref == "91 004 497")
page = render(record, "numbered").text
print(page[:700])

# %%
decision = read(page)[0]
decision.authority, decision.date, decision.outcome, decision.text[:60]

# %% [markdown]
# ## Its sections
#
# The program divides a text by its headings, whether paragraphs are numbered, dashed or plain.
# A heading that it does not know starts a section *without a known heading*; it never makes the
# section before it longer.

# %%
from pipeline.sectioned_text import SectionedText

SectionedText(decision)

# %% [markdown]
# The same for three decisions of each outcome. Closed decisions are short, and findings take
# most of an investigation. Such shapes give the outcome away, which is why the notebook
# `02_models` measures how much of it they alone can tell.

# %%
chosen = table.groupby("outcome").head(3).sort_values("outcome")["ref"]
pages = [render(record, "numbered").text for record in records if record.ref in set(chosen)]
pictures.section_strips(sorted(read(pages), key=lambda decision: decision.outcome))

# %% [markdown]
# ## How many, of what kind
#
# The mix was chosen, not sampled: there are more decisions *not upheld*, and more that are
# hard to tell, than the Ombudsman publishes. So these counts say nothing about councils.

# %%
counts.outcomes

# %%
pictures.outcome_counts(counts.categories, "Outcomes by category")

# %%
pictures.outcome_counts(counts.years, "Outcomes by year of the decision")

# %%
pictures.lengths(table["text"].str.split().str.len(), table["outcome"])

# %% [markdown]
# ## What makes an outcome hard to tell
#
# An upheld complaint may read as if it had been turned away, because a remedy was agreed before
# any investigation; an investigation may be stopped without a finding. Such decisions are
# marked in the corpus, so that models are tried on them.

# %%
counts.hard

# %% [markdown]
# ## Headings
#
# The commonest headings and the section each one opens. `pipeline/headings.toml` holds the
# rules, in a form that you can read and add to (`docs/adding-rules.md`).

# %%
import pandas as pd

printed = [(part.label, part.heading) for record in records for part in record.sections]
pd.DataFrame(printed, columns=["section", "heading"]).value_counts().head(15).to_frame()

# %% [markdown]
# ## Grounds
#
# A ground is the reason in law a decision rests on, shown by the provisions it cites. Most
# decisions have several. Read a row of the picture as: of the decisions on this ground, how
# many also rest on that one?

# %%
pictures.grounds_together(table["grounds"])

# %% [markdown]
# The provisions cited most, with their names as lawyers write them.

# %%
from pipeline.statutes import display

cited = table["provisions"].explode().dropna().map(display)
cited.value_counts().head(15).to_frame("decisions")

# %% [markdown]
# ## What this corpus cannot tell you
#
# It is small, it is even in style, and it was written by a few hands. Figures reached on it
# are for comparing versions of the program. For any statement about real decisions, download
# them and train on them: `make download`, then `make train CORPUS=corpus/download`.
