# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check bench clean

demo: $(VENV)/.for-demo  ## play the sample films as RTSP cameras and open cases; Ctrl-C ends it
	$(BIN)/kitchenwatch demo $(DEMO)

test: $(VENV)/.for-test  ## run every test that this machine can run; the others say what they lack
	$(BIN)/pytest --numprocesses auto --dist loadfile $(TESTS)

check: $(VENV)/.for-test  ## style, types, floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	for room in tests tests/*/; do MYPYPATH=tests:$$room $(BIN)/mypy $$room/*.py || exit; done  # each has a conftest
	$(BIN)/lint-imports

bench: $(VENV)/.for-demo  ## what one camera costs on this machine
	$(BIN)/kitchenwatch bench speed $(or $(BENCH),sample_videos/*/*.mp4)

clean:
	rm -rf $(VENV) var

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kitchenwatch needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

# .venv/.for-demo and .venv/.for-test say what is installed there.
$(VENV)/.for-%: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (a few minutes the first time) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$*]'
	touch $@
