# make demo   set up, then publish real KM3NeT data into an embedded data center (KEEP=1 keeps it running)
# make test   set up, then run the tests on JOBS processes (PYTEST=… for options of pytest)
# make matrix every fault at every request of a release, against real servers (some minutes)
# make long   the cases of long tests of which every run tries a sample
# make crash  kill a data center at every write of its work (an hour or so)
# make rdm    set up the InvenioRDM that some tests need (800 MB)
# make npm    set up the language server and the runner of GitLab's jobs that some tests need
# make workflows set up Snakemake, cwltool and twine, which some tests need
# make soak   an event file of 5 GB (GIGABYTES=…), annotated, validated, packed and read in 500 MB; then READERS (200) and WRITERS (20)
# make soak   … on a data center under gunicorn for SECONDS (300)
# make lint | docs | bench | fuzz | recording | schemas | constraints | publish-templates | clean

# What Python has compiled is kept, also where the environment says otherwise: thousands of processes start here.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --constraint constraints.txt
DEBIAN := chromium clang-format default-jre-headless emacs-nox g++ locales nodejs pandoc postgresql r-base-core rsync shellcheck unzip
RDM := .venv-rdm
NPM := .venv-npm
WORKFLOWS := .venv-workflows
EDITOR := yaml-language-server@1.25.0
# Finds faults of pages for who does not see, or does not use a mouse.
AXE := axe-core@4.14.1
# The newest one that runs on Node 20.
RUNNER := gitlab-ci-local@4.73.0
# Checks files for Nextflow; the newest one that runs on Node 20. It needs Java.
LINTER := npm-groovy-lint@15.2.0

.PHONY: demo test lint docs bench fuzz crash soak long recording schemas reference constraints publish-templates clean debian npm rdm workflows matrix help

help:
	@grep '^# make' Makefile | cut -c3-

demo: $(VENV)/.demo
	@$(BIN)/kpublish demo

test: $(VENV)/.test debian $(if $(CI)$(SETUP),rdm npm workflows)
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(PYTEST)

lint: $(VENV)/.lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

docs: $(VENV)/.docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --config-file .mkdocs.yml --strict --quiet
	@echo "site/index.html"

matrix: $(VENV)/.test rdm
	@$(BIN)/python tests/matrix/matrix.py

bench: $(VENV)/.test
	@$(PIP) --editable '.[bench]'
	@for file in tests/benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

# COUNT mutated files, from number FIRST on, through every reader; then thousands of requests to the data center.
fuzz: COUNT ?= 100000
fuzz: $(VENV)/.test
	@$(BIN)/python tests/fuzz/run.py $(COUNT) $(FIRST)
	@LONG=1 $(BIN)/python -m pytest -q tests/datacenter/test_datacenter_openapi.py

crash: $(VENV)/.test debian
	@LONG=1 $(BIN)/python -m pytest -q tests/datacenter/test_datacenter_crash.py

long: $(VENV)/.test debian rdm npm workflows
	@LONG=1 $(BIN)/python -m pytest -q -m long --ignore tests/datacenter/test_datacenter_crash.py

soak: $(VENV)/.test
	@$(BIN)/python tests/soak/events.py $(GIGABYTES)
	@$(BIN)/python tests/datacenter/soak.py $(if $(READERS),--readers $(READERS)) $(if $(WRITERS),--writers $(WRITERS)) $(if $(SECONDS),--seconds $(SECONDS))

recording: $(VENV)/.test
	@$(BIN)/python docs/make_recording.py

reference: $(VENV)/.test
	@$(BIN)/python docs/make_reference.py

constraints:
	@rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip install -qq --editable '.[all,test,bench,lint,docs]'
	@{ echo "# Versions that the tests ran with; made by make constraints."; \
	   build/constraints/bin/python -m pip freeze --exclude-editable --exclude kpublish | grep -v ' @ '; } > constraints.txt
	@rm -rf build/constraints

