# The portal's commands. `make help` lists them; `make run` needs Python 3.11 or newer and nothing else.

PY := .venv/bin/python
ENVIRONMENT := @deploy/bootstrap/environment.sh
LANGUAGES := tr vi
# Processes that share the suite: 0 is one process, which is quickest on two cores.
WORKERS ?= 0
export PYTHON
# Journeys may be skipped where there is no browser, never in CI.
ifdef CI
export JOURNEYS ?= required
endif

.DEFAULT_GOAL := help
.PHONY: help run test check check-style check-walls check-types check-django check-messages \
	format messages lock bench clean install install-dev

help: ## List these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make run PORT=8080 PYTHON=/path/to/python3.12    another port, another Python"
	@echo "  make test ARGS=\"-k pledge -x\" WORKERS=2          a part of the suite, in two processes"

run: install ## Install, prepare and start everything in this terminal; Ctrl-C ends it
	@$(PY) manage.py serve $(if $(HOST),--host $(HOST)) $(ARGS)

test: install-dev ## Run the whole suite, journeys in a real browser included
	@deploy/bootstrap/tools.sh chromium poppler-utils
	@$(PY) manage.py compile_messages --settings portal.settings.test
	$(PY) -m pytest $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS)) $(ARGS)

check: check-style check-walls check-types check-django check-messages ## Everything but the suite: style, types, walls, migrations, messages
	@echo "All checks passed."

check-style: install-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

check-walls: install-dev
	.venv/bin/lint-imports --no-logo

check-types: install-dev
	$(PY) -m mypy

check-django: install-dev
	$(PY) manage.py check --settings portal.settings.test --fail-level WARNING
	$(PY) manage.py makemigrations --settings portal.settings.test --check --dry-run
	$(PY) manage.py check_templates --settings portal.settings.test

check-messages: install-dev
	@deploy/bootstrap/tools.sh gettext
	$(PY) manage.py check_messages --settings portal.settings.test

format: install-dev ## Put the code into the house's form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

messages: install-dev ## Collect the sentences of code and templates into locale/
	@deploy/bootstrap/tools.sh gettext
	$(PY) manage.py collect_messages --settings portal.settings.test

lock: install-dev ## Write the lock files anew from pyproject.toml (ARGS=--upgrade for newer versions)
	$(PY) -m uv pip compile pyproject.toml $(LOCK_OPTIONS) -o requirements.lock
	$(PY) -m uv pip compile pyproject.toml --group dev $(LOCK_OPTIONS) -o requirements-dev.lock

bench: install-dev ## Measure the portal on PostgreSQL behind nginx; writes var/bench.json
	$(PY) -m bench $(ARGS)

clean: ## Remove the environment and caches; data in var/ stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis htmlcov .coverage
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

install:
	$(ENVIRONMENT) requirements.lock

install-dev:
	$(ENVIRONMENT) requirements-dev.lock

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header $(ARGS)
