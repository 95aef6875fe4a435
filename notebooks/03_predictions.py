# %% [markdown]
# # Scoring a folder and reading the scores
#
# This notebook does with a folder of decisions what an analyst does: score it, take out what a
# person should read, read one decision, compare groups, and look at what disagrees.
#
# So that the scores are honest, the model here learns from the *earlier* decisions of the
# shipped corpus only, and the folder holds the *later* ones, laid out as copies of web pages:
# numbered, dashed, plain or HTML, some without a header, some cut off.

# %%
import tempfile
from pathlib import Path

from pipeline import pictures, read, rehearsal

place = tempfile.TemporaryDirectory()
folder = rehearsal.write_later(Path(place.name) / "decisions")
model = rehearsal.model_of_earlier()
model

# %% [markdown]
# For your own decisions, put two other lines in place of the last ones:
#
# ```python
# folder = "path/to/your/decisions"
# model = load()
# ```
#
# ## What was read
#
# Whatever cannot be read is listed, not lost: `decisions.problems`.

# %%
decisions = read(folder)
decisions.table.drop(columns="source").head()

# %% [markdown]
# ## The scores
#
# One row for each decision. `docs/output-columns.md` explains the columns.

# %%
scores = model.score(decisions)
shown = ["ref", "authority", "outcome", "p_upheld", "outcome_set", "review", "ground"]
scores[shown].head(8)

# %%
scores["outcome"].value_counts().to_frame()

# %% [markdown]
# ## What a person should read
#
# A decision is for review where its outcome set is not a single outcome, or where a check gave
# a warning. Outside review the outcomes are usually right; inside, expect surprises.

# %%
review = scores[scores["review"]]
print(f"{len(review)} of {len(scores)} decisions are for review")
review["warnings"].replace("", "the outcome is uncertain").value_counts().head(8).to_frame()

# %%
review[["ref", "outcome", "outcome_set", "warnings"]].head(8)

# %% [markdown]
# ## One decision, with highlights
#
# The least certain one. Marked sentences weigh most in the outcome; provisions link to
# legislation.gov.uk; click a section to open it.

# %%
certainty = scores.filter(like="p_").max(axis="columns")
model.explain(decisions[certainty.idxmin()])

# %% [markdown]
# ## Groups compared
#
# Few decisions give wide intervals, and intervals that overlap show no difference. Each
# authority of the shipped corpus is invented and occurs once, so here they are taken together
# by kind; with your own decisions use `scores["authority"]`.

# %%
pictures.upheld_shares(scores, scores["category"].replace("", "Not given"))

# %%
kind = scores["authority"].str.extract(r"(\S+ \S+)$", expand=False).fillna("Not given")
pictures.upheld_shares(scores, kind, most=8)

# %% [markdown]
# ## Where the published outcome differs
#
# The header of a page prints the outcome. It is kept beside the score and never read by the
# model, so that both can be compared.

# %%
from pipeline.comparing import disagreements, grounds_compared, outcomes_crossed

outcomes_crossed(scores)

# %%
differ = disagreements(scores)
differ[["ref", "published_outcome", "outcome", "certainty", "outcome_set", "review"]]

# %% [markdown]
# The surest of them deserves a look: is the model wrong, or does the page say one thing in its
# header and another in its text?

# %%
model.explain(decisions[differ.index[0]])

# %% [markdown]
# ## Grounds cited and grounds identified
#
# A decision *cites* a ground by its provisions; the model *identifies* one by the words, with
# the citations masked. `only_identified` may be a provision that was recited without its
# number, or a model that was misled; both are worth a look.

# %%
grounds_compared(scores)

# %% [markdown]
# ## Drift
#
# Are these decisions like those that the model has learnt from? Where they are not, trust the
# probabilities less, and train on decisions like yours.

# %%
for line in scores.attrs["drift"]:
    print("-", line)

# %%
from pipeline.conformal import PUBLISHED_MIXES

pictures.over_time(scores, PUBLISHED_MIXES["2022-23"])

# %% [markdown]
# ## Taking the scores away
#
# For many decisions use the command line, which works in several processes and goes on after
# an interruption: `make score INPUT=folder OUTPUT=scores.parquet JOBS=2`.

# %%
scores.to_csv(folder.parent / "scores.csv", index=False)
