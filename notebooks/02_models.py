# %% [markdown]
# # The models: how far can a score be trusted?
#
# `make evaluate` measured what is shown here and wrote it to `models/evaluation.json`; this
# notebook reads that file and computes nothing anew, except where it looks inside the model.
# The figures were measured on the decisions that ship with the project (see `01_corpus`), so
# they compare models; they do not say how well the program does on real decisions.

# %%
import pandas as pd

from pipeline import evaluation_tables as tables
from pipeline import load, pictures

figures = tables.read_figures()
figures["corpus"]["decisions"], figures["time_split"]["train"], figures["time_split"]["test"]

# %% [markdown]
# ## How it was measured
#
# Twice. **Later decisions**: the model learns from decisions before July 2024 and is tried on
# those after, as it will be in use. **Five folds**: every decision is tried once by a model
# that has not seen it, and near-duplicates and twins stay together.
#
# A *view* says what a model may read:
#
# | view | reads | the task |
# |---|---|---|
# | `full` | everything but header and web page | to identify the outcome that the text states |
# | `reasons` | not the summary, the action or the decision | to categorise by outcome |
# | `complaint` | only the complaint, as the Ombudsman retells it | the same, and the hard one |

# %%
tables.views_table(figures).round(3).T

# %%
tables.views_table(figures, "folds").round(3).T

# %% [markdown]
# ## Is that good? The controls
#
# Read a figure beside what models reach that should know nothing. Each of these learnt from
# one poor view of a decision: its length, its category and year, which sections it has, its
# headings, or the recited powers. Where the bar of the model is not clearly the longest, it
# has learnt little that the shape of the page does not give away. In the view `reasons` look at
# the role section: which powers are recited fits the outcome.

# %%
pictures.bars(tables.beside_controls(figures), "Macro-F1 on later decisions", highlight="view full")

# %%
pictures.bars(
    tables.beside_controls(figures, "reasons"),
    "Macro-F1 on later decisions",
    highlight="view reasons",
)

# %%
pictures.bars(
    tables.beside_controls(figures, "complaint"),
    "Macro-F1 on later decisions",
    highlight="view complaint",
)

# %% [markdown]
# ## Which outcomes are mixed up

# %%
pictures.ModelPlot("confusion")

# %%
tables.classes_table(figures).round(3)

# %% [markdown]
# ## Does 80% mean 80%?
#
# Decisions are grouped by the probability of their likeliest outcome; on the dashed line, as
# many are right as the probability says. The numbers beside the dots are decisions.
# Beside the probability, every decision has an *outcome set*: the outcomes that cannot be
# ruled out, made so that nine sets of ten hold the published one. A set that is not a single
# outcome sends the decision to review.

# %%
pictures.ModelPlot("reliability")

# %% [markdown]
# ## Copies that are cut off
#
# Copies from search results or old files often lack the summary or the end. They may cost
# accuracy, but not honesty: the calibration error stays small, and the sets hold the published
# outcome as often as those of whole copies. *For review* counts here what the sets alone send
# there. In a scored table a copy that ends before the findings carries a warning as well, so
# every one of them is for review.

# %%
tables.copies_table(figures).round(3)

# %% [markdown]
# ## Hard cases, categories, years
#
# Accuracy by what makes the outcome hard to tell, with a column for each view.

# %%
tables.factor_table(figures, "hard").round(2)

# %%
tables.factor_table(figures, "category").round(2)

# %%
tables.factor_table(figures, "year").round(2)

# %% [markdown]
# A *contrast pair* is a decision and a twin in which a few sentences are changed so that the
# outcome turns. Only a model that reads those sentences gets both right.

# %%
pd.DataFrame({view: found["pairs"] for view, found in figures["folds"]["views"].items()}).T

# %% [markdown]
# ## Would more decisions help?

# %%
pictures.ModelPlot("learning_curve")

# %% [markdown]
# ## Other models, and this one with parts taken away
#
# Macro-F1 on later decisions, whole and cut off.

# %%
pd.DataFrame(figures["comparison"]["models"]).T.round(3)

# %% [markdown]
# ## Grounds
#
# F1 of each ground on later decisions. Citations are masked: the model has to find the ground
# in the words. Grounds with few decisions in the corpus have no model, and none is made up.

# %%
tables.grounds_table(figures).round(2)

# %%
figures["time_split"]["views"]["full"]["grounds"]["too_rare"]

# %% [markdown]
# ## What the model leans on
#
# The weights can be read, since the model is linear. A term counts in the whole text and in
# the group of sections it stands in; `cue` marks a named phrase from `pipeline/cues.toml`.
# Look at `reasons` too: there, much weight lies on the recited powers, which fit the outcome
# but do not decide it.

# %%
from pipeline.leanings import top_terms

terms = top_terms(load().scorer.model, 10)
terms.assign(term=terms["term"] + " · " + terms["block"]).pivot(
    index="rank", columns="outcome", values="term"
)

# %%
terms = top_terms(load(view="reasons").scorer.model, 10)
terms.assign(term=terms["term"] + " · " + terms["block"]).pivot(
    index="rank", columns="outcome", values="term"
)

# %% [markdown]
# ## The views on one decision
#
# The less a model may read, the less sure it should be.

# %%
page = "../corpus/examples/wrayburn-school-appeal.jsonl"
seen = {view: load(view=view).explain(page) for view in ("full", "reasons", "complaint")}
pd.DataFrame({view: found.probabilities for view, found in seen.items()}).T.round(3)
