# The analyst's front door. `make` prints the targets; each is described by its `##` line.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# Small matrices: more threads than one only wait for each other.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

INPUT  ?= corpus/examples
OUTPUT ?= scores.csv
CORPUS ?= corpus/illustrative
VIEW   ?= full
JOBS   ?= 1
SCORES ?= $(OUTPUT)
REPORT ?= report
MODEL  := models/default/manifest.json

# What a model is made of: its corpus, and the rules and code that read it.
LEARNT_FROM := $(wildcard $(CORPUS)/*.jsonl $(CORPUS)/*.parquet) corpus/splits.csv \
	$(wildcard pipeline/*.toml) \
	$(addprefix pipeline/,doctext.py hashes.py cues.py ngrams.py features.py document_counts.py matrices.py models.py calibration.py view_model.py views.py cuts.py training.py)

help: ## Print the targets, one line each
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv and install the pinned dependencies

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; run make with PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing the pinned dependencies into $(VENV); this takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(MODEL): $(LEARNT_FROM) | $(READY)
	@$(BIN)/decisions train --corpus $(CORPUS)

train: $(READY) ## Train the model anew (CORPUS=folder for your own)
	@$(BIN)/decisions train --corpus $(CORPUS)

score: $(READY) $(MODEL) ## Score decisions: INPUT=file or folder, OUTPUT=scores.csv, VIEW=full, JOBS=1
	@$(BIN)/decisions score $(INPUT) --output $(OUTPUT) --view $(VIEW) --jobs $(JOBS)

report: $(READY) ## Make an HTML report of a scored table: SCORES=scores.csv, REPORT=report
	@test -f $(SCORES) || $(MAKE) --no-print-directory score OUTPUT=$(SCORES)
	@$(BIN)/decisions report $(SCORES) --inputs $(INPUT) --out $(REPORT)

evaluate: $(READY) ## Measure the models and write evaluation.json, the model card and its plots
	@$(BIN)/decisions evaluate --corpus $(CORPUS)

download: $(READY) ## Download published decisions into corpus/download: ARGS="--since 2023-01-01"
	@$(BIN)/decisions download $(ARGS)

corpus: $(READY) ## Check the labelled corpus and print its counts
	@$(BIN)/decisions corpus check $(CORPUS)
	@$(BIN)/decisions corpus stats $(CORPUS)

notebooks: $(READY) $(MODEL) ## Execute the notebooks anew, outputs and all
	@$(BIN)/python notebooks/run_notebooks.py

lab: $(READY) $(MODEL) ## Open the notebooks in JupyterLab (installs it the first time)
	@$(BIN)/python -c 'import jupyterlab' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[lab]'
	@$(BIN)/jupyter lab notebooks

bench: $(READY) $(MODEL) ## Measure speed as ratios to baselines; JSON in .benchmarks/
	@mkdir -p .benchmarks
	@$(BIN)/python -c 'import fasttext' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[bench]' || echo "fastText cannot be installed; the benchmark goes on without it."
	@$(BIN)/python -m pytest tests/bench/bench_speed.py tests/bench/bench_batches.py --benchmark-json=.benchmarks/bench.json --benchmark-columns=min,mean,rounds

fuzz: $(READY) $(MODEL) ## Throw many thousands of broken inputs at every reader
	@FUZZ_CASES=50000 $(BIN)/python -m pytest tests/test_fuzz.py

lint: $(READY) ## Run the linter, the formatter's check and the type checker
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

test: $(READY) $(MODEL) lint ## Run lint, types and all tests
	@$(BIN)/python -m pytest

.PHONY: help setup train score report evaluate download corpus notebooks lab bench fuzz lint test
