# Everything a newcomer needs: `make run` shows the product, `make test` checks it. Needs python3.11, Java 17, Maven.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
JARS := var/kafka-jars
# Lies in a directory `make clean` removes with the kernels, so the next setup compiles them again.
KERNELS := streams/__pycache__/.compiled
SECONDS ?= 60
RATE ?=
EVENTS ?= 5000000
TEST_PROCESSES ?= 2

.PHONY: help setup lint test run bench report lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed $(KERNELS) $(JARS)/.complete $(JARS)/classes.jsa ## make the virtual environment and fetch Kafka's jars

$(VENV)/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is missing: install it, or say make PYTHON=/path/to/python3.11." >&2; exit 2; }
	@test -x $(BIN)/pip || { echo "setup: virtual environment" && $(PYTHON) -m venv $(VENV); } || \
		{ echo "Python's venv module is missing: install python3.11-venv." >&2; exit 2; }
	@echo "setup: Python packages from requirements.lock (some hundred MB the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "setup: compiling them once, which halves the start of every process"
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null || true
	@touch $@

$(KERNELS): $(VENV)/.installed
	@echo "setup: compiling our own code and its kernels once, which the first worker would do otherwise"
	@$(BIN)/python -m compileall -q -j 0 schemas streams sinks deploy loadtest >/dev/null || true
	@$(BIN)/python -c 'from streams.warm_up import warm_up; warm_up()'
	@mkdir -p $(@D)
	@touch $@

$(JARS)/.complete: deploy/kafka/pom.xml
	@command -v mvn >/dev/null || { echo "Maven is missing: install the package maven; it fetches Kafka's jars." >&2; exit 2; }
	@echo "setup: Kafka's jars through Maven"
	@rm -rf $(JARS) && mkdir -p $(JARS)
	@mvn -q -B -f deploy/kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime \
		-DoutputDirectory=$(CURDIR)/$(JARS) >$(JARS)/maven.log 2>&1 || \
		{ cat $(JARS)/maven.log >&2; echo "Maven could not fetch Kafka's jars: see its messages above." >&2; exit 2; }
	@touch $@

$(JARS)/classes.jsa: $(JARS)/.complete | $(VENV)/.installed
	@echo "setup: class archive for quick starts of Kafka"
	@$(BIN)/python -m deploy.kafka.archive

lint: setup ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## set up, check style and types, run every test
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder --durations 25

run: setup ## start everything and let a simulated fleet scan (SECONDS=60 RATE=events a second)
	$(BIN)/scanstream demo --seconds $(SECONDS) $(if $(RATE),--rate $(RATE))

bench: setup ## drain a preloaded topic and compare with the raw floor (EVENTS=5000000)
	$(BIN)/scanstream bench drain --events $(EVENTS) --floor --json var/bench.json

report: setup ## make docs/benchmarks.md and its pictures again, from the files of the runs in docs/benchmarks/runs
	$(BIN)/scanstream loadtest report docs/benchmarks/runs/* --html var/benchmarks.html --markdown docs/benchmarks.md

lock: $(VENV)/.installed ## pin every package again, with hashes
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --upgrade --python-version 3.11 --quiet -o requirements.lock

clean: ## remove what runs and checks left behind (keeps the virtual environment)
	rm -rf var build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find deploy loadtest schemas sinks streams tests -name __pycache__ -type d -prune -exec rm -rf {} +
