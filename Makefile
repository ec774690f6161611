# Everything from one command: `make help`. Needs python3 (3.11 or newer), make and git; packages come pinned by hash.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests start the same programs again and again: let them keep compiled code, also where the environment forbids it.
unexport PYTHONDONTWRITEBYTECODE
# What `make test` and `make check` are to look at, such as ARGS="tests/jobs -k lease".
ARGS ?=

# A change of a lock or of Python gives the stamp another name, so that the installation is done again.
PYTHON_VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)
stamp = $(VENV)/installed-$(1)-$(PYTHON_VERSION)-$(firstword $(shell cat $(2) | cksum))
RUNTIME := $(call stamp,runtime,requirements-boot.txt requirements.txt)
DEVELOPMENT := $(call stamp,development,requirements-boot.txt requirements.txt requirements-dev.txt)

# Enough environment for checks that connect to nothing; https, so that production's own settings are checked.
NOWHERE := env DERISK_HOME=$(CURDIR)/var DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing REDIS_URL=redis://127.0.0.1:1/0 \
	SITE_URL=https://www.derisk.example ALLOWED_HOSTS=www.derisk.example EMAIL_URL=smtp://127.0.0.1:1 DEBUG=off \
	TRUSTED_PROXIES=1 SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ

# Two processes more than cores: some tests wait for real processes. In the order of tests/conftest.py, so that the slow
# files are not the last.
SPREAD := -n $(shell echo $$(( $$(nproc) + 2 ))) --maxprocesses 6 --dist loadfile --no-loadscope-reorder

CHECKS := formatted linted imports types migrations deployable templates bandit rules

.DEFAULT_GOAL := help
.PHONY: help demo test bench chaos check $(CHECKS) format lock clean .venv

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */  make \1\t/' | expand -t 16

demo: $(RUNTIME)  ## everything on this machine, real parts, on http://localhost:8000 (PORT=… for another); Ctrl-C ends it
	@exec $(BIN)/python -m config.demo --stop-with-parent

test: $(DEVELOPMENT)  ## the whole test suite against real servers, on all cores (ARGS=… for a part, on one)
	@$(BIN)/python -m pytest $(or $(ARGS),$(SPREAD))

bench: $(DEVELOPMENT)  ## the benchmarks, one JSON object a line (ARGS="--quick" for a short run); what they load stays in var/bench
	@$(BIN)/python -m tests.bench $(ARGS)
	@$(BIN)/python -m tests.bench.intake $(ARGS)
	@$(BIN)/python -m tests.bench.routing $(ARGS)

chaos: $(DEVELOPMENT)  ## the long fault run: every process killed and frozen under requests, then reconciled (ARGS="--faults 300")
	@$(BIN)/python -m tests.chaos $(ARGS)

check: $(CHECKS)  ## format, lint, types, import contract, migrations, deploy settings, versions (-k: go on after a failure)
	@echo "All checks passed."

$(CHECKS): $(DEVELOPMENT)

formatted:
	$(BIN)/ruff format --check --quiet .

linted:
	$(BIN)/ruff check .

imports:
	$(BIN)/lint-imports --no-logo

types:
	$(NOWHERE) $(BIN)/mypy .

migrations:  # its look into the database is not wanted here: the tests migrate a real one
	$(NOWHERE) $(BIN)/python -W "ignore:Got an error checking" manage.py makemigrations --check --dry-run

deployable:
	$(NOWHERE) $(BIN)/python manage.py check --deploy --fail-level WARNING

templates:
	$(BIN)/djlint --lint --quiet .

bandit:
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml .

rules:
	$(BIN)/python -m pytest --quiet tests/test_architecture.py tests/test_versions.py

format: $(DEVELOPMENT)  ## rewrite the code as `make check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"
lock: $(DEVELOPMENT)  ## pin again what requirements*.in ask for
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -c requirements.txt -o requirements-dev.txt

clean:  ## remove the environment and the caches; the demo's data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- The environment: made once, redone when a lock or Python changes

.venv: $(RUNTIME)  # what production needs of it: the packages, without those for checks and tests

$(VENV)/made-$(PYTHON_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Derisk needs Python 3.11 or newer; '$(PYTHON)' is $(or $(PYTHON_VERSION),not there). Name another: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making the environment in $(VENV)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): $(VENV)/made-$(PYTHON_VERSION)
	@.ci/install requirements.txt
	@rm -f $(VENV)/installed-runtime-*
	@touch $@

$(DEVELOPMENT): $(RUNTIME)
	@.ci/install requirements.txt requirements-dev.txt
	@rm -f $(VENV)/installed-development-*
	@touch $@
