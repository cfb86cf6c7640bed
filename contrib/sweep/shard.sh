#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs shard I of N of a plan; the same command again goes on where it ended. What parallel.sh and
# slurm.sbatch start.
set -eu
if [ $# -ne 4 ]; then
  echo "usage: contrib/sweep/shard.sh PLAN RESULTS I N   (\$LUPROOF: the program, \$JOBS: tasks at a time)" >&2
  exit 2
fi
plan=$1 results=$2 i=$3 n=$4
mkdir -p "$results"
# Results of another number of shards count too.
set --
for other in "$results"/*.jsonl; do
  case $other in
    *"-of-$n.jsonl") ;;
    *) if [ -e "$other" ]; then set -- "$@" --resume "$other"; fi ;;
  esac
done
exec "${LUPROOF:-luproof}" sweep "$plan" --shard "$i/$n" --jobs "${JOBS:-1}" \
  -o "$results/shard-$i-of-$n.jsonl" "$@"
