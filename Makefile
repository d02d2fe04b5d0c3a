# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check bench clean

demo: $(READY)  ## play the sample films as RTSP cameras and open cases; Ctrl-C ends it
	$(BIN)/kitchenwatch demo $(DEMO)

test: $(READY)  ## run every test that this machine can run; the others say what they lack
	$(BIN)/pytest $(TESTS)

check: $(READY)  ## style, types, floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	for room in tests tests/*/; do MYPYPATH=tests:$$room $(BIN)/mypy $$room/*.py || exit; done  # each has a conftest
	$(BIN)/lint-imports

bench: $(READY)  ## what one camera costs on this machine
	$(BIN)/kitchenwatch bench speed $(BENCH)

clean:
	rm -rf $(VENV) var

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kitchenwatch needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@
