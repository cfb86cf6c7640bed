#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures the readers of captures beside what they are held to, in one run, as ratios.

Each command runs several times, in turns with the others, and the best time of each counts: what
disturbs a run only makes it slower. Times are of the CPU.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import lifecycle

ROUNDS = 5
SIZE = 320 << 20
build = sys.argv[1]
given = sys.argv[2] if len(sys.argv) > 2 else None
bench = os.path.join(build, "bench", "bench_traces")
peer = os.path.join(build, "bench", "bench_libtracecmd")
luproof = os.path.join(build, "luproof")
captures = "tests/captures"


def ask(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def cpu(*command):
    """Seconds of CPU and the most memory of a whole command; its output is thrown away."""
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execvp(command[0], command)
    _, _, usage = os.wait4(pid, 0)
    return {"seconds": usage.ru_utime + usage.ru_stime, "kib": usage.ru_maxrss}


def best(jobs):
    results = {}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            result = job()
            if name not in results or result["seconds"] < results[name]["seconds"]:
                results[name] = result
    return results


def row(work, measured, goal, reached):
    print(f"| {work} | {measured} | {goal} | {'yes' if reached else 'no'} |")


folder = tempfile.mkdtemp(prefix="luproof-bench-")
try:
    text = given or os.path.join(folder, "one-in-1000.trace.txt")
    bound = os.path.join(folder, "all-bound.trace.txt")
    if not given:
        subprocess.run([bench, "grow-text", f"{captures}/s7lost/nooverwrite.trace.txt.zst", text,
                        str(SIZE), "1000"], check=True)
    subprocess.run([bench, "grow-text", f"{captures}/s1/igb-kprobe.trace.txt", bound,
                    str(SIZE), "1"], check=True)
    topology = next(os.path.join(captures, "topology", n)
                    for n in ["no-vfs.lspci.zst"])
    got = best({
        "newlines": lambda: ask(bench, "newlines", text),
        "passed-over": lambda: ask(bench, "passed-over", text),
        "looked-at": lambda: ask(bench, "looked-at", text),
        "command": lambda: cpu(luproof, "trace", text),
    })
    count, passed, looked = got["newlines"], got["passed-over"], got["looked-at"]
    print("| work | measured | goal | reached |\n|---|---|---|---|")
    share = f"1 line in {passed['lines'] // max(passed['found'], 1):,} handed on"
    ratio = count["seconds"] / passed["seconds"]
    row(f"text, {share}", f"{ratio:.2f} of counting newlines", "0.8", ratio >= 0.8)
    ratio = count["seconds"] / looked["seconds"]
    row("text, every line looked at", f"{ratio:.2f} of counting newlines", "0.5", ratio >= 0.5)
    full = best({"taken-apart": lambda: ask(bench, "taken-apart", text),
                 "bound": lambda: cpu(luproof, "trace", bound, "--topology", topology, "--keep",
                                      "all")})
    apart = full["taken-apart"]
    print(f"| text, every line and its arguments taken apart | "
          f"{count['seconds'] / apart['seconds']:.2f} of counting newlines, "
          f"{apart['lines'] / apart['seconds'] / 1e6:.1f} million events a second | | |")
    lines = ask(bench, "newlines", bound)["lines"]
    rate = lines / full["bound"]["seconds"] / 1e6
    row("text, every line bound and judged", f"{rate:.2f} million events a second", "2 million",
        rate >= 2)
    most = max(got["command"]["kib"], full["bound"]["kib"])
    small = cpu(luproof, "trace", f"{captures}/s1/igb-kprobe.trace.txt", "--topology", topology,
                "--keep", "all")["kib"]
    row("memory beyond that of a small capture", f"{(most - small) / 1024:.0f} MiB", "64 MiB",
        most - small <= 64 * 1024)
    whole, holes = os.path.join(folder, "whole.txt"), os.path.join(folder, "holes.txt")
    lifecycle.write(whole, 50_000, 1)
    lifecycle.write(holes, 300, 2, unseen=True)
    design = ("--design", "bench/lifecycle.yaml", "--from-start")
    got = best({"start": lambda: cpu(luproof, "--version"),
                "whole": lambda: cpu(luproof, "trace", whole, *design),
                "holes": lambda: cpu(luproof, "trace", holes, *design)})
    for name, work, goal in [("whole", "a run of 50,000 events of bench/lifecycle.yaml", 0.1),
                             ("holes", "300 events, one unseen step allowed between any two", 0.1)]:
        row(work, f"{got[name]['seconds']:.3f} s of CPU", f"{goal} s", got[name]["seconds"] <= goal)
    if not shutil.which("trace-cmd") or not os.path.exists(peer):
        print("trace-cmd and libtracecmd-dev are not installed: trace.dat was not measured")
    else:
        plain, dat = os.path.join(folder, "plain.dat"), os.path.join(folder, "big.dat")
        subprocess.run(["trace-cmd", "convert", "--compression", "none", "-i",
                        f"{captures}/s7lost/tracecmd.trace.dat", "-o", plain], check=True,
                       capture_output=True)
        subprocess.run([bench, "grow-dat", plain, dat, str(SIZE)], check=True)
        got = best({"dat": lambda: ask(bench, "dat", dat), "peer": lambda: ask(peer, dat)})
        ours, theirs = got["dat"], got["peer"]
        rate = ours["lines"] / ours["seconds"]
        share = f"1 event in {ours['lines'] // max(ours['found'], 1):,} bound"
        ratio = rate / (theirs["lines"] / theirs["seconds"])
        row(f"trace.dat, {share}, {rate / 1e6:.0f} million events a second",
            f"{ratio:.1f} times libtracecmd's iteration", "10", ratio >= 10)
        report = cpu("trace-cmd", "report", "-i", plain)["seconds"]
        events = int(re.search(r"\d+", str(ask(bench, "dat", plain)["lines"])).group())
        ratio = rate / (events / report)
        row("the same", f"{ratio:.0f} times trace-cmd report", "100", ratio >= 100)
    print(f"\n{os.path.getsize(text) / 1e6:.0f} MB of text, {count['lines']:,} lines; counting newlines: "
          f"{count['bytes'] / count['seconds'] / 1e9:.1f} GB/s; the best of {ROUNDS} runs")
finally:
    shutil.rmtree(folder)
