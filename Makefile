# Two commands do everything: `make brief` runs the main job, `make test` runs the tests.
# Each sets up what it needs in .venv; nothing else has to be installed first but Python 3.11 or newer.

SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
ARGS ?=
WORKERS ?= 2

.PHONY: help brief test check format data clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

brief: $(VENV)/.package ## set up and write out/: the briefing, the map, the layers and the statistics
	$(BIN)/routeways brief -o out/ $(ARGS)

test: $(VENV)/.test ## set up (packages, browser) and run every test
	CHROMIUM="$$(.ci/browser $(BIN)/python)" $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: $(VENV)/.test ## format, lint, types and the order of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

data: $(VENV)/.test ## rewrite what is generated: the manifest of assets, docs/cli.md, the phrases, contents and docs/data.md
	$(BIN)/python tools/build_manifest.py
	$(BIN)/python tools/build_cli_docs.py
	$(BIN)/python tools/build_catalogue.py
	$(BIN)/python tools/build_contents.py

clean: ## remove what the other commands made
	rm -rf $(VENV) out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "routeways needs Python 3.11 or newer, with its venv module" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.package: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.package
