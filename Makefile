# python 3.11 or newer; override with: make PYTHON=python3.13 run
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# more for pytest, such as: make OPTIONS=--ignore=tests/browser test
OPTIONS ?=

.PHONY: help install run test check bench lock clean
help:
	@echo "make run    run the main job on the sample region"
	@echo "make test   run the tests"
	@echo "make check  format, lint, types, import contracts, tests"
	@echo "make bench  measure against geopandas and PostGIS on national data, the solver against SCIP and HiGHS, and more"

# the stamp depends on what decides the environment, so a changed lock is installed again
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 run") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

install: $(VENV)/.installed

run: install
	$(BIN)/kringruimte demo out

test: install
	$(BIN)/python -m pytest -n 2 --dist loadgroup -q $(OPTIONS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

bench: run
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.national
	$(BIN)/python -m tests.benchmarks.spreading out/project.toml
	$(BIN)/python -m tests.benchmarks.pages
	if [ -n "$$KRING_PYGEOAPI" ]; then $(BIN)/python -m tests.benchmarks.fetching; \
	  else echo "KRING_PYGEOAPI is not set: fetching is not measured"; fi

# one set of versions for 3.11 and 3.13, with hashes and without any index host
lock:
	uv pip compile pyproject.toml --extra dev --extra build --universal --python-version 3.11 \
	  --fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --no-annotate --upgrade -o requirements.lock

clean:
	rm -rf $(VENV) out
