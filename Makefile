# Two commands are all the set-up there is: make reports, make test. Both keep to this folder.
PYTHON ?= python3
BIN = .venv/bin
export PYTHONHASHSEED = 0
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
# Without kept bytecode every kernel would compile its imports anew.
unexport PYTHONDONTWRITEBYTECODE
# What is downloaded, and what programs keep in a home folder otherwise, is kept here.
CACHE = $(CURDIR)/.cache
export XDG_CACHE_HOME ?= $(CACHE)
# Chromium writes into the one, and pip calls rustc, which looks into the other.
export XDG_CONFIG_HOME ?= $(CACHE)/config
export RUSTUP_HOME ?= $(CACHE)/rustup
export PIP_CACHE_DIR ?= $(CACHE)/pip
export UV_CACHE_DIR ?= $(CACHE)/uv
export MPLCONFIGDIR ?= $(CACHE)/matplotlib
export IPYTHONDIR ?= $(CACHE)/ipython
export JUPYTER_CONFIG_DIR ?= $(CACHE)/jupyter
export JUPYTER_DATA_DIR ?= $(CACHE)/jupyter
export JUPYTER_RUNTIME_DIR ?= $(CACHE)/jupyter/runtime
# A Python that was named is meant; the one found by default need not be that of .venv.
SET_UP = $(PYTHON) scripts/set_up.py $(if $(filter file,$(origin PYTHON)),,--this-python)

# Tests are not alike: who has none left takes half of what waits for the other.
SHARED = -n 2 --dist worksteal

.PHONY: reports site test quick validate gallery lock format clean ready ready-tests

reports: ready  ## run a first suite, one report a kind of question, and build the site
	$(BIN)/analysis run first --publish --wait 3600

site: ready  ## run every report of the default suite and build the site
	$(BIN)/analysis run default --publish --wait 3600

test: ready-tests  ## everything that must hold before a change lands
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest $(SHARED) -m "not validate"

quick: ready-tests  ## what a change needs, in under a minute: style, types, layers, the nearest tests
	$(BIN)/python scripts/quick.py

validate: ready-tests  ## the long simulation studies of methods, over WORLDS worlds each (60)
	$(BIN)/pytest $(SHARED) -m validate -s

gallery: ready-tests  ## every kind of figure under conditions that break layouts, to look at
	$(BIN)/python tests/publish/gallery.py build/gallery

format: ready-tests  ## put code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

ready:  ## .venv with what reports need, and the simulated province
	@$(SET_UP)

ready-tests:  ## the same with what tests need
	@$(SET_UP) --tests

# LOCK_OPTIONS=--upgrade chooses the newest versions anew.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS) --group set-up pyproject.toml
lock: ready  ## exact versions of what pyproject.toml asks for
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra dev --extra cluster -c requirements.lock -o requirements-test.lock

clean:  ## remove what can be made again
	rm -rf build data/simulated .venv .cache .mypy_cache .ruff_cache .pytest_cache
