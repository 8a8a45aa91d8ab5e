# Ricochet: everything that is typed at a terminal while working on it. `make help` lists it.
#
# What it asks of a machine is Python 3.11 or newer and make. uv comes from PATH or else into .tools/;
# node and npm come from PATH when node is 24 or newer, or else from the Python environment.
# Every step is stamped by what it makes, so that a second run has nothing to do.

UV_VERSION := 0.13.9
BIN := .venv/bin
BROWSER := assets
CLIENT := $(BROWSER)/client
SDK := $(BROWSER)/sdk
CONTESTANTS := bench/contestants/node

INSTALLED := .venv/.installed
FUZZING := .venv/.fuzzing
MODULES := $(BROWSER)/node_modules/.installed
ENGINE := $(SDK)/engine/munk2d.wasm
BUILT := $(CLIENT)/dist/index.html
CONTESTING := $(CONTESTANTS)/node_modules/.installed
AUTOBAHN := .tools/autobahn/.installed
TYRUS := .tools/tyrus/tyrus-standalone-client.jar
TYRUS_VERSION := 2.2.0
TYRUS_SHA256 := 80ab3928b590c1df34a5c07487956316272337eb332853f3ad83c769c23f6528
MAVEN_COPY := org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy

UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
# Folders are among the sources too: their time changes when a file is removed from them.
CLIENT_SOURCES := $(shell find $(SDK)/src $(CLIENT)/src $(CLIENT)/public ! -name '*.test.ts' 2>/dev/null) \
	$(wildcard $(CLIENT)/*.html) $(CLIENT)/vite.config.ts $(CLIENT)/tsconfig.json $(BROWSER)/tsconfig.base.json

find_python = for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		&& { python=$$candidate; break; }; \
	done; \
	[ -n "$$python" ] || { echo "Ricochet needs Python 3.11 or newer on PATH, and found none." >&2; exit 1; }
find_node = node -e 'process.exit(parseInt(process.versions.node) < 24 ? 1 : 0)' 2>/dev/null \
	&& command -v npm >/dev/null || PATH="$(CURDIR)/$(BIN):$$PATH"
# The Autobahn|Testsuite is of the days of Python 2.7, and only there to be tested with.
find_python27 = for candidate in python2.7 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/2.7*/bin/python2.7; do \
	python27=$$("$$candidate" -c 'import sys; print(sys.executable)' 2>/dev/null) && break; \
	done
in_browser = $(find_node); cd $(BROWSER)
in_contestants = $(find_node); cd $(CONTESTANTS)
say = printf '· %s\n'

# Servers and tests are started by the hundred: what Python has compiled is kept here in the tree, even where it is
# told not to (container images do so). Else each start compiles everything anew, which takes as long as all the rest.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup client play contestants bench test test-all conformance tyrus soak fuzz cluster attack check format lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) $(MODULES) ## install everything that is needed, here in the tree
	@:

client: $(BUILT) ## build the browser client
	@:

play: setup client ## start a server with bots and print its address; ARGS="--port 9000" is passed on
	@exec $(BIN)/ricochet serve --bots 8 $(ARGS)

contestants: $(CONTESTING) ## install the Node servers that the bench compares with
	@:

bench: $(INSTALLED) $(CONTESTING) ## compare the server with others; ARGS="--clients 400 --repeat 3" is passed on
	@exec $(BIN)/ricochet bench server $(ARGS)

test: setup client ## run every test except the slow ones; ARGS="-k snapshot" is passed on to pytest
	@$(call run_tests,-m "not slow")

test-all: setup client ## run every test
	@$(call run_tests,)

conformance: $(INSTALLED) ## try both lanes with the Autobahn|Testsuite, which needs Python 2.7; ARGS="3.*" selects cases
	@$(find_python27); if [ -z "$$python27" ]; then \
		echo "conformance: skipped, for there is no Python 2.7 on PATH or in pyenv, and the Autobahn|Testsuite needs it"; \
		else $(MAKE) --silent $(AUTOBAHN) && exec $(BIN)/python -m tests.conformance.suite $(ARGS); fi

tyrus: $(TYRUS) ## install Java's WebSocket client, for the tests with clients that others wrote; needs Maven
	@:

# pytest shares its tests out among processes (tests/instruments/sharing.py). It comes last, so that its summary is the closing line;
# it runs even when a client test fails.
run_tests = status=0; \
	($(in_browser) && npm test --silent) || status=1; \
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(1) $(ARGS) || status=1; \
	exit $$status

soak: $(INSTALLED) ## live simulated lives of the server; SEEDS=N of them, the first with seed FIRST
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),100) --first $(or $(FIRST),0)

fuzz: $(FUZZING) ## search every parser for what crashes it; SECONDS=N for each, ARGS="--only arena"
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(ARGS)

