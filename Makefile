# The README's test command is `make test`. Everything else is for people who work on
# locklab itself.

.PHONY: test servers check race race-all live live-few live-pairs elsewhere bench bench-keep schema docs kills resumed

# How long the tests of one package may take: two minutes on a machine with nothing else to do,
# and Go's ten are not enough for a slow one that is busy as well. And how many run at once: those
# of the live world mostly wait.
TESTS = -timeout 60m -parallel 6

# As the program does for itself: trials make much garbage and keep little.
export GOGC = 400

## test: install the servers that the live tests use, where that is possible, and run all tests;
## with one seed of each trial of the suite. LOCKLAB_SEEDS=3 asks for three, as .ci/run does, and
## has the documents' commands that run everything run as well
test: servers
	go test $(TESTS) ./...

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

# Packages whose code runs on more than one goroutine, and of those that run trials, judge and
# print, the tests of running. Elsewhere nothing can race. A test holds the packages to the code.
RACE = ./backends ./backends/control ./backends/ledger ./backends/lib/... ./backends/realtime ./backends/wire \
	./backends/redis/live ./backends/redlock/live ./backends/sentinel/live ./backends/etcd/live ./backends/zookeeper/live \
	./lab/internal/console ./reports ./reports/files ./reports/results ./sim/live/...
RACE_RUNS = ./lab ./scenarios/trial ./scenarios/sweep ./scenarios/claims
RUNS = Interrupt|Cancelled|Runaway|FewTrialsWait|TestATrialThatSeveral|Tries|Weighed|TestCommand/^live$$

## race: the tests again under the race detector (needs a C compiler), where more than one goroutine
## runs; -short leaves out what only repeats the same code many times
race: servers
	go test $(TESTS) -race -short -skip TestNoPictureShows $(RACE)
	go test $(TESTS) -race -short -run '$(RUNS)' $(RACE_RUNS)

## race-all: every test under the race detector
race-all: servers
	go test $(TESTS) -race -short ./...

# Scripts of more than a minute in the live world. A test holds the list to that.
LIVE_LONG = bounded-timing,charge-crashes,endless-lease-pause,endless-lease-crash,healthy-cluster,inside-storm,release-ensemble-restart,server-made-lease,servers-paused,servers-paused-impatient

# How many live trials each cell has in make live: with more, what happens now and then shows more often.
SEEDS ?= 1

## live: every cell that real servers can run, and the same in the virtual world; half an hour on
## two processors that have nothing else to do, an hour with SEEDS=3 (but for long scripts)
live: servers
	go run ./cmd/locklab run --world both --seeds 1 --jobs 8 --out out/live-long $(subst $(comma), ,$(LIVE_LONG))
	go run ./cmd/locklab run --world both --seeds $(SEEDS) --jobs 8 --out out/live --except $(LIVE_LONG)
comma = ,

# What live-few runs. A test holds these lists against what they are to cover.
LIVE_FEW = no-fault gc-pause vm-suspend client-crash pause-during-acquire holder-partitioned \
	delayed-write packet-loss clock-forward-bare server-crash-bare failover leader-crash stalled-disk slow-renewals
LIVE_FEW_LIBRARIES = lib/redislock,lib/redsync,lib/etcd-mutex,lib/zk-lock

## live-few: the same for a few scenarios, with every lock service and every kind of fault,
## and each library against the profile that stands for it, with one and often enough to tell
live-few: servers
	go run ./cmd/locklab run --world both --guard none --jobs 6 --out out/live $(LIVE_FEW)
	go run ./cmd/locklab run gc-pause --world both --guard none --seeds 5 --jobs 4 --out out/live --backend $(LIVE_FEW_LIBRARIES)

## kills: end 100 runs of each kind at random moments, by each signal, in either world, as root and
## as an ordinary user, and read what is left; about 20 minutes
kills: servers
	LOCKLAB_KILLS=100 go test $(TESTS) -count 1 -run EndedAtRandom ./lab

## resumed: end a run of 200,000 trials at ten random moments, by SIGKILL and then another by SIGTERM,
## and resume it each time: what is left must be what one leaves that nobody ended; about 15 minutes
resumed:
	LOCKLAB_RESUMED=3077 go test $(TESTS) -count 1 -v -run EndedAndResumed ./lab

## live-pairs: pairs of scripts, drawn at random, one after the other on the same servers: none
## meets what the other has left; about half an hour on two processors
live-pairs: servers
	LOCKLAB_PAIRS=40 go test -timeout 2h -count 1 -v -run TestNoTrialTouchesTheNext ./lab

## elsewhere: every cell on this machine and on an emulated arm64 one: histories, results and
## SVGs must be the same bytes (needs qemu-aarch64-static, in Debian's qemu-user-static). PNGs
## may differ in shades of their edges; the page and run.json name the command and the time.
elsewhere:
	go run ./cmd/locklab run --seeds 1 --out out/here
	GOARCH=arm64 CGO_ENABLED=0 go run -exec qemu-aarch64-static ./cmd/locklab run --seeds 1 --out out/elsewhere
	diff -rq --exclude='*.png' --exclude=index.html --exclude=run.json out/here/latest/ out/elsewhere/latest/

# What compares figures, and how often each is taken: with six or more, chance is told from change.
BENCHSTAT = golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
COUNT ?= 1
PYTHON ?= /usr/bin/python3

## bench: a wake-up beside a bare heap loop and beside SimPy (Debian's python3-simpy, if it is there);
## trials of each service, in units of that loop (×heap); trials a second on one processor and on two;
## what else a run of everything does, by stage, its processor time and its memory. Beside each figure
## is the last one, of docs/benchmarks/last.txt, and how it has changed. On another machine only ×heap
## can be compared. COUNT=6 takes each figure six times
bench:
	@mkdir -p out
	go test -timeout 2h -run '^$$' -bench . -benchmem -count $(COUNT) ./sim/virtual ./sim/check ./scenarios/trial ./reports/results ./lab > out/bench.txt
	@for n in $$(seq $(COUNT)); do $(PYTHON) docs/benchmarks/wakeups.py >> out/bench.txt || break; done
	go run $(BENCHSTAT) -alpha 1 -ignore cpu docs/benchmarks/last.txt out/bench.txt

## bench-keep: make these figures the last ones
bench-keep:
	cp out/bench.txt docs/benchmarks/last.txt

## schema: write the JSON Schema of scenario files anew
schema:
	go test ./scenarios/script -run Schema -update

## docs: draw the documents' pictures anew
docs:
	go run ./docs/imports > docs/imports.svg
	go run ./cmd/locklab run battery --seeds 100 --out out/docs
	cp out/docs/latest/charts/battery.virtual.png docs/battery.png
	go run ./cmd/locklab run gc-pause --out out/docs
	go run ./cmd/locklab timeline out/docs/latest/histories/gc-pause.redis.none.virtual.seed-1.jsonl --out docs/gc-pause.png
