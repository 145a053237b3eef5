# Each target does all of its own set-up. PYTHON=python3.12 make run picks another Python.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint format lock bench fuzz chaos

run: $(VENV)/.run  ## Build the index and start the bot
	@$(BIN)/python bot.py run

test: $(VENV)/.dev  ## Run every check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python bot.py check
	$(BIN)/python -m pytest

lint: $(VENV)/.dev  ## Run the checks that read code, and mend what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --severity-level medium --skip B608 --recursive bot handlers scripts bot.py  # ruff's S608 sees to B608
	$(BIN)/python scripts/audit.py

bench: $(VENV)/.dev  ## Measure: how right, how honest, how fast, beside others (half an hour); benchmarks/RESULTS.md keeps a run
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/.dev  ## Throw a million inputs at whatever takes text from outside (FUZZ=N for N)
	FUZZ=$${FUZZ:-1000000} $(BIN)/python -m pytest tests/test_fuzz.py
	$(BIN)/python scripts/fuzz.py -runs=$${FUZZ:-1000000}

chaos: $(VENV)/.dev  ## Break everything while people use the bot, and count (CHAOS="--updates 100000 --faults 0.1 --seed 1")
	$(BIN)/python -m tests.chaos $(CHAOS)

lock: $(VENV)/.dev  ## Pin the newest releases that pyproject.toml allows, with hashes, without an index address
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra postgres --group dev pyproject.toml -o requirements-dev.txt

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新:PYTHON=python3.12 make run")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