cluster: $(INSTALLED) ## three servers, Redis, PostgreSQL, 300 bots: kill one, cut one off, stop Redis; ARGS="--bots 60 --rooms 6"
	@exec $(BIN)/ricochet bench cluster $(ARGS)

attack: $(INSTALLED) ## attack a server with players on it, over loopback; SECONDS=N for each attack, ARGS=--realtime as root
	@$(BIN)/python -m tests.attack --seconds $(or $(SECONDS),10) $(ARGS)

check: setup ## check format, lint and types of both languages
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "Run 'make format'." >&2; exit 1; }
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/mypy
	@$(in_browser) && npm run typecheck --silent

format: $(INSTALLED) ## format the Python and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

lock: $(INSTALLED) ## lock the versions of all dependencies anew; ARGS=--upgrade takes the newest
	@$(say) "Locking Python packages"
	@$(UV) pip compile pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements.txt $(ARGS)
	@$(UV) pip compile --group fuzz --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements-fuzz.txt $(ARGS)
	@$(say) "Locking browser packages"
	@$(in_browser) && npm install --package-lock-only --loglevel=error >/dev/null
	@$(say) "Locking the bench's Node packages"
	@$(in_contestants) && npm install --package-lock-only --loglevel=error >/dev/null

clean: ## remove everything that was made or installed here
	rm -rf .venv .tools .make .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	rm -rf $(BROWSER)/node_modules $(CLIENT)/dist $(SDK)/engine $(CONTESTANTS)/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/bin/uv:
	@$(say) "Installing uv in .tools"
	@$(find_python); $$python -m venv .tools \
		|| { echo "Python's venv module is missing (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(INSTALLED): requirements.txt pyproject.toml | $(UV)
	@$(say) "Installing Python packages in .venv"
	@$(find_python); $(UV) venv --quiet --allow-existing --no-python-downloads --python $$python .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(FUZZING): requirements-fuzz.txt $(INSTALLED)
	@$(say) "Installing the fuzzer in .venv"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --only-binary atheris -r requirements-fuzz.txt \
		|| { echo "The fuzzer (atheris) can't be installed: it is made for CPython 3.11 to 3.14 on Linux." >&2; exit 1; }
	@touch $@

$(MODULES): $(BROWSER)/package.json $(BROWSER)/package-lock.json $(CLIENT)/package.json $(SDK)/package.json | $(INSTALLED)
	@$(say) "Installing browser packages in $(BROWSER)/node_modules"
	@$(in_browser) && npm ci --loglevel=error >/dev/null
	@touch $@

$(CONTESTING): $(CONTESTANTS)/package.json $(CONTESTANTS)/package-lock.json | $(INSTALLED)
	@$(say) "Installing the bench's Node packages in $(CONTESTANTS)/node_modules"
	@if ($(in_contestants) && npm ci --loglevel=error >/dev/null); then touch $@; else \
		rm -rf $(@D); echo "The Node contestants can't be installed; the bench goes on without them." >&2; fi

$(ENGINE): $(wildcard assets/munk2d/*.*) requirements.txt | $(INSTALLED)
	@$(say) "Building the physics engine for the browser"
	@$(BIN)/python -m assets.munk2d.build $@

$(AUTOBAHN): tests/conformance/autobahn.txt tests/conformance/virtualenv.txt | $(INSTALLED)
	@$(say) "Installing the Autobahn|Testsuite in $(@D)"
	@rm -rf $(@D)
	@$(UV) venv --quiet --allow-existing --no-python-downloads --python $(BIN)/python .tools/virtualenv
	@$(UV) pip sync --quiet --python .tools/virtualenv/bin/python --require-hashes tests/conformance/virtualenv.txt
	@$(find_python27); .tools/virtualenv/bin/virtualenv --quiet --python "$$python27" $(@D)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --no-python-version-warning \
		--no-deps --require-hashes -r tests/conformance/autobahn.txt
	@touch $@

$(TYRUS): | $(INSTALLED)
	@$(say) "Installing Tyrus in $(@D)"
	@command -v mvn >/dev/null || { echo "Tyrus comes with Maven, and there is no mvn on PATH." >&2; exit 1; }
	@mvn --batch-mode --quiet $(MAVEN_COPY) -DoutputDirectory=$(CURDIR)/$(@D) -Dmdep.stripVersion=true \
		-Dartifact=org.glassfish.tyrus.bundles:tyrus-standalone-client:$(TYRUS_VERSION) >/dev/null
	@$(BIN)/python -c 'import hashlib, sys; sys.exit(hashlib.sha256(open("$@", "rb").read()).hexdigest() != "$(TYRUS_SHA256)")' \
		|| { rm -f $@; echo "That was not Tyrus $(TYRUS_VERSION): its SHA-256 differs." >&2; exit 1; }

$(BUILT): $(CLIENT_SOURCES) $(MODULES) $(ENGINE)
	@$(say) "Building the browser client"
	@$(in_browser) && npm run build --silent -- --logLevel warn
	@touch $@
