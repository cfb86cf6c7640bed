# SPDX-License-Identifier: GPL-2.0-or-later
"""Every state of the lifecycle model, one thread each, with and without exchanged pairs."""
import shutil
import sys


def rows(bench):
    peers = bench.root / "peers"
    bfs = str(bench.folder / "bfs")
    bench.built("g++", "-O2", "-o", bfs, str(peers / "bfs.cpp"))
    spec = {n: bench.written(f"lifecycle-{n}.yaml", sys.executable, str(bench.root / "lifecycle.py"), str(n))
            for n in (8, 10)}
    luproof = [bench.luproof, "check", "--engine", "explorer", "--threads", "1"]
    every = {"luproof": [*luproof, "--no-symmetry", spec[8]], "60-line C++": [bfs, "8"]}
    if shutil.which("spin"):
        model = bench.written("lifecycle.pml", sys.executable, str(peers / "lifecycle_promela.py"), "8")
        bench.built("spin", "-a", model)
        bench.built("gcc", "-O2", "-DNOREDUCE", "-DSAFETY", "-DMEMLIM=4096", "-o", "pan", "pan.c")
        every["SPIN"] = [str(bench.folder / "pan"), "-m1000000", "-w22"]
    yield "8 devices, no reduction", every
    for n in (8, 10):
        yield f"{n} devices, pairs exchanged", {"luproof": [*luproof, spec[n]], "60-line C++": [bfs, str(n), "sym"]}
