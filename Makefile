# Everything a fresh clone needs: `make demo` shows redclock at work, `make test` checks it.
# Both set up .venv by themselves, from Python 3.11 or newer and the package registry.

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3 python; do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
PINNED := -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test bench venv constraints clean

demo: venv
	$(BIN)/redclock demo

test: venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist loadfile

bench: venv
	set -e; for script in bench/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

venv: $(READY)

# The build back end goes in first: building without isolation keeps it to its pin too.
$(READY): pyproject.toml constraints.txt
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { echo "redclock needs Python 3.11 or newer on the path, or say where it is: make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PINNED) hatchling
	$(BIN)/python $(PINNED) --no-build-isolation --editable '.[all,dev]'
	touch $@

# New pins: what a clean environment resolves to today, redclock itself left out.
constraints:
	rm -rf .venv-pins
	$(PYTHON) -m venv .venv-pins
	.venv-pins/bin/python -m pip install --quiet hatchling --editable '.[all,dev]'
	.venv-pins/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf .venv-pins

clean:
	rm -rf .venv .venv-pins build dist
