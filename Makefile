# `make demo` and `make test` set up what they need; nothing else has to be installed first but Python 3.11.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test test-quick test-browser test-services lint texts bench install

install: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, not " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m scheduler warm-up
	touch $(READY)

demo: $(READY)
	$(BIN)/allot sample demo/snapshot --profile desk
	$(BIN)/allot plan demo/snapshot --out demo/run --time-limit 30s
	$(BIN)/allot check demo/snapshot demo/run

test: $(READY)
	$(BIN)/python -m pytest -n 2

# while writing code: without what takes long, and with a tenth of what hypothesis invents
test-quick: $(READY)
	ALLOT_QUICK_TESTS=1 $(BIN)/python -m pytest -n 2 -m 'not slow and not shared_data and not browser and not services'

# the page in Debian's chromium, which is installed where it is missing and may be
test-browser: $(READY)
	command -v chromium >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; } || \
	    { echo 'chromium is missing: install it with apt-get install chromium, as root' >&2; exit 1; }
	$(BIN)/python -m pytest -n 2 -m browser tests/browser

# what needs a server, which the tests start themselves: PostgreSQL comes with the packages
test-services: $(READY)
	$(BIN)/python -m pytest -n 2 -m services

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

texts: $(READY)
	mkdir -p build
	$(BIN)/pybabel -q extract -F pyproject.toml -k msg -k counted:2,3 -k msgs:1,2 --sort-by-file --add-location file -o build/texts.pot reports models/runs
	for po in reports/translations/*.po; do \
		$(BIN)/pybabel -q update --ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date \
			-w 120 -l $$(basename $$po .po) -i build/texts.pot -o $$po; \
	done

bench: $(READY)
	$(BIN)/python -m tests.benchmarks.bench
