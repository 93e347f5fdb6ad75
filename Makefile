# The README's test command is `make test`. Everything else is for people who work on
# locklab itself.

.PHONY: test servers check race bench schema docs

## test: install the servers that the live tests use, where that is possible, and run all tests
test: servers
	go test ./...

## servers: install the real servers (Debian, as root), or say what to install
servers:
	@./.ci/servers

## check: what a change must pass besides the tests
check:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt'd: $$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	GOOS=js GOARCH=wasm go build ./sim/... ./backends/... ./scenarios/...
	GOOS=darwin GOARCH=arm64 go build ./...

## race: the tests again under the race detector (needs a C compiler); -short leaves out
## what only repeats the same code many times
race: servers
	go test -race -short ./...

## bench: the kernel beside a bare heap loop, and whole trials
bench:
	go test -run '^$$' -bench . -benchmem ./sim/virtual ./sim/check ./scenarios

## schema: write the JSON Schema of scenario files anew
schema:
	go test ./scenarios -run Schema -update

## docs: draw the README's picture anew
docs:
	go run ./cmd/locklab run gc-pause --backend redis --guard none --seeds 1 --out out/docs
	cp out/docs/latest/charts/gc-pause.redis.none.virtual.seed-1.png docs/gc-pause.png
