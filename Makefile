# Tollgate's commands. `make help` lists them.

SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)
# What plays the stories of the web app.
BROWSER = TOLLGATE_TEST_BROWSER=$$(scripts/find-browser.sh) TOLLGATE_TEST_WEB_NODE=$$(scripts/find-node.sh)
# The lints, in the same pass that compiles our crates.
LINTS := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__

.PHONY: help run test check build types pictures docs reference bench simulate soak fuzz audit

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

run: ## build and start the demo on http://localhost:3000
	@scripts/setup.sh rust c-compiler node
	@scripts/build-web.sh
	@echo "Building Tollgate (minutes at the first time, seconds later) ..."
	cargo build --workspace
	$(TARGET)/debug/tollgate demo

test: ## every check and every test, on SQLite and on a private PostgreSQL
	@scripts/test.sh

check: ## format, house rules, lints and tests of the domain: under a minute
	@scripts/setup.sh rust lints c-compiler
	cargo fmt --all --check
	$(LINTS) cargo xtask tidy
	$(LINTS) cargo xtask layers
	$(LINTS) cargo test --quiet -p domain

build: ## the release binary: target/release/tollgate
	@scripts/setup.sh rust c-compiler node
	@scripts/build-web.sh
	cargo build --release --workspace

types: ## the web app's types, anew from the API's document
	@scripts/setup.sh rust c-compiler node
	cargo build
	$(TARGET)/debug/tollgate openapi >$(TARGET)/openapi.json
	cd web && PATH="$$(../scripts/find-node.sh):$$PATH" npx openapi-typescript $(abspath $(TARGET))/openapi.json --output src/api/schema.d.ts

pictures: ## the pictures of the web app in docs/pictures, anew
	@scripts/setup.sh rust lints c-compiler node browser
	@scripts/build-web.sh
	$(LINTS) $(BROWSER) TOLLGATE_PICTURES=$(abspath docs/pictures) cargo test --workspace --test program pictures

docs: ## the documents as a site in target/site, every link checked
	@scripts/setup.sh docs-python
	@scripts/docs.sh

reference: ## the pages in docs/reference, anew from the program
	@scripts/setup.sh rust lints c-compiler node
	@scripts/build-web.sh
	$(LINTS) TOLLGATE_WRITE_REFERENCE=1 cargo test --workspace --bin tollgate reference::

bench: ## every benchmark; make bench BENCH=name for one
	@scripts/setup.sh rust c-compiler postgres $(filter asterisk,$(or $(BENCH),asterisk))
	cargo build --release --workspace
	scripts/with-postgres.sh durable TOLLGATE_BENCH_POSTGRES_URL $(TARGET)/release/bench $(BENCH)

simulate: ## 1000 worlds with crashes; make simulate SEEDS=n for more, SEED=n to replay one
	@scripts/setup.sh rust c-compiler
	cargo build --workspace
	$(TARGET)/debug/simulation --seeds $(or $(SEEDS),1000) --from $(or $(FROM),1) $(if $(SEED),--seed $(SEED))

soak: ## the promises of docs/internals/reliability.md in full, hours; make soak ROW=name for one; KILLS=n FAILOVERS=n SEEDS=n
	@scripts/setup.sh rust lints c-compiler postgres node browser test-python asterisk
	@scripts/build-web.sh
	@$(BROWSER) TOLLGATE_TEST_PYTHON=$$(scripts/test-python.sh) scripts/soak.sh $(ROW)

fuzz: ## readers of what comes from outside, a minute each; make fuzz TARGET=name SECONDS=n
	@scripts/setup.sh rust c-compiler
	scripts/fuzz.sh $(or $(SECONDS),60) $(if $(filter command,$(origin TARGET)),$(TARGET))

audit: ## licences, sources and known weaknesses of what Tollgate is built of
	@scripts/setup.sh rust
	scripts/audit.sh
