# Bare `make` prints this list. A recipe that grows beyond ten lines becomes a Go
# test or a small Go program.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The binary's version is the repository's, by Go's own stamp, where there is one.
STAMP := $(shell git status --porcelain >/dev/null 2>&1 && echo true || echo false)
export CGO_ENABLED := 0

# Pebble's zstd is written in C where cgo is on. The race detector needs cgo; the
# tag keeps its build to the Go code that ships, and spares compiling the C.
RACE := CGO_ENABLED=1 go test -race -tags pebblegozstd -p 2 -timeout 15m

.PHONY: help run example build web dev test test-fast test-long test-web test-browser screenshots lint verify fmt generate bench golden setup clean gcc parts node browser

help: ## print this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1 \2/p' $(MAKEFILE_LIST) | awk '{c=$$1" "$$2; $$1=$$2=""; printf "  %-16s%s\n", c, $$0}'

run: build ## build, then play the demo on localhost; data stay in .belay/
	bin/belay demo --data .belay

example: build ## play EXAMPLE=appointments, courses or parcels on a server of its own, in a temporary folder
	@test -f 'examples/$(EXAMPLE)/main.go' || { echo 'which one? EXAMPLE=appointments, courses or parcels'; exit 1; }
	@data=$$(mktemp -d); export BELAY_KEY=$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n'); \
	export BELAY_URL=http://127.0.0.1:7399 BELAY_SITE=51e7e000-0b0a-4c1d-8f2e-0a1b2c3d4e5f; \
	bin/belay serve --data $$data --listen 127.0.0.1:7399 --allow 127.0.0.0/8 --operator-key $$BELAY_KEY >$$data/log 2>&1 & \
	trap "kill $$!; wait $$! || cat $$data/log; rm -r $$data" EXIT; \
	for _ in {1..100}; do (: </dev/tcp/127.0.0.1/7399) 2>/dev/null && break; sleep 0.1; done; \
	bin/belay apply -f examples/$(EXAMPLE) && go run ./examples/$(EXAMPLE) && bin/belay activations

build: web ## make the static binary bin/belay, with the console in it
	go build -trimpath -buildvcs=$(STAMP) -ldflags '-s -w' -o bin/belay ./cmd/belay

web: node web/node_modules/.installed ## build the console into web/dist, if a source has changed
	@sum=$$(find web/src web/public web/scripts web/index.html web/*.json web/*.ts web/*.cjs api internal/httpapi -type f \
		! -name '*.gen.d.ts' ! -name '*_test.go' ! -path '*/testdata/*' | LC_ALL=C sort | xargs sha256sum | sha256sum); \
	[ "$$sum" = "$$(cat web/node_modules/.built 2>/dev/null)" ] && [ -f web/dist/index.html ] && exit 0; \
	npm --prefix web run --silent generate && npm --prefix web run --silent build && echo "$$sum" > web/node_modules/.built

web/node_modules/.installed: web/package-lock.json
	npm ci --prefix web --no-audit --no-fund
	@touch $@

dev: node web/node_modules/.installed ## serve the console's sources with hot reload, against a running server
	npm --prefix web run generate
	npm --prefix web run dev

test: gcc parts lint verify test-web ## all that must hold before a landing; .ci/run calls it
	$(RACE) ./...
	$(MAKE) test-browser

test-web: web ## the console's types, lint and unit tests
	npm --prefix web run check

test-browser: build browser ## the journeys of people through the console, in a real browser
	npm --prefix web run e2e

screenshots: build browser ## pictures of every page, light and dark, wide and narrow, into web/screenshots
	npm --prefix web run screenshots

test-fast: parts ## the tests without the race detector, and no lint
	go test ./...

test-long: gcc parts ## race, everything twice in random order, then each fuzz target for 60 s
	$(RACE) -count=2 -shuffle=on ./...
	go list ./... | while read -r pkg; do \
		{ go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true; } | while read -r target; do \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime 60s $$pkg; \
		done; \
	done

lint: ## gofumpt, go vet, staticcheck, go mod tidy; all without changing a file
	@files=$$(go tool gofumpt -l .); test -z "$$files" || { echo "not formatted, run make fmt:"; echo "$$files"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff

verify: ## fail if a generated file is not what its generator makes today
	go run ./docs/gen -check

fmt: ## format all Go code
	go tool gofumpt -w .

generate: ## remake generated files
	go generate ./...

bench: build ## throughput, latency and lateness, each beside its floor in the same run
	bin/belay bench

golden: ## rewrite recorded transcripts and show what changed
	go test $$(git grep -l 'flag.Bool("update"' -- '*_test.go' | xargs -rn1 dirname | sort -u | sed 's|^|./|') -update
	git diff --stat -- '*testdata*'

setup: ## download modules and set the git hooks
	go mod download
	git config core.hooksPath .githooks

clean: ## remove what make run and make build left
	rm -rf bin .belay web/screenshots
	find web/dist -mindepth 1 ! -name .keep -delete

node:
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null || { \
		echo "the console needs Node.js 20 or later, with npm: install it, or build without a console by go build ./cmd/belay" >&2; exit 1; }

browser: # the journeys are made in it
	@command -v chromium chromium-browser google-chrome >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium, which the tests drive"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else \
		echo "the journeys need a browser: install chromium" >&2; exit 1; \
	fi

gcc:
	@command -v gcc >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev; \
	else \
		echo "the race detector needs a C compiler: install gcc, or run make test-fast" >&2; exit 1; \
	fi

parts: # the tests start them: PostgreSQL 15 or later, PgBouncer; on Linux systemd checks its unit
	@missing=; \
	ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || missing+=" postgresql"; \
	PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null || missing+=" pgbouncer"; \
	[ "$$(uname)" != Linux ] || command -v systemd-analyze >/dev/null || missing+=" systemd"; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing$$missing, which the tests start"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else \
		echo "the tests need parts of their own: install$$missing" >&2; exit 1; \
	fi
