# Everything happens in .venv beside this file; nothing is installed on the system.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
DEMO := winter-2025-26
PIP_INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test validation bench lint format clean
.NOTPARALLEL: # two targets must not install into one .venv at the same time

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.installed-report ## run the demo and write its report to out/winter-2025-26/
	$(VENV)/bin/vallum run $(DEMO) --out out/$(DEMO)

test: $(VENV)/.installed-dev ## run all tests (more options: make test PYTEST_ARGS="-k supply")
	$(VENV)/bin/python -m pytest -n auto $(PYTEST_ARGS)

validation: $(VENV)/.installed-dev ## hold the model against exact answers (minutes), write docs/model/validation.md
	$(VENV)/bin/python -m tests.validation

bench: $(VENV)/.installed-bench ## measure against SimPy, objects, NumPy and C (minutes; less: BENCH_ARGS=--quick)
	$(VENV)/bin/python -m bench $(BENCH_ARGS)

lint: $(VENV)/.installed-dev ## check style, types and the import contract
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.installed-dev ## put the code into the house format
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

clean: ## remove .venv, results and caches
	rm -rf $(VENV) out dist build .hypothesis .import_linter_cache .mypy_cache .numba_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp, not the folder, says that the environment is whole: an interrupted set-up starts again.
$(VENV)/.created:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "vallum needs Python 3.11 or newer, and there is no '$(PYTHON)' here." >&2; \
	  echo "Install one, or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "vallum needs Python 3.11 or newer, but '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." >&2; \
	  echo "Install a newer one, or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) -V 2>&1) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu the package python3-venv provides it." >&2; exit 1; }
	@touch $@

$(VENV)/.installed-report: pyproject.toml $(VENV)/.created
	@echo "Installing vallum (about a minute, once) ..."
	@$(PIP_INSTALL) -e '.[report]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.created
	@echo "Installing vallum and its test tools (about a minute, once) ..."
	@$(PIP_INSTALL) -e '.[report,dev]'
	@touch $(VENV)/.installed-report $@

$(VENV)/.installed-bench: pyproject.toml $(VENV)/.created
	@echo "Installing vallum and what it is measured against (about a minute, once) ..."
	@$(PIP_INSTALL) -e '.[report,bench]'
	@touch $(VENV)/.installed-report $@
