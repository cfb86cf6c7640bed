#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How far shipped specs go with the number of VFs.

any_vfs.py table [FILE...]   counts, over all readings, what holds for any number of VFs, and why the
                             rest is not shown to; CPU seconds of each file
any_vfs.py curve             one design at 4, 16, 64 and more VFs, by the explorer, beside the question
                             for any number
"""
import collections
import glob
import json
import os
import resource
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LUPROOF = os.environ.get("LUPROOF", os.path.join(ROOT, "build/release/luproof"))


def timed(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run([LUPROOF, *arguments], capture_output=True, text=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ran


def table(files):
    counts, seconds, readings = collections.Counter(), [], collections.defaultdict(set)
    for path in files:
        spent, ran = timed(["check", path, "--format", "json"])
        if not ran.stdout.strip():
            print(f"{path}: status {ran.returncode}\n{ran.stderr}", file=sys.stderr)
            continue
        for found in json.loads(ran.stdout)["properties"]:
            reading = (path, found["variant"], json.dumps(found["choices"], sort_keys=True))
            scope = found["scope"]
            if found["verdict"] == "vacuous":
                readings[reading].add("vacuous")
            if found["verdict"] != "holds" or found["property"] == "deadlock":
                continue
            if scope["vfs"] == "any":
                kind = "any number of VFs"
            elif scope["vfs"] == 0:
                kind = "no VF in the topology"
            else:
                kind = "not shown: " + scope.get("vfs_why_not_any", "nobody asked")
            counts[kind] += 1
            readings[reading].add(kind)
        seconds.append((spent, path))
    per_reading = collections.Counter(
        "all of what holds, any number" if kinds - {"vacuous"} == {"any number of VFs"}
        else "some of it" if "any number of VFs" in kinds
        else "no VF" if "no VF in the topology" in kinds
        else "only vacuous" if kinds == {"vacuous"} else "none of it"
        for kinds in readings.values())
    print("readings:", dict(per_reading))
    for kind, number in counts.most_common():
        print(f"{number:6} properties  {kind}")
    seconds.sort(reverse=True)
    print("CPU seconds:", ", ".join(f"{spent:.1f} {os.path.basename(path)}"
                                    for spent, path in seconds[:8]))


def curve():
    for path, variant, sizes in (("specs/designs/vfio-rfc-v1.yaml", "root-bus", (4, 16, 64, 256)),
                                 ("specs/designs/virtual-net.yaml", "software-only", (4, 16, 64, 255))):
        print(path, variant)
        for size in sizes:
            started = time.monotonic()
            spent, ran = timed(["check", path, "--variant", variant, "--vfs", str(size), "--engine",
                                "explorer", "--timeout", "60", "--format", "json"])
            verdicts = {found["verdict"] for found in json.loads(ran.stdout or '{"properties": []}')["properties"]}
            print(f"  {size:4} VFs, explorer: {spent:.2f} s CPU, {time.monotonic() - started:.1f} s, {sorted(verdicts)}")
        spent, _ = timed(["check", path, "--variant", variant, "--format", "json"])
        print(f"  any number: {spent:.2f} s CPU")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "table":
        shipped = [sorted(glob.glob(f"specs/{kind}/*.yaml", root_dir=ROOT))
                   for kind in ("designs", "cases", "checks", "questions")]
        table(sys.argv[2:] or sum(shipped, []))
    elif len(sys.argv) == 2 and sys.argv[1] == "curve":
        curve()
    else:
        sys.exit(__doc__)
