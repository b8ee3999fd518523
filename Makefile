# nurse-tui: `make run` and `make test` are all the set-up a machine with Python, venv and make needs.

PYTHON ?= python3
VENV ?= .venv
UV ?= $(firstword $(wildcard $(VENV)/bin/uv) uv)
DEMO ?= demo.db
PATIENTS ?= 400
SEED ?= 1
CASES ?= 1000

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := $(shell find nurse_tui data -type f -not -name '*.pyc' 2>/dev/null)
# Extras stay named: pip takes the newest release for an extra of a package pinned without it, and
# then finds no hash of that release.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml

.DELETE_ON_ERROR:
.PHONY: run test lint types layers rules-covered others bench bench-1m lock screenshots clean help

run: $(VENV)/.compiled | $(DEMO) ## make everything that is missing and open the demo
	@$(BIN)/nurse-tui demo --path $(DEMO)

test: lint types layers rules-covered others ## install what the checks need and run them all
	@echo "All checks passed."

lint: $(VENV)/.checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.checks
	$(BIN)/mypy

layers: $(VENV)/.checks
	$(BIN)/lint-imports --no-logo

# The rules must be covered by their own tests alone; only they are traced, so the rest runs fast.
rules-covered: $(VENV)/.checks
	$(BIN)/pytest tests/rules -n auto --cov --cov-report=term

others: $(VENV)/.checks
	$(BIN)/pytest --ignore=tests/rules -n auto --dist=worksteal

bench: $(VENV)/.checks $(VENV)/.compiled ## measure what matters beside its floor (CASES=1000)
	$(BIN)/python -m bench.run --cases $(CASES)

bench-1m: ## the same over a million cases, built once in bulk
	$(MAKE) bench CASES=1000000

screenshots: $(VENV)/.checks $(VENV)/.compiled ## draw the pictures of the user guide again
	$(BIN)/python -m docs.screenshots

lock: ## resolve the dependencies anew into both lock files (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: install it, or say UV=PATH."; exit 1; }
	( echo "# What runs nurse-tui, and what installs it. Made by: make lock"; \
	  $(COMPILE) --extra build ) > requirements.txt.new
	( echo "# What runs, installs and checks nurse-tui. Made by: make lock"; \
	  $(COMPILE) --extra build --extra dev --constraint requirements.txt.new ) \
	  > requirements-dev.txt.new
	@if grep -iE 'https?:|index-url|find-links' requirements.txt.new requirements-dev.txt.new; \
	  then echo "A lock file names a host; nothing was changed."; exit 1; fi
	mv requirements.txt.new requirements.txt
	mv requirements-dev.txt.new requirements-dev.txt

clean: ## remove what was made here, the demo database too
	rm -rf $(VENV) $(DEMO) $(DEMO)-wal $(DEMO)-shm bench/out build dist htmlcov .coverage*
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find nurse_tui tests bench docs -name __pycache__ -prune -exec rm -rf {} +

help: ## say what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "nurse-tui needs Python 3.11 or newer and $(PYTHON) is not: say make PYTHON=python3.12, for example."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make a virtual environment: on Debian, apt-get install python3-venv."; exit 1; }
	@echo "Making the virtual environment $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.checks: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the checks need ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.compiled: $(VENV)/.installed $(SOURCES)
	@$(BIN)/python -m compileall -qq $(VENV)/lib || true
	@$(BIN)/python -m compileall -q nurse_tui
	@touch $@

$(DEMO): | $(VENV)/.compiled
	@echo "Building the demo database $(DEMO), once ..."
	@$(BIN)/nurse-tui demo --path $(DEMO) --patients $(PATIENTS) --seed $(SEED) --build-only
