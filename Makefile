# Every target works from a bare clone: the first one run makes .venv and installs the project into it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-slow lint docs clean

demo: $(VENV)/.installed
	$(BIN)/faceaging demo

# In parts, the heaviest first: what TensorFlow keeps of one test adds up over the rest of its process.
HEAVY := tests/zoo/test_every_entry.py tests/zoo/presets tests/faceaging_tf/training tests/faceaging_tf/export
test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile $(HEAVY)
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/faceaging_tf $(HEAVY:%=--ignore %)
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/faceaging_tf $(HEAVY:%=--ignore %)

test-slow: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

# A warning is an error. The variable silences the theme's notice of what will follow it; it is no warning about these pages.
docs: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# A stamp is older than pyproject.toml when the requirements may have changed: pip then brings the environment up to date.
$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-test: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-lint: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet ruff mypy numpy
	touch $@

clean:
	rm -rf build dist demo site *.egg-info
	find faceaging_tf zoo tests -name __pycache__ -type d -prune -exec rm -rf {} +
