# Two commands are all the set-up there is: make reports, make test.
PYTHON ?= python3
UV_VERSION = 0.13.9
BIN = .venv/bin
export PYTHONHASHSEED = 0
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
# Without kept bytecode every kernel would compile its imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: reports test validate gallery lock check format clean

reports: .venv/.ready data/simulated/province/dataset.yml  ## run every report of the default suite and build the site
	$(BIN)/analysis run default --publish

test: .venv/.ready data/simulated/province/dataset.yml  ## everything that must hold before a change lands
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n 2 -m "not validate"

validate: .venv/.ready  ## the long simulation studies of methods, over WORLDS worlds each (200)
	$(BIN)/pytest -n 2 -m validate -s

gallery: .venv/.ready  ## every kind of figure under conditions that break layouts, to look at
	$(BIN)/python tests/publish/gallery.py build/gallery

format: .venv/.ready  ## put code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

data/simulated/province/dataset.yml: .venv/.ready $(wildcard src/analysis/simulated/*.py)
	$(BIN)/analysis simulate data/simulated/province

.venv/.ready: pyproject.toml requirements.lock
	@echo "Setting up .venv (once; about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet --link-mode copy requirements.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --editable .
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet uv==$(UV_VERSION)
	@touch $@

lock: .venv/.ready  ## choose the exact versions anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --extra cluster --no-header \
	  --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml -o requirements.lock
	touch .venv/.ready

clean:  ## remove what can be made again
	rm -rf build data/simulated .venv .mypy_cache .ruff_cache .pytest_cache
