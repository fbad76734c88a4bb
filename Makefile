# Casetrail: `make run`, `make test`, `make check`. Needs Python 3.11 or newer with venv, and nothing else.
# PORT=8001 and DATA=/some/folder work before or after `make`; HOST= only after it (some shells export another HOST);
# PYTHON=/path/to/python3.12 names the interpreter to use; ARGS= goes to pytest.

.PHONY: help run test chaos bench check format lock clean
.SUFFIXES:

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --no-cache-dir
LOCK := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate \
	--no-emit-index-url --no-header
PYTHON ?=
unexport PYTHONDONTWRITEBYTECODE  # modules are compiled once, not by each of many processes

ifeq ($(origin HOST),command line)
export CASETRAIL_HOST := $(HOST)
unexport HOST
endif
ifdef PORT
export CASETRAIL_PORT := $(PORT)
endif
ifdef DATA
export CASETRAIL_DATA_DIR := $(DATA)
endif

help:
	@echo "make run     install what is needed and serve on http://127.0.0.1:8000 (HOST=, PORT=, DATA=)"
	@echo "make test    run all tests that can run on this machine (ARGS= for pytest)"
	@echo "make chaos   long runs: forged requests, killed servers, floods, random walks (an hour or more; ARGS=)"
	@echo "make bench   speed, as ratios taken in one run (ARGS=--entries=100000 for a short one)"
	@echo "make check   format, lint, types, import rules, sizes"
	@echo "make format  let ruff format everything"
	@echo "make lock    make both lock files anew from pyproject.toml (needs uv)"
	@echo "make clean   remove the environment and caches; data and keys stay"

run: .venv/run.stamp
	@exec $(BIN)/casetrail serve

test: .venv/dev.stamp
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

chaos: .venv/dev.stamp
	@CASETRAIL_TEST_FUZZ=2000 CASETRAIL_TEST_KILLS=300 CASETRAIL_TEST_FLOOD=10 CASETRAIL_TEST_WALKS=1000 CASETRAIL_TEST_WALK_STEPS=40 \
		CASETRAIL_TEST_WORKER_KILLS=200 CASETRAIL_TEST_EVERYWHERE=1 CASETRAIL_TEST_LETTERS=500 CASETRAIL_TEST_UPLOAD_MB=200 \
		$(BIN)/pytest -n auto --dist worksteal tests/api/test_fuzz.py tests/chaos tests/cases/test_walk.py $(ARGS)

bench: .venv/dev.stamp
	@$(BIN)/python -m tests.bench $(ARGS)

check: .venv/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.rules.sizes

format: .venv/dev.stamp
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --select I .

.venv/run.stamp: requirements.lock pyproject.toml
	$(call install,requirements.lock)

.venv/dev.stamp: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)

# The stamp is touched last: an installation that was broken off is done again.
define install
@$(environment)
@echo "Installing what $(1) names ..."
@$(PIP) --require-hashes --only-binary=:all: -r $(1)
@$(PIP) --no-deps --no-build-isolation -e .
@touch $@
endef

define environment
if $(BIN)/python -m pip --version >/dev/null 2>&1; then exit 0; fi; \
for python in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python); do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$python"; break; fi; \
done; \
if [ -z "$$found" ]; then \
	echo "Casetrail needs Python 3.11 or newer: sudo apt-get install python3 python3-venv (or name one: make run PYTHON=...)" >&2; \
	exit 1; \
fi; \
if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	version=$$("$$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	echo "Python's venv is missing; to bring it: sudo apt-get install python$$version-venv" >&2; \
	exit 1; \
fi; \
"$$found" -m venv --clear .venv
endef

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH" >&2; exit 1; }
	$(LOCK) $(ARGS) -o requirements.lock pyproject.toml
	$(LOCK) $(ARGS) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find app tests migrations -name __pycache__ -prune -exec rm -rf {} +
