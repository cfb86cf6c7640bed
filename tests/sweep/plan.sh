# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of contrib/sweep share: a plan, the table of one process, and a luproof that is
# killed half way, once. To be sourced: `make_plan FOLDER LUPROOF SPECS [PLAN SHARDS [LINES]]`;
# LINES: what one process has answered already.

make_plan() {
  folder=$1 real=$2
  LUPROOF_SPECS=$3
  export LUPROOF_SPECS
  plan=${4:-$folder/plan.yaml} shards=${5:-3}
  [ $# -lt 6 ] || cp "$6" "$folder/single.jsonl"
  [ $# -ge 4 ] || cat >"$plan" <<END
sweep: small
designs:
  - file: [$3/designs/pci-lpc2025.yaml, $3/designs/vfio-rfc-v1.yaml]
    vfs: [3, 4]
END
  "$real" sweep "$plan" -o "$folder/single.jsonl"
  # Whatever the verdicts are, the table has to be the same.
  "$real" merge "$folder/single.jsonl" --plan "$plan" >"$folder/single.txt" || true
  share=$("$real" sweep "$plan" --shard "2/$shards" --count)
  cat >"$folder/killed-once" <<END
#!/bin/sh
# The first run of shard 2 is killed as soon as it has half of its results.
"$real" "\$@" &
luproof=\$!
trap 'kill -TERM "\$luproof"' TERM
case "\$*" in
  *"--shard 2/$shards "*)
    results='$folder/results/shard-2-of-$shards.jsonl'
    if mkdir '$folder/was-killed' 2>/dev/null; then
      until [ "\$(cat "\$results" 2>/dev/null | wc -l)" -ge $((share / 2)) ]; do sleep 0.02; done
      kill -9 "\$luproof"
      wc -l <"\$results" >'$folder/was-killed/lines'
    fi ;;
esac
wait "\$luproof"
END
  chmod +x "$folder/killed-once"
}

# That a shard was really killed half way, and that this changed nothing.
compare() {
  killed_at=$(cat "$folder/was-killed/lines")
  if [ "$killed_at" -ge "$share" ]; then
    echo "the shard was killed too late: $killed_at of $share tasks" >&2
    return 1
  fi
  "$real" merge "$folder"/results/*.jsonl --plan "$plan" >"$folder/table.txt" || true
  cmp "$folder/single.txt" "$folder/table.txt"
  echo "killed after $killed_at of $share tasks; the tables are the same"
}
