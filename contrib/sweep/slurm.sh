#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Submits a sweep to Slurm as a job array, one shard a task. The same command again runs what is
# missing.
set -eu
if [ $# -lt 3 ]; then
  cat >&2 <<'END'
usage: contrib/sweep/slurm.sh PLAN RESULTS SHARDS [SBATCH-OPTIONS]

$LUPROOF is the program (default: luproof of $PATH), the same build on every node. RESULTS is a
folder that all nodes see. --wait stays until the array has ended; --array=1-N%M runs M at a time.
Then: luproof merge RESULTS/*.jsonl --plan PLAN
END
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
plan=$(realpath "$1")
mkdir -p "$2"
results=$(realpath "$2")
shards=$3
shift 3
exec sbatch --array="1-$shards" --output="$results/slurm-%a.log" "$@" \
  "$here/slurm.sbatch" "$here" "$plan" "$results" "$shards"
