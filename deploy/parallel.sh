#!/bin/sh
# Runs a run in shards with GNU parallel, and puts them together in OUT/merged:
#
#   deploy/parallel.sh OUT SHARDS [what to run]
#   deploy/parallel.sh out/long 8 gc-pause --seeds 100000
#
# PARALLEL has further options of GNU parallel, such as --sshloginfile FILE for other machines: these
# need locklab and the folder OUT, under the same name.
set -eu
out=$1 shards=$2
shift 2
seq "$shards" | parallel --quote locklab run "$@" --shard "{}/$shards" --jobs 1 --out "$out/shard-{}" ||
	echo "not every shard ended with status 0" >&2
locklab report "$out"/shard-*/latest --out "$out/merged"
