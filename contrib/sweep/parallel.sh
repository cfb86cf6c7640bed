#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A sweep in shards with GNU parallel: on this machine, or over ssh on machines that see the same
# folders. Then the table. The same command again runs what is missing.
set -eu

usage() {
  cat <<'END'
usage: contrib/sweep/parallel.sh PLAN RESULTS [OPTIONS]

  --shards N            parts of the plan (default: 16)
  --at-a-time N         shards at a time on each machine (default: one for each core)
  --sshloginfile FILE   machines, one a line, as GNU parallel has it
  --luproof FILE        the same build on every machine (default: luproof of $PATH)
  --retries N           how often a shard that was not completed is tried (default: 3)
  --format NAME         of the table: text, markdown or json
Exit status: that of `luproof merge`.
END
}

[ $# -ge 2 ] || { usage >&2; exit 2; }
case $1 in -*) usage >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
plan=$1 results=$2
shift 2
shards=16 at_a_time=100% machines='' luproof=luproof retries=3 format=text
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || { usage >&2; exit 2; }
  case $1 in
    --shards) shards=$2 ;;
    --at-a-time) at_a_time=$2 ;;
    --sshloginfile) machines=$2 ;;
    --luproof) luproof=$2 ;;
    --retries) retries=$2 ;;
    --format) format=$2 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift 2
done

mkdir -p "$results"
# Other machines start elsewhere.
plan=$(realpath "$plan")
results=$(realpath "$results")
case $luproof in */*) luproof=$(realpath "$luproof") ;; esac
set -- --jobs "$at_a_time" --retries "$retries" --joblog "$results/parallel.log" --halt never
if [ -n "$machines" ]; then set -- "$@" --sshloginfile "$machines"; fi
# A shard that failed is told of by what is missing in the table.
seq "$shards" | parallel "$@" --quote env LUPROOF="$luproof" "$here/shard.sh" \
  "$plan" "$results" {} "$shards" || true
exec "$luproof" merge "$results"/*.jsonl --plan "$plan" --format "$format"
