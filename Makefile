# Everything that is done to this project by hand. It needs Python 3.11 or newer, and make.
# All paths are relative, so that the folder may have any name, also one with spaces.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadgroup
DOMAIN := tests/opioids tests/spec
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/python -m uv pip compile --quiet \
	--universal --python-version 3.11 --generate-hashes $(LOCK_FLAGS)

.DEFAULT_GOAL := help
.PHONY: help run test check format lock sbom integration bench profile mutation directions clean
# Two goals named at once must not both fill the environment.
.NOTPARALLEL:

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.runtime ## set up and serve http://127.0.0.1:8080 (HOST=, PORT=)
	$(BIN)/opioid-cds serve --host $(HOST) --port $(PORT)

# The domain's own tests cover it whole, and alone: to measure it under the others too would take twice the time.
test: $(VENV)/.development ## set up and run the whole test suite
	@code=0; \
	$(PYTEST) --cov=opioids $(DOMAIN) || code=$$?; \
	$(PYTEST) $(DOMAIN:%=--ignore=%) || code=$$?; \
	exit $$code

check: $(VENV)/.development ## format, lint, types and floors: what CI runs before the tests
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest --quiet tests/test_floors.py

format: $(VENV)/.development ## put the code into the house's format
	$(BIN)/python -m ruff check --fix-only --quiet .
	$(BIN)/python -m ruff format .

lock: $(VENV)/.development ## write the lock files from pyproject.toml (LOCK_FLAGS=--upgrade for newer versions)
	$(COMPILE) pyproject.toml --group build --output-file requirements.txt
	$(COMPILE) pyproject.toml --group build --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(COMPILE) --group sbom --constraint requirements.txt --output-file requirements-sbom.txt

# As in the image: without the installer, and without what only builds.
sbom: ## list what the service consists of, with versions and licences: sbom.cdx.json
	$(PYTHON) -m venv --clear build/sbom
	build/sbom/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--requirement requirements-sbom.txt
	$(PYTHON) -m venv --clear --without-pip build/runtime
	build/sbom/bin/python -m pip --python build/runtime/bin/python install --quiet --disable-pip-version-check \
		--require-hashes --no-deps --requirement requirements.txt
	build/sbom/bin/python -m pip --python build/runtime/bin/python uninstall --quiet --yes setuptools
	build/sbom/bin/cyclonedx-py environment build/runtime/bin/python --pyproject pyproject.toml \
		--mc-type application --output-reproducible --output-file sbom.cdx.json

integration: $(VENV)/.development ## read from a real FHIR server, HAPI's (needs Java 17 and Maven; says so where it has to skip)
	$(BIN)/python -m tests.integration

bench: $(VENV)/.development ## measure against the floor server (ARGS=--quick for half a minute)
	$(BIN)/python -m benchmarks $(ARGS)

mutation: $(VENV)/.development ## small faults in the domain, and whether tests notice (ARGS=--all for every one)
	$(BIN)/python -m tests.mutation $(ARGS)

directions: $(VENV)/.development ## how well written directions are read: exact, refused, wrong
	$(BIN)/python -m tests.spec.directions_report

profile: $(VENV)/.development ## where the time of one request goes
	$(BIN)/python -m benchmarks.profile_request $(ARGS)

clean: ## remove what these commands made, the environment included
	rm -rf $(VENV) build dist ./*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.created:
	@$(PYTHON) -c '' 2>/dev/null || { echo "No Python was found as '$(PYTHON)'. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "'$(PYTHON)' cannot create virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.created requirements.txt pyproject.toml
	$(PIP) install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements.txt
	$(PIP) install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The development lock holds the runtime one (a test says so), hence both stamps.
# --no-deps: the locks are complete, and pip would otherwise look for a newer release of what an extra names
# (coverage[toml]) and refuse it for having no hash.
$(VENV)/.development: $(VENV)/.created requirements-dev.txt pyproject.toml
	$(PIP) install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements-dev.txt
	$(PIP) install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.runtime $@
