# `make demo` and `make test` set up what they need; nothing else has to be installed first but Python 3.11.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# who is done first takes over tests of the other, so that both are busy until the end
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal
# what Python has compiled is kept, also where the surroundings say otherwise: the many processes of tests use it
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-data test-quick test-browser test-services lint texts bench install

install: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, not " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m scheduler warm-up
	touch $(READY)

# an invented desk at eight in the morning, and a quarter of an hour later: docs/demo plays the systems that send the work
demo: export PATH := $(CURDIR)/$(BIN):$(PATH)
demo: export ALLOT_CONFIG := demo/allot.toml
demo: $(READY)
	@allot sample demo/snapshot --profile desk
	@python docs/demo/systems.py demo morning
	allot store upgrade
	ALLOT_NOW=2026-03-02T08:00+01:00 allot cycle --effort 3
	@python docs/demo/systems.py demo later
	ALLOT_NOW=2026-03-02T08:15+01:00 allot cycle --effort 3

# loops are compiled once before, not by each of the two
test: $(READY)
	$(BIN)/python -m scheduler warm-up
	$(PYTEST)

# real requests and the instances of the literature, where they lie beside the project
test-data: $(READY)
	test ! -d ../shared/data || $(PYTEST) -m shared_data

# while writing code: without what takes long, and with a tenth of what hypothesis invents
test-quick: $(READY)
	ALLOT_TRIES=0.1 $(PYTEST) -m 'not slow and not shared_data and not browser and not services'

# the page in Debian's chromium, which is installed where it is missing and may be
test-browser: $(READY)
	command -v chromium >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; } || \
	    { echo 'chromium is missing: install it with apt-get install chromium, as root' >&2; exit 1; }
	$(PYTEST) -m browser tests/browser

# what needs a server, which the tests start themselves: PostgreSQL comes with the packages, RabbitMQ is Debian's, which
# is installed where it is missing and may be
test-services: $(READY)
	test -x /usr/lib/rabbitmq/bin/rabbitmq-server || \
	    { apt-get update -q && apt-get install -y -q --no-install-recommends rabbitmq-server; } || \
	    { echo 'RabbitMQ is missing: install it with apt-get install rabbitmq-server, as root' >&2; exit 1; }
	$(PYTEST) -m services

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

# everything, some hours; `python -m tests.benchmarks.bench --nightly` takes one, --quick minutes
bench: $(READY)
	$(BIN)/python -m tests.benchmarks.bench
	$(BIN)/python -m tests.benchmarks.intake