# Each template as a repository of its own with its history, below the address REMOTE, under the tag TAG: copier copies and updates from it.
publish-templates:
	@test -n "$(REMOTE)" -a -n "$(TAG)" || { echo "Say REMOTE=address TAG=v1.0.0."; exit 2; }
	@for folder in templates/km3net-*; do \
	   commit=$$(git subtree -q split --prefix="$$folder" HEAD) || exit 1; \
	   git push --quiet "$(REMOTE)/$$(basename "$$folder").git" "$$commit:refs/heads/main" "$$commit:refs/tags/$(TAG)" || exit 1; \
	   echo "$$(basename "$$folder") $(TAG)"; \
	 done

clean:
	@rm -rf $(VENV) $(RDM) $(NPM) $(WORKFLOWS) build dist site .mypy_cache .ruff_cache .pytest_cache

# InvenioRDM is pinned to what runs on Python 3.11; where that is not here, its tests are left out, save in CI.
rdm: $(VENV)/.test
	@if command -v python3.11 >/dev/null; then $(MAKE) --no-print-directory $(RDM)/state/tokens.json; \
	 else echo "InvenioRDM needs Python 3.11, which is not here."; test -z "$$CI"; fi

$(RDM)/.installed: tests/servers/invenio_rdm/constraints.txt
	@echo "Installing InvenioRDM …" && rm -rf $(RDM) && python3.11 -m venv $(RDM)
	@$(RDM)/bin/python -m pip --disable-pip-version-check install -qq --no-compile --requirement $<
	@touch $@

$(RDM)/state/tokens.json: $(RDM)/.installed $(wildcard tests/servers/invenio_rdm/*.py tests/servers/invenio_rdm/*.cfg)
	@echo "Preparing InvenioRDM …" && rm -rf $(RDM)/state $(RDM)/run
	@$(BIN)/python tests/servers/invenio.py $(RDM)/run

# What editors ask about YAML, what runs GitLab's jobs, and what looks at pages; where npm is not here, its tests are left out, save in CI.
npm: debian
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(NPM)/.installed; \
	 else echo "npm is not here."; test -z "$$CI"; fi

$(NPM)/.installed: Makefile
	@npm install --silent --no-audit --no-fund --no-save --no-package-lock --prefix $(NPM) $(EDITOR) $(RUNNER) $(LINTER) $(AXE)
	@touch $@

# Their requirements are others than ours.
workflows: $(WORKFLOWS)/.installed

$(WORKFLOWS)/.installed: Makefile
	@echo "Installing Snakemake, cwltool and twine …" && rm -rf $(WORKFLOWS) && $(PYTHON) -m venv $(WORKFLOWS)
	@$(WORKFLOWS)/bin/python -m pip --disable-pip-version-check install -qq --no-compile 'snakemake>=9.27,<10' 'cwltool>=3.3,<4'
	@$(PYTHON) -m venv $(WORKFLOWS)/twine
	@$(WORKFLOWS)/twine/bin/python -m pip --disable-pip-version-check install -qq --no-compile 'twine>=7,<8'
	@touch $@

# Debian packages for real components, where root and CI or SETUP=1 allow it.
debian:
	@if [ "$$(id -u)" = 0 ] && [ -n "$$CI$$SETUP" ] && command -v apt-get >/dev/null; then \
	   missing=$$(for name in $(DEBIAN); do dpkg -s $$name >/dev/null 2>&1 || echo $$name; done); \
	   command -v npm >/dev/null || missing="$$missing npm"; \
	   [ -z "$$missing" ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; } >/dev/null; \
	 fi

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("kpublish needs Python 3.11 or newer: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing kpublish …"
	@$(PIP) --editable '.[all]'
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing kpublish and what its tests need …"
	@$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.demo

$(VENV)/.lint: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(PIP) --editable '.[all,lint]'
	@touch $@ $(VENV)/.demo

$(VENV)/.docs: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(PIP) --editable '.[all,docs]'
	@touch $@ $(VENV)/.demo
