# Everything happens in .venv, which is made on first use and again when the requirements change.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
NEWSROOM := build/newsroom
EDITED := https://www.harbour-post.example/local/fish-market-to-move-out-of-town

.PHONY: demo test test-slow bench-gate coverage lint fmt docs rules requirements clean

# The pages are made once, with dates up to that day: a second run finds nothing new. make clean removes them.
demo: $(READY)
	@$(BIN)/python -m fixtures.newsroom $(NEWSROOM)
	@echo "Reading the pages of a made-up newsroom and of fixtures/; this takes a minute or two ..."
	@NEWSBOT_SOURCES=$(NEWSROOM)/sources.toml $(BIN)/newsbot import $(NEWSROOM)/stubs.jsonl
	@NEWSBOT_SOURCES=$(NEWSROOM)/sources.toml $(BIN)/scrapy crawl saved -a path=$(NEWSROOM)/pages,fixtures -L WARNING
	@$(BIN)/newsbot reclean >/dev/null  # lines that were learnt after the first pages were stored
	@echo; echo "== Stories that several outlets tell (newsbot stories): id, articles, outlets, day"
	@$(BIN)/newsbot stories --min-size 3 --limit 6
	@echo; echo "== Names that rise this week (newsbot trends): articles this week, usual number"
	@$(BIN)/newsbot trends --limit 6
	@echo; echo "== What one outlet has changed without a word (newsbot history)"
	@$(BIN)/newsbot history $(EDITED)
	@echo; echo "Now try, after . .venv/bin/activate:"
	@echo "  newsbot search 'climate \"sea level\" -football'"
	@echo "  newsbot count climate energy --by week --share --since 60d"
	@echo "  newsbot entity 'Angela Merkel'"
	@echo "  newsbot show $(EDITED)"
	@echo "  newsbot rejects --reason paywall"
	@echo "  newsbot serve        then http://127.0.0.1:8000/ and its pages Articles, Names and Changes"

# In four processes: the tests of crawls, commands and browsers wait more than they compute.
test: $(READY)
	$(BIN)/pytest --numprocesses 4 --dist loadfile

# Those that make test leaves out: many processes, kills, hours of made-up crawls.
test-slow: $(READY)
	NEWSBOT_SLOW_TESTS=1 $(BIN)/pytest -m "slow or slow_on_postgresql" --numprocesses 2 --dist loadfile

# Whether anything has lost a fifth of its speed; after a change that may, python -m benchmarks.gate --record.
bench-gate: $(READY)
	$(BIN)/python -m benchmarks.gate

# Measuring costs more than half of the time again (Python 3.11), so only the quick part of the suite is measured: one
# database, no browser, and no processes that are killed, which could not write down what they ran.
coverage: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -k "not postgresql and not kill" --ignore=tests/web/test_browser.py
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# After a change of the rules: increase their number in newsbot/rule_versions.py first.
# SAME=1: the code changed, but every page is read as before.
rules: $(READY)
	$(BIN)/python -m tests.rule_lock $(if $(SAME),--same)

# For development, and, with the same versions, for what deploy/Dockerfile installs.
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links
requirements: $(READY)
	$(BIN)/pip install --quiet uv
	$(BIN)/$(COMPILE) --extra postgres --extra test --extra docs --output-file requirements.txt pyproject.toml
	$(BIN)/$(COMPILE) --extra postgres --extra entities --extra alerts --extra cluster --extra s3 --extra observe --constraint requirements.txt \
		--output-file deploy/requirements.txt pyproject.toml
	echo hatchling | $(BIN)/$(COMPILE) --constraint requirements.txt --output-file deploy/build-requirements.txt -

# The documentation site, in build/site; a broken link is an error.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build
	@echo "The site is in build/site/index.html"

clean:
	rm -rf .venv build dist *.egg-info core/build core/*.egg-info core/newsbot_core/*.so

# newsbot-core is compiled against lxml's own headers. Without a compiler newsbot runs without it, only slower.
$(READY): requirements.txt pyproject.toml models/pyproject.toml core/setup.py $(wildcard core/*.toml core/newsbot_core/*.p*)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable . --editable models
	@mkdir -p build
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable core >build/core.log 2>&1 \
		|| echo "newsbot-core could not be built (build/core.log): pages are read in Python, with the same result"
	@touch $@
