# make run    installs what is needed and opens the console on a sample workspace
# make test   the whole quality gate
# make setup  only installs (what `make test` needs)
# make prove  the long proofs;  make bench  the figures;  make screenshots  pictures of the console
# make lock   resolves the dependencies anew
VENV ?= .venv
PY := $(VENV)/bin/python
SETUP_INPUTS := pyproject.toml scripts/setup.sh

.DEFAULT_GOAL := help
.PHONY: help run setup test lint types imports tests keyring-tests prove bench bench-ui screenshots lock

help:
	@sed -n 's/^# //p' Makefile

run: $(VENV)/.installed-run
	$(VENV)/bin/centaur demo

setup: $(VENV)/.installed-dev

$(VENV)/.installed-run: requirements.lock $(SETUP_INPUTS)
	@scripts/setup.sh run $(VENV)

$(VENV)/.installed-dev: requirements-dev.lock $(SETUP_INPUTS)
	@scripts/setup.sh dev $(VENV)

$(VENV)/.installed-pictures: requirements-dev.lock $(SETUP_INPUTS)
	@scripts/setup.sh pictures $(VENV)

test: lint types imports tests keyring-tests

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup
	$(PY) -m mypy

imports: setup
	$(VENV)/bin/lint-imports

tests: setup
	$(PY) -m pytest

keyring-tests: setup
	tests/realkeyring/run.sh $(PY) -m pytest -m realkeyring

prove: setup
	CENTAUR_PROVE=1 $(PY) -m pytest -m prove
	CENTAUR_PROVE=1 tests/realkeyring/run.sh $(PY) -m pytest -m realkeyring

bench: setup
	$(PY) -m tests.bench

bench-ui: setup
	$(PY) -m tests.bench ui

screenshots: $(VENV)/.installed-pictures
	$(PY) -m tests.pictures docs/screenshots

# Without index addresses, for every supported Python and platform; with the uv of the environment.
UV := $(VENV)/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-config

lock: setup
	$(COMPILE) --group build pyproject.toml -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
