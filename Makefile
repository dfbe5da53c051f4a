# Every target makes what it needs: a machine with Python 3.11 or newer, make and a package index is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV ?= uv

# the sources that tools look at
SOURCES := agent migrations tests benchmarks

.PHONY: help demo test fuzz soak torture mutation evaluate lint format lock dist dist-check test-matrix clean
.DEFAULT_GOAL := help

help:
	@echo "make demo      watch the whole program work, with nothing set up"
	@echo "make test      lint, types and tests"
	@echo "make soak      the drafts' property test, twenty times as long and from a new seed"
	@echo "make torture   kill points, lost answers, several processes, sick disks, odd clocks; a table (TORTURE='--seed 7')"
	@echo "make mutation  how many planted errors the tests see (MUTATION='--sample 150')"
	@echo "make fuzz      parsers under atheris for an hour (FUZZ_SECONDS), if it is installed"
	@echo "make evaluate  how much of the sample mailboxes is understood"
	@echo "make lint      ruff and mypy only"
	@echo "make format    let ruff format the sources"
	@echo "make lock      make the lock files anew (needs uv)"
	@echo "make dist      wheel, source archive, man page and completions, in dist/; built twice and compared"
	@echo "make dist-check   ... installed into empty environments and run"
	@echo "make test-matrix  the tests on every Python here, and with the lowest dependencies (needs uv)"
	@echo "make clean     remove what was made, .venv included"

demo: $(VENV)/runtime.stamp
	$(BIN)/followup-agent demo

test: lint
	$(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist worksteal

soak: $(VENV)/dev.stamp
	MACHINE_EXAMPLES=20000 MACHINE_SEED=$${MACHINE_SEED:-$$(date +%s)} $(BIN)/pytest --numprocesses auto --maxprocesses 8 \
		--dist worksteal tests/cycle/test_machine.py -k whatever_happens

torture: $(VENV)/dev.stamp
	$(BIN)/python -m tests.torture $(TORTURE)

mutation: $(VENV)/dev.stamp
	$(BIN)/python -m tests.torture.mutation $(MUTATION)

fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m tests.fuzz

evaluate: $(VENV)/dev.stamp
	$(BIN)/python -m tests.evaluate

test-matrix:
	.ci/test-matrix

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/dev.stamp
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# ── the virtual environment ──

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# every package by its hash; then this folder, with the setuptools of the lock and without a look at the index.
# What the tests need includes what the demo needs: once dev.stamp is there, the demo installs nothing.
define install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endef

$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/runtime.stamp

# ── releases ──

# Names, versions and hashes only: which index they come from is the user's own business.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate pyproject.toml

lock:
	printf 'setuptools>=77\n' | $(COMPILE) - --extra demo --output-file requirements.lock
	$(COMPILE) --extra dev --output-file requirements-dev.lock

dist: $(VENV)/dev.stamp
	$(BIN)/python .ci/dist

# what was made, installed into empty environments and run (asks the package index for the dependencies)
dist-check: dist
	.ci/check-dist

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
