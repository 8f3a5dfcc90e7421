# Everything a fresh machine needs is done by two commands: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test search browser lint types unit floors docs lock bench model clean

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)  ## Make the environment and run the main job on the bundled storyline.
	$(BIN)/detente demo

test: lint types unit floors  ## Everything CI runs.

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

browser:  ## Chromium, in which the tests open the pages of the desk; without it they are skipped.
	@command -v chromium >/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
			&& { apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1 \
				|| { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; }; }; } \
		|| echo "no Chromium: the tests of the pages in a browser are skipped"

unit: $(READY) browser  ## Tests and the examples in docstrings and docs; warnings are errors.
	$(BIN)/python -m pytest -n 2 --dist loadfile

search: $(READY)  ## The property tests on new examples, three times; CI draws the same ones every time.
	for round in 1 2 3; do DETENTE_EXAMPLES=search $(BIN)/python -m pytest -q -m hypothesis || exit 1; done

floors: $(READY)  ## Quality of the coder against hand-coded text; fails below a floor.
	$(BIN)/python -m quality.floors check

docs: $(READY)  ## Write the commands' --help into the docs.
	$(BIN)/python -m docs.commands write

bench: $(READY)  ## Ratios against plain spaCy in one run.
	$(BIN)/python -m benchmarks.coder

model:  ## Train the model from training/ in an environment of its own, and export it.
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet hatchling editables
	.venv-train/bin/python -m pip install --quiet -e '.[train]'
	.venv-train/bin/python -m training.fit --out training/build
	.venv-train/bin/python -m training.export training/build detente/data/model
	.venv-train/bin/python -m training.choose detente/data/model

lock:  ## Pin every dependency with hashes; no registry address is written.
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
