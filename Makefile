# Two commands do it all, each with its own set-up:
#
#   make generate    slo_specs/ -> generated/
#   make test        this repository's tests, then promtool over everything in generated/
#
# Settings: PYTHON=/path/to/python3.11, PYTEST_ARGS="-k windows", VALIDATE_ARGS="--today 2026-12-01", JOBS=4

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
export VENV
# hundreds of tests start slosmith: without bytecode each start costs three times as much
unexport PYTHONDONTWRITEBYTECODE
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST_ARGS ?=
FUZZ_ARGS ?= --seconds 600
REPORTS := reports

.PHONY: help
help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: generate
generate: venv ## compile slo_specs/ into generated/
	@$(VENV)/bin/slosmith generate

.PHONY: validate
validate: venv ## check slo_specs/, write nothing
	@$(VENV)/bin/slosmith validate $(VALIDATE_ARGS)

# Both side by side: promtool waits for the disk half of its time, and the tests for promtool.
# Rules that differ only in names are tested once; `make test-all` tests every file.
RULE_TESTS = --one-of-a-kind
.PHONY: test
test: venv-dev prometheus alertmanager puppet ## run the tests, and promtool over generated/ (reports in reports/)
	@mkdir -p $(REPORTS)
	@$(VENV)/bin/slosmith test $(RULE_TESTS) --junit $(REPORTS)/slosmith.xml >$(REPORTS)/slosmith.txt 2>&1 & generated=$$!; \
	trap 'kill $$generated 2>/dev/null; exit 130' INT TERM HUP; \
	$(VENV)/bin/pytest -n $(JOBS) --dist loadgroup --junit-xml $(REPORTS)/pytest.xml $(PYTEST_ARGS); tests=$$?; \
	wait $$generated; rules=$$?; echo; echo "slosmith test:"; cat $(REPORTS)/slosmith.txt; \
	[ $$tests -eq 0 ] && [ $$rules -eq 0 ]

.PHONY: rules
rules: venv prometheus ## promtool over generated/ (RULES_ARGS="--changed-since main")
	@$(VENV)/bin/slosmith test $(RULES_ARGS)

.PHONY: diff
diff: venv ## what the change of slo_specs/ means (DIFF_ARGS="main --format markdown")
	@$(VENV)/bin/slosmith diff $(DIFF_ARGS)

.PHONY: pipeline-test
pipeline-test: venv-dev prometheus ## run .gitlab-ci.yml and templates/ on scratch clones (needs Node 20 and npm)
	@scripts/setup-pipeline-test
	@$(VENV)/bin/pytest -q tests/pipeline/scenarios.py $(PIPELINE_ARGS)

.PHONY: test-all
test-all: PYTEST_ARGS += --all
test-all: RULE_TESTS =
test-all: test ## the same with big sets whole, of which `make test` tries a part; the scheduled pipeline's

.PHONY: fuzz
fuzz: venv-dev ## damaged and generated specs until FUZZ_ARGS says stop (failures go to reports/fuzz/)
	@$(VENV)/bin/python -m tests.fuzz $(FUZZ_ARGS)

.PHONY: transcripts
transcripts: venv-dev prometheus ## write down anew what commands print (tests/transcripts/), for review in git diff
	@$(VENV)/bin/pytest -q tests/transcripts --update-transcripts

.PHONY: drift
drift: venv ## fail unless generated/ is exactly what slo_specs/ gives
	@$(VENV)/bin/slosmith generate --check

.PHONY: fmt
fmt: venv ## format slo_specs/
	@$(VENV)/bin/slosmith fmt

.PHONY: lint
lint: venv-dev ## format of specs; ruff (rules and format), mypy and import-linter (the arrows of docs/architecture.md)
	@$(VENV)/bin/slosmith fmt --check
	@$(VENV)/bin/ruff check generators tests bench
	@$(VENV)/bin/ruff format --quiet --check generators tests bench
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache --no-logo

.PHONY: reference
reference: venv-dev ## write docs/reference/ anew, from the JSON Schemas
	@$(VENV)/bin/python scripts/make-reference

.PHONY: docs
docs: venv-dev ## build the site of the documentation into site/
	@VENV=.venv-docs scripts/setup-venv docs
	@$(VENV)/bin/python scripts/make-site

.PHONY: dist
dist: venv-dev ## build the wheel and the source package into dist/
	@rm -rf dist
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)} \
		$(VENV)/bin/python -m build --no-isolation --outdir dist

.PHONY: lock
lock: ## pin the requirements again (needs uv; LOCK_ARGS=--upgrade for the newest)
	@scripts/lock-requirements $(LOCK_ARGS)

.PHONY: clean
clean: ## remove what was set up here: .venv/, .tools/, caches
	rm -rf $(VENV) .venv-docs .tools .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis dist site $(REPORTS)

.PHONY: venv venv-dev prometheus alertmanager puppet
venv:
	@scripts/setup-venv product
venv-dev:
	@scripts/setup-venv dev
prometheus:
	@scripts/fetch-debian prometheus promtool prometheus
alertmanager:
	@scripts/fetch-alertmanager
puppet:
	@scripts/fetch-puppet
