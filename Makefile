# make demo    a throw-away book with sample data, and its weekly report
# make test    every test            make lint    style, types, layers, generated pages
# make bench   measurements          make stress  the long tests
# make docs    refresh the generated pages and the sessions in the documents
# make clean   remove what these made
#
# Needs Python 3.11 or later as python3 (or PYTHON=...) and nothing else: the environment in .venv is made when it is missing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet --no-input

.DEFAULT_GOAL := test
.PHONY: demo test lint bench stress docs clean

demo: $(VENV)/.program
	@$(BIN)/salestrack demo

test: $(VENV)/.tools
	@$(BIN)/python -m pytest --quiet --numprocesses 4 --dist worksteal

lint: $(VENV)/.tools
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "not formatted; this mends it: $(BIN)/ruff format"; exit 1; }
	@$(BIN)/mypy --strict --no-error-summary
	@said=$$($(BIN)/lint-imports --no-logo) || { echo "$$said"; exit 1; }
	@$(BIN)/python docs/generate_commands.py --check
	@echo "lint: all well"

bench: $(VENV)/.tools
	@$(BIN)/python -m benchmarks

stress: $(VENV)/.tools
	@SALESTRACK_STRESS=1 $(BIN)/python -m pytest --quiet -m stress

docs: $(VENV)/.tools
	@$(BIN)/python docs/generate_commands.py

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +

# The program alone is quickly there; the tools for working on it come when they are needed.
$(VENV)/.program: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "salestrack needs Python 3.11 or later; name one: make PYTHON=python3.12")'
	@echo "preparing $(VENV), once ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.program
	@echo "adding the tools for tests and checks, once ..." >&2
	@$(PIP) install --group dev
	@touch $@
